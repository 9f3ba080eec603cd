"""Judge answers to one exercise from files: visible and hidden cases, without the sandbox, one JSON line a file.

For answers of one's own, not for submissions: nothing keeps such an answer from reading or changing what you can.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from course import CourseError
from labsupport import PROJECT_DIR
from labsupport.checks.protocol import slug_of

if TYPE_CHECKING:
    from course.exercises import Lab
    from labsupport.checks.pieces import Piece
    from labsupport.checks.protocol import Exercise

SECONDS = 20
MEMORY_BYTES = 3_000_000_000


@dataclass(frozen=True)
class Judgement:
    """What came of one answer.

    Attributes:
        file: as it was named on the command line.
        exercise: the function's name.
        accepted: all cases agree.
        fell: "visible" or "hidden", whichever kind the first case is that does not; empty for an accepted answer.
        slug: the mistake's name.
        hint: what a student would read.
    """

    file: str
    exercise: str
    accepted: bool = False
    fell: str = ""
    slug: str = ""
    hint: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `judge`."""
    parser.add_argument("--exercise", required=True, metavar="FUNCTION", help="the name of the exercise's function")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="Python source that defines the function")


def main(args: argparse.Namespace) -> int:
    """Print one JSON line a file, in order; 0 however they were judged."""
    for judgement in judged(args.exercise, args.files):
        print(json.dumps(asdict(judgement)), flush=True)
    return 0


def judged(function: str, files: list[Path], root: Path = PROJECT_DIR) -> Iterator[Judgement]:
    """Judge each file in a fork of this process, which has imported what the lab imports and computed nothing.

    An answer runs where grading runs it: after the lab's imports, its given cells, and the solutions before it.

    Raises:
        CourseError: no lab has the exercise, or a file cannot be read.
    """
    import torch

    from course.exercises import read
    from course.grading.apart import LostError, TooMuchError, apart
    from labsupport.checks.pieces import pieces, run_pieces

    lab = read(lab_of(function, root), root)
    exercise = next(exercise for exercise in lab.exercises if exercise.grade_id == slug_of(function))
    found = pieces(lab.notebook)
    place = next(number for number, piece in enumerate(found) if piece.cell_id == exercise.grade_id)
    torch.set_num_threads(1)  # a fork has none of the other threads, and would wait for them
    names: dict[str, object] = {"__name__": "__main__"}
    run_pieces(found[:1], names)

    def answer(source: str, progress: Path) -> bytes:
        mine = [*found[1:place], replace(found[place], source=source)]
        return json.dumps(_first_mistake(lab, exercise, mine, names, progress)).encode()

    with tempfile.TemporaryDirectory() as folder:
        progress = Path(folder) / "progress"
        for file in files:
            blank = Judgement(str(file), function)
            progress.write_text("visible")
            try:
                source = file.read_text(encoding="utf-8")
                told = json.loads(apart(answer, source, progress, seconds=SECONDS, memory_bytes=MEMORY_BYTES))
            except OSError as error:
                raise CourseError(f"{file}: {error.strerror}") from None
            except UnicodeDecodeError:
                told = {"fell": "visible", "slug": "cell-stops", "hint": "The file is no UTF-8 text."}
            except (TooMuchError, LostError) as error:
                told = {"fell": progress.read_text(), "slug": "no-result", "hint": f"{function}: {error}."}
            yield replace(blank, **told) if told else replace(blank, accepted=True)


def lab_of(function: str, root: Path = PROJECT_DIR) -> str:
    """Return the number of the lab that has an exercise.

    Raises:
        CourseError: none has it; the message names similar ones.
    """
    import difflib

    homes = {path.stem: path.parent.name[3:] for path in (root / "labsupport" / "checks").glob("lab*/[!_]*.py")}
    stem = slug_of(function).replace("-", "_")
    if stem not in homes:
        similar = ", ".join(difflib.get_close_matches(stem, homes)) or "see labsupport/checks/"
        raise CourseError(f"no lab has an exercise {function!r}; similar: {similar}")
    return homes[stem]


def _first_mistake(
    lab: "Lab", exercise: "Exercise", mine: "list[Piece]", names: dict[str, object], progress: Path
) -> dict[str, str]:
    """Run the pieces and put the cases to the answer; empty when all agree."""
    from course.proofs import first_mistake
    from labsupport.checks.pieces import run_pieces

    stopped = run_pieces(mine, names)
    unsolved = {"fell": "visible", "slug": "not-solved", "hint": f"{exercise.function} is not solved yet."}
    if error := stopped.get(exercise.grade_id):
        hint = f"The cell {exercise.grade_id} stopped with {error}."
        return unsolved if error.startswith("NotImplementedError") else unsolved | {"slug": "cell-stops", "hint": hint}
    function = names.get(exercise.function)
    if not callable(function):
        hint = f"The cell {exercise.grade_id} defines no {exercise.function}."
        return unsolved | {"slug": "defines-no-function", "hint": hint}
    try:
        found = first_mistake(
            lab, exercise, function, lambda hidden: progress.write_text("hidden" if hidden else "visible")
        )
    except NotImplementedError:
        return unsolved
    if found is None:
        return {}
    return {"fell": "hidden" if found[0] else "visible", "slug": found[1].mistake, "hint": found[1].hint}
