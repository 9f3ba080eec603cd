"""Which names a code cell needs from earlier cells, and which it leaves bound."""

import ast

from nbformat import NotebookNode


def tree(cell: NotebookNode) -> ast.Module:
    """Parse a code cell; a magic counts as one statement, a cell that is no Python as none."""
    lines = ["pass" if line.lstrip().startswith(("%", "!")) else line for line in cell.source.splitlines()]
    try:
        return ast.parse("\n".join(lines))
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


class Names(ast.NodeVisitor):
    """The names a cell needs from earlier cells, and those it leaves bound."""

    def __init__(self, cell: NotebookNode) -> None:
        self.needed: set[str] = set()
        self.bound: set[str] = set()
        self.visit(tree(cell))

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id not in self.bound:
            self.needed.add(node.id)
        if isinstance(node.ctx, ast.Store):
            self.bound.add(node.id)

    def in_order(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.in_order(node.value, *node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.in_order(node.value, node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.in_order(node.value, ast.parse(ast.unparse(node.target)), node.target)

    def visit_For(self, node: ast.For) -> None:
        self.in_order(node.iter, node.target, *node.body, *node.orelse)

    def inner_scope(self, node: ast.AST, first: list[ast.AST]) -> None:
        outside = set(self.bound)
        self.bound |= {argument.arg for argument in ast.walk(node) if isinstance(argument, ast.arg)}
        self.in_order(*first)
        self.generic_visit(node)
        self.bound = outside

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.bound.add(node.name)
        self.inner_scope(node, [])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.bound.add(node.name)
        self.inner_scope(node, [])

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.inner_scope(node, [])

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        self.inner_scope(node, node.generators)

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # noqa: N815

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.in_order(node.iter, node.target, *node.ifs)
