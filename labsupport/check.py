"""`python -m labsupport.check NOTEBOOK`: every exercise of a notebook against the visible cases, as grading runs it.

Grading runs the imports of all cells, the cells that the lab gives (tagged `given`) and the exercises' cells, in a
process where nothing else ever ran. A variable that only another or a deleted cell defines is missing there, while the
open notebook still has it. This command shows it before the notebook is handed in.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat

from labsupport import shown
from labsupport.checks.find import find, functions_beside
from labsupport.checks.pieces import exercise_cells, graded, pieces, run_pieces
from labsupport.checks.protocol import Exercise, answer, mistake_in, slug_of

AGREES = "every visible case agrees"
UNSOLVED = "not solved yet"
CHECK = "-check"


def main(arguments: list[str] | None = None) -> int:
    """Print a line an exercise. Return 0 when all that are answered agree, 1 otherwise, 2 where there is no lab."""
    parser = argparse.ArgumentParser(prog="python -m labsupport.check", description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="the file that you are going to hand in")
    path = parser.parse_args(arguments).notebook
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except OSError as error:
        print(f"{shown.line(str(path))} cannot be read: {error.strerror}.", file=sys.stderr)
        return 2
    except Exception as error:  # a damaged file raises almost anything
        print(f"{shown.line(path.name)} is no notebook: {type(error).__name__}.", file=sys.stderr)
        return 2
    found = answers(notebook)
    if not found:
        print(f"{shown.line(path.name)} has no exercise of a lab.", file=sys.stderr)
        return 2
    width = max(map(len, found))
    print("\n".join(f"{name:<{width}}  {shown.lines(words)}" for name, words in found.items()))
    agree = list(found.values()).count(AGREES)
    worth = {graded(cell).grade_id.removesuffix(CHECK): graded(cell).get("points", 0) for cell in checks(notebook)}
    earned = sum(worth.get(name, 0) for name, words in found.items() if words == AGREES)
    print(f"\n{agree} of {len(found)} exercises agree, worth {earned:g} of {sum(worth.values()):g} points.")
    print("Grading tries more cases than these, and a person reads what you wrote in words.")
    return 0 if agree == sum(words != UNSOLVED for words in found.values()) else 1


def checks(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the check cells of a notebook, which hold the points of its exercises."""
    return [
        cell for cell in notebook.cells if cell.cell_type == "code" and graded(cell).get("grade_id", "").endswith(CHECK)
    ]


def answers(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Return by exercise what came of it, in a sentence.

    The notebook's cells run in this process, in a namespace of their own.
    """
    cells = {name: name.replace("-", "_") for name in exercise_cells(notebook)}
    exercises = {name: exercise for name, function in cells.items() if (exercise := find(function))}
    names: dict[str, object] = {"__name__": "__main__"}
    stopped = run_pieces(pieces(notebook), names)
    found = {}
    for name, exercise in exercises.items():
        function = names.get(exercise.function)
        if name in stopped:
            unsolved = stopped[name].startswith("NotImplementedError")
            found[name] = UNSOLVED if unsolved else f"the cell stops: {stopped[name]}"
        elif not callable(function):
            found[name] = f"the cell defines no {exercise.function}"
        else:
            found[name] = _compare(exercise, function)
    if exercises:
        lab = {slug_of(function) for function in functions_beside(cells[next(iter(exercises))])}
        found |= dict.fromkeys(sorted(lab - set(found)), "the cell of this exercise is missing")
    return found


def _compare(exercise: Exercise, function: Callable) -> str:
    try:
        heard = [one for case in exercise.cases for one in answer(case, function, exercise.function)]
    except NotImplementedError:
        return UNSOLVED
    failed = mistake_in(heard)
    return str(failed) if failed else AGREES


if __name__ == "__main__":
    sys.exit(main())
