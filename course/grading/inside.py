"""The program inside the sandbox: one per submission, started with `python -I`.

It imports what the lab imports, once, and then starts a process of its own for every exercise, so that no exercise pays
for another one's endless loop, full memory or crash, and none pays for `import torch` again. That process runs the
submission's imports, given cells and solutions, then the drivers, and writes what they return into a pipe. All it may
do is compute: no new process, no more memory, time or disk than the limits, output to nowhere.

Talk, over stdin and stdout: a line of JSON each way, answers followed by as many bytes as their `size` says. First a
plan, answered by `ready`; then requests, each answered by how the process ended and everything that it wrote:
frames of the same form, one for each piece begun and each case. A request with `results` has none of the submission
run, but lets the cases' `then` go on with what came back: that is for a sandbox of its own, which may start programs.

This file is trusted until the student's code runs in the process forked for it. What that process writes is not.
"""

import base64
import contextlib
import ctypes
import itertools
import json
import os
import resource
import select
import signal
import stat
import struct
import sys
import time
import types
from pathlib import Path
from typing import BinaryIO

from labsupport.checks import wire
from labsupport.checks.pieces import Piece, run_pieces
from labsupport.checks.protocol import CheckFailed, carried_on, collect, from_source

MAX_LINE = 50_000_000
MAX_TEXT = 2000

POLL_SECONDS = 0.05


def main() -> None:
    """Serve one submission until the grader closes the pipe."""
    _libc().prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: the student's processes cannot look into this one
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # nor stop it: other signals do not reach the first process
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _silence(0, 1)
    plan = json.loads(requests.readline(MAX_LINE))
    for statement in plan["warm"]:
        with contextlib.suppress(Exception):
            exec(compile(statement, "<imports>", "exec"), {"__name__": "__main__"})
    _answer(answers, {"ready": True})
    folder = Path.cwd()
    while line := requests.readline(MAX_LINE):
        ended, written = _in_own_process(plan, json.loads(line), folder)
        _answer(answers, {"ended": ended}, written)


def _answer(stream: BinaryIO, header: dict, payload: bytes = b"") -> None:
    stream.write(json.dumps({**header, "size": len(payload)}).encode() + b"\n" + payload)
    stream.flush()


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _silence(*descriptors: int) -> None:
    """Let what is printed disappear, and nothing be read."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _in_own_process(plan: dict, request: dict, folder: Path) -> tuple[str, bytes]:
    """Fork, let the child carry out the request, and return how it ended and what it wrote.

    Args:
        folder: the child's working folder, emptied before.
    """
    limits = plan["limits"]
    _empty(folder)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _silence(2)
            os.closerange(3, writing)
            os.closerange(writing + 1, 1024)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.chdir(folder)
            os.environ["HOME"] = os.environ["TMPDIR"] = str(folder)
            _restrict(limits, plan["filter"])
            pipe = os.fdopen(writing, "wb")  # open until the end: what closes it tells the parent to stop waiting
            _carry_on(request, pipe) if "results" in request else _carry_out(plan, request, pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    written = bytearray()
    deadline = time.monotonic() + limits["wall_seconds"]
    ended = _read(reading, written, deadline, limits["answer_bytes"], _Watch(child, folder, limits))
    os.close(reading)
    died = ended == "closed" and _is_over(child, 0.5)
    if os.getpid() == 1:  # in a pid namespace of our own: everything that is left in it
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    if ended == "closed":
        code = os.waitstatus_to_exitcode(status)
        used_up = usage.ru_utime + usage.ru_stime > 0.9 * limits["cpu_seconds"]
        ended = "time" if code == -signal.SIGXCPU or (code < 0 and used_up) else "signal" if code < 0 else "exit"
        if ended == "signal" and code == -signal.SIGKILL and not died:
            ended = "exit"  # it closed its pipe and lived on until the kill above
    return ended, bytes(written)


def _is_over(child: int, seconds: float) -> bool:
    """Tell whether a child ends by itself within this time; its status stays to be read."""
    deadline = time.monotonic() + seconds
    while (
        not (over := os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and time.monotonic() < deadline
    ):
        time.sleep(0.005)
    return over is not None


class _Watch:
    """Looks at what no limit of the kernel covers: files, threads, and memory that is really there."""

    def __init__(self, child: int, folder: Path, limits: dict) -> None:
        self._status = Path(f"/proc/{child}/status")
        self._folder = folder
        self._limits = limits
        self._files, self._resident = self._count()[::2]

    def exceeded(self) -> bool:
        """Tell whether the child has more of something than it may have."""
        files, threads, resident = self._count()
        return (
            files - self._files > self._limits["files"]
            or threads > self._limits["threads"]
            or resident - self._resident > self._limits["memory_bytes"]
        )

    def _count(self) -> tuple[int, int, int]:
        """Return files of the folder's file system, threads of the child, and its bytes in memory."""
        about = os.statvfs(self._folder)
        is_alone = os.getpid() == 1  # without a sandbox others write to the same file system
        try:
            lines = dict(line.split(":", 1) for line in self._status.read_text().splitlines())
        except OSError:
            lines = {}
        resident = int(lines.get("VmRSS", "0 kB").split()[0]) * 1024
        return (about.f_files - about.f_ffree) * is_alone, int(lines.get("Threads", 0)), resident


def _read(descriptor: int, written: bytearray, deadline: float, limit: int, watch: _Watch) -> str:
    """Read until the child closes the pipe; return "closed", "time", "flood" or "crowd"."""
    while (left := deadline - time.monotonic()) > 0:
        if watch.exceeded():
            return "crowd"
        if not select.select([descriptor], [], [], min(left, POLL_SECONDS))[0]:
            continue
        block = os.read(descriptor, 1 << 20)
        written += block
        if not block:
            return "closed"
        if len(written) > limit:
            return "flood"
    return "time"


def _empty(folder: Path) -> None:
    """Delete what is in a folder, whatever a submission made of it: closed folders, links, a nest of any depth."""
    folder.chmod(0o700)
    names = (folder / f".{number}" for number in itertools.count())
    while entries := list(folder.iterdir()):
        for entry in entries:
            if not stat.S_ISDIR(entry.lstat().st_mode):
                entry.unlink()
                continue
            entry.chmod(0o700)
            for child in list(entry.iterdir()):  # one level up: depth never becomes recursion or a long path
                if stat.S_ISDIR(child.lstat().st_mode):
                    child.chmod(0o700)
                child.rename(next(name for name in names if not os.path.lexists(name)))
            entry.rmdir()


def _restrict(limits: dict, code: str) -> None:
    """Limit this process for good; memory counts from what the imports already take.

    Args:
        code: the system call filter for students, in base64; empty where this machine has none.
    """
    imported = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    for kind, value in (
        (resource.RLIMIT_AS, imported + limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["disk_bytes"]),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"] + 1))
    if code:
        _load_filter(base64.b64decode(code))


def _load_filter(program: bytes) -> None:
    """Hand a system call filter (seccomp) to the kernel."""
    code = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code)))
    libc = _libc()
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, header, 0, 0):  # PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP
        raise OSError(ctypes.get_errno(), "the kernel refused the system call filter")


def _carry_out(plan: dict, request: dict, pipe: BinaryIO) -> None:
    """Run pieces and drivers; from the first piece on nothing in this process can be trusted."""
    main_module = types.ModuleType("__main__")
    sys.modules["__main__"] = main_module
    names = main_module.__dict__
    found = [Piece(**piece) for piece in plan["pieces"][: request["pieces"]]]

    def begin(number: int) -> None:
        _answer(pipe, {"kind": "piece", "number": number})

    errors = run_pieces(found, names, begin, request["skip"])
    function = names.get(request["function"])
    if not callable(function):
        _answer(pipe, {"kind": "undefined"}, errors.get(request["exercise"], "").encode())
        return
    _answer(pipe, {"kind": "defined"})
    for number, case in enumerate(request["cases"]):
        kind, payload = _ask(case, function, request["function"])
        _answer(pipe, {"kind": kind, "case": number}, payload)


def _carry_on(request: dict, pipe: BinaryIO) -> None:
    """Let each case's `then` go on with a result; none of the student's code runs here but what it compiles."""
    for number, (text, result) in enumerate(request["results"]):
        try:
            data = carried_on(from_source(text), wire.loads(base64.b64decode(result)), request["function"])
            kind, payload = "data", wire.dumps(data)
        except CheckFailed as failed:
            kind, payload = "mistake", json.dumps([failed.mistake, failed.hint[:MAX_TEXT]]).encode()
        except ValueError as error:
            kind, payload = "mistake", json.dumps(["returns-too-much", f"{error}."[:MAX_TEXT]]).encode()
        _answer(pipe, {"kind": kind, "case": number}, payload)


def _ask(case: dict, function: object, name: str) -> tuple[str, bytes]:
    """Put one case to the function; return the kind of answer and its bytes."""
    try:
        return "data", wire.dumps(collect(from_source(case), function, name))
    except CheckFailed as failed:
        return "mistake", json.dumps([failed.mistake, failed.hint[:MAX_TEXT]]).encode()
    except NotImplementedError:
        return "unsolved", b""
    except ValueError as error:
        return "mistake", json.dumps(["returns-too-much", f"{name} returned too much: {error}."[:MAX_TEXT]]).encode()
    except BaseException as error:
        text = f"{name} stopped with {type(error).__name__}: {error}"
        return "mistake", json.dumps(["stops-the-check", text[:MAX_TEXT]]).encode()


if __name__ == "__main__":
    main()
