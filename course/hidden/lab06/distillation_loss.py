"""Hidden cases of distillation_loss, lab 06, and wrong answers to it."""

import numpy as np

from course.answers import edit
from course.hidden.lab06._reference import divergence, softmax
from labsupport.checks.protocol import Case, require_close


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    num_images, num_classes = 1 + seed % 6, 2 + seed % 9
    student, teacher = 3 * torch.randn(2, num_images, num_classes, generator=generator)
    labels = torch.randint(num_classes, (num_images,), generator=generator)
    return student, teacher, labels, (2.0, 8.0, 1.0, 0.5, 3.0)[seed % 5], (0.1, 1.0, 0.5, 0.0)[seed % 4]


def drive_drawn(distillation_loss, student, teacher, labels, temperature, weight):
    import torch

    leaf = student.clone().requires_grad_()
    loss = distillation_loss(leaf, teacher, labels, temperature, weight)
    return [loss, torch.autograd.grad(loss, leaf)[0]]


def judge_drawn(data, student_logits, teacher_logits, labels, temperature, weight):
    student, teacher, rows = student_logits.double().numpy(), teacher_logits.double().numpy(), range(len(labels))
    task = -np.log(softmax(student)[rows, labels.tolist()]).mean()
    soft = temperature**2 * divergence(student / temperature, teacher / temperature)
    hint = f"Temperature {temperature}, task_loss_weight {weight}."
    require_close(data[0], weight * task + (1 - weight) * soft, "wrong-loss", hint, rtol=1e-3, atol=1e-5)
    wrong = softmax(student)
    wrong[rows, labels.tolist()] -= 1
    pull = temperature * (softmax(student / temperature) - softmax(teacher / temperature))
    expected = (weight * wrong + (1 - weight) * pull) / len(labels)
    hint += " The gradient with respect to the student's logits: both terms must reach them."
    require_close(data[1], expected, "wrong-gradient", hint, rtol=1e-3, atol=1e-5)


CASES = (Case("other temperatures, weights also 1 and 0", inputs_drawn, judge_drawn, drive_drawn, seeds=5),)

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
    "wrong-gradient, student cut off the soft term": edit(
        "log_q = F.log_softmax(student_logits / temperature",
        "log_q = F.log_softmax(student_logits.detach() / temperature",
    ),
    "cuts-the-gradient, item": edit(
        "task_loss_weight * task_loss + (1 - task_loss_weight) * soft_loss",
        "(task_loss_weight * task_loss + (1 - task_loss_weight) * soft_loss).item()",
    ),
    "cuts-the-gradient, whole": edit(
        "task_loss_weight * task_loss + (1 - task_loss_weight) * soft_loss",
        "(task_loss_weight * task_loss + (1 - task_loss_weight) * soft_loss).detach()",
    ),
    "wrong-loss, always 0.7": edit("task_loss_weight * task_loss + (1 - task_loss_weight)", "0.7 * task_loss + 0.3"),
    "wrong-gradient, task term cut": edit(
        "F.cross_entropy(student_logits, labels)", "F.cross_entropy(student_logits.detach(), labels)"
    ),
    "changes-its-argument": edit("    task_loss =", "    teacher_logits /= temperature\n    task_loss ="),
    "wrong-loss, label smoothing": edit(
        "F.cross_entropy(student_logits, labels)", "F.cross_entropy(student_logits, labels, label_smoothing=0.1)"
    ),
    "wrong-loss, T squared at 4": edit("temperature**2", "16"),
}

READERS_WRONG_ANSWERS = {
    "no-t-squared, squared temperature missing": """
def distillation_loss(
    student_logits: Tensor,
    teacher_logits: Tensor,
    labels: Tensor,
    temperature: float,
    task_loss_weight: float,
) -> Tensor:
    task = F.cross_entropy(student_logits, labels)
    soft = F.kl_div(
        F.log_softmax(student_logits / temperature, dim=1),
        F.softmax(teacher_logits / temperature, dim=1),
        reduction="batchmean",
    )
    return task_loss_weight * task + (1 - task_loss_weight) * soft
""",
    "temperature-in-the-task-loss, labels at temperature": """
def distillation_loss(
    student_logits: Tensor,
    teacher_logits: Tensor,
    labels: Tensor,
    temperature: float,
    task_loss_weight: float,
) -> Tensor:
    student = student_logits / temperature
    teacher = teacher_logits / temperature
    task = F.cross_entropy(student, labels)
    soft = F.kl_div(F.log_softmax(student, dim=1), F.softmax(teacher, dim=1), reduction="batchmean")
    return task_loss_weight * task + (1 - task_loss_weight) * temperature**2 * soft
""",
    "weights-swapped, weights swapped": """
def distillation_loss(
    student_logits: Tensor,
    teacher_logits: Tensor,
    labels: Tensor,
    temperature: float,
    task_loss_weight: float,
) -> Tensor:
    task = F.cross_entropy(student_logits, labels)
    soft = temperature**2 * F.kl_div(
        F.log_softmax(student_logits / temperature, dim=1),
        F.softmax(teacher_logits / temperature, dim=1),
        reduction="batchmean",
    )
    return task_loss_weight * soft + (1 - task_loss_weight) * task
""",
}

RIGHT_ANSWERS = {
    "the earlier exercise": edit(
        'F.kl_div(log_q, p, reduction="batchmean")', "kl_term(student_logits, teacher_logits, temperature)"
    ),
    "log-probabilities of the labels": edit(
        "F.cross_entropy(student_logits, labels)",
        "-student_logits.log_softmax(1)[torch.arange(len(labels)), labels].mean()",
    ),
    "teacher without a gradient": edit(
        "    p = F.softmax(teacher_logits / temperature, dim=1)",
        "    with torch.no_grad():\n        p = F.softmax(teacher_logits.detach() / temperature, dim=1)",
    ),
    "nn.KLDivLoss and a lerp": edit(
        '    soft_loss = temperature**2 * F.kl_div(log_q, p, reduction="batchmean")\n    return task_loss_weight '
        "* task_loss + (1 - task_loss_weight) * soft_loss",
        '    soft_loss = nn.KLDivLoss(reduction="sum")(log_q, p) * temperature * temperature / '
        "student_logits.shape[0]\n    return torch.lerp(soft_loss, task_loss, task_loss_weight)",
    ),
}
