"""Results on disk, one file a student: what is there under the same key is not worked out again."""

import contextlib
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from course.grading.jobs import Result
from labsupport import files

MAX_NAME = 120


class Kept(Protocol):
    """What a store keeps, as `Result` is."""

    student: str

    def to_json(self) -> str:
        """Return it as text."""

    @classmethod
    def from_json(cls, text: str) -> "Kept":
        """Read what `to_json` wrote."""


R = TypeVar("R", bound=Kept)


class Store(Generic[R]):
    """The results in a folder. A result is there whole or not at all, whenever the run is stopped.

    Args:
        kind: the class of the results.
    """

    def __init__(self, folder: Path, kind: type[R] = Result) -> None:
        self._folder, self._kind = folder, kind
        folder.mkdir(parents=True, exist_ok=True)

    def load(self, student: str) -> R | None:
        """Return a student's latest result, None where there is none or where it is of an older form."""
        return self._read(self._path(student))

    def save(self, result: R) -> None:
        """Keep a result; it replaces the student's earlier one."""
        write(self._path(result.student), result.to_json())

    def remove(self, student: str) -> None:
        """Forget a student's result."""
        self._path(student).unlink(missing_ok=True)

    def all(self) -> Iterator[R]:
        """Yield every result, in no particular order."""
        for path in self._folder.glob("*.json"):
            if (result := self._read(path)) is not None:
                yield result

    def _read(self, path: Path) -> R | None:
        try:
            return self._kind.from_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _path(self, student: str) -> Path:
        return self._folder / f"{file_name(student)}.json"


def write(path: Path, text: str) -> None:
    """Put a text in place of a file in one step, unless the file holds it already."""
    with contextlib.suppress(OSError):
        if path.read_bytes() == text.encode():
            return
    files.replace(path, text)


def file_name(student: str) -> str:
    """Return a file name for a student, the name itself where it can be one; different names stay different."""
    name = re.sub(r"[^\w .@+,()'-]", "_", student).strip(" .")
    name = name.encode()[:MAX_NAME].decode(errors="ignore").strip(" .")
    if name and name == student:
        return name
    return f"{name}-{hashlib.sha256(student.encode(errors='surrogateescape')).hexdigest()[:8]}"
