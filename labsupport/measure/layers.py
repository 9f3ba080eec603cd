"""The layers of a network as calls of their own, to be timed alone."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn


def layer_calls(
    model: nn.Module, images: Tensor, kinds: tuple[type[nn.Module], ...] = (nn.Conv2d, nn.Linear)
) -> dict[str, Callable[[], Tensor]]:
    """Run a network once and keep the input that each layer gets.

    Args:
        model: in eval mode.
        images: float32, a batch that the network takes.
        kinds: the classes of the layers wanted.

    Returns:
        Name of a layer -> a call without arguments that runs it alone on its own input, for `measure.latency`. A layer
        that runs several times keeps its last input.
    """
    calls: dict[str, Callable[[], Tensor]] = {}

    def keep(name: str) -> Callable[[nn.Module, tuple, Tensor], None]:
        def hook(layer: nn.Module, inputs: tuple, _output: Tensor) -> None:
            calls[name] = partial(layer, inputs[0].clone())

        return hook

    hooks = [
        layer.register_forward_hook(keep(name)) for name, layer in model.named_modules() if isinstance(layer, kinds)
    ]
    try:
        with torch.inference_mode():
            model(images)
    finally:
        for hook in hooks:
            hook.remove()
    return calls
