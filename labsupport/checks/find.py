"""Find the exercise that a function answers, by its name, and check it."""

import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path

from labsupport.checks.protocol import Exercise, exercise_in, put_cases, slug_of


def check(function: Callable) -> None:
    """Put the visible cases of the exercise of this name to a student's function; one line says that all agree.

    Raises:
        CheckFailed: the first case that does not agree; its message says what happened and what to do.
        NotImplementedError: the exercise is not solved yet.
        LookupError: no exercise has this name.
    """
    __tracebackhide__ = True
    put_cases(exercise_of(function, sys._getframe(1).f_globals), function)


def exercise_of(function: Callable, names: dict[str, object]) -> Exercise:
    """Return the exercise that a function answers.

    Args:
        function: the answer. Where a decorator took its name, the name counts that it is bound to.
        names: the namespace of the notebook.

    Raises:
        LookupError: no exercise has the function's name.
    """
    own = getattr(function, "__name__", type(function).__name__)
    bound = [name for name, value in names.items() if value is function]
    for name in (own, *bound):
        if isinstance(name, str) and (exercise := find(name)):
            return exercise
    raise LookupError(
        f"there is no exercise {own!r}. Give check the function of the exercise, under the name it has there."
    )


def find(function: str) -> Exercise | None:
    """Return the exercise whose function has this name, or None. Names are unique over all labs."""
    module = module_of(function)
    return exercise_in(importlib.import_module(module), module.rpartition(".")[2]) if module else None


def module_of(function: str) -> str | None:
    """Return the name of the module that holds the visible cases of a function, or None."""
    stem = slug_of(function).replace("-", "_")
    if stem.startswith("_"):
        return None
    elsewhere = re.compile(rf"labsupport\.checks\.lab\d\d\.{re.escape(stem)}")  # loaded from another course's folder
    modules = [name for name in sys.modules if elsewhere.fullmatch(name)]
    modules += [
        f"labsupport.checks.{path.parent.name}.{stem}"
        for path in Path(__file__).parent.glob("lab[0-9][0-9]/*.py")
        if path.stem == stem
    ]
    return next(iter(modules), None)


def functions_beside(function: str) -> list[str]:
    """Return the functions of all exercises of the lab that this function's exercise belongs to."""
    module = importlib.import_module(module_of(function))
    return sorted(path.stem for path in Path(module.__file__).parent.glob("[!_]*.py"))
