"""Training on several processes of one thread each: two to three times the images a second of one process on two cores.

Two things make the difference on a CPU. A step on two threads waits at the end of every operator for the slower of the
two, and for much longer where another program takes a core; two processes wait for each other once a step. And oneDNN's
convolutions are slow where wide layers meet small maps: there a convolution is written as one matrix product.
"""

import copy
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn
from torch._utils import _flatten_dense_tensors, _unflatten_dense_tensors

from labsupport import training
from labsupport.datasets import ImageSet
from labsupport.training import Batch, History, Recipe, Share

MIN_GEMM_CHANNELS = 256
MAX_GEMM_PIXELS = 16


def fit(
    model: nn.Module,
    train_set: ImageSet,
    recipe: Recipe,
    *,
    num_processes: int = 2,
    loss: Callable[[nn.Module, Batch], Tensor] = training.cross_entropy,
    validation_set: ImageSet | None = None,
    score: Callable[[nn.Module, ImageSet], float] | None = None,
    after_step: Callable[[nn.Module], None] | None = None,
    checkpoint: Path | None = None,
) -> History:
    """Train a model in place as `training.fit` does, on `num_processes` processes that share each batch.

    Each process takes every `num_processes`-th image of a batch, gradients are averaged, and all make the same step. A
    network without batch norm ends with the weights of `training.fit` up to rounding. Batch norm sees only the images
    of its own process; its running statistics are averaged after each epoch.

    Args:
        model: the network; its parameters are updated.
        train_set: images and labels; must be the split named "train".
        recipe: its batch size is that of all processes together and must be divisible by their number.
        num_processes: one for each core.
        loss: as in `training.fit`; like `after_step` it is sent to other processes, so it must be a function of a
            module or a `functools.partial` of one.
        validation_set: evaluated after each epoch when given.
        score: as in `training.fit`; sent to other processes too.
        after_step: called with the model after every optimizer step.
        checkpoint: file to continue from when it exists; written after every epoch.

    Returns:
        The history, as from `training.fit`.

    Raises:
        ValueError: the batch size is not divisible by the number of processes.
        torch.multiprocessing.ProcessRaisedException: what one of the processes raised, with its traceback.
    """
    if recipe.batch_size % num_processes:
        raise ValueError(f"{num_processes} processes cannot share a batch of {recipe.batch_size} evenly")
    options = {
        "loss": loss,
        "validation_set": validation_set,
        "score": score,
        "after_step": after_step,
        "checkpoint": checkpoint,
    }
    with tempfile.TemporaryDirectory() as folder:
        arguments = (num_processes, Path(folder), model, train_set, recipe, options)
        torch.multiprocessing.spawn(_train_share, arguments, nprocs=num_processes)
        result = torch.load(Path(folder) / "result.pt", weights_only=True)
    model.load_state_dict(result["model"])
    model.eval()
    return History(**result["history"])


class _Share(Share):
    """Every `num_processes`-th image, beginning with the one at `rank`."""

    def __init__(self, rank: int, num_processes: int) -> None:
        self.leads = rank == 0
        self._mine = slice(rank, None, num_processes)
        self._num_processes = num_processes

    def of_batch(self, batch: Batch) -> Batch:
        return Batch(*(part[self._mine] for part in batch))

    def before_step(self, optimizer: torch.optim.Optimizer, *_: object) -> None:
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        self._average([parameter.grad for parameter in parameters if parameter.grad is not None])

    def after_epoch(self, model: nn.Module) -> None:
        self._average([buffer for buffer in model.buffers() if buffer.is_floating_point()])

    def score(self, model: nn.Module, validation_set: ImageSet, score: Callable[[nn.Module, ImageSet], float]) -> float:
        if score is not training.evaluate:  # a score need not be a mean over images: the leader takes them all
            value = torch.tensor(score(model, validation_set) if self.leads else 0.0, dtype=torch.float64)
            dist.broadcast(value, 0)
            return value.item()
        images, labels = validation_set.images[self._mine], validation_set.labels[self._mine]
        correct = training.evaluate(model, replace(validation_set, images=images, labels=labels)) * len(labels)
        total = torch.tensor(correct, dtype=torch.float64)
        dist.all_reduce(total)
        return total.item() / len(validation_set)

    def _average(self, tensors: list[Tensor]) -> None:
        if not tensors:
            return
        flat = _flatten_dense_tensors(tensors)
        dist.all_reduce(flat)
        for tensor, mean in zip(
            tensors, _unflatten_dense_tensors(flat.div_(self._num_processes), tensors), strict=True
        ):
            tensor.copy_(mean)


def _train_share(
    rank: int,
    num_processes: int,
    folder: Path,
    model: nn.Module,
    train_set: ImageSet,
    recipe: Recipe,
    options: dict,
) -> None:
    """Train one process's copy of the model on its share of every batch; process 0 leaves the result in `folder`."""
    torch.set_num_threads(1)
    share = _Share(rank, num_processes)
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=num_processes)
    try:
        model = copy.deepcopy(model)  # what came from the parent process is shared memory
        for module in model.modules():
            if _is_wide(module):
                module.forward = partial(_convolve, module)
        history = training.fit(model, train_set, recipe, share=share, **options)
        if share.leads:
            torch.save({"model": model.state_dict(), "history": asdict(history)}, folder / "result.pt")
    finally:
        dist.destroy_process_group()


def _is_wide(module: nn.Module) -> bool:
    return (
        type(module) is nn.Conv2d
        and module.kernel_size == (3, 3)
        and module.padding == (1, 1)
        and module.dilation == (1, 1)
        and module.stride[0] == module.stride[1]
        and module.groups == 1
        and module.in_channels >= MIN_GEMM_CHANNELS
    )


def _convolve(layer: nn.Conv2d, images: Tensor) -> Tensor:
    """Return what the layer returns, by im2col and one matrix product where its output map is small."""
    stride = layer.stride[0]
    height, width = ((size - 1) // stride + 1 for size in images.shape[2:])
    if height * width > MAX_GEMM_PIXELS:
        return F.conv2d(images, layer.weight, layer.bias, stride, 1)
    if torch.is_autocast_enabled("cpu"):
        images = images.to(torch.get_autocast_dtype("cpu"))
    columns = _Patches.apply(images.permute(0, 2, 3, 1), stride).reshape(len(images) * height * width, -1)
    kernel = layer.weight.permute(0, 2, 3, 1).reshape(layer.out_channels, -1)
    return F.linear(columns, kernel, layer.bias).view(len(images), height, width, -1).permute(0, 3, 1, 2)


class _Patches(torch.autograd.Function):
    """The 3x3 neighbourhoods of images (N, H, W, C) with a border of zeros: (N, H / stride, W / stride, 3, 3, C)."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, images: Tensor, stride: int) -> Tensor:
        num, height, width, channels = ctx.shape = images.shape
        ctx.stride = stride
        padded = F.pad(images, (0, 0, 1, 1, 1, 1)).contiguous()
        image, row, column, _ = padded.stride()
        shape = (num, (height - 1) // stride + 1, (width - 1) // stride + 1, 3, 3, channels)
        return padded.as_strided(shape, (image, stride * row, stride * column, row, column, 1)).contiguous()

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, gradient: Tensor) -> tuple[Tensor, None]:
        num, height, width, channels = ctx.shape
        padded = gradient.new_zeros(num, height + 2, width + 2, channels)
        for i in range(3):
            for j in range(3):
                rows, columns = slice(i, i + height, ctx.stride), slice(j, j + width, ctx.stride)
                padded[:, rows, columns] += gradient[:, :, :, i, j]
        return padded[:, 1:-1, 1:-1], None
