import argparse

import pytest
from nbformat import writes
from nbformat.v4 import new_markdown_cell, new_notebook

from course import CourseError, glossary


def lab(*texts):
    cells = [new_markdown_cell("# Lab\n\n10 minutes"), *map(new_markdown_cell, texts)]
    return new_notebook(cells=cells)


def sentences(*texts):
    return [(entry.term, entry.sentence) for entry in glossary.entries(lab(*texts), "03")]


def test_a_word_comes_with_its_sentence_alone():
    text = "A first one. The step is the\n<dfn>step\nsize</dfn> of the grid. A third."
    assert sentences(text) == [("step size", "The step is the step size of the grid.")]


def test_a_sentence_may_define_two_words_and_stand_in_a_list():
    text = "Two kinds:\n\n- the <dfn>mean</dfn> and the <dfn>median</dfn> differ\n- other"
    assert sentences(text) == [(word, "the mean and the median differ.") for word in ("mean", "median")]


def test_a_number_with_a_point_ends_no_sentence():
    assert sentences("A <dfn>nibble</dfn> has 0.5 bytes.") == [("nibble", "A nibble has 0.5 bytes.")]


def test_the_page_is_in_order_and_names_the_lab(tmp_path):
    for number, text in (("00", "A <dfn>MAC</dfn> is one."), ("01", "A <dfn>grid</dfn> too.")):
        (tmp_path / f"{number}_x.ipynb").write_text(writes(lab(text)))
    text = glossary.page(sorted(tmp_path.iterdir()))
    assert text.endswith("- **grid** (lab 01): A grid too.\n- **MAC** (lab 00): A MAC is one.\n")


def test_a_word_is_defined_once(tmp_path):
    (tmp_path / "00_x.ipynb").write_text(writes(lab("A <dfn>grid</dfn>.", "The <dfn>Grid</dfn>.")))
    with pytest.raises(CourseError, match="'Grid' is defined in lab 00 and again in lab 00"):
        glossary.page([tmp_path / "00_x.ipynb"])


def test_the_stored_glossary_is_current(capsys):
    assert glossary.main(argparse.Namespace(check=True)) == 0, capsys.readouterr().out
