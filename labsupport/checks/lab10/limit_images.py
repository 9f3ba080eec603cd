"""Visible cases of limit_images, lab 10."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_dtype


def inputs_bright_beside_dark() -> tuple:
    import torch

    bright = torch.tensor([[[1.0, -8.0], [2.0, 4.0]]])
    return torch.stack([bright, bright / 8, torch.zeros(1, 2, 2)]), 2.0


def inputs_two_channels() -> tuple:
    import torch

    pictures = (torch.arange(48.0) * 7 % 23 - 11).view(4, 2, 2, 3)
    return pictures * torch.tensor([0.25, 1.0, 0.5, 2.0]).view(4, 1, 1, 1), 5.0


def drive_followed(limit_images: Callable, images: object, limit: float) -> Data:
    import inspect

    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.utils._python_dispatch import TorchDispatchMode

    counted = []

    def dispatch(_self, operator, _types, args=(), kwargs=None):
        counted.append(operator)
        return operator(*args, **(kwargs or {}))

    counting = type("Counting", (TorchDispatchMode,), {"__torch_dispatch__": dispatch})
    found = {"values": limit_images(images, limit), "stopped": "", "operators": []}
    function = inspect.unwrap(limit_images)  # an exporter calls it with tensors that have no values
    for number in (2, 5):
        with FakeTensorMode(allow_non_fake_inputs=True) as mode:
            fake = mode.from_tensor(torch.zeros(number, *images.shape[1:]))
            counted.clear()
            with counting():
                try:
                    function(fake, limit)
                except Exception as error:
                    found["stopped"] = type(error).__qualname__
        found["operators"].append(len(counted))
    return found


def expected_of(images: object, limit: float) -> list:
    """Return the limited pictures, picture by picture."""
    pictures = [np.asarray(picture, np.float64) for picture in images.numpy()]
    return [picture * (limit / abs(picture).max() if abs(picture).max() > limit else 1) for picture in pictures]


def judge_followed(found: Data, images: object, limit: float) -> None:
    values, pictures = found["values"], images.numpy().astype(np.float64)
    hint = (
        f"With a tensor that has no values the function stopped: {found['stopped']}. Then the exporter stops as well: "
    )
    hint += "no `if` on a value, no .item(), no .numpy(), no selection by a mask."
    require(not found["stopped"], "needs-values", hint)
    counts = found["operators"]
    hint = f"For 2 pictures it takes {counts[0]} operators, for 5 pictures {counts[1]}. A loop is unrolled for the "
    hint += "pictures of the example, and the file then takes that many only. Compute all pictures at once."
    require(found["stopped"] or counts[0] == counts[1], "loops-over-pictures", hint)
    require_dtype(values, "float32", "wrong-dtype", "The pictures stay float32.")
    largest = abs(pictures).reshape(len(pictures), -1).max(1).reshape(-1, 1, 1, 1)
    expected = np.array(expected_of(images, limit)).reshape(pictures.shape)
    if values.shape == expected.shape and len(pictures) > 1:
        whole = pictures * min(1, limit / abs(pictures).max())
        hint = "The brightest picture of the batch decided for all: a picture would depend on its neighbours. Take the "
        hint += "largest value of each picture, with the first dimension left out of amax."
        require(not np.allclose(values, whole) or np.allclose(whole, expected), "one-factor-for-all", hint)
        hint = "Single values were cut off at the limit. The whole picture is multiplied by one factor."
        cut = pictures.clip(-limit, limit)
        require(not np.allclose(values, cut) or np.allclose(cut, expected), "clips-the-values", hint)
        with np.errstate(all="ignore"):
            always = pictures * limit / largest
        hint = "Pictures below the limit were scaled up to it. They stay as they are."
        scaled = np.allclose(values, always, equal_nan=True) or np.allclose(values, np.nan_to_num(always))
        require(not scaled or np.allclose(always, expected), "scales-dark-pictures-up", hint)
        hint = "A black picture became nan: 0 times limit / 0. Which function turns every factor above 1 into 1?"
        require(not np.isnan(values).any(), "black-picture-is-nan", hint)
        with np.errstate(all="ignore"):
            signed = pictures.reshape(len(pictures), -1).max(1).reshape(-1, 1, 1, 1)
            signed = pictures * np.where(signed > limit, limit / signed, 1)
        hint = "The largest value by size may be negative: abs() before amax."
        require(not np.allclose(values, signed) or np.allclose(signed, expected), "forgets-the-sign", hint)
    hint = "Each picture times limit over its largest absolute value, where that is above the limit."
    require_close(values, expected, "wrong-values", hint, rtol=1e-5, atol=1e-6)


CASES = (
    Case("a bright picture, a dark one, a black one", inputs_bright_beside_dark, judge_followed, drive_followed),
    Case("four pictures of two channels", inputs_two_channels, judge_followed, drive_followed),
)
