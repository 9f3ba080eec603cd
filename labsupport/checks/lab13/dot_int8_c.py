"""Visible cases of dot_int8_c, lab 13."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.lab13._ran import ran
from labsupport.checks.protocol import Case, Data, reject, require_close


def inputs_short() -> tuple:
    import torch

    x = torch.tensor([3, -7, 100, -128, 11, 60, 5], dtype=torch.int8)
    return x, torch.tensor([-9, 50, 127, 127, -4, 90, -33], dtype=torch.int8)


def inputs_window() -> tuple:
    import torch

    return torch.full((150,), 120, dtype=torch.int8), (torch.arange(150) % 128 - 10).to(torch.int8)


def ask_dot(function: Callable, *_: object) -> Data:
    return function()


def run_dot(text: Data, x: object, w: object) -> Data:
    from labsupport.device.call import call_c
    from labsupport.device.errors import DeviceError

    arrays = {"x": x.contiguous().numpy(), "w": w.contiguous().numpy(), "n": len(x)}
    try:
        prototype = "int32_t dot_int8(const int8_t *x, const int8_t *w, int n)"
        called = call_c(text, prototype, arrays, max_instructions=200_000)
    except DeviceError as error:
        return {"error": error.kind, "says": str(error), "value": 0}
    return {"error": "", "says": "", "value": called.value}


def as_int(value: int, bits: int) -> int:
    """Return what is left of a number in an integer of so many bits."""
    return (value + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1))


def judge_dot(result: Data, x: object, w: object) -> None:
    if not ran(result):
        return
    xs, ws = (np.asarray(one).astype(int).tolist() for one in (x, w))
    products = [a * b for a, b in zip(xs, ws, strict=True)]
    total, whole = sum(products), len(products) // 4 * 4
    known = {
        as_int(total, 16): ("sum-of-16-bits", "The sum wrapped around in 16 bits. Keep it in an int32_t."),
        as_int(total, 8): ("sum-of-8-bits", "The sum wrapped around in 8 bits. Keep it in an int32_t."),
        sum(as_int(one, 8) for one in products): (
            "products-of-8-bits",
            "Each product was stored in 8 bits and wrapped around. The product of two int8_t is an int; keep it so.",
        ),
        sum(products[:whole]): (
            "drops-the-rest",
            "n need not be a multiple of 4: some products are missing at the end.",
        ),
        sum(products[1:]): ("starts-at-one", "The first product is missing."),
        sum(products[:-1]): ("stops-early", "The last product is missing."),
        sum(a * b for a, b in zip([one % 256 for one in xs], ws, strict=True)): (
            "x-without-sign",
            "x was read as unsigned. int8_t has a sign.",
        ),
    }
    reject(result["value"], {wrong: what for wrong, what in known.items() if wrong != total})
    require_close(result["value"], total, "wrong-sum", f"The sum of {len(products)} products.", rtol=0, atol=0)


CASES = (
    Case("seven products", inputs_short, judge_dot, ask_dot, then=run_dot),
    Case("a window of 150", inputs_window, judge_dot, ask_dot, then=run_dot),
)
