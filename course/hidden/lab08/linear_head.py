"""Hidden cases of linear_head, lab 08, and answers to it."""

import numpy as np

from course.answers import edit
from labsupport.checks.lab08.linear_head import judge_head, one_hot
from labsupport.checks.protocol import Case, require


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    count, size, classes = 2 + seed % 9, 1 + seed % 6, 2 + seed % 5
    features = torch.randn(count, size, generator=generator) * (1 + seed % 3) + seed % 4
    labels = torch.randint(0, classes, (count,), generator=generator)
    return features, labels, classes, (0.1, 1.0, 7.5)[seed % 3]


def judge_gradient(head, features, labels, num_classes, strength):
    """At the best head the gradient of the loss, squared errors plus strength times the squared weights, is zero."""
    x, targets = features.double().numpy(), one_hot(labels.numpy(), num_classes)
    weight, bias = np.asarray(head["weight"], np.float64), np.asarray(head["bias"], np.float64)
    errors = x @ weight + bias - targets
    slopes = float(np.abs(x.T @ errors + strength * weight).max()), float(np.abs(errors.sum(0)).max())
    size = float(np.abs(x.T @ targets).max()) + 1
    hint = f"{x.shape} features, strength {strength}: the loss still falls, {slopes[0]:.3g} by the weight"
    require(max(slopes) < 1e-3 * size, "not-the-minimum", f"{hint}, {slopes[1]:.3g} by the bias.")


def inputs_more_features_than_images() -> tuple:
    import torch

    features = torch.randn(5, 40, generator=torch.Generator().manual_seed(3))
    return features, torch.tensor([1, 0, 1, 1, 0]), 2, 3.0


CASES = (
    Case("heads of all shapes", inputs_drawn, judge_gradient, seeds=20),
    Case("more features than images", inputs_more_features_than_images, judge_head),
)

WRONG_ANSWERS = {
    "forgets-the-means": edit("x = features - centre", "x = features", "(targets - shares))", "targets)"),
    "forgets-the-strength": edit(
        "torch.linalg.solve(x.T @ x + strength * torch.eye(x.shape[1]), x.T @ (targets - shares))",
        "torch.linalg.lstsq(x, targets - shares).solution",
    ),
    "strength-everywhere": edit("strength * torch.eye(x.shape[1])", "strength"),
    "strength-times-images": edit("strength * torch.eye", "strength * len(x) * torch.eye"),
    "bias-without-features": edit("shares - centre @ weight", "shares"),
    "wrong-bias, the sign": edit("shares - centre @ weight", "shares + centre @ weight"),
    "wrong-bias, features alone": edit("shares - centre @ weight", "-centre @ weight"),
    "transposed": edit('{"weight": weight,', '{"weight": weight.T,'),
    "wrong-shape-of-the-weight": edit("F.one_hot(labels, num_classes)", "F.one_hot(labels)"),
    "changes-its-argument": edit("x = features - centre", "x = features.sub_(centre)"),
    "wrong-weight, the bias made small too": """
def linear_head(features, labels, num_classes, strength):
    targets = F.one_hot(labels, num_classes).float()
    x = torch.cat([features, torch.ones(len(features), 1)], dim=1)
    both = torch.linalg.solve(x.T @ x + strength * torch.eye(x.shape[1]), x.T @ targets)
    return {"weight": both[:-1], "bias": both[-1]}
""",
    "wrong-weight, the square of strength": edit("strength * torch.eye", "strength**2 * torch.eye"),
    "wrong-weight, features scaled": edit("x = features - centre", "x = (features - centre) / features.std(0)"),
}

READERS_WRONG_ANSWERS = {
    "forgets-the-means, labels and features as they are": """
def linear_head(features, labels, num_classes, strength):
    Y = F.one_hot(labels, num_classes).float()
    A = features.T @ features + strength * torch.eye(features.shape[1])
    W = torch.linalg.solve(A, features.T @ Y)
    return {"weight": W, "bias": Y.mean(0) - features.mean(0) @ W}
""",
    "raises-runtime-error, whole numbers": edit(".to(features.dtype)", ""),
    "wrong-weight, one mean of all features": edit(
        "features.mean(0)", "features.mean()[None].repeat(features.shape[1])"
    ),
}

RIGHT_ANSWERS = {
    "a longer table": """
def linear_head(features, labels, num_classes, strength):
    y = torch.zeros(len(labels), num_classes).scatter_(1, labels[:, None], 1.0)
    x, size = features - features.mean(0, keepdim=True), features.shape[1]
    long_x = torch.cat([x, strength**0.5 * torch.eye(size)])
    long_y = torch.cat([y - y.mean(0), torch.zeros(size, num_classes)])
    weight = torch.linalg.lstsq(long_x, long_y, driver="gelsd").solution
    return {"weight": weight, "bias": y.mean(0) - features.mean(0) @ weight}
""",
    "a column of ones without strength": """
def linear_head(features, labels, num_classes, strength):
    x = torch.cat([features, torch.ones(len(features), 1)], 1).double()
    extra = strength * torch.eye(x.shape[1], dtype=torch.double)
    extra[-1, -1] = 0
    both = torch.linalg.solve(x.T @ x + extra, x.T @ F.one_hot(labels, num_classes).double()).float()
    return {"weight": both[:-1], "bias": both[-1]}
""",
    "in the space of the images": """
def linear_head(features, labels, num_classes, strength):
    targets = torch.eye(num_classes)[labels]
    centre, shares = features.mean(0), targets.mean(0)
    x = features - centre
    dual = torch.linalg.solve(x @ x.T + strength * torch.eye(len(x)), targets - shares)
    weight = x.T @ dual
    return {"weight": weight, "bias": shares - weight.T @ centre}
""",
}
