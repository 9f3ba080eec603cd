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
        names, stopped = self._loaded
        if name not in names:
            told = f"; cells that stopped: {stopped}" if stopped else ""
            raise AttributeError(f"lab {self.lab} shows no {name} in a cell tagged {TAG}{told}")
        return names[name]

    def names(self) -> set[str]:
        """Return the names of all that the lab defines for its recorded runs.

        Raises:
            CourseError: a cell stopped.
        """
        names, stopped = self._loaded
        if stopped:
            raise CourseError(f"lab {self.lab}: {stopped}")
        return set(names)

    @cached_property
    def _loaded(self) -> tuple[dict[str, object], str]:
        """All names, and which cells stopped: where a table is recorded anew, those that read it do."""
        path = notebooks.find_labs(self.lab, PROJECT_DIR)[0]
        names: dict[str, object] = {"__name__": f"lab{self.lab}"}
        stopped = run_pieces(pieces(notebooks.read(path), ("given", TAG)), names)
        return names, "; ".join(f"{cell}: {error}" for cell, error in stopped.items())
