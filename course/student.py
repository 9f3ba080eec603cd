"""What students get: `build/student.zip` with the released labs and all that they need to run.

No solution, no sample answer, no hidden case, no wrong answer, no command of the course. The same input gives the same
bytes: members are sorted and carry no date.

The same files can be written as a folder, for a repository that students may read, and be those of a few labs alone.
After a deadline the solved notebooks of these labs go into a zip file of their own.
"""

import argparse
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import nbformat

from course import THREAD_VARIABLES, CourseError
from course.cells import BEGIN_SOLUTION, END_SOLUTION
from course.notebooks import BUILD_DIR, find_labs, read
from course.release import release
from labsupport import PROJECT_DIR, files
from labsupport.checks.pieces import tags

FOLDER = "compression-labs"
EVERYTHING = "[labs,course,scale,device,site,dev]"

# JupyterLab without questions and news. The default of `fetchNews` is what asks; the other two make sure. Kernels
# inherit the server's environment.
JUPYTER_FILES = {
    "jupyter_lab_config.py": f"""\
import os
from pathlib import Path

for variable, value in {THREAD_VARIABLES}.items():
    os.environ.setdefault(variable, value)
c = get_config()  # noqa: F821 - Jupyter defines it
c.LabApp.app_settings_dir = str(Path(__file__).resolve().parent)
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
""",
    "overrides.json": json.dumps(
        {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}, indent=1
    ),
}

MANIFEST = ".student-files"
"""In a folder that was written: the names of its files, one a line."""

_IGNORED = ".venv/\n.ipynb_checkpoints/\n__pycache__/\nbefore/\nbuild/\nwork/\n*.egg-info/\n"
_OF_LAB = re.compile(r"checks/lab(\d\d)")
_LEFT_OUT = {"cache", "__pycache__"}
_UNFINISHED = {".lock", ".part", ".pyc"}

README = """\
# Neural-network compression: the labs

Each notebook in `notebooks/` is a lab. It states claims, you predict, write a few short functions, measure on your own
machine and get a verdict. Python 3.11 or 3.12, two CPU cores and 3 GB of memory are enough; no lab needs the network.

## Install, once

In this folder:

    python3 -m venv .venv
    .venv/bin/pip install -e ".[labs,device]"

    .venv/bin/python -m labsupport.doctor

The last line looks whether everything is here, and says what to do where it is not. When you ask somebody for help,
copy what it prints into your question.

With conda instead: `conda env create -f environment.yml` and `conda activate compression-labs`.

## Start

    .venv/bin/jupyter lab --config=jupyter/jupyter_lab_config.py

Open `notebooks/`, then the lab with the lowest number. Keep this folder together: the labs read `data/`.

## Work

- Run the cells from the top. "Run All" also works at any time: it goes on past exercises that are not solved yet.
- An exercise is a cell with `raise NotImplementedError`. Replace that line with your answer and run the cell.
- Write helper functions inside of the exercise's cell: grading runs the imports and the exercise cells, nothing else.
- Never change an argument: the lab still uses it. Work on a copy (`tensor.clone()`, `copy.deepcopy(network)`,
  `dict(mapping)`), unless the text asks for the change.
- The cell below it is the check. It prints one line when all its cases agree. Otherwise its last line says what
  happened, what to do, and in brackets the name of the mistake. Grading tries more cases: other shapes, types, edges.
- A section never needs an unsolved exercise of another section. When you are stuck, go on and come back.
- Predictions are for you alone: they are shown beside the measurement and never graded.
- "Your own" is an experiment that you choose. A person reads its code and its report; grading never runs it. So run the
  cell and save the notebook before you hand it in.

## A new release

When you get a newer zip file of the labs, stay in your folder and take it in:

    .venv/bin/python -m labsupport.update ../student.zip

Your answers go into the new notebooks. Every file that is replaced is kept in `before/`.

## Hand in

First let every exercise be checked as grading does it, in a process where no other cell has run:

    .venv/bin/python -m labsupport.check notebooks/00_measure_first.ipynb

It also says how many points that is worth. Then hand in the notebook file, under its own name, with the cells where
they were. After grading you get a page with the points of each exercise and what did not agree.
"""


def members(build: Path, root: Path = PROJECT_DIR, labs: Sequence[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every file of the student version, in no particular order.

    Args:
        build: where the labs are released.
        root: where `notebooks/`, `data/` and the labs' own modules lie; the package itself is always this one.
        labs: the numbers of those to take; all without any.

    Raises:
        CourseError: there is no lab of such a number.
    """
    for path in _labs(root, labs):
        yield f"notebooks/{path.name}", release(path, build).read_bytes()
    for folder in dict.fromkeys([PROJECT_DIR / "labsupport", root / "labsupport", root / "data"]):
        for path in _files(folder):
            name = path.relative_to(folder)
            of_lab = _OF_LAB.fullmatch("/".join(name.parts[:2]))
            if not (labs and of_lab and of_lab[1] not in labs):
                yield f"{folder.name}/{name.as_posix()}", path.read_bytes()
    texts = {
        "environment.yml": (PROJECT_DIR / "environment.yml")
        .read_text(encoding="utf-8")
        .replace(EVERYTHING, "[labs,device]"),
        "README.md": README,
        **{f"jupyter/{name}": text for name, text in JUPYTER_FILES.items()},
    }
    for name, text in texts.items():
        yield name, text.encode()
    for name in ("LICENSE", "pyproject.toml"):
        yield name, (PROJECT_DIR / name).read_bytes()


def _labs(root: Path, labs: Sequence[str]) -> list[Path]:
    return [path for number in labs for path in find_labs(number, root)] if labs else find_labs(root=root)


def build_zip(target: Path, root: Path = PROJECT_DIR, labs: Sequence[str] = ()) -> Path:
    """Write the student version as a zip file whose members lie in one folder.

    Args:
        target: the file to write, in the folder for generated things; an older one is replaced by the complete new one.
        root: as in `members`.
        labs: as in `members`.
    """
    return _packed(target, dict(members(target.parent, root, labs)))


def build_solutions(target: Path, root: Path = PROJECT_DIR, labs: Sequence[str] = ()) -> Path:
    """Write the solved notebooks with their outputs as a zip file, without rubrics and notes for instructors."""
    return _packed(target, {f"solutions/{path.name}": _solved(path) for path in _labs(root, labs)})


def _solved(path: Path) -> bytes:
    notebook = read(path)
    notebook.cells = [cell for cell in notebook.cells if "instructor" not in tags(cell)]
    for cell in notebook.cells:
        cell.source = "\n".join(
            line for line in cell.source.splitlines() if line.strip() not in (BEGIN_SOLUTION, END_SOLUTION)
        )
    return nbformat.writes(notebook).encode()


def write_tree(target: Path, build: Path, root: Path = PROJECT_DIR, labs: Sequence[str] = ()) -> tuple[int, int]:
    """Write the student version as a folder, ready for a repository that anybody may read.

    Written anew, what an earlier release had there and the new one has not is deleted; other files stay.

    Args:
        target: an empty or missing folder, one with `.git` alone, or one that was written by this function before.
        build: as in `members`, as are `root` and `labs`.
    Returns:
        How many files were written, and how many of an earlier release were deleted.

    Raises:
        CourseError: the folder holds something else.
    """
    manifest = target / MANIFEST
    before = manifest.read_text(encoding="utf-8").splitlines() if manifest.is_file() else None
    there = [path.name for path in target.iterdir() if path.name != ".git"] if target.is_dir() else []
    if before is None and there:
        raise CourseError(
            f"{target} holds {there[0]} and no {MANIFEST}: it is no earlier student version. Name another."
        )
    found = {**dict(members(build, root, labs)), ".gitignore": _IGNORED.encode()}
    for name, content in found.items():
        files.replace(target / name, content)
    gone = [name for name in before or () if name not in found and (target / name).is_file()]
    for name in gone:
        (target / name).unlink()
    files.replace(manifest, "".join(f"{name}\n" for name in sorted(found)))
    return len(found), len(gone)


def _packed(target: Path, members: Mapping[str, bytes]) -> Path:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in sorted(members.items()):
            info = zipfile.ZipInfo(f"{FOLDER}/{name}")
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    files.replace(target, stream.getvalue())
    return target


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts)
        if path.is_file() and not hidden and not _LEFT_OUT & set(parts) and path.suffix not in _UNFINISHED:
            yield path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `student`."""
    parser.add_argument("--labs", nargs="+", default=[], metavar="NN", help="these labs alone, for a short course")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="write a folder for a public repository, no zip file")
    parser.add_argument("--solutions", action="store_true", help="also the solved notebooks: build/solutions.zip")


def main(args: argparse.Namespace) -> int:
    """Build the student version and say how large it is."""
    if args.to:
        count, gone = write_tree(args.to, BUILD_DIR, labs=args.labs)
        print(f"{args.to}: {count} files" + (f"; {gone} of an earlier release deleted" if gone else ""))
    else:
        _say(build_zip(BUILD_DIR / "student.zip", labs=args.labs))
    if args.solutions:
        _say(build_solutions(BUILD_DIR / "solutions.zip", labs=args.labs))
    return 0


def _say(target: Path) -> None:
    with zipfile.ZipFile(target) as archive:
        count = len(archive.namelist())
    print(f"{target.relative_to(PROJECT_DIR)}: {count} files, {target.stat().st_size / 1e6:.1f} MB")
