"""Visible cases of network_input, lab 08."""

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_dtype


def inputs_white_and_black() -> tuple:
    import torch

    images = torch.zeros(2, 3, 4, 6, dtype=torch.uint8)
    images[0] = 255
    return images, [0.5, 0.5, 0.5], [0.5, 0.5, 0.5], 8


def inputs_of_imagenet() -> tuple:
    import torch

    values = torch.arange(2 * 3 * 5 * 7) * 37 % 256
    return values.reshape(2, 3, 5, 7).to(torch.uint8), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225], 6


def resized(images: object, size: int, kind: str = "float64") -> np.ndarray:
    """Return the pixels as floats from 0 to 255, resized by torch."""
    import torch
    import torch.nn.functional as F

    return F.interpolate(torch.as_tensor(images).to(getattr(torch, kind)), size=(size, size), mode="bilinear").numpy()


def judge_input(found: Data, images: object, mean: list, std: list, size: int) -> None:
    require_dtype(found, "float32", "not-float32", "The network takes float32.")
    got = np.asarray(found, np.float64)
    shape = (len(images), 3, size, size)
    hint = f"The result has the shape {got.shape}; {len(images)} images of size {size} are {shape}."
    require(got.shape == shape, "wrong-size", hint)
    if got.shape != shape:
        return
    pixels = resized(images, size)
    centre, spread = (np.array(values)[:, None, None] for values in (mean, std))
    right = (pixels / 255 - centre) / spread

    def is_like(wrong: np.ndarray) -> bool:
        return np.allclose(got, wrong, atol=1e-4) and not np.allclose(wrong, right, atol=1e-4)

    hint = "It was divided by the root of the deviation. A white pixel at 0.5 and 0.5 must become 1."
    require(not is_like((pixels / 255 - centre) / np.sqrt(spread)), "root-of-the-deviation", hint)
    hint = "It was divided by the square of the deviation. The deviation itself is what pixels are measured in."
    require(not is_like((pixels / 255 - centre) / spread**2), "square-of-the-deviation", hint)
    hint = "Mean and deviation belong to pixels between 0 and 1: divide by 255 first."
    require(not is_like((pixels - centre) / spread), "forgets-255", hint)
    hint = "The mean was not taken off before the division."
    require(not is_like(pixels / 255 / spread - centre), "mean-after-the-division", hint)
    hint = "All channels got the numbers of the first. Each has its own."
    require(not is_like((pixels / 255 - mean[0]) / std[0]), "one-mean-for-all", hint)
    hint = "The pixels were cut to whole numbers, or below 0 they wrapped around: make floats before anything else."
    single = resized(images, size, "float32").astype(np.float64)
    rounded = (np.round(single) / 255 - centre) / spread, (np.floor(single) / 255 - centre) / spread
    require(not any(map(is_like, rounded)), "resizes-bytes", hint)
    hint = "Resize, divide by 255, take off the mean, divide by the deviation."
    require_close(found, right, "wrong-input", hint, rtol=1e-4, atol=1e-4)


CASES = (
    Case("a white and a black picture", inputs_white_and_black, judge_input),
    Case("ImageNet's means and deviations", inputs_of_imagenet, judge_input),
)
