"""Visible cases of distillation_loss, lab 06."""

import numpy as np

from labsupport.checks.lab06._reference import kl_of, log_softmax, require_scalar, unnormalised_kl
from labsupport.checks.protocol import Case, Data, reject, require_close


def inputs_lecture() -> tuple:
    import torch

    student = torch.tensor([[2.0, 1.0, 0.0], [0.5, 0.0, 3.0]])
    teacher = torch.tensor([[5.0, 1.0, -1.0], [1.0, 4.0, 2.5]])
    return student, teacher, torch.tensor([1, 2]), 4.0, 0.7


def judge_lecture(loss: Data) -> None:
    student, teacher = np.array([[2.0, 1, 0], [0.5, 0, 3]]), np.array([[5.0, 1, -1], [1, 4, 2.5]])
    require_scalar(loss)

    def task_of(logits: np.ndarray, labels: tuple[int, int] = (1, 2)) -> float:
        return -log_softmax(logits)[[0, 1], labels].mean()

    soft, half = kl_of(student / 4, teacher / 4).sum() / 2, kl_of(student / 4, teacher).sum() / 2
    task, twice = task_of(student), task_of(np.exp(log_softmax(student)))
    swapped, other = kl_of(teacher / 4, student / 4).sum() / 2, unnormalised_kl(student / 4, teacher / 4).sum() / 2
    hints = {
        "square": "The factor T squared is missing: at temperature 4 the soft term's gradient is 16 times too small.",
        "weights": "task_loss_weight belongs to the cross-entropy with the labels, the rest of 1 to the soft term.",
        "task": "The cross-entropy with the labels takes the logits as they are: only the soft term has a temperature.",
        "twice": "F.cross_entropy got probabilities. It makes the softmax itself: give it logits.",
        "soft": "The cross-entropy is right, the soft term is not. Read again, before Exercise 2, about",
        "labels": "The cross-entropy took the teacher's best class. It belongs to the labels.",
    }
    reject(
        loss,
        {
            0.7 * task + 0.3 * soft: ("no-t-squared", hints["square"]),
            0.7 * task + 0.3 * 4 * soft: ("t-once", "The soft term is multiplied by T. It must be T squared."),
            0.3 * task + 0.7 * 16 * soft: ("weights-swapped", hints["weights"]),
            16 * (0.7 * task + 0.3 * soft): ("squares-the-whole-loss", "T squared belongs to the soft term alone."),
            0.7 * task_of(student / 4) + 0.3 * 16 * soft: ("temperature-in-the-task-loss", hints["task"]),
            0.7 * twice + 0.3 * 16 * soft: ("probabilities-into-cross-entropy", hints["twice"]),
            0.7 * task + 0.3 * 16 * swapped: ("kl-swapped", f"{hints['soft']} the order."),
            0.7 * task + 0.3 * 16 * other: (
                "probabilities-for-log-probabilities",
                f"{hints['soft']} log-probabilities.",
            ),
            0.7 * task + 0.3 * 16 * soft / 3: ("mean-for-batchmean", f"{hints['soft']} batchmean."),
            0.7 * task + 0.3 * 16 * half: ("temperature-on-the-student-only", f"{hints['soft']} both sides."),
            task + 16 * soft: ("forgets-the-weights", "Both terms count in full. The weights must sum to 1."),
            0.7 * task_of(student, (0, 1)) + 0.3 * 16 * soft: ("labels-from-the-teacher", hints["labels"]),
        },
    )
    expected = 0.7 * task + 0.3 * 16 * soft
    require_close(loss, expected, "wrong-loss", "0.7 times the cross-entropy plus 0.3 * 16 times the KL term.")


CASES = (Case("the lecture's loss", inputs_lecture, judge_lecture),)
