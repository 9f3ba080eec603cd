"""Lab 14: the reference of the edge challenge, and what each of its techniques brings.

A network from lab 09's space, found within the challenge's limits; taught by the large ResNet-18, which answers about
every augmented image anew; trained for its last epochs on the grids of int8; written as an int8 file and tidied. Each
arm leaves one of these out. The last epochs have three seeds, and a control that trains as long without the grids.

The search: lab 09's evolution, 3 seeds of 3,000 networks each, at most 12,501,632 MACs and 91,500 bytes as lab 09
counts them; the 4,500 that the rule leaves are for operators and activations. The stage `finalists` scores the 8
networks that are predicted best with the supernet's weights; the best of these is CODE.
"""

import copy
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course import CourseError
from course.challenge.tidy import tidy
from course.recorded import grids, lab09, whole_int8
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import challenge, datasets, files, models, ort, parallel, zoo
from labsupport.challenge import graph
from labsupport.training import Batch, Recipe, fit, smoothed_cross_entropy

FINALISTS = Table(
    "finalists",
    "a network found within the challenge's limits, with its part of the supernet, on 2,000 validation images",
    key={"code": str},
    values={"predicted": float, "macs": int, "int8_bytes": int, "accuracy": float},
    evaluates=True,
)
REFERENCE = Table(
    "reference",
    "a network at the end of its training, in float or as the tidied int8 file that ONNX Runtime runs, on 5,000 "
    "validation or 10,000 test images; bytes and MACs are the file's in both rows",
    key={"arm": str, "precision": str, "split": str},
    values={"epochs": int, "bytes": int, "macs": int, "accuracy": float},
    evaluates=True,
)

CODE = "16.32.2.4.5.32.2.4.5.64.1.6.5"
TEACHER = "resnet18_cifar10_reference"
TEMPERATURE, LABELS_WEIGHT = 4.0, 0.1
EPOCHS, LAST_EPOCHS = 200, 10
CALIBRATION_IMAGES = 500
LIMITS = {"macs": challenge.MAX_MACS, "int8_bytes": 91_500}
NUM_FINALISTS = 8

LONG = Recipe(
    epochs=EPOCHS,
    learning_rate=0.2,
    weight_decay=1e-4,
    augment=("flip", "crop"),
    resolutions=((0, 24), (EPOCHS // 4, 32)),
    precision="fp32",
)
LAST = replace(LONG, epochs=LAST_EPOCHS, learning_rate=0.01, warmup=0.1, resolutions=())


def searched() -> nn.Module:
    """Return the network of lab 09's space with fresh weights, of classes that other processes know as well."""
    model = lab09.shown.build(lab09.shown.pieces(lab09.shown.decode(CODE)))
    for module in model.modules():
        if isinstance(module, models.InvertedResidual):
            module.__class__ = models.InvertedResidual  # the lab's own class sets another kernel, and is done then
    return model


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "ResNet-8": models.ResNet8,
    "searched": searched,
}
LONG_ARMS = {
    "ResNet-8": ("ResNet-8", False),
    "ResNet-8, distilled": ("ResNet-8", True),
    "searched": ("searched", False),
    "searched, distilled": ("searched", True),
}
"""By arm: the network, and whether the teacher helps."""
BEFORE_LAST = "searched, distilled"


def taught(model: nn.Module, batch: Batch, teacher: nn.Module) -> Tensor:
    """Return the loss of a student: mostly the teacher's answers about the same images, a tenth of it the labels.

    The teacher answers in bf16, as it was trained; depthwise convolutions train faster in fp32.
    """
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        answers = teacher(batch.images).float()
    outputs = model(batch.images).float()
    soft = F.kl_div(
        (outputs / TEMPERATURE).log_softmax(1),
        (answers / TEMPERATURE).log_softmax(1),
        reduction="batchmean",
        log_target=True,
    )
    labels = F.cross_entropy(outputs, batch.labels)
    return LABELS_WEIGHT * labels + (1 - LABELS_WEIGHT) * TEMPERATURE**2 * soft


def loss_of(run: Run, distilled: bool) -> Callable[[nn.Module, Batch], Tensor]:
    """Return the loss of an arm; a small run asks a small teacher."""
    if not distilled:
        return smoothed_cross_entropy
    return partial(taught, teacher=zoo.load("resnet8_cifar10" if run.is_small else TEACHER))


def train(run: Run, model: nn.Module, recipe: Recipe, loss: Callable[[nn.Module, Batch], Tensor], name: str) -> float:
    """Train a network in place on two processes, or go on where it stopped; return the seconds."""
    fitted = fit if run.is_small else partial(parallel.fit, num_processes=2)
    return fitted(model, run.load("cifar10", "train"), recipe, loss=loss, checkpoint=run.file(name)).seconds


def long(run: Run, name: str) -> tuple[nn.Module, float]:
    """Return the network of an arm after its long training, and the seconds; one that is over is not repeated."""
    network, distilled = LONG_ARMS[name]
    recipe = replace(LONG, epochs=run.times(EPOCHS), seed=run.seed)
    torch.manual_seed(run.seed)
    model = NETWORKS["ResNet-8" if run.is_small else network]()
    seconds = train(replace(run, stage="long"), model, recipe, loss_of(run, distilled), name)
    return model, seconds


def train_long(run: Run, arm: Arm) -> Iterator[Row]:
    """Train an arm from fresh weights, and evaluate it in float and in int8."""
    model, seconds = long(run, arm["arm"])
    network, distilled = LONG_ARMS[arm["arm"]]
    about = asdict(LONG) | {"network": network, "code": CODE}
    about |= {"teacher": zoo.describe(TEACHER)["sha256"], "temperature": TEMPERATURE} if distilled else {}
    yield from evaluated(run, model, {"epochs": run.times(EPOCHS)}, about, seconds, arm["arm"])


def train_last(run: Run, arm: Arm) -> Iterator[Row]:
    """Train the distilled network further, on grids or, as a control, in float; evaluate it in float and in int8."""
    model, _ = long(replace(run, seed=0), BEFORE_LAST)
    recipe = replace(LAST, epochs=run.times(LAST_EPOCHS), seed=run.seed)
    on_grids = arm["arm"] == "on grids"
    if on_grids:
        grids.put_on(model)
    seconds = train(run, model, recipe, loss_of(run, distilled=True), arm["arm"])
    if on_grids:
        grids.take_off(model)
    about = asdict(LAST) | {"before": asdict(LONG), "code": CODE, "on grids": on_grids}
    cells = {"epochs": run.times(EPOCHS + LAST_EPOCHS)}
    splits = ("validation", "test") if on_grids else ("validation",)
    yield from evaluated(run, model, cells, about, seconds, arm["arm"], splits)


def int8_file(run: Run, model: nn.Module, path: Path) -> Path:
    """Write the tidied int8 file of a network for one image, calibrated on calibration images.

    Raises:
        CourseError: something in it computes in float, or it is not within the rule.
    """
    images = run.load("cifar10", "calibration")
    examples = datasets.calibration_loader(images, min(CALIBRATION_IMAGES, len(images)), batch_size=1)
    plain = copy.deepcopy(model).to(memory_format=torch.contiguous_format).eval()
    whole = path.with_suffix(".qdq.onnx")
    whole_int8.by_onnxruntime(plain, examples, whole, per_channel=True, dynamic_batch=False)
    written = tidy(whole, path)
    if left := whole_int8.float_operators(written):
        raise CourseError(f"these compute in float: {', '.join(left)}")
    try:
        graph.read(written.read_bytes())
    except challenge.RefusedError as error:
        raise CourseError(f"the file is not within the rule: {error}") from None
    return written


def evaluated(
    run: Run,
    model: nn.Module,
    cells: dict[str, object],
    about: object,
    seconds: float,
    name: str,
    splits: tuple[str, ...] = ("validation",),
) -> Iterator[Row]:
    """Yield the rows of a trained network, in float and in int8; its file stays beside its checkpoint.

    The test split is opened for the reference alone, to report. A small run writes no file: the tools that write one
    have tests of their own.
    """
    with tempfile.TemporaryDirectory() as folder:
        predict = {"float": model, "int8": model}
        costs = {"bytes": 0, "macs": 0}
        if not run.is_small:
            path = int8_file(run, model, Path(folder) / "reference.onnx")
            costs = {"bytes": path.stat().st_size, "macs": graph.read(path.read_bytes()).macs}
            predict["int8"] = partial(ort.run, ort.session(path))
            files.replace(run.file(name).with_suffix(".onnx"), path.read_bytes())
        for precision, call in predict.items():
            for split in splits:
                found = run.evaluate(call, run.load("cifar10", split), 1 if precision == "int8" else 50)
                values = {"precision": precision, "split": split, "accuracy": found.accuracy}
                yield Row(cells | costs | values, about, seconds, found.predictions)


def score_finalists(run: Run, _: Arm) -> Iterator[Row]:
    """Search within the limits, and score the networks that are predicted best."""
    shown, budget = lab09.shown, 30 if run.is_small else 3000
    limits = shown.Limits(**LIMITS)
    found = dict.fromkeys(network for seed in range(run.times(3)) for network in shown.evolution(seed, limits, budget))
    supernet = shown.trained_supernet()
    for network in sorted(found, key=shown.predicted, reverse=True)[: run.times(NUM_FINALISTS)]:
        began = time.perf_counter()
        scored = lab09.score(run, supernet, network.code)
        costs = shown.counts(shown.pieces(network))
        cells = {"code": network.code, "predicted": shown.predicted(network), "accuracy": scored.accuracy}
        cells |= {name: costs[name] for name in ("macs", "int8_bytes")}
        yield Row(cells, LIMITS | {"budget": budget, "seeds": 3}, time.perf_counter() - began, scored.predictions)


PACKAGES = ("torch", "onnxruntime")
STAGES = (
    Stage("14", "finalists", FINALISTS, ({},), score_finalists, 1, threads=1, packages=PACKAGES),
    Stage("14", "long", REFERENCE, ({"arm": BEFORE_LAST},), train_long, 310, packages=PACKAGES, needs=(TEACHER,)),
    Stage(
        "14",
        "last",
        REFERENCE,
        ({"arm": "on grids"}, {"arm": "control"}),
        train_last,
        45,
        packages=PACKAGES,
        needs=(TEACHER,),
        small_arms=({"arm": "on grids"},),
    ),
    Stage(
        "14",
        "without",
        REFERENCE,
        tuple({"arm": name} for name in LONG_ARMS if name != BEFORE_LAST),
        train_long,
        630,
        packages=PACKAGES,
        needs=(TEACHER,),
        small_arms=({"arm": "ResNet-8"},),
    ),
)
