"""A lab with all that belongs to its exercises: the notebook, the cases, the wrong answers.

A lab NN lies in `notebooks/NN_topic.ipynb`, `labsupport/checks/labNN/` and `course/hidden/labNN/` under one root, with
a file an exercise in both folders, named after the function. A file whose name begins with `_` is shared by several
exercises of the lab. Nothing here runs a cell.
"""

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from nbformat import NotebookNode

from course import CourseError, notebooks
from course.answers import Edit
from labsupport import PROJECT_DIR
from labsupport.checks.pieces import exercise_cells
from labsupport.checks.protocol import Case, Exercise, exercise_in


@dataclass(frozen=True)
class Lab:
    """A lab with everything that belongs to its exercises; what is hidden is keyed by grade_id.

    Wrong answers are sources, by the slug of their mistake; right answers, by what they do differently from the
    solution. `case_files` are the files of all cases.
    """

    number: str
    path: Path
    notebook: NotebookNode
    exercises: tuple[Exercise, ...]
    hidden: dict[str, tuple[Case, ...]]
    wrong_answers: dict[str, dict[str, str]]
    right_answers: dict[str, dict[str, str]]
    from_readers: dict[str, int]
    case_files: tuple[Path, ...]


def read(number: str, root: Path = PROJECT_DIR) -> Lab:
    """Read a lab's notebook and import its cases; the exercises come in the notebook's order.

    Raises:
        CourseError: a file is missing, or does not define what it must.
    """
    path = notebooks.find_labs(number, root)[0]
    notebook = notebooks.read(path)
    solutions = {name: cell.source for name, cell in exercise_cells(notebook).items()}
    visible = _modules(f"labsupport.checks.lab{number}", root / "labsupport" / "checks" / f"lab{number}")
    hidden = _modules(f"course.hidden.lab{number}", root / "course" / "hidden" / f"lab{number}")
    try:
        exercises = [exercise_in(module, name) for name, module in visible.items() if not name.startswith("_")]
        secret = {exercise_in(module, name): module for name, module in hidden.items() if name[0] != "_"}
        wrong = {exercise: module.WRONG_ANSWERS for exercise, module in secret.items()}
    except AttributeError as error:
        raise CourseError(f"lab {number}: {error}") from error
    places = {name: place for place, name in enumerate(solutions)}
    return Lab(
        number=number,
        path=path,
        notebook=notebook,
        exercises=tuple(sorted(exercises, key=lambda exercise: places.get(exercise.grade_id, len(places)))),
        hidden={exercise.grade_id: exercise.cases for exercise in secret},
        wrong_answers={
            e.grade_id: _sources(e, wrong[e] | _of(e, secret, "READERS_WRONG_ANSWERS"), solutions) for e in secret
        },
        right_answers={e.grade_id: _sources(e, _of(e, secret, "RIGHT_ANSWERS"), solutions) for e in secret},
        from_readers={e.grade_id: len(_of(e, secret, "READERS_WRONG_ANSWERS")) for e in secret},
        case_files=tuple(Path(module.__file__) for module in (*visible.values(), *hidden.values())),
    )


def _of(exercise: Exercise, secret: dict[Exercise, ModuleType], name: str) -> dict[str, str | Edit]:
    """Return a table of answers that a hidden file may have."""
    return getattr(secret[exercise], name, {})


def _sources(exercise: Exercise, answers: dict[str, str | Edit], solutions: dict[str, str]) -> dict[str, str]:
    solution = solutions.get(exercise.grade_id, "")
    found = {}
    for name, answer in answers.items():
        try:
            found[name] = answer if isinstance(answer, str) else answer.of(solution)
        except ValueError as error:
            raise CourseError(f"answer {name} of {exercise.grade_id}: {error}") from None
    return found


def _modules(package: str, folder: Path) -> dict[str, ModuleType]:
    """Import the files of a folder, those that are shared first, and return them by name."""
    if not folder.is_dir():
        raise CourseError(f"{folder} is missing")
    files = sorted(folder.glob("*.py"), key=lambda path: (path.stem[0] != "_", path.stem))
    modules = {path.stem: _module(f"{package}.{path.stem}", path) for path in files if path.stem != "__init__"}
    return modules


def _module(name: str, path: Path) -> ModuleType:
    """Import a file under the name that other files know it by, also where another root has one of that name."""
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(path):
        return known
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
