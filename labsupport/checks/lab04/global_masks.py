"""Visible cases of global_masks, lab 04."""

import numpy as np

from labsupport.checks.lab04._reference import require_mask, require_num_kept
from labsupport.checks.protocol import Case, Data, require, require_close, require_type


def inputs_two_layers() -> tuple:
    import torch

    parameters = {
        "first.weight": torch.tensor([[1.0, -0.9], [0.8, -2.0]]),
        "first.bias": torch.tensor([0.05, -0.01, 0.02, 0.03]),
        "second.weight": torch.tensor([[0.1, -0.2, 0.3], [-0.4, 0.5, -1.5]]),
    }
    return parameters, 0.5


def judge_two_layers(masks: Data) -> None:
    require_type(masks, dict, "returns-no-dict", "Return a dict: name of the tensor -> its mask.")
    hint = "There is a mask for first.bias. Biases are not pruned: take the tensors with two or more dimensions."
    require("first.bias" not in masks, "prunes-biases", hint)
    hint = f"There should be masks for first.weight and second.weight, not for {', '.join(masks)}."
    require(set(masks) == {"first.weight", "second.weight"}, "wrong-names", hint)
    first, second = masks["first.weight"], masks["second.weight"]
    require_mask(first, (2, 2))
    require_mask(second, (2, 3))
    pruned = int((~first).sum()), int((~second).sum())
    hint = f"{sum(pruned)} were pruned. Half of the weights are 5. With the 4 biases counted it would be 7."
    require(sum(pruned) != 7, "counts-biases", hint)
    flat = np.array([1.0, -0.9, 0.8, -2.0, 0.1, -0.2, 0.3, -0.4, 0.5, -1.5])
    kept = np.concatenate([first.ravel(), second.ravel()])
    hint = "-2.0 was pruned, the largest magnitude of all. The sign does not matter: rank |w|."
    require(set(np.flatnonzero(~kept)) != set(np.argsort(flat)[:5]), "threshold-on-signed-weights", hint)
    hint = "Half of each layer was pruned. Rank the magnitudes of both layers in one list: only small ones should go."
    require(pruned != (2, 3), "layer-by-layer", hint)
    require_num_kept(kept, 5)
    require_close(kept, np.abs(flat) > 0.6, "prunes-other-weights", "The magnitudes 0.1 to 0.5 are the smallest five.")


def inputs_global_ties() -> tuple:
    import torch

    first, second, norm = torch.full((4, 5), 0.5), torch.full((2, 5), -0.5), torch.ones(30)
    return {"conv.weight": first, "norm.weight": norm, "head.weight": second}, 0.3


def judge_global_ties(masks: Data) -> None:
    require_type(masks, dict, "returns-no-dict", "Return a dict: name of the tensor -> its mask.")
    hint = (
        "There is a mask for norm.weight, a tensor of one dimension, as a batch norm has. Tell weights by dimensions."
    )
    require("norm.weight" not in masks, "prunes-biases", hint)
    require(set(masks) == {"conv.weight", "head.weight"}, "wrong-names", f"Masks came for {', '.join(masks)}.")
    for name, shape in (("conv.weight", (4, 5)), ("head.weight", (2, 5))):
        require_mask(masks[name], shape)
    pruned = sum(int((~mask).sum()) for mask in masks.values())
    hint = f"30 equal magnitudes at sparsity 0.3: exactly 9 go, and {pruned} were pruned. Prune positions, not values."
    require(pruned not in (0, 30), "prunes-all-ties", hint)
    hint = "18 were pruned, 30 percent of 60. The 30 numbers of the one-dimensional tensor do not count."
    require(pruned != 18, "counts-biases", hint)
    require(pruned == 9, "keeps-wrong-number", f"30 weights at sparsity 0.3: 9 go, and {pruned} were pruned.")


CASES = (
    Case("two layers and a bias", inputs_two_layers, judge_two_layers),
    Case("ties across layers", inputs_global_ties, judge_global_ties),
)
