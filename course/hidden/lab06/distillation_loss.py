"""Hidden cases of distillation_loss, lab 06, and wrong answers to it."""

import numpy as np

from course.hidden.lab06._reference import divergence, softmax
from labsupport.checks.protocol import Case, require_close


def drive_other_weights(distillation_loss):
    import torch

    logits = torch.linspace(-3, 3, 80).reshape(2, 4, 10).cos() * 4
    labels = torch.tensor([1, 9, 0, 4])
    settings = [(2.0, 0.1), (8.0, 0.5), (3.0, 1.0), (3.0, 0.0)]
    return [distillation_loss(logits[0], logits[1], labels, *setting) for setting in settings]


def judge_other_weights(losses):
    student, teacher = np.cos(np.linspace(-3, 3, 80).reshape(2, 4, 10)) * 4
    task = -np.log(softmax(student)[range(4), [1, 9, 0, 4]]).mean()
    expected = [
        weight * task + (1 - weight) * temperature**2 * divergence(student / temperature, teacher / temperature)
        for temperature, weight in [(2.0, 0.1), (8.0, 0.5), (3.0, 1.0), (3.0, 0.0)]
    ]
    require_close(losses, expected, "wrong-loss", "Other temperatures and weights, 1 and 0 among them.", rtol=1e-3)


CASES = (Case("other weights, also 1 and 0", judge=judge_other_weights, driver=drive_other_weights),)

WRONG_ANSWERS = {
    "no-t-squared": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean")
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * soft
""",
    "t-once": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean")
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * temperature * soft
""",
    "weights-swapped": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    return (1 - task_loss_weight) * F.cross_entropy(student_logits, labels) + task_loss_weight * soft
""",
    "squares-the-whole-loss": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean")
    task = F.cross_entropy(student_logits, labels)
    return temperature**2 * (task_loss_weight * task + (1 - task_loss_weight) * soft)
""",
    "temperature-in-the-task-loss": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    student_logits, teacher_logits = student_logits / temperature, teacher_logits / temperature
    soft = F.kl_div(student_logits.log_softmax(1), teacher_logits.softmax(1), reduction="batchmean") * temperature**2
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * soft
""",
    "probabilities-into-cross-entropy": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    task = F.cross_entropy(F.softmax(student_logits, dim=1), labels)
    return task_loss_weight * task + (1 - task_loss_weight) * soft
""",
    "kl-swapped": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(student_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(teacher_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * soft
""",
    "probabilities-for-log-probabilities": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.softmax(student_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * soft
""",
    "mean-for-batchmean": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="mean") * temperature**2
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * soft
""",
    "temperature-on-the-student-only": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * soft
""",
    "forgets-the-weights": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    return F.cross_entropy(student_logits, labels) + soft
""",
    "labels-from-the-teacher": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    task = F.cross_entropy(student_logits, teacher_logits.argmax(1))
    return task_loss_weight * task + (1 - task_loss_weight) * soft
""",
}
