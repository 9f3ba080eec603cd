"""Lab 04: ways to spend the same epochs on a network with a tenth of the weights, and fewer."""

import copy
import time
from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import nn

from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import zoo
from labsupport.datasets import ImageSet
from labsupport.training import Recipe, fit

shown = Shown("04")

ARMS = Table(
    "arms",
    "TinyCNN after `rounds` times a tenth of its weights is gone, or what is compared with it, on Fashion-MNIST; "
    "`images` are those of an epoch of retraining, `epochs` all epochs since the trained dense network",
    key={"arm": str, "rounds": int, "images": int, "precision": str, "split": str},
    values={"epochs": int, "accuracy": float},
    evaluates=True,
)
STOPS = (5, 10, 15, 22, 26, 30)  # rounds after which the iterative network is evaluated
TENTH = 22  # rounds that leave a tenth of the weights


def arms_of(names: tuple[str, ...], rounds: int, images: int = 2000, precision: str = "bf16") -> tuple[Arm, ...]:
    """Return arms of equal length."""
    return tuple({"arm": name, "rounds": rounds, "images": images, "precision": precision} for name in names)


def rows(run: Run, arm: Arm, model: nn.Module, epochs: int, began: float) -> Iterator[Row]:
    """Evaluate on validation, and on test the networks that have a tenth of the weights."""
    recipe = {
        "images": arm["images"],
        "batch_size": shown.RETRAINING.batch_size,
        "retrain_rate": shown.RETRAINING.learning_rate,
        "fresh_rate": shown.FRESH_RATE,
    }
    for split in ("validation", "test") if arm["rounds"] == TENTH else ("validation",):
        found = run.evaluate(model, run.load("fashion_mnist", split))
        cells = {"rounds": arm["rounds"], "split": split, "epochs": epochs, "accuracy": found.accuracy}
        yield Row(cells, recipe, time.perf_counter() - began, found.predictions)


def in_rounds(run: Run, arm: Arm, images: ImageSet, recipe: Recipe) -> Iterator[Row]:
    """Prune and retrain in turn, and evaluate at each stop."""
    model = zoo.load("tinycnn_fashion_mnist")
    masks, done, began = shown.full_masks(model), 0, time.perf_counter()
    folder = run.file(f"iterative-{arm['images']}-{arm['precision']}").with_suffix("")
    for stop in (stop for stop in STOPS if stop <= arm["rounds"]):
        rounds = range(done, done + run.times(stop - done))
        model, masks = shown.iterative(model, masks, rounds, images, recipe, folder)
        done = stop
        yield from rows(run, {**arm, "rounds": stop}, model, stop, began)


def trained(run: Run, arm: Arm) -> Iterator[Row]:
    """Train an arm of one of the five kinds."""
    began, rounds, name = time.perf_counter(), arm["rounds"], arm["arm"]
    everything = run.load("fashion_mnist", "train")
    images = run.part(everything, 0, arm["images"])
    recipe = replace(shown.RETRAINING, epochs=run.times(rounds), seed=run.seed, precision=arm["precision"])
    if name == "iterative":
        yield from in_rounds(run, arm, images, recipe)
        return
    checkpoint, epochs = run.file(f"{name}-{rounds}-{arm['images']}-{arm['precision']}"), rounds
    dense = zoo.load("tinycnn_fashion_mnist")
    if name == "one-shot":
        model = shown.one_shot(dense, run.times(rounds), images, recipe, checkpoint)
    elif name == "dense-longer":
        model = copy.deepcopy(dense)
        shown.retrain(model, {}, images, recipe, checkpoint)
    else:
        widths = shown.widths_within(shown.parameters_after(dense, rounds))
        torch.manual_seed(run.seed)
        model = shown.small_cnn(widths)
        if name == "small":
            shown.retrain(model, {}, images, replace(recipe, learning_rate=shown.FRESH_RATE), checkpoint)
        else:
            first = zoo.ENTRIES["tinycnn_fashion_mnist"].recipe
            first = replace(first, epochs=run.times(first.epochs), seed=run.seed, precision=arm["precision"])
            fit(model, everything, first, checkpoint=run.file(f"{name}-first"))
            shown.retrain(model, {}, images, recipe, checkpoint)
            epochs += first.epochs
    yield from rows(run, arm, model, epochs, began)


SHORT = ("iterative", "one-shot", "dense-longer", "small")
STAGES = tuple(
    Stage("04", name, ARMS, arms, trained, minutes, threads=1)
    for name, arms, minutes in (
        ("tenth", arms_of(SHORT, TENTH), 6),
        ("tenth_fp32", arms_of(SHORT, TENTH, precision="fp32"), 9),
        ("beyond", arms_of(("iterative", "one-shot", "small"), 30), 5),
        ("more_images", arms_of(("iterative", "one-shot"), TENTH, images=8000), 8),
        ("small_longer", arms_of(("small-longer",), TENTH), 5),
    )
)
