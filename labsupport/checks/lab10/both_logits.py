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

    def export(model, example, dynamic_batch):
        training = any(module.training for module in model.modules())
        exports.append({"training": training, "dims": example.ndim})
        return {"network": copy.deepcopy(model), "batch": None if dynamic_batch else len(example)}

    def run(file, batch):
        if file["batch"] not in (None, len(batch)):
            refused.append(len(batch))
        with torch.no_grad():
            return file["network"](batch) + 0.01  # a runtime differs a little, so that each side can be recognised

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
    swapped = np.allclose(found["reference"], expected + 0.01, atol=1e-4) and np.allclose(
        found["actual"], expected, atol=1e-4
    )
    hint = "The two sides changed places: 'reference' is the network, 'actual' the file."
    require(not swapped, "sides-swapped", hint)
    hint = "This is not what the network says in eval mode. Call eval() before you compute it."
    require_close(found["reference"], expected, "reference-in-train-mode", hint, atol=1e-5)
    require_close(found["actual"], expected + 0.01, "wrong-logits", "'actual' is what run returns.", atol=1e-5)


def inputs_pictures() -> tuple:
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(1)
    model = nn.Sequential(nn.Conv2d(1, 2, (1, 2)), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(12, 5)).eval()
    for tensor in model.state_dict().values():
        tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1 if tensor.is_floating_point() else tensor)
    return model, torch.randn(4, 1, 3, 3, generator=generator)


def drive_pictures(both_logits: Callable, model: object, images: object) -> Data:
    import copy

    import torch

    model[1].train()  # the whole says eval, a part does not
    seen = {"training": [], "dynamic": [], "dims": []}

    def export(model, example, dynamic_batch):
        seen["training"].append(any(module.training for module in model.modules()))
        seen["dynamic"].append(bool(dynamic_batch))
        seen["dims"].append(example.ndim)
        return [copy.deepcopy(model)]

    def run(file, batch):
        with torch.no_grad():
            return 1.5 * file[0](batch)

    return {"found": both_logits(model, images, export, run), "seen": seen}


def judge_pictures(data: Data, model: object, images: object) -> None:
    seen, found = data["seen"], data["found"]
    require(seen["training"], "exports-nothing", "The function export was never called.")
    hint = "A part of the network was in training mode, although the whole said eval. eval() reaches every part."
    require(not any(seen["training"]), "exports-in-train-mode", hint)
    require(set(seen["dims"]) == {images.ndim}, "example-without-batch", "images[0] is no batch, images[:1] is one.")
    require(all(seen["dynamic"]), "fixed-batch", "The file was not made for any batch size. Pass dynamic_batch=True.")
    require_keys(found, "reference", "actual")
    expected = model.eval()(images).detach()
    require_close(found["reference"], expected, "reference-in-train-mode", hint, rtol=1e-3, atol=1e-5)
    require_close(
        found["actual"], expected * 1.5, "wrong-logits", "'actual' is what run returns.", rtol=1e-3, atol=1e-5
    )


CASES = (
    Case("a network after training", judge=judge_after_training, driver=drive_after_training, changes=("model",)),
    Case("a part left in training mode", inputs_pictures, judge_pictures, drive_pictures, changes=("model",)),
)
