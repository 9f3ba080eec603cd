"""Hidden cases of recalibrate, lab 05, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab05.recalibrate import drive_model, judge_networks
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(seed)
    channels = 1 + seed % 4
    parts = [nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU()) for _ in range(1 + seed % 3)]
    model = nn.Sequential(*parts).train(seed % 2 == 0)
    for tensor in model.state_dict().values():
        tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.3 if tensor.is_floating_point() else tensor + 99)
    sizes = [4 + 3 * number for number in range(1 + seed % 5)]
    return model, [torch.randn(size, channels, 3, 2, generator=generator) * 3 + size / 4 for size in sizes]


CASES = (Case("other networks and batches", inputs_drawn, judge_networks, drive_model, seeds=4, changes=("model",)),)

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
    "trains-weights, wipes gamma and beta": edit("norm.reset_running_stats()", "norm.reset_parameters()"),
    "momentum-not-restored, last batch norm only": edit(
        "    for norm in norms:\n        norm.momentum = 0.1", "    norm.momentum = 0.1"
    ),
    "wrong-mean, only direct children": edit("model.modules()", "model.children()"),
    "left-in-train-mode, batch norms": edit(
        "    for norm in norms:\n        norm.momentum = 0.1",
        "    for norm in norms:\n        norm.momentum = 0.1\n        norm.train()",
    ),
    "left-in-train-mode, as before": edit(
        "    model.train()",
        "    before = model.training\n    model.train()",
        "    model.eval()",
        "    model.train(before)",
    ),
    "left-in-train-mode, outermost flag only": edit("model.eval()", "model.training = False"),
    "wrong-mean, last reset only": edit(
        "    for norm in norms:\n        norm.reset_running_stats()\n        norm.momentum = None",
        "    norms[-1].reset_running_stats()\n    for norm in norms:\n        norm.momentum = None",
    ),
    "wrong-mean, momentum None on the last only": edit("        norm.momentum = None\n", "    norm.momentum = None\n"),
    "weighs-by-images, weighted by images": edit(
        "        for images in batches:\n            model(images)", "        model(torch.cat(list(batches)))"
    ),
    "grad-left-off": edit(
        "    with torch.no_grad():\n        for images in batches:\n            model(images)",
        "    torch.set_grad_enabled(False)\n    for images in batches:\n        model(images)",
    ),
    "wrong-mean, momentum 1 / batches": edit("norm.momentum = None", "norm.momentum = 1 / len(batches)"),
    "momentum-not-restored, 0.01": edit("norm.momentum = 0.1", "norm.momentum = 0.01"),
    "changes-its-argument": edit(
        "        for images in batches:\n            model(images)",
        "        while batches:\n            model(batches.pop(0))",
    ),
}

READERS_WRONG_ANSWERS = {
    "momentum-not-restored, momentum stays none": """
def recalibrate(model: nn.Module, batches: list[Tensor]) -> None:
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    model.train()
    with torch.no_grad():
        for images in batches:
            model(images)
    model.eval()
""",
    "statistics-not-reset, old statistics counted": """
def recalibrate(model: nn.Module, batches: list[Tensor]) -> None:
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = None
    model.train()
    with torch.no_grad():
        for images in batches:
            model(images)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
    model.eval()
""",
    "left-in-train-mode, old mode restored": """
def recalibrate(model: nn.Module, batches: list[Tensor]) -> None:
    was_training = model.training
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    model.train()
    with torch.no_grad():
        for images in batches:
            model(images)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
    model.train(was_training)
""",
}

RIGHT_ANSWERS = {
    "momenta kept and put back": edit(
        "norm.reset_running_stats()\n        norm.momentum = None",
        "norm.reset_running_stats()\n    momenta = [norm.momentum for norm in norms]\n    for norm in norms:\n   "
        "     norm.momentum = None",
        "    for norm in norms:\n        norm.momentum = 0.1",
        "    for norm, momentum in zip(norms, momenta):\n        norm.momentum = momentum",
    ),
    "momentum 1 / k": edit(
        "        norm.momentum = None\n",
        "",
        "        for images in batches:\n            model(images)",
        "        for number, images in enumerate(batches, 1):\n            for norm in norms:\n                "
        "norm.momentum = 1 / number\n            model(images)",
    ),
    "batch norms alone in train mode": edit(
        "    model.train()", "    model.eval()\n    for norm in norms:\n        norm.train()"
    ),
    "inference mode": edit("torch.no_grad()", "torch.autograd.grad_mode.inference_mode(True)"),
}
