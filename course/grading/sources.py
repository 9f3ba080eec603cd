"""What a student's cell says, read as Python: what it defines, what it needs, and what of it may be put together.

Every function takes time in proportion to the source, but for the parser, which `reading` keeps within limits.
"""

import ast
import re
import symtable
from collections.abc import Collection, Iterator, Sequence

from labsupport.checks.pieces import MAX_SOURCE, as_python

_FENCE = re.compile(r"^[^\S\n]*(```|~~~)[^\n]*\n(.*?)^[^\S\n]*\1", re.MULTILINE | re.DOTALL)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BINDINGS = (*_DEFINITIONS, ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)


def code_in(source: str, *, is_text: bool) -> str:
    """Return the Python of a cell; that of a text cell stands between fences, or is all of it."""
    if is_text:
        blocks = [block for _, block in _FENCE.findall(source[:MAX_SOURCE])]
        source = "\n".join(blocks) or source
    return as_python(source)


def parsed(source: str) -> ast.Module | None:
    """Return the tree of a source, None where it is no Python or too long."""
    if len(source) > MAX_SOURCE:
        return None
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def defines(source: str, name: str) -> bool:
    """Say whether a source binds a name at its top level, by def, class or `name = ...`; also one that stops short."""
    tree = parsed(source)
    if tree is None:
        return bool(re.search(rf"^(?:async[^\S\n]+)?(?:def|class)[^\S\n]+{re.escape(name)}\b", source, re.MULTILINE))
    return any(name in _bound(node) for node in tree.body if isinstance(node, (*_DEFINITIONS, ast.Assign)))


def without_calls(source: str) -> str:
    """Return a source without the statements at its top level that define nothing, such as a call of `check`."""
    tree = parsed(source)
    if tree is None:
        return source
    return "\n".join(ast.unparse(node) for node in tree.body if isinstance(node, _BINDINGS))


def helpers(source: str, others: Sequence[str], known: Collection[str]) -> list[str]:
    """Return the definitions that a source needs from others, in their order, and those that these need.

    Args:
        others: sources of cells that may define what is missing.
        known: names that are there without them.
    """
    nodes = [node for other in others for node in (parsed(other) or ast.Module([], [])).body]
    nodes = [node for node in nodes if isinstance(node, _BINDINGS)]
    taken: set[int] = set()
    have, wanted = set(known) | set(_top_level(source)), set(_globals(source))
    while wanted - have:
        found = [
            number for number, node in enumerate(nodes) if number not in taken and set(_bound(node)) & (wanted - have)
        ]
        if not found:
            break
        for number in found:
            taken.add(number)
            have |= set(_bound(nodes[number]))
            wanted |= set(_globals(ast.unparse(nodes[number])))
    return [ast.unparse(nodes[number]) for number in sorted(taken)]


def names_bound(source: str) -> set[str]:
    """Return the names that a source binds at its top level."""
    return set(_top_level(source))


def _top_level(source: str) -> Iterator[str]:
    tree = parsed(source)
    for node in tree.body if tree else ():
        yield from _bound(node)


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, _DEFINITIONS):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).partition(".")[0] for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [name.id for target in targets if target for name in ast.walk(target) if isinstance(name, ast.Name)]


def _globals(source: str) -> Iterator[str]:
    """Yield the names that a source reads from the module's namespace, in functions and classes too."""
    try:
        tables = [symtable.symtable(source, "cell", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    while tables:
        table = tables.pop()
        tables += table.get_children()
        is_module = table.get_type() == "module"
        yield from (
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (symbol.is_global() or is_module)
        )
