"""The summary of a class: what it prints and what it draws."""

import pytest
from PIL import Image

from course.grading import summary
from course.grading.jobs import ExerciseResult, Outcome, QuestionResult, Result, Status


def student(name, mean, clip, status=Status.GRADED):
    """Each exercise is "" for passed, "unsolved", or a mistake."""
    parts = []
    for grade_id, came, maximum in (("mean", mean, 1), ("clip", clip, 2)):
        outcome = {"": Outcome.PASSED, "unsolved": Outcome.UNSOLVED, "hidden": Outcome.HIDDEN_MISTAKE}.get(
            came, Outcome.MISTAKE
        )
        mistake = "" if outcome in (Outcome.PASSED, Outcome.UNSOLVED) else came
        parts.append(ExerciseResult(grade_id, maximum * (not came), maximum, outcome, mistake))
    question = QuestionResult("why", 2, "because", answered=True, points=2)
    return Result(name, f"{name}.ipynb", name, status, exercises=tuple(parts), questions=(question,))


CLASS = [
    student("a", "", ""),
    student("b", "", "wraps", Status.NEEDS_MANUAL),
    student("c", "unsolved", "wraps"),
    student("d", "", "hidden"),
    student("e", "sums", "unsolved"),
    Result("f", "f.ipynb", "f", Status.FAILED, "The file is no notebook."),
    Result("g", "", "g", Status.MISSING),
]


def test_the_text_of_a_class():
    assert summary.text(CLASS).splitlines() == [
        "7 students: 4 graded, 1 with written answers to grade, 1 could not be graded, 1 missing",
        "exercises: 1.0 of 3 points on average, 1 in the middle, 0 to 3; full points: 1, none: 2",
        "",
        "exercise  passed  mistake  unsolved",
        "mean           3        1         1",
        "clip           1        3         1",
        "most often missed: clip, by 4 of 5",
        "",
        "mistakes recognised",
        "    2 of 5  wraps (clip)",
        "    1 of 5  hidden (clip)",
        "    1 of 5  sums (mean)",
        "",
        "could not be graded, reasons in grades.csv: 'f'",
    ]


def test_points_of_questions_do_not_count():
    assert summary.automatic_points(CLASS[0]) == 3


def test_a_class_without_mistakes():
    text = summary.text(CLASS[:1])
    assert "most often missed" not in text
    assert text.endswith("no mistake recognised")


@pytest.mark.parametrize(
    ("results", "text"),
    [([], "0 students: none"), (CLASS[5:], "2 students: 1 could not be graded, 1 missing")],
)
def test_nothing_graded(results, text):
    assert summary.text(results) == text


def test_many_ungraded_are_cut_short():
    many = [CLASS[0], *(Result(f"s{number}", "", "", Status.FAILED, "broken") for number in range(25))]
    assert "'s9' and 15 more" in " ".join(summary.text(many).split())


@pytest.mark.parametrize("results", [CLASS, CLASS[5:], []], ids=["class", "nothing graded", "nobody"])
def test_the_picture_is_drawn(results, tmp_path):
    assert summary.write(results, tmp_path) == summary.text(results)
    with Image.open(tmp_path / summary.FILE_NAME) as picture:
        assert picture.width == 800
        assert len(picture.convert("L").getcolors()) > 10


def test_the_picture_says_what_the_text_says():
    totals, exercises, mistakes = summary.draw(CLASS).axes
    assert [text.get_text() for text in totals.texts] == ["2", "2", "", "1"]
    assert totals.get_title(loc="left") == "Points in the exercises (2 without a grade are not shown)"
    assert [tick.get_text() for tick in exercises.get_yticklabels()] == ["mean", "clip"]
    assert [text.get_text() for text in exercises.texts] == ["3", "1", "1", "3", "1", "1"]
    assert mistakes.get_yticklabels()[0].get_text() == "wraps\n(clip)"
    assert [text.get_text() for text in mistakes.texts] == ["2", "1", "1"]
