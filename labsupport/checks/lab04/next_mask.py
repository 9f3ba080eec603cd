"""Visible cases of next_mask, lab 04."""

from labsupport.checks.lab04._reference import require_mask
from labsupport.checks.protocol import Case, Data, require, require_close


def inputs_second_round() -> tuple:
    import torch

    weight = torch.tensor([[3.0, -4.0, 0.5, 1.0], [-5.0, 6.0, -0.7, 2.0]]).repeat(5, 1)
    mask = weight.abs() > 0.9
    return torch.where(mask, weight, 0.0), mask, 0.2


def judge_second_round(mask: Data) -> None:
    require_mask(mask, (10, 4))
    kept = int(mask.sum())
    hint = "-4 and -5 were pruned before 1 and 2. The sign does not matter: rank |w|."
    require(kept != 24 or mask[1::2, 0].any(), "threshold-on-signed-weights", hint)
    hint = "22 are kept: 8 went, which is 0.2 of all 40 weights. Prune 0.2 of the 30 that were left."
    require(kept != 22, "fraction-of-the-original", hint)
    hint = "Still 30 are kept. The smallest magnitudes are the zeros of the round before: they were pruned again."
    require(kept != 30, "prunes-the-pruned-again", hint)
    hint = f"{kept} are kept, more than the 30 of the round before: weights that were pruned have come back."
    require(kept < 30, "revives-pruned-weights", hint)
    hint = f"{kept} are kept. A threshold prunes all weights of an equal magnitude or none. Prune 6 positions."
    require(kept not in (20, 25), "prunes-all-ties", hint)
    require(kept == 24, "keeps-wrong-number", f"{kept} are kept. 0.2 of the 30 are 6: 24 should be kept.")
    hint = "All five weights of magnitude 1 go, and one of magnitude 2."
    require((~mask[::2, 3]).all() and mask[1::2, 3].sum() == 4, "prunes-other-weights", hint)


def inputs_stale_values() -> tuple:
    import torch

    weight = torch.tensor([9.0, -0.1, 2.0, -3.0, 8.0, 4.0])
    return weight, torch.tensor([False, True, True, True, False, True]), 0.5


def judge_stale_values(mask: Data) -> None:
    require_mask(mask, (6,))
    hint = "Weight 0 and 4 were pruned before, and an optimizer has moved them to 9 and 8. They stay pruned."
    require(not (mask[0] or mask[4]), "revives-pruned-weights", hint)
    hint = "-3.0 was pruned before -0.1 or 2.0. The sign does not matter: rank |w|."
    require(mask[3], "threshold-on-signed-weights", hint)
    expected = [False, False, False, True, False, True]
    require_close(mask, expected, "prunes-other-weights", "-0.1 and 2.0 are the smallest two of the four kept weights.")


CASES = (
    Case("thirty of forty weights are left", inputs_second_round, judge_second_round),
    Case("pruned weights with a value", inputs_stale_values, judge_stale_values),
)
