import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sample_lab import PIXEL

from course.minutes import minutes


def of(*cells):
    return minutes(new_notebook(cells=list(cells)))


def answer(lines, **nbgrader):
    inside = "\n".join(f"    a{n} = {n}" for n in range(lines))
    source = f"def f():\n    ### BEGIN SOLUTION\n{inside}\n\n    ### END SOLUTION"
    return new_code_cell(source, metadata={"nbgrader": {"solution": True, "grade": False, **nbgrader}})


def test_an_empty_lab_takes_no_time():
    assert of() == 0


def test_prose_code_output_and_figures():
    printed = new_output("stream", name="stdout", text="word " * 800)
    value = new_output("execute_result", data={"text/plain": "word " * 400}, execution_count=1)
    drawn = new_output("display_data", data={"image/png": PIXEL, "text/plain": ""})
    assert of(new_markdown_cell("word " * 480)) == 3
    assert of(new_code_cell("a = 1\n" * 40)) == 2
    assert of(new_code_cell("import math\nfrom math import pi\n# a comment\n%time\n\n" * 100)) == 0
    assert of(new_code_cell("", outputs=[printed, value])) == 3
    assert of(new_code_cell("", outputs=[drawn] * 4)) == 2


@pytest.mark.parametrize(
    ("heading", "lines", "expected"),
    [
        ("### Exercise 1: one (2 points, about 15 minutes)", 3, 15),
        ("### Exercise 1: one (2 points, about 5 minutes)", 8, 12),
        ("### Exercise 1: one", 8, 12),
        ("### Exercise 1: one", 0, 4),
    ],
)
def test_an_exercise_takes_what_it_states_or_what_its_lines_take(heading, lines, expected):
    assert of(new_markdown_cell(heading), answer(lines)) == expected


def test_an_experiment_of_ones_own_is_an_exercise():
    assert of(new_markdown_cell("### Your own: try (4 points, about 12 minutes)"), answer(5, grade=True)) == 12


def test_an_answer_in_words_is_not_read_but_its_heading_counts():
    sample = new_markdown_cell("word " * 800, metadata={"nbgrader": {"solution": True, "grade": True}})
    assert of(new_markdown_cell("### Question 1 (2 points, about 10 minutes)"), sample) == 10


def test_what_folds_away_counts():
    folded = "<details><summary>More</summary>\n\n" + "word " * 320 + "\n\n</details>"
    assert of(new_markdown_cell(folded)) == of(new_markdown_cell("word " * 320))


def test_a_check_is_given_code():
    check = new_code_cell("check(f)\n" * 20, metadata={"nbgrader": {"grade": True, "solution": False}})
    assert of(check) == 1
    assert nbformat.validate(new_notebook(cells=[check])) is None
