"""Results on disk, one file a student: what is there under the same key is not graded again."""

import contextlib
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from course.grading.jobs import Result
from labsupport import files

MAX_NAME = 120


class Store:
    """The results in a folder. A result is there whole or not at all, whenever the run is stopped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def load(self, student: str) -> Result | None:
        """Return a student's latest result, None where there is none or where it is of an older form."""
        return _read(self._path(student))

    def save(self, result: Result) -> None:
        """Keep a result; it replaces the student's earlier one."""
        write(self._path(result.student), result.to_json())

    def remove(self, student: str) -> None:
        """Forget a student's result."""
        self._path(student).unlink(missing_ok=True)

    def all(self) -> Iterator[Result]:
        """Yield every result, in no particular order."""
        for path in self._folder.glob("*.json"):
            if (result := _read(path)) is not None:
                yield result

    def _path(self, student: str) -> Path:
        return self._folder / f"{file_name(student)}.json"


def _read(path: Path) -> Result | None:
    try:
        return Result.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError):
        return None


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
