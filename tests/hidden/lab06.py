"""Cases of lab 06 that grading adds to the visible ones: other shapes, edges, and inputs that must stay untouched."""

import numpy as np

from labsupport.checks.protocol import Case, require, require_close


def softmax(logits):
    """Return probabilities of logits (N, C), in double precision."""
    shifted = np.asarray(logits, np.float64) - np.max(logits, axis=1, keepdims=True)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=1, keepdims=True)


def divergence(student, teacher):
    """Return KL(teacher || student) of softened logits, averaged over images."""
    p, q = softmax(teacher), softmax(student)
    return (p * (np.log(p) - np.log(q))).sum(axis=1).mean()


def drive_large_logits(soften):
    import torch

    return soften(torch.tensor([[800.0, 790.0, -800.0], [-1000.0, -1000.0, -1010.0]]), 1.0)


def judge_large_logits(probabilities):
    hint = "Logits of 800 gave nan: exp(800) is larger than any float. Subtract the largest logit of each row first."
    require(np.isfinite(probabilities).all(), "overflows", hint)
    expected = softmax([[800.0, 790.0, -800.0], [-1000.0, -1000.0, -1010.0]])
    require_close(probabilities, expected, "wrong-probabilities", "The softmax of large logits.", atol=1e-6)


def drive_temperatures(soften):
    import torch

    logits = torch.tensor([[3.0, -1.0, 0.5, 0.0, 2.0]])
    rows = torch.cat([soften(logits, temperature) for temperature in (0.1, 1.0, 1000.0)])
    return {"rows": rows, "logits": logits}


def judge_temperatures(data):
    logits = [[3.0, -1.0, 0.5, 0.0, 2.0]]
    require_close(data["logits"], logits, "changes-its-input", "The logits that were given have changed.")
    expected = np.concatenate([softmax(np.array(logits) / temperature) for temperature in (0.1, 1.0, 1000.0)])
    require_close(data["rows"], expected, "wrong-probabilities", "Temperatures 0.1, 1 and 1000.", atol=1e-5)


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


def drive_epochs(aligned_batches):
    import torch

    views = torch.arange(60, dtype=torch.uint8).reshape(2, 30, 1, 1, 1)
    logits = torch.arange(120.0).reshape(2, 30, 2)
    epochs = [aligned_batches(views, torch.arange(30), logits, 30, seed) for seed in (1, 1, 2)]
    images = [torch.cat([batch["images"].flatten() for batch in batches]) for batches in epochs]
    return {"images": images, "logits": torch.cat([batch["teacher_logits"][:, 0] for batch in epochs[0]])}


def judge_epochs(data):
    first, again, other = data["images"]
    hint = "The same seed gave two different epochs: give your generator the seed, and draw everything from it."
    require(np.array_equal(first, again), "not-reproducible", hint)
    hint = "Seeds 1 and 2 gave the same epoch: give the seed to your generator."
    require(not np.array_equal(first, other), "ignores-the-seed", hint)
    hint = "Logits of another image or view."
    require_close(data["logits"], 2.0 * first, "logits-from-another-order", hint)


def drive_two_seeds(gap_recovered):
    class Bench:
        def teacher_accuracy(self):
            return 0.9

        def train(self, seed, num_epochs, distilled):
            return 0.5 + 0.01 * num_epochs - 0.02 * seed + (0.05 + 0.01 * seed) * bool(distilled)

    return gap_recovered(Bench(), 5, [0, 4])


def judge_two_seeds(result):
    require_close(result["gains"], [0.05, 0.09], "wrong-gains", "The gains of the seeds 0 and 4.", atol=1e-6)
    require_close(result["spread"], 0.04 / np.sqrt(2), "wrong-spread", "Two gains, n - 1 = 1.", atol=1e-6)
    require_close(result["recovered"], 0.07 / (0.9 - 0.51), "wrong-share", "0.07 of a gap of 0.39.", atol=1e-6)


def drive_equal_students(bootstrap_interval):
    import torch

    correct = torch.arange(200) % 3 != 0
    none, every = torch.zeros(50, dtype=torch.bool), torch.ones(50, dtype=torch.bool)
    return [bootstrap_interval(correct, correct, 300, 0), bootstrap_interval(none, every, 300, 1)]


def judge_equal_students(intervals):
    rows = [[interval["gain"], interval["low"], interval["high"]] for interval in intervals]
    hint = (
        "Students that agree on every image differ by exactly nothing in every resample, and all against nothing is 1."
    )
    require_close(rows, [[0, 0, 0], [1, 1, 1]], "resamples-the-two-apart", hint)


HIDDEN = {
    "soften": (
        Case("large logits", drive_large_logits, judge_large_logits),
        Case("temperatures from 0.1 to 1000", drive_temperatures, judge_temperatures),
    ),
    "kl-term": (
        Case("logits that are very sure", drive_sure_logits, judge_sure_logits),
        Case("ten classes at three temperatures", drive_ten_classes, judge_ten_classes),
    ),
    "distillation-loss": (Case("other weights, also 1 and 0", drive_other_weights, judge_other_weights),),
    "frozen-logits": (Case("one batch larger than the set", drive_one_batch, judge_one_batch),),
    "aligned-batches": (Case("three epochs with two seeds", drive_epochs, judge_epochs),),
    "gap-recovered": (Case("two seeds of five epochs", drive_two_seeds, judge_two_seeds),),
    "bootstrap-interval": (Case("students that agree", drive_equal_students, judge_equal_students),),
}
