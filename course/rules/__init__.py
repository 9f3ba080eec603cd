"""The rules every lab keeps. Each rule is a function: a notebook in, the places that break it out.

On the command line: `python -m course.rules notebooks/*.ipynb` prints them, a line each.
"""

import ast
import json
import re
import statistics
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode

from course import CourseError
from course.minutes import ALLOWED, minutes
from course.notebooks import lab_info, read
from course.rules.names import Names, tree
from labsupport.checks.pieces import graded, is_exercise, is_own, tags
from labsupport.claims import CLAIMS_MIME, VERDICTS_MIME

MAX_BYTES = 500_000
MAX_STATEMENTS = 30
MAX_MEDIAN_STATEMENTS = 8
MIN_EXERCISES = 4
OF_THE_FIRST_FORM = frozenset({"06", "09"})
"""Labs that have no experiment of the student's own yet, no "Take home", and no minutes that were counted."""
READS_RESULTS = ("load", "predictions", "recorded_on")
CODE_TAGS = {"given", "recorded", "uses-exercise", "nbval-ignore-output", "timing"}
MARKDOWN_TAGS = {"instructor", "claim"}

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RANDOM_ID = re.compile(r"(?=.*\d)[0-9a-f]{8}|.*[0-9a-f]{4}-[0-9a-f]{4}-.*")
PATH = re.compile(r"(?<![\w./])/(home|root|tmp|work|Users|usr|opt|mnt|var)/|\b[A-Za-z]:\\")
HOST = re.compile(r"https?://|\blocalhost\b")
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}|\b0x[0-9a-f]{9,}", re.IGNORECASE)
FIGURE_TYPES = ("image/png", "image/svg+xml", "image/jpeg")

UNIT = (
    r"%|percent|(?:ns|µs|us|ms|s|sec|seconds?|milliseconds?)\b|[kKMGT]i?B(?:/s)?\b|[kMGT](?:FLOPs?|OPs?)\b|(?:FLOPs?|OPs?)/s\b"
    r"|(?:images|samples|frames)/s\b|fps\b|times (?:faster|slower|smaller|larger)\b|[x×](?!\w|\s*\d)"
)
NUMBER_WITH_UNIT = re.compile(rf"(?<![\w.])\d[\d,. ]*\s?(?:{UNIT})")
NOT_PROSE = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$|<!--.*?-->", re.DOTALL)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*(?=[-*|#\d])|\n\s*\n")
SOURCED = re.compile(
    r"\]\(|https?://|\(lecture\b|\(source\b|\bsource:|\bthe lecture (?:says|claims|states|gives)", re.IGNORECASE
)


class Lab(NamedTuple):
    """A notebook and the file it stands in; the file need not exist."""

    path: Path
    notebook: NotebookNode

    @property
    def code(self) -> list[NotebookNode]:
        """The code cells that hold code."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code" and cell.source.strip()]

    @property
    def markdown(self) -> list[NotebookNode]:
        """The text cells."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "markdown"]


class Violation(NamedTuple):
    """One broken rule: its name, the lab's file name, and what is wrong where."""

    rule: str
    lab: str
    message: str

    def __str__(self) -> str:
        return f"{self.lab}: {self.message}  [{self.rule}]"


Rule = Callable[[Lab], Iterator[str]]


def is_solution(cell: NotebookNode) -> bool:
    """Say whether a cell is one that a student fills in and a check grades."""
    return is_exercise(cell)


def is_check(cell: NotebookNode) -> bool:
    """Say whether a cell is a graded check."""
    return cell.cell_type == "code" and bool(graded(cell).get("grade")) and not graded(cell).get("solution")


def num_statements(cell: NotebookNode) -> int:
    """Count the statements of a cell at every depth, without imports and docstrings."""
    parsed = tree(cell)
    documented = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    nodes = list(ast.walk(parsed))
    counted = sum(isinstance(node, ast.stmt) and not isinstance(node, (ast.Import, ast.ImportFrom)) for node in nodes)
    return counted - sum(isinstance(node, documented) and ast.get_docstring(node) is not None for node in nodes)


def output_texts(cell: NotebookNode) -> Iterator[str]:
    """Yield every text a cell's outputs show."""
    for output in cell.outputs:
        if output.output_type == "stream":
            yield output.text
        for kind, content in output.get("data", {}).items():
            if kind.startswith("text/") or kind.endswith("json"):
                yield str(content)


def has_figure(cell: NotebookNode) -> bool:
    """Say whether a cell's outputs hold a picture."""
    return any(kind in output.get("data", {}) for output in cell.outputs for kind in FIGURE_TYPES)


def has_words(cell: NotebookNode) -> bool:
    """Say whether a cell shows computed text: a printed line, a value, a table; a figure's own label does not count."""
    for output in cell.outputs:
        data = output.get("data", {})
        if output.output_type == "stream" and output.name == "stdout" and output.text.strip():
            return True
        if any(kind.startswith("text/") for kind in data) and not any(kind in data for kind in FIGURE_TYPES):
            return True
    return False


def executed_in_order(lab: Lab) -> Iterator[str]:
    """The lab was executed from the top, once."""
    counts = [cell.execution_count for cell in lab.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts[:6]}..., expected 1, 2, 3, ...: run `python -m course execute`"


def outputs_stored(lab: Lab) -> Iterator[str]:
    """A cell that prints has its output stored."""
    for cell in lab.code:
        prints = any(
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "print"
            for node in tree(cell).body
        )
        if (prints or is_check(cell)) and not cell.outputs:
            yield f"cell {cell.id} prints, and has no stored output"


def readable_ids(lab: Lab) -> Iterator[str]:
    """A cell is named by a readable slug, once, and its grade_id is the same."""
    ids = [cell.get("id", "") for cell in lab.notebook.cells]
    for cell, identity in zip(lab.notebook.cells, ids, strict=True):
        if not SLUG.fullmatch(identity) or RANDOM_ID.fullmatch(identity):
            yield f"cell id {identity!r} is no readable slug such as quantize-affine"
        if ids.count(identity) > 1:
            yield f"cell id {identity!r} is used {ids.count(identity)} times"
        if "grade_id" in graded(cell) and graded(cell).grade_id != identity:
            yield f"cell {identity} has grade_id {graded(cell).grade_id!r}; the two must be equal"


def known_tags(lab: Lab) -> Iterator[str]:
    """A tag has a meaning."""
    for cell in lab.notebook.cells:
        allowed = CODE_TAGS if cell.cell_type == "code" else MARKDOWN_TAGS
        for tag in sorted(set(tags(cell)) - allowed):
            yield f"cell {cell.id} is tagged {tag!r}; a {cell.cell_type} cell may have: {', '.join(sorted(allowed))}"
        if graded(cell) and set(tags(cell)) & {"given", "uses-exercise", "instructor"}:
            yield f"cell {cell.id} belongs to an exercise; it takes no tag given, uses-exercise or instructor"
        if "timing" in tags(cell) and "nbval-ignore-output" not in tags(cell):
            yield f"cell {cell.id} is tagged timing without nbval-ignore-output"


def recorded_only_defines(lab: Lab) -> Iterator[str]:
    """A cell that recorded runs take from the notebook defines functions, classes and settings, and does nothing."""
    allowed = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    for cell in lab.code:
        if "recorded" in tags(cell):
            for node in tree(cell).body:
                if not isinstance(node, allowed):
                    yield f"cell {cell.id} is tagged recorded, and its line {node.lineno} does something"


def ignored_output_asserted(lab: Lab) -> Iterator[str]:
    """Where outputs may differ, a `fact` in the same cell says what matters, or the next code cell asserts it."""
    for cell, following in zip_longest(lab.code, lab.code[1:]):
        if "nbval-ignore-output" not in tags(cell) or "timing" in tags(cell) or "fact" in Names(cell).needed:
            continue
        if is_own(cell):
            continue  # its report is what it says
        nodes = list(ast.walk(tree(following))) if following else []
        asserts = [node for node in nodes if isinstance(node, ast.Assert)]
        speaks = any(node.msg for node in asserts) or (following and has_words(following))
        if not asserts or not speaks:
            yield f"cell {cell.id} ignores its output: say what matters by fact(...) or assert it in the next cell"


def exercise_use_tagged(lab: Lab) -> Iterator[str]:
    """A cell needs `uses-exercise` when it needs a student's function, or a name made by a cell that does."""
    from_exercises: set[str] = set()
    for cell in lab.code:
        names = Names(cell)
        used = names.needed & from_exercises
        if is_solution(cell):
            from_exercises |= names.bound
        elif is_check(cell) or is_own(cell):
            continue
        elif "uses-exercise" in tags(cell):
            if not used:
                yield f"cell {cell.id} is tagged uses-exercise and uses none"
            from_exercises |= names.bound
        elif used:
            yield f"cell {cell.id} uses {', '.join(sorted(used))} from an exercise: tag it uses-exercise"
        else:
            from_exercises -= names.bound


def short_cells(lab: Lab) -> Iterator[str]:
    """A cell holds one idea."""
    lengths = [num_statements(cell) for cell in lab.code]
    for cell, length in zip(lab.code, lengths, strict=True):
        if length > MAX_STATEMENTS:
            yield f"cell {cell.id} has {length} statements, at most {MAX_STATEMENTS}"
    if lengths and statistics.median(lengths) > MAX_MEDIAN_STATEMENTS:
        yield f"the median code cell has {statistics.median(lengths):g} statements, at most {MAX_MEDIAN_STATEMENTS}"


def small_file(lab: Lab) -> Iterator[str]:
    """A lab opens fast and its diffs can be read."""
    num_bytes = lab.path.stat().st_size if lab.path.exists() else len(json.dumps(lab.notebook))
    if num_bytes > MAX_BYTES:
        yield f"{num_bytes / 1000:.0f} KB, at most {MAX_BYTES // 1000} KB"


def clean_outputs(lab: Lab) -> Iterator[str]:
    """No output is an error or a warning."""
    for cell in lab.code:
        if any(output.output_type == "error" for output in cell.outputs):
            yield f"cell {cell.id} stores an error"
        if any(output.get("name") == "stderr" for output in cell.outputs):
            yield f"cell {cell.id} writes to stderr; catch the warning, and print it once where it is the lesson"


def portable_outputs(lab: Lab) -> Iterator[str]:
    """No output shows where, or in what process, the lab was executed."""
    patterns = {"an absolute path": PATH, "a host": HOST, "a memory address": ADDRESS}
    for cell in lab.code:
        for what, pattern in patterns.items():
            found = [match[0] for text in output_texts(cell) for match in pattern.finditer(text)]
            if found:
                yield f"cell {cell.id} shows {what} in its output: {found[0]}"


def figures_in_words(lab: Lab) -> Iterator[str]:
    """What a figure shows is also said in computed words."""
    for cell, following in zip_longest(lab.code, lab.code[1:]):
        if has_figure(cell) and not has_words(cell) and not (following and has_words(following)):
            yield f"cell {cell.id} draws a figure, and neither it nor the next code cell says in words what it shows"


def no_typed_results(lab: Lab) -> Iterator[str]:
    """A measured result is computed, never typed: a number with a unit in prose is a violation.

    Not read as prose: code and formulas (so a setting is written `10 %` or $10$ %), the first cell, a section headed
    "Claims under test", and cells tagged claim. A sentence, list item or table row may carry one when it names its
    source: a link, "(lecture)", "(source ...)", "source: ..." or "the lecture says". Minutes and points are no results.
    """
    for cell in lab.markdown:
        if cell is lab.notebook.cells[0] or "claim" in tags(cell):
            continue
        in_claims = False
        for sentence in SENTENCE_END.split(NOT_PROSE.sub(" ", cell.source)):
            if sentence.lstrip().startswith("#"):
                in_claims = "claims under test" in sentence.lower()
            found = NUMBER_WITH_UNIT.search(sentence)
            if found and not in_claims and not SOURCED.search(sentence):
                yield f"cell {cell.id} types {found[0]!r} into prose: compute it, or name its source beside it"


def no_hidden_result(lab: Lab) -> Iterator[str]:
    """No cell hides its value behind a semicolon."""
    for cell in lab.code:
        if cell.source.rstrip().endswith(";"):
            yield f"cell {cell.id} ends in `;`; assign the value to a name instead"


def exercises_graded(lab: Lab) -> Iterator[str]:
    """Each exercise has a check with points, below it."""
    ids = [cell.get("id") for cell in lab.notebook.cells]
    exercises = [cell for cell in lab.code if is_solution(cell)]
    if len(exercises) < MIN_EXERCISES:
        yield f"{len(exercises)} exercises, at least {MIN_EXERCISES}"
    checks = {cell.id: cell for cell in lab.code if is_check(cell)}
    for cell in exercises:
        check = checks.pop(f"{cell.id}-check", None)
        if check is None:
            yield f"exercise {cell.id} has no graded check {cell.id}-check"
        elif ids.index(check.id) < ids.index(cell.id):
            yield f"check {check.id} stands before its exercise"
        elif not graded(check).get("locked") or not graded(check).get("points"):
            yield f"check {check.id} needs points and locked: true"
        if graded(cell).get("grade") or graded(cell).get("locked"):
            yield f"exercise {cell.id} must have grade: false and locked: false; its check has the points"
    for identity in checks:
        yield f"check {identity} has no exercise {identity.removesuffix('-check')}"


def records_nothing(lab: Lab) -> Iterator[str]:
    """A lab reads the tables of recorded runs; what makes them stands in `course/recorded/`."""
    for cell in lab.code:
        for node in ast.walk(tree(cell)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "results":
                if node.attr not in READS_RESULTS:
                    yield f"cell {cell.id} uses results.{node.attr}; a lab may use: {', '.join(READS_RESULTS)}"
            elif isinstance(node, ast.Constant) and str(node.value).startswith("LABS_"):
                yield f"cell {cell.id} asks for {node.value}: no variable changes what a lab does"


def check_stays_check(lab: Lab) -> Iterator[str]:
    """The name that every check cell calls is not given to anything else."""
    yield from (
        f"cell {cell.id} gives the name check to something else" for cell in lab.code if "check" in Names(cell).bound
    )


def sections(lab: Lab) -> Iterator[str]:
    """The first cell carries title, minutes and points; the lab ends with its verdict and its questions."""
    try:
        info = lab_info(lab.path, lab.notebook)
    except CourseError as error:
        yield str(error)
    else:
        if not re.search(rf"(?<!\d){info.points:g} points", lab.notebook.cells[0].source):
            yield f"the first cell must say {info.points:g} points, which is what the graded cells add up to"
    headings = "\n".join(cell.source for cell in lab.markdown)
    for heading in ("## Verdict", "## Questions"):
        if not re.search(rf"^{heading}\b", headings, re.MULTILINE):
            yield f"there is no section `{heading}`"
    if not any(VERDICTS_MIME in output.get("data", {}) for cell in lab.code for output in cell.outputs):
        yield "no cell shows the ledger: end the verdict with `ledger.show()`"


def true_minutes(lab: Lab) -> Iterator[str]:
    """The minutes in the first cell are those that the ruler counts, and the last field asks for the student's own."""
    stated = re.search(r"(\d+) minutes", lab.notebook.cells[0].source)
    counted = minutes(lab.notebook)
    if stated and abs(int(stated[1]) - counted) > ALLOWED * counted:
        yield f"the first cell says {stated[1]} minutes, the ruler counts {counted}"
    if lab.notebook.cells[-1].id != "minutes-taken":
        yield "the last cell must be minutes-taken, which asks how many minutes the lab took"


def own_experiment(lab: Lab) -> Iterator[str]:
    """One cell is an experiment of the student's own: it ends in a report, and its rubric follows."""
    own = [number for number, cell in enumerate(lab.notebook.cells) if is_own(cell)]
    if len(own) != 1:
        yield f"{len(own)} cells are experiments of the student's own, expected one"
    for number in own:
        cell, following = lab.notebook.cells[number], lab.notebook.cells[number + 1 : number + 2]
        if not cell.id.startswith("own-"):
            yield f"cell {cell.id} is an experiment of the student's own: its id must start with own-"
        last = tree(cell).body[-1:]
        if not last or not ast.unparse(last[0]).startswith("report("):
            yield f"cell {cell.id} must end in report(...)"
        if not following or "instructor" not in tags(following[0]):
            yield f"cell {cell.id} needs a rubric: a cell tagged instructor below it"


def take_home(lab: Lab) -> Iterator[str]:
    """A lab says in a few lines what to remember, and asks one question."""
    headings = [cell.source for cell in lab.markdown if cell.source.startswith("## Take home")]
    if len(headings) != 1 or len(re.findall(r"^[-*] ", headings[0], re.MULTILINE)) != 5:
        yield "there must be one section `## Take home`, a list of five lines"
    questions = [cell.id for cell in lab.markdown if graded(cell).get("grade")]
    if len(questions) != 1:
        yield f"{len(questions)} questions, expected one"


def claims_have_rows(lab: Lab) -> Iterator[str]:
    """Each claim under test gets a verdict, and each verdict belongs to a claim."""
    outputs = [output.get("data", {}) for cell in lab.code for output in cell.outputs]
    claims = [claim["text"] for data in outputs for claim in data.get(CLAIMS_MIME, ())]
    rows = [row["claim"] for data in outputs for row in data.get(VERDICTS_MIME, {"claims": ()})["claims"]]
    if claims:
        yield from (f"the claim {text!r} has no row in the ledger" for text in claims if text not in rows)
        yield from (f"the ledger has a row {text!r} that is no claim under test" for text in rows if text not in claims)


RULES: dict[str, Rule] = {
    "executed-in-order": executed_in_order,
    "outputs-stored": outputs_stored,
    "readable-ids": readable_ids,
    "known-tags": known_tags,
    "recorded-only-defines": recorded_only_defines,
    "ignored-output-asserted": ignored_output_asserted,
    "exercise-use-tagged": exercise_use_tagged,
    "short-cells": short_cells,
    "small-file": small_file,
    "clean-outputs": clean_outputs,
    "portable-outputs": portable_outputs,
    "figures-in-words": figures_in_words,
    "no-typed-results": no_typed_results,
    "no-hidden-result": no_hidden_result,
    "exercises-graded": exercises_graded,
    "records-nothing": records_nothing,
    "check-stays-check": check_stays_check,
    "sections": sections,
    "claims-have-rows": claims_have_rows,
    "true-minutes": true_minutes,
    "own-experiment": own_experiment,
    "take-home": take_home,
}
OF_THE_SECOND_FORM = ("true-minutes", "own-experiment", "take-home")


def violations(path: Path, notebook: NotebookNode) -> list[Violation]:
    """Return every broken rule of a notebook, in the order of `RULES`."""
    lab = Lab(path, notebook)
    left_out = OF_THE_SECOND_FORM if path.name[:2] in OF_THE_FIRST_FORM else ()
    rules = {name: rule for name, rule in RULES.items() if name not in left_out}
    return [Violation(name, path.name, message) for name, rule in rules.items() for message in rule(lab)]


def main(paths: list[str]) -> int:
    """Print the broken rules of these notebooks; the exit status is 1 when there are any."""
    try:
        found = [violation for path in paths for violation in violations(Path(path), read(Path(path)))]
    except CourseError as error:
        print(error)
        return 1
    print("\n".join(map(str, found)) or f"notebook rules: {len(paths)} labs, {len(RULES)} rules, none broken")
    return 1 if found else 0
