"""Run a submission where it can do no harm: one bubblewrap sandbox each, with `inside` as the only program.

What students' code sees: the Python installation, `labsupport`, the lab's data, all
read-only, and an empty folder of its own in memory. What it does not see: the network, the home folder, the notebooks,
hidden cases, other submissions, results, the processes of the machine. With the sandbox its processes end.

Without bubblewrap the same program runs with the same limits on time and memory, but as the user who grades.
"""

import contextlib
import json
import os
import platform
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from course import CourseError
from course.grading import syscalls
from course.grading.jobs import Limits
from labsupport import DATA_DIR, PROJECT_DIR
from labsupport.checks.pieces import Piece

PROGRAM = Path(__file__).with_name("inside.py")
START = "import runpy, sys; sys.path.insert(0, sys.argv[1]); runpy.run_path(sys.argv[2], run_name='__main__')"
FOLDER = "/sandbox"
MAX_LINE = 10_000
MAX_FRAMES = 1000  # one a piece and one a case
SLACK_SECONDS = 60.0
# What the kernel tells of all its users in /proc, whoever asks.
MASKED = tuple(f"/proc/{name}" for name in ("keys", "key-users", "timer_list", "kcore", "kallsyms", "sched_debug"))
ENVIRONMENT = {
    "PATH": "/nowhere",  # torch looks for a library with gcc, which, refused a process, tries again for 15 s
    "LANG": "C.UTF-8",
    "USER": "student",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class SandboxError(Exception):
    """The sandbox could not start, or ended before the submission did: no word about the submission's worth."""


@dataclass(frozen=True)
class Answer:
    """One frame from the student's process: its kind, its other fields, its bytes."""

    kind: str
    fields: dict[str, Any]
    payload: bytes


@dataclass(frozen=True)
class Profile:
    """Which system calls a sandbox lets through, and which data it shows.

    Attributes:
        whole: for everything in it.
        own: for the process that carries out a request, where fewer are enough.
        data: a folder or file that can be read in it.
    """

    whole: frozenset[str]
    own: frozenset[str] | None = None
    data: Path = DATA_DIR

    def filter(self, protected: bool) -> str:
        """Return the filter of the process that carries out a request, as text; without a sandbox where there is one.

        Raises:
            CourseError: libseccomp is missing, or this kind of processor is not known.
        """
        if self.own is None:
            return ""
        try:
            return syscalls.as_text(syscalls.program(self.own, _architecture()))
        except CourseError:
            if protected:
                raise
            return ""


FOR_STUDENTS = Profile(syscalls.WHOLE, syscalls.STUDENT)
FOR_COMPILERS = Profile(syscalls.COMPILER)


class Sandbox:
    """A started sandbox; `run` asks it. Use it in a `with` block.

    Raises:
        SandboxError: it did not start.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        warm: Sequence[str],
        limits: Limits,
        protected: bool = True,
        prefix: Sequence[str] = (),
        profile: Profile = FOR_STUDENTS,
    ) -> None:
        """Describe a sandbox that is not started yet.

        Args:
            pieces: the submission's parts, in the order of the notebook.
            warm: import statements of the lab itself, carried out once before any part of the submission.
            limits: what one submission may use.
            protected: False runs the program as this user, without bubblewrap.
            prefix: a command that runs the program, to watch it; then no system call is refused.
            profile: which system calls it lets through, and which data it shows.
        """
        self._plan = {
            "warm": list(warm),
            "pieces": [vars(piece) for piece in pieces],
            "limits": vars(limits),
            "filter": "" if prefix else profile.filter(protected),
        }
        self._profile = profile
        self._limits = limits
        self._protected = protected
        self._prefix = prefix
        self._stack = contextlib.ExitStack()
        self._process: subprocess.Popen | None = None
        self._errors: BinaryIO | None = None
        self._deadline = 0.0

    def __enter__(self) -> "Sandbox":
        with contextlib.ExitStack() as stack:
            self._errors = stack.enter_context(tempfile.TemporaryFile())
            program = stack.enter_context(tempfile.TemporaryFile())
            folder = FOLDER if self._protected else stack.enter_context(tempfile.TemporaryDirectory())
            command = [*self._prefix, sys.executable, "-I", "-c", START, str(PROJECT_DIR), str(PROGRAM)]
            self._process = subprocess.Popen(
                [*bubblewrap(self._limits, program, self._profile), *command] if self._protected else command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={**ENVIRONMENT, "HOME": folder, "TMPDIR": folder},
                cwd="/" if self._protected else folder,
                start_new_session=True,
                pass_fds=(program.fileno(),) if self._protected else (),
            )
            stack.callback(self._end)
            self._deadline = time.monotonic() + self._limits.start_seconds
            self._send(self._plan)
            self._receive()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(self, request: dict[str, Any]) -> tuple[str, list[Answer]]:
        """Carry out one request in a process of its own.

        Args:
            request: exercise, function, pieces (how many to run), skip (which not), cases (as `to_source` writes them).
        Returns:
            How the process ended ("exit", "time", "signal", "flood"), and the frames it wrote, up to a damaged one.

        Raises:
            SandboxError: the sandbox ended or does not answer.
        """
        self._deadline = time.monotonic() + self._limits.wall_seconds + SLACK_SECONDS
        self._send(request)
        header, written = self._receive()
        return str(header.get("ended")), list(_frames(written))

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise SandboxError(self._why()) from None

    def _receive(self) -> tuple[dict[str, Any], bytes]:
        """Read one header and its payload, both of bounded size."""
        received = bytearray()
        header: dict[str, Any] | None = None
        limit = MAX_LINE + self._limits.answer_bytes + (1 << 20)
        while True:
            if header is None and b"\n" in received[:MAX_LINE]:
                line, _, received = received.partition(b"\n")
                header = _header(line)
            if header is not None and len(received) >= header["size"]:
                return header, bytes(received)
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise SandboxError("the sandbox does not answer")
            if not select.select([self._process.stdout], [], [], left)[0]:
                continue
            block = os.read(self._process.stdout.fileno(), 1 << 20)
            received += block
            if not block or len(received) > limit:
                raise SandboxError(self._why())

    def _why(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._errors.seek(0)
        lines = self._errors.read(MAX_LINE).decode(errors="replace").strip().splitlines()
        return f"the sandbox ended early: {lines[-1] if lines else f'exit status {self._process.poll()}'}"

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def _header(line: bytes) -> dict[str, Any]:
    """Read a line of JSON with a size.

    Raises:
        SandboxError: it is anything else.
    """
    try:
        header = json.loads(line[:MAX_LINE])
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or type(header.get("size")) is not int or header["size"] < 0:
        raise SandboxError("the sandbox gave an answer that cannot be read")
    return header


def _frames(written: bytes) -> Iterator[Answer]:
    """Yield the frames that a student's process wrote; it may have written anything."""
    at = 0
    for _ in range(MAX_FRAMES):
        end = written.find(b"\n", at, at + MAX_LINE)
        if end < 0:
            return
        try:
            fields = _header(written[at:end])
        except SandboxError:
            return
        at = end + 1 + fields["size"]
        if at > len(written):
            return
        yield Answer(str(fields.get("kind")), fields, written[end + 1 : at])


def _architecture() -> str:
    machine = platform.machine()
    if machine not in syscalls.ARCHITECTURES:
        known = " and ".join(syscalls.ARCHITECTURES)
        raise CourseError(f"The sandbox knows the system calls of {known}. On this machine only --no-sandbox works.")
    return machine


def bubblewrap(limits: Limits, program: BinaryIO, profile: Profile = FOR_STUDENTS) -> list[str]:
    """Return the command that runs another one in a sandbox.

    Args:
        limits: what one submission may use.
        program: an open file that gets the system call filter; its descriptor must be passed on.
        profile: which system calls that filter lets through, and which data can be read.

    Raises:
        CourseError: bubblewrap is not installed.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise CourseError(
            "bubblewrap is not installed; students' code must not run without it. Install it (apt install bubblewrap), "
            "or say --no-sandbox: then this code can read and change all that you can."
        )
    program.write(syscalls.program(profile.whole, _architecture()))
    program.seek(0)
    command = [bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL"]
    command += ["--seccomp", str(program.fileno()), "--hostname", "sandbox", "--proc", "/proc"]
    for name in MASKED:
        if Path(name).exists():
            command += ["--ro-bind", "/dev/null", name]
    command += ["--remount-ro", "/proc"]
    command += ["--dev", "/dev", "--remount-ro", "/dev"]
    for path in visible(profile.data):
        command += ["--ro-bind", str(path), str(path)]
    for name in ("lib", "lib32", "lib64", "bin"):
        path = Path("/", name)
        if path.is_symlink():
            command += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            command += ["--ro-bind", str(path), str(path)]
    command += ["--size", str(limits.disk_bytes), "--tmpfs", FOLDER, "--chdir", FOLDER, "--remount-ro", "/", "--"]
    return command


def visible(data: Path = DATA_DIR) -> list[Path]:
    """Return what students' code may read: the installation, the package, and this data."""
    python = [path for name in (sys.base_prefix, sys.prefix) for path in (Path(name), Path(name).resolve())]
    system = [Path(path) for path in ("/usr", "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")]
    package = PROJECT_DIR / "labsupport"
    own = [path for path in package.iterdir() if path.name not in ("checks", "__pycache__")]
    own += [path for path in (package / "checks").iterdir() if path.suffix == ".py"]
    own += [data, PROGRAM]
    return [path for path in dict.fromkeys([*system, *python, *own]) if path.exists()]
