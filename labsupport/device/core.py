"""Processor cores: what the compiler must be told of each, and how the emulator calls a function on it."""

from collections.abc import Callable
from dataclasses import dataclass

_SYSTEM, _CPACR = 0xE000E000, 0xE000ED88  # a Cortex-M's system control page, and the register that switches its FPU on
_SYSTEM_BYTES = 4096


@dataclass(frozen=True)
class Core:
    """A processor core.

    Attributes:
        name: as it is sold.
        target: of the compiler.
        is_64_bit: whether it executes A64 instructions, of four bytes each; else Thumb, of two or four.
        model: the emulator's, a name in its list; one that lacks an instruction faults on it.
        vector_bytes: what a kernel loads at once; rows of weights are padded to a multiple.
        stack_bytes: what is kept free for the stack.
    """

    name: str
    target: tuple[str, ...]
    is_64_bit: bool
    model: str
    vector_bytes: int
    stack_bytes: int


CORTEX_M4 = Core(
    "Cortex-M4",
    ("-target", "thumb-freestanding-eabihf", "-mcpu=cortex_m4+vfp4d16sp"),
    is_64_bit=False,
    model="UC_CPU_ARM_CORTEX_M4",
    vector_bytes=4,
    stack_bytes=2048,
)
CORTEX_A53 = Core(
    "Cortex-A53",
    ("-target", "aarch64-freestanding", "-mcpu=cortex_a53"),
    is_64_bit=True,
    model="UC_CPU_ARM64_A53",
    vector_bytes=16,
    stack_bytes=64 * 1024,
)
CORTEX_A76 = Core(
    "Cortex-A76",
    ("-target", "aarch64-freestanding", "-mcpu=cortex_a76"),
    is_64_bit=True,
    model="UC_CPU_ARM64_MAX",  # the emulator knows no A76; this one has the dot product
    vector_bytes=16,
    stack_bytes=64 * 1024,
)


@dataclass(frozen=True)
class Convention:
    """How a function is called on an emulated core; registers as the emulator numbers them.

    Attributes:
        arguments: the registers of the first arguments; the others go onto the stack.
        scratch: registers that hold anything before a call.
        stack, link, counter, result: of the stack pointer, the return address, the program counter, the result.
        word_bytes: of a register.
        code_bit: set in the address of a function: 1 says Thumb.
        count: how many instructions some bytes of code hold.
    """

    arguments: tuple[int, ...]
    scratch: tuple[int, ...]
    stack: int
    link: int
    counter: int
    result: int
    word_bytes: int
    code_bit: int
    count: Callable[[bytes], int]


def emulator(core: Core) -> tuple["Uc", Convention]:  # noqa: F821
    """Return an emulator of a core, its floating-point unit switched on and no memory mapped, and how to call on it."""
    return _arm64(core) if core.is_64_bit else _cortex_m(core)


def _cortex_m(core: Core) -> tuple["Uc", Convention]:  # noqa: F821
    import unicorn
    from unicorn import arm_const as arm

    uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
    uc.ctl_set_cpu_model(getattr(arm, core.model))
    uc.mem_map(_SYSTEM, _SYSTEM_BYTES)
    uc.mem_write(_CPACR, (0xF << 20).to_bytes(4, "little"))
    first = arm.UC_ARM_REG_R0
    return uc, Convention(
        arguments=tuple(range(first, first + 4)),
        scratch=tuple(range(first + 4, first + 13)),
        stack=arm.UC_ARM_REG_SP,
        link=arm.UC_ARM_REG_LR,
        counter=arm.UC_ARM_REG_PC,
        result=first,
        word_bytes=4,
        code_bit=1,
        count=_thumb_instructions,
    )


def _arm64(core: Core) -> tuple["Uc", Convention]:  # noqa: F821
    import unicorn
    from unicorn import arm64_const as arm

    uc = unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM)
    uc.ctl_set_cpu_model(getattr(arm, core.model))
    uc.reg_write(arm.UC_ARM64_REG_CPACR_EL1, 3 << 20)
    first = arm.UC_ARM64_REG_X0
    return uc, Convention(
        arguments=tuple(range(first, first + 8)),
        scratch=tuple(range(first + 8, first + 18)),
        stack=arm.UC_ARM64_REG_SP,
        link=arm.UC_ARM64_REG_X30,
        counter=arm.UC_ARM64_REG_PC,
        result=first,
        word_bytes=8,
        code_bit=0,
        count=lambda code: len(code) // 4,
    )


def _thumb_instructions(code: bytes) -> int:
    at = count = 0
    while at < len(code):
        at += 4 if code[at + 1] >> 3 in (0b11101, 0b11110, 0b11111) else 2
        count += 1
    return count
