"""Hidden cases of kl_term, lab 06, and wrong answers to it."""

import numpy as np

from course.hidden.lab06._reference import divergence, softmax
from labsupport.checks.protocol import Case, require, require_close


def drive_sure_logits(kl_term):
    import torch

    sure, other = torch.tensor([[300.0, 0.0, -100.0]]), torch.tensor([[100.0, 0.0, -100.0]])
    return [kl_term(sure, sure, 1.0), kl_term(-other, other, 1.0)]


def judge_sure_logits(losses):
    hint = "The loss is nan or infinite: a probability was 0, and its logarithm is infinite. Use log_softmax."
    require(np.isfinite(losses).all(), "log-of-zero", hint)
    require_close(losses, [0.0, 200.0], "wrong-loss", "Equal logits, and two that are sure of different classes.")


def drive_ten_classes(kl_term):
    import torch

    logits = torch.linspace(-4, 4, 140).reshape(2, 7, 10).sin() * 5
    student, teacher = logits[0].clone().requires_grad_(), logits[1].clone()
    losses = [kl_term(student, teacher, temperature) for temperature in (1.0, 4.0, 20.0)]
    if not losses[1].requires_grad:
        return {"losses": losses, "gradient": torch.zeros(7, 10)}
    return {"losses": losses, "gradient": torch.autograd.grad(losses[1], student)[0]}


def judge_ten_classes(data):
    student, teacher = np.sin(np.linspace(-4, 4, 140).reshape(2, 7, 10)) * 5
    expected = [divergence(student / temperature, teacher / temperature) for temperature in (1.0, 4.0, 20.0)]
    hint = "Seven images and ten classes at temperatures 1, 4 and 20."
    require_close(data["losses"], expected, "wrong-loss", hint, rtol=1e-3, atol=1e-6)
    hint = "No gradient reaches the student's logits: it cannot learn from this term. Leave out detach and no_grad."
    require(data["gradient"].any(), "cuts-the-gradient", hint)
    gradient = (softmax(student / 4) - softmax(teacher / 4)) / 4 / 7
    require_close(data["gradient"], gradient, "wrong-gradient", "The gradient at temperature 4.", rtol=1e-3, atol=1e-6)


CASES = (
    Case("logits that are very sure", judge=judge_sure_logits, driver=drive_sure_logits),
    Case("ten classes at three temperatures", judge=judge_ten_classes, driver=drive_ten_classes),
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
}
