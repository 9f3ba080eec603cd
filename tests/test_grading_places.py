"""Answers are found where people put them: hundreds of ways to split, copy, merge and move, drawn from seeds."""

import copy
import json
import random
import textwrap
from types import SimpleNamespace

import pytest
from grading_kit import FUNCTIONS, assignment, cell, job, packed, release, released, solved

from course.grading import grade, sources
from course.grading.grade import grade_one, read_cases
from course.grading.jobs import Outcome
from course.grading.repair import repair
from course.proofs import outcome
from labsupport.checks.pieces import run_pieces
from labsupport.checks.protocol import Case, Exercise

SCRATCH = [
    "{function}(*scratch_arguments)",
    "print({function})\nresult = 1 / 0",
    "# {function} again\n2 + 2",
    "x = {function}",
    "%timeit {function}",
    "!ls",
    "{function}?",
    "",
]
HELPERS = [
    ("def helper(values):\n    return sum(values)", "def mean(values):\n    return helper(values) / len(values)"),
    ("HALF = 0.5", "def mean(values):\n    return 2 * HALF * sum(values) / len(values)"),
    ("from statistics import fmean", "def mean(values):\n    return fmean(values)"),
    ("class Sum:\n    of = staticmethod(sum)", "def mean(values):\n    return Sum.of(values) / len(values)"),
    (
        "def first(values):\n    return second(values)\n\ndef second(values):\n    return sum(values)",
        "def mean(values):\n    return first(values) / len(values)",
    ),
    (
        "import statistics as st\ntotal = lambda values: sum(values)",
        "mean = lambda values: total(values) / len(values)",
    ),
]
MEAN = "def mean(values):\n    return sum(values) / len(values)"
WRONG = "def mean(values):\n    return 7.0"


def repaired(notebook):
    return repair(packed(notebook), release(), FUNCTIONS, {})


def mistakes(notebook):
    """Return what goes wrong with each exercise, run here and without a sandbox."""
    answers = repaired(notebook)
    found = release().pieces(answers.sources, answers.imports)
    cases, wrong = read_cases(assignment()), {}
    for exercise in cases.exercises:
        place = next(number for number, piece in enumerate(found) if piece.cell_id == exercise.grade_id)
        names = {"__name__": "__main__"}
        stopped = run_pieces(found[: place + 1], names)
        function = names.get(exercise.function)
        failed = stopped.get(exercise.grade_id) or (None if function else "not defined")
        failed = failed or next(
            (error for case in cases.of(exercise) if (error := outcome(case, function, exercise.function))), None
        )
        if failed:
            wrong[exercise.grade_id] = failed
    return wrong


def code(source, **keys):
    return {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source, **keys}


def text(source, **keys):
    return {"cell_type": "markdown", "metadata": {}, "source": source, **keys}


def place(notebook, name):
    return next(number for number, each in enumerate(notebook["cells"]) if each.get("id") == name)


def put(notebook, name, *cells, after=True):
    at = place(notebook, name) + after
    notebook["cells"][at:at] = cells


def half(draw, notebook, source, name="mean"):
    """Return a cell as an editor makes one of the second half: own id or none, the metadata kept or lost."""
    made = code(source)
    keeps = draw.choice(["nothing", "grade_id", "id"])
    if keeps == "grade_id":
        made["metadata"] = copy.deepcopy(cell(notebook, name)["metadata"])
    if keeps == "id":
        made["id"] = name
    else:
        made["id"] = f"new-{draw.randrange(10**6)}"
    return made


def helper_split_off(draw, notebook):
    helper, function = draw.choice(HELPERS)
    first, second = (helper, function) if draw.random() < 0.5 else (function, helper)
    cell(notebook, "mean")["source"] = first
    put(notebook, "mean", half(draw, notebook, second))


def scratch_split_off(draw, notebook):
    scratch = draw.choice(SCRATCH).format(function="mean")
    put(notebook, "mean", half(draw, notebook, scratch), after=draw.random() < 0.5)


def copied_and_kept(draw, notebook):
    cell(notebook, "mean")["source"] = draw.choice([WRONG, MEAN, "# later", "values = [1, 2]"])
    put(notebook, "mean", code(MEAN, id="mean"))
    if draw.random() < 0.5:
        put(notebook, "mean-check", code(draw.choice(["# mean", "mean([1])", textwrap.indent(MEAN, "# ")]), id="mean"))


def below_the_stub(draw, notebook):
    cell(notebook, "mean")["source"] = draw.choice(
        [cell({"cells": [dict(c) for c in released().cells]}, "mean")["source"], ""]
    )
    put(
        notebook, draw.choice(["mean", "mean-check", "pixels", "half-way"]), code(MEAN, id=f"mine-{draw.randrange(99)}")
    )


def merged_with_the_check(draw, notebook):
    notebook["cells"].pop(place(notebook, "mean"))
    check = cell(notebook, "mean-check")
    check["source"] = f"{MEAN}\n\n{check['source']}" if draw.random() < 0.7 else f"{MEAN}\ncheck(mean)\nmean([1, 2])"


def merged_into_another_answer(draw, notebook):
    notebook["cells"].pop(place(notebook, "mean"))
    other = cell(notebook, draw.choice(["clip-pixels", "split-batches", "batch-means"]))
    other["source"] = f"{MEAN}\n\n\n{other['source']}"


def moved_to_the_end(draw, notebook):
    notebook["cells"].append(notebook["cells"].pop(place(notebook, draw.choice(["mean", "split-batches"]))))


def in_a_text_cell(draw, notebook):
    fenced = f"```{draw.choice(['python', 'py', ''])}\n{MEAN}\n```"
    cell(notebook, "mean").update(text(draw.choice([MEAN, fenced, f"My answer:\n\n{fenced}\n\nIt works."])))


def with_prompts(draw, notebook):
    lines = MEAN.splitlines()
    python = "\n".join([f">>> {lines[0]}", *(f"... {line}" for line in lines[1:])])
    ipython = "\n".join([f"In [3]: {lines[0]}", *(f"   ...: {line}" for line in lines[1:])])
    cell(notebook, "mean")["source"] = draw.choice([python, ipython])


def with_magics(draw, notebook):
    before = draw.choice(
        ["%%time\n", "%matplotlib inline\n", "!pip install numpy\n", "files = !ls\n", "len?\n", "%time 1 + 1\n"]
    )
    after = draw.choice(["", "\n%timeit mean([1.0])", "\n!echo done"])
    cell(notebook, "mean")["source"] = before + MEAN + ("" if before.startswith("%%") else after)


def awaiting(draw, notebook):
    before = "async def nothing():\n    pass\n\nawait nothing()\n"
    cell(notebook, "mean")["source"] = before + MEAN + draw.choice(["", "\nawait nothing()"])


def imported_somewhere(draw, notebook):
    statement, expression = draw.choice(
        [
            ("import statistics", "statistics.fmean(values)"),
            ("import statistics as st", "st.fmean(values)"),
            ("from statistics import fmean, stdev", "fmean(values)"),
            ("from math import (\n    fsum,\n    pi,\n)", "fsum(values) / len(values)"),
            ("from math import *", "fsum(values) / len(values)"),
        ]
    )
    wrapped = draw.choice(
        [
            "{0}",
            "%matplotlib inline\n{0}",
            "!pip install -q \\\n    something\n{0}",
            "try:\n    {0}\nexcept ImportError:\n    pass",
            "import contextlib\nwith contextlib.suppress(Exception):\n    {0}",
            "import sys\nif 'google.colab' in sys.modules:\n    !pip install x\nelse:\n    {0}",
            "if True:\n    {0}",
            "sum?\n{0}",
            "files = !ls\n{0}",
            ">>> {0}",
        ]
    )
    if "\n" in statement and wrapped not in ("{0}", "%matplotlib inline\n{0}", "files = !ls\n{0}"):
        statement = "from math import fsum, pi"
    mine = code(wrapped.format(statement), id="my-imports")
    put(notebook, draw.choice(["guess", "imports", "mean-task"]), mine)
    cell(notebook, "mean")["source"] = f"def mean(values):\n    return {expression}"


def starred_at_the_end(draw, notebook):
    late = draw.choice(
        ["from operator import *", "from statistics import *", "from functools import *", "from os import *"]
    )
    notebook["cells"].append(code(late, id="late"))
    cell(notebook, "split-batches")["source"] = (
        "def split_batches(samples, batch_size):\n"
        "    pow_is_mine = pow(2, 1)\n"
        "    return [samples[k : k + batch_size] for k in range(0, len(samples), batch_size)]"
    )


def without_ids(draw, notebook):
    for each in notebook["cells"]:
        each.pop("id", None)
        each["metadata"] = {} if draw.random() < 0.7 else each.get("metadata", {})


WAYS = (
    helper_split_off,
    scratch_split_off,
    copied_and_kept,
    below_the_stub,
    merged_with_the_check,
    merged_into_another_answer,
    moved_to_the_end,
    in_a_text_cell,
    with_prompts,
    with_magics,
    awaiting,
    imported_somewhere,
    starred_at_the_end,
    without_ids,
)
SEEDS = 30


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_answer_earns_its_points_wherever_it_stands(way):
    for seed in range(SEEDS):
        notebook = solved()
        way(random.Random(seed), notebook)
        assert mistakes(notebook) == {}, (seed, [each["source"] for each in notebook["cells"]])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_grading_finds_it_as_well(way):
    notebook = solved()
    way(random.Random(SEEDS), notebook)
    assert {part.outcome for part in grade_one(job(notebook)).exercises} == {Outcome.PASSED}


def test_what_was_found_elsewhere_is_said():
    notebook = solved()
    merged_with_the_check(random.Random(1), notebook)
    assert "The answer to 'mean' was found in another cell, which defines mean." in repaired(notebook).notes
    notebook = solved()
    cell(notebook, "mean")["source"] = HELPERS[0][0]
    put(notebook, "mean", code(HELPERS[0][1], id="mean"))
    assert "Definitions that 'mean' needs were found in other cells, and put before it." in repaired(notebook).notes


def test_an_own_cell_of_a_stub_is_no_answer():
    notebook = json.loads(json.dumps(released()))
    put(notebook, "mean", code(cell(notebook, "mean")["source"], id="mine"))
    assert "mean" in repaired(notebook).unsolved


def test_of_two_definitions_the_exercise_cell_counts():
    notebook = solved()
    put(notebook, "half-way", code(WRONG, id="mine"))
    assert "7.0" not in repaired(notebook).sources["mean"]


def test_an_answer_in_words_may_stand_in_new_cells():
    notebook = solved()
    put(notebook, "why-remainder", text("It counts more."), text("For example 1, 2, 6."))
    answers = repaired(notebook)
    assert answers.texts["why-remainder"] == "It counts more.\n\nFor example 1, 2, 6."
    assert "why-remainder" not in answers.unsolved
    assert any("own cells below it" in note for note in answers.notes)


def test_an_inline_picture_does_not_cost_the_words():
    notebook = solved()
    picture = f"![plot](data:image/png;base64,{'QUJD' * 60_000})"
    cell(notebook, "why-remainder")["source"] = f"See {picture}: it counts more."
    answers = repaired(notebook)
    assert answers.texts["why-remainder"] == "See ![plot]((a picture was left out)): it counts more."
    assert "why-remainder" not in answers.unsolved


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(): ...", True),
        ("async def f(): ...", True),
        ("class f: ...", True),
        ("f = lambda: 1", True),
        ("f, g = 1, 2", True),
        ("def f(:\n    pass", True),
        ("def g():\n    def f(): ...", False),
        ("f()", False),
        ("# def f(): ...", False),
        ("import f", False),
    ],
)
def test_what_defines_a_function(source, expected):
    assert sources.defines(source, "f") == expected


def test_helpers_are_those_that_are_needed_and_no_more():
    others = [
        "a = 1\nb = a + 1\nunused = 3",
        "import math\nprint(4)\ndef c():\n    return d() + math.pi",
        "def d(): return b",
    ]
    assert sources.helpers("def f(x, unused):\n    return c() + x + given", others, {"given"}) == [
        "a = 1",
        "b = a + 1",
        "import math",
        "def c():\n    return d() + math.pi",
        "def d():\n    return b",
    ]


def test_what_inputs_import_is_there_before_anything_is_judged(monkeypatch):
    """A judge makes the inputs anew in a process whose memory has no room for a large import."""

    def inputs():
        import wave

        return (wave.__name__,)

    def judge(result):
        pass

    task, imported = assignment(), []
    found = SimpleNamespace(exercises=(Exercise("mean", (Case("one", inputs, judge),)),), hidden={})
    monkeypatch.setattr(grade.exercises, "read", lambda *_: found)
    monkeypatch.setattr(grade, "importlib", SimpleNamespace(import_module=imported.append))
    read_cases.__wrapped__(task)
    assert "wave" in imported
