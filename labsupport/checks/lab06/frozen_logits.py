"""Visible cases of frozen_logits, lab 06."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close


def drive_teacher(frozen_logits: Callable) -> Data:
    import torch
    from torch import nn

    class Sizes(list):
        def __deepcopy__(self, memo: dict) -> list:
            return self  # a copy of the teacher counts in the same list

    class Teacher(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.drop, self.last = nn.BatchNorm2d(1), nn.Dropout(0.5), nn.Linear(2, 3)
            self.norm.running_mean.fill_(1.0)
            self.norm.running_var.fill_(4.0)
            self.last.weight.data = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 0.0]])
            self.last.bias.data = torch.tensor([0.0, 1.0, -1.0])
            self.sizes = Sizes()

        def forward(self, images):
            self.sizes.append(len(images))
            return self.last(self.drop(self.norm(images)).flatten(1))

    teacher = Teacher().train()
    logits = frozen_logits(teacher, torch.arange(14.0).reshape(7, 1, 1, 2), 3)
    gradient = logits.requires_grad
    return {"logits": logits, "gradient": gradient, "mean": teacher.norm.running_mean, "sizes": list(teacher.sizes)}


def judge_teacher(data: Data) -> None:
    logits = data["logits"]
    hint = "The teacher's running mean moved from 1 while it answered: call teacher.eval() first."
    require(np.allclose(data["mean"], 1.0), "teacher-in-train-mode", hint)
    hint = "The logits still carry a graph back into the teacher. It only answers: compute them under torch.no_grad()."
    require(not data["gradient"], "keeps-gradients", hint)
    require(logits.shape != (7,), "returns-classes", "You returned the best classes. Return the logits themselves.")
    hint = "Seven images in batches of three leave one image for the last batch. It is missing."
    require(logits.shape != (6, 3), "drops-the-last-batch", hint)
    hint = f"Only {len(logits)} of seven images came back: collect the logits of every batch with torch.cat."
    require(len(logits) == 7, "only-the-last-batch", hint)
    values = (np.arange(14.0).reshape(7, 2) - 1) / np.sqrt(4 + 1e-5)
    expected = values @ np.array([[1.0, 3.0, 0.5], [2.0, -1.0, 0.0]]) + np.array([0.0, 1.0, -1.0])
    if logits.shape == (7, 3):
        hint = "The rows sum to 1: these are probabilities. Keep the logits, the temperature is chosen later."
        require(not np.allclose(logits.sum(1), 1.0), "returns-probabilities", hint)
        same_rows = np.allclose(np.sort(logits[:, 0]), np.sort(expected[:, 0]), atol=1e-4)
        hint = "The logits are right, in another order: row i must belong to image i."
        require(not same_rows or np.allclose(logits, expected, atol=1e-4), "another-order", hint)
    require_close(logits, expected, "wrong-logits", "What the teacher says in eval mode.", rtol=1e-4, atol=1e-4)
    hint = f"The teacher saw batches of {data['sizes']} images, and batch_size is 3: use images.split(batch_size)."
    require(max(data["sizes"]) <= 3, "one-large-batch", hint)


def drive_pairs(frozen_logits: Callable) -> Data:
    import torch
    from torch import nn

    class Sizes(list):
        def __deepcopy__(self, memo: dict) -> list:
            return self

    class Teacher(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.drop, self.last, self.sizes = nn.Dropout(0.9), nn.Linear(6, 4), Sizes()
            self.last.weight.data = torch.arange(24.0).reshape(4, 6).cos()
            self.last.bias.data = torch.zeros(4)

        def forward(self, images):
            self.sizes.append(len(images))
            return self.last(self.drop(images.flatten(1)))

    teacher = Teacher().eval()
    logits = frozen_logits(teacher, torch.arange(66.0).reshape(11, 2, 1, 3).sin(), 2)
    return {"logits": logits, "gradient": logits.requires_grad, "sizes": list(teacher.sizes)}


def judge_pairs(data: Data) -> None:
    expected = np.sin(np.arange(66.0).reshape(11, 6)) @ np.cos(np.arange(24.0).reshape(4, 6)).T
    hint = "What the teacher says about eleven images."
    require_close(data["logits"], expected, "wrong-logits", hint, rtol=1e-4, atol=1e-4)
    require(not data["gradient"], "keeps-gradients", "The logits still carry a graph back into the teacher.")
    hint = (
        f"The teacher saw batches of {data['sizes']} images, and batch_size is 2. images.split(2) makes batches of 2 "
    )
    require(max(data["sizes"]) <= 2, "too-large-batches", hint + "images, images.chunk(2) makes 2 batches.")


CASES = (
    Case("seven images", judge=judge_teacher, driver=drive_teacher, changes=("teacher",)),
    Case("eleven images in pairs", judge=judge_pairs, driver=drive_pairs, changes=("teacher",)),
)
