"""Visible cases of both_logits, lab 10."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_keys


def drive_after_training(both_logits: Callable) -> Data:
    import copy

    import torch
    from torch import nn

    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3))
    images = torch.randn(7, 4)
    model(3 * images + 1)  # moves the running statistics, as training does
    with torch.no_grad():
        expected = copy.deepcopy(model).eval()(images)
    exports, refused = [], []

    def export(network, example, dynamic_batch):
        training = any(module.training for module in network.modules())
        exports.append({"training": training, "dims": example.ndim})
        return {"network": copy.deepcopy(network), "batch": None if dynamic_batch else len(example)}

    def run(file, batch):
        if file["batch"] not in (None, len(batch)):
            refused.append(len(batch))
        with torch.no_grad():
            return file["network"](batch) + 0.001  # a runtime differs a little, so that each side can be recognised

    found = both_logits(model, images, export, run)
    return {"found": found, "exports": exports, "refused": refused, "expected": expected}


def judge_after_training(data: Data) -> None:
    found, expected = data["found"], data["expected"]
    require(data["exports"], "exports-nothing", "The function export was never called.")
    hint = "The network was in training mode when it was exported: dropout is in the file. Call eval() before."
    require(not any(export["training"] for export in data["exports"]), "exports-in-train-mode", hint)
    hint = "The example has no batch dimension: images[0] is an image, images[:1] a batch of one."
    require(all(export["dims"] == 2 for export in data["exports"]), "example-without-batch", hint)
    hint = f"The file was made for one image and was fed {data['refused'][:1]}. Pass dynamic_batch=True."
    require(not data["refused"], "fixed-batch", hint)
    require_keys(found, "reference", "actual")
    for side in ("reference", "actual"):
        hint = f"'{side}' holds one image. A graph that is wrong for the others would not be noticed: compare all."
        require(len(found[side]) > 1, "compares-one-image", hint)
    hint = "Both sides are the same tensor: this compares the file with itself. The reference comes from the network."
    require(not np.array_equal(found["reference"], found["actual"]), "compares-with-itself", hint)
    hint = "This is not what the network says in eval mode. Call eval() before you compute it."
    require_close(found["reference"], expected, "reference-in-train-mode", hint, atol=1e-5)
    require_close(found["actual"], expected + 0.001, "wrong-logits", "'actual' is what run returns.", atol=1e-5)


CASES = (Case("a network after training", judge=judge_after_training, driver=drive_after_training, changes=("model",)),)
