"""The functions that a lab shows, for the runs that use them: no second version of them exists."""

from functools import cached_property

from course import CourseError, notebooks
from labsupport import PROJECT_DIR
from labsupport.checks.pieces import pieces, run_pieces

TAG = "recorded"


class Shown:
    """What a lab's notebook defines, by name: `Shown("03").train_more`.

    Runs, at the first name that is asked for, the imports, the exercises with their solutions, and the cells tagged
    `given` or `recorded`; those define functions and settings and measure nothing.
    """

    def __init__(self, lab: str) -> None:
        self.lab = lab

    def __getattr__(self, name: str) -> object:
        try:
            return self._names[name]
        except KeyError:
            raise AttributeError(f"lab {self.lab} shows no {name} in a cell tagged {TAG}") from None

    def names(self) -> set[str]:
        """Return the names of all that the lab defines for its recorded runs."""
        return set(self._names)

    @cached_property
    def _names(self) -> dict[str, object]:
        path = notebooks.find_labs(self.lab, PROJECT_DIR)[0]
        names: dict[str, object] = {"__name__": f"lab{self.lab}"}
        stopped = run_pieces(pieces(notebooks.read(path), ("given", TAG)), names)
        if stopped:
            raise CourseError(
                f"lab {self.lab}: {'; '.join(f'cell {cell}: {error}' for cell, error in stopped.items())}"
            )
        return names
