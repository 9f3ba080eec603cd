"""A folder of submissions as an LMS downloads it, or as students' files are collected by hand: which file is whose.

`people` reads the student's name off a file's: a folder a student, a file a student, or as platforms write it, also
mixed. Of several files of a student the one that counts is, in this order: a notebook of the lab asked for, one with
the lab's name, the platform's latest attempt, the highest number in "name-2" or "name (2)", the latest time of change.

Where one may be two, or two may be one, nothing is graded: files without a name, a zip file of a whole class, a class's
folder inside of another one. What is no submission at all is left out, and said once.

Nothing is unpacked to disk, no symbolic link is followed, and no file is read past `repair.MAX_BYTES`. What must be
opened to know which file counts is opened in a process that may die of it.
"""

import functools
import json
import re
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from course import CourseError
from course.grading.apart import LostError, TooMuchError, apart
from course.grading.people import Owner, owner
from course.grading.reading import READ_BYTES, READ_SECONDS
from course.grading.repair import MAX_BYTES, NotGradableError, read_cells
from labsupport import shown

MAX_NOTEBOOKS = 200
MAX_UNPACKED = 200_000_000
MAX_ARCHIVE = 1_000_000_000
MAX_DIRECTORY = 5_000_000
MAX_MEMBERS = 50_000
MAX_NAME = 300
MAX_NAMES = 20
BESIDE = {".csv", ".jpeg", ".jpg", ".log", ".md", ".ods", ".png", ".txt", ".xls", ".xlsx", ".yaml", ".yml"}
"""What lies beside submissions in a folder, made by platforms and instructors."""

_NO_SUBMISSION = {"thumbs.db", "desktop.ini", "index.html", "submission_metadata.yml"}
_END = struct.Struct("<4s4H2LH")
_MAX_COMMENT = 65_535
_COPY = re.compile(r"(?:-(\d+)| ?\((\d+)\))$")


@dataclass(frozen=True)
class Kind:
    """What is handed in.

    Attributes:
        name: in words, for one of them.
        ending: of its file, as it is usual.
        endings: of all files that may be one.
        is_read: whether a file is looked into to find out which of several counts.
    """

    name: str
    ending: str
    endings: tuple[str, ...]
    is_read: bool


NOTEBOOK = Kind("notebook", ".ipynb", (".ipynb", ".json", ".txt"), is_read=True)
NETWORK = Kind("ONNX file", ".onnx", (".onnx",), is_read=False)


@dataclass(frozen=True)
class Submission:
    """The file of a student that counts.

    Attributes:
        file: its path in the folder, "" where the student has none.
        problem: why it cannot be read, "" where it can.
        notes: which other files were left out.
    """

    student: str
    file: str
    content: bytes
    problem: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _File:
    path: PurePosixPath
    changed: float
    read: Callable[[], bytes]
    problem: str = ""
    on_disk: Path | None = None


def find(
    folder: Path, stem: str, grade_ids: Set[str] = frozenset(), kind: Kind = NOTEBOOK
) -> dict[str, Callable[[], Submission]]:
    """Return by student what reads the submission that counts; nothing is read before that is called.

    Args:
        folder: one entry a student.
        stem: the usual file's name without its ending; it may be part of a file's name.
        grade_ids: by which a notebook of the lab is recognised.
        kind: what is handed in.

    Raises:
        CourseError: there is no such folder, or it cannot be told whose files are; the message names them.
    """
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}. A zip file of all submissions must be unpacked first.")
    files = [file for file in sorted(_files(folder), key=lambda file: file.path) if not _is_beside(file.path)]
    _refuse_what_may_be_several(folder, files, stem, kind)
    by_student: dict[str, list[tuple[Owner, _File]]] = {}
    for file in files:
        found = owner(file.path, stem)
        by_student.setdefault(found.student or stem, []).append((found, file))
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink() and not _ignored(PurePosixPath(path.name)):
            by_student.setdefault(owner(PurePosixPath(path.name, "x"), stem).student, [])
    return {
        student: functools.partial(_choose, student, files, stem, grade_ids, kind)
        for student, files in sorted(by_student.items())
    }


def left_beside(folder: Path) -> list[str]:
    """Return the files of the folder itself that are no submissions: texts, tables, pictures."""
    files = (path for path in folder.iterdir() if path.is_file() and not _ignored(PurePosixPath(path.name)))
    return sorted(_readable(path.name) for path in files if _is_beside(PurePosixPath(path.name)))


def _is_beside(path: PurePosixPath) -> bool:
    """Tell whether a file of the folder itself is nobody's submission; one inside of a student's folder may be."""
    is_notebook = ".ipynb" in path.name.lower()
    return len(path.parts) == 1 and path.suffix.lower() in BESIDE and not is_notebook


def _refuse_what_may_be_several(folder: Path, files: list[_File], stem: str, kind: Kind) -> None:
    """Raise CourseError where files have no name, or one name stands for a whole class."""
    nameless = [file.path for file in files if len(file.path.parts) == 1 and not owner(file.path, stem).student]
    if len(nameless) > 1 or (nameless and len(files) > 1):
        raise CourseError(
            f"{_listed(nameless)}: these files have nobody's name. Rename each to the student's, or put it into a "
            "folder of that name."
        )
    inside: dict[str, set[str]] = {}
    for file in files:
        if len(file.path.parts) > 2:
            found = owner(PurePosixPath(*file.path.parts[1:]), stem)
            inside.setdefault(file.path.parts[0], set()).update({found.student} if found.is_platforms else ())
    for name, students in inside.items():
        if len(students) > 1:
            raise CourseError(
                f"{_readable(name)}/ holds the submissions of {len(students)} students. Grade the folder "
                f"{folder / _readable(name)} instead."
            )
    packed = {
        file.path.parts[0]: _owners_in(file, stem, kind)
        for file in files
        if len(file.path.parts) == 1 and _is_zip(file)
    }
    for name, owners in packed.items():
        if len({found.student for found in owners if found.is_platforms}) > 1:
            raise CourseError(
                f"{_readable(name)} is a zip file with the submissions of several students. Unpack it, and grade "
                "the folder that comes out."
            )
    _refuse_a_class_in_each(folder, files, packed, stem, kind)


def _refuse_a_class_in_each(
    folder: Path, files: list[_File], packed: dict[str, list[Owner]], stem: str, kind: Kind
) -> None:
    """Raise CourseError where every folder and zip file holds files of the kind under several names, as classes do.

    One student's folder may hold several notebooks; that each of all students has several under other names is less
    likely than that the names are those of people.
    """
    named: dict[str, set[str]] = {file.path.parts[0]: set() for file in files}
    for file in files:
        if len(file.path.parts) > 1 and kind.ending in file.path.name.lower():
            named[file.path.parts[0]].add(owner(PurePosixPath(*file.path.parts[1:]), stem).student)
    for name, owners in packed.items():
        named[name] = {found.student for found in owners}
    if not named or not all(len(names - {""}) > 1 for names in named.values()):
        return
    first, names = next(iter(named.items()))
    people = _listed([PurePosixPath(name) for name in sorted(names - {""})])
    where = (
        "unpack it, and grade the folder that comes out" if first in packed else f"grade {folder / _readable(first)}"
    )
    raise CourseError(
        f"{_readable(first)} holds {kind.name}s under several names: {people}. If these are students, {where}. If they "
        "are all of one student, leave the one that counts alone in it."
    )


def _owners_in(file: _File, stem: str, kind: Kind) -> list[Owner]:
    """Return whose the files of a kind in a zip file are, by their names."""
    try:
        if file.problem or _directory_bytes(file.on_disk) > MAX_DIRECTORY:
            return []
        with zipfile.ZipFile(file.on_disk) as archive:
            names = archive.namelist()[:MAX_MEMBERS]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        return []
    paths = [PurePosixPath(*re.split(r"[/\\]+", name.strip("/\\"))) for name in names if name.strip("/\\")]
    return [owner(path, stem) for path in paths if kind.ending in path.name.lower() and not _ignored(path)]


def _listed(paths: list[PurePosixPath]) -> str:
    names = [_readable(path) for path in paths[:MAX_NAMES]]
    return ", ".join([*names, *(["..."] if len(paths) > MAX_NAMES else [])])


def _files(folder: Path) -> Iterator[_File]:
    waiting = [folder]
    while waiting:
        for path in waiting.pop().iterdir():
            place = PurePosixPath(path.relative_to(folder).as_posix())
            if _ignored(place):
                continue
            about = path.lstat()
            if stat.S_ISDIR(about.st_mode):
                waiting.append(path)
            else:
                yield _on_disk(path, place, about.st_size, about.st_mode, about.st_mtime)


def _on_disk(path: Path, place: PurePosixPath, size: int, mode: int, changed: float) -> _File:
    if stat.S_ISLNK(mode):
        return _File(place, changed, bytes, "it is a symbolic link, and those are not followed")
    if not stat.S_ISREG(mode):
        return _File(place, changed, bytes, "it is no ordinary file")
    problem = _too_large(size, limit=MAX_ARCHIVE if path.suffix.lower() == ".zip" else MAX_BYTES)
    return _File(place, changed, path.read_bytes, problem, path)


def _members(file: _File, kind: Kind) -> Iterator[_File]:
    """Yield the members of a zip file, to be read in memory one by one."""
    try:
        if (size := _directory_bytes(file.on_disk)) > MAX_DIRECTORY:
            problem = f"the zip file's list of files has {size / 1e6:.0f} MB, more than {MAX_DIRECTORY / 1e6:.0f} MB"
            yield _File(file.path, file.changed, bytes, problem)
            return
        archive = zipfile.ZipFile(file.on_disk)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        yield _File(file.path, file.changed, bytes, "the zip file is damaged")
        return
    if len(archive.infolist()) > MAX_MEMBERS:
        yield _File(file.path, file.changed, bytes, "the zip file holds too many files")
        return
    members = [member for member in archive.infolist() if not member.is_dir()]
    wanted = [member for member in members if PurePosixPath(member.filename).suffix.lower() in kind.endings]
    if len(wanted) > MAX_NOTEBOOKS or sum(member.file_size for member in wanted) > MAX_UNPACKED:
        yield _File(file.path, file.changed, bytes, f"the zip file holds too many {kind.name}s")
        return
    for member in members:
        inside = file.path.joinpath(*re.split(r"[/\\]+", member.filename))
        if _ignored(inside):
            continue
        problem = _too_large(member.file_size, "unpacked from the zip file ")
        if stat.S_ISLNK(member.external_attr >> 16):
            problem = "it is a symbolic link, and those are not followed"
        yield _File(inside, _time(member), _Member(archive, member), problem)


def _directory_bytes(path: Path) -> int:
    """Return how large a zip file says that its list of members is.

    Raises:
        OSError, zipfile.BadZipFile: it cannot be read, or says nothing.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _END.size - _MAX_COMMENT))
        tail = stream.read()
    at = len(tail) - _END.size
    if at < 0 or tail[at : at + 4] != b"PK\5\6":
        at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + _END.size:
        raise zipfile.BadZipFile("it has no list of members")
    return _END.unpack_from(tail, at)[5]


@dataclass(frozen=True)
class _Member:
    """Reads one member of a zip file, never more than it announces."""

    archive: zipfile.ZipFile
    member: zipfile.ZipInfo

    def __call__(self) -> bytes:
        try:
            with self.archive.open(self.member) as stream:
                return stream.read(MAX_BYTES)
        except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, NotImplementedError, ValueError) as error:
            raise NotGradableError(f"the zip file cannot be unpacked: {error}") from None


def _time(member: zipfile.ZipInfo) -> float:
    year, month, day, hour, minute, second = member.date_time
    return ((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60.0 + second


def _too_large(size: int, where: str = "", limit: int = 0) -> str:
    limit = limit or MAX_BYTES
    return f"{where}it has {size / 1e6:.0f} MB, more than {limit / 1e6:.0f} MB" if size > limit else ""


def _ignored(path: PurePosixPath) -> bool:
    """Tell what no student handed in: hidden files, Jupyter's checkpoints, what systems leave behind."""
    hidden = any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in path.parts)
    hidden |= path.stem.lower().endswith("-checkpoint")
    junk = len(path.parts) == 1 and (path.name.lower() in _NO_SUBMISSION or path.suffix.lower() == ".csv")
    return hidden or junk


def _choose(student: str, files: list[tuple[Owner, _File]], stem: str, grade_ids: Set[str], kind: Kind) -> Submission:
    """Return the file that counts; several files, or a zip file, are looked into in a process that may die of them."""
    if len(files) < 2 and not any(_is_zip(file) for _, file in files):
        return _chosen(student, files, stem, grade_ids, kind)
    try:
        found = apart(_packed, student, files, stem, grade_ids, kind, seconds=READ_SECONDS, memory_bytes=READ_BYTES)
    except (TooMuchError, LostError) as error:
        problem = f"what was handed in cannot be read: {error}"
        return Submission(student, _readable(files[0][1].path.parts[0]), b"", problem, ())
    fields, _, content = found.partition(b"\n")
    file, problem, notes = json.loads(fields)
    return Submission(student, file, content, problem, tuple(notes))


def _packed(student: str, files: list[tuple[Owner, _File]], stem: str, grade_ids: Set[str], kind: Kind) -> bytes:
    """Return what `_chosen` returns as bytes: a line of JSON, then the content."""
    chosen = _chosen(student, files, stem, grade_ids, kind)
    return json.dumps([chosen.file, chosen.problem, chosen.notes]).encode() + b"\n" + chosen.content


def _chosen(student: str, files: list[tuple[Owner, _File]], stem: str, grade_ids: Set[str], kind: Kind) -> Submission:
    """Open zip files, rank what is there, and read the first."""
    opened = [pair for owner, file in files for pair in _unpacked(owner, file, kind)]
    wanted = [(owner, file) for owner, file in opened if file.problem or file.path.suffix.lower() in kind.endings]
    if not wanted:
        names = ", ".join(_readable(file.path) for _, file in (opened or files)[:5])
        return Submission(student, "", b"", f"no {kind.name} was handed in, but {names}" if names else "", ())
    if len(wanted) > 1:  # to rank a notebook it must be read
        wanted.sort(key=lambda pair: _rank(*pair, stem, grade_ids, kind))
    *left_out, file = (file for _, file in wanted)
    others = [_readable(other.path) for other in left_out if other.path.suffix.lower() == kind.ending]
    names = ", ".join([*others[:MAX_NAMES], *(["..."] if len(others) > MAX_NAMES else [])])
    notes = (f"Of {len(others) + 1} files {_readable(file.path)} counts; left out: {names}.",) if others else ()
    try:
        content = b"" if file.problem else file.read()
    except (NotGradableError, OSError) as error:
        return Submission(student, _readable(file.path), b"", str(error), notes)
    return Submission(student, _readable(file.path), content, file.problem, notes)


def _readable(path: object) -> str:
    """Return a path as text on one line, of a long one the end; bytes that are none become question marks."""
    name = shown.line(str(path))
    return name if len(name) <= MAX_NAME else f"...{name[-MAX_NAME:]}"


def _is_zip(file: _File) -> bool:
    return file.on_disk is not None and file.path.suffix.lower() == ".zip"


def _unpacked(owner: Owner, file: _File, kind: Kind) -> Iterator[tuple[Owner, _File]]:
    if file.problem or not _is_zip(file):
        yield owner, file
        return
    for member in _members(file, kind):
        yield owner, member


def _rank(
    owner: Owner, file: _File, stem: str, grade_ids: Set[str], kind: Kind
) -> tuple[int, bool, int, int, float, str]:
    """Order a student's files; the greatest counts."""
    copy = _COPY.search(file.path.stem)
    number = int(next(group for group in copy.groups() if group)[:9]) if copy else 0
    named = stem in file.path.name
    return (_likeness(file, grade_ids, kind), named, owner.attempt, number, file.changed, str(file.path))


def _likeness(file: _File, grade_ids: Set[str], kind: Kind) -> int:
    """Return 3 for a notebook of the lab, 2 for another notebook, 1 for a file called so, 0 for anything else."""
    named = int(file.path.suffix.lower() == kind.ending)
    if file.problem or not kind.is_read:
        return named
    try:
        cells = read_cells(file.read())
    except (NotGradableError, OSError):
        return named
    return 3 if any(cell.identity in grade_ids or cell.grade_id in grade_ids for cell in cells) else 2
