"""Lab 00: how far apart the accuracies of honest trainings lie."""

import time
from collections.abc import Iterator

import torch

from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport.models import TinyCNN

shown = Shown("00")
SETTINGS = {"peak_rate": 7e-3, "batch_size": 64}

ONE_EPOCH = Table(
    "one_epoch",
    "TinyCNN after one epoch of Fashion-MNIST, on 5,000 validation images",
    key={},
    values={"accuracy": float},
    evaluates=True,
)


def one_epoch(run: Run, _: Arm) -> Iterator[Row]:
    """Train as the lab does."""
    torch.manual_seed(run.seed)
    model = TinyCNN()
    began = time.perf_counter()
    shown.train_one_epoch(model, run.load("fashion_mnist", "train"), **SETTINGS)
    seconds = time.perf_counter() - began
    found = run.evaluate(model.eval(), run.load("fashion_mnist", "validation"))
    recipe = {"network": "TinyCNN", "optimizer": "Adam"} | SETTINGS
    yield Row({"accuracy": found.accuracy}, recipe, seconds, found.predictions)


STAGES = (Stage("00", "one_epoch", ONE_EPOCH, ({},), one_epoch, minutes=1),)
