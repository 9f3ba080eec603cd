"""Hidden cases of frozen_logits, lab 06, and wrong answers to it."""

import numpy as np

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_one_batch(frozen_logits):
    import torch
    from torch import nn

    teacher = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(4, affine=False), nn.Linear(4, 2, bias=False)).train()
    teacher[2].weight.data = torch.tensor([[1.0, 0.0, -1.0, 0.0], [0.5, 0.5, 0.5, 0.5]])
    logits = frozen_logits(teacher, torch.arange(20.0).reshape(5, 1, 2, 2), 500)
    return {"logits": logits, "weight": teacher[2].weight, "gradient": logits.requires_grad}


def judge_one_batch(data):
    images = np.arange(20.0).reshape(5, 4) / np.sqrt(1 + 1e-5)
    expected = images @ np.array([[1.0, 0.5], [0.0, 0.5], [-1.0, 0.5], [0.0, 0.5]])
    require(not data["gradient"], "keeps-gradients", "The logits still carry a graph back into the teacher.")
    require_close(
        data["weight"][0], [1.0, 0.0, -1.0, 0.0], "changes-the-teacher", "The teacher's weights have changed."
    )
    require_close(data["logits"], expected, "wrong-logits", "Five images in one batch.", rtol=1e-4, atol=1e-5)


def inputs_drawn(seed: int) -> tuple:
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(seed)
    num_images, num_channels, width = 1 + seed % 9, 1 + seed % 3, 2 + seed % 4
    inner = nn.Sequential(nn.BatchNorm2d(num_channels), nn.ReLU(), nn.Dropout(0.3))
    teacher = nn.Sequential(inner, nn.Flatten(), nn.Linear(num_channels * width, 3))
    for tensor in teacher.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.2)
    images = torch.randn(num_images, num_channels, 1, width, generator=generator)
    return teacher.train(seed % 2 == 0), images, 1 + seed % 5


def drive_drawn(frozen_logits, teacher, images, batch_size):
    before = {name: tensor.clone() for name, tensor in teacher.state_dict().items()}
    logits = frozen_logits(teacher, images, batch_size)
    moved = [name for name, tensor in teacher.state_dict().items() if not tensor.equal(before[name])]
    return {"logits": logits, "gradient": logits.requires_grad, "moved": moved}


def judge_drawn(data, teacher, images, batch_size):
    require(not data["moved"], "changes-the-teacher", f"These tensors of the teacher have changed: {data['moved']}.")
    require(not data["gradient"], "keeps-gradients", "The logits still carry a graph back into the teacher.")
    state = {name: tensor.double().numpy() for name, tensor in teacher.state_dict().items()}
    gamma, beta, mean, var = (state[f"0.0.{name}"] for name in ("weight", "bias", "running_mean", "running_var"))
    inner = (images.double().numpy().transpose(0, 2, 3, 1) - mean) / np.sqrt(var + 1e-5) * gamma + beta
    rows = np.maximum(inner, 0).transpose(0, 3, 1, 2).reshape(len(images), -1)
    hint = f"{len(images)} images, batch_size {batch_size}."
    expected = rows @ state["2.weight"].T + state["2.bias"]
    require_close(data["logits"], expected, "wrong-logits", hint, rtol=1e-4, atol=1e-4)


CASES = (
    Case("one batch larger than the set", judge=judge_one_batch, driver=drive_one_batch, changes=("teacher",)),
    Case("other teachers and batches", inputs_drawn, judge_drawn, drive_drawn, seeds=5, changes=("teacher",)),
)

WRONG_ANSWERS = {
    "teacher-in-train-mode": """
def frozen_logits(teacher, images, batch_size):
    with torch.no_grad():
        return torch.cat([teacher(batch) for batch in images.split(batch_size)])
""",
    "keeps-gradients": """
def frozen_logits(teacher, images, batch_size):
    teacher.eval()
    return torch.cat([teacher(batch) for batch in images.split(batch_size)])
""",
    "another-order": """
def frozen_logits(teacher, images, batch_size):
    teacher.eval()
    images = images[torch.randperm(len(images), generator=torch.Generator().manual_seed(0))]
    with torch.no_grad():
        return torch.cat([teacher(batch) for batch in images.split(batch_size)])
""",
    "drops-the-last-batch": """
def frozen_logits(teacher, images, batch_size):
    teacher.eval()
    with torch.no_grad():
        starts = range(0, len(images) - batch_size + 1, batch_size)
        return torch.cat([teacher(images[start : start + batch_size]) for start in starts])
""",
    "returns-probabilities": """
def frozen_logits(teacher, images, batch_size):
    teacher.eval()
    with torch.no_grad():
        return torch.cat([teacher(batch).softmax(1) for batch in images.split(batch_size)])
""",
    "returns-classes": """
def frozen_logits(teacher, images, batch_size):
    teacher.eval()
    with torch.no_grad():
        return torch.cat([teacher(batch).argmax(1) for batch in images.split(batch_size)])
""",
    "one-large-batch": """
def frozen_logits(teacher, images, batch_size):
    with torch.no_grad():
        return teacher.eval()(images)
""",
    "only-the-last-batch": """
def frozen_logits(teacher, images, batch_size):
    teacher.eval()
    with torch.no_grad():
        for batch in images.split(batch_size):
            logits = teacher(batch)
    return logits
""",
    "too-large-batches, as many batches": edit("images.split(batch_size)", "images.chunk(batch_size)"),
    "too-large-batches, always 3": edit("images.split(batch_size)", "images.split(3)"),
    "teacher-in-train-mode, outermost flag only": edit("teacher.eval()", "teacher.training = False"),
    "wrong-logits, batch norm alone": edit(
        "teacher.eval()", "[m.eval() for m in teacher.modules() if isinstance(m, nn.BatchNorm2d)]"
    ),
    "keeps-gradients, turned on again": edit(
        "    with torch.no_grad():  # it only answers\n        return torch.cat([teacher(batch) for batch in "
        "images.split(batch_size)])",
        "    return torch.cat([teacher(batch) for batch in images.split(batch_size)]).requires_grad_()",
    ),
    "changes-its-argument": edit("    teacher.eval()", "    images -= images.mean()\n    teacher.eval()"),
}

READERS_WRONG_ANSWERS = {
    "teacher-in-train-mode, train mode kept": """
def frozen_logits(teacher: nn.Module, images: Tensor, batch_size: int) -> Tensor:
    with torch.set_grad_enabled(False):
        return torch.cat([teacher(batch) for batch in images.split(batch_size)])
""",
    "drops-the-last-batch, last batch dropped": """
def frozen_logits(teacher: nn.Module, images: Tensor, batch_size: int) -> Tensor:
    teacher.eval()
    logits = []
    with torch.set_grad_enabled(False):
        for step in range(len(images) // batch_size):
            logits.append(teacher(images[step * batch_size : (step + 1) * batch_size]))
    return torch.cat(logits)
""",
    "keeps-gradients, gradient kept": """
def frozen_logits(teacher: nn.Module, images: Tensor, batch_size: int) -> Tensor:
    teacher.eval()
    return torch.cat([teacher(batch) for batch in images.split(batch_size)])
""",
}

RIGHT_ANSWERS = {
    "a copy of the teacher": """
def frozen_logits(teacher, images, batch_size):
    import copy
    teacher = copy.deepcopy(teacher).eval()
    with torch.no_grad():
        return torch.cat([teacher(batch) for batch in images.split(batch_size)])
""",
    "by numbers, detached": """
def frozen_logits(teacher, images, batch_size):
    was_training = teacher.training
    teacher.eval()
    rows = []
    for start in range(0, len(images), batch_size):
        rows.extend(teacher(images[start : start + batch_size]).detach())
    teacher.train(was_training)
    return torch.stack(rows)
""",
    "inference mode": """
@torch.inference_mode()
def frozen_logits(teacher, images, batch_size):
    teacher.train(False)
    return torch.vstack([teacher(images[i:i + 1]) for i in range(images.shape[0])])
""",
}
