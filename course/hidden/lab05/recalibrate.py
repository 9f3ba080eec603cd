"""Hidden cases of recalibrate, lab 05, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_two_norms(recalibrate):
    import torch
    from torch import nn

    torch.manual_seed(3)
    model = nn.Sequential(nn.BatchNorm2d(2), nn.ReLU(), nn.BatchNorm2d(2)).train()
    images = torch.randn(200, 2, 3, 3) + 1
    recalibrate(model, [images])
    with torch.no_grad():
        expected = torch.relu(
            (images - images.mean((0, 2, 3), keepdim=True)) / images.var((0, 2, 3), keepdim=True).sqrt()
        )
    return {"mean": model[2].running_mean, "expected": expected.mean((0, 2, 3)), "training": model.training}


def judge_two_norms(data):
    require(data["training"] is False, "left-in-train-mode", "The model is left in training mode.")
    require_close(data["mean"], data["expected"], "wrong-mean", "Two batch norms, one batch.", rtol=0.01, atol=0.01)


CASES = (Case("two batch norms in a row", judge=judge_two_norms, driver=drive_two_norms, changes=("model",)),)

WRONG_ANSWERS = {
    "statistics-not-reset": """
def recalibrate(model, batches):
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None
    model.train()
    with torch.no_grad():
        for images in batches:
            model(images)
    model.eval()
    for norm in norms:
        norm.momentum = 0.1
""",
    "stays-in-eval-mode": edit("model.train", "model.eval"),
    "left-in-train-mode": """
def recalibrate(model, batches):
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    model.train()
    with torch.no_grad():
        for images in batches:
            model(images)
    for norm in norms:
        norm.momentum = 0.1
""",
    "momentum-not-restored": edit("norm.momentum = 0.1", "pass"),
    "forgets-momentum-none": """
def recalibrate(model, batches):
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
    model.train()
    with torch.no_grad():
        for images in batches:
            model(images)
    model.eval()
    for norm in norms:
        norm.momentum = 0.1
""",
    "last-batch-only": """
def recalibrate(model, batches):
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    model.train()
    with torch.no_grad():
        for images in batches:
            norms[0].reset_running_stats()
            model(images)
    model.eval()
    for norm in norms:
        norm.momentum = 0.1
""",
    "first-batch-only": edit("for images in batches:", "for images in batches[:1]:"),
}
