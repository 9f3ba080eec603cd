"""Lab 01: what one scale a layer costs, and from how many images the ranges of the activations come."""

import time
from collections.abc import Iterator

import torch

from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import zoo

shown = Shown("01")

WEIGHTS = Table(
    "weights",
    "a network with rounded weights, on 10,000 test images; 32 bits are float, and the row with 0 bits holds the right "
    "classes",
    key={"network": str, "bits": int, "sharing": str},
    values={"accuracy": float},
    evaluates=True,
)
SAMPLES = Table(
    "samples",
    "a network with int8 weights and uint8 layer inputs, on 10,000 test images; without an observer it stays in float",
    key={"network": str, "observer": str, "samples": int},
    values={"accuracy": float},
    evaluates=True,
)
NETWORKS = {
    "TinyCNN": ("tinycnn_fashion_mnist", "fashion_mnist"),
    "ResNet-8": ("resnet8_cifar10", "cifar10"),
    "MobileCNN": ("mobile_cifar10", "cifar10"),
}
NUM_SAMPLES = (1, 10, 100, 1000)


def weights(run: Run, arm: Arm) -> Iterator[Row]:
    """Evaluate a network in float, then with 8 and 5 bits, one scale a layer and one a channel."""
    name, data = NETWORKS[arm["network"]]
    model, test_set = shown.fold_batch_norms(zoo.load(name)), run.load(data, "test")
    recipe = {"images": len(test_set)}
    yield Row({"bits": 0, "sharing": "labels", "accuracy": 1.0}, recipe, 0.0, test_set.labels.to(torch.uint8))
    for bits, sharing in ((32, "none"), (8, "tensor"), (8, "channel"), (5, "tensor"), (5, "channel")):
        began = time.perf_counter()
        rounded = model if bits == 32 else shown.round_network(model, bits, sharing)[0]
        found = run.evaluate(rounded, test_set)
        cells = {"bits": bits, "sharing": sharing, "accuracy": found.accuracy}
        yield Row(cells, recipe, time.perf_counter() - began, found.predictions)


def samples(run: Run, arm: Arm) -> Iterator[Row]:
    """Draw images by the seed and evaluate the network with the ranges that they give; all images with seed 0 alone."""
    name, data = NETWORKS[arm["network"]]
    model = shown.fold_batch_norms(zoo.load(name)).to(memory_format=torch.channels_last)
    test_set = run.load(data, "test")
    calibration_set = run.load(data, "calibration")

    def row(observer: str, num_samples: int, network: torch.nn.Module) -> Row:
        began = time.perf_counter()
        found = run.evaluate(network, test_set, batch_size=25)
        cells = {"observer": observer, "samples": num_samples, "accuracy": found.accuracy}
        return Row(cells, {"images": len(test_set)}, time.perf_counter() - began, found.predictions)

    yield row("none", 0, model)
    for num_samples in NUM_SAMPLES[:1] if run.is_small else NUM_SAMPLES if run.seed == 0 else NUM_SAMPLES[:-1]:
        for observer, rounded in shown.round_by_observers(model, calibration_set, num_samples, run.seed).items():
            yield row(observer, num_samples, rounded)


STAGES = (
    Stage("01", "weights", WEIGHTS, [{"network": name} for name in NETWORKS], weights, minutes=2, threads=1),
    Stage(
        "01",
        "samples",
        SAMPLES,
        [{"network": name} for name in ("ResNet-8", "MobileCNN")],
        samples,
        minutes=3,
        threads=1,
    ),
)
