"""Two kernels with mistakes, to put in the place of good ones; for lab 13, to be read after its bug hunt."""

from labsupport.device.build import KERNELS_DIR


def rounding_down() -> dict[str, str]:
    """Return C in place of a file of the kernels: every layer rounds down."""
    return {"kernels.h": (KERNELS_DIR / "kernels.h").read_text().replace("high + (1 << (s - 1))", "high")}


def shipped() -> dict[str, str]:
    """Return C in place of a file of the kernels, with the mistake that two projects shipped."""
    return {"patch.c": (KERNELS_DIR / "patch.c").read_text().replace("p->zx", "0")}
