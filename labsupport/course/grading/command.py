"""`python -m labsupport.course grade FOLDER --lab NN`: a folder of submissions to grades and feedback."""

import argparse
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from labsupport import PROJECT_DIR
from labsupport.course.grading.jobs import Assignment, Job, Result

Runner = Callable[[Iterable[Job]], Iterator[Result]]


def assignment(lab: str, build: Path, *, root: Path = PROJECT_DIR, sandbox: bool = True) -> Assignment:
    """Release a lab and describe it to the grader.

    Args:
        build: the folder for everything that is generated.

    Raises:
        CourseError: there is no such lab, or it cannot be released.
    """
    raise NotImplementedError


def in_this_process(jobs: Iterable[Job]) -> Iterator[Result]:
    """Grade one submission after the other."""
    raise NotImplementedError


def grade_folder(
    folder: Path, task: Assignment, target: Path, *, run: Runner = in_this_process, database: str = ""
) -> list[Result]:
    """Grade what is new or changed in a folder and write everything anew that depends on it.

    Args:
        folder: one notebook, folder or zip file a student.
        target: where results, grades.csv, feedback/ and the gradebook go: build/grades/NN.
        run: takes jobs as it needs them, gives results as they come, in any order. Each is kept as soon as it is there.
        database: the gradebook's address for SQLAlchemy; a SQLite file in target without it.
    Returns:
        The results of all students, by name, with the points that people gave in the gradebook.
    """
    raise NotImplementedError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `grade`."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="one notebook, folder or zip file a student")
    parser.add_argument("--lab", required=True, metavar="NN", help="the lab's number")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes on this machine (default: 1)")
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="a dask scheduler to use instead, such as tcp://10.0.0.1:8786"
    )
    parser.add_argument("--students", type=Path, metavar="FILE", help="one name a line: who is to be in grades.csv")
    parser.add_argument("--db", default="", metavar="URL", help="the gradebook's database (default: a SQLite file)")
    parser.add_argument("--no-sandbox", action="store_true", help="run students' code unprotected, as this user")


def main(args: argparse.Namespace) -> int:
    """Grade a folder, print the summary, say where everything is.

    With `--workers` or `--cluster`: `with scale.runner(workers=..., cluster=...) as run: grade_folder(..., run=run)`.
    At the end: `print(summary.write(results, target))`, which draws `target / "summary.png"` and returns the text.
    """
    raise NotImplementedError
