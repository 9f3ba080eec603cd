"""Visible cases of filter_norms, lab 05."""

import numpy as np

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_shape


def inputs_order_one() -> tuple:
    import torch

    weight = torch.tensor([[[[3.0, -4.0]], [[0.0, 0.0]]], [[[1.0, 1.0]], [[-1.0, 1.0]]], [[[2.0, 2.0]], [[2.0, 2.0]]]])
    return weight, 1


def judge_order_one(sums: Data) -> None:
    require(
        np.shape(sums) != (2,), "scores-inputs", "Two scores: one an input channel. A filter is weight[i], of three."
    )
    require_shape(sums, (3,), "wrong-shape", "Three filters have three scores.")
    reject(
        sums.tolist()[0],
        {
            -1: ("signed-sum", "3 and -4 must not cancel: take absolute values before adding."),
            1.75: ("mean-for-sum", "This is the mean of the absolute values. A norm adds them up."),
        },
    )
    require_close(sums, [7, 4, 8], "wrong-l1", "Order 1: the sum of the absolute values of each filter.")


def inputs_order_two() -> tuple:
    import torch

    weight = torch.tensor([[[[3.0, -4.0]], [[0.0, 0.0]]], [[[1.0, 1.0]], [[-1.0, 1.0]]], [[[2.0, 2.0]], [[2.0, 2.0]]]])
    return weight, 2


def judge_order_two(roots: Data) -> None:
    require_shape(roots, (3,), "wrong-shape", "Three filters have three scores.")
    reject(
        roots.tolist()[0],
        {
            7: ("ignores-order", "Order 1 and 2 gave the same scores: use the argument order."),
            25: ("forgets-root", "25 is the sum of the squares 9 and 16. The norm is its root."),
        },
    )
    require_close(roots, [5, 2, 4], "wrong-l2", "Order 2: the root of the sum of the squares of each filter.")


CASES = (
    Case("three filters, order 1", inputs_order_one, judge_order_one),
    Case("three filters, order 2", inputs_order_two, judge_order_two),
)
