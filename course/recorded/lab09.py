"""Lab 09: the times of a search space's parts, a supernet and its scores, and what the networks found are worth."""

import io
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from course import CourseError
from course.recorded.shown import Shown
from course.recorded.stages import Arm, Evaluation, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import files, measure, zoo
from labsupport.training import Recipe, fit

shown = Shown("09")

PIECES = Table(
    "pieces",
    "a part of a network alone in ONNX Runtime, one thread, scaled by HAND's time beside it; `empty` is the call",
    key={
        "kind": str,
        "in_channels": int,
        "out_channels": int,
        "stride": int,
        "expand_ratio": int,
        "kernel_size": int,
        "size": int,
    },
    values={"ms": float},
)
HAND_BESIDE_PIECES = Table(
    "hand_beside_pieces", "HAND as a whole, timed beside a group of pieces", key={"group": int}, values={"ms": float}
)
NETWORKS = Table(
    "networks",
    "a network drawn at random, by its code, or HAND, as a whole, timed after the pieces in the same run",
    key={"network": str},
    values={"ms": float},
)
SCORES = Table(
    "scores",
    "a network with its part of the supernet's weights, on the first 2,000 validation images of CIFAR-10",
    key={"group": str, "code": str},
    values={"accuracy": float},
    evaluates=True,
)
FINALISTS = Table(
    "finalists",
    "a finalist, a random network or HAND, by its code, or a scaled MobileNetV2, as a whole, timed in turns",
    key={"network": str},
    values={"ms": float},
)
TRAINED = Table(
    "trained",
    "a network after its training on CIFAR-10, on the last 3,000 validation or on 10,000 test images",
    key={"group": str, "network": str, "split": str},
    values={"role": str, "epochs": int, "accuracy": float},
    evaluates=True,
)
SHORT = Table(
    "short",
    "the tiny networks after the lab's short training, on 1,000 validation images of CIFAR-10 mini",
    key={"role": str},
    values={"network": str, "precision": str, "accuracy": float},
    evaluates=True,
)

TURNS, GROUP_SIZE = 100, 30
TIMING = {"turns": TURNS, "runs in a row": 10, "threads": 1}
NUM_SCORE_IMAGES = 2000
EPOCHS, SUPERNET_EPOCHS = 8, 40
# ResNet-8 makes 18 epochs in the seconds in which the searched network makes 8.
TINY_EPOCHS = {"tiny": EPOCHS, "tiny, equal seconds": 18, "tiny, long": 60}
SHARES_OF_HAND = [0.8, 0.84, 0.88, 0.91, 0.94, 0.97, 1.0, 1.03, 1.06, 1.1, 1.15, 1.2]


def turns(run: Run) -> int:
    """Return the turns of a clock; it takes no fewer than five."""
    return 5 if run.is_small else TURNS


def recipe_for(run: Run, epochs: int) -> Recipe:
    """Return the lab's recipe; a small run has one epoch."""
    return shown.recipe_of(run.times(epochs), run.seed)


def measured(run: Run) -> dict[str, Any]:
    """Time all pieces in groups with HAND in each, then whole networks; once for the three tables that hold it.

    Returns:
        {"shares": name of a piece -> its time over HAND's in each group, "hand": HAND's ms in each group,
        "networks": name -> ms, "seconds": of all}
    """
    path = replace(run, stage="latency").file("times")
    if path.exists():
        return torch.load(path, weights_only=True)
    began, hand, parts = time.perf_counter(), shown.pieces(shown.HAND), list(shown.all_pieces().values())
    parts, networks = (parts[:2], {"HAND": shown.HAND}) if run.is_small else (parts, shown.TIMED)
    found: dict[str, Any] = {"shares": {}, "hand": []}
    hand_call = shown.timed_call(shown.build(hand))
    for first in range(0, len(parts), GROUP_SIZE):
        calls = shown.piece_calls({part.name: part for part in parts[first : first + GROUP_SIZE]})
        times = measure.latency(calls | {"HAND": hand_call}, turns=turns(run), shuffle=True)
        found["hand"].append(times.median_ms("HAND"))
        for name in calls:
            found["shares"].setdefault(name, []).append(times.median_ms(name) / found["hand"][-1])
    whole = {name: shown.timed_call(shown.build(shown.pieces(network))) for name, network in networks.items()}
    times = measure.latency(whole, turns=turns(run), shuffle=True)
    found["networks"] = {name: times.median_ms(name) for name in whole}
    found["seconds"] = time.perf_counter() - began
    stream = io.BytesIO()
    torch.save(found, stream)
    files.replace(path, stream.getvalue())
    return found


def time_pieces(run: Run, _: Arm) -> Iterator[Row]:
    """Give each piece the time that it has where HAND takes as long as in the middle group."""
    found = measured(run)
    steady = np.median(found["hand"])
    known = shown.all_pieces() | {"empty": shown.Piece("empty", 8, 8, size=8)}
    for name, shares in found["shares"].items():
        yield Row(asdict(known[name]) | {"ms": steady * np.mean(shares)}, TIMING, found["seconds"])


def time_hand_beside_pieces(run: Run, _: Arm) -> Iterator[Row]:
    """Return the time of HAND in each group of pieces."""
    found = measured(run)
    for group, ms in enumerate(found["hand"]):
        yield Row({"group": group, "ms": ms}, TIMING, found["seconds"])


def time_networks(run: Run, _: Arm) -> Iterator[Row]:
    """Return the times of whole networks."""
    found = measured(run)
    for name, ms in found["networks"].items():
        yield Row({"network": name, "ms": ms}, TIMING, found["seconds"])


def score(run: Run, supernet: nn.Module, code: str) -> Evaluation:
    """Evaluate a network's part of the supernet, with batch norm statistics of its own."""
    images = run.load("cifar10_mini", "train")
    batches = [part for part, _ in images.subset(min(500, len(images))).batches(100)]
    model = shown.recalibrate(shown.extract(supernet, shown.decode(code)), batches)
    return run.evaluate(model, run.part(run.load("cifar10", "validation"), 0, NUM_SCORE_IMAGES))


def train_supernet(run: Run, _: Arm) -> Iterator[Row]:
    """Train the supernet, write its weights into the zoo, and score HAND with them."""
    if run.seed:
        raise CourseError("the supernet that ships has seed 0: another would take its place")
    torch.manual_seed(run.seed)
    model = shown.build(shown.pieces(shown.LARGEST))
    recipe = replace(recipe_for(run, SUPERNET_EPOCHS), learning_rate=0.1)
    train_set = run.load("cifar10", "train")
    history = fit(model, train_set, recipe, loss=shown.supernet_loss, checkpoint=run.file("training"))
    about = {
        "network": "the largest of lab 09, without batch norm statistics",
        "data": f"cifar10, split train, {len(train_set)} images",
        "recipe": asdict(recipe),
        "loss": "supernet_loss",
        "processes": 1,
        "precision": history.precision,
        "training_seconds": round(history.seconds),
    }
    folder = run.file("weights").parent if run.is_small else zoo.CHECKPOINTS_DIR
    zoo.save_weights("supernet_cifar10", model, about, folder)
    code = shown.HAND.code
    found = score(run, model, code)
    yield Row({"code": code, "accuracy": found.accuracy}, {"supernet": asdict(recipe)}, 0.0, found.predictions)


def codes_of(run: Run, group: str) -> list[str]:
    """Return the networks of a group of scores; the searches of the finalists take half a minute."""
    if run.is_small:
        return [shown.HAND.code]
    if group == "finalist":
        return shown.finalists(SHARES_OF_HAND, 3, macs=25e6)
    if group == "tiny finalist":
        tiny = shown.TINY
        return shown.finalists([math.inf], 8, macs=tiny.macs, int8_bytes=tiny.int8_bytes, peak_bytes=tiny.peak_bytes)
    return shown.HELD_OUT if group == "held out" else shown.SCORED


def score_group(run: Run, arm: Arm) -> Iterator[Row]:
    """Score the networks of a group with the weights of the supernet that ships."""
    model, recipe = shown.trained_supernet(), {"supernet": zoo.describe("supernet_cifar10")["sha256"]}
    for code in codes_of(run, arm["group"]):
        began = time.perf_counter()
        found = score(run, model, code)
        cells = {"code": code, "accuracy": found.accuracy}
        yield Row(cells, recipe, time.perf_counter() - began, found.predictions)


def time_finalists(run: Run, _: Arm) -> Iterator[Row]:
    """Time the finalists, the random networks, HAND and all scaled MobileNetV2s, in turns."""
    began = time.perf_counter()
    codes = dict.fromkeys([*codes_of(run, "finalist"), *([] if run.is_small else shown.CONTROLS), shown.HAND.code])
    parts = {code: shown.pieces(shown.decode(code)) for code in codes} | ({} if run.is_small else shown.SCALED)
    calls = {name: shown.timed_call(shown.build(own)) for name, own in parts.items()}
    times = measure.latency(calls, turns=turns(run), shuffle=True)
    seconds = time.perf_counter() - began
    for name in parts:
        yield Row({"network": name, "ms": times.median_ms(name)}, TIMING, seconds)


def train(
    run: Run, network: str, build: Callable[[], nn.Module], splits: tuple[str, ...], epochs: int = EPOCHS
) -> Iterator[Row]:
    """Train a network on the full training split, and evaluate it."""
    recipe = recipe_for(run, epochs)
    torch.manual_seed(run.seed)
    model = build()
    history = fit(model, run.load("cifar10", "train"), recipe, checkpoint=run.file(network))
    for split in splits:
        images = run.load("cifar10", split)
        images = run.part(images, NUM_SCORE_IMAGES) if split == "validation" else images
        found = run.evaluate(model, images)
        cells = {"network": network, "split": split, "epochs": recipe.epochs, "accuracy": found.accuracy}
        yield Row(cells, asdict(replace(recipe, seed=0)), history.seconds, found.predictions)


def train_held_out(run: Run, arm: Arm) -> Iterator[Row]:
    """Train a network that was drawn before any search; a small run trains a small one in its place."""
    code = shown.HELD_OUT[HELD_OUT_ROLES.index(arm["role"])]
    parts = shown.pieces(shown.decode(shown.HELD_OUT[0] if run.is_small else code))
    return train(run, code, partial(shown.build, parts), ("validation",))


def train_rival(run: Run, arm: Arm) -> Iterator[Row]:
    """Train the network found, or one of its rivals."""
    parts = shown.PARTS[arm["role"]]
    return train(run, shown.RIVALS[arm["role"]], partial(shown.build, parts), ("validation", "test"))


def train_tiny(run: Run, arm: Arm) -> Iterator[Row]:
    """Train the tiny network found, or ResNet-8, as long as the arm's group does."""
    network = shown.TINY_WINNER if arm["role"] == "searched" else "ResNet-8"
    return train(run, network, shown.TINY_RIVALS[network], ("validation", "test"), TINY_EPOCHS[arm["group"]])


def train_short(run: Run, arm: Arm) -> Iterator[Row]:
    """Train one of the tiny networks as the lab does."""
    network = shown.TINY_WINNER if arm["role"] == "searched" else "ResNet-8"
    recipe = replace(shown.SHORT, epochs=run.times(shown.SHORT.epochs), seed=run.seed, precision="fp32")
    torch.manual_seed(run.seed)
    model = shown.TINY_RIVALS[network]()
    history = fit(model, run.load("cifar10_mini", "train"), recipe, checkpoint=run.file(arm["role"]))
    found = run.evaluate(model, run.load("cifar10_mini", "validation"))
    cells = {"network": network, "precision": recipe.precision, "accuracy": found.accuracy}
    yield Row(cells, asdict(replace(recipe, seed=0)), history.seconds, found.predictions)


HELD_OUT_ROLES = [f"held out {number}" for number in range(1, 13)]
HELD_OUT_ARMS = tuple({"group": "held out", "role": role} for role in HELD_OUT_ROLES)
RIVAL_ROLES, TINY_ROLES = ("searched", "hand-designed", "scaled, full", "scaled, half"), ("searched", "ResNet-8")
STAGES = tuple(
    Stage("09", name, table, arms, run, minutes, threads=1, packages=("torch", "onnxruntime"))
    for name, table, arms, run, minutes in (
        ("pieces", PIECES, ({},), time_pieces, 5),
        ("hand_beside_pieces", HAND_BESIDE_PIECES, ({},), time_hand_beside_pieces, 1),
        ("networks", NETWORKS, ({},), time_networks, 1),
        ("held_out_small", TRAINED, HELD_OUT_ARMS[:4], train_held_out, 20),
        ("held_out_controls", TRAINED, HELD_OUT_ARMS[4:], train_held_out, 55),
        ("supernet", SCORES, ({"group": "HAND"},), train_supernet, 65),
        ("scores", SCORES, ({"group": "held out"}, {"group": "drawn"}), score_group, 10),
        ("finalist_scores", SCORES, ({"group": "finalist"}, {"group": "tiny finalist"}), score_group, 2),
        ("finalists", FINALISTS, ({},), time_finalists, 8),
        ("rivals", TRAINED, tuple({"group": "rivals", "role": role} for role in RIVAL_ROLES), train_rival, 35),
        ("tiny", TRAINED, tuple({"group": "tiny", "role": role} for role in TINY_ROLES), train_tiny, 12),
        ("tiny_seconds", TRAINED, ({"group": "tiny, equal seconds", "role": "ResNet-8"},), train_tiny, 7),
        ("tiny_long", TRAINED, tuple({"group": "tiny, long", "role": role} for role in TINY_ROLES), train_tiny, 75),
        ("short", SHORT, tuple({"role": role} for role in TINY_ROLES), train_short, 1),
    )
)
