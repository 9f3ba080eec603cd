"""Work in a process that may die: what comes back, and what is said when nothing does."""

import contextlib
import os
import signal
import time

import psutil
import pytest

from course.grading import apart as module
from course.grading.apart import LostError, TooMuchError, apart

MEGABYTE = 1_000_000


def call(function, *arguments, seconds=5, memory_bytes=100 * MEGABYTE):
    return apart(function, *arguments, seconds=seconds, memory_bytes=memory_bytes)


def spin():
    while True:
        pass


def end(number):
    os.kill(os.getpid(), number)


def stop(error):
    raise error


@pytest.mark.parametrize("result", [b"", b"x", bytes(range(256)) * 40_000])
def test_what_the_call_returns_comes_back(result):
    assert call(lambda given: given, result) == result


def test_nothing_changes_here():
    seen = []
    call(lambda: seen.append(1) or b"")
    assert seen == []


@pytest.mark.parametrize(
    ("function", "arguments", "kind", "message"),
    [
        (spin, (), TooMuchError, "it takes longer than 1 s"),
        (lambda: bytes(200 * MEGABYTE), (), TooMuchError, "it takes more than 100 MB of memory"),
        (end, (signal.SIGSYS,), TooMuchError, "it crashed"),
        (end, (signal.SIGKILL,), LostError, "it was killed"),
        (stop, (ValueError("no"),), LostError, "it stopped with ValueError: no"),
        (stop, (SystemExit(),), LostError, "it stopped with SystemExit"),
    ],
)
def test_the_end_is_told(function, arguments, kind, message):
    with pytest.raises(kind, match=message):
        call(function, *arguments, seconds=1)


def test_waiting_without_computing_is_not_held_against_the_data(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    started = time.monotonic()
    with pytest.raises(LostError, match=r"did not end within 0\.5 s"):
        call(lambda: time.sleep(60) or b"", seconds=1)
    assert time.monotonic() - started < 5


def test_memory_counts_beyond_what_is_there_already():
    ballast = bytearray(200 * MEGABYTE)
    assert call(lambda: bytes(50 * MEGABYTE)[:1]) == b"\0"
    assert len(ballast) == 200 * MEGABYTE


def test_no_process_and_no_descriptor_is_left():
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    children = psutil.Process().children()
    for function in (lambda: b"", spin, lambda: stop(ValueError())):
        with contextlib.suppress(TooMuchError, LostError):
            call(function, seconds=1)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
    assert psutil.Process().children() == children
