"""Lab 06: students that learn from labels, and students that learn from a teacher as well."""

import io
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import datasets, files, zoo
from labsupport.training import Batch, Recipe, logits_of

shown = Shown("06")

STUDENTS = Table(
    "students",
    "a student at the end of its training, on 5,000 validation or 10,000 test images of CIFAR-10",
    key={"group": str, "arm": str, "split": str},
    values={"images": int, "epochs": int, "precision": str, "accuracy": float},
    evaluates=True,
)
AGAINST_PLAIN = Table(
    "against_plain",
    "a student and the plain one of its group and seed: the test images that one of them alone gets right",
    key={"group": str, "arm": str},
    values={"images": int, "gained": int, "lost": int},
)
ANSWERS = Table(
    "answers",
    "a teacher's logits on four views of the first training images; the seconds are those of all answers together",
    key={"teacher": str, "images": int},
    values={"answers": int},
)
LIVE = Table(
    "live",
    "the three students that the lab trains, on the 1,000 validation images of CIFAR-10 mini",
    key={"arm": str},
    values={"precision": str, "accuracy": float},
    evaluates=True,
)

ALL_IMAGES = 44_000


@dataclass(frozen=True)
class Job:
    """A student of a recorded run.

    Attributes:
        images: the first of the training set.
        settings: of the loss, by name, in ARMS or TRIED of the lab.
        is_large: the large network instead of the small one.
        fresh_epochs: so many epochs of fresh shifts; 0 for cached views.
        longer: how many times the usual passes over the cached views.
        teacher: whose answers it gets.
        misaligned: it gets the answers about other images.
        fresh_answers: the teacher answers about the fresh shifts themselves, in every step.
    """

    images: int
    settings: str
    is_large: bool = False
    learning_rate: float = 0.1
    fresh_epochs: int = 0
    longer: int = 1
    teacher: str = "resnet18_cifar10"
    misaligned: bool = False
    fresh_answers: bool = False


TRIED = ("T=4 w=0.7", "T=4 w=0.1", "T=4 w=0", "T=1 w=0.7", "T=2 w=0.7", "T=8 w=0.7")
JOBS: dict[str, dict[str, Job]] = {
    "small": {name: Job(ALL_IMAGES, name) for name in ("plain", "as written", "distilled")}
    | {"mostly teacher": Job(ALL_IMAGES, "T=4 w=0.1")},
    "tried": {name: Job(10_000, name) for name in ("plain", *TRIED, "as written")}
    | {
        "plain, equal work": Job(10_000, "plain", fresh_epochs=14),
        "plain, half the rate": Job(10_000, "plain", learning_rate=0.05),
        "misaligned": Job(10_000, "distilled", misaligned=True),
        "from ResNet-8": Job(10_000, "distilled", teacher="resnet8_cifar10"),
    },
    "4,400 labels": {name: Job(4_400, name) for name in ("plain", "distilled")},
    "440 labels": {name: Job(440, name) for name in ("plain", "distilled")},
    "large": {name: Job(ALL_IMAGES, name, is_large=True) for name in ("plain", "distilled")},
    "longer large": {
        "plain": Job(ALL_IMAGES, "plain", is_large=True, fresh_epochs=18),
        "distilled": Job(ALL_IMAGES, "distilled", is_large=True, longer=2),
    },
}
REFERENCE = "resnet18_cifar10_reference"
EQUAL_WORK = {"small": 14, "large": 10}
"""Epochs of fresh shifts that are the work of 8 epochs and of a teacher's answers about four views."""


def beside_the_reference(is_large: bool) -> dict[str, Job]:
    """Return students of the reference, each with the controls that it is judged by; all but one have 8 epochs."""
    job = Job(ALL_IMAGES, "plain", is_large=is_large, teacher=REFERENCE)
    return {
        "plain": job,
        "plain, twice the rate": replace(job, learning_rate=0.2),
        "as written": replace(job, settings="as written"),
        "distilled": replace(job, settings="distilled"),
        "plain, fresh shifts": replace(job, fresh_epochs=8),
        "distilled, fresh": replace(job, settings="distilled", fresh_epochs=8, fresh_answers=True),
        "plain, equal work": replace(job, fresh_epochs=EQUAL_WORK["large" if is_large else "small"]),
    }


JOBS |= {f"reference {size}": beside_the_reference(size == "large") for size in EQUAL_WORK}
ON_TEST = ("small", "large", "longer large", "reference small", "reference large")


class Trained(NamedTuple):
    """A student, how it was trained, and how long that took."""

    student: nn.Module
    recipe: Recipe
    about: dict[str, object]
    seconds: float


def misaligned_loss(model: nn.Module, batch: Batch, **settings: object) -> Tensor:
    """Return the loss with the fault of the bug hunt: each image gets the answers about its neighbour in the batch."""
    return shown.student_loss(model, batch._replace(indices=batch.indices.roll(1)), **settings)


def fresh_loss(model: nn.Module, batch: Batch, table: nn.Module, **settings: object) -> Tensor:
    """Return the loss with a teacher, here given in place of its table, that answers about the batch itself."""
    with torch.no_grad():
        answers = table(batch.images).float()
    return shown.student_loss(model, batch._replace(indices=torch.arange(len(answers))), table=answers, **settings)


def teacher_of(run: Run, job: Job) -> str:
    """Return the zoo's name of a student's teacher; a small run asks the smallest network."""
    return "resnet8_cifar10" if run.is_small else job.teacher


def answer(run: Run, teacher: str, views: datasets.ImageSet, name: str) -> Tensor:
    """Return a teacher's logits on views; computed once for all stages and seeds, and kept."""
    path = replace(run, stage="answers", seed=0).file(f"{teacher}-{name}")
    if not path.exists():
        stream = io.BytesIO()
        torch.save(logits_of(zoo.load(teacher), views).clone(), stream)
        files.replace(path, stream.getvalue())
    return torch.load(path, weights_only=True)


def train(run: Run, group: str, name: str) -> Trained:
    """Train a student, or take it from its finished training."""
    job = JOBS[group][name]
    images = run.part(run.load("cifar10", "train"), 0, job.images)
    views = shown.make_views(images, shown.FULL_VIEWS)
    teacher = teacher_of(run, job)
    table = zoo.load(teacher) if job.fresh_answers else answer(run, teacher, views, str(job.images))
    recipe = Recipe(
        epochs=run.times(job.fresh_epochs or job.longer * shown.PASSES[job.images]),
        learning_rate=job.learning_rate,
        augment=shown.AUGMENT if job.fresh_epochs else (),
        seed=run.seed,
        precision="bf16",
    )
    settings = (shown.ARMS | shown.TRIED)[job.settings]
    student, history = shown.train_student(
        shown.LARGE if job.is_large else shown.SMALL,
        images if job.fresh_epochs else views,
        table,
        settings,
        recipe,
        checkpoint=replace(run, stage="students").file(f"{group}-{name}"),
        loss=misaligned_loss if job.misaligned else fresh_loss if job.fresh_answers else shown.student_loss,
    )
    about = asdict(replace(recipe, seed=0)) | asdict(job) | settings | {"views": shown.FULL_VIEWS}
    about |= {"teacher": zoo.describe(teacher)["sha256"], "views augmented by": shown.AUGMENT}
    return Trained(student, recipe, about, history.seconds)


def students(run: Run, arm: Arm) -> Iterator[Row]:
    """Train a student; look at the test split only where the lab reports it."""
    group, name = arm["group"], arm["arm"]
    done, job = train(run, group, name), JOBS[group][name]
    epochs = done.recipe.epochs * (1 if job.fresh_epochs else shown.FULL_VIEWS)
    about = {"images": job.images, "epochs": epochs, "precision": done.recipe.precision}
    for split in ("test", "validation") if group in ON_TEST else ("validation",):
        found = run.evaluate(done.student, run.load("cifar10", split))
        yield Row(about | {"split": split, "accuracy": found.accuracy}, done.about, done.seconds, found.predictions)


def against_plain(run: Run, arm: Arm) -> Iterator[Row]:
    """Compare the answers of two trained students, image by image."""
    began, test_set = time.perf_counter(), run.load("cifar10", "test")
    plain, other = (train(run, arm["group"], name) for name in ("plain", arm["arm"]))
    is_right, theirs = (logits_of(done.student, test_set).argmax(1) == test_set.labels for done in (other, plain))
    counts = {"gained": int((is_right & ~theirs).sum()), "lost": int((theirs & ~is_right).sum())}
    recipe = {"plain": plain.about, "other": other.about}
    yield Row({"images": len(test_set)} | counts, recipe, time.perf_counter() - began)


def answers(run: Run, arm: Arm) -> Iterator[Row]:
    """Ask a teacher, and keep what it says for the students."""
    images = run.part(run.load("cifar10", "train"), 0, arm["images"])
    views = shown.make_views(images, shown.FULL_VIEWS)
    began = time.perf_counter()
    answer(run, arm["teacher"], views, str(arm["images"]))
    recipe = {"teacher": zoo.describe(arm["teacher"])["sha256"], "views augmented by": shown.AUGMENT}
    yield Row({"answers": len(views)}, recipe, time.perf_counter() - began)


def live(run: Run, arm: Arm) -> Iterator[Row]:
    """Train a student as the lab does."""
    views = shown.make_views(run.load("cifar10_mini", "train"), shown.NUM_VIEWS)
    table = answer(run, "resnet18_cifar10", views, "live")
    recipe = replace(shown.LIVE, epochs=run.times(shown.LIVE.epochs), seed=run.seed, precision="bf16")
    settings, checkpoint = shown.ARMS[arm["arm"]], run.file(arm["arm"])
    student, history = shown.train_student(shown.SMALL, views, table, settings, recipe, checkpoint)
    found = run.evaluate(student, run.load("cifar10_mini", "validation"))
    about = asdict(replace(recipe, seed=0)) | settings | {"views": shown.NUM_VIEWS, "widths": shown.SMALL}
    cells = {"precision": recipe.precision, "accuracy": found.accuracy}
    yield Row(cells, about, history.seconds, found.predictions)


def arms_of(*groups: str) -> tuple[Arm, ...]:
    """Return an arm for each student of these groups."""
    return tuple({"group": group, "arm": name} for group in groups for name in JOBS[group])


ASKED = (
    ("resnet18_cifar10", 44_000),
    ("resnet8_cifar10", 10_000),
    ("resnet18_cifar10", 4_400),
    ("resnet18_cifar10", 440),
)
ASKED_OF_THE_REFERENCE = ({"teacher": REFERENCE, "images": ALL_IMAGES},)
COMPARED = {group: tuple(arm for arm in arms_of(group) if arm["arm"] != "plain") for group in ON_TEST}
STAGES = (
    Stage("06", "live", LIVE, tuple({"arm": name} for name in ("plain", "as written", "distilled")), live, 2),
    Stage("06", "answers", ANSWERS, tuple({"teacher": name, "images": count} for name, count in ASKED), answers, 6),
    Stage("06", "small", STUDENTS, arms_of("small"), students, 23),
    Stage("06", "tried", STUDENTS, arms_of("tried")[:8], students, 9),
    Stage("06", "controls", STUDENTS, arms_of("tried")[8:], students, 5),
    Stage("06", "fewer_labels", STUDENTS, arms_of("4,400 labels", "440 labels"), students, 5),
    Stage("06", "large", STUDENTS, arms_of("large"), students, 25),
    Stage("06", "longer_large", STUDENTS, arms_of("longer large"), students, 50),
    Stage("06", "reference_answers", ANSWERS, ASKED_OF_THE_REFERENCE, answers, 6, needs=(REFERENCE,)),
    *(
        Stage("06", f"reference_{size}", STUDENTS, arms_of(f"reference {size}"), students, minutes, needs=(REFERENCE,))
        for size, minutes in (("small", 60), ("large", 95))
    ),
    Stage("06", "small_against_plain", AGAINST_PLAIN, COMPARED["small"], against_plain, 1),
    Stage("06", "large_against_plain", AGAINST_PLAIN, COMPARED["large"], against_plain, 1),
    Stage("06", "longer_large_against_plain", AGAINST_PLAIN, COMPARED["longer large"], against_plain, 1),
)
