"""What must be true of the exercises of every lab. Each proof returns complaints, one sentence each; none means proven.

Everything runs in this process, by the rule of `labsupport.checks.pieces`: imports, given cells, exercises.
"""

import contextlib
import functools
import inspect
import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course.cells import check_cells, solution_lines
from course.exercises import Lab
from labsupport.checks import unchanged, wire
from labsupport.checks.pieces import TRIED, exercise_cells, graded, pieces, tags
from labsupport.checks.protocol import (
    Case,
    CheckFailed,
    Data,
    Exercise,
    Heard,
    carried_on,
    collect,
    from_source,
    hear,
    mistake_in,
    to_source,
)

MIN_LEAK_LENGTH = 16
SENT = ("inputs", "driver", "then")


def namespace(notebook: NotebookNode) -> dict[str, object]:
    """Run the pieces of a notebook and return what they define."""
    names: dict[str, object] = {"__name__": "__main__"}
    for piece in pieces(notebook):
        for source in piece.source.splitlines() if piece.kind == "imports" else [piece.source]:
            try:
                run_source(source, piece.cell_id, names)
            except ImportError:
                if piece.cell_id != TRIED:
                    raise
    return names


def run_source(source: str, name: str, names: dict[str, object]) -> None:
    """Run a cell's source in a namespace, named in tracebacks."""
    exec(compile(source, f"<{name}>", "exec"), names)


def as_graded(case: Case) -> Case:
    """Return the case as grading runs it: its functions from their source in an empty namespace."""
    return replace(from_source(to_source(case, SENT)), judge=case.judge)


def heard(case: Case, function: Callable, name: str) -> list[Heard]:
    """Put a case to a function, the data going the way that it goes in grading, and return what its judge says.

    Raises:
        NotImplementedError: the exercise is not solved.
    """
    try:
        sent = as_graded(case)
        data = carried_on(sent, _over_the_wire(collect(sent, function, name)), name)
        return hear(case, _over_the_wire(data), name)
    except CheckFailed as failed:
        return [Heard(differs=failed)]


def _over_the_wire(data: Data) -> Data:
    return wire.loads(wire.dumps(data))


def outcome(case: Case, function: Callable, name: str) -> CheckFailed | NotImplementedError | None:
    """Return why a function fails a case, or None."""
    try:
        return mistake_in(heard(case, function, name))
    except NotImplementedError as error:
        return error


def first_mistake(
    lab: Lab, exercise: Exercise, function: Callable, begin: Callable[[bool], object] = bool
) -> tuple[bool, CheckFailed] | None:
    """Return whether a hidden case alone finds a function wrong, and the mistake that a student or the grader reads.

    Args:
        begin: told before the visible and before the hidden cases whether they are hidden.

    Raises:
        NotImplementedError: the exercise is not solved.
    """
    for is_hidden, cases in ((False, exercise.cases), (True, lab.hidden[exercise.grade_id])):
        begin(is_hidden)
        if failed := mistake_in([one for case in cases for one in heard(case, function, exercise.function)]):
            return is_hidden, failed
    return None


def outcomes(lab: Lab, exercise: Exercise, function: Callable) -> Iterator[tuple[bool, Case, Exception | None]]:
    """Yield for each case, visible ones first, whether it is hidden, the case, and what came of it."""
    for is_hidden, case in cases_of(lab, exercise):
        yield is_hidden, case, outcome(case, function, exercise.function)


def cases_of(lab: Lab, exercise: Exercise) -> list[tuple[bool, Case]]:
    """Return whether it is hidden and the case, visible ones first."""
    return [(False, case) for case in exercise.cases] + [(True, case) for case in lab.hidden[exercise.grade_id]]


def solution_fails(lab: Lab) -> list[str]:
    """Complain where the author's solution fails a case, or its check prints anything but one line."""
    names = namespace(lab.notebook)
    found = []
    for exercise in lab.exercises:
        for _, case, error in outcomes(lab, exercise, names[exercise.function]):
            if error is not None:
                found.append(f"the solution of {exercise.grade_id} fails '{case.name}': {error}")
    for name, cell in check_cells(lab.notebook).items() if not found else ():
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            run_source(cell.source, name, names)
        if printed.getvalue().count("\n") != 1:
            found.append(f"the check of {name} prints {printed.getvalue()!r}, not one line")
    return found


def wrong_answers_pass(lab: Lab) -> list[str]:
    """Complain about each wrong answer that is accepted, or taken for another mistake."""
    names = namespace(lab.notebook)
    found = []
    for exercise in lab.exercises:
        for slug, source in lab.wrong_answers[exercise.grade_id].items():
            mine = dict(names)
            run_source(source, f"{exercise.grade_id}: {slug}", mine)
            what = f"wrong answer {slug} of {exercise.grade_id}"
            try:
                mistake = first_mistake(lab, exercise, mine[exercise.function])
            except NotImplementedError:
                found.append(f"{what} is no answer: it raises NotImplementedError")
                continue
            if mistake is None:
                found.append(f"{what} is accepted by every case")
            elif mistake[1].mistake != slug.partition(",")[0]:
                kind = "hidden case" if mistake[0] else "visible check"
                found.append(f"{what} is taken for {mistake[1].mistake} by the {kind}")
    return found


def right_answers_fail(lab: Lab) -> list[str]:
    """Complain about each right answer, written differently from the solution, that a case refuses."""
    names = namespace(lab.notebook)
    found = []
    for exercise in lab.exercises:
        for what, source in lab.right_answers[exercise.grade_id].items():
            mine = dict(names)
            run_source(source, f"{exercise.grade_id}: {what}", mine)
            for _, case, error in outcomes(lab, exercise, mine[exercise.function]):
                if error is not None:
                    found.append(f"the right answer '{what}' of {exercise.grade_id} fails '{case.name}': {error}")
    return found


def arguments_that_never_differ(lab: Lab) -> list[str]:
    """Complain about each parameter that has the same argument in all calls of all cases, where a constant would do.

    Classes, and arguments whose values cannot be compared, such as functions and generators, are left out.
    """
    names = namespace(lab.notebook)
    found = []
    for exercise in lab.exercises:
        function = names[exercise.function]
        if not inspect.isfunction(function):
            continue
        seen: dict[str, list] = {}
        signature = inspect.signature(function)

        @functools.wraps(function)
        def watched(*args: object, function=function, signature=signature, seen=seen, **kwargs: object) -> object:  # noqa: ANN001
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            for parameter, value in bound.arguments.items():
                seen.setdefault(parameter, []).append(unchanged.picture(value))
            return function(*args, **kwargs)

        for _ in outcomes(lab, exercise, watched):
            pass
        for parameter, pictures in seen.items():
            first = pictures[0]
            if first is not None and not any(unchanged.differ(first, picture) for picture in pictures[1:]):
                found.append(f"the argument {parameter} of {exercise.grade_id} is the same in all cases")
    return found


def points_earned(lab: Lab, notebook: NotebookNode) -> float:
    """Return the points of the checks whose exercises pass every case, visible and hidden."""
    names = namespace(notebook)
    points = {name: graded(cell).points for name, cell in check_cells(lab.notebook).items()}
    return sum(
        points[exercise.grade_id]
        for exercise in lab.exercises
        if all(error is None for *_, error in outcomes(lab, exercise, names[exercise.function]))
    )


def points_possible(lab: Lab) -> float:
    """Return the points of all checks."""
    return sum(graded(cell).points for cell in check_cells(lab.notebook).values())


def checks_say_anything_else(released: NotebookNode) -> list[str]:
    """Complain about each check of the unsolved lab that does not end in NotImplementedError."""
    names = namespace(released)
    found = []
    for name, cell in check_cells(released).items():
        try:
            run_source(cell.source, name, names)
        except NotImplementedError:
            continue
        except Exception as error:
            found.append(f"the unsolved check of {name} ends in {type(error).__name__}: {error}")
        else:
            found.append(f"the unsolved check of {name} accepts")
    return found


def text_of(name: str, content: bytes) -> str:
    """Return what a file says, white space evened out: a notebook's sources and outputs, any other text as it is."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return ""
    if name.endswith(".ipynb"):
        cells = nbformat.reads(text, as_version=4).cells
        text = "\n".join(f"{cell.source}\n{cell.get('outputs', '')}" for cell in cells)
    return even(text)


def even(text: str) -> str:
    """Return a text with its white space evened out."""
    return " ".join(text.split())


def secrets(lab: Lab) -> Iterator[tuple[str, str]]:
    """Yield what and text of everything that no student may get.

    A bug hunt shows its solution, with the bug, in a given cell. Those lines are no secret, unless all are shown.
    Nor is a function that a visible case has too.
    """
    cases = [case for exercise in lab.exercises for case in exercise.cases]
    visible = {source for case in cases for part, source in to_source(case, SENT).items() if part in SENT[1:]}
    shown = {even(line) for cell in lab.notebook.cells if "given" in tags(cell) for line in cell.source.splitlines()}
    for cell in lab.notebook.cells:
        if "instructor" in tags(cell):
            yield from ((f"instructor's note {cell.id}", line) for line in cell.source.splitlines())
        lines = solution_lines(cell.source)
        secret = [line for line in lines if even(line) not in shown] or lines
        yield from ((f"solution of {cell.id}", line) for line in secret)
    for name, cases in lab.hidden.items():
        for case in cases:
            yield f"hidden case of {name}", case.name
            sources = to_source(case, SENT)
            for source in {sources[part] for part in SENT if part in sources} - visible:
                yield f"hidden case of {name}", source[source.index("def ") :]
    for name, answers in [*lab.wrong_answers.items(), *lab.right_answers.items()]:
        stub = {even(line) for line in exercise_cells(lab.notebook)[name].source.splitlines()}
        for slug, source in answers.items():
            body = "\n".join(line for line in source.splitlines() if even(line) not in stub)
            yield f"answer {slug} to {name}", body


def leaks(lab: Lab, files: dict[str, bytes]) -> list[str]:
    """Complain about each secret of a lab that stands in one of the files, and about stored outputs."""
    found = []
    texts = {name: text_of(name, content) for name, content in files.items()}
    for (what, secret), (name, text) in itertools.product(secrets(lab), texts.items()):
        wanted = even(secret)
        if len(wanted) >= MIN_LEAK_LENGTH and not wanted.startswith("#") and wanted in text:
            found.append(f"{name} holds the {what}: {wanted}")
    for name, content in files.items():
        if {"course", "tests", "cache"} & set(Path(name).parts):
            found.append(f"{name} is not for students")
        if name.endswith(".ipynb"):
            cells = nbformat.reads(content.decode(), as_version=4).cells
            found += [f"{name}: cell {cell.id} has outputs" for cell in cells if cell.get("outputs")]
            found += [f"{name}: cell {cell.id} has a count" for cell in cells if cell.get("execution_count")]
            found += [f"{name}: cell {cell.id} is for instructors" for cell in cells if "instructor" in tags(cell)]
    return found
