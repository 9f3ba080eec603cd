"""The mistakes that the author of a lab can make about its exercises, each in a sentence. Nothing here runs a cell."""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from course.cells import (
    BEGIN_SOLUTION,
    CHECK_SUFFIX,
    END_SOLUTION,
    check_cells,
    manual_cells,
    repeated,
    solution_lines,
)
from course.exercises import Lab
from labsupport.checks import protocol
from labsupport.checks.pieces import exercise_cells, graded, is_own
from labsupport.checks.protocol import Exercise

MIN_WRONG_ANSWERS = 3
HELD_TO_ALL: tuple[str, ...] = ("00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "13")
"""Labs whose exercises keep every rule below; the others keep those that are older."""

MIN_VISIBLE_CASES, MIN_RIGHT_ANSWERS, MIN_WRONG_ANSWERS_OF_ALL, MIN_DRAWN, MIN_FROM_READERS = 2, 3, 5, 3, 3


def notebook_problems(notebook: NotebookNode) -> list[str]:
    """Name the mistakes in a notebook's own metadata, one sentence each; empty when there is none."""
    found = [f"two cells have the id {name}" for name in repeated(cell.id for cell in notebook.cells)]
    marked = [cell for cell in notebook.cells if graded(cell)]
    found += [
        f"cell {cell.id} has nbgrader metadata without a grade_id"
        for cell in marked
        if not graded(cell).get("grade_id")
    ]
    if found:
        return found
    found += [f"two cells have the grade_id {name}" for name in repeated(graded(cell).grade_id for cell in marked)]
    found += [
        f"cell {cell.id} has the grade_id {graded(cell).grade_id}; the two must be equal"
        for cell in marked
        if cell.id != graded(cell).grade_id
    ]
    for name, cell in {**check_cells(notebook), **manual_cells(notebook)}.items():
        points = graded(cell).get("points")
        if not isinstance(points, int | float) or points <= 0:
            found.append(f"cell {cell.id} is graded but has no points")
        if cell.cell_type == "code" and not is_own(cell) and name not in exercise_cells(notebook):
            found.append(f"cell {cell.id} checks {name}, and no exercise cell has that id")
    for name, cell in {**exercise_cells(notebook), **manual_cells(notebook)}.items():
        if not solution_lines(cell.source) or cell.source.count(BEGIN_SOLUTION) != cell.source.count(END_SOLUTION):
            found.append(f"cell {name} needs its solution between {BEGIN_SOLUTION} and {END_SOLUTION}")
    for cell in notebook.cells:
        if not graded(cell).get("solution") and BEGIN_SOLUTION in cell.source:
            found.append(f"cell {cell.id} holds a solution but its metadata does not say so")
    for name in exercise_cells(notebook).keys() - check_cells(notebook).keys():
        found.append(f"exercise {name} has no check cell {name}{CHECK_SUFFIX}")
    return found


def problems(lab: Lab) -> list[str]:
    """Name every mistake an author can make about a lab's exercises, one sentence each; empty when there is none."""
    found = notebook_problems(lab.notebook)
    if found:
        return found
    cells, checks = exercise_cells(lab.notebook), check_cells(lab.notebook)
    known = [exercise.grade_id for exercise in lab.exercises]
    found += [f"exercise {name} of the notebook has no file of visible cases" for name in cells if name not in known]
    found += [f"there are visible cases for {name}, which is no exercise cell" for name in known if name not in cells]
    found += [f"there are hidden cases for the unknown exercise {name}" for name in lab.hidden if name not in known]
    for exercise in lab.exercises:
        name = exercise.grade_id
        if name not in cells:
            continue
        if not re.search(rf"^(def|class) {exercise.function}\b", cells[name].source, re.MULTILINE):
            found.append(f"cell {name} does not define {exercise.function}")
        if f"check({exercise.function})" not in checks[name].source:
            found.append(f"cell {name}{CHECK_SUFFIX} does not call check({exercise.function})")
        hidden, wrong = lab.hidden.get(name, ()), lab.wrong_answers.get(name, {})
        cases = [*exercise.cases, *hidden]
        if not exercise.cases:
            found.append(f"exercise {name} has no visible case")
        if not hidden:
            found.append(f"exercise {name} has no hidden case")
        if len(wrong) < MIN_WRONG_ANSWERS:
            found.append(f"exercise {name} has {len(wrong)} wrong answers; at least {MIN_WRONG_ANSWERS} are needed")
        found += _too_few(lab, exercise) if lab.number in HELD_TO_ALL else []
        found += [f"exercise {name} has two cases '{title}'" for title in repeated(case.name for case in cases)]
        for case in cases:
            if not case.judge or not (case.inputs or case.driver):
                found.append(f"exercise {name}: case '{case.name}' needs a judge, and inputs or a driver")
                continue
            try:
                protocol.to_source(case)
            except ValueError as error:
                found.append(f"exercise {name}: {error}")
            if case.inputs and not isinstance(case.inputs(*[0][: case.seeds]), tuple):
                found.append(f"exercise {name}: the inputs of case '{case.name}' are no tuple")
    return found


def _too_few(lab: Lab, exercise: Exercise) -> Iterator[str]:
    """Yield what an exercise has too few of, one sentence each."""
    name, hidden = exercise.grade_id, lab.hidden.get(exercise.grade_id, ())
    drawn = max((case.seeds for case in hidden), default=0)
    for what, count, least in (
        ("visible cases", len(exercise.cases), MIN_VISIBLE_CASES),
        ("wrong answers", len(lab.wrong_answers.get(name, {})), MIN_WRONG_ANSWERS_OF_ALL),
        ("right answers", len(lab.right_answers.get(name, {})), MIN_RIGHT_ANSWERS),
        ("wrong answers by readers of the text alone", lab.from_readers.get(name, 0), MIN_FROM_READERS),
        ("seeds of a hidden case", drawn, MIN_DRAWN),
    ):
        if count < least:
            yield f"exercise {name} has {count} {what}; at least {least} are needed"
