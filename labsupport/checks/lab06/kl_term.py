"""Visible cases of kl_term, lab 06."""

import numpy as np

from labsupport.checks.lab06._reference import kl_of, log_softmax, require_scalar, unnormalised_kl
from labsupport.checks.protocol import Case, Data, reject, require_close


def inputs_two_images() -> tuple:
    import torch

    student = torch.tensor([[2.0, 1.0, 0.0], [0.5, 0.0, 3.0]])
    return student, torch.tensor([[5.0, 1.0, -1.0], [1.0, 4.0, 2.5]]), 2.5


def inputs_three_images() -> tuple:
    import torch

    student = torch.tensor([[1.0, 0.0, -1.0, 2.0], [0.0, 0.5, 0.0, -3.0], [4.0, 1.0, 1.0, 0.0]])
    return student, torch.tensor([[0.0, 3.0, 1.0, 2.0], [-1.0, 0.5, 2.0, 0.0], [6.0, 2.0, 1.0, 0.0]]), 0.8


def judge_images(loss: Data, student_logits: object, teacher_logits: object, temperature: float) -> None:
    student, teacher = np.asarray(student_logits, np.float64), np.asarray(teacher_logits, np.float64)
    num_images, num_classes = student.shape
    soft, target = student / temperature, teacher / temperature

    def mean_of(summands: np.ndarray) -> float:
        return summands.sum() / num_images

    expected = mean_of(kl_of(soft, target))
    require_scalar(loss)
    log_p = log_softmax(target)
    entropy = -mean_of(np.exp(log_p) * log_p)
    hints = {
        "swapped": "This is KL(student || teacher). p, the teacher, weighs the sum; F.kl_div wants the student first.",
        "logs": "The student's probabilities stand where their logarithms belong: F.kl_div takes no logarithm of them.",
        "batch": "The softmax ran over the two images. The classes of one image lie in dimension 1.",
        "mean": f"The loss is {num_classes} times too small, for {num_classes} classes: average over the images alone.",
        "sum": f"The loss is {num_images} times too large for {num_images} images: average over them.",
        "side": "One of the two was not softened. Divide both by the temperature: they are compared at the same one.",
        "entropy": "This is the cross-entropy with soft targets, not zero where the two agree: subtract log p.",
        "squared": "This is T squared times the term: the factor belongs to the complete loss, in the next exercise.",
    }
    reject(
        loss,
        {
            mean_of(kl_of(target, soft)): ("kl-swapped", hints["swapped"]),
            mean_of(unnormalised_kl(soft, target)): ("probabilities-for-log-probabilities", hints["logs"]),
            mean_of(kl_of(soft, target, axis=0)): ("softmax-over-the-batch", hints["batch"]),
            expected / num_classes: ("mean-for-batchmean", hints["mean"]),
            num_images * expected: ("sums-over-the-batch", hints["sum"]),
            mean_of(kl_of(soft, teacher)): ("temperature-on-the-student-only", hints["side"]),
            mean_of(kl_of(student, target)): ("temperature-on-the-teacher-only", hints["side"]),
            mean_of(kl_of(student, teacher)): ("forgets-temperature", "This is the term at temperature 1."),
            temperature * expected: ("multiplies-by-temperature", "This is T times the term. It has no factor."),
            expected + entropy: ("leaves-entropy-out", hints["entropy"]),
            temperature**2 * expected: ("squares-too-early", hints["squared"]),
        },
    )
    require_close(loss, expected, "wrong-loss", "The sum of p * (log p - log q) for each image, averaged.")


CASES = (
    Case("two images and three classes", inputs_two_images, judge_images, gradient=("student_logits",)),
    Case("three images and four classes", inputs_three_images, judge_images, gradient=("student_logits",)),
)
