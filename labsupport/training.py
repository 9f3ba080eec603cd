"""One training loop and one evaluation for every lab."""

import io
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from labsupport import files
from labsupport.datasets import ImageSet

CUTOUT_HALF_WIDTHS = {"cutout": 1 / 8, "wide-cutout": 3 / 16}  # fractions of an image's width


@dataclass(frozen=True)
class Recipe:
    """How a network is trained: stochastic gradient descent with Nesterov momentum and a one-cycle learning rate.

    Attributes:
        epochs: passes over the training images.
        batch_size: images a step; the last incomplete batch of an epoch is dropped.
        learning_rate: the peak. The rate rises linearly to it, then falls along half a cosine to zero.
        warmup: the fraction of all steps before the peak.
        momentum: of the optimizer.
        weight_decay: on tensors with two or more dimensions only, so not on biases and batch norm.
        augment: any of "flip" (left-right, half of the images), "crop" (shifted by up to 4 pixels, the border
            mirrored), "cutout" (a square of a quarter of the width set to the mean), "wide-cutout" (of three eighths).
        resolutions: (first epoch, image size) pairs; before the first pair images keep their size.
        seed: decides the order and the augmentation of every epoch. The caller seeds the initial weights.
        precision: "fp32", "bf16" (autocast), or "auto": the faster of the two on this machine.
    """

    epochs: int
    batch_size: int = 128
    learning_rate: float = 0.1
    warmup: float = 0.2
    momentum: float = 0.9
    weight_decay: float = 5e-4
    augment: tuple[str, ...] = ()
    resolutions: tuple[tuple[int, int], ...] = ()
    seed: int = 0
    precision: str = "auto"

    def __post_init__(self) -> None:
        unknown = set(self.augment) - {"flip", "crop", *CUTOUT_HALF_WIDTHS}
        if unknown:
            raise ValueError(f"unknown augmentation {sorted(unknown)}: choose from flip, crop, cutout, wide-cutout")
        if self.precision not in ("auto", "fp32", "bf16"):
            raise ValueError(f"unknown precision {self.precision!r}: choose auto, fp32 or bf16")


class Batch(NamedTuple):
    """What a loss function gets: normalised images (N, C, H, W), labels (N,), and their indices in the training set."""

    images: Tensor
    labels: Tensor
    indices: Tensor


@dataclass
class History:
    """What a training run did: the precision it chose and one row an epoch."""

    precision: str = ""
    epochs: list[dict[str, float]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Training time, summed over the epochs, without validation."""
        return sum(row["seconds"] for row in self.epochs)


def cross_entropy(model: nn.Module, batch: Batch) -> Tensor:
    """Return the mean cross-entropy of the model's logits on a batch, a scalar."""
    return F.cross_entropy(model(batch.images), batch.labels)


def smoothed_cross_entropy(model: nn.Module, batch: Batch) -> Tensor:
    """Return the mean cross-entropy with a tenth of each label spread over all classes, a scalar.

    Label smoothing is that of Szegedy et al. 2016, arXiv:1512.00567.
    """
    return F.cross_entropy(model(batch.images), batch.labels, label_smoothing=0.1)


def augment_images(images: Tensor, augment: tuple[str, ...], generator: torch.Generator) -> Tensor:
    """Shift and mirror uint8 images at random.

    Args:
        images: uint8 (N, C, H, W).
        augment: names as in `Recipe`; the cutouts are ignored here, since they act on normalised images.
        generator: source of every random number.

    Returns:
        uint8, same shape, channels last in memory.
    """
    num, _, height, width = images.shape
    rows = torch.arange(height).expand(num, height)
    columns = torch.arange(width).expand(num, width)
    if "crop" in augment:
        rows = rows + torch.randint(-4, 5, (num, 1), generator=generator)
        columns = columns + torch.randint(-4, 5, (num, 1), generator=generator)
    if "flip" in augment:
        flip = torch.randint(0, 2, (num, 1), generator=generator).bool()
        columns = torch.where(flip, width - 1 - columns, columns)
    rows = (height - 1) - ((height - 1) - rows.abs()).abs()
    columns = (width - 1) - ((width - 1) - columns.abs()).abs()
    image = torch.arange(num)[:, None, None]
    return images.permute(0, 2, 3, 1)[image, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def cut_out(images: Tensor, generator: torch.Generator, half_width: float = CUTOUT_HALF_WIDTHS["cutout"]) -> Tensor:
    """Set one square of each normalised image to zero, the mean (DeVries and Taylor 2017, arXiv:1708.04552).

    Args:
        images: float32 (N, C, H, W).
        generator: source of every random number.
        half_width: half of the square's side, as a fraction of the image's width.

    Returns:
        float32, same shape. The square's centre may lie anywhere in the image.
    """
    num, _, height, width = images.shape
    half = int(width * half_width)
    top = torch.randint(0, height, (num, 1), generator=generator)
    left = torch.randint(0, width, (num, 1), generator=generator)
    in_rows = (torch.arange(height) - top).add(0.5).abs() < half
    in_columns = (torch.arange(width) - left).add(0.5).abs() < half
    return images.masked_fill((in_rows[:, :, None] & in_columns[:, None, :])[:, None], 0.0)


def training_batches(train_set: ImageSet, recipe: Recipe, epoch: int) -> Iterator[Batch]:
    """Yield the shuffled, augmented batches of one epoch, the same ones whenever it is called.

    Args:
        train_set: the images to train on.
        recipe: batch size, augmentation, resolutions and seed.
        epoch: counted from 0.
    """
    generator = torch.Generator().manual_seed(recipe.seed * 100_003 + epoch)
    size = next((size for first, size in reversed(recipe.resolutions) if epoch >= first), None)
    order = torch.randperm(len(train_set), generator=generator)
    num_batches = max(1, len(order) // recipe.batch_size)
    for step in range(num_batches):
        indices = order[step * recipe.batch_size : (step + 1) * recipe.batch_size]
        images = augment_images(train_set.images[indices], recipe.augment, generator)
        images = train_set.normalise(images)
        for name in CUTOUT_HALF_WIDTHS.keys() & set(recipe.augment):
            images = cut_out(images, generator, CUTOUT_HALF_WIDTHS[name])
        if size is not None and size != images.shape[-1]:
            images = F.interpolate(images, size=(size, size), mode="bilinear", antialias=True)
        yield Batch(images.contiguous(memory_format=torch.channels_last), train_set.labels[indices], indices)


def learning_rate_at(recipe: Recipe, progress: float) -> float:
    """Return the one-cycle learning rate after a fraction `progress` in [0, 1] of all steps."""
    if progress < recipe.warmup:
        return recipe.learning_rate * progress / recipe.warmup
    falling = (progress - recipe.warmup) / (1 - recipe.warmup)
    return recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * falling))


class _CellProgress(tqdm):
    """A bar in a notebook's cell: one line of text, empty in the end. tqdm's own would stay in the saved notebook."""

    def __init__(self, **options: object) -> None:
        from IPython.display import display

        self._line = display({"text/plain": ""}, raw=True, display_id=True)
        super().__init__(file=io.StringIO(), ncols=100, **options)

    def display(self, msg: str | None = None, pos: int | None = None) -> None:  # noqa: ARG002 - tqdm gives a position
        self._line.update({"text/plain": str(self) if msg is None else msg}, raw=True)

    def close(self) -> None:
        super().close()
        self.display("")


class Share:
    """What one process does of a training run: all of it. `labsupport.parallel` divides it among several.

    Attributes:
        leads: whether this process shows the progress and writes the checkpoint.
    """

    leads = True

    def of_batch(self, batch: Batch) -> Batch:
        """Return this process's part of a batch."""
        return batch

    def before_step(self, optimizer: torch.optim.Optimizer, *_: object) -> None:
        """Bring the gradients of all processes together, before the optimizer uses them."""

    def after_epoch(self, model: nn.Module) -> None:
        """Bring the running statistics of all processes together."""

    def score(self, model: nn.Module, validation_set: ImageSet, score: Callable[[nn.Module, ImageSet], float]) -> float:
        """Return the score on the whole set."""
        return score(model, validation_set)


def progress_bar(total: int, initial: int) -> tqdm:
    """Return a bar of training steps, for a person: in JupyterLab and VS Code or in a terminal.

    A notebook that a program executes shows none, so nothing of it is stored.
    """
    if "JPY_SESSION_NAME" in os.environ or "VSCODE_PID" in os.environ:
        return _CellProgress(total=total, initial=initial, unit="step")
    return tqdm(total=total, initial=initial, unit="step", leave=False, disable=not sys.stderr.isatty())


def fit(
    model: nn.Module,
    train_set: ImageSet,
    recipe: Recipe,
    *,
    loss: Callable[[nn.Module, Batch], Tensor] = cross_entropy,
    validation_set: ImageSet | None = None,
    score: Callable[[nn.Module, ImageSet], float] | None = None,
    after_step: Callable[[nn.Module], None] | None = None,
    checkpoint: Path | None = None,
    share: Share | None = None,
) -> History:
    """Train a model in place and leave it in eval mode.

    A run that was interrupted and is started again with the same checkpoint ends with the same bits as one that was
    not.

    Args:
        model: the network; its parameters are updated.
        train_set: images and labels; must be the split named "train".
        recipe: epochs, batch size, learning rate, augmentation, seed, precision.
        loss: maps (model, batch) to a scalar; cross-entropy with the labels by default.
        validation_set: evaluated after each epoch when given.
        score: maps (model, set) to what `validation_accuracy` holds; the accuracy by default.
        after_step: called with the model after every optimizer step, for example to set pruned weights to zero again.
        checkpoint: file to continue from when it exists; written after every epoch, removed by nobody.
        share: this process's part where several train together, as `labsupport.parallel` has it; all by default.

    Returns:
        The history: one row an epoch with epoch, train_loss, seconds and, with a validation set, validation_accuracy.

    Raises:
        ValueError: the set is not a training split, or the checkpoint belongs to another recipe.
    """
    if train_set.split != "train":
        raise ValueError(f"fit got the {train_set.split} split of {train_set.name}: train on the split 'train' only")
    share = share or Share()
    history, optimizer = History(), _optimizer(model, recipe)
    optimizer.register_step_pre_hook(share.before_step)
    if checkpoint is not None and checkpoint.exists():
        history = _resume(checkpoint, model, optimizer, recipe)
    else:
        history.precision = (
            probe_precision(model, train_set, recipe) if recipe.precision == "auto" else recipe.precision
        )
    model.to(memory_format=torch.channels_last)
    first_epoch = len(history.epochs)
    num_batches = max(1, len(train_set) // recipe.batch_size)
    bar = progress_bar(recipe.epochs * num_batches, first_epoch * num_batches)
    with bar, torch.random.fork_rng(devices=[]):
        for epoch in range(first_epoch, recipe.epochs):
            torch.manual_seed(recipe.seed * 100_003 + epoch)
            started, losses = time.perf_counter(), []
            model.train()
            for step, batch in enumerate(training_batches(train_set, recipe, epoch)):
                rate = learning_rate_at(recipe, (epoch * num_batches + step + 1) / (recipe.epochs * num_batches))
                losses.append(_step(model, share.of_batch(batch), loss, optimizer, rate, history.precision))
                if after_step is not None:
                    after_step(model)
                bar.update()
            share.after_epoch(model)
            row = {"epoch": epoch + 1, "train_loss": torch.stack(losses).mean().item()}
            row["seconds"] = time.perf_counter() - started
            if not math.isfinite(row["train_loss"]):
                raise ValueError(f"the loss became {row['train_loss']} in epoch {epoch + 1}: lower the learning rate")
            if validation_set is not None:
                row["validation_accuracy"] = share.score(model, validation_set, score or evaluate)
            history.epochs.append(row)
            bar.set_postfix({name: f"{value:.3f}" for name, value in row.items() if name not in ("epoch", "seconds")})
            if checkpoint is not None and share.leads:
                _save(checkpoint, model, optimizer, recipe, history)
    model.to(memory_format=torch.contiguous_format).eval()
    return history


def logits_of(predict: Callable[[Tensor], Tensor], image_set: ImageSet, batch_size: int = 50) -> Tensor:
    """Return the logits (N, num_classes) of a model, or of any function from normalised images to logits.

    A module is put into eval mode for the call and back into its former mode after it. Small batches are the
    faster ones on a CPU: with one thread, batches of 50 took a fifth (MobileCNN) to two thirds of the time of 500.
    """
    training = isinstance(predict, nn.Module) and predict.training
    if training:
        predict.eval()
    try:
        with torch.inference_mode():
            return torch.cat([predict(images) for images, _ in image_set.batches(batch_size)])
    finally:
        if training:
            predict.train()


def evaluate(predict: Callable[[Tensor], Tensor], image_set: ImageSet, batch_size: int = 50) -> float:
    """Return the accuracy, a fraction in [0, 1], of a model or of any function from normalised images to logits."""
    return (logits_of(predict, image_set, batch_size).argmax(1) == image_set.labels).double().mean().item()


def probe_precision(model: nn.Module, train_set: ImageSet, recipe: Recipe) -> str:
    """Time a few training steps in fp32 and in bf16 autocast, about a second, and return the name of the faster.

    bf16 halves the time on CPUs with bf16 units and lengthens it on others, so it must win by a fifth to be chosen.
    The model given is not changed.
    """
    batch = next(training_batches(train_set, replace(recipe, resolutions=()), 0))
    trial = deepcopy(model).train().to(memory_format=torch.channels_last)
    optimizer = _optimizer(trial, recipe)
    best = {"fp32": math.inf, "bf16": math.inf}
    with torch.random.fork_rng(devices=[]):
        deadline = time.perf_counter() + 1.0
        for repeat in range(10):
            for precision in best:
                started = time.perf_counter()
                _step(trial, batch, cross_entropy, optimizer, 0.0, precision)
                if repeat:
                    best[precision] = min(best[precision], time.perf_counter() - started)
            if repeat and time.perf_counter() > deadline:
                break
    return "bf16" if best["bf16"] < best["fp32"] / 1.2 else "fp32"


def _optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.SGD:
    decayed = [p for p in model.parameters() if p.ndim > 1 and p.requires_grad]
    others = [p for p in model.parameters() if p.ndim <= 1 and p.requires_grad]
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=recipe.learning_rate, momentum=recipe.momentum, nesterov=recipe.momentum > 0)


def _step(
    model: nn.Module,
    batch: Batch,
    loss: Callable[[nn.Module, Batch], Tensor],
    optimizer: torch.optim.SGD,
    rate: float,
    precision: str,
) -> Tensor:
    for group in optimizer.param_groups:
        group["lr"] = rate
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
        value = loss(model, batch)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return value.detach().float()


def _save(path: Path, model: nn.Module, optimizer: torch.optim.SGD, recipe: Recipe, history: History) -> None:
    state = {
        "recipe": asdict(recipe),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "history": asdict(history),
    }
    stream = io.BytesIO()
    torch.save(state, stream)
    files.replace(path, stream.getvalue())


def _resume(path: Path, model: nn.Module, optimizer: torch.optim.SGD, recipe: Recipe) -> History:
    state = torch.load(path, weights_only=True)
    if state["recipe"] != asdict(recipe):
        raise ValueError(f"{path} was written with another recipe: delete it to start over, or use that recipe again")
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return History(**state["history"])
