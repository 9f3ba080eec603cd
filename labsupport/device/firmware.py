"""A network as a C program on a part: constants, a memory plan, a list of calls; then built, loaded and run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from labsupport.device import plan
from labsupport.device.board import Board
from labsupport.device.build import ANSWER, build
from labsupport.device.core import CORTEX_M4, Core
from labsupport.device.errors import NotSupportedError
from labsupport.device.fixed_point import PRESCALE, fixed_point, fixed_points, shared_shift
from labsupport.device.network import Layer, Network
from labsupport.device.part import LARGE, Part

_REST = ("add.c", "pool.c")
KERNELS: dict[str, tuple[str, ...]] = {
    "direct": ("kernels.h", "conv_direct.c", "depthwise_direct.c", *_REST),
    "im2col": ("kernels.h", "patch.c", "conv_im2col.c", "depthwise_inner.c", *_REST),
    "smlad": ("kernels.h", "patch.c", "conv_smlad.c", "depthwise_smlad.c", *_REST),
    "neon": ("kernels.h", "patch.c", "neon.h", "conv_neon.c", "depthwise_neon.c", "add_neon.c", "pool.c"),
    "yours": ("kernels.h", "gather.c", "dot_int8.c", "conv_yours.c", "depthwise_inner.c", *_REST),
}
"""The files of each set of kernels, in the order in which they are included; of "yours" two are a student's answers."""
_FLOAT_REST = ("add_f32.c", "pool_f32.c")
FLOAT_KERNELS: dict[str, tuple[str, ...]] = {
    "im2col": ("kernels_f32.h", "patch.c", "conv_im2col.c", "depthwise_inner.c", *_FLOAT_REST),
    "neon": ("kernels_f32.h", "patch.c", "neon_f32.h", "conv_neon.c", "depthwise_neon.c", *_FLOAT_REST),
}
"""The same for float32: the loops are those of int8, compiled for another type."""
_NEEDS = {"smlad": "Cortex-M4", "neon": "Cortex-A"}
_INT8, _FLOAT = np.dtype(np.int8), np.dtype(np.float32)
_CTYPES = {_INT8: "int8_t", np.dtype(np.int32): "int32_t", np.dtype(np.uint8): "uint8_t", _FLOAT: "float"}


def to_c(
    network: Network, kernels: str = "im2col", answers: Mapping[str, str] | None = None, core: Core = CORTEX_M4
) -> str:
    """Write a network as one C text with a function `layer_N` for each layer and `infer` for all.

    Args:
        network: from `read` or `read_float`.
        kernels: a key of KERNELS, or of FLOAT_KERNELS for a float32 network.
        answers: C texts that stand in place of files of the kernels, such as `gather.c` and `dot_int8.c`.
        core: for which it is written: rows of weights are padded to its vectors.

    Raises:
        NotSupportedError: a ratio of scales cannot be written in fixed point, or the core lacks the kernels'
            instructions, or a weight is too large for them.
    """
    sets = KERNELS if network.dtype == _INT8 else FLOAT_KERNELS
    if kernels not in sets:
        raise NotSupportedError(f"There are no {kernels} kernels for {network.dtype}; there are {', '.join(sets)}.")
    if not core.name.startswith(_NEEDS.get(kernels, "")):
        raise NotSupportedError(f"The {kernels} kernels need a {_NEEDS[kernels]}, this is a {core.name}.")
    row = core.vector_bytes // network.dtype.itemsize
    offsets, ctype = offsets_of(network), _CTYPES[network.dtype]
    lines = ["#include <stdint.h>", *_limits(network, row)]
    for name in sets[kernels]:
        lines.append(f'#line 1 "{ANSWER}"\n{answers[name]}' if name in (answers or {}) else f'#include "{name}"')
    lines.append('#line 1 "network.c"')
    arena = plan.arena_bytes(offsets, network.sizes) // network.dtype.itemsize
    lines.append(f"{ctype} arena[{arena}] __attribute__((aligned(16)));")
    for number, layer in enumerate(network.layers):
        if kernels == "neon" and network.dtype == _INT8 and layer.weight is not None and layer.weight.min() < -127:
            raise NotSupportedError(
                f"Layer {number} has a weight of -128; the neon kernels add two products in 16 bits."
            )
        lines += _constants(network, number, layer, row, kernels)
    for number, layer in enumerate(network.layers):
        places = [offsets[name] // network.dtype.itemsize for name in (*layer.reads, layer.writes)]
        tensors = [f"arena + {place}" for place in places]
        call = f"{layer.kind}({', '.join([*_parameters(network, number, layer), *tensors])})"
        lines.append(f"__attribute__((noinline)) void layer_{number}(void) {{ {call}; }}")
    calls = " ".join(f"layer_{number}();" for number in range(len(network.layers)))
    return "\n".join([*lines, f"void infer(void) {{ {calls} }}", ""])


def offsets_of(network: Network) -> dict[str, int]:
    """Return where each tensor lies in the arena, in bytes."""
    return plan.best(plan.lifetimes(network.layers, network.input, network.output), network.sizes)


def _limits(network: Network, row: int) -> list[str]:
    """Return the sizes that kernels need for their own arrays, as macros."""
    convolutions = [layer for layer in network.layers if layer.kind == "conv"]
    depthwise = [layer for layer in network.layers if layer.kind == "depthwise"]
    channels = {layer.writes: network.shapes[layer.writes][2] for layer in depthwise}
    sizes = {
        "ROW": row,
        "WIDEST": max([_padded(layer, row) for layer in convolutions], default=row),
        "WIDEST_DEPTHWISE": max(channels.values(), default=1),
        "WIDEST_KERNEL": max([layer.kernel**2 + 1 for layer in depthwise], default=1),
    }
    return [f"#define {name} {size}" for name, size in sizes.items()]


def _padded(layer: Layer, row: int) -> int:
    """Return how many values one output channel's weights take, padded."""
    return -(-layer.weight[0].size // row) * row


def _array(name: str, values: np.ndarray) -> str:
    """Return a constant array; a number that is printed in full is read back as the same float32."""
    suffix = "f" if values.dtype == _FLOAT else ""
    numbers = ",".join(f"{value!r}{suffix}" for value in values.ravel().tolist())
    return f"static const {_CTYPES[values.dtype]} {name}[] __attribute__((aligned(4))) = {{{numbers}}};"


def _constants(network: Network, number: int, layer: Layer, row: int, kernels: str) -> list[str]:
    if layer.weight is None:
        return []
    (height, width, channels), (out_height, out_width, out) = (
        network.shapes[layer.reads[0]],
        network.shapes[layer.writes],
    )
    padded = _padded(layer, row) if layer.kind == "conv" else 0
    weight, own = layer.weight, {}
    if layer.kind == "conv":
        weight = np.pad(weight.reshape(out, -1), ((0, 0), (0, padded - weight[0].size)))
    if layer.kind == "conv" and kernels == "neon":
        weight = _in_fours(weight, row)
    elif layer.kind == "depthwise" and kernels == "smlad":
        weight = _in_pairs(weight)
    arrays = {"w": weight}
    if network.dtype == _INT8:
        arrays["b"] = layer.folded_bias
        arrays["m"], arrays["s"] = fixed_points(layer.ratios)
        own = {"zx": layer.grids[0].zero_point, "zy": layer.grids[1].zero_point}
    else:
        arrays["b"] = layer.bias
        own = dict(zip(("least", "most"), _bounds(layer), strict=True))
    if kernels == "neon":  # it computes four channels at a time, also where fewer are left
        arrays |= {name: np.pad(arrays[name], (0, -out % 4)) for name in arrays if name != "w"}
    fields = {name: f"{name}{number}" for name in arrays}
    fields |= {"h": height, "wd": width, "c": channels, "oh": out_height, "ow": out_width, "o": out, "row": padded}
    fields |= {"k": layer.kernel, "stride": layer.stride, "pad": layer.pad} | own
    return [
        *(_array(f"{name}{number}", values) for name, values in arrays.items()),
        f"static const conv_t c{number} = {{{', '.join(f'.{name} = {value}' for name, value in fields.items())}}};",
    ]


def _bounds(layer: Layer) -> list[str]:
    return [f"{bound!r}f" for bound in layer.bounds]


def _in_pairs(weight: np.ndarray) -> np.ndarray:
    """Arrange depthwise weights (ky, kx, channels) for `depthwise_smlad.c`: (pair, channel / 2, place, channel % 2)."""
    taps = weight.reshape(-1, weight.shape[-1])
    taps = np.pad(taps, [(0, size % 2) for size in taps.shape])
    return taps.reshape(len(taps) // 2, 2, -1, 2).transpose(0, 2, 1, 3)


def _in_fours(weight: np.ndarray, row: int) -> np.ndarray:
    """Arrange rows of weights for `conv_neon.c`: (channel / 4, vector, channel % 4, place in the vector)."""
    weight = np.pad(weight, ((0, -len(weight) % 4), (0, 0)))
    return weight.reshape(len(weight) // 4, 4, -1, row).transpose(0, 2, 1, 3)


def _parameters(network: Network, number: int, layer: Layer) -> list[str]:
    """Return the arguments of a kernel before its tensors."""
    if layer.weight is not None:
        return [f"&c{number}"]
    height, width, channels = network.shapes[layer.reads[0]]
    if network.dtype == _FLOAT:
        return (
            [str(height * width * channels), *_bounds(layer)]
            if layer.kind == "add"
            else [str(height * width), str(channels)]
        )
    zeros = [grid.zero_point for grid in layer.grids]
    if layer.kind == "add":
        multipliers, shift = shared_shift(layer.ratios)
        return [str(value) for value in (height * width * channels, *zeros, *multipliers, shift)]
    multiplier, shift = fixed_point(float(layer.ratios[0]) / (height * width) / PRESCALE)
    return [str(value) for value in (height * width, channels, *zeros, multiplier, shift)]


@dataclass
class Firmware:
    """A network built for a part and loaded into it.

    Attributes:
        network: what it computes.
        part: whose memories it must fit.
        kernels: a key of KERNELS, or of FLOAT_KERNELS for a float32 network.
        answers: the student's C texts, as of `to_c`.
        stack_bytes: kept free for the stack, of the part's RAM; the core's own size where none is given.

    Raises:
        DeviceError: while it is made: it does not compile, or does not fit.
    """

    network: Network
    part: Part = LARGE
    kernels: str = "im2col"
    answers: Mapping[str, str] | None = None
    stack_bytes: int | None = None
    board: Board = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.stack_bytes = self.part.core.stack_bytes if self.stack_bytes is None else self.stack_bytes
        text = to_c(self.network, self.kernels, self.answers, self.part.core)
        program = build(text, "infer", self.part, stack_bytes=self.stack_bytes)
        self.board = Board(program, self.part, stack_bytes=self.stack_bytes)

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Where each tensor lies in the arena, in bytes."""
        return offsets_of(self.network)

    @property
    def arena_bytes(self) -> int:
        """RAM for all tensors."""
        return plan.arena_bytes(self.offsets, self.network.sizes)

    @property
    def flash_bytes(self) -> int:
        """Code and constants."""
        return self.board.used_bytes["flash"]

    @property
    def ram_bytes(self) -> int:
        """Arena and stack."""
        return self.board.used_bytes["ram"]

    def put(self, tensor: str, values: np.ndarray) -> None:
        """Write a tensor, (height, width, channels) of the network's type, where the plan has it."""
        content = np.ascontiguousarray(values, self.network.dtype).tobytes()
        self.board.write(self.board.symbols["arena"] + self.offsets[tensor], content)

    def get(self, tensor: str) -> np.ndarray:
        """Read a tensor, (height, width, channels) of the network's type."""
        shape = self.network.shapes[tensor]
        content = self.board.read(self.board.symbols["arena"] + self.offsets[tensor], self.network.sizes[tensor])
        return np.frombuffer(content, self.network.dtype).reshape(shape)

    def codes(self, image: np.ndarray) -> np.ndarray:
        """Bring a normalised image, float32 (channels, height, width), into the network's type, as the host does."""
        grid = self.network.input_grid
        if grid is None:
            return image.transpose(1, 2, 0)
        steps = np.rint(image.transpose(1, 2, 0) / np.float32(grid.scale)) + grid.zero_point
        return np.clip(steps, -128, 127).astype(np.int8)

    def scores(self, image: np.ndarray) -> np.ndarray:
        """Run one normalised image and return the scores: codes where the network is int8."""
        self.put(self.network.input, self.codes(image))
        self.board.call("infer", count=False)
        return self.get(self.network.output).ravel()

    def run_layer(self, number: int, inputs: Sequence[np.ndarray], *, count: bool = False) -> tuple[np.ndarray, int]:
        """Run one layer on given inputs; return its output and its instructions, 0 where they are not counted."""
        layer = self.network.layers[number]
        for tensor, codes in zip(layer.reads, inputs, strict=True):
            self.put(tensor, codes)
        instructions = self.board.call(f"layer_{number}", count=count)
        return self.get(layer.writes).copy(), instructions

    def instructions(self, image: np.ndarray) -> list[int]:
        """Return how many instructions each layer takes for one image: counted, not cycles."""
        self.put(self.network.input, self.codes(image))
        return [self.board.call(f"layer_{number}") for number in range(len(self.network.layers))]
