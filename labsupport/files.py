"""Files that are there whole or not at all, whatever stops the process that writes them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def replace(path: Path, content: bytes | str) -> None:
    """Put a file in the place of another, or where none is, in one step; its folder is made when missing.

    Args:
        content: text is written as UTF-8 with the line ends that it has.

    Raises:
        OSError: the file cannot be written; an earlier one is as it was.
    """
    with _beside(path, content) as whole:
        whole.replace(path)


def create(path: Path, content: bytes | str) -> None:
    """Write a file as `replace` does, but only where none is.

    Raises:
        FileExistsError: there is one; it is as it was.
        OSError: the file cannot be written.
    """
    with _beside(path, content) as whole:
        os.link(whole, path)


@contextmanager
def _beside(path: Path, content: bytes | str) -> Iterator[Path]:
    """Give a hidden file with this content, on the disk and beside the target; what is left of it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        yield part
    finally:
        part.unlink(missing_ok=True)
