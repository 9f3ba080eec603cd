"""Lab 10: what a file gains over PyTorch, and fp16 over fp32."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch
from torchvision import models as torchvision_models

from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import measure, ort, zoo

shown = Shown("10")

GAINS = Table(
    "gains",
    "how many times as fast `subject` is as `against`, one image; files run in ONNX Runtime",
    key={"network": str, "subject": str, "against": str, "threads": int},
    values={"gain": float},
)
RECIPE = {"turns": 5, "runs in a row": 10}


def subject(run: Run, name: str) -> tuple[torch.nn.Module, torch.Tensor]:
    """Return a network of the lab and the image that is timed; in a small run the smallest, whatever the name."""
    if run.is_small:
        return zoo.load("tinycnn_fashion_mnist"), torch.rand(1, 1, 28, 28)
    if name == "ResNet-18":
        return zoo.load("resnet18_cifar10"), torch.rand(1, 3, 32, 32)
    return torchvision_models.mobilenet_v2(weights=None).eval(), torch.rand(1, 3, 224, 224)


def gains(run: Run, arm: Arm) -> Iterator[Row]:
    """Race PyTorch against ONNX Runtime as the lab does, on one thread and on all, then fp16 against fp32."""
    torch.manual_seed(run.seed)
    model, image = subject(run, arm["network"])
    with tempfile.TemporaryDirectory() as name:
        path = ort.export(model, image, Path(name) / "fp32.onnx")
        for threads in dict.fromkeys((1, 1 if run.is_small else measure.machine().threads)):
            times = shown.race_of_two(model, path, image, threads)
            cells = {"subject": "onnxruntime", "against": "eager", "threads": threads}
            yield Row(cells | {"gain": times.ratio("eager", "onnxruntime").value}, RECIPE, seconds_of(times))
        if arm["network"] == "ResNet-18":
            versions = {"fp32": path, "fp16": shown.to_fp16(path, Path(name) / "fp16.onnx")}
            times = measure.latency({label: ort.runner(ort.session(file), image) for label, file in versions.items()})
            cells = {"subject": "fp16", "against": "fp32", "threads": 1}
            yield Row(cells | {"gain": times.ratio("fp32", "fp16").value}, RECIPE, seconds_of(times))


def seconds_of(times: measure.Latency) -> float:
    """Return how long all timed calls took together."""
    return sum(map(sum, times.samples_ms.values())) / 1000


ARMS = tuple({"network": network} for network in ("MobileNetV2", "ResNet-18"))
STAGES = (Stage("10", "gains", GAINS, ARMS, gains, 1, 1, ("torch", "onnxruntime")),)
