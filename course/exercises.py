"""A lab with all that belongs to its exercises: the notebook, the cases, the wrong answers.

A lab NN lies in `notebooks/NN_topic.ipynb`, `labsupport/checks/labNN.py`, `tests/hidden/labNN.py` and
`tests/wrong_answers/labNN.py` under one root. Nothing here runs a cell.
"""

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from nbformat import NotebookNode

from course import CourseError, notebooks
from labsupport import PROJECT_DIR
from labsupport.checks.protocol import Case, Exercise


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
