"""Work on what a student wrote, in a process of its own that may die of it: so much time, so much memory, no more.

Only code of the course runs there: reading a file, comparing data. Students' code runs in the sandbox.
"""

import functools
import os
import resource
import select
import signal
import struct
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 6  # a busy machine gives a process at least this part of its time
MAX_TEXT = 2000
_HEADER = struct.Struct("<cQ")
_RESULT, _FULL, _ERROR = b"r", b"f", b"e"


class TooMuchError(Exception):
    """The work takes more than it may: half a sentence, "it takes longer than 10 s"."""


class LostError(Exception):
    """The work came to no end for a reason that may be gone the next time: half a sentence, "it was killed"."""


def apart(function: Callable[..., bytes], *arguments: object, seconds: int, memory_bytes: int) -> bytes:
    """Call a function in a fork of this process and return what it returns.

    Args:
        seconds: computing time, so that a busy machine does not count; waiting ends after PATIENCE times as many.
        memory_bytes: what the call may take beyond what this process has.

    Raises:
        TooMuchError: the call took more time or memory, or it crashed.
        LostError: it was killed, did not end although it computed nothing, or raised any other exception.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _answer(writing, seconds, memory_bytes, functools.partial(function, *arguments))
        finally:
            os._exit(0)
    os.close(writing)
    try:
        ended, answer = _received(reading, time.monotonic() + PATIENCE * seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if answer is not None:
        kind, content = answer
        if kind == _RESULT:
            return content
        if kind == _FULL:
            raise TooMuchError(f"it takes more than {memory_bytes / 1e6:.0f} MB of memory")
        raise LostError(f"it stopped with {content.decode(errors='replace')}")
    if not ended:
        raise LostError(f"it did not end within {PATIENCE * seconds} s")
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGXCPU:
        raise TooMuchError(f"it takes longer than {seconds} s")
    if code in (0, -signal.SIGKILL):
        raise LostError("it was killed")
    raise TooMuchError("it crashed")


def _restrict(seconds: int, memory_bytes: int) -> None:
    """Limit this process's time and memory, counted from what it has now, and let it print nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (used + memory_bytes, used + memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(writing: int, seconds: int, memory_bytes: int, call: Callable[[], bytes]) -> None:
    """Write what the call returned or why it stopped, after its kind and its size."""
    try:
        _restrict(seconds, memory_bytes)
        kind, content = _RESULT, call()
    except MemoryError:
        kind, content = _FULL, b""
    except BaseException as error:
        kind, content = _ERROR, f"{type(error).__name__}: {error}".encode(errors="replace")[:MAX_TEXT]
    with open(writing, "wb") as pipe:
        pipe.write(_HEADER.pack(kind, len(content)))
        pipe.write(content)


def _received(reading: int, deadline: float) -> tuple[bool, tuple[bytes, bytes] | None]:
    """Return whether the other side came to an end, and its kind and content if they are whole."""
    written = bytearray()
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([reading], [], [], left)[0]:
            continue
        block = os.read(reading, 1 << 20)
        written += block
        if len(written) >= _HEADER.size:
            kind, size = _HEADER.unpack_from(written)
            if len(written) == _HEADER.size + size:
                return True, (kind, bytes(written[_HEADER.size :]))
        if not block:
            return True, None
    return False, None
