"""Lab 13: networks on emulated cores, compared with the runtime, and what they cost: a Cortex-M4, and two with NEON."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from course.recorded import searched_int8
from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import device
from labsupport.device import networks, plan

shown = Shown("13")  # its stages call the package that the lab calls, and nothing else of the lab

EQUALITY = Table(
    "equality",
    "a network on the board beside ONNX Runtime: each layer is fed the runtime's own inputs; then the whole network",
    key={"network": str, "kernels": str, "first_image": int},
    values={
        "images": int,
        "codes": int,
        "differ": int,
        "largest_step": int,
        "farthest_from_half": float,
        "scores": int,
        "scores_differ": int,
        "classes_equal": int,
    },
    evaluates=True,
)
COST = Table(
    "cost",
    "instructions of one layer for one image, counted in an emulator",
    key={"network": str, "kernels": str, "layer": int},
    values={"kind": str, "macs": int, "instructions": int},
)
MEMORY = Table(
    "memory",
    "bytes of a network with one set of kernels; live_bytes: the most that is alive at once",
    key={"network": str, "kernels": str},
    values={"flash_bytes": int, "arena_bytes": int, "live_bytes": int, "stack_used_bytes": int},
)
NEON_COST = Table(
    "neon_cost",
    "instructions of one layer for one image on a core with NEON, counted in an emulator",
    key={"network": str, "core": str, "type": str, "kernels": str, "layer": int},
    values={"kind": str, "input": str, "output": str, "kernel": int, "macs": int, "instructions": int},
)
NEON_EQUALITY = Table(
    "neon_equality",
    "a network on a core with NEON beside ONNX Runtime, each layer fed the runtime's own inputs; not_rounding: layers "
    "with a difference that rounding does not explain; farthest: of int8 from a half where a code differs, of fp32 "
    "from the runtime's value as a part of the tensor's largest",
    key={"network": str, "core": str, "type": str, "kernels": str},
    values={"images": int, "numbers": int, "not_rounding": int, "farthest": float, "classes_equal": int},
    evaluates=True,
)
NUM_IMAGES, NUM_IN_ROW, NUM_ON_NEON = 1000, 50, 50
CORES = {"Cortex-A53": device.A53, "Cortex-A76": device.A76}
PACKAGES = ("ziglang", "unicorn", "onnxruntime")
ZOO = {"ResNet-8": "resnet8_cifar10", "MobileCNN": "mobile_cifar10"}


def network_of(name: str) -> device.Network:
    """Return a network of the lab."""
    with tempfile.TemporaryDirectory() as folder:
        return device.read(networks.from_zoo(ZOO[name], Path(folder)) if name in ZOO else networks.searched())


def network_of_type(name: str, type_name: str) -> device.Network:
    """Return a network of the lab, int8 or fp32."""
    if type_name == "int8":
        return network_of(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        return device.read_float(
            networks.float_from_zoo(ZOO[name], path) if name in ZOO else searched_int8.fp32(path / "fp32.onnx")
        )


def images_of(run: Run, count: int, first: int = 0) -> np.ndarray:
    """Return validation images, normalised; in a small run two."""
    images = run.load("cifar10_mini", "validation")
    return images.normalise(images.images[:2] if run.is_small else images.images[first : first + count]).numpy()


def equality(run: Run, arm: Arm) -> Iterator[Row]:
    """Compare each layer and the whole network with the runtime, image by image."""
    started, network = time.perf_counter(), network_of(arm["network"])
    firmware, reference = device.Firmware(network, device.LARGE, arm["kernels"]), device.Reference(network)
    found, scores, wanted = [], [], []
    for image in images_of(run, NUM_IN_ROW, arm["first_image"]):
        tensors = reference.tensors(image)
        found += device.layer_by_layer(firmware, tensors)
        scores.append(firmware.scores(image))
        wanted.append(tensors[network.output].ravel())
    off = np.array(scores) != np.array(wanted)
    classes = np.argmax(scores, axis=1)
    cells = {
        "images": len(scores),
        "codes": sum(one.codes for one in found),
        "differ": sum(one.differ for one in found),
        "largest_step": max(one.steps for one in found),
        "farthest_from_half": max(one.from_half for one in found),
        "scores": off.size,
        "scores_differ": int(off.sum()),
        "classes_equal": int((classes == np.argmax(wanted, axis=1)).sum()),
    }
    recipe = {"images": len(scores), "split": "validation"}
    yield Row(cells, recipe, time.perf_counter() - started, torch.from_numpy(classes.astype(np.uint8)))


def cost(run: Run, arm: Arm) -> Iterator[Row]:
    """Count the instructions of each layer for the first image."""
    started, network = time.perf_counter(), network_of(arm["network"])
    counts = device.Firmware(network, device.LARGE, arm["kernels"]).instructions(images_of(run, 1)[0])
    seconds = time.perf_counter() - started
    for number, (layer, count) in enumerate(zip(network.layers, counts, strict=True)):
        cells = {"layer": number, "kind": layer.kind, "macs": network.macs(layer), "instructions": count}
        yield Row(cells, {"image": 0}, seconds)


def memory(run: Run, arm: Arm) -> Iterator[Row]:
    """Measure what a network takes of flash and RAM."""
    started, network = time.perf_counter(), network_of(arm["network"])
    firmware = device.Firmware(network, device.LARGE, arm["kernels"])
    firmware.scores(images_of(run, 1)[0])
    lives = plan.lifetimes(network.layers, network.input, network.output)
    cells = {
        "flash_bytes": firmware.flash_bytes,
        "arena_bytes": firmware.arena_bytes,
        "live_bytes": max(plan.live_bytes(lives, network.sizes)),
        "stack_used_bytes": firmware.board.stack_used_bytes(),
    }
    yield Row(cells, {"image": 0}, time.perf_counter() - started)


def neon_cost(run: Run, arm: Arm) -> Iterator[Row]:
    """Count the instructions of each layer for the first image."""
    started, network = time.perf_counter(), network_of_type(arm["network"], arm["type"])
    firmware = device.Firmware(network, CORES[arm["core"]], arm["kernels"])
    counts = firmware.instructions(images_of(run, 1)[0])
    seconds = time.perf_counter() - started
    for number, (layer, count) in enumerate(zip(network.layers, counts, strict=True)):
        shapes = ["x".join(map(str, network.shapes[name])) for name in (layer.reads[0], layer.writes)]
        cells = {"layer": number, "kind": layer.kind, "input": shapes[0], "output": shapes[1], "kernel": layer.kernel}
        yield Row(cells | {"macs": network.macs(layer), "instructions": count}, {"image": 0}, seconds)


def neon_equality(run: Run, arm: Arm) -> Iterator[Row]:
    """Compare each layer with the runtime, image by image, and the classes of the whole network."""
    started, network = time.perf_counter(), network_of_type(arm["network"], arm["type"])
    firmware, reference = device.Firmware(network, CORES[arm["core"]], arm["kernels"]), device.Reference(network)
    found, classes, wanted = [], [], []
    for image in images_of(run, NUM_ON_NEON):
        tensors = reference.tensors(image)
        found += device.layer_by_layer(firmware, tensors)
        classes.append(firmware.scores(image).argmax())
        wanted.append(tensors[network.output].argmax())
    is_int8 = arm["type"] == "int8"
    cells = {
        "images": len(classes),
        "numbers": sum(one.codes if is_int8 else one.values for one in found),
        "not_rounding": sum(not one.is_rounding for one in found),
        "farthest": max(one.from_half if is_int8 else one.largest for one in found),
        "classes_equal": int((np.array(classes) == wanted).sum()),
    }
    recipe = {"images": len(classes), "split": "validation"}
    yield Row(cells, recipe, time.perf_counter() - started, torch.from_numpy(np.array(classes, np.uint8)))


def arms(*kernels: str) -> tuple[dict[str, str], ...]:
    """Return an arm for each network and set of kernels, the smallest network first."""
    return tuple({"network": network, "kernels": one} for network in ("searched", *ZOO) for one in kernels)


EQUALITY_ARMS = tuple(
    arm | {"first_image": first} for first in range(0, NUM_IMAGES, NUM_IN_ROW) for arm in arms("smlad")
)
NEON_ARMS = tuple(
    {"network": network, "core": core, "type": type_name, "kernels": kernels}
    for network in ("searched", *ZOO)
    for core in CORES
    for type_name in ("fp32", "int8")
    for kernels in ("im2col", "neon")
)
NEON_SMALL = (
    {"network": "searched", "core": "Cortex-A76", "type": "int8", "kernels": "neon"},
    {"network": "ResNet-8", "core": "Cortex-A53", "type": "fp32", "kernels": "neon"},
)
SMALL = (
    {"network": "ResNet-8", "core": "Cortex-A53", "type": "fp32", "kernels": "neon"},
    {"network": "searched", "core": "Cortex-A76", "type": "int8", "kernels": "neon"},
)
SMALL = ({"network": "searched", "kernels": "smlad"},)
STAGES = (
    Stage("13", "memory", MEMORY, arms("direct", "im2col", "smlad"), memory, 1, 1, PACKAGES, SMALL),
    Stage("13", "cost", COST, arms("direct", "im2col", "smlad"), cost, 4, 1, PACKAGES, SMALL),
    Stage("13", "equality", EQUALITY, EQUALITY_ARMS, equality, 40, 1, PACKAGES, EQUALITY_ARMS[:1]),
    Stage("13", "neon_cost", NEON_COST, NEON_ARMS, neon_cost, 4, 1, PACKAGES, NEON_SMALL),
    Stage("13", "neon_equality", NEON_EQUALITY, NEON_ARMS, neon_equality, 10, 1, PACKAGES, NEON_SMALL),
)
