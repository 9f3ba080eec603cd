"""The visible cases of lab 06, Distillation."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, Exercise, reject, require, require_close, require_type, run, show


def log_softmax(logits: object, axis: int = 1) -> np.ndarray:
    """Return the logarithm of the softmax of logits (N, C)."""
    array = np.asarray(logits, np.float64)
    shifted = array - array.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def kl_of(student: object, teacher: object, axis: int = 1) -> np.ndarray:
    """Return the summands of KL(teacher || student) of logits that are divided by their temperatures already."""
    log_p, log_q = log_softmax(teacher, axis), log_softmax(student, axis)
    return np.exp(log_p) * (log_p - log_q)


def unnormalised_kl(student: object, teacher: object) -> np.ndarray:
    """Return what `F.kl_div` makes of probabilities where it wants log-probabilities."""
    log_p = log_softmax(teacher)
    return np.exp(log_p) * (log_p - np.exp(log_softmax(student)))


def require_scalar(value: Data) -> None:
    """Raise CheckFailed unless a loss is one number."""
    hint = f"A loss is one number, the mean over the images. You returned {show(value)}."
    require(np.ndim(value) == 0, "keeps-one-value-an-image", hint)


def require_keys(result: Data, keys: tuple[str, ...]) -> None:
    """Raise CheckFailed unless the result is a dict with these keys."""
    require_type(result, dict, "returns-no-dict", f"Return a dict with the keys {', '.join(keys)}.")
    require(set(result) == set(keys), "wrong-keys", f"The keys must be {', '.join(keys)}, not {', '.join(result)}.")


def drive_two_rows(soften: Callable) -> Data:
    import torch

    return soften(torch.tensor([[4.0, 2.0, 0.0], [1.0, 1.0, 5.0]]), 2.0)


def judge_two_rows(probabilities: Data) -> None:
    logits = np.array([[4.0, 2.0, 0.0], [1.0, 1.0, 5.0]])
    plain = np.exp(log_softmax(logits))

    def is_near(wrong: np.ndarray) -> bool:
        return np.shape(probabilities) == wrong.shape and np.allclose(probabilities, wrong, atol=1e-6)

    hint = "The columns sum to 1, not the rows. The classes of one image lie in dimension 1, the images in dimension 0."
    require(not is_near(np.exp(log_softmax(logits / 2, axis=0))), "softmax-over-the-batch", hint)
    hint = "The rows sum to 0.5. Divide the logits by the temperature, not the result."
    require(not is_near(plain / 2), "divides-after-softmax", hint)
    hint = "These are log-probabilities. The probabilities themselves are asked."
    require(not is_near(log_softmax(logits / 2)), "returns-log-probabilities", hint)
    hint = "At temperature 2 the largest probability grew. A high temperature makes it smaller: divide by it."
    require(not is_near(np.exp(log_softmax(2 * logits))), "multiplies-by-temperature", hint)
    hint = "The temperature changed nothing: this is the softmax of the logits."
    require(not is_near(plain), "forgets-temperature", hint)
    hint = "This is the softmax of probabilities. The temperature divides the logits, before any softmax."
    require(not is_near(np.exp(log_softmax(plain / 2))), "softens-probabilities", hint)
    expected = np.exp(log_softmax(logits / 2))
    require_close(probabilities, expected, "wrong-probabilities", "The softmax of logits / 2, row by row.", atol=1e-6)


SOFTEN = Exercise("soften", "soften", (Case("two images at temperature 2", drive_two_rows, judge_two_rows),))


def check_soften(soften: Callable) -> None:
    """Compare soften with probabilities computed by hand."""
    run(SOFTEN, soften)


def drive_two_images(kl_term: Callable) -> Data:
    import torch

    student = torch.tensor([[2.0, 1.0, 0.0], [0.5, 0.0, 3.0]])
    return kl_term(student, torch.tensor([[5.0, 1.0, -1.0], [1.0, 4.0, 2.5]]), 2.0)


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


KL_TERM = Exercise("kl-term", "kl_term", (Case("two images and three classes", drive_two_images, judge_two_images),))


def check_kl_term(kl_term: Callable) -> None:
    """Compare kl_term with a divergence computed by hand."""
    run(KL_TERM, kl_term)


def drive_lecture(distillation_loss: Callable) -> Data:
    import torch

    student = torch.tensor([[2.0, 1.0, 0.0], [0.5, 0.0, 3.0]])
    teacher = torch.tensor([[5.0, 1.0, -1.0], [1.0, 4.0, 2.5]])
    return distillation_loss(student, teacher, torch.tensor([1, 2]), 4.0, 0.7)


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


LECTURE = Case("the lecture's loss", drive_lecture, judge_lecture)
DISTILLATION_LOSS = Exercise("distillation-loss", "distillation_loss", (LECTURE,))


def check_distillation_loss(distillation_loss: Callable) -> None:
    """Compare distillation_loss with a loss computed by hand."""
    run(DISTILLATION_LOSS, distillation_loss)


def drive_teacher(frozen_logits: Callable) -> Data:
    import torch
    from torch import nn

    class Teacher(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.drop, self.last = nn.BatchNorm2d(1), nn.Dropout(0.5), nn.Linear(2, 3)
            self.norm.running_mean.fill_(1.0)
            self.norm.running_var.fill_(4.0)
            self.last.weight.data = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 0.0]])
            self.last.bias.data = torch.tensor([0.0, 1.0, -1.0])
            self.sizes = []

        def forward(self, images):
            self.sizes.append(len(images))
            return self.last(self.drop(self.norm(images)).flatten(1))

    teacher = Teacher().train()
    logits = frozen_logits(teacher, torch.arange(14.0).reshape(7, 1, 1, 2), 3)
    gradient = logits.requires_grad
    return {"logits": logits, "gradient": gradient, "mean": teacher.norm.running_mean, "sizes": teacher.sizes}


def judge_teacher(data: Data) -> None:
    logits = data["logits"]
    hint = "The teacher's running mean moved from 1 while it answered, and dropout was on: call teacher.eval() first."
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


FROZEN_LOGITS = Exercise("frozen-logits", "frozen_logits", (Case("seven images", drive_teacher, judge_teacher),))


def check_frozen_logits(frozen_logits: Callable) -> None:
    """Let frozen_logits ask a small teacher whose answers are known."""
    run(FROZEN_LOGITS, frozen_logits)


def drive_forty(aligned_batches: Callable) -> Data:
    import torch

    number, view = torch.arange(40).expand(3, 40), torch.arange(3)[:, None].expand(3, 40)
    views = torch.stack([number, view], dim=2).to(torch.uint8).reshape(3, 40, 2, 1, 1)
    logits = torch.stack([number, view, torch.zeros_like(view)], dim=2).float()
    return aligned_batches(views, torch.arange(40) + 100, logits, 12, 0)


def judge_forty(batches: Data) -> None:
    keys = ("images", "labels", "teacher_logits")
    require_type(batches, list, "returns-no-list", "Return a list of dicts, one a batch.")
    for batch in batches:
        hint = f"Each batch is a dict with the keys {', '.join(keys)}, not {show(batch)}."
        require(isinstance(batch, dict) and set(batch) == set(keys), "wrong-keys", hint)
    sizes = [len(batch["labels"]) for batch in batches]
    require(sizes != [12, 12, 12], "drops-the-last-batch", "Four of 40 images are missing: the last batch is smaller.")
    images, labels, logits = (np.concatenate([batch[key] for batch in batches]) for key in keys)
    number, view = images.reshape(len(images), -1).astype(int).T
    hint = f"{len(set(number))} different images came in one epoch of 40 images: each must come once."
    require(len(number) == len(set(number)) == 40, "draws-with-repetition", hint)
    require(sizes == [12, 12, 12, 4], "wrong-batch-sizes", f"The batches have {sizes} images, not 12, 12, 12 and 4.")
    wrong = int((labels - 100 != number).sum())
    hint = f"{wrong} of 40 images came with the label of another image: index images and labels with the same numbers."
    require(wrong == 0, "labels-from-another-order", hint)
    wrong = int((logits[:, 0] != number).sum())
    hint = f"{wrong} of 40 images came with the logits of another image. The cache is in the order of the images, the "
    hint += "batches are not: index it with the numbers of the images, not with their places in the batch."
    require(wrong == 0, "logits-from-another-order", hint)
    wrong, always = int((logits[:, 1] != view).sum()), len(set(logits[:, 1])) == 1
    hint = f"{wrong} of 40 images came with the logits of another view of the same image. "
    require(wrong == 0 or always, "draws-the-view-twice", hint + "Draw the view once, and use it for both.")
    require(wrong == 0, "logits-of-another-view", hint + "The teacher saw this image shifted or mirrored otherwise.")
    require(len(set(view)) > 1, "one-view-only", f"All 40 images came in view {view[0]}: draw a view for each image.")
    require((number != np.arange(40)).any(), "not-shuffled", "The images came in their own order: shuffle them.")


ALIGNED_BATCHES = Exercise("aligned-batches", "aligned_batches", (Case("forty images", drive_forty, judge_forty),))


def check_aligned_batches(aligned_batches: Callable) -> None:
    """Let aligned_batches pair images that carry their numbers."""
    run(ALIGNED_BATCHES, aligned_batches)


def drive_bench(gap_recovered: Callable) -> Data:
    class Bench:
        def __init__(self) -> None:
            self.calls = []

        def teacher_accuracy(self):
            return 0.95

        def train(self, seed, num_epochs, distilled):
            self.calls.append([int(seed), int(num_epochs), bool(distilled)])
            luck = {3: 0.004, 1: -0.008, 2: 0.0}[seed]
            more = {3: 0.005, 1: 0.015, 2: 0.022}[seed]
            return 0.80 + 0.002 * num_epochs + luck + more * bool(distilled)

    bench = Bench()
    result = gap_recovered(bench, 10, [3, 1, 2])
    return {"result": result, "calls": bench.calls}


def judge_bench(data: Data) -> None:
    result, calls = data["result"], data["calls"]
    require_keys(result, ("gains", "spread", "recovered"))
    epochs = {side: [call[1] for call in calls if call[2] == side] for side in (False, True)}
    hint = f"The plain students had {epochs[False]} epochs, the others {epochs[True]}. Both get num_epochs."
    require(set(epochs[False]) == set(epochs[True]) == {10}, "control-with-fewer-epochs", hint)
    seeds = {side: sorted({call[0] for call in calls if call[2] == side}) for side in (False, True)}
    hint = f"Plain students had the seeds {seeds[False]}, distilled ones {seeds[True]}. Train both with every seed."
    require(seeds[False] == seeds[True] == [1, 2, 3], "one-control-for-all", hint)
    gains, plain, distilled = np.array([[0.005, 0.015, 0.022], [0.824, 0.812, 0.82], [0.829, 0.827, 0.842]])
    got, mean_gain, gap = np.asarray(result["gains"], np.float64), gains.mean(), 0.95 - plain.mean()
    hint = "A distilled student is better than its control, and its gain is negative: subtract the control."
    require(got.shape != (3,) or not np.allclose(got, -gains), "gains-upside-down", hint)
    hint = "The sorted accuracies were subtracted. Each distilled student has its own control: the one of its seed."
    ranked = np.sort(distilled) - np.sort(plain)
    require(got.shape != (3,) or not np.allclose(got, ranked), "sorts-before-pairing", hint)
    hint = "Distilled minus plain, in the order of the seeds 3, 1, 2."
    require_close(result["gains"], gains, "wrong-gains", hint, atol=1e-6)
    hint = "This is the spread of the distilled accuracies. What matters is the spread of the gains."
    reject(result["spread"], {np.std(distilled, ddof=1): ("spread-of-the-students", hint)})
    hint = "Divide by n - 1 for the standard deviation of a sample: use statistics.stdev."
    reject(result["spread"], {np.std(gains): ("spread-divides-by-n", hint)})
    hint = "The standard deviation of the gains."
    require_close(result["spread"], np.std(gains, ddof=1), "wrong-spread", hint, atol=1e-6)
    share = distilled.mean() / 0.95
    hint = f"This is the student's share of the teacher. The plain one has {plain.mean() / 0.95:.3f} already."
    reject(
        result["recovered"],
        {
            share: ("share-of-the-teacher", hint),
            mean_gain / 0.95: ("divides-by-the-teacher", "Divide by the gap, not by the teacher's accuracy."),
            mean_gain / (0.95 - distilled.mean()): ("gap-that-is-left", "The gap is that of the plain students."),
            0.018 / (0.95 - 0.824): ("best-seed", "This compares the best student of each side. Use the means."),
        },
    )
    require_close(result["recovered"], mean_gain / gap, "wrong-share", "The mean gain over the mean gap.", atol=1e-6)


GAP_RECOVERED = Exercise("gap-recovered", "gap_recovered", (Case("three seeds", drive_bench, judge_bench),))


def check_gap_recovered(gap_recovered: Callable) -> None:
    """Let gap_recovered compare students whose gains are known."""
    run(GAP_RECOVERED, gap_recovered)


def drive_many(bootstrap_interval: Callable) -> Data:
    import torch

    plain, distilled = torch.zeros(1000, dtype=torch.bool), torch.zeros(1000, dtype=torch.bool)
    plain[:800], distilled[:780], distilled[800:850] = True, True, True
    return [bootstrap_interval(plain, distilled, num_resamples, 5) for num_resamples in (4000, 9, 9)]


def judge_many(intervals: Data) -> None:
    first, few, again = intervals
    require_keys(first, ("gain", "low", "high"))
    error = float(np.sqrt((0.07 - 0.03**2) / 1000))  # 50 images only the distilled student gets right, 20 the plain one
    apart = float(np.sqrt((0.8 * 0.2 + 0.83 * 0.17) / 1000))
    hint = "The 930 images on which both students agree were left out. They count: a test set has them too."
    reject(first["gain"], {30 / 70: ("only-where-they-differ", hint)})
    hint = "The distilled student is right more often: subtract the plain one from it."
    reject(first["gain"], {-0.03: ("gain-upside-down", hint)})
    require_close(first["gain"], 0.03, "wrong-gain", "50 images gained and 20 lost, of 1000.")
    width = (first["high"] - first["low"]) / 2
    hint = "All resamples have the same mean: the images must be drawn with replacement, as torch.randint does."
    require(width > error / 100, "draws-without-replacement", hint)
    hint = "The interval is as wide as for students on different images. Draw the images once, for both of them."
    require(abs(width - 1.96 * apart) > 0.1 * apart, "resamples-the-two-apart", hint)
    hint = "This holds 90 %. 95 % lie between the quantiles 0.025 and 0.975."
    require(abs(width - 1.645 * error) > 0.15 * error, "other-percentiles", hint)
    hint = "This is one standard error to each side. Take the quantiles 0.025 and 0.975."
    require(abs(width - error) > 0.1 * error, "one-standard-error", hint)
    hint = "These are quantiles of single images. Average each resample first."
    require(width < 0.4, "spread-of-single-images", hint)
    hint = "The interval is far too wide. A resample has as many images as the test set."
    require(width < 2 * 1.96 * error, "resample-is-smaller", hint)
    hint = f"{first['low']:.4f} to {first['high']:.4f} is far from 0.03 plus or minus {1.96 * error:.4f}."
    is_right = abs(width - 1.96 * error) < 0.2 * error and abs(first["high"] + first["low"] - 0.06) < 0.004
    require(is_right, "wrong-interval", hint)
    hint = "The same seed gave two different intervals: give your generator the seed."
    require(few == again, "ignores-the-seed", hint)


BOOTSTRAP_INTERVAL = Exercise(
    "bootstrap-interval", "bootstrap_interval", (Case("1000 images", drive_many, judge_many),)
)


def check_bootstrap_interval(bootstrap_interval: Callable) -> None:
    """Compare bootstrap_interval with the interval of the normal distribution."""
    run(BOOTSTRAP_INTERVAL, bootstrap_interval)


EXERCISES = (SOFTEN, KL_TERM, DISTILLATION_LOSS, FROZEN_LOGITS, ALIGNED_BATCHES, GAP_RECOVERED, BOOTSTRAP_INTERVAL)
