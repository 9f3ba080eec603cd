"""Lab 11: what int8 gains in time, and ONNX Runtime among other runtimes."""

import importlib.util
import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from course import CourseError
from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import datasets, measure, ort, zoo

shown = Shown("11")

GAINS = Table(
    "gains",
    "how many times as fast `subject`, the type of the activations, is as `against`, one image, in ONNX Runtime",
    key={"network": str, "subject": str, "against": str, "threads": int},
    values={"gain": float},
)
PEERS = Table(
    "peers",
    "a network in a runtime, one image, one thread; error is that of the logits against PyTorch's, relative",
    key={"network": str, "runtime": str},
    values={"format": str, "median_ms": float, "p90_ms": float, "error": float, "file_mb": float},
)
PEER_ACCURACY = Table(
    "peer_accuracy",
    "a trained network in a runtime, on the first 1,000 validation images of CIFAR-10",
    key={"network": str, "runtime": str},
    values={"accuracy": float},
    evaluates=True,
)

Call = Callable[[Tensor], Tensor]
RECIPE = {"turns": 5, "runs in a row": 10}
TOLERANCE = 1e-4
NUM_LABELLED = 1000
OTHERS = tuple(name for name in ("openvino", "nncf", "executorch") if importlib.util.find_spec(name))


class Subject(NamedTuple):
    """A network, its calibration images one by one, and the image that is timed."""

    model: nn.Module
    calibration: list[Tensor]
    image: Tensor


class InRuntime(NamedTuple):
    """A function from images to logits; the format in which it computes, and its file if it has one."""

    call: Call
    format: str = "fp32"
    path: Path | None = None


def subject(run: Run, name: str) -> Subject:
    """Return a network of the lab and its images; in a small run the smallest, whatever the name."""
    if run.is_small:
        images = run.load("fashion_mnist", "validation")
        pixels = images.normalise(images.images)
        return Subject(zoo.load("tinycnn_fashion_mnist"), list(pixels[:2].split(1)), pixels[:1])
    validation = run.load("cifar10", "validation")
    model = zoo.load("resnet18_cifar10" if name == "ResNet-18" else "mobile_cifar10")
    batches = datasets.calibration_loader(run.load("cifar10", "calibration"), num_samples=100, batch_size=1)
    return Subject(model, batches, validation.normalise(validation.images[:1]))


def seconds_of(times: measure.Latency) -> float:
    """Return how long all timed calls took together."""
    return sum(map(sum, times.samples_ms.values())) / 1000


def relative(difference: Tensor, reference: Tensor) -> float:
    """Return the largest difference over the largest value of the reference."""
    return (difference.abs().max() / reference.abs().max()).item()


def gains(run: Run, arm: Arm) -> Iterator[Row]:
    """Race a file against its int8 versions, on one thread."""
    model, calibration, image = subject(run, arm["network"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if run.is_small:  # the quantizer has tests of its own
            path = ort.export(model, image, folder / "fp32.onnx", dynamic_batch=True)
            versions = {"fp32": path, "uint8": path, "int8": path}
        else:
            path = shown.prepared_file(model, image, folder / "fp32.onnx")
            versions = {"fp32": path} | shown.int8_versions(path, calibration[:20], folder)
        times = measure.latency({label: ort.runner(ort.session(file), image) for label, file in versions.items()})
        for label in ("uint8", "int8"):
            cells = {"subject": label, "against": "fp32", "threads": 1}
            yield Row(cells | {"gain": times.ratio("fp32", label).value}, RECIPE, seconds_of(times))


def openvino_call(path: Path, calibration: list[Tensor] | None = None) -> Call:
    """Return OpenVINO's function from images to logits, on one thread; with images NNCF first makes it int8."""
    import openvino

    core = openvino.Core()
    network = core.read_model(str(path))
    if calibration is not None:
        import nncf
        import rich

        rich.reconfigure(quiet=True, force_jupyter=False)
        network = nncf.quantize(network, nncf.Dataset([image.numpy() for image in calibration]))
        openvino.save_model(network, path.with_suffix(".nncf.xml"), compress_to_fp16=False)
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(network, "CPU", settings)
    return lambda x: torch.from_numpy(compiled([x.numpy()])[0])


def executorch_call(model: nn.Module, calibration: list[Tensor], path: Path, *, int8: bool) -> Call:
    """Write ExecuTorch's file and return its function from images to logits, by XNNPACK, on one thread."""
    from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
    from executorch.backends.xnnpack.quantizer import xnnpack_quantizer
    from executorch.exir import to_edge_transform_and_lower
    from executorch.extension.pybindings import portable_lib
    from executorch.runtime import Runtime
    from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

    graph = torch.export.export(model, (calibration[0],))
    if int8:
        settings = xnnpack_quantizer.get_symmetric_quantization_config(is_per_channel=True)
        prepared = prepare_pt2e(graph.module(), xnnpack_quantizer.XNNPACKQuantizer().set_global(settings))
        for image in calibration:
            prepared(image)
        graph = torch.export.export(convert_pt2e(prepared), (calibration[0],))
    lowered = to_edge_transform_and_lower(graph, partitioner=[XnnpackPartitioner()]).to_executorch()
    portable_lib._unsafe_reset_threadpool(1)
    path.write_bytes(lowered.buffer)
    program = Runtime.get().load_program(path)
    method = program.load_method("forward")

    def call(x: Tensor) -> Tensor:
        return method.execute([x])[0]

    call.program = program  # a method works only as long as its program exists
    return call


def in_runtimes(model: nn.Module, calibration: list[Tensor], folder: Path, *, is_small: bool) -> dict[str, InRuntime]:
    """Return a network in each runtime that is installed and can run it; a small run has no time for compilers."""
    source = ort.export(model, calibration[0], folder / "network.onnx")
    int8 = ort.quantize_static(source, calibration, folder / "network_int8.onnx")
    found = {
        "eager": InRuntime(model),
        "onnxruntime": InRuntime(partial(ort.run, ort.session(source)), path=source),
        "onnxruntime int8": InRuntime(partial(ort.run, ort.session(int8)), "int8", int8),
    }
    if is_small:
        return found
    if shutil.which(os.environ.get("CXX", "g++")):
        found["compiled"] = InRuntime(torch.compile(model))
    if "openvino" in OTHERS:
        found["openvino"] = InRuntime(openvino_call(source))
        found["openvino, the same int8 file"] = InRuntime(openvino_call(int8), "int8")
    if {"openvino", "nncf"} <= set(OTHERS):
        call = openvino_call(source, calibration)
        found["openvino, NNCF int8"] = InRuntime(call, "int8", source.with_suffix(".nncf.bin"))
    for label, kind in {"executorch": "fp32", "executorch int8": "int8"}.items() if "executorch" in OTHERS else ():
        path = folder / f"{label}.pte"
        found[label] = InRuntime(executorch_call(model, calibration, path, int8=kind == "int8"), kind, path)
    return found


def peers(run: Run, arm: Arm) -> Iterator[Row]:
    """Race the runtimes, and compare their logits with PyTorch's."""
    model, calibration, image = subject(run, arm["network"])
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        found = in_runtimes(model, calibration, Path(folder), is_small=run.is_small)
        times = measure.latency({label: partial(runtime.call, image) for label, runtime in found.items()})
        reference = model(image)
        for label, runtime in found.items():
            error = relative(runtime.call(image) - reference, reference)
            if runtime.format == "fp32" and error > TOLERANCE:
                raise CourseError(f"{label} computes something else for {arm['network']}: off by {error:.1e}")
            cells = {"runtime": label, "format": runtime.format, "error": error}
            cells |= {"median_ms": times.median_ms(label), "p90_ms": times.p90_ms(label)}
            cells |= {"file_mb": measure.file_bytes(runtime.path) / 1e6 if runtime.path else math.nan}
            yield Row(cells, RECIPE | {"threads": 1}, sum(times.samples_ms[label]) / 1000)


def peer_accuracy(run: Run, arm: Arm) -> Iterator[Row]:
    """Ask each runtime about validation images, one at a time."""
    model, calibration, _ = subject(run, arm["network"])
    labelled = run.load("fashion_mnist" if run.is_small else "cifar10", "validation")
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        for label, runtime in in_runtimes(model, calibration, Path(folder), is_small=run.is_small).items():
            began = time.perf_counter()
            found = run.evaluate(runtime.call, labelled.subset(min(NUM_LABELLED, len(labelled))), 1)
            cells = {"runtime": label, "accuracy": found.accuracy}
            yield Row(cells, {"images": NUM_LABELLED}, time.perf_counter() - began, found.predictions)


RUNTIMES = ("torch", "onnxruntime")
NETWORKS = ("ResNet-18", "MobileCNN")
STAGES = tuple(
    Stage("11", name, table, tuple({"network": network} for network in networks), run, minutes, 1, packages)
    for name, table, networks, run, minutes, packages in (
        ("gains", GAINS, ("ResNet-18",), gains, 1, RUNTIMES),
        ("peers", PEERS, NETWORKS, peers, 5, RUNTIMES + OTHERS),
        ("peer_accuracy", PEER_ACCURACY, NETWORKS, peer_accuracy, 5, RUNTIMES + OTHERS),
    )
)
