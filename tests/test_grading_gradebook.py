"""nbgrader's gradebook: what is entered, what a person reads, what comes back."""

import functools
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from grading_kit import instructors, release, released, result
from nbformat import from_dict
from nbformat.v4 import writes_json
from nbgrader import api
from nbgrader.api import Gradebook as Book

from course.grading.gradebook import Gradebook, readable
from course.grading.jobs import Outcome, QuestionResult, Result, Status
from course.grading.released import parse
from labsupport.checks.pieces import graded

STEM = "90_small_lists"
DANGEROUS = """
<script>alert(1)</script><img src=x onerror=alert(1)> <b onclick=alert(1)>
[x](javascript:alert(1)) ![x](http://example.org/a.png) [x]: javascript:alert(1)
[y][x] <javascript:alert(1)> $\\href{javascript:alert(1)}{x}$ <!-- --> <?x ?> </div>
"""


alembic_version = functools.cache(api.get_alembic_version)


@pytest.fixture(autouse=True)
def ask_alembic_once(monkeypatch):
    monkeypatch.setattr(api, "get_alembic_version", alembic_version)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "formgrader"


def opened(folder, **options):
    return Gradebook(folder, "90", STEM, release(), instructors(), **options)


def person(folder, name, points=None, comment=None, extra=None, student="ada"):
    """Do what formgrader does when a person types points and a comment."""
    with Book(f"sqlite:///{folder / 'gradebook.db'}") as book:
        if comment is not None:
            book.find_comment(name.removesuffix("-check"), STEM, "90", student).manual_comment = comment
        grade = book.find_grade(name, STEM, "90", student)
        grade.manual_score, grade.extra_credit = points, extra
        grade.needs_manual_grade = points is None and grade.auto_score is None
        book.db.commit()


def test_an_answer_waits_until_a_person_gave_points(folder):
    book = opened(folder)
    assert book.enter([result()]) == 1
    [before] = book.read_back([result()])
    assert (before.status, before.points) == (Status.NEEDS_MANUAL, 8)
    person(folder, "why-remainder", 1.5, "Good: <b>x</b>", extra=0.25)
    [after] = opened(folder).read_back([result()])
    assert (after.status, after.points) == (Status.GRADED, 9.75)
    assert after.questions[0].comment == "Good: <b>x</b>"


def test_nbgrader_finds_alembic_whatever_the_path_is(folder, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    seen = []
    monkeypatch.setattr(api, "get_alembic_version", lambda: seen.append(os.environ["PATH"]) or "0")
    opened(folder)
    assert seen == [f"{Path(sys.executable).parent}{os.pathsep}/nowhere"]
    assert os.environ["PATH"] == "/nowhere"


def test_what_was_entered_is_not_entered_again(folder):
    book = opened(folder)
    results = [result(), result("Zoë Núñez"), Result("bo", "", "", Status.FAILED, "the file is empty")]
    assert book.enter(results) == 2
    assert opened(folder).enter(results) == 0
    (folder / "gradebook.db").unlink()
    assert opened(folder).enter(results) == 2


def test_points_of_a_person_outlive_another_grading(folder):
    book = opened(folder)
    book.enter([result(key="1")])
    person(folder, "why-remainder", 2.0)
    assert book.enter([result(key="2")]) == 1
    [same] = book.read_back([result(key="2")])
    assert (same.status, same.questions[0].points) == (Status.GRADED, 2)


def test_another_answer_waits_again(folder):
    book = opened(folder)
    book.enter([result(key="1")])
    person(folder, "why-remainder", 2.0)
    later = result(key="2", text="Another answer.")
    book.enter([later])
    [waiting] = book.read_back([later])
    assert (waiting.status, waiting.questions[0].points) == (Status.NEEDS_MANUAL, None)
    person(folder, "why-remainder", 1.0)
    assert book.read_back([later])[0].questions[0].points == 1


def test_a_person_may_overrule_a_case(folder):
    made = result()
    wrong = replace(made.exercises[0], points=0.0, outcome=Outcome.MISTAKE, mistake="forgets-count", hint="Divide.")
    made = replace(made, exercises=(wrong, *made.exercises[1:]))
    book = opened(folder)
    book.enter([made])
    person(folder, "mean-check", 0.5, "Half of it.")
    mean = book.read_back([made])[0].exercises[0]
    assert (mean.points, mean.comment) == (0.5, "Half of it.")


def test_no_answer_needs_no_person(folder):
    empty = QuestionResult("why-remainder", 2.0, "", answered=False, points=0.0)
    made = replace(result(), questions=(empty,), status=Status.GRADED)
    book = opened(folder)
    book.enter([made])
    assert book.read_back([made]) == [made]
    with Book(f"sqlite:///{folder / 'gradebook.db'}") as inside:
        assert not inside.find_submission("90", "ada").needs_manual_grade
        assert inside.find_submission("90", "ada").score == 8
        assert inside.find_assignment("90").max_score == 10


def test_what_a_person_reads_has_answer_rubric_and_sample(folder):
    book = opened(folder)
    book.enter([result(text="The last one is smaller.")])
    notebook = book.notebook_to_read(result(text="The last one is smaller."))
    ids = [cell.id for cell in notebook.cells]
    assert ids.index("why-remainder-rubric") == ids.index("why-remainder") + 1
    cells = {cell.id: cell for cell in notebook.cells}
    assert cells["why-remainder"].source == "The last one is smaller."
    assert "counts as much as the others" in cells["why-remainder-rubric"].source
    assert cells["mean"].source == "def mean(): ..."
    assert graded(cells["why-remainder-rubric"]) == {}
    assert (folder / "autograded" / "ada" / "90" / f"{STEM}.ipynb").is_file()
    assert (folder / "source" / "90").is_dir()


def test_notes_for_instructors_that_follow_a_question_are_its_rubric():
    from course.grading.gradebook import rubrics

    solved = instructors()
    [note] = [cell for cell in solved.cells if cell.id == "note-timing"]
    solved.cells.insert(-1, note)
    assert rubrics(solved)["why-remainder"].endswith(
        "Teaching note: most groups need ten minutes for the first exercise."
    )


def test_formgrader_finds_the_gradebook(folder):
    opened(folder, database="")
    names = {}
    text = (folder / "nbgrader_config.py").read_text()
    exec(text, {"get_config": lambda: Config(names), "__file__": str(folder / "nbgrader_config.py")})
    assert names == {"root": str(folder), "db_url": f"sqlite:///{folder / 'gradebook.db'}"}


class Config:
    def __init__(self, names):
        object.__setattr__(self, "names", names)

    @property
    def CourseDirectory(self):  # noqa: N802 - nbgrader's name
        return self

    def __setattr__(self, name, value):
        self.names[name] = value


def test_another_database_is_used(folder, tmp_path):
    book = opened(folder, database=f"sqlite:///{tmp_path / 'other.db'}")
    book.enter([result()])
    assert (tmp_path / "other.db").is_file()
    assert not (folder / "gradebook.db").exists()


def test_a_lab_that_got_an_exercise_since_keeps_what_was_entered(folder):
    book = opened(folder)
    book.enter([result()])
    person(folder, "why-remainder", 2.0)
    changed, solved = released(), instructors()
    for notebook in (changed, solved):
        question = next(cell for cell in notebook.cells if cell.id == "why-remainder")
        about = {**question.metadata.nbgrader, "grade_id": "why-more"}
        notebook.cells.append(from_dict({**question, "id": "why-more", "metadata": {"nbgrader": about}}))
    later = Gradebook(folder, "90", STEM, parse(writes_json(changed)), solved)
    earlier = result()
    more = replace(earlier.questions[0], grade_id="why-more")
    made = replace(earlier, key="2", questions=(*earlier.questions, more))
    assert later.enter([made]) == 1
    [back] = later.read_back([made])
    assert [part.points for part in back.questions] == [2, None]
    assert opened(folder).enter([replace(made, key="3")]) == 0


def test_a_students_text_cannot_act_in_the_instructors_browser(folder):
    from nbconvert import HTMLExporter

    book = opened(folder)
    picture = "![a](data:image/png;base64,QUJD)"
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(
        book.notebook_to_read(result(text=f"{DANGEROUS}\n{picture} and $a < b$, *so*"))
    )
    body = page[page.index("Small lists") :]
    for part in (
        "<script",
        "<img src=x",
        "<b onclick",
        'href="javascript',
        'src="http',
        "href{",
        "<!--",
        "<?x",
    ):
        assert part not in body, part
    assert 'src="data:image/png;base64,QUJD"' in body
    assert "<em>so</em>" in body
    assert "$a &lt; b$" in body


@pytest.mark.parametrize(
    "text", ["Plain *words*, `code[0]`.", "$x_1 < y$", "- a\n- b", "| a | b |\n|---|---|\n| 1 | 2 |", "a[0] = b (c)"]
)
def test_harmless_text_stays(text):
    assert readable(text) == text
