"""Hidden cases of frozen_logits, lab 06, and wrong answers to it."""

import numpy as np

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


CASES = (Case("one batch larger than the set", judge=judge_one_batch, driver=drive_one_batch, changes=("teacher",)),)

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
}
