"""Visible cases of gather_c, lab 13."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.lab13._ran import ran
from labsupport.checks.protocol import Case, Data, require, require_close


def inputs_corner() -> tuple:
    import torch

    return torch.arange(1, 1 + 4 * 6 * 2).reshape(4, 6, 2).to(torch.int8), 3, -1, 4, -77


def inputs_inside() -> tuple:
    import torch

    return torch.arange(-60, 45).reshape(5, 7, 3).to(torch.int8), 2, 2, 3, 19


def ask_gather(function: Callable, *_: object) -> Data:
    return function()


def run_gather(text: Data, x: object, kernel: int, top: int, left: int, zero_point: int) -> Data:
    import numpy as np

    from labsupport.device.call import call_c
    from labsupport.device.errors import DeviceError

    prototype = (
        "void gather(const int8_t *x, int8_t *column, int height, int width, int channels, "
        "int kernel, int top, int left, int zero_point)"
    )
    height, width, channels = x.shape
    column = np.full(kernel * kernel * channels, 85, np.int8)
    arguments = {"x": x.contiguous().numpy(), "column": column, "height": height, "width": width, "channels": channels}
    arguments |= {"kernel": kernel, "top": top, "left": left, "zero_point": zero_point}
    try:
        called = call_c(text, prototype, arguments, writes=("column",), max_instructions=500_000)
    except DeviceError as error:
        return {"error": error.kind, "says": str(error), "column": column}
    return {"error": "", "says": "", "column": called.arrays["column"]}


def window(x: object, kernel: int, top: int, left: int, fill: int) -> np.ndarray:
    """Cut the window out of an image that is padded all around, (kernel, kernel, channels)."""
    image = np.asarray(x)
    margin = kernel + abs(top) + abs(left)
    padded = np.pad(image, ((margin, margin), (margin, margin), (0, 0)), constant_values=fill)
    return padded[top + margin : top + margin + kernel, left + margin : left + margin + kernel]


def judge_gather(result: Data, x: object, kernel: int, top: int, left: int, zero_point: int) -> None:
    if not ran(result):
        return
    image, column = np.asarray(x), result["column"]
    expected = window(x, kernel, top, left, zero_point)
    rows, columns = np.arange(top, top + kernel), np.arange(left, left + kernel)
    nearest = image[np.clip(rows, 0, image.shape[0] - 1)][:, np.clip(columns, 0, image.shape[1] - 1)]
    mirrored = window(x, kernel, left, top, zero_point)
    unwritten = np.where(window(np.ones_like(image), kernel, top, left, 0) == 1, expected, 85)
    known = {
        "pads-with-code-zero": (
            window(x, kernel, top, left, 0),
            "Outside of the image stands code 0. The value 0.0 is stored as the code `zero_point`.",
        ),
        "repeats-the-border": (nearest, "Outside of the image stands the nearest pixel. It must be `zero_point`."),
        "leaves-the-outside": (unwritten, "What lies outside of the image was not written. It must be `zero_point`."),
        "channels-apart": (
            expected.transpose(2, 0, 1),
            "All first channels come first. In `column` the channels of a pixel stand together.",
        ),
        "columns-before-rows": (
            expected.transpose(1, 0, 2),
            "The window was written column by column; write row by row.",
        ),
        "swaps-top-and-left": (mirrored, "`top` is a row, `left` a column."),
    }
    for mistake, (wrong, hint) in known.items():
        if (wrong.ravel() != expected.ravel()).any():
            require((wrong.ravel() != column).any(), mistake, hint)
    hint = "Row by row, pixel by pixel, all channels of a pixel."
    require_close(column, expected.ravel(), "wrong-column", hint, rtol=0, atol=0)


CASES = (
    Case("an upper right corner", inputs_corner, judge_gather, ask_gather, then=run_gather),
    Case("inside", inputs_inside, judge_gather, ask_gather, then=run_gather),
)
