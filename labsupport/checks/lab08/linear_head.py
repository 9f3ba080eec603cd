"""Visible cases of linear_head, lab 08."""

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_keys


def inputs_three_classes() -> tuple:
    import torch

    features = 2 + torch.randn(12, 4, generator=torch.Generator().manual_seed(1))
    return features, torch.tensor([0, 1, 2, 0, 1, 2, 2, 2, 1, 0, 2, 2]), 3, 0.5


def inputs_missing_class() -> tuple:
    import torch

    features = 3 * torch.randn(9, 3, generator=torch.Generator().manual_seed(2)) - 1
    return features, torch.tensor([3, 1, 1, 3, 0, 0, 3, 1, 3]), 5, 2.0


def one_hot(labels: np.ndarray, num_classes: int) -> np.ndarray:
    return np.eye(num_classes)[labels]


def fitted(features: np.ndarray, targets: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Return weight and bias of the regularized fit, by least squares on a longer table."""
    mean_x, mean_y = features.mean(0), targets.mean(0)
    size = features.shape[1]
    long_x = np.vstack([features - mean_x, np.sqrt(strength) * np.eye(size)])
    long_y = np.vstack([targets - mean_y, np.zeros((size, targets.shape[1]))])
    weight = np.linalg.lstsq(long_x, long_y, rcond=None)[0]
    return weight, mean_y - mean_x @ weight


def judge_head(head: Data, features: object, labels: object, num_classes: int, strength: float) -> None:
    require_keys(head, "weight", "bias")
    x, named = np.asarray(features, np.float64), np.asarray(labels)
    weight, bias = np.asarray(head["weight"], np.float64), np.asarray(head["bias"], np.float64)
    shape = (x.shape[1], num_classes)
    hint = f"The weight has the shape {weight.shape}, transposed. Here it is (features, classes), {shape}."
    require(weight.shape == shape or weight.shape != shape[::-1], "transposed", hint)
    hint = f"The weight has the shape {weight.shape}, expected {shape}: {num_classes} classes, with an image or not."
    require(weight.shape == shape, "wrong-shape-of-the-weight", hint)
    require(bias.shape == (num_classes,), "wrong-shape-of-the-bias", f"The bias has the shape {bias.shape}.")
    if weight.shape != shape or bias.shape != (num_classes,):
        return
    targets = one_hot(named, num_classes)
    right, right_bias = fitted(x, targets, strength)

    def is_like(wrong: tuple[np.ndarray, np.ndarray]) -> bool:
        return np.allclose(weight, wrong[0], atol=1e-3) and not np.allclose(wrong[0], right, atol=1e-3)

    gram = x.T @ x
    raw = np.linalg.solve(gram + strength * np.eye(len(gram)), x.T @ targets)
    hint = "The means were not taken off before solving, of the features or of the labels."
    require(not is_like((raw, bias)), "forgets-the-means", hint)
    hint = "strength was left out: times the identity it is added to the product of the features."
    require(not is_like(fitted(x, targets, 1e-9)), "forgets-the-strength", hint)
    hint = "strength stands in every entry of the matrix. It belongs on the diagonal: times the identity, torch.eye."
    centred = x - x.mean(0)
    full = np.linalg.solve(centred.T @ centred + strength, centred.T @ (targets - targets.mean(0)))
    require(not is_like((full, bias)), "strength-everywhere", hint)
    hint = "strength counts once, without the number of images."
    require(not is_like(fitted(x, targets, strength * len(x))), "strength-times-images", hint)
    hint = "The weight is not that of the formula: centre both, solve, with strength on the diagonal."
    require_close(weight, right, "wrong-weight", hint, rtol=1e-3, atol=1e-3)
    hint = "The bias is the mean of the labels alone; the mean of the features, through the weight, must come off."
    require(
        not np.allclose(bias, targets.mean(0), atol=1e-4) or np.allclose(right_bias, bias, atol=1e-3),
        "bias-without-features",
        hint,
    )
    hint = "The bias puts the means back: the mean label minus the mean features through the weight."
    require_close(bias, right_bias, "wrong-bias", hint, rtol=1e-3, atol=1e-3)


CASES = (
    Case("twelve images of three classes", inputs_three_classes, judge_head),
    Case("classes without an image", inputs_missing_class, judge_head),
)
