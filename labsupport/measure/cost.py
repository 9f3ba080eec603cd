"""Parameters, multiply-accumulates and bytes of a network.

One MAC is one multiplication and one addition, 2 FLOPs. KB and MB are powers of ten.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from labsupport.measure.operators import MacCounter, tensors_in


@dataclass(frozen=True)
class LayerCost:
    """What one call of one layer costs.

    `pandas.DataFrame(macs_by_layer(model, x))` shows the layers as a table.

    Attributes:
        name: the layer's name in the network.
        kind: its class, for example ``Conv2d``.
        macs: multiply-accumulates of convolutions and products of matrices and vectors, with zeros as with any other
            number; whatever works element by element, and norms, softmax, pooling and interpolation count 0.
        parameters: of the layer. A layer called twice lists them at its first call only, so that sums are right.
        input_shape: of the first input, batch included.
        output_shape: of the first output, batch included.
        weight_bytes: parameters and buffers as stored, at the first call.
        activation_bytes: all inputs and outputs: what the layer reads and writes beside its weights.
    """

    name: str
    kind: str
    macs: int
    parameters: int
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    weight_bytes: int
    activation_bytes: int


def count_parameters(model: nn.Module) -> int:
    """Count the trainable and frozen parameters; one shared by two layers counts once."""
    return sum(parameter.numel() for parameter in model.parameters())


def model_bytes(model: nn.Module) -> int:
    """Count the bytes of parameters and buffers in memory, each in its own type."""
    return sum(_stored_bytes(tensor) for tensor in [*model.parameters(), *model.buffers()])


def file_bytes(path: str | Path) -> int:
    """Return the size of a file in bytes.

    Raises:
        FileNotFoundError: there is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file at {path}, so it has no size. Write it first.")
    return path.stat().st_size


def count_macs(model: nn.Module, example_input: Tensor) -> int:
    """Count the multiply-accumulates of one forward pass over the whole batch of the example.

    Raises:
        ValueError: the network calls an operator that the counter does not know. The message names it.
    """
    counter = MacCounter()
    with _countable(model), counter:
        model(example_input)
    return counter.macs


def macs_by_layer(model: nn.Module, example_input: Tensor) -> list[LayerCost]:
    """Count what each layer of a network costs in one forward pass, in eval mode.

    A layer is a module without children. A module with children has a row of its own when it computes something
    outside of them, so that the rows add up to `count_macs`.

    Args:
        model: left as it was found.
        example_input: one batch. MACs and activations are those of the whole batch.

    Returns:
        One row a call, in the order of execution.

    Raises:
        ValueError: as in `count_macs`.
    """
    counter = MacCounter()
    recorder = _Recorder(counter)
    with contextlib.ExitStack() as stack:
        for name, module in model.named_modules():
            before = module.register_forward_pre_hook(recorder.enter)
            after = module.register_forward_hook(recorder.leave(name or type(model).__name__))
            stack.callback(before.remove)
            stack.callback(after.remove)
        stack.enter_context(_countable(model))
        stack.enter_context(counter)
        model(example_input)
    return recorder.rows


class _Recorder:
    """Forward hooks that attribute the counter's MACs to the innermost module running."""

    def __init__(self, counter: MacCounter) -> None:
        self.rows: list[LayerCost] = []
        self._counter = counter
        self._open: list[list[int]] = []  # one entry a running module: [MACs at its start, MACs of its children]
        self._seen: set[Tensor] = set()

    def enter(self, _module: nn.Module, _inputs: tuple) -> None:
        self._open.append([self._counter.macs, 0])

    def leave(self, name: str) -> Callable[[nn.Module, tuple, object], None]:
        def hook(module: nn.Module, inputs: tuple, outputs: object) -> None:
            start, of_children = self._open.pop()
            macs = self._counter.macs - start
            if self._open:
                self._open[-1][1] += macs
            self._add(name, module, macs - of_children, tensors_in(inputs), tensors_in(outputs))

        return hook

    def _add(self, name: str, module: nn.Module, macs: int, inputs: list[Tensor], outputs: list[Tensor]) -> None:
        is_leaf = next(module.children(), None) is None
        own = [tensor for tensor in module.parameters(recurse=False) if tensor not in self._seen]
        stored = own + [tensor for tensor in module.buffers(recurse=False) if tensor not in self._seen]
        self._seen.update(stored)
        if not (is_leaf or macs or own):
            return
        self.rows.append(
            LayerCost(
                name=name,
                kind=type(module).__name__,
                macs=macs,
                parameters=sum(parameter.numel() for parameter in own),
                input_shape=tuple(inputs[0].shape) if inputs else (),
                output_shape=tuple(outputs[0].shape) if outputs else (),
                weight_bytes=sum(map(_stored_bytes, stored)),
                activation_bytes=sum(map(_stored_bytes, inputs + outputs)),
            )
        )


def _stored_bytes(tensor: Tensor) -> int:
    # A quantized tensor of torchao is a wrapper around the tensors that hold its integers and scales.
    if hasattr(tensor, "__tensor_flatten__"):
        return sum(_stored_bytes(getattr(tensor, name)) for name in tensor.__tensor_flatten__()[0])
    return tensor.numel() * tensor.element_size()


@contextlib.contextmanager
def _countable(model: nn.Module) -> Iterator[None]:
    """Run without gradients, in eval mode so that batch norm's statistics stay, and restore everything after.

    The fused kernels of transformer layers and of attention are switched off: the counter sees nothing inside them.
    """
    training = [module for module in model.modules() if module.training]
    fused = torch.backends.mha.get_fastpath_enabled()
    for module in training:
        module.training = False
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)
        for module in training:
            module.training = True
