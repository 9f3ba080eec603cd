from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from sample_lab import PIXEL, code, display, find, markdown, sample_lab, stream

from course.notebooks import find_labs, read
from course.rules import RULES, violations
from labsupport.claims import CLAIMS_MIME

NAME = Path("00_sample.ipynb")


def put(notebook, identity, source=None, **changes):
    cell = find(notebook, identity)
    cell.update(changes if source is None else {"source": source, **changes})


def insert(notebook, cell, before="verdict"):
    notebook.cells.insert(notebook.cells.index(find(notebook, before)), cell)
    for count, code_cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        code_cell.execution_count = count


def prose(text):
    return lambda notebook: insert(notebook, markdown("prose", text))


def output(text):
    return lambda notebook: insert(notebook, code("shown", f"print({text!r})", [stream(f"{text}\n")]))


def claims(*texts):
    data = {CLAIMS_MIME: [{"text": text} for text in texts], "text/plain": "claims"}
    return lambda notebook: insert(notebook, code("claims", "show_claims(*claims)", [display(data)]))


def drop(identity):
    return lambda notebook: notebook.cells.remove(find(notebook, identity))


def many_statements(num):
    return lambda notebook: insert(notebook, code("long", "\n".join(f"a{n} = {n}" for n in range(num)), []))


def long_everywhere(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source += "\npass" * 9


def nbgrader(identity, **changes):
    return lambda notebook: find(notebook, identity).metadata.nbgrader.update(changes)


def tag(identity, *tags):
    return lambda notebook: find(notebook, identity).metadata.update(tags=list(tags))


def figure_alone(notebook):
    for identity in ("figure", "timed"):
        put(notebook, identity, "pass", outputs=[])
    put(notebook, "figure", outputs=[display({"image/png": PIXEL, "text/plain": "<Figure>"})])


def check_first(notebook):
    cells = notebook.cells
    first, second = cells.index(find(notebook, "add-1")), cells.index(find(notebook, "add-1-check"))
    cells[first], cells[second] = cells[second], cells[first]
    cells[first].execution_count, cells[second].execution_count = (
        cells[second].execution_count,
        cells[first].execution_count,
    )


def stored(**fields):
    return lambda notebook: insert(notebook, code("stored", "pass", [new_output(**fields)]))


BROKEN = {
    "executed-in-order": [
        lambda notebook: put(notebook, "value", execution_count=99),
        lambda notebook: put(notebook, "value", execution_count=None),
    ],
    "outputs-stored": [
        lambda notebook: put(notebook, "noisy-fact", outputs=[]),
        lambda notebook: put(notebook, "add-1-check", outputs=[]),
    ],
    "readable-ids": [
        lambda notebook: put(notebook, "value", id="a3f1c20b"),
        lambda notebook: put(notebook, "value", id="0f3a-11ee-9f2c"),
        lambda notebook: put(notebook, "value", id="Value_1"),
        lambda notebook: put(notebook, "value", id="imports"),
        nbgrader("add-1", grade_id="add-one"),
    ],
    "known-tags": [
        tag("value", "raises-exception"),
        tag("reading", "given"),
        tag("value", "instructor"),
        tag("add-1", "given"),
        tag("value", "timing"),
    ],
    "recorded-only-defines": [tag("value", "recorded"), tag("noisy-fact", "recorded")],
    "ignored-output-asserted": [
        lambda notebook: put(notebook, "noisy-fact", "print('8 bits, as it must be')"),
        lambda notebook: put(notebook, "noisy-fact", "assert bits == 8", outputs=[]),
        tag("ledger", "nbval-ignore-output"),
    ],
    "exercise-use-tagged": [
        tag("use"),
        tag("value", "uses-exercise"),
        lambda notebook: insert(notebook, code("later", "tripled = doubled * 3", [])),
        lambda notebook: insert(notebook, code("later", "tripled = [add_1(bit) for bit in range(3)]", [])),
        lambda notebook: insert(notebook, code("later", "def again(x):\n    return add_1(x)", [])),
    ],
    "short-cells": [many_statements(31), long_everywhere],
    "small-file": [prose("word " * 100_001)],
    "clean-outputs": [
        stored(output_type="stream", name="stderr", text="careful\n"),
        stored(output_type="error", ename="E", evalue="", traceback=[]),
    ],
    "portable-outputs": [
        output("/home/someone/model.onnx"),
        output("saved '/tmp/x'"),
        output("C:\\Users\\x"),
        output("see https://example.org"),
        output("<object at 0x7f3a91b2c1d0>"),
        lambda notebook: insert(notebook, code("frame", "x", [display({"text/html": "<p>/root/x</p>"})])),
    ],
    "figures-in-words": [figure_alone],
    "no-typed-results": [
        prose("It took 12.5 ms."),
        prose("Accuracy fell to 91.2 %."),
        prose("The file has 113.5 KB, and that is that."),
        prose("The lecture says 4x. Here it is 3.2x."),
        prose("It is 3 times faster."),
        prose("A peak of 107 GFLOP/s."),
        prose("| network | time |\n|---|---|\n| ours | 3 s |\n| [theirs](https://example.org) | 4 s |"),
        prose("### Claims under test\n\n4x smaller.\n\n### Result\n\nIt is 3.2 × smaller."),
    ],
    "no-hidden-result": [
        lambda notebook: put(notebook, "value", "bits = 8\nbits;", outputs=[]),
        lambda notebook: put(notebook, "value", "bits = 8;\n", outputs=[]),
    ],
    "exercises-graded": [
        lambda notebook: [drop(identity)(notebook) for identity in ("add-4", "add-4-check")] and prose("x")(notebook),
        nbgrader("add-1-check", points=0),
        nbgrader("add-1-check", locked=False),
        nbgrader("add-1", grade=True, points=2),
        lambda notebook: put(notebook, "add-1-check", id="other-check", metadata={"nbgrader": {"grade": True}}),
        check_first,
    ],
    "sections": [
        lambda notebook: put(notebook, "title", "# Counting\n\n8 points"),
        lambda notebook: put(notebook, "title", "15 minutes, 8 points"),
        lambda notebook: put(notebook, "title", "# Counting\n\n15 minutes, 18 points"),
        drop("verdict"),
        drop("questions"),
        lambda notebook: put(notebook, "ledger", outputs=[]),
    ],
}
BROKEN["check-stays-check"] = [lambda notebook: insert(notebook, code("later", "check = 3", []))]
BROKEN["records-nothing"] = [
    lambda notebook: insert(notebook, code("later", "results.append(3)", [])),
    lambda notebook: insert(notebook, code("later", 'full = os.environ.get("LABS_FULL")', [])),
]
BROKEN["claims-have-rows"] = [claims("a byte is 8 bits"), claims("a byte is 8 bits", "a word is 4 bytes", "another")]
BROKEN["true-minutes"] = [
    prose("word " * 600),
    lambda notebook: put(notebook, "title", "# Counting\n\n20 minutes, 11 points"),
    drop("minutes-taken"),
]
BROKEN["own-experiment"] = [
    drop("own-more-bits"),
    drop("rubric-more-bits"),
    lambda notebook: put(notebook, "own-more-bits", "report(1)\nwide = 16"),
    lambda notebook: put(notebook, "own-more-bits", id="more-bits"),
    nbgrader("own-more-bits", grade=False),
]
BROKEN["take-home"] = [
    drop("take-home"),
    lambda notebook: put(notebook, "take-home", "## Take home\n\n- one"),
    drop("question-why"),
]
BROKEN_CASES = [(rule, breaking) for rule, all_ways in BROKEN.items() for breaking in all_ways]

ALLOWED = [
    lambda notebook: put(notebook, "own-more-bits", "wide = add_1(bits)\nreport(wide)"),
    claims("a byte is 8 bits", "a word is 4 bytes"),
    lambda notebook: (
        put(notebook, "noisy", find(notebook, "noisy").source + "\nfact(bits > 4, 'more')")
        or put(notebook, "noisy-fact", "assert bits == 8", outputs=[])
    ),
    prose(
        "Prune `10 %` of what remains, $10\\,\\%$, every 2 rounds of 3x3 kernels at 32x32 pixels, in about 8 minutes."
    ),
    prose("It is 4x smaller (lecture)."),
    prose("One multiply-accumulate is 2 FLOPs, and a float32 has 4 bytes."),
    prose("Published: 71.9 % ([paper](https://example.org))."),
    prose("## Claims under test\n\n- int8 is 4x faster\n- 2 % is lost"),
    lambda notebook: insert(notebook, nbformat.v4.new_markdown_cell("4x", id="said", metadata={"tags": ["claim"]})),
    output("bits of 1.0: 0x3f800000"),
    output("conv1/weight: 1/2 done"),
    many_statements(30),
    lambda notebook: insert(notebook, code("other", "doubled = 2\nfor doubled in range(3):\n    doubled", [])),
    lambda notebook: insert(notebook, code("magic", "%matplotlib inline", [])),
]


def rules_broken_by(notebook):
    return {violation.rule for violation in violations(NAME, notebook)}


def test_the_sample_keeps_every_rule():
    assert violations(NAME, sample_lab()) == []


def test_every_rule_has_a_notebook_that_breaks_it():
    assert set(BROKEN) == set(RULES)


@pytest.mark.parametrize(("rule", "breaking"), BROKEN_CASES, ids=[rule for rule, _ in BROKEN_CASES])
def test_a_broken_notebook_is_named(rule, breaking):
    notebook = sample_lab()
    breaking(notebook)
    assert rule in rules_broken_by(notebook)


@pytest.mark.parametrize("change", ALLOWED)
def test_what_is_allowed_is_not_named(change):
    notebook = sample_lab()
    change(notebook)
    assert violations(NAME, notebook) == []


def test_a_lab_of_the_first_form_keeps_the_other_rules():
    notebook = sample_lab()
    for identity in ("take-home", "own-more-bits", "rubric-more-bits", "minutes-taken"):
        drop(identity)(notebook)
    notebook.cells[0].source = notebook.cells[0].source.replace("11 points", "9 points")
    assert rules_broken_by(notebook) == {"true-minutes", "own-experiment", "take-home", "executed-in-order"}
    left = {violation.rule for violation in violations(Path("09_sample.ipynb"), notebook)}
    assert left == {"executed-in-order"}


def test_a_violation_names_lab_cell_and_rule():
    notebook = sample_lab()
    insert(notebook, new_code_cell("print(1)", id="silent"))
    assert [str(violation) for violation in violations(NAME, notebook)] == [
        "00_sample.ipynb: cell silent prints, and has no stored output  [outputs-stored]"
    ]


def test_every_lab_keeps_the_rules():
    found = [str(violation) for path in find_labs() for violation in violations(path, read(path))]
    assert found == [], "\n".join(found)
