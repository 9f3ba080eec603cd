"""Hidden cases of both_logits, lab 10, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_part_in_training(both_logits):
    import copy

    import torch
    from torch import nn

    torch.manual_seed(1)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4 * 4 * 4, 2)).eval()
    images = torch.randn(5, 1, 6, 6)
    with torch.no_grad():
        expected = model(images)
    model[1].train()  # the whole says eval, a part does not
    seen = {"training": [], "dynamic": [], "sizes": [], "dims": []}

    def export(network, example, dynamic_batch):
        seen["training"].append(any(module.training for module in network.modules()))
        seen["dynamic"].append(bool(dynamic_batch))
        seen["dims"].append(example.ndim)
        return [copy.deepcopy(network)]

    def run(file, batch):
        seen["sizes"].append(len(batch))
        with torch.no_grad():
            return file[0](batch) * 1.5

    return {"found": both_logits(model, images, export, run), "seen": seen, "expected": expected}


def judge_part_in_training(data):
    hint = "A part of the network was in training mode, although the whole said eval. eval() reaches every part."
    require(not any(data["seen"]["training"]), "exports-in-train-mode", hint)
    require(set(data["seen"]["dims"]) == {4}, "example-without-batch", "images[0] is no batch, images[:1] is one.")
    require(all(data["seen"]["dynamic"]), "fixed-batch", "The file was not made for any batch size.")
    require_close(data["found"]["reference"], data["expected"], "reference-in-train-mode", hint, atol=1e-5)
    require_close(data["found"]["actual"], data["expected"] * 1.5, "wrong-logits", "What run returns.", atol=1e-5)


CASES = (
    Case(
        "a part left in training mode", judge=judge_part_in_training, driver=drive_part_in_training, changes=("model",)
    ),
)

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
}
