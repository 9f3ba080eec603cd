"""Lab 01: from how many images, and with which observer, the ranges of the activations come."""

import time
from collections.abc import Iterator

import torch

from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import zoo

shown = Shown("01")

CALIBRATION = Table(
    "calibration",
    "a network with int8 weights and uint8 activations, on 1,000 validation images of CIFAR-10; "
    "without an observer it stays in float",
    key={"network": str, "observer": str, "samples": int},
    values={"accuracy": float},
    evaluates=True,
)
SAMPLES = (1, 10, 100, 1000)
ARMS = ({"network": "resnet8"}, {"network": "mobile"})


def calibration(run: Run, arm: Arm) -> Iterator[Row]:
    """Draw images by the seed and evaluate the network with the ranges that they give."""
    model = shown.fold_batch_norms(zoo.load(f"{arm['network']}_cifar10")).to(memory_format=torch.channels_last)
    validation_set = run.part(run.load("cifar10", "validation"), 0, 1000)
    drawn_set = shown.shuffled(run.load("cifar10", "calibration"), run.seed)
    recipe = {"bins": shown.NUM_BINS, "images": len(validation_set)}

    def row(observer: str, samples: int, network: torch.nn.Module, began: float) -> Row:
        found = run.evaluate(network, validation_set, shown.BATCH)
        cells = {"observer": observer, "samples": samples, "accuracy": found.accuracy}
        return Row(cells, recipe, time.perf_counter() - began, found.predictions)

    yield row("none", 0, model, time.perf_counter())
    for samples in SAMPLES[: 1 if run.is_small else None]:
        began = time.perf_counter()
        for observer, rounded in shown.round_by_observers(model, drawn_set, samples):
            yield row(observer, samples, rounded, began)
            began = time.perf_counter()


STAGES = (Stage("01", "calibration", CALIBRATION, ARMS, calibration, minutes=3, threads=1),)
