"""Run one file of the challenge: `examine_one`, the unit that one process or several carry out.

The file is parsed, counted and run in a sandbox of its own, by `labsupport.challenge`. Images go in, logits come out;
labels are nowhere near. What comes back is looked at as what a stranger sent.
"""

import base64
import dataclasses
import hashlib
import json
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from course import CourseError
from course.grading import syscalls
from course.grading.jobs import Limits
from course.grading.sandbox import Answer, Profile, Sandbox, SandboxError
from labsupport import challenge, shown
from labsupport.challenge import RefusedError
from labsupport.challenge.graph import require_bytes
from labsupport.checks import wire
from labsupport.checks.pieces import Piece

LIMITS = Limits(
    cpu_seconds=40, wall_seconds=160.0, memory_bytes=1_000_000_000, disk_bytes=1_000_000, answer_bytes=4_000_000
)
WARM = ("import numpy", "import onnx", "import onnxruntime")
EXAMINE = Piece("examine", "given", "from labsupport.challenge.run import examine")
DRIVER = """\
def drive(examine):
    import base64

    return examine(base64.b64decode({content!r}), {images!r})
"""
COUNTS = {"macs": int, "int8_macs": int, "numbers": int, "saturates": bool}


@dataclass(frozen=True)
class Job:
    """One file to run.

    Attributes:
        student: whose it is.
        file: its path inside the folder of submissions.
        content: its bytes; empty where it could not be read.
        problem: why it could not be read, half a sentence.
        notes: what was found out about the choice of the file, one sentence each.
        images: where the images lie, uint8 (N, 3, 32, 32).
        version: of rule, images and machine; another version means to run again.
        sandbox: False runs the file as this user.
    """

    student: str
    file: str
    content: bytes
    problem: str
    notes: tuple[str, ...]
    images: Path
    version: str
    sandbox: bool = True

    @property
    def key(self) -> str:
        """A hash of all that the result depends on."""
        parts = [self.version, self.sandbox, self.file, self.problem, *self.notes]
        return hashlib.sha256(self.content + json.dumps(parts).encode()).hexdigest()

    def lost(self, reason: str) -> "Ran":
        """Return the result where the process that ran it ended."""
        return Ran.of(self, reason, try_again=True)


@dataclass(frozen=True)
class Ran:
    """What came of one file.

    Attributes:
        key: of its job.
        reason: why it is not ranked, half a sentence; empty where it is.
        num_bytes: of the file.
        sha256: of the file.
        macs, int8_macs, numbers, saturates: as `labsupport.challenge.graph.Network` has them.
        classes: the class that it gave each image, a digit each.
        seconds: that it took, the start of the sandbox included.
        try_again: not the file but the sandbox failed; such a result is not kept.
    """

    student: str
    file: str
    key: str
    reason: str = ""
    notes: tuple[str, ...] = ()
    num_bytes: int = 0
    sha256: str = ""
    macs: int = 0
    int8_macs: int = 0
    numbers: int = 0
    saturates: bool = False
    classes: str = ""
    seconds: float = 0.0
    try_again: bool = False

    def __post_init__(self) -> None:
        for name in ("student", "file", "reason"):
            object.__setattr__(self, name, shown.line(getattr(self, name)))
        object.__setattr__(self, "notes", tuple(map(shown.line, self.notes)))

    @classmethod
    def of(cls, job: Job, reason: str = "", *, try_again: bool = False) -> "Ran":
        """Return the result of a job that did not run."""
        digest = hashlib.sha256(job.content).hexdigest() if job.content else ""
        return cls(job.student, job.file, job.key, reason, job.notes, len(job.content), digest, try_again=try_again)

    def to_json(self) -> str:
        """Return it as JSON text."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Ran":
        """Read what `to_json` wrote.

        Raises:
            ValueError, TypeError, KeyError: the text is no result of this form.
        """
        fields = json.loads(text)
        return cls(**{**fields, "notes": tuple(fields["notes"])})


def examine_one(job: Job) -> Ran:
    """Run a file in the sandbox and return its classes. Returns a result for every file, however broken.

    Raises:
        CourseError: no sandbox can be made here.
    """
    started = time.monotonic()
    found = Ran.of(job, job.problem)
    if not job.problem:
        try:
            require_bytes(len(job.content))
            counts, logits = ask(job.content, job.images, sandbox=job.sandbox)
            found = replace(found, **counts, classes="".join(map(str, logits.argmax(1))))
        except RefusedError as error:
            found = replace(found, reason=str(error))
        except SandboxError as error:
            found = replace(found, reason=str(error), try_again=True)
        except CourseError:
            raise
        except Exception as error:  # whatever this file found, the next one must be ranked
            found = replace(found, reason=f"ranking broke off: {type(error).__name__}: {error}", try_again=True)
    return replace(found, seconds=round(time.monotonic() - started, 2))


def ask(content: bytes, images: Path, *, sandbox: bool = True) -> tuple[dict[str, object], np.ndarray]:
    """Let a file be counted and run in a sandbox that shows it the images and no other data.

    Args:
        content: the file.
        images: uint8 (N, 3, 32, 32) as numpy writes it.
        sandbox: False runs it as this user.

    Returns:
        The counts by name, and the logits, float32 (N, 10).

    Raises:
        RefusedError: the file is not within the rule, or used more than it may.
        SandboxError: the sandbox failed.
    """
    profile = Profile(syscalls.WHOLE, syscalls.STUDENT, data=images.resolve())
    driver = DRIVER.format(content=base64.b64encode(content).decode(), images=str(images.resolve()))
    request = {"exercise": "examine", "function": "examine", "pieces": 1, "skip": []}
    with Sandbox([EXAMINE], WARM, LIMITS, sandbox, profile=profile) as box:
        ended, answers = box.run({**request, "cases": [{"name": "network", "driver": driver}]})
    return _read([answer for answer in answers if answer.kind not in ("piece", "defined")], ended, _count(images))


def _count(images: Path) -> int:
    return len(np.load(images, mmap_mode="r", allow_pickle=False))


def _read(answers: list[Answer], ended: str, count: int) -> tuple[dict[str, object], np.ndarray]:
    """Return what an answer holds, every field of the type and size that it must have."""
    if not answers:
        raise RefusedError(_ENDED.get(ended, "it ends the process that runs it"))
    if answers[0].kind != "data":
        said = answers[0].payload.decode(errors="replace")
        if "MemoryError" in said:
            raise RefusedError(_ENDED["crowd"])
        raise RefusedError(f"it stops the program that counts it: {said[:200]}")
    try:
        found = wire.loads(answers[0].payload)
        if isinstance(found, dict) and isinstance(found.get("refused"), str):
            raise RefusedError(found["refused"][:1000])
        logits = found["logits"]
        counts = {name: found[name] for name in COUNTS}
    except (ValueError, TypeError, KeyError):
        raise RefusedError("what came back of it cannot be read") from None
    right = isinstance(logits, np.ndarray) and logits.dtype == np.float32 and logits.shape == (count, 10)
    if (
        not right
        or not np.isfinite(logits).all()
        or any(type(counts[name]) is not kind for name, kind in COUNTS.items())
    ):
        raise RefusedError("what came back of it cannot be read")
    if not 0 <= counts["int8_macs"] <= counts["macs"] <= challenge.MAX_MACS:
        raise RefusedError("what came back of it cannot be read")
    return counts, logits


_ENDED = {
    "time": f"it computes longer than {LIMITS.cpu_seconds} s, or hangs",
    "signal": "it crashes the runtime",
    "flood": "it returns more than logits",
    "crowd": f"it takes more than {LIMITS.memory_bytes / 1e9:g} GB of memory, or too many threads or files",
}
