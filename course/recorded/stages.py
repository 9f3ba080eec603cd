"""Stages of recorded runs: what one is, what it is handed, and how it is carried out."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

import course.recorded
from course import CourseError
from course.recorded.tables import Row, Stamp, Table, append, read
from labsupport import datasets, zoo
from labsupport.training import logits_of

SMALL_IMAGES = 20

Arm = Mapping[str, object]


class Evaluation(NamedTuple):
    """How good a network is on a set of images: accuracy in [0, 1], and the class it gave each, uint8 of shape (N,)."""

    accuracy: float
    predictions: Tensor


@dataclass(frozen=True)
class Run:
    """What a stage is handed: its seed, its data, and where it keeps what is unfinished.

    Attributes:
        lab: the lab's number.
        stage: the stage's name.
        seed: of everything that is drawn.
        is_small: a test of the stage: few images of CIFAR-10 mini, so one batch an epoch, and one turn of a clock.
    """

    lab: str
    stage: str
    seed: int
    is_small: bool = False

    def load(self, name: str, split: str) -> datasets.ImageSet:
        """Return a split of a data set, as `datasets.load` does."""
        if not self.is_small:
            return datasets.load(name, split)
        return _few_images("cifar10_mini" if name == "cifar10" else name, split)

    def part(self, image_set: datasets.ImageSet, first: int, last: int | None = None) -> datasets.ImageSet:
        """Return the images from `first` to before `last`; in a small run all that there are."""
        if self.is_small:
            return image_set
        return replace(image_set, images=image_set.images[first:last], labels=image_set.labels[first:last])

    def file(self, name: str) -> Path:
        """Return where something unfinished is kept, beside the fetched data: a checkpoint, a teacher's answers."""
        size = "small-" if self.is_small else ""
        path = datasets.cache_folder() / "recorded" / self.lab / f"{size}{self.stage}-{self.seed}-{name}.pt"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def times(self, count: int) -> int:
        """Return how often to repeat a measurement: as often as is asked, or once in a small run."""
        return 1 if self.is_small else count

    def evaluate(
        self, predict: Callable[[Tensor], Tensor], image_set: datasets.ImageSet, batch_size: int = 50
    ) -> Evaluation:
        """Return accuracy and predictions of a model, or of any function from normalised images to logits."""
        classes = logits_of(predict, image_set, batch_size).argmax(1)
        return Evaluation((classes == image_set.labels).double().mean().item(), classes.to(torch.uint8))


@cache
def _few_images(name: str, split: str) -> datasets.ImageSet:
    images = datasets.load(name, split).subset(SMALL_IMAGES)
    return replace(images, images=images.images.clone(), labels=images.labels.clone())


@dataclass(frozen=True)
class Stage:
    """A long run, and the table that it fills.

    Attributes:
        lab: the lab's number.
        name: as `record --stage` takes it.
        table: what is filled; several stages may fill one.
        arms: the values of some key columns, one mapping for each part that is written in one go.
        run: called with the run and an arm; yields the arm's rows.
        minutes: what a seed takes, on two quiet cores.
        threads: of torch and of the runtime.
        packages: whose versions belong to the stamp.
        small_arms: those that a small run carries out, where all of them take too long.
        needs: networks of the zoo that the stage starts from and that may not be trained yet.
    """

    lab: str
    name: str
    table: Table
    arms: Sequence[Arm]
    run: Callable[[Run, Arm], Iterable[Row]]
    minutes: float
    threads: int = 2
    packages: tuple[str, ...] = ("torch",)
    small_arms: Sequence[Arm] | None = None
    needs: tuple[str, ...] = ()

    @property
    def untrained(self) -> list[str]:
        """The networks that the stage waits for."""
        return [name for name in self.needs if name not in zoo.available()]

    def missing(self, seed: int) -> list[Arm]:
        """Return the arms of which the table has no row of this seed, in order."""
        rows = [row for row in read(self.lab, self.table) if row["seed"] == seed]
        return [arm for arm in self.arms if not any(arm.items() <= row.items() for row in rows)]


def stages(lab: str) -> dict[str, Stage]:
    """Return the stages of a lab by name, in order; none for a lab without recorded runs."""
    if f"lab{lab}" not in {module.name for module in pkgutil.iter_modules(course.recorded.__path__)}:
        return {}
    return {stage.name: stage for stage in importlib.import_module(f"course.recorded.lab{lab}").STAGES}


def find(lab: str, name: str) -> Stage:
    """Return a stage.

    Raises:
        CourseError: the lab has no such stage; the message names those that it has.
    """
    known = stages(lab)
    if name not in known:
        raise CourseError(f"lab {lab} has no stage {name!r}; it has: {', '.join(known) or 'none'}")
    return known[name]


def carry_out(stage: Stage, seed: int, *, is_small: bool = False) -> Iterator[Arm]:
    """Run the arms that the table lacks, one after the other; write and yield each.

    Stopped at any time and called again, it goes on: with the next arm, and inside of a training with the epoch that
    had begun.
    """
    run = Run(stage.lab, stage.name, seed, is_small)
    before = torch.get_num_threads()
    torch.set_num_threads(1 if is_small else stage.threads)
    try:
        stamp, arms = Stamp.here(stage.threads, stage.packages), stage.missing(seed)
        if is_small and stage.small_arms is not None:
            arms = [arm for arm in arms if arm in stage.small_arms]
        for arm in arms:
            rows = [replace(row, cells={**arm, **row.cells}) for row in stage.run(run, arm)]
            if not rows:
                raise CourseError(f"stage {stage.name} of lab {stage.lab} gave no row for {dict(arm)}")
            append(stage.lab, stage.table, seed, rows, stamp)
            yield arm
    finally:
        torch.set_num_threads(before)
