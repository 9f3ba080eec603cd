"""Which parts of a lab's notebook have to run before its exercises can be checked, and nothing else.

The one place that says so: for a student's own check of the whole notebook, for grading, and for the course's proofs.
A notebook here is an `nbformat.NotebookNode`. Needs the standard library alone, so that it can stand beside a student's
code in grading.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import re
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAX_TEXT = 2000
MAX_SOURCE = 200_000
MAX_IPYTHON = 20_000
"""Characters of a source that is read as IPython does, which takes time in proportion to their square."""

STAR = " import *"
TRIED = "tried-imports"
"""The piece of the imports that stand inside of `try` and its like: one that fails stops nothing."""

_TIMED = re.compile(r"^([^\S\n]*)%time(?:it)?[^\S\n]+(?=[A-Za-z_])", re.MULTILINE)
_FUTURE = "from __future__ import annotations"
_FUTURE_FLAG = 0x1000000


@dataclass(frozen=True)
class Piece:
    """Source that must run before exercises are checked; kind is "imports", "given" or "solution"."""

    cell_id: str
    kind: str
    source: str


def graded(cell: NotebookNode) -> NotebookNode:
    """Return a cell's nbgrader metadata, empty where it has none."""
    return cell.metadata.get("nbgrader", {})


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags."""
    return cell.metadata.get("tags", [])


def is_exercise(cell: NotebookNode) -> bool:
    """Say whether a cell is one that a student fills in and a check grades."""
    return cell.cell_type == "code" and bool(graded(cell).get("solution")) and not graded(cell).get("grade")


def is_own(cell: NotebookNode) -> bool:
    """Say whether a cell holds an experiment of the student's own: code that a person grades and grading never runs."""
    return cell.cell_type == "code" and bool(graded(cell).get("solution")) and bool(graded(cell).get("grade"))


def exercise_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the code cells a student fills in and a check grades, by grade_id."""
    return {graded(cell).grade_id: cell for cell in notebook.cells if is_exercise(cell) and "grade_id" in graded(cell)}


def pieces(notebook: NotebookNode, given: Collection[str] = ("given",)) -> list[Piece]:
    """Return what runs before the exercises are checked, in order, each piece in the same namespace.

    First every import statement of any code cell; then, in the notebook's order, the exercise cells and those that have
    one of the tags `given`. No other cell counts, so nothing that trains or measures ever runs. `from x import *` alone
    stays where it stands: it may give another meaning to names of exercises before it.
    """
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    every = dict.fromkeys(line for source in sources for line in imports(source) if not line.endswith(STAR))
    plain = dict.fromkeys(line for source in sources for line in imports(source, inside=False))
    found = [Piece("imports", "imports", "\n".join(line for line in every if line in plain))]
    if tried := [line for line in every if line not in plain]:
        found.append(Piece(TRIED, "imports", "\n".join(tried)))
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if set(given) & set(tags(cell)):
            found.append(Piece(cell.id, "given", as_python(cell.source)))
        elif is_exercise(cell):
            found.append(Piece(graded(cell).grade_id, "solution", as_python(cell.source)))
        elif stars := [line for line in imports(cell.source) if line.endswith(STAR)]:
            found.append(Piece(cell.id, "imports", "\n".join(stars)))
    return found


def as_python(source: str) -> str:
    """Return a cell's source as IPython would run it: magics, shell lines, `x?` and pasted prompts become Python.

    A source that is Python already is left as it is, as is one that IPython cannot read either.
    """
    if len(source) > MAX_IPYTHON or _parses(source):
        return source
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        inside = as_python(rest)  # %%time and its like run what stands below them
        return inside if _parses(inside) else source
    source = _TIMED.sub(r"\1", source)
    try:
        from IPython.core.inputtransformer2 import TransformerManager
    except ImportError:
        return source
    try:
        transformed = TransformerManager().transform_cell(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    return transformed if _parses(transformed) else source


def _parses(source: str) -> bool:
    try:
        compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def imports(source: str, *, inside: bool = True) -> Iterator[str]:
    """Yield the import statements of a code cell, a line each.

    A cell that cannot be parsed has none, nor has one of more than MAX_SOURCE characters.

    Args:
        source: of the cell.
        inside: those inside `try`, `with` and `if` at the top level too.
    """
    if len(source) > MAX_SOURCE:
        return
    try:
        waiting = [*reversed(ast.parse(as_python(source)).body)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield ast.unparse(node)
        elif inside and isinstance(node, ast.If | ast.With | ast.Try):
            handlers = [line for handler in getattr(node, "handlers", []) for line in handler.body]
            lines = [*node.body, *handlers, *getattr(node, "orelse", []), *getattr(node, "finalbody", [])]
            waiting += reversed(lines)


def run_pieces(
    found: Sequence[Piece],
    names: dict[str, object],
    begin: Callable[[int], object] = int,
    skip: Collection[int] = (),
) -> dict[str, str]:
    """Run pieces one after the other in a namespace, each also when an earlier one stopped.

    Args:
        found: as `pieces` returns them. Imports run one by one. What IPython would do besides does nothing here.
        begin: called with the number of each piece before it runs.
        skip: numbers of pieces not to run.

    Returns:
        What stopped a cell, by its id: the name of the error and its message.
    """
    stopped: dict[str, str] = {}
    names.setdefault("get_ipython", _NoIPython)
    flags = 0
    for number, piece in enumerate(found):
        if number in skip:
            continue
        begin(number)
        for source in piece.source.splitlines() if piece.kind == "imports" else [piece.source]:
            flags = _FUTURE_FLAG if _FUTURE in source else flags
            if (error := _run(source, piece.cell_id, names, flags)) is not None and piece.cell_id != TRIED:
                stopped[piece.cell_id] = error
    return stopped


def _run(source: str, name: str, names: dict[str, object], flags: int) -> str | None:
    file = f"<{name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    try:
        code = compile(source, file, "exec", flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        if code.co_flags & inspect.CO_COROUTINE:
            _finish(eval(code, names))
        else:
            exec(code, names)
    except BaseException as error:  # whatever a student's cell does, the others run
        what = f"{error.msg} in line {error.lineno}" if isinstance(error, SyntaxError) else error
        return f"{type(error).__name__}: {what}"[:MAX_TEXT]
    return None


def _finish(coroutine: Coroutine) -> None:
    """Run a cell that awaits at its top level; only what is ready at once can be awaited, there is no event loop."""
    try:
        while coroutine.send(None) is None:
            pass
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError("the cell awaits something that is not ready: there is no event loop here")


class _NoIPython:
    """Stands where IPython would: magics and shell lines do nothing."""

    def __getattr__(self, name: str) -> Callable[..., list]:
        return lambda *_, **__: []
