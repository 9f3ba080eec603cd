"""The site's pages: nothing of a solution, nothing from elsewhere, outputs where they belong."""

import nbformat
import pytest
from sample_lab import sample_lab

from course import CourseError, site
from course.notebooks import LabInfo, find_labs, lab_info, ledgers, read
from labsupport import PROJECT_DIR

LONG = "answer_of_the_exercise = sum(numbers) / max(len(numbers), 1)"


def solved():
    cell = nbformat.v4.new_code_cell(f"def f(numbers):\n    ### BEGIN SOLUTION\n    {LONG}\n    ### END SOLUTION")
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize("told", [LONG, "we write sum( numbers ) / max(len(numbers), 1) here"])
def test_a_line_and_an_expression_of_a_solution_are_found(told):
    assert site.leaks(site.squeezed(told), site.secrets(solved(), "99"), "")


def test_what_students_can_read_anyway_is_no_secret():
    assert not site.leaks(site.squeezed(LONG), site.secrets(solved(), "99"), site.squeezed(LONG))
    assert not site.leaks(site.squeezed("an unrelated sentence"), site.secrets(solved(), "99"), "")


@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
def test_an_output_that_shows_a_solution_is_found(kind):
    shown = LONG.replace(" ", "&#32;") if kind == "text/html" else LONG
    cell = nbformat.v4.new_code_cell("show()", outputs=[nbformat.v4.new_output("display_data", {kind: shown})])
    text = site.nbformat_text(nbformat.v4.new_notebook(cells=[cell]))
    assert site.leaks(text, site.secrets(solved(), "99"), "")


def test_a_hidden_case_is_a_secret():
    path = next(
        path for path in sorted((PROJECT_DIR / "course/hidden/lab00").glob("*.py")) if path.stat().st_size > 500
    )
    text = site.squeezed(path.read_text(encoding="utf-8"))
    assert site.leaks(text, site.secrets(nbformat.v4.new_notebook(), "00"), site.public_text())


def test_a_solution_cell_gets_no_output():
    notebook = sample_lab()
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code" and "BEGIN SOLUTION" in cell.source)
    cell.outputs = [nbformat.v4.new_output("stream", text="out of the solution")]
    page = site.lab_page(sample_lab(), notebook, LabInfo("00", "Counting", "33", 11), "00_sample.ipynb")
    assert "out of the solution" not in nbformat.writes(page)
    assert "33 minutes, 11 points" in page.cells[1].source


def test_the_verdict_page_has_a_row_for_each_claim_and_where_it_was_recorded():
    labs = [(path, lab_info(path, notebook), notebook) for path in find_labs() for notebook in [read(path)]]
    page = site.verdict_page(labs)
    assert page.count("<tr data-") == sum(
        len(ledger["claims"]) for *_, notebook in labs for ledger in ledgers(notebook)
    )
    assert "--stage qat_short" in page


def test_a_vendored_file_that_was_changed_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "mathjax"
    folder.mkdir()
    (folder / "README.md").write_text((site.FILES / "mathjax/README.md").read_text())
    (folder / "tex-svg.js").write_text("changed")
    monkeypatch.setattr(site, "FILES", tmp_path)
    with pytest.raises(CourseError, match="sha256"):
        site._vendor(tmp_path / "_static")


def test_a_page_leaves_the_solved_notebook_as_it_was():
    notebook = sample_lab()
    before = nbformat.writes(notebook)
    site.lab_page(sample_lab(), notebook, LabInfo("00", "Counting", "33", 11), "00_sample.ipynb")
    assert ledgers(notebook)
    assert nbformat.writes(notebook) == before
