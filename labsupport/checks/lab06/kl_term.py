"""Visible cases of kl_term, lab 06."""

import numpy as np

from labsupport.checks.lab06._reference import kl_of, log_softmax, require_scalar, unnormalised_kl
from labsupport.checks.protocol import Case, Data, reject, require_close


def inputs_two_images() -> tuple:
    import torch

    student = torch.tensor([[2.0, 1.0, 0.0], [0.5, 0.0, 3.0]])
    return student, torch.tensor([[5.0, 1.0, -1.0], [1.0, 4.0, 2.5]]), 2.0


def judge_two_images(loss: Data) -> None:
    student, teacher = np.array([[2.0, 1, 0], [0.5, 0, 3]]), np.array([[5.0, 1, -1], [1, 4, 2.5]])
    expected = kl_of(student / 2, teacher / 2).sum() / 2
    require_scalar(loss)
    log_p = log_softmax(teacher / 2)
    entropy = -(np.exp(log_p) * log_p).sum() / 2
    hints = {
        "swapped": "This is KL(student || teacher). p, the teacher, weighs the sum; F.kl_div wants the student first.",
        "logs": "The student's probabilities stand where their logarithms belong: F.kl_div takes no logarithm of them.",
        "batch": "The softmax ran over the two images. The classes of one image lie in dimension 1.",
        "mean": "The loss is three times too small, and there are three classes: average over the images alone.",
        "sum": "The loss is twice too large for two images: average over them.",
        "side": "One of the two was not softened. Divide both by the temperature: they are compared at the same one.",
        "entropy": "This is the cross-entropy with soft targets, not zero where the two agree: subtract log p.",
        "squared": "This is 4 times the term: T squared has its place in the complete loss, in the next exercise.",
    }
    reject(
        loss,
        {
            kl_of(teacher / 2, student / 2).sum() / 2: ("kl-swapped", hints["swapped"]),
            unnormalised_kl(student / 2, teacher / 2).sum() / 2: ("probabilities-for-log-probabilities", hints["logs"]),
            kl_of(student / 2, teacher / 2, axis=0).sum() / 2: ("softmax-over-the-batch", hints["batch"]),
            expected / 3: ("mean-for-batchmean", hints["mean"]),
            2 * expected: ("sums-over-the-batch", hints["sum"]),
            kl_of(student / 2, teacher).sum() / 2: ("temperature-on-the-student-only", hints["side"]),
            kl_of(student, teacher / 2).sum() / 2: ("temperature-on-the-teacher-only", hints["side"]),
            kl_of(student, teacher).sum() / 2: ("forgets-temperature", "This is the term at temperature 1."),
            expected + entropy: ("leaves-entropy-out", hints["entropy"]),
            4 * expected: ("squares-too-early", hints["squared"]),
        },
    )
    require_close(loss, expected, "wrong-loss", "The sum of p * (log p - log q) for each image, averaged.")


CASES = (Case("two images and three classes", inputs_two_images, judge_two_images),)
