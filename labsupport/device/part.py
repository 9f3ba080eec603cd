"""A part as the emulator sees it: a core, and two memories of a size."""

from dataclasses import dataclass

from labsupport.device.core import CORTEX_A53, CORTEX_A76, CORTEX_M4, Core


@dataclass(frozen=True)
class Part:
    """A microcontroller, or a core of a larger device with as much memory as is lent to the program.

    Attributes:
        name: as it is sold, or words for a class of parts.
        flash_bytes: read-only memory for code and constants.
        ram_bytes: memory for the stack and the arena.
        core: its processor.
    """

    name: str
    flash_bytes: int
    ram_bytes: int
    core: Core = CORTEX_M4


MEDIUM = Part("256 KiB of flash, 64 KiB of RAM", 256 * 1024, 64 * 1024)
LARGE = Part("1 MiB of flash, 256 KiB of RAM", 1024 * 1024, 256 * 1024)
A53 = Part("Cortex-A53", 4 << 20, 4 << 20, CORTEX_A53)
A76 = Part("Cortex-A76", 4 << 20, 4 << 20, CORTEX_A76)
"""Cores with NEON, 128-bit vectors: the older one without, the newer one with a dot product of int8."""

FLASH, RAM = 0x08000000, 0x20000000
"""Where both memories begin on an STM32: addresses."""
