"""A microcontroller as the emulator sees it: a core, and two memories of a size."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A microcontroller.

    Attributes:
        name: as it is sold, or words for a class of parts.
        flash_bytes: read-only memory for code and constants.
        ram_bytes: memory for the stack and the arena.
    """

    name: str
    flash_bytes: int
    ram_bytes: int


MEDIUM = Part("256 KiB of flash, 64 KiB of RAM", 256 * 1024, 64 * 1024)
LARGE = Part("1 MiB of flash, 256 KiB of RAM", 1024 * 1024, 256 * 1024)

FLASH, RAM = 0x08000000, 0x20000000
"""Where both memories begin on an STM32: addresses."""
