"""Hidden cases of kl_term, lab 06, and wrong answers to it."""

import math

import numpy as np

from course.answers import edit
from course.hidden.lab06._reference import softmax
from labsupport.checks.protocol import Case, require, require_close


def drive_sure_logits(kl_term):
    import torch

    sure, other = torch.tensor([[300.0, 0.0, -100.0]]), torch.tensor([[100.0, 0.0, -100.0]])
    return [kl_term(sure, sure, 1.0), kl_term(-other, other, 1.0)]


def judge_sure_logits(losses):
    hint = "The loss is nan or infinite: a probability was 0, and its logarithm is infinite. Use log_softmax."
    require(np.isfinite(losses).all(), "log-of-zero", hint)
    require_close(losses, [0.0, 200.0], "wrong-loss", "Equal logits, and two that are sure of different classes.")


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    student, teacher = 4 * torch.randn(2, 1 + seed % 6, 2 + seed % 9, generator=generator)
    return student, teacher, (1.0, 4.0, 0.6, 20.0)[seed % 4]


def drive_drawn(kl_term, student, teacher, temperature):
    import torch

    leaf = student.clone().requires_grad_()
    loss = kl_term(leaf, teacher, temperature)
    return [loss, torch.autograd.grad(loss, leaf)[0]]


def judge_drawn(data, student, teacher, temperature):
    total = 0.0
    for student_row, teacher_row in zip(student.tolist(), teacher.tolist(), strict=True):
        q, p = (softmax([[value / temperature for value in row]])[0].tolist() for row in (student_row, teacher_row))
        total += sum(a * (math.log(a) - math.log(b)) for a, b in zip(p, q, strict=True))
    hint = f"{len(student)} images, {student.shape[1]} classes, temperature {temperature}."
    require_close(data[0], total / len(student), "wrong-loss", hint, rtol=1e-3, atol=2e-6)
    slope = (softmax(student.numpy() / temperature) - softmax(teacher.numpy() / temperature)) / temperature
    hint += " The gradient with respect to the student's logits."
    require_close(data[1], slope / len(student), "wrong-gradient", hint, rtol=1e-3, atol=1e-5)


CASES = (
    Case("logits that are very sure", judge=judge_sure_logits, driver=drive_sure_logits),
    Case("other images, classes and temperatures", inputs_drawn, judge_drawn, drive_drawn, seeds=5),
)

WRONG_ANSWERS = {
    "kl-swapped": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(student_logits / temperature, dim=1)
    return F.kl_div(F.log_softmax(teacher_logits / temperature, dim=1), p, reduction="batchmean")
""",
    "probabilities-for-log-probabilities": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return F.kl_div(F.softmax(student_logits / temperature, dim=1), p, reduction="batchmean")
""",
    "softmax-over-the-batch": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=0)
    return F.kl_div(F.log_softmax(student_logits / temperature, dim=0), p, reduction="batchmean")
""",
    "mean-for-batchmean": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="mean")
""",
    "sums-over-the-batch": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="sum")
""",
    "temperature-on-the-student-only": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits, dim=1)
    return F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean")
""",
    "temperature-on-the-teacher-only": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return F.kl_div(F.log_softmax(student_logits, dim=1), p, reduction="batchmean")
""",
    "forgets-temperature": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits, dim=1)
    return F.kl_div(F.log_softmax(student_logits, dim=1), p, reduction="batchmean")
""",
    "leaves-entropy-out": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return F.cross_entropy(student_logits / temperature, p)
""",
    "squares-too-early": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return temperature**2 * F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean")
""",
    "log-of-zero": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    q = F.softmax(student_logits / temperature, dim=1)
    return (p * (p.log() - q.log())).sum(dim=1).mean()
""",
    "keeps-one-value-an-image": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="none").sum(dim=1)
""",
    "cuts-the-gradient": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    q = F.log_softmax(student_logits / temperature, dim=1)
    return F.kl_div(q, p, reduction="batchmean").detach()
""",
    "changes-its-argument": edit(
        "    log_p =",
        "    student_logits /= temperature\n    teacher_logits /= temperature\n    temperature = 1\n    log_p =",
    ),
    "multiplies-by-temperature, times T": edit(".sum(dim=1).mean()", ".sum(dim=1).mean() * temperature"),
    "wrong-loss, always two images": edit(".sum(dim=1).mean()", ".sum() / 2"),
    "wrong-loss, absolute summands": edit("(log_p.exp() * (log_p - log_q))", "(log_p.exp() * (log_p - log_q)).abs()"),
    "cuts-the-gradient, item": edit(".sum(dim=1).mean()", ".sum(dim=1).mean().item()"),
    "wrong-loss, logarithm of p + 1e-8": edit(
        "    return (log_p.exp() * (log_p - log_q))",
        "    log_q = (log_q.exp() + 1e-8).log()\n    return (log_p.exp() * (log_p - log_q))",
    ),
    "wrong-loss, symmetric": edit(
        "    return (log_p.exp() * (log_p - log_q))", "    return 0.5 * ((log_p.exp() - log_q.exp()) * (log_p - log_q))"
    ),
}

READERS_WRONG_ANSWERS = {
    "log-of-zero, logarithm of zero": """
def kl_term(student_logits: Tensor, teacher_logits: Tensor, temperature: float) -> Tensor:
    p = torch.softmax(teacher_logits / temperature, dim=1)
    q = torch.softmax(student_logits / temperature, dim=1)
    return (p * (p.log() - q.log())).sum(dim=1).mean()
""",
    "kl-swapped, direction reversed": """
def kl_term(student_logits: Tensor, teacher_logits: Tensor, temperature: float) -> Tensor:
    log_student = F.log_softmax(student_logits / temperature, dim=1)
    log_teacher = F.log_softmax(teacher_logits / temperature, dim=1)
    return (log_student.exp() * (log_student - log_teacher)).sum(dim=1).mean()
""",
    "mean-for-batchmean, mean over classes": """
def kl_term(student_logits: Tensor, teacher_logits: Tensor, temperature: float) -> Tensor:
    log_q = F.log_softmax(student_logits / temperature, dim=1)
    log_p = F.log_softmax(teacher_logits / temperature, dim=1)
    return (log_p.exp() * (log_p - log_q)).mean()
""",
}

RIGHT_ANSWERS = {
    "the library": """
def kl_term(student_logits, teacher_logits, temperature):
    log_q = F.log_softmax(student_logits / temperature, dim=1)
    return F.kl_div(log_q, F.log_softmax(teacher_logits / temperature, dim=1), reduction='batchmean', log_target=True)
""",
    "image by image": """
def kl_term(student_logits, teacher_logits, temperature):
    total = 0
    for student, teacher in zip(student_logits, teacher_logits):
        log_p = torch.log_softmax(teacher / temperature, 0)
        log_q = torch.log_softmax(student / temperature, 0)
        total = total + (log_p.exp() * (log_p - log_q)).sum()
    return total / len(student_logits)
""",
    "cross-entropy less entropy": """
def kl_term(student_logits, teacher_logits, temperature):
    p = torch.softmax(teacher_logits / temperature, dim=1)
    entropy = -torch.special.xlogy(p, p).sum(1).mean()
    return -torch.einsum('nc,nc->n', p, F.log_softmax(student_logits / temperature, dim=1)).mean() - entropy
""",
}
