"""Visible cases of magnitude_mask, lab 04."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.lab04._reference import require_mask, require_num_kept
from labsupport.checks.protocol import Case, Data, require, require_close


def inputs_signed() -> tuple:
    import torch

    return torch.tensor([[-3.0, 0.5, -0.25], [2.0, 1.0, -0.75], [-0.1, 4.0, -1.5]]), 0.4


def judge_signed(mask: Data) -> None:
    require_mask(mask, (3, 3))
    weight = np.array([[-3.0, 0.5, -0.25], [2.0, 1.0, -0.75], [-0.1, 4.0, -1.5]])
    kept, flat = mask.ravel(), weight.ravel()
    hint = "-3 was pruned, the second largest magnitude of the nine. The sign does not matter: rank |w|."
    require(set(np.flatnonzero(~kept)) != set(np.argsort(flat)[:4]), "threshold-on-signed-weights", hint)
    by_magnitude = np.argsort(np.abs(flat))
    hint = "The largest magnitudes were pruned and the smallest kept: argsort puts the smallest first."
    require(set(np.flatnonzero(~kept)) != set(by_magnitude[-4:]), "prunes-the-largest", hint)
    hint = "k is 0.4 * 9 = 3.6, rounded to 4. Only 3 were pruned: int() cuts off, round() rounds."
    require(kept.sum() != 6, "keeps-wrong-number", hint)
    require_num_kept(mask, 5)
    require_close(mask, np.abs(weight) > 0.76, "prunes-other-weights", "The magnitudes to prune: 0.1 0.25 0.5 0.75.")


def drive_ties(magnitude_mask: Callable) -> Data:
    import torch

    weight = torch.tensor([0.5, -0.5, 0.5, 2.0, -0.5, 0.5, -3.0, 0.0, 0.0, 0.0])
    return [magnitude_mask(weight, 0.5), magnitude_mask(weight, 0.2)]


def judge_ties(masks: Data) -> None:
    half, fifth = masks
    require_mask(half, (10,))
    hint = f"k is 5 of 10 weights, and {int((~half).sum())} were pruned. Five magnitudes equal 0.5: a threshold takes "
    require((~half).sum() == 5, "prunes-all-ties", hint + "all of them or none. Prune positions, not values.")
    hint = f"k is 2 of 10, three weights are zero, and {int((~fifth).sum())} were pruned: prune k positions."
    require((~fifth).sum() == 2, "prunes-all-ties", hint)
    require(half[[3, 6]].all() and fifth[:7].all(), "prunes-other-weights", "A larger magnitude went before a smaller.")


def drive_sparsities(magnitude_mask: Callable) -> Data:
    import torch

    weight = torch.randn(4, 3, 5, 5, generator=torch.Generator().manual_seed(0))
    return [magnitude_mask(weight, sparsity) for sparsity in (0.0, 0.9)]


def judge_sparsities(masks: Data) -> None:
    for mask, num_kept in zip(masks, (300, 30), strict=True):
        require_mask(mask, (4, 3, 5, 5))
        require_num_kept(mask, num_kept)


CASES = (
    Case("nine weights of both signs", inputs_signed, judge_signed),
    Case("ties", judge=judge_ties, driver=drive_ties),
    Case("a convolution at sparsity 0 and 0.9", judge=judge_sparsities, driver=drive_sparsities),
)
