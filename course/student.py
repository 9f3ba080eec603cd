"""What students get: `build/student.zip` with the released labs and all that they need to run.

No solution, no sample answer, no hidden case, no wrong answer, no command of the course. The same input gives the same
bytes: members are sorted and carry no date.
"""

import argparse
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from course import THREAD_VARIABLES
from course.notebooks import BUILD_DIR, find_labs
from course.release import release
from labsupport import PROJECT_DIR, files

FOLDER = "compression-labs"
EVERYTHING = "[labs,course,scale,device,dev]"

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

_LEFT_OUT = {"cache", "__pycache__"}
_UNFINISHED = {".lock", ".part", ".pyc"}

_README = """\
# Neural-network compression: the labs

Each notebook in `notebooks/` is a lab. It states claims, you predict, write a few short functions, measure on your own
machine and get a verdict. Python 3.11 or 3.12, two CPU cores and 3 GB of memory are enough; no lab needs the network.

## Install, once

In this folder:

    python3 -m venv .venv
    .venv/bin/pip install -e ".[labs,device]"

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

## Hand in

First let every exercise be checked as grading does it, in a process where no other cell has run:

    .venv/bin/python -m labsupport.check notebooks/00_measure_first.ipynb

It also says how many points that is worth. Then hand in the notebook file, under its own name, with the cells where
they were. After grading you get a page with the points of each exercise and what did not agree.
"""


def members(build: Path, root: Path = PROJECT_DIR) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every file of the student version, in no particular order.

    Args:
        build: where the labs are released.
        root: where `notebooks/`, `data/` and the labs' own modules lie; the package itself is always this one.
    """
    for path in find_labs(root=root):
        yield f"notebooks/{path.name}", release(path, build).read_bytes()
    for folder in dict.fromkeys([PROJECT_DIR / "labsupport", root / "labsupport", root / "data"]):
        for path in _files(folder):
            yield f"{folder.name}/{path.relative_to(folder).as_posix()}", path.read_bytes()
    texts = {
        "environment.yml": (PROJECT_DIR / "environment.yml")
        .read_text(encoding="utf-8")
        .replace(EVERYTHING, "[labs,device]"),
        "README.md": _README,
        **{f"jupyter/{name}": text for name, text in JUPYTER_FILES.items()},
    }
    for name, text in texts.items():
        yield name, text.encode()
    for name in ("LICENSE", "pyproject.toml"):
        yield name, (PROJECT_DIR / name).read_bytes()


def build_zip(target: Path, root: Path = PROJECT_DIR) -> Path:
    """Write the student version as a zip file whose members lie in one folder.

    Args:
        target: the file to write, in the folder for generated things; an older one is replaced by the complete new one.
        root: as in `members`.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in sorted(dict(members(target.parent, root)).items()):
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
    """Add no options: the student version holds every lab."""


def main(args: argparse.Namespace) -> int:  # noqa: ARG001 - the command has no options
    """Build the student version and say how large it is."""
    target = build_zip(BUILD_DIR / "student.zip")
    with zipfile.ZipFile(target) as archive:
        count = len(archive.namelist())
    print(f"{target.relative_to(PROJECT_DIR)}: {count} files, {target.stat().st_size / 1e6:.1f} MB")
    return 0
