"""Hidden cases of both_logits, lab 10, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab10.both_logits import drive_pictures, judge_pictures
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(seed)
    channels, count = 1 + seed % 3, 2 + seed
    parts = [nn.Conv2d(channels, 3, 2, stride=1 + seed % 2), nn.Sequential(nn.BatchNorm2d(3), nn.Dropout(0.5))]
    model = nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2 + seed)).eval()
    for tensor in model.state_dict().values():
        tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1 if tensor.is_floating_point() else tensor)
    return model, torch.randn(count, channels, 5, 4, generator=generator)


CASES = (Case("other networks", inputs_drawn, judge_pictures, drive_pictures, seeds=4, changes=("model",)),)

WRONG_ANSWERS = {
    "exports-in-train-mode": """
def both_logits(model, images, export, run):
    file = export(model, images[:1], True)
    model.eval()
    with torch.no_grad():
        return {"reference": model(images), "actual": run(file, images)}
""",
    "reference-in-train-mode": """
def both_logits(model, images, export, run):
    with torch.no_grad():
        reference = model(images)
    file = export(model.eval(), images[:1], True)
    return {"reference": reference, "actual": run(file, images)}
""",
    "fixed-batch": """
def both_logits(model, images, export, run):
    model.eval()
    file = export(model, images[:1], False)
    with torch.no_grad():
        return {"reference": model(images), "actual": run(file, images)}
""",
    "example-without-batch": """
def both_logits(model, images, export, run):
    model.eval()
    file = export(model, images[0], True)
    with torch.no_grad():
        return {"reference": model(images), "actual": run(file, images)}
""",
    "compares-one-image": """
def both_logits(model, images, export, run):
    model.eval()
    file = export(model, images[:1], True)
    with torch.no_grad():
        return {"reference": model(images[:1]), "actual": run(file, images[:1])}
""",
    "compares-with-itself": """
def both_logits(model, images, export, run):
    model.eval()
    file = export(model, images[:1], True)
    logits = run(file, images)
    return {"reference": logits, "actual": logits}
""",
    "sides-swapped": edit(
        '"reference": model(images).detach(), "actual": run(exported, images)',
        '"actual": model(images).detach(), "reference": run(exported, images)',
    ),
    "exports-in-train-mode, outermost flag only": edit("model.eval()", "model.training = False"),
    "exports-in-train-mode, when the whole says eval": edit(
        "    model.eval()\n", "    if model.training:\n        model.eval()\n"
    ),
    "wrong-logits, probabilities": edit("run(exported, images)}", "run(exported, images).softmax(1)}"),
    "wrong-logits, first image many times": edit(
        "run(exported, images)}", "run(exported, images[:1]).repeat(len(images), 1)}"
    ),
    "compares-one-image, file only": edit("run(exported, images)}", "run(exported, images[:1])}"),
    "wrong-logits, in another order": edit("run(exported, images)}", "run(exported, images.flip(0))}"),
    "reference-in-train-mode, restored too early": edit("    return {", "    model.train()\n    return {"),
}

READERS_WRONG_ANSWERS = {
    "exports-in-train-mode, eval at the top only": """
def both_logits(model: nn.Module, images: Tensor, export, run) -> dict[str, Tensor]:
    model.training = False
    file = export(model, images[:1], True)
    with torch.no_grad():
        reference = model(images)
    return {"reference": reference, "actual": run(file, images)}
""",
    "exports-in-train-mode, eval after export": """
def both_logits(model: nn.Module, images: Tensor, export, run) -> dict[str, Tensor]:
    file = export(model, images[:1], True)
    actual = run(file, images)
    model.eval()
    with torch.no_grad():
        reference = model(images)
    return {"reference": reference, "actual": actual}
""",
    "fixed-batch, fixed batch export": """
def both_logits(model: nn.Module, images: Tensor, export, run) -> dict[str, Tensor]:
    model.eval()
    file = export(model, images[:1], False)
    with torch.no_grad():
        reference = model(images)
        actual = run(file, images)
    return {"reference": reference, "actual": actual}
""",
}

RIGHT_ANSWERS = {
    "a copy in eval mode": """
def both_logits(model, images, export, run):
    import copy
    network = copy.deepcopy(model).eval()
    file = export(network, images[:1], True)
    with torch.no_grad():
        return {'reference': network(images), 'actual': run(file, images)}
""",
    "image by image": """
def both_logits(model, images, export, run):
    model.train(False)
    file = export(model, images[0:1], dynamic_batch=True)
    rows = [(model(image[None]), run(file, image[None])) for image in images]
    return {'reference': torch.cat([a for a, _ in rows]).detach(), 'actual': torch.cat([b for _, b in rows])}
""",
    "all images as the example": edit(
        "export(model, images[:1], dynamic_batch=True)", "export(model=model, example=images, dynamic_batch=True)"
    ),
}
