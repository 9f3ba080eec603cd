"""Visible cases of distillation_loss, lab 06."""

import numpy as np

from labsupport.checks.lab06._reference import kl_of, log_softmax, require_scalar, unnormalised_kl
from labsupport.checks.protocol import Case, Data, reject, require_close


def inputs_lecture() -> tuple:
    import torch

    student = torch.tensor([[2.0, 1.0, 0.0], [0.5, 0.0, 3.0]])
    teacher = torch.tensor([[5.0, 1.0, -1.0], [1.0, 4.0, 2.5]])
    return student, teacher, torch.tensor([1, 2]), 4.0, 0.7


def inputs_five_images() -> tuple:
    import torch

    student = torch.tensor(
        [
            [1.0, 0.0, -1.0, 2.0],
            [0.0, 0.5, 0.0, -3.0],
            [4.0, 1.0, 1.0, 0.0],
            [0.0, 2.0, 1.0, 0.0],
            [1.0, 1.5, -2.0, 0.0],
        ]
    )
    teacher = torch.tensor(
        [[0.0, 3.0, 1.0, 2.0], [-1.0, 0.5, 2.0, 0.0], [6.0, 2.0, 1.0, 0.0], [3.0, 0.0, 1.0, 2.0], [0.0, 5.0, 1.0, -2.0]]
    )
    return student, teacher, torch.tensor([3, 2, 1, 1, 0]), 3.0, 0.25


def judge_loss(
    loss: Data, student_logits: object, teacher_logits: object, labels: object, temperature: float, weight: float
) -> None:
    student, teacher = np.asarray(student_logits, np.float64), np.asarray(teacher_logits, np.float64)
    num_images, num_classes = student.shape
    require_scalar(loss)

    def task_of(logits: np.ndarray, classes: object = labels) -> float:
        return -log_softmax(logits)[np.arange(num_images), np.asarray(classes)].mean()

    cool, target, square, rest = student / temperature, teacher / temperature, temperature**2, 1 - weight
    soft, half = kl_of(cool, target).sum() / num_images, kl_of(cool, teacher).sum() / num_images
    task, twice = task_of(student), task_of(np.exp(log_softmax(student)))
    swapped, other = kl_of(target, cool).sum() / num_images, unnormalised_kl(cool, target).sum() / num_images
    hints = {
        "square": f"The factor T squared is missing: the soft term is {square:g} times too small.",
        "weights": "task_loss_weight belongs to the cross-entropy with the labels, the rest of 1 to the soft term.",
        "task": "The cross-entropy with the labels takes the logits as they are: only the soft term has a temperature.",
        "twice": "F.cross_entropy got probabilities. It makes the softmax itself: give it logits.",
        "soft": "The cross-entropy is right, the soft term is not. Read again, before Exercise 2, about",
        "labels": "The cross-entropy took the teacher's best class. It belongs to the labels.",
    }
    reject(
        loss,
        {
            weight * task + rest * soft: ("no-t-squared", hints["square"]),
            weight * task + rest * temperature * soft: (
                "t-once",
                "The soft term is multiplied by T. It must be T squared.",
            ),
            rest * task + weight * square * soft: ("weights-swapped", hints["weights"]),
            square * (weight * task + rest * soft): (
                "squares-the-whole-loss",
                "T squared belongs to the soft term alone.",
            ),
            weight * task_of(cool) + rest * square * soft: ("temperature-in-the-task-loss", hints["task"]),
            weight * twice + rest * square * soft: ("probabilities-into-cross-entropy", hints["twice"]),
            weight * task + rest * square * swapped: ("kl-swapped", f"{hints['soft']} the order."),
            weight * task + rest * square * other: (
                "probabilities-for-log-probabilities",
                f"{hints['soft']} log-probabilities.",
            ),
            weight * task + rest * square * soft / num_classes: ("mean-for-batchmean", f"{hints['soft']} batchmean."),
            weight * task + rest * square * half: ("temperature-on-the-student-only", f"{hints['soft']} both sides."),
            task + square * soft: ("forgets-the-weights", "Both terms count in full. The weights must sum to 1."),
            weight * task_of(student, teacher.argmax(1)) + rest * square * soft: (
                "labels-from-the-teacher",
                hints["labels"],
            ),
        },
    )
    hint = f"{weight} times the cross-entropy plus {rest} * {square:g} times the KL term."
    require_close(loss, weight * task + rest * square * soft, "wrong-loss", hint)


CASES = (
    Case("the lecture's loss", inputs_lecture, judge_loss, gradient=("student_logits",)),
    Case("five images, temperature 3, weight 0.25", inputs_five_images, judge_loss, gradient=("student_logits",)),
)
