"""A network as a C program on a part: constants, a memory plan, a list of calls; then built, loaded and run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from labsupport.device import plan
from labsupport.device.board import Board
from labsupport.device.build import ANSWER, STACK_BYTES, build
from labsupport.device.fixed_point import PRESCALE, fixed_point, fixed_points, shared_shift
from labsupport.device.network import Layer, Network
from labsupport.device.part import LARGE, Part

KERNELS: dict[str, tuple[str, ...]] = {
    "direct": ("conv_direct.c", "depthwise_direct.c"),
    "im2col": ("patch.c", "conv_im2col.c", "depthwise_inner.c"),
    "smlad": ("patch.c", "conv_smlad.c", "depthwise_smlad.c"),
    "yours": ("gather.c", "dot_int8.c", "conv_yours.c", "depthwise_inner.c"),
}
"""The files of each set of kernels, in the order in which they are included; of "yours" two are a student's answers."""
ROW = 4  # rows of weights are padded to a multiple of this, bytes


def to_c(network: Network, kernels: str = "im2col", answers: Mapping[str, str] | None = None) -> str:
    """Write a network as one C text with a function `layer_N` for each layer and `infer` for all.

    Args:
        network: from `network.read`.
        kernels: a key of KERNELS.
        answers: C texts that stand in place of files of the kernels, such as `gather.c` and `dot_int8.c`.

    Raises:
        NotSupportedError: a ratio of scales cannot be written in fixed point.
    """
    in_pairs = "depthwise_smlad.c" in KERNELS[kernels]
    offsets = offsets_of(network)
    lines = ["#include <stdint.h>", *_limits(network)]
    for name in ("kernels.h", *KERNELS[kernels], "add.c", "pool.c"):
        lines.append(f'#line 1 "{ANSWER}"\n{answers[name]}' if name in (answers or {}) else f'#include "{name}"')
    lines.append('#line 1 "network.c"')
    lines.append(f"int8_t arena[{plan.arena_bytes(offsets, network.sizes)}] __attribute__((aligned(16)));")
    for number, layer in enumerate(network.layers):
        lines += _constants(network, number, layer, in_pairs)
    for number, layer in enumerate(network.layers):
        tensors = [f"arena + {offsets[name]}" for name in (*layer.reads, layer.writes)]
        call = f"{layer.kind}({', '.join([*_parameters(network, number, layer), *tensors])})"
        lines.append(f"__attribute__((noinline)) void layer_{number}(void) {{ {call}; }}")
    calls = " ".join(f"layer_{number}();" for number in range(len(network.layers)))
    return "\n".join([*lines, f"void infer(void) {{ {calls} }}", ""])


def offsets_of(network: Network) -> dict[str, int]:
    """Return where each tensor lies in the arena, in bytes."""
    return plan.best(plan.lifetimes(network.layers, network.input, network.output), network.sizes)


def _limits(network: Network) -> list[str]:
    """Return the sizes that kernels need for their own arrays, as macros."""
    convolutions = [layer for layer in network.layers if layer.kind == "conv"]
    depthwise = [layer for layer in network.layers if layer.kind == "depthwise"]
    channels = {layer.writes: network.shapes[layer.writes][2] for layer in depthwise}
    sizes = {
        "WIDEST": max([_row(layer) for layer in convolutions], default=ROW),
        "WIDEST_DEPTHWISE": max(channels.values(), default=1),
        "WIDEST_KERNEL": max([layer.kernel**2 + 1 for layer in depthwise], default=1),
    }
    return [f"#define {name} {size}" for name, size in sizes.items()]


def _row(layer: Layer) -> int:
    """Return the bytes of one output channel's weights, padded."""
    return -(-layer.weight[0].size // ROW) * ROW


def _array(ctype: str, name: str, values: np.ndarray) -> str:
    numbers = ",".join(map(str, values.ravel().tolist()))
    return f"static const {ctype} {name}[] __attribute__((aligned(4))) = {{{numbers}}};"


def _constants(network: Network, number: int, layer: Layer, in_pairs: bool) -> list[str]:
    if layer.weight is None:
        return []
    (height, width, channels), (out_height, out_width, out) = (
        network.shapes[layer.reads[0]],
        network.shapes[layer.writes],
    )
    row = _row(layer) if layer.kind == "conv" else 0
    if layer.kind == "conv":
        weight = np.pad(layer.weight.reshape(out, -1), ((0, 0), (0, row - layer.weight[0].size)))
    else:
        weight = _in_pairs(layer.weight) if in_pairs else layer.weight
    multipliers, shifts = fixed_points(layer.ratios)
    arrays = {"w": ("int8_t", weight), "b": ("int32_t", layer.folded_bias)}
    arrays |= {"m": ("int32_t", multipliers), "s": ("uint8_t", shifts)}
    fields = {name: f"{name}{number}" for name in arrays}
    fields |= {"h": height, "wd": width, "c": channels, "oh": out_height, "ow": out_width, "o": out, "row": row}
    fields |= {"k": layer.kernel, "stride": layer.stride, "pad": layer.pad}
    fields |= {"zx": layer.grids[0].zero_point, "zy": layer.grids[1].zero_point}
    return [
        *(_array(ctype, f"{name}{number}", values) for name, (ctype, values) in arrays.items()),
        f"static const conv_t c{number} = {{{', '.join(f'.{name} = {value}' for name, value in fields.items())}}};",
    ]


def _in_pairs(weight: np.ndarray) -> np.ndarray:
    """Arrange depthwise weights (ky, kx, channels) for `depthwise_smlad.c`: (pair, channel / 2, place, channel % 2)."""
    taps = weight.reshape(-1, weight.shape[-1])
    taps = np.pad(taps, [(0, size % 2) for size in taps.shape])
    return taps.reshape(len(taps) // 2, 2, -1, 2).transpose(0, 2, 1, 3)


def _parameters(network: Network, number: int, layer: Layer) -> list[str]:
    """Return the arguments of a kernel before its tensors."""
    if layer.weight is not None:
        return [f"&c{number}"]
    height, width, channels = network.shapes[layer.reads[0]]
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
        kernels: a key of KERNELS.
        answers: the student's C texts, as of `to_c`.
        stack_bytes: kept free for the stack, of the part's RAM.

    Raises:
        DeviceError: while it is made: it does not compile, or does not fit.
    """

    network: Network
    part: Part = LARGE
    kernels: str = "im2col"
    answers: Mapping[str, str] | None = None
    stack_bytes: int = STACK_BYTES
    board: Board = field(init=False, repr=False)

    def __post_init__(self) -> None:
        text = to_c(self.network, self.kernels, self.answers)
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

    def constants_bytes(self) -> dict[str, int]:
        """Return the bytes of flash by what they are for: weights, biases, scales, and the rest: code and tables."""
        kinds = {"w": "weights", "b": "biases", "m": "scales", "s": "scales"}
        found = dict.fromkeys((*kinds.values(), "code and tables"), 0)
        for name, size in self.board.sizes.items():
            if name[0] in kinds and name[1:].isdigit():
                found[kinds[name[0]]] += size
        found["code and tables"] = self.flash_bytes - sum(found.values())
        return found

    def put(self, tensor: str, codes: np.ndarray) -> None:
        """Write a tensor, int8 (height, width, channels), where the plan has it."""
        self.board.write(self.board.symbols["arena"] + self.offsets[tensor], np.ascontiguousarray(codes).tobytes())

    def get(self, tensor: str) -> np.ndarray:
        """Read a tensor, int8 (height, width, channels)."""
        shape = self.network.shapes[tensor]
        content = self.board.read(self.board.symbols["arena"] + self.offsets[tensor], self.network.sizes[tensor])
        return np.frombuffer(content, np.int8).reshape(shape)

    def codes(self, image: np.ndarray) -> np.ndarray:
        """Round a normalised image, float32 (channels, height, width), to the grid of the input, as the host does."""
        grid = self.network.input_grid
        steps = np.rint(image.transpose(1, 2, 0) / np.float32(grid.scale)) + grid.zero_point
        return np.clip(steps, -128, 127).astype(np.int8)

    def scores(self, image: np.ndarray) -> np.ndarray:
        """Run one normalised image and return the codes of the scores, int8."""
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
