"""Lab 04: ways to spend the same epochs on a network with a tenth of the weights, and fewer."""

import copy
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import torch
from torch import nn

from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import zoo
from labsupport.datasets import ImageSet
from labsupport.models import TinyCNN
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
REWINDING = Table(
    "rewinding",
    "TinyCNN trained from random weights on 3,000 images of Fashion-MNIST, then pruned as often as `rounds` says and "
    "trained as many epochs on the same images; `epochs` are those since the trained dense network",
    key={"arm": str, "rounds": int, "split": str},
    values={"epochs": int, "accuracy": float},
    evaluates=True,
)
REWIND_IMAGES = 3000
DENSE_RECIPE = Recipe(20, batch_size=64, learning_rate=0.2, weight_decay=1e-4, augment=("flip",), precision="bf16")
LOW_RATE = 0.04  # of networks that were trained before
EARLY_EPOCHS = 1  # of the dense network, before the weights that later ones go back to
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


@cache
def early_and_dense(run: Run) -> tuple[nn.Module, nn.Module]:
    """Train a network from random weights; return it as it was after `EARLY_EPOCHS`, and in the end."""
    images, path, steps = run.part(run.load("fashion_mnist", "train"), 0, REWIND_IMAGES), run.file("early"), 0
    steps_of_epoch = max(1, len(images) // DENSE_RECIPE.batch_size)
    torch.manual_seed(run.seed)
    early, model = TinyCNN(), TinyCNN()

    def keep_early(model: nn.Module) -> None:
        # An epoch's checkpoint is written after its last step: a run that goes on from one has this file already.
        nonlocal steps
        steps += 1
        if steps == EARLY_EPOCHS * steps_of_epoch and not path.exists():
            torch.save(model.state_dict(), path)

    recipe = replace(DENSE_RECIPE, epochs=run.times(DENSE_RECIPE.epochs), seed=run.seed)
    fit(model, images, recipe, after_step=keep_early, checkpoint=run.file("dense"))
    early.load_state_dict(torch.load(path, weights_only=True))
    return early.eval(), model


def rewinding(run: Run, arm: Arm) -> Iterator[Row]:
    """Prune a network in one of several ways, with the same epochs for all, and evaluate it."""
    began, rounds, name = time.perf_counter(), arm["rounds"], arm["arm"]
    early, dense = early_and_dense(run)
    images = run.part(run.load("fashion_mnist", "train"), 0, REWIND_IMAGES)
    recipe = replace(DENSE_RECIPE, epochs=run.times(rounds or DENSE_RECIPE.epochs), seed=run.seed)
    if name in ("one-shot", "iterative", "dense-longer"):
        recipe = replace(recipe, learning_rate=LOW_RATE)
    checkpoint = run.file(f"{name}-{rounds}")
    if name == "dense":
        model = dense
    elif name == "dense-longer":
        model = copy.deepcopy(dense)
        shown.retrain(model, {}, images, recipe, checkpoint)
    elif name == "iterative":
        folder = run.file("rounds").with_suffix("")
        model, _ = shown.iterative(dense, shown.full_masks(dense), range(recipe.epochs), images, recipe, folder)
    elif name == "rewound":
        model = shown.rewound(dense, early, run.times(rounds), images, recipe, checkpoint)
    else:
        model = shown.one_shot(dense, run.times(rounds), images, recipe, checkpoint)
    for split in ("validation", "test"):
        found = run.evaluate(model, run.load("fashion_mnist", split))
        cells = {"split": split, "epochs": rounds, "accuracy": found.accuracy}
        yield Row(cells, recipe, time.perf_counter() - began, found.predictions)


REWINDING_ARMS = (
    {"arm": "dense", "rounds": 0},
    *(
        {"arm": name, "rounds": rounds}
        for name in ("one-shot", "iterative", "rewound", "one-shot, high rate", "dense-longer")
        for rounds in (TENTH, 30)
    ),
)
SHORT = ("iterative", "one-shot", "dense-longer", "small")
STAGES = (
    Stage("04", "tenth", ARMS, arms_of(SHORT, TENTH), trained, minutes=6, threads=1),
    Stage("04", "tenth_fp32", ARMS, arms_of(SHORT, TENTH, precision="fp32"), trained, minutes=9, threads=1),
    Stage("04", "beyond", ARMS, arms_of(("iterative", "one-shot", "small"), 30), trained, minutes=5, threads=1),
    Stage(
        "04", "more_images", ARMS, arms_of(("iterative", "one-shot"), TENTH, images=8000), trained, minutes=8, threads=1
    ),
    Stage("04", "small_longer", ARMS, arms_of(("small-longer",), TENTH), trained, minutes=5, threads=1),
    Stage("04", "rewinding", REWINDING, REWINDING_ARMS, rewinding, minutes=9, threads=1),
)
