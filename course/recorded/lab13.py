"""Lab 13: networks on an emulated Cortex-M4, compared with the runtime on 1,000 images, and what they cost."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import device
from labsupport.device import networks, plan

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
NUM_IMAGES, NUM_IN_ROW = 1000, 50
PACKAGES = ("ziglang", "unicorn", "onnxruntime")
ZOO = {"ResNet-8": "resnet8_cifar10", "MobileCNN": "mobile_cifar10"}


def network_of(name: str) -> device.Network:
    """Return a network of the lab."""
    with tempfile.TemporaryDirectory() as folder:
        return device.read(networks.from_zoo(ZOO[name], Path(folder)) if name in ZOO else networks.searched())


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


def arms(*kernels: str) -> tuple[dict[str, str], ...]:
    """Return an arm for each network and set of kernels, the smallest network first."""
    return tuple({"network": network, "kernels": one} for network in ("searched", *ZOO) for one in kernels)


EQUALITY_ARMS = tuple(
    arm | {"first_image": first} for first in range(0, NUM_IMAGES, NUM_IN_ROW) for arm in arms("smlad")
)
SMALL = ({"network": "searched", "kernels": "smlad"},)
STAGES = (
    Stage("13", "memory", MEMORY, arms("direct", "im2col", "smlad"), memory, 1, 1, PACKAGES, SMALL),
    Stage("13", "cost", COST, arms("direct", "im2col", "smlad"), cost, 4, 1, PACKAGES, SMALL),
    Stage("13", "equality", EQUALITY, EQUALITY_ARMS, equality, 40, 1, PACKAGES, EQUALITY_ARMS[:1]),
)
