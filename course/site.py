"""Build the course's site: `build/site/`, pages that load nothing from elsewhere and work by double click.

A lab's page is the student version with the outputs of the solved notebook. The release keeps the ids of cells, so
outputs are copied by id; cells that hold a solution get none. Before Sphinx is called, every page is searched for what
only the solved notebooks and the hidden cases say.
"""

import argparse
import ast
import copy
import hashlib
import html
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course import CourseError, glossary
from course.cells import solution_lines
from course.notebooks import BUILD_DIR, LabInfo, find_labs, lab_info, ledgers, read, write
from course.record import PLAN
from course.release import release
from course.student import README as STUDENTS
from labsupport import PROJECT_DIR
from labsupport.checks.pieces import as_python, graded, tags
from labsupport.claims import VERDICTS_MIME, machine_lines

FILES = PROJECT_DIR / "course" / "site_files"
TARGET = BUILD_DIR / "site"
SHORTEST = 24
"""Characters, blanks left out, from which on a piece of a solution tells something."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`site` has no options."""


def main(args: argparse.Namespace) -> int:  # noqa: ARG001
    """Build the site and say where it begins."""
    build(TARGET)
    print(f"The site begins at {TARGET / 'index.html'}")
    return 0


def build(target: Path) -> None:
    """Write the site into a folder; what was there is replaced.

    Raises:
        CourseError: Sphinx is missing or warned, a vendored file was changed, or a page tells a part of a solution.
    """
    source = target.parent / "site-source"
    lay_out(source, target.parent)
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No module named sphinx" in done.stderr:
        raise CourseError('Sphinx is missing. Install it: pip install -e ".[site]"')
    if done.returncode:
        raise CourseError(f"Sphinx did not finish without a warning:\n{done.stderr.strip()}")


def lay_out(source: Path, build_folder: Path) -> None:
    """Write what Sphinx reads: a page for each lab and document, and the files that the pages load."""
    shutil.rmtree(source, ignore_errors=True)
    (source / "downloads").mkdir(parents=True)
    _vendor(source / "_static")
    shutil.copy(FILES / "conf.py", source)
    labs = find_labs()
    infos = []
    public = public_text()
    for path in labs:
        solved = read(path)
        info = lab_info(path, solved)
        released_path = release(path, build_folder)
        released = read(released_path)
        shutil.copy(released_path, source / "downloads")
        words = public + squeezed("\n".join(cell.source for cell in released.cells))
        page = lab_page(released, solved, info, path.name)
        found = leaks(nbformat_text(page), secrets(solved, path.name[:2]), words)
        if found:
            raise CourseError(f"{path.name}: the page would tell a part of a solution: {found[0]}")
        write(page, source / "labs" / path.name)
        infos.append((path, info, solved))
    pages = ["students", *sorted(path.stem for path in (PROJECT_DIR / "docs").glob("*.md"))]
    for path in (PROJECT_DIR / "docs").glob("*.md"):
        shutil.copy(path, source)
    (source / "glossary.md").write_text(glossary.page(labs), encoding="utf-8")
    students = STUDENTS.replace("# Neural-network compression: the labs", "# For students", 1)
    (source / "students.md").write_text(students, encoding="utf-8")
    (source / "verdicts.md").write_text(verdict_page(infos), encoding="utf-8")
    (source / "index.md").write_text(_index(infos, dict.fromkeys([*pages, "verdicts"])), encoding="utf-8")


def _vendor(static: Path) -> None:
    mathjax = FILES / "mathjax"
    [expected] = re.findall(r"\b[0-9a-f]{64}\b", (mathjax / "README.md").read_text(encoding="utf-8"))
    if hashlib.sha256((mathjax / "tex-svg.js").read_bytes()).hexdigest() != expected:
        raise CourseError("course/site_files/mathjax/tex-svg.js is not the file whose sha256 its README.md states.")
    shutil.copytree(mathjax, static / "mathjax", ignore=shutil.ignore_patterns("README.md"))
    for name in ("site.css", "site.js"):
        shutil.copy(FILES / name, static)


def lab_page(released: NotebookNode, solved: NotebookNode, info: LabInfo, name: str) -> NotebookNode:
    """Return the released notebook with the outputs of the solved one, and a line below its title."""
    originals = {cell.id: cell for cell in solved.cells}
    cells = []
    for cell in released.cells:
        original = originals[cell.id]
        if cell.cell_type == "code" and not graded(original).get("solution"):
            if any(VERDICTS_MIME in output.get("data", {}) for output in original.outputs):
                cells.append(nbformat.v4.new_markdown_cell('<span id="verdicts"></span>'))
            cell.outputs = [_tidy(output) for output in original.outputs]
            cell.execution_count = original.execution_count
            alts = [output.get("metadata", {}).get("image/png", {}).get("alt") for output in original.outputs]
            if alt := next(filter(None, alts), None):
                cell.metadata["mystnb"] = {"image": {"alt": alt}}
        cells.append(cell)
    line = (
        f"{info.minutes} minutes, {info.points:g} points. {{download}}`Notebook <../downloads/{name}>`. "
        "The outputs are those of the solved notebook; the answers are yours to write."
    )
    cells.insert(1, nbformat.v4.new_markdown_cell(line))
    released.cells = cells
    return released


def _tidy(output: NotebookNode) -> NotebookNode:
    output = copy.deepcopy(output)
    data = output.get("data", {})
    for kind in [kind for kind in data if kind.startswith("application/vnd.labs")]:
        del data[kind]
    if "text/html" in data:  # pandas: no style of its own, an empty corner is no heading
        page = re.sub(r"<style scoped>.*?</style>\n?", "", data["text/html"], flags=re.DOTALL)
        data["text/html"] = page.replace("<th></th>", "<td></td>").replace(' border="1"', "")
    return output


def nbformat_text(page: NotebookNode) -> str:
    """Return all that a notebook says, sources and outputs, without blanks."""
    parts = []
    for cell in page.cells:
        parts.append(cell.source)
        for output in cell.get("outputs", []):
            parts += [output.get("text", ""), *output.get("traceback", [])]
            parts += [html.unescape(str(text)) for kind, text in output.get("data", {}).items() if "image" not in kind]
    return squeezed("\n".join(parts))


def squeezed(text: str) -> str:
    """Return the text without blanks and with one kind of quotation mark."""
    return re.sub(r"\s+", "", text).replace("'", '"')


def public_text() -> str:
    """Return what students can read anyway, squeezed: the package of the labs."""
    paths = sorted((PROJECT_DIR / "labsupport").rglob("*.py"))
    return squeezed("\n".join(path.read_text(encoding="utf-8") for path in paths))


def secrets(solved: NotebookNode, lab: str) -> set[str]:
    """Return the lines and expressions of a lab's solutions and hidden files, squeezed, the short ones left out."""
    found: set[str] = set()
    for cell in solved.cells:
        lines = solution_lines(cell.source) if cell.cell_type == "code" else []
        if cell.cell_type == "markdown" and (graded(cell).get("solution") or "instructor" in tags(cell)):
            lines = cell.source.splitlines()
        found.update(squeezed(line) for line in lines)
        if cell.cell_type == "code" and lines:
            found.update(_expressions(as_python(cell.source), set(map(str.strip, lines))))
    for path in sorted((PROJECT_DIR / "course" / "hidden" / f"lab{lab}").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.update(squeezed(line) for line in text.splitlines() if not line.startswith(("import", "from")))
        found.update(_expressions(text, None))
    return {piece for piece in found if len(piece) >= SHORTEST}


def _expressions(source: str, lines: set[str] | None) -> Iterator[str]:
    """Yield the expressions of a program, squeezed; with `lines`, those that begin on one of them."""
    rows = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.expr) and (lines is None or rows[node.lineno - 1].strip() in lines):
            yield squeezed(ast.get_source_segment(source, node) or "")


def leaks(text: str, secret: Iterable[str], public: str) -> list[str]:
    """Return the secret pieces that stand in a text and not among what is public; all of them squeezed."""
    return sorted(piece for piece in secret if piece in text and piece not in public)


def verdict_page(labs: list[tuple[Path, LabInfo, NotebookNode]]) -> str:
    """Return the page of verdicts: a table with filters, each row with a link to the cell that printed it."""
    rows, options = [], {"lab": {}, "basis": {}, "verdict": {}}
    found = [(path, ledger) for path, _, solved in labs for ledger in ledgers(solved)]
    for path, ledger in found:
        for claim in ledger["claims"]:
            kind = claim["verdict"].split(" (")[0]
            kind = "holds when ..." if kind.startswith("holds when") else kind
            chosen = {"lab": ledger["lab"], "basis": claim["basis"], "verdict": kind}
            for name, value in chosen.items():
                options[name][value] = None
            data = " ".join(f'data-{name}="{html.escape(value)}"' for name, value in chosen.items())
            link = f'<a href="labs/{path.stem}.html#verdicts">lab {ledger["lab"]}</a>'
            texts = [html.escape(claim[name]) for name in ("claim", "measured", "verdict", "basis", "source")]
            if claim["basis"] == "recorded":
                texts[3] = f'<a href="#recorded-{ledger["lab"]}">recorded</a>'
            rows.append(f"<tr {data}><td>{link}</td>{''.join(f'<td>{text}</td>' for text in texts)}</tr>")
    filters = "".join(
        f'<label>{name}<select name="{name}"><option value="">all</option>'
        + "".join(f"<option>{html.escape(value)}</option>" for value in values)
        + "</select></label>"
        for name, values in options.items()
    )
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("lab", "claim", "measured", "verdict", "basis", "source")
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    runs = []
    stages = tomllib.loads(PLAN.read_text(encoding="utf-8"))["stage"]
    for lab in sorted({stage["lab"] for stage in stages}):
        runs.append(f'<span id="recorded-{lab}"></span>\n\nLab {lab}, with each seed in turn:\n')
        for stage in (stage for stage in stages if stage["lab"] == lab):
            seeds = ", ".join(map(str, stage["seeds"]))
            runs.append(f"- `python -m course record --lab {lab} --stage {stage['name']} --seed N`, N: {seeds}")
        runs.append("")
    return "\n".join(
        [
            "# Verdicts\n\nWhat the labs measured. A lab's number leads to the cell that printed the row.\n",
            f'<div class="filters">{filters}<output></output></div>',
            f'<div class="verdicts" tabindex="0" role="region" aria-label="Verdicts">{table}</div>\n',
            *(f"{line}\n" for line in machine_lines(ledger for _, ledger in found)),
            "## Recorded runs\n",
            *runs,
        ]
    )


def _index(labs: list[tuple[Path, LabInfo, NotebookNode]], pages: Iterable[str]) -> str:
    lines = ["# Neural-network compression, measured\n"]
    lines.append("Labs that measure what a lecture on neural networks for edge devices states.\n")
    lines += ["| lab | title | minutes | points |", "| :-- | :-- | :-- | :-- |"]
    lines += [f"| {i.number} | [{i.title}](labs/{path.name}) | {i.minutes} | {i.points:g} |" for path, i, _ in labs]
    toctree = "\n```{{toctree}}\n:hidden:\n:caption: {}\n\n{}\n```\n"
    lines.append(toctree.format("Labs", "\n".join(f"labs/{path.stem}" for path, _, _ in labs)))
    lines.append(toctree.format("More", "\n".join(pages)))
    return "\n".join(lines)
