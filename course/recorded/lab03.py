"""Lab 03: accuracies after quantization, with and without training for it."""

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from course import CourseError
from course.recorded import whole_int8
from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import datasets, ort, zoo

shown = Shown("03")

STATIC = Table(
    "static",
    "a network in float (32 bits) or quantized after training; bits are those of the weights, activations have 8",
    key={"network": str, "bits": int, "scales": str, "runtime": str, "split": str},
    values={"accuracy": float},
    evaluates=True,
)
MIXED = Table(
    "mixed",
    "ResNet-8 with 4 or 8 bits in each layer, chosen in several ways, on 5,000 validation images of CIFAR-10",
    key={"mix": str},
    values={"accuracy": float},
    evaluates=True,
)
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
INT8_ARMS = (
    {"bits": 32, "scales": "none", "runtime": "PyTorch"},
    {"bits": 8, "scales": "per channel", "runtime": "ONNX Runtime"},
)
GRANULARITY_ARMS = tuple(
    {"bits": bits, "scales": scales, "runtime": "PyTorch"}
    for bits in (8, 4)
    for scales in ("per channel", "per tensor")
)
TRAINED_BITS = {"finished network": 32, "control": 32, "QAT at 3 bits": 3, "QAT at 8 bits": 8, "QAT at 4 bits": 4}


def qat_arms(data: str, epochs: int, bits: tuple[int, ...]) -> tuple[Arm, ...]:
    """Return the finished network, which trains no further, the control, and networks trained with few bits."""
    trained = ("control", *(f"QAT at {b} bits" for b in bits))
    return (
        {"data": data, "network": "finished network", "epochs": 0},
        *({"data": data, "network": network, "epochs": epochs} for network in trained),
    )


def data_of(network: str) -> str:
    """Return the data set whose images a network classifies."""
    return "fashion_mnist" if network == "TinyCNN" else "cifar10"


def networks(run: Run) -> list[str]:
    """Return the lab's networks; in a small run the smallest alone, since each conversion takes its time."""
    return list(shown.NETWORKS)[: 1 if run.is_small else None]


def calibration_batches(run: Run, data: str) -> list[Tensor]:
    """Return the images that ranges come from."""
    images = run.load(data, "calibration")
    return datasets.calibration_loader(images, min(CALIBRATION_IMAGES, len(images)))


def in_onnxruntime(run: Run, model: nn.Module, images: Tensor) -> Callable[[Tensor], Tensor]:
    """Return a function that runs a converted network; a small run has no time for the export."""
    if run.is_small:
        return model
    with tempfile.TemporaryDirectory() as folder:
        session = ort.session(ort.export(model, images, Path(folder) / "int8.onnx", dynamic_batch=True))
    return partial(ort.run, session)


def int8(run: Run, arm: Arm) -> Iterator[Row]:
    """Evaluate each network as it was trained, or as the runtime computes it."""
    for network in networks(run):
        predict, data = zoo.load(shown.NETWORKS[network]), data_of(network)
        if arm["bits"] < 32:
            batches = calibration_batches(run, data)
            converted = shown.quantize_static(predict, batches, shown.grid_config(arm["bits"]), {})
            predict = in_onnxruntime(run, converted, batches[0])
        for split in ("validation", "test"):
            began = time.perf_counter()
            found = run.evaluate(predict, run.load(data, split), shown.BATCH)
            cells = {"network": network, "split": split, "accuracy": found.accuracy}
            yield Row(cells, RECIPE, time.perf_counter() - began, found.predictions)


def granularity(run: Run, arm: Arm) -> Iterator[Row]:
    """Convert each network with one scale per channel or per tensor."""
    for network in networks(run):
        began, data = time.perf_counter(), data_of(network)
        config = shown.grid_config(arm["bits"], arm["scales"] == "per channel")
        model = shown.quantize_static(zoo.load(shown.NETWORKS[network]), calibration_batches(run, data), config, {})
        found = run.evaluate(model, run.load(data, "validation"), shown.BATCH)
        cells = {"network": network, "split": "validation", "accuracy": found.accuracy}
        yield Row(cells, RECIPE, time.perf_counter() - began, found.predictions)


def mixed(run: Run, _: Arm) -> Iterator[Row]:
    """Scan the layers, choose their bits, evaluate each mix; a small run scans one layer of the smallest network."""
    network = "TinyCNN" if run.is_small else "ResNet-8"
    model, batches = zoo.load(shown.NETWORKS[network]), calibration_batches(run, data_of(network))[:1]
    images = run.load(data_of(network), "validation")
    names = shown.layers_with_weights(model)[: 1 if run.is_small else None]

    def loss(*low_bit_layers: str) -> float:
        return shown.accuracy_and_loss(shown.with_low_bits(model, batches, low_bit_layers), images)[1]

    untouched = loss()
    losses = {name: loss(name) - untouched for name in names}
    parameters = {name: model.get_submodule(name).weight.numel() for name in names}
    for mix, bits in shown.mixes(losses, parameters, 5).items():
        began = time.perf_counter()
        low_bit_layers = [name for name in names if bits[name] == shown.LOW_BITS]
        found = run.evaluate(shown.with_low_bits(model, batches, low_bit_layers), images, shown.BATCH)
        yield Row({"mix": mix, "accuracy": found.accuracy}, RECIPE, time.perf_counter() - began, found.predictions)


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
        ("int8", STATIC, INT8_ARMS, int8, 5),
        ("granularity", STATIC, GRANULARITY_ARMS, granularity, 8),
        ("mixed", MIXED, ({},), mixed, 5),
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
