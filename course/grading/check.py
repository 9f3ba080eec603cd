"""`python -m course check SUBMISSION`: what grading would make of one file, hidden cases left out."""

import argparse
from pathlib import Path

from course import CourseError
from course.grading import repair
from course.grading.command import assignment
from course.grading.grade import grade_one
from course.grading.jobs import FAILED, PASSED, UNSOLVED, Job, Result
from course.grading.sandbox import require_bubblewrap
from course.notebooks import BUILD_DIR, find_labs, read
from labsupport import PROJECT_DIR


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `check`."""
    parser.add_argument("submission", type=Path, metavar="SUBMISSION", help="a notebook")
    parser.add_argument("--lab", metavar="NN", help="the lab's number (default: found by the notebook's cells)")
    parser.add_argument("--no-sandbox", action="store_true", help="run its code unprotected, as this user")


def main(args: argparse.Namespace) -> int:
    """Print what would be repaired and what the visible cases say."""
    try:
        content = args.submission.read_bytes()
    except OSError as error:
        raise CourseError(f"{args.submission} cannot be read: {error.strerror}") from None
    if not args.no_sandbox:
        require_bubblewrap()
    task = assignment(args.lab or recognise(content), BUILD_DIR, sandbox=not args.no_sandbox)
    result = grade_one(Job(task, "check", args.submission.name, content), hidden=False)
    print(report(result))
    return 0 if result.status != FAILED else 1


def recognise(content: bytes, root: Path = PROJECT_DIR) -> str:
    """Return the number of the lab whose graded cells a file has most of.

    Raises:
        CourseError: the file is no notebook, or of no lab.
    """
    try:
        cells = repair.read_cells(content)
    except repair.NotGradableError as error:
        raise CourseError(f"This cannot be graded: {error}.") from None
    names = {cell.identity for cell in cells} | {cell.grade_id for cell in cells}
    counts = {path.name[:2]: len(names & repair.grade_ids(read(path))) for path in find_labs(root=root)}
    lab = max(counts, key=counts.get, default="")
    if not counts.get(lab):
        raise CourseError("This file has no cell of any lab that could be graded. Say which lab it is with --lab NN.")
    return lab


def report(result: Result) -> str:
    """Return a result as lines for a person."""
    if result.status == FAILED:
        return f"This cannot be graded: {result.reason}."
    lines = [*result.notes]
    width = max((len(part.grade_id) for part in (*result.exercises, *result.questions)), default=0)
    for part in result.exercises:
        said = {PASSED: "every visible case agrees", UNSOLVED: "not solved"}.get(part.outcome)
        lines.append(f"{part.grade_id:<{width}}  {said or f'{part.hint}  [{part.mistake}]'}")
    for part in result.questions:
        lines.append(f"{part.grade_id:<{width}}  {'answered' if part.answered else 'not answered'}")
    return "\n".join(lines)
