"""`python -m labsupport.update ZIP`: take in a new release of the labs; your answers stay yours.

Run it in the folder of the labs, with the new student.zip. A notebook of another release is made anew with your answers
in it; package, data and texts are replaced. Every file that is replaced or made anew is kept, under `before/`.
"""

import argparse
import io
import sys
import zipfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path, PurePosixPath

import nbformat

from labsupport import PROJECT_DIR, files, shown
from labsupport.carry import Carried, carry, release_of

NOTEBOOKS = "notebooks"
KEPT = "before"


class UpdateError(Exception):
    """The zip file is no release of the labs; nothing was changed."""


def main(arguments: list[str] | None = None) -> int:
    """Update the folder of the labs; return 0, or 1 where the file is no release."""
    parser = argparse.ArgumentParser(prog="python -m labsupport.update", description=__doc__.splitlines()[0])
    parser.add_argument("zip", type=Path, metavar="ZIP", help="the new student.zip")
    try:
        for line in update(parser.parse_args(arguments).zip, PROJECT_DIR):
            print(line)
    except UpdateError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def update(archive: Path, folder: Path) -> Iterator[str]:
    """Take a release into a student's folder, and say of each notebook what was done.

    Nothing is deleted: what is replaced is moved to `before/1`, `before/2`, ... of the folder first.

    Args:
        archive: the new student.zip.
        folder: with the student's `notebooks/`, `labsupport/` and `data/`.

    Raises:
        UpdateError: the file is no such zip file, or the folder is the course's own; nothing was changed.
    """
    if (folder / "course").is_dir():
        raise UpdateError(f"{folder} is the course's own folder, not that of a student: nothing to update.")
    members = _members(archive)
    kept = next(path for number in count(1) if not (path := folder / KEPT / str(number)).exists())
    replaced = 0
    for name, content in sorted(members.items()):
        path = folder / name
        if not path.exists():
            files.replace(path, content)
            continue
        before = path.read_bytes()
        if before == content:
            continue
        if PurePosixPath(name).parts[0] == NOTEBOOKS:
            said, content = _renewed(path.name, before, content)
            yield said
            if content is None:
                continue
        files.replace(kept / name, before)
        files.replace(path, content)
        replaced += 1
    if replaced:
        yield f"{replaced} files were replaced; the earlier ones are in {kept.relative_to(folder).as_posix()}/."
        yield "Restart the kernels of open notebooks. If pyproject.toml changed, install again as the README says."
    else:
        yield "All files are of this release already."


def _members(archive: Path) -> dict[str, bytes]:
    """Return the files of a release by their path in the labs' folder."""
    try:
        with zipfile.ZipFile(archive) as packed:
            found = {}
            for info in packed.infolist():
                parts = PurePosixPath(info.filename).parts[1:]
                if parts and not info.is_dir() and ".." not in parts:
                    found["/".join(parts)] = packed.read(info)
    except (OSError, zipfile.BadZipFile, RuntimeError, ValueError) as error:
        raise UpdateError(f"{shown.line(str(archive))} cannot be read as a zip file: {error}") from None
    if not any(name.startswith(f"{NOTEBOOKS}/") for name in found) or "labsupport/__init__.py" not in found:
        raise UpdateError(f"{shown.line(str(archive))} is no student.zip of this course: it has no labs or no package.")
    return found


def _renewed(name: str, before: bytes, content: bytes) -> tuple[str, bytes | None]:
    """Return what is to be said of a notebook, and its new content; None where it stays as it is."""
    new = nbformat.reads(content.decode(), as_version=4)
    try:
        old = nbformat.reads(before.decode(), as_version=4)
    except Exception:  # a damaged file raises almost anything
        return f"{name}: your file cannot be read and was put aside; the new release stands there.", content
    ids = [release_of(notebook.metadata)[0] for notebook in (old, new)]
    if ids[0] == ids[1]:
        return f"{name}: of this release already, left as it is.", None
    carried = carry(old, new)
    stream = io.StringIO()
    nbformat.write(carried.notebook, stream)
    return f"{name}: {_said(carried)}", f"{stream.getvalue().rstrip()}\n".encode()


def _said(carried: Carried) -> str:
    parts = [f"new release, with {len(carried.answers)} of your answers and {carried.own} cells of your own"]
    if carried.mended:
        parts.append(f"the text changed of {', '.join(carried.mended)}: read it again")
    if carried.lost:
        parts.append(f"the lab's new version stands in {', '.join(carried.lost)}, which you had changed too")
    return "; ".join(parts) + ". Run it from the top."


if __name__ == "__main__":
    sys.exit(main())
