"""Lab 03: accuracies after quantization, with and without training for it."""

import itertools
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from course import CourseError
from course.recorded import whole_int8
from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import datasets, ort, zoo

shown = Shown("03")

QAT = Table(
    "qat",
    "ResNet-8, trained further on the training images of `data`, then converted to `bits`, on its validation images",
    key={"data": str, "network": str, "epochs": int, "bits": int},
    values={"accuracy": float},
    evaluates=True,
)
INT8_LOSS = Table(
    "int8_loss",
    "a network of the zoo on 10,000 test images, in float (tool none) or with every operator in int8; the seed draws "
    "the calibration images",
    key={"network": str, "tool": str, "scales": str, "calibration_images": int},
    values={"accuracy": float},
    evaluates=True,
)
CALIBRATION_IMAGES = 200
RECIPE = {"learning_rate": 0.01, "weight_decay": 2e-4, "batch_size": 128, "calibration_images": CALIBRATION_IMAGES}
TRAINED_BITS = {"finished network": 32, "control": 32, "QAT at 3 bits": 3, "QAT at 8 bits": 8, "QAT at 4 bits": 4}


def qat_arms(data: str, epochs: int, bits: tuple[int, ...]) -> tuple[Arm, ...]:
    """Return the finished network, which trains no further, the control, and networks trained with few bits."""
    trained = ("control", *(f"QAT at {b} bits" for b in bits))
    return (
        {"data": data, "network": "finished network", "epochs": 0},
        *({"data": data, "network": network, "epochs": epochs} for network in trained),
    )


def calibration_batches(run: Run, data: str) -> list[Tensor]:
    """Return the images that ranges come from."""
    images = run.load(data, "calibration")
    return datasets.calibration_loader(images, min(CALIBRATION_IMAGES, len(images)))


def qat(run: Run, arm: Arm, bits: tuple[int, ...]) -> Iterator[Row]:
    """Train further where the arm says so, then evaluate at each number of bits; in a small run at the arm's own."""
    trained_bits = TRAINED_BITS[arm["network"]]
    began = time.perf_counter()
    model = zoo.load(shown.NETWORKS["ResNet-8"])
    if arm["epochs"]:
        train_set, checkpoint = run.load(arm["data"], "train"), run.file(arm["network"])
        model = shown.train_more(trained_bits, train_set, arm["epochs"], run.seed, checkpoint)
    batches, images = calibration_batches(run, arm["data"]), run.load(arm["data"], "validation")
    for num_bits in (trained_bits,) if run.is_small else bits:
        found = run.evaluate(shown.converted(model, num_bits, batches), images, shown.BATCH)
        cells = {"bits": num_bits, "accuracy": found.accuracy}
        yield Row(cells, RECIPE, time.perf_counter() - began, found.predictions)


INT8_NETWORKS = ("tinycnn_fashion_mnist", "resnet8_cifar10", "mobile_cifar10")
REFERENCES = {"resnet18": "resnet18_cifar10_reference", "vgg16": "vgg16_cifar10_reference"}
TOOLS = {"ONNX Runtime": whole_int8.by_onnxruntime, "torchao": whole_int8.by_torchao}


def int8_loss_arms(networks: Sequence[str]) -> tuple[Arm, ...]:
    """Return each network in float and with each tool, granularity and number of calibration images."""
    none = {"tool": "none", "scales": "none", "calibration_images": 0}
    quantized = itertools.product(TOOLS, ("per channel", "per tensor"), (100, 200, 500))
    settings = [none, *({"tool": t, "scales": s, "calibration_images": n} for t, s, n in quantized)]
    return tuple({"network": network, **setting} for network in networks for setting in settings)


def int8_loss(run: Run, arm: Arm) -> Iterator[Row]:
    """Draw calibration images, quantize every operator, and evaluate the file as the runtime executes it."""
    network = INT8_NETWORKS[0] if run.is_small else arm["network"]
    began, data = time.perf_counter(), "fashion_mnist" if "fashion" in network else "cifar10"
    predict = zoo.load(network)
    if arm["tool"] != "none":
        images = run.load(data, "calibration")
        order = torch.randperm(len(images), generator=torch.Generator().manual_seed(run.seed))
        drawn = replace(images, images=images.images[order], labels=images.labels[order])
        batches = datasets.calibration_loader(drawn, min(arm["calibration_images"], len(drawn)))
        with tempfile.TemporaryDirectory() as folder:
            per_channel = arm["scales"] == "per channel"
            file = TOOLS[arm["tool"]](predict, batches, Path(folder) / "int8.onnx", per_channel=per_channel)
            if found := whole_int8.float_operators(file):
                raise CourseError(f"{arm} is not all in int8: {found}")
            predict = partial(ort.run, ort.session(file))
    found = run.evaluate(predict, run.load(data, "test"))
    yield Row({"accuracy": found.accuracy}, arm, time.perf_counter() - began, found.predictions)


INT8_LOSS_ARMS = int8_loss_arms(INT8_NETWORKS)
SMALL = {"int8_loss": INT8_LOSS_ARMS[:1]}  # the files themselves have a test of their own
STAGES = tuple(
    Stage(
        "03", name, table, arms, run, minutes, threads=1, packages=("torch", "onnxruntime"), small_arms=SMALL.get(name)
    )
    for name, table, arms, run, minutes in (
        ("qat_short", QAT, qat_arms("cifar10_mini", 2, (3,)), partial(qat, bits=(3,)), 1),
        ("int8_loss", INT8_LOSS, INT8_LOSS_ARMS, int8_loss, 8),
        ("qat", QAT, qat_arms("cifar10", 1, (8, 4)), partial(qat, bits=(32, 8, 4)), 8),
    )
) + tuple(
    Stage(
        "03",
        f"int8_loss_{name}",
        INT8_LOSS,
        int8_loss_arms([network]),
        int8_loss,
        minutes=15,
        threads=1,
        packages=("torch", "onnxruntime"),
        small_arms=int8_loss_arms([network])[:1],
        needs=(network,),
    )
    for name, network in REFERENCES.items()
)
