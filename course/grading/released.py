"""What the students of a lab were given, parsed once, and what of a submission may run in it."""

import ast
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from nbformat import NotebookNode
from nbformat.v4 import reads_json

from course.cells import check_cells, manual_cells
from labsupport.checks.pieces import Piece, exercise_cells, graded, imports, is_own, tags


@dataclass(frozen=True)
class Release:
    """A released notebook. Its parts are sources by the id of their cell, in the notebook's order.

    Attributes:
        notebook: the whole; nobody changes it.
        cells: every cell.
        code: the code cells.
        given: the code cells that run before exercises are checked.
        exercises: the code cells to fill in that a check grades, each with its stub; the id is the exercise's grade_id.
        questions: the cells that a person grades, answers in words and experiments of the student's own, each with its
            stub; the id is the question's grade_id.
        own: the questions that are experiments; nothing of them ever runs.
        checks: the check cells, by the grade_id of their exercise.
        points: what exercises and then questions are worth, by grade_id.
        grade_ids: the names by which a file of this lab is recognised.
        imports: the import statements of all code cells.
    """

    notebook: NotebookNode
    cells: dict[str, str]
    code: dict[str, str]
    given: dict[str, str]
    exercises: dict[str, str]
    questions: dict[str, str]
    own: frozenset[str]
    checks: dict[str, str]
    points: dict[str, float]
    grade_ids: frozenset[str]
    imports: tuple[str, ...]

    @property
    def stubs(self) -> dict[str, str]:
        """The stubs of exercises and questions."""
        return {**self.exercises, **self.questions}

    def pieces(self, answers: dict[str, str], more_imports: Iterable[tuple[str, str]] = ()) -> list[Piece]:
        """Return what may run of a submission, in order, each piece in the same namespace.

        First the import statements of the release, without those that neither given cells nor answers name; then, in
        the notebook's order, the given cells and the answers, and before each answer the imports that act there.

        Args:
            answers: code by the grade_id of its exercise.
            more_imports: the exercise before which it acts, "" for the start, and an import statement of the student's.
        """
        more = list(more_imports)
        found: list[Piece] = []
        for name, source in self.code.items():
            if name in self.given:
                found.append(Piece(name, "given", source))
            elif name in self.exercises:
                before = dict.fromkeys(line for exercise, line in more if exercise == name)
                found += [Piece(f"{name}-imports", "imports", "\n".join(before))] if before else []
                found.append(Piece(name, "solution", answers[name]))
        words = set(re.findall(r"\w+", " ".join(piece.source for piece in found if piece.kind != "imports")))
        found = [_without_needless(piece, words) if piece.kind == "imports" else piece for piece in found]
        first = dict.fromkeys([*self.imports, *(line for exercise, line in more if not exercise)])
        needed = [line for line in first if _is_needed(line, words)]
        return [Piece("imports", "imports", "\n".join(needed)), *(piece for piece in found if piece.source)]


@functools.lru_cache(maxsize=4)
def parse(text: str) -> Release:
    """Read a released notebook; the same text is parsed once a process.

    Args:
        text: the notebook as JSON of format 4.5.
    """
    notebook = reads_json(text)
    code = {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}
    exercises = {name: cell.source for name, cell in exercise_cells(notebook).items()}
    questions, checks = manual_cells(notebook), check_cells(notebook)
    points = {name: float(graded(checks[name]).points) for name in exercises if name in checks}
    points |= {name: float(graded(cell).points) for name, cell in questions.items()}
    return Release(
        notebook=notebook,
        cells={cell.id: cell.source for cell in notebook.cells},
        code=code,
        given={cell.id: cell.source for cell in notebook.cells if cell.id in code and "given" in tags(cell)},
        exercises=exercises,
        questions={name: cell.source for name, cell in questions.items()},
        own=frozenset(name for name, cell in questions.items() if is_own(cell)),
        checks={name: cell.source for name, cell in checks.items()},
        points=points,
        grade_ids=grade_ids(notebook),
        imports=tuple(dict.fromkeys(line for source in code.values() for line in imports(source))),
    )


def grade_ids(notebook: NotebookNode) -> frozenset[str]:
    """Return the names by which a lab's file is recognised."""
    return frozenset(graded(cell).grade_id for cell in notebook.cells if graded(cell))


def _without_needless(piece: Piece, words: set[str]) -> Piece:
    lines = [line for line in piece.source.splitlines() if _is_needed(line, words)]
    return replace(piece, source="\n".join(lines))


def _is_needed(statement: str, words: set[str]) -> bool:
    """Tell whether an import statement defines one of the words, or may, or changes how sources are read."""
    names = [alias for node in ast.parse(statement).body for alias in node.names]
    bound = {(alias.asname or alias.name).partition(".")[0] for alias in names}
    return bool(bound & words) or "*" in statement or "__future__" in statement
