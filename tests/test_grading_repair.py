"""From files of any kind to answers: what is found, what is said, what is refused."""

import json

import nbformat
import pytest
from grading_kit import FUNCTIONS, cell, packed, release, released, solved
from nbformat.v4 import new_code_cell

from course.grading.repair import MAX_BYTES, MAX_CELLS, MAX_SOURCE, NotGradableError, repair

OTHERS = {"91": frozenset({"other", "other-check"})}


def repaired(notebook):
    content = notebook if isinstance(notebook, bytes) else packed(notebook)
    return repair(content, release(), FUNCTIONS, OTHERS)


def test_a_proper_submission_needs_no_word():
    answers = repaired(solved())
    assert answers.notes == ()
    assert answers.unsolved == {"why-remainder"}
    assert "sum(values)" in answers.sources["mean"]


def test_the_release_is_unsolved():
    answers = repaired(nbformat.v4.writes_json(released()).encode())
    assert answers.unsolved == {*FUNCTIONS, "why-remainder"}
    assert answers.notes == ()


def test_white_space_and_line_ends_are_no_answer():
    notebook = solved()
    cell(notebook, "mean")["source"] = "\r\n".join(
        f"{line}  " for line in next(c for c in released().cells if c.id == "mean").source.splitlines()
    )
    cell(notebook, "clip-pixels")["source"] = " \n"
    assert repaired(notebook).unsolved == {"mean", "clip-pixels", "why-remainder"}


def test_what_runs_comes_from_the_release_but_for_answers_and_imports():
    notebook = solved(mean="import math\n\ndef mean(values):\n    return math.fsum(values) / len(values)")
    cell(notebook, "pixel-max")["source"] = "PIXEL_MAX = 7"
    cell(notebook, "imports")["source"] = "import numpy as np\nimport statistics\nprint('no')"
    notebook["cells"].append(new_code_cell("from fractions import Fraction\nmean = sum", id="mine"))
    answers = repaired(notebook)
    assert answers.imports == (("", "import statistics"), ("", "from fractions import Fraction"))
    imports, *others = release().pieces(answers.sources, answers.imports)
    assert imports.source.splitlines() == ["import numpy as np"]
    assert [piece.cell_id for piece in others] == ["mean", "pixel-max", "clip-pixels", "split-batches", "batch-means"]
    assert others[0].source == answers.sources["mean"]
    assert others[1].source == "PIXEL_MAX = 2**8 - 1"
    assert answers.notes == ("The lab's own version of 'pixel-max' counts, not the changed one.",)


def test_missing_cells_are_named():
    notebook = solved()
    gone = ("mean", "pixel-max", "mean-check")
    notebook["cells"] = [c for c in notebook["cells"] if c["id"] not in gone]
    answers = repaired(notebook)
    assert answers.unsolved == {"mean", "why-remainder"}
    assert answers.notes == (
        "The cell 'mean' is missing; it counts as not answered.",
        "The missing 'pixel-max', 'mean-check' were put back.",
    )


def test_of_equal_cells_the_last_one_that_is_filled_in_counts():
    notebook = solved()
    copies = [dict(cell(notebook, "mean"), source=f"def mean(values): return {n}") for n in (1, 2)]
    empty = next(c for c in released().cells if c.id == "mean")
    notebook["cells"] += [*copies, json.loads(json.dumps(empty))]
    answers = repaired(notebook)
    assert answers.sources["mean"] == "def mean(values): return 2"
    assert answers.notes == ("The cell 'mean' is there 4 times; the last one that defines mean counts.",)


def test_a_copy_that_jupyter_gave_another_id_is_found_by_its_grade_id():
    notebook = solved()
    cell(notebook, "mean")["id"] = "f00"
    assert repaired(notebook).sources["mean"].startswith("def mean")


def without_names(notebook):
    for each in notebook["cells"]:
        del each["id"]
        each["metadata"] = {}
    return notebook


def test_without_any_id_functions_and_places_tell():
    notebook = solved()
    cell(notebook, "why-remainder")["source"] = "The last one is smaller."
    notebook = without_names(notebook)
    notebook["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": "My own notes."})
    answers = repaired(notebook)
    assert answers.unsolved == set()
    assert answers.texts["why-remainder"] == "The last one is smaller."
    [note] = answers.notes
    assert note.startswith("Without the id")
    assert all(name in note for name in FUNCTIONS)


def test_a_notebook_of_format_3_is_read():
    notebook = solved()
    sheet = [
        {"cell_type": "code", "input": c["source"]} if c["cell_type"] == "code" else dict(c, metadata={})
        for c in notebook["cells"]
    ]
    old = {"nbformat": 3, "worksheets": [{"cells": sheet}, "damaged"]}
    assert repaired(old).unsolved == {"why-remainder"}


def test_sources_may_be_lists_and_types_may_be_wrong():
    notebook = solved()
    for each in notebook["cells"]:
        each["source"] = each["source"].splitlines(keepends=True)
    cell(notebook, "mean")["cell_type"] = "markdown"
    notebook["cells"] += [None, 7, {}, {"cell_type": 3, "source": 4, "id": [], "metadata": "x", "attachments": []}]
    answers = repaired(notebook)
    assert answers.unsolved == {"why-remainder"}
    assert answers.notes == ("The cell 'mean' is a text cell; the code in it counts.",)


def test_text_that_is_no_unicode_cannot_get_further():
    notebook = packed(solved()).replace(b'"def mean(', b'"\\ud800def mean(')
    repaired(notebook).sources["mean"].encode()


def test_pictures_come_with_the_text():
    notebook = solved()
    question = cell(notebook, "why-remainder")
    question["source"] = "See ![a](attachment:a.png) and ![b](attachment:b.svg)"
    question["attachments"] = {"a.png": {"image/png": "QUJD\n<>"}, "b.svg": {"image/svg+xml": "<svg/>"}}
    text = repaired(notebook).texts["why-remainder"]
    assert text == "See ![a](data:image/png;base64,QUJD) and ![b](attachment:b.svg)"


def test_too_large_pictures_and_answers_are_left_out():
    notebook = solved(mean="#" * (MAX_SOURCE + 1))
    question = cell(notebook, "why-remainder")
    question["source"] = "![a](attachment:a)" * 3
    question["attachments"] = {"a": {"image/png": "A" * 1_000_000}}
    answers = repaired(notebook)
    assert "mean" in answers.unsolved
    assert len(answers.texts["why-remainder"]) < 100
    assert [note[:20] for note in answers.notes] == ["The answer in 'mean'", "The picture 'a' is t"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\0" * 100, "empty"),
        (b"\xff\x00\x81", "not text in UTF-8"),
        (b"hello", "not JSON"),
        (packed(solved())[:-1], "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no notebook"),
        (b"{}", "no list of cells"),
        (b'{"cells": {}}', "no list of cells"),
        (b'{"cells": []}', "no cell of this lab"),
        (b'{"worksheets": [1]}', "no cell of this lab"),
        (b" " * (MAX_BYTES + 1), "more than 50 MB"),
        (packed({"cells": [{}] * (MAX_CELLS + 1)}), "cells, more than"),
        (packed({"cells": [{"cell_type": "code", "id": "other", "source": "x"}]}), "a notebook of lab 91"),
        (packed({"cells": [{"cell_type": "code", "id": "title", "source": "x"}]}), "no cell of this lab"),
    ],
)
def test_what_is_no_submission_is_refused_with_a_reason(content, reason):
    with pytest.raises(NotGradableError, match=reason):
        repaired(content)


def test_a_submission_whose_answers_were_all_deleted_is_one():
    notebook = solved()
    notebook["cells"] = [c for c in notebook["cells"] if c["id"] not in (*FUNCTIONS, "why-remainder")]
    answers = repaired(notebook)
    assert answers.unsolved == {*FUNCTIONS, "why-remainder"}
    assert len(answers.notes) == 5


def test_zero_bytes_at_the_end_of_a_file_are_dropped():
    assert repair(packed(solved()) + b"\0" * 4096, release(), FUNCTIONS, {}).unsolved == frozenset({"why-remainder"})
