"""From C to a program for a core: the compiler of the Zig project, which comes as a Python package."""

import functools
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from labsupport.device.errors import CompileError, NotHereError, TooLargeError
from labsupport.device.part import FLASH, RAM, Part

KERNELS_DIR = Path(__file__).with_name("kernels")
PACKAGES = ("ziglang", "unicorn", "elftools")
MAX_SECONDS = 120  # of one compilation
FLAGS = (
    "-O3",
    "-fomit-frame-pointer",  # the loop with smlad needs every register
    "-ffast-math",
    "-ffreestanding",
    "-fno-sanitize=all",
    "-fno-unwind-tables",
    "-fno-exceptions",
    "-ffunction-sections",
    "-fno-color-diagnostics",
    "-nostdlib",
    "-Werror=return-type",
    "-Werror=int-conversion",
    "-Werror=incompatible-pointer-types",
    "-Werror=uninitialized",
)

# The stack lies below everything else in RAM: one that grows too long leaves RAM and faults, instead of eating the
# arena. Constants come before code: with code first, Unicorn takes stores to the same offset in RAM for stores to the
# code, and gets many times slower.
SCRIPT = f"""
MEMORY {{{{ FLASH (rx) : ORIGIN = {FLASH:#x}, LENGTH = {{flash_bytes}}
         RAM (rw) : ORIGIN = {RAM:#x}, LENGTH = {{ram_bytes}} }}}}
SECTIONS {{{{
  .text : {{{{ KEEP(*(.vectors*)) *(.rodata*) *(.text*) }}}} > FLASH
  .stack (NOLOAD) : {{{{ . += {{stack_bytes}}; }}}} > RAM
  .data : {{{{ *(.data*) }}}} > RAM AT> FLASH
  .bss (NOLOAD) : {{{{ *(.bss*) *(COMMON) }}}} > RAM
  /DISCARD/ : {{{{ *(.ARM.exidx*) *(.ARM.attributes) *(.comment) *(.eh_frame*) *(.note*) }}}} }}}}
"""
_OVER = re.compile(r"section '?\S+?'? will not fit in region '?(\w+)'?: overflowed by (\d+) bytes")
_ERROR = re.compile(r"^(?:.*?[/\\])?([^/\\\n:]+\.[ch]):(\d+):\d+: (?:fatal )?error: (.*)$", re.MULTILINE)
_MISSING = re.compile(r"undefined symbol: (\S+)")
ANSWER = "answer.c"


def is_here() -> bool:
    """Return whether compiler, emulator and readers are installed; some systems have no wheel of them."""
    return all(importlib.util.find_spec(name) for name in PACKAGES)


def require_here() -> None:
    """Raise NotHereError unless compiler and emulator are installed."""
    missing = [name for name in PACKAGES if not importlib.util.find_spec(name)]
    if missing:
        raise NotHereError(f"not on this machine: {', '.join(missing)} is not installed (pip install -e '.[device]').")


@functools.lru_cache(maxsize=64)
def build(source: str, entry: str, part: Part, *, stack_bytes: int | None = None) -> bytes:
    """Compile and link one C text for a part.

    Args:
        source: C; it may include the files of `kernels/`.
        entry: the function that must be kept, with all that it calls.
        part: whose memories the program must fit.
        stack_bytes: of the RAM, kept free for the stack; the core's own size where none is given.

    Returns:
        The program, an ELF file.

    Raises:
        NotHereError: the compiler is not installed.
        CompileError: with the line and the compiler's words.
        TooLargeError: the part's flash or RAM is too small, and by how much.
    """
    require_here()
    stack_bytes = part.core.stack_bytes if stack_bytes is None else stack_bytes
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "program.c").write_text(source, encoding="utf-8")
        sizes = {"flash_bytes": part.flash_bytes, "ram_bytes": part.ram_bytes, "stack_bytes": stack_bytes}
        (folder / "part.ld").write_text(SCRIPT.format(**sizes))
        command = [sys.executable, "-m", "ziglang", "cc", *part.core.target, *FLAGS]
        command += [f"-I{KERNELS_DIR}", "program.c", str(KERNELS_DIR / "memory.c"), "-o", "program.elf"]
        command += ["-Wl,-T,part.ld", "-Wl,--gc-sections", f"-Wl,--entry={entry}"]
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env=_environment(),
                capture_output=True,
                text=True,
                check=False,
                timeout=MAX_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise CompileError(f"The compiler did not finish within {MAX_SECONDS} s.") from None
        if done.returncode:
            raise _refusal(done.stderr)
        return (folder / "program.elf").read_bytes()


def _environment() -> Mapping[str, str]:
    """Return this process's environment, with a folder for what the compiler keeps where none is named."""
    cache = str(Path(tempfile.gettempdir()) / f"labs-zig-{getattr(os, 'getuid', int)()}")
    return {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache} | os.environ


def _refusal(said: str) -> Exception:
    """Turn what compiler or linker said into one sentence."""
    over = {region.lower(): int(count) for region, count in _OVER.findall(said)}
    if over:
        words = {"flash": "flash", "ram": "RAM"}
        text = "; ".join(f"{words.get(region, region)} is {count:,} bytes too small" for region, count in over.items())
        return TooLargeError(f"The part's {text}.", over)
    missing = sorted(set(_MISSING.findall(said)))
    if missing:
        return CompileError(f"There is no library on the board, so {', '.join(missing)} cannot be called.")
    errors = _ERROR.findall(said)
    for file, line, message in [*(error for error in errors if error[0] == ANSWER), *errors]:
        place = f"line {line}" if file == ANSWER else f"{file}, line {line}"
        return CompileError(f"It does not compile: {place}: {message}", int(line) if file == ANSWER else 0)
    return CompileError(f"It does not compile: {said.strip()[-300:]}")
