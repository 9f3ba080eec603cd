"""One C function, called on an emulated Cortex-M4 with arrays that are fenced in by pages that fault."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labsupport.device.board import PAGE, Board
from labsupport.device.build import ANSWER, build
from labsupport.device.errors import CompileError, UnsettledError
from labsupport.device.part import LARGE

MAX_INSTRUCTIONS = 5_000_000
STACK_BYTES = 8192
_ARRAYS = 0x60000000  # where arrays are put; nothing else of the part is near


@dataclass(frozen=True)
class Called:
    """What one call of a C function gave.

    Attributes:
        value: what it returned, 32 bits as a signed integer; of no use for a function that returns nothing.
        arrays: the arrays that it may write, as they are afterwards, by name.
        instructions: how many it took, counted, not cycles.
    """

    value: int
    arrays: dict[str, np.ndarray]
    instructions: int


def call_c(
    source: str,
    prototype: str,
    arguments: Mapping[str, "np.ndarray | int"],
    *,
    writes: Sequence[str] = (),
    max_instructions: int = MAX_INSTRUCTIONS,
    stack_bytes: int = STACK_BYTES,
) -> Called:
    """Compile one C function for the Cortex-M4 and call it in the emulator.

    The call is made twice: with each array at the end of its page, where one byte more faults, and at the start of it,
    where one byte less does, with other bytes around the arrays and on the stack. Both must give the same.

    Args:
        source: C text with the function; `stdint.h` is included, and there is no library.
        prototype: the function's declaration, such as "int32_t dot_int8(const int8_t *x, const int8_t *w, int n)".
        arguments: by parameter, in the order of the prototype: arrays of any shape and type, or integers of 32 bits.
        writes: the arrays that the function may write; the others are for reading only.
        max_instructions: after these the loop counts as endless.
        stack_bytes: how much stack there is.

    Raises:
        DeviceError: in a sentence: NotHereError, CompileError (with its `line`), EndlessLoopError, OutOfBoundsError
            (with the array's name), StackOverflowError, UnsettledError (it reads what it never wrote).
    """
    function = prototype.partition("(")[0].split()[-1].lstrip("*")
    if not isinstance(source, str) or function not in source:
        raise CompileError(f"The text holds no function {function}: return C that defines {prototype}.")
    text = f'#include <stdint.h>\n{prototype};\n#line 1 "{ANSWER}"\n{source}\n'
    program = build(text, function, LARGE, stack_bytes=stack_bytes)
    first, second = (
        _once(program, function, arguments, writes, max_instructions, stack_bytes, at_end) for at_end in (True, False)
    )
    differs = [name for name in writes if first.arrays[name].tobytes() != second.arrays[name].tobytes()]
    what = f"writes other values to {differs[0]}" if differs else "returns another value"
    if differs or (not prototype.startswith("void") and first.value != second.value):
        raise UnsettledError(
            f"{function} {what} when other bytes stand around its arrays and on the stack: it reads what it never "
            "wrote."
        )
    return first


def _once(
    program: bytes,
    function: str,
    arguments: Mapping[str, "np.ndarray | int"],
    writes: Sequence[str],
    max_instructions: int,
    stack_bytes: int,
    at_end: bool,
) -> Called:
    board, next_page, words, places = Board(program, LARGE, stack_bytes=stack_bytes), _ARRAYS, [], {}
    paint = 0xA5 if at_end else 0x3C
    for name, value in arguments.items():
        if isinstance(value, np.ndarray):
            content = np.ascontiguousarray(value).tobytes()
            places[name] = board.map_tensor(
                name, next_page, content, writable=name in writes, at_end=at_end, paint=paint
            )
            next_page += (len(content) // PAGE + 4) * PAGE
            words.append(places[name])
        else:
            words.append(int(value))
    count = board.call(function, tuple(words), limit=max_instructions, paint=paint)
    arrays = {
        name: np.frombuffer(board.read(places[name], arguments[name].nbytes), arguments[name].dtype)
        .reshape(arguments[name].shape)
        .copy()
        for name in writes
    }
    return Called(board.returned(), arrays, count)
