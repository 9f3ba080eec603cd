"""Lab 05: networks with fewer channels, retrained for a few epochs of few images and for many of all."""

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import torch
from torch import Tensor, nn

from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table
from labsupport import datasets, measure, pruning, zoo
from labsupport.training import Batch, Recipe, cross_entropy, evaluate, fit

shown, iterative_pruning, distillation = Shown("05"), Shown("04"), Shown("06")
REFERENCE = "vgg16_cifar10_reference"

SHORT = Table(
    "short",
    "the lab's own retraining with 4,000 images, on the 1,000 validation images of CIFAR-10 mini: ResNet-8 at 70 % of "
    "its MACs beside its controls, and two rounds of VGG-16",
    key={"arm": str, "precision": str},
    values={"epochs": int, "accuracy": float},
    evaluates=True,
)
ROUNDS = Table(
    "rounds",
    "VGG-16 after each round of pruning and an epoch of all images; the share of its parameters that is left, and the "
    "accuracy on the 1,000 validation images of CIFAR-10 mini",
    key={"round": int, "precision": str},
    values={"left": float, "accuracy": float},
    evaluates=True,
)
ARMS = Table(
    "arms",
    "pruned networks and what they are compared with, retrained on all images of CIFAR-10; `epochs` leaves out "
    "those of the dense network, `parameters` single weights that are zero",
    key={"network": str, "arm": str, "precision": str, "split": str},
    values={"epochs": int, "parameters": int, "macs": int, "accuracy": float},
    evaluates=True,
)
NUM_ROUNDS, FINAL_EPOCHS, RESNET_EPOCHS = 14, 15, 10
FRESH_RATE = 0.1
SHORT_ROUND = Recipe(epochs=1, learning_rate=0.01, augment=("flip", "crop"))
LONG = Recipe(FINAL_EPOCHS, learning_rate=0.05, augment=("flip", "crop", "cutout"), precision="bf16")
LONG_ROUND = replace(LONG, epochs=1, learning_rate=0.02)


def network(run: Run, name: str) -> nn.Module:
    """Return a trained network, in a small run the smallest one."""
    return zoo.load(f"{'resnet8' if run.is_small else name}_cifar10")


@cache
def plans(run: Run) -> tuple[dict[str, float], dict[str, float]]:
    """Scan ResNet-8; return the greedy plan, and the plan with one ratio for all groups at the same MACs."""
    resnet, images = zoo.load("resnet8_cifar10"), run.load("cifar10_mini", "validation")
    batches = shown.statistics_batches(run.load("cifar10_mini", "train"))
    scan = shown.scan_groups(resnet, shown.SCAN_RATIOS[: run.times(len(shown.SCAN_RATIOS))], batches, images)
    reference = evaluate(shown.with_new_statistics(copy.deepcopy(resnet), batches), images)
    budget = (0.99 if run.is_small else 0.7) * measure.count_macs(resnet, pruning.EXAMPLE)
    one_ratio = pruning.one_ratio(resnet, budget)
    return shown.greedy_plan(resnet, scan, reference, budget), dict.fromkeys(scan, one_ratio)


def prune_and_retrain(
    model: nn.Module, rounds: int, recipe: Recipe, train_set: datasets.ImageSet, folder: Path
) -> Iterator[nn.Module]:
    """Prune and retrain in turn; yield the network after each round. A stopped run goes on from its folder."""
    for number in range(1, rounds + 1):
        model = shown.prune_round(model)
        of_round = replace(recipe, seed=1000 * recipe.seed + number)
        fit(model, train_set, of_round, checkpoint=folder / f"round-{number}.pt")
        yield model


def four_ways(model: nn.Module, plan: dict[str, float], uniform: dict[str, float]) -> dict[str, nn.Module]:
    """Return the networks to retrain with few images."""
    return {
        "greedy plan": pruning.remove(model, plan),
        "one ratio": pruning.remove(model, uniform),
        "from scratch": pruning.fresh(pruning.remove(model, plan)),
        "dense, trained on": copy.deepcopy(model),
    }


def in_one_of_four_ways(run: Run, arm: Arm) -> tuple[nn.Module, Recipe]:
    """Retrain ResNet-8 as the lab does."""
    greedy, uniform = plans(run)
    torch.manual_seed(run.seed)
    model = four_ways(zoo.load("resnet8_cifar10"), greedy, uniform)[arm["arm"]]
    rate = FRESH_RATE if arm["arm"] == "from scratch" else shown.RETRAINING.learning_rate
    recipe = replace(shown.RETRAINING, learning_rate=rate, seed=run.seed, precision=arm["precision"])
    recipe = replace(recipe, epochs=run.times(recipe.epochs))
    fit(model, run.load("cifar10_mini", "train"), recipe, checkpoint=run.file(f"{arm['arm']}-{arm['precision']}"))
    return model, recipe


def in_two_rounds(run: Run, arm: Arm) -> tuple[nn.Module, Recipe]:
    """Prune VGG-16 twice, as the lab does."""
    recipe = replace(SHORT_ROUND, seed=run.seed, precision=arm["precision"])
    folder = run.file(f"rounds-{arm['precision']}").with_suffix("")
    train_set = run.load("cifar10_mini", "train")
    *_, model = prune_and_retrain(network(run, "vgg16"), 2, recipe, train_set, folder)
    return model, replace(recipe, epochs=2)


def short(run: Run, arm: Arm) -> Iterator[Row]:
    """Retrain with few images."""
    began = time.perf_counter()
    model, recipe = (in_two_rounds if arm["arm"] == "two rounds" else in_one_of_four_ways)(run, arm)
    found = run.evaluate(model, run.load("cifar10_mini", "validation"))
    cells = {"epochs": recipe.epochs, "accuracy": found.accuracy}
    yield Row(cells, recipe, time.perf_counter() - began, found.predictions)


def rounds_of(run: Run, dense: nn.Module) -> Iterator[nn.Module]:
    """Yield a network after each round of all images; what the run's stage has trained before is found."""
    recipe = replace(LONG_ROUND, seed=run.seed)
    folder, train_set = run.file("rounds").with_suffix(""), run.load("cifar10", "train")
    yield from prune_and_retrain(dense, run.times(NUM_ROUNDS), recipe, train_set, folder)


def rounds_of_vgg16(run: Run) -> Iterator[nn.Module]:
    """Yield VGG-16 after each round. Two stages need them."""
    return rounds_of(replace(run, stage="vgg16_rounds"), network(run, "vgg16"))


def slim_of(run: Run, dense: nn.Module) -> nn.Module:
    """Return the shapes that a network has after all rounds, not retrained."""
    for _ in range(run.times(NUM_ROUNDS)):
        dense = shown.prune_round(dense)
    return dense


def vgg16_rounds(run: Run, _: Arm) -> Iterator[Row]:
    """Evaluate VGG-16 after each round."""
    began, whole = time.perf_counter(), measure.count_parameters(network(run, "vgg16"))
    for number, model in enumerate(rounds_of_vgg16(run), start=1):
        found = run.evaluate(model, run.load("cifar10_mini", "validation"))
        left = measure.count_parameters(model) / whole
        cells = {"round": number, "left": left, "accuracy": found.accuracy}
        yield Row(cells, replace(LONG_ROUND, seed=run.seed), time.perf_counter() - began, found.predictions)


def cut_to(model: nn.Module, slim: nn.Module) -> nn.Module:
    """Return the model cut at once to the widths of a slim one."""
    names = pruning.groups(model)
    left = {name: slim.get_submodule(name).out_channels / model.get_submodule(name).out_channels for name in names}
    return pruning.remove(model, {name: 1 - share for name, share in left.items()})


def vgg16(run: Run, arm: Arm) -> Iterator[Row]:
    """Make VGG-16 slim, or take a slim one, and train it to the end."""
    vgg = network(run, "vgg16")
    slim = slim_of(run, vgg)
    if arm["arm"] == "iterative":
        *_, model = rounds_of_vgg16(run)
        yield from trained(run, arm, model, LONG, epochs_before=NUM_ROUNDS)
    elif arm["arm"] == "one-shot":
        yield from trained(run, arm, cut_to(vgg, slim), replace(LONG, epochs=NUM_ROUNDS + LONG.epochs))
    else:
        yield from trained(run, arm, slim, replace(LONG, epochs=NUM_ROUNDS + LONG.epochs))


def vgg16_reference(run: Run, arm: Arm) -> Iterator[Row]:
    """Make the reference slim in several ways; train it, and itself, equally long, or from scratch as long as both."""
    dense, name = zoo.load("resnet8_cifar10" if run.is_small else REFERENCE), arm["arm"]
    whole = replace(LONG, epochs=NUM_ROUNDS + LONG.epochs)
    if name.startswith("iterative"):
        *_, model = rounds_of(run, dense)
        loss = partial(taught_loss, teacher=dense) if "distilled" in name else cross_entropy
        yield from trained(run, arm, model, LONG, epochs_before=NUM_ROUNDS, loss=loss)
    elif name == "single weights":
        masks = iterative_pruning.global_masks(dict(dense.named_parameters()), 0.9)
        model = iterative_pruning.pruned_copy(dense, masks)
        yield from trained(run, arm, model, whole, after_step=partial(iterative_pruning.apply_masks, masks=masks))
    elif name == "from scratch":
        epochs = zoo.ENTRIES[REFERENCE].recipe.epochs + whole.epochs
        yield from trained(run, arm, slim_of(run, dense), replace(LONG, epochs=epochs))
    else:
        yield from trained(run, arm, dense if name == "dense" else cut_to(dense, slim_of(run, dense)), whole)


def taught_loss(model: nn.Module, batch: Batch, teacher: nn.Module) -> Tensor:
    """Return the loss of lab 06 with T squared, the teacher's answers computed in every step."""
    with torch.no_grad():
        answers = teacher(batch.images).float()
    every = torch.arange(len(answers))
    return distillation.student_loss(model, batch._replace(indices=every), answers, **distillation.ARMS["distilled"])


def resnet18(run: Run, arm: Arm) -> Iterator[Row]:
    """Cut ResNet-18 to half of its MACs, and train it to the end."""
    resnet = network(run, "resnet18")
    ratio = pruning.one_ratio(resnet, measure.count_macs(resnet, pruning.EXAMPLE) / 2, steps=10 * run.times(10))
    half = pruning.remove(resnet, dict.fromkeys(pruning.groups(resnet), ratio))
    yield from trained(run, arm, half, replace(LONG, epochs=RESNET_EPOCHS))


def trained(
    run: Run,
    arm: Arm,
    model: nn.Module,
    recipe: Recipe,
    epochs_before: int = 0,
    loss: Callable[[nn.Module, Batch], Tensor] = cross_entropy,
    after_step: Callable[[nn.Module], None] | None = None,
) -> Iterator[Row]:
    """Train one network on all images, with new random weights where the arm says so, and evaluate it."""
    recipe = replace(recipe, epochs=run.times(recipe.epochs), seed=run.seed)
    if arm["arm"] == "from scratch":
        torch.manual_seed(run.seed)
        model, recipe = pruning.fresh(model), replace(recipe, learning_rate=FRESH_RATE)
    train_set, checkpoint = run.load("cifar10", "train"), run.file(arm["arm"])
    history = fit(model, train_set, recipe, loss=loss, after_step=after_step, checkpoint=checkpoint)
    zeros = sum(int((parameter == 0).sum()) for parameter in model.parameters()) if after_step else 0
    sizes = {"parameters": measure.count_parameters(model) - zeros, "macs": measure.count_macs(model, pruning.EXAMPLE)}
    for split in ("validation", "test"):
        found = run.evaluate(model, run.load("cifar10", split))
        cells = {"split": split, "epochs": epochs_before + recipe.epochs, **sizes, "accuracy": found.accuracy}
        yield Row(cells, recipe, history.seconds, found.predictions)


def arms_of(*names: str, precision: str = "bf16", **more: str) -> tuple[Arm, ...]:
    """Return arms by their names."""
    return tuple({**more, "arm": name, "precision": precision} for name in names)


SHORT_ARMS = ("greedy plan", "one ratio", "from scratch", "dense, trained on", "two rounds")
STAGES = (
    Stage("05", "short", SHORT, arms_of(*SHORT_ARMS), short, minutes=6),
    Stage("05", "short_fp32", SHORT, arms_of(*SHORT_ARMS, precision="fp32"), short, minutes=8),
    Stage("05", "vgg16_rounds", ROUNDS, ({"precision": LONG.precision},), vgg16_rounds, minutes=45),
    Stage("05", "vgg16", ARMS, arms_of("iterative", "one-shot", "from scratch", network="vgg16"), vgg16, minutes=130),
    Stage(
        "05",
        "vgg16_reference",
        ARMS,
        arms_of(
            "dense",
            "one-shot",
            "iterative",
            "from scratch",
            "single weights",
            "iterative, distilled",
            network="vgg16_reference",
        ),
        vgg16_reference,
        minutes=380,
        needs=(REFERENCE,),
    ),
    Stage("05", "resnet18", ARMS, arms_of("half", "from scratch", network="resnet18"), resnet18, minutes=53),
)
