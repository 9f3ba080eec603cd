"""What a lab says about its exercises: its cells, its cases, and the mistakes its author can make.

A lab NN lies in `notebooks/NN_topic.ipynb`, `labsupport/checks/labNN.py`, `tests/hidden/labNN.py` and
`tests/wrong_answers/labNN.py` under one root. Nothing here runs a cell; `pieces` says which parts of a notebook have to
run before an exercise can be checked, and is the one place that says so.
"""

import ast
import importlib.util
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from nbformat import NotebookNode

from labsupport import PROJECT_DIR
from labsupport.checks import protocol
from labsupport.checks.protocol import Case, Exercise
from labsupport.course import CourseError, notebooks

BEGIN_SOLUTION = "### BEGIN SOLUTION"
END_SOLUTION = "### END SOLUTION"
CHECK_SUFFIX = "-check"
MIN_WRONG_ANSWERS = 3

_SLUG_ARGUMENT = {
    "CheckFailed": 0,
    "require": 1,
    "reject": 1,
    "require_type": 2,
    "require_shape": 2,
    "require_dtype": 2,
    "require_close": 2,
}


@dataclass(frozen=True)
class Piece:
    """Source that must run before exercises are checked; kind is "imports", "given" or "solution"."""

    cell_id: str
    kind: str
    source: str


@dataclass(frozen=True)
class Lab:
    """A lab with everything that belongs to its exercises; `hidden` and `wrong_answers` are keyed by grade_id."""

    number: str
    path: Path
    notebook: NotebookNode
    checks: ModuleType
    exercises: tuple[Exercise, ...]
    hidden: dict[str, tuple[Case, ...]]
    wrong_answers: dict[str, dict[str, str]]
    case_files: tuple[Path, ...]


def read(number: str, root: Path = PROJECT_DIR) -> Lab:
    """Read a lab's notebook and import its cases.

    Raises:
        CourseError: a file is missing, or does not define what it must.
    """
    path = notebooks.find_labs(number, root)[0]
    files = [
        root / folder / f"lab{number}.py" for folder in ("labsupport/checks", "tests/hidden", "tests/wrong_answers")
    ]
    checks, hidden, wrong = (
        _module(f"{name}.lab{number}", file)
        for name, file in zip(("labsupport.checks", "hidden", "wrong_answers"), files, strict=True)
    )
    try:
        return Lab(
            number=number,
            path=path,
            notebook=notebooks.read(path),
            checks=checks,
            exercises=checks.EXERCISES,
            hidden=hidden.HIDDEN,
            wrong_answers=wrong.WRONG_ANSWERS,
            case_files=(files[0], files[1]),
        )
    except AttributeError as error:
        raise CourseError(f"lab {number}: {error}") from error


def _module(name: str, path: Path) -> ModuleType:
    """Import a file under a name of its own, so that a notebook's `from labsupport.checks.labNN import` finds it."""
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(path):
        return known
    if not path.is_file():
        raise CourseError(f"{path} is missing")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def graded(cell: NotebookNode) -> NotebookNode:
    """Return a cell's nbgrader metadata, empty where it has none."""
    return cell.metadata.get("nbgrader", NotebookNode())


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags."""
    return cell.metadata.get("tags", [])


def exercise_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the code cells a student fills in, by grade_id."""
    return {
        graded(cell).grade_id: cell
        for cell in notebook.cells
        if cell.cell_type == "code" and graded(cell).get("solution")
    }


def check_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the graded check cells, by the grade_id of their exercise."""
    return {
        graded(cell).grade_id.removesuffix(CHECK_SUFFIX): cell
        for cell in notebook.cells
        if cell.cell_type == "code" and graded(cell).get("grade") and not graded(cell).get("solution")
    }


def manual_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the markdown cells that a person grades, by grade_id."""
    return {
        graded(cell).grade_id: cell
        for cell in notebook.cells
        if cell.cell_type == "markdown" and graded(cell).get("grade")
    }


def solution_lines(source: str) -> list[str]:
    """Return the lines of a cell that stand between the solution marks."""
    lines: list[str] = []
    inside = False
    for line in source.splitlines():
        if END_SOLUTION in line:
            inside = False
        if inside:
            lines.append(line)
        if BEGIN_SOLUTION in line:
            inside = True
    return lines


def pieces(notebook: NotebookNode) -> list[Piece]:
    """Return what runs before the exercises are checked, in order, each piece in the same namespace.

    First every import statement at the top level of any code cell; then, in the notebook's order, the cells tagged
    `given` and the exercise cells. No other cell counts, so nothing that trains or measures ever runs.
    """
    imports = list(dict.fromkeys(statement for cell in notebook.cells for statement in _imports(cell)))
    found = [Piece("imports", "imports", "\n".join(imports))]
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if "given" in tags(cell):
            found.append(Piece(cell.id, "given", cell.source))
        elif graded(cell).get("solution"):
            found.append(Piece(graded(cell).grade_id, "solution", cell.source))
    return found


def _imports(cell: NotebookNode) -> Iterator[str]:
    """Yield the top-level import statements of a code cell; a cell that cannot be parsed has none."""
    if cell.cell_type != "code":
        return
    try:
        tree = ast.parse(re.sub(r"(?m)^\s*[%!].*$", "", cell.source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield ast.unparse(node)


def slugs(path: Path) -> set[str]:
    """Return the mistakes that a file's judges can name: literals given to CheckFailed, reject, require_*."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        position = _SLUG_ARGUMENT.get(name)
        if position is None:
            continue
        arguments = [*node.args[position : position + 1], *(k.value for k in node.keywords if k.arg == "mistake")]
        for argument in arguments:
            literals = (part.value for part in ast.walk(argument) if isinstance(part, ast.Constant))
            found.update(literal for literal in literals if isinstance(literal, str) and " " not in literal)
    return found


def notebook_problems(notebook: NotebookNode) -> list[str]:
    """Name the mistakes in a notebook's own metadata, one sentence each; empty when there is none."""
    found = [f"two cells have the id {name}" for name in _repeated(cell.id for cell in notebook.cells)]
    marked = [cell for cell in notebook.cells if graded(cell)]
    found += [
        f"cell {cell.id} has nbgrader metadata without a grade_id"
        for cell in marked
        if not graded(cell).get("grade_id")
    ]
    if found:
        return found
    found += [f"two cells have the grade_id {name}" for name in _repeated(graded(cell).grade_id for cell in marked)]
    found += [
        f"cell {cell.id} has the grade_id {graded(cell).grade_id}; the two must be equal"
        for cell in marked
        if cell.id != graded(cell).grade_id
    ]
    for name, cell in {**check_cells(notebook), **manual_cells(notebook)}.items():
        points = graded(cell).get("points")
        if not isinstance(points, int | float) or points <= 0:
            found.append(f"cell {cell.id} is graded but has no points")
        if cell.cell_type == "code" and name not in exercise_cells(notebook):
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
    found += [f"EXERCISES names {name} twice" for name in _repeated(known)]
    found += [f"exercise {name} of the notebook is not in EXERCISES" for name in cells if name not in known]
    found += [f"EXERCISES names {name}, which is no exercise cell" for name in known if name not in cells]
    found += [f"hidden cases for the unknown exercise {name}" for name in lab.hidden if name not in known]
    found += [f"wrong answers for the unknown exercise {name}" for name in lab.wrong_answers if name not in known]
    possible = slugs(Path(protocol.__file__)).union(*map(slugs, lab.case_files))
    for exercise in lab.exercises:
        name, call = exercise.grade_id, f"check_{exercise.function}"
        if name not in cells:
            continue
        if not re.search(rf"^(def|class) {exercise.function}\b", cells[name].source, re.MULTILINE):
            found.append(f"cell {name} does not define {exercise.function}")
        if not callable(getattr(lab.checks, call, None)):
            found.append(f"{lab.case_files[0].name} has no {call}")
        if f"{call}({exercise.function})" not in checks[name].source:
            found.append(f"cell {name}{CHECK_SUFFIX} does not call {call}({exercise.function})")
        hidden, wrong = lab.hidden.get(name, ()), lab.wrong_answers.get(name, {})
        cases = [*exercise.cases, *hidden]
        if not exercise.cases:
            found.append(f"exercise {name} has no visible case")
        if not hidden:
            found.append(f"exercise {name} has no hidden case")
        if len(wrong) < MIN_WRONG_ANSWERS:
            found.append(f"exercise {name} has {len(wrong)} wrong answers; at least {MIN_WRONG_ANSWERS} are needed")
        found += [f"exercise {name} has two cases '{title}'" for title in _repeated(case.name for case in cases)]
        found += [
            f"no case can name the mistake {slug} of exercise {name}"
            for slug in wrong
            if slug not in possible and not slug.startswith("raises-")
        ]
        for case in cases:
            try:
                protocol.driver_source(case)
            except ValueError as error:
                found.append(f"exercise {name}: {error}")
    return found


def _repeated(names: Iterator[str] | list[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
