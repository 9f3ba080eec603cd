"""Prove the exercises of a lab: its author made no mistake, right answers pass, each wrong one is recognised."""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from course import proofs
from course.authoring import HELD_TO_ALL, problems
from course.exercises import Lab, read
from course.notebooks import find_labs
from course.notebooks import read as read_notebook


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `prove`."""
    parser.add_argument("--lab", metavar="NN", help="one lab only")


def main(args: argparse.Namespace) -> int:
    """Print what is wrong with each lab's exercises, a line each; the exit status is 1 when there is anything."""
    found = []
    for path in find_labs(args.lab):
        began = time.monotonic()
        lab = read(path.name[:2])
        complaints = list(complain(lab))
        cases = sum(len(exercise.cases) + len(lab.hidden.get(exercise.grade_id, ())) for exercise in lab.exercises)
        wrong, right = (sum(map(len, answers.values())) for answers in (lab.wrong_answers, lab.right_answers))
        counts = f"{len(lab.exercises)} exercises, {cases} cases, {wrong} wrong and {right} right answers"
        print(f"{path.stem}: {counts}, {time.monotonic() - began:.1f} s, {'FAILED' if complaints else 'proven'}")
        for complaint in complaints:
            print(f"  {complaint}", flush=True)
        found += complaints
    return 1 if found else 0


def complain(lab: Lab) -> Iterator[str]:
    """Yield every complaint about a lab; the proofs begin when its author made no mistake."""
    from course import student  # imports nbgrader
    from course.release import release

    mistakes = problems(lab)
    yield from mistakes
    if mistakes:
        return
    yield from proofs.solution_fails(lab)
    yield from proofs.wrong_answers_pass(lab)
    yield from proofs.right_answers_fail(lab)
    if lab.number in HELD_TO_ALL:
        yield from proofs.arguments_that_never_differ(lab)
    with tempfile.TemporaryDirectory() as folder:
        released = read_notebook(release(lab.path, Path(folder)))
        if proofs.points_earned(lab, released):
            yield "the released lab, with nothing solved, earns points"
        yield from proofs.checks_say_anything_else(released)
        yield from proofs.leaks(lab, dict(student.members(Path(folder), lab.path.parent.parent)))
