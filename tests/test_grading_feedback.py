"""The page that a student may see."""

from dataclasses import replace
from html.parser import HTMLParser

from grading_kit import result

from course.grading.feedback import page
from course.grading.jobs import Outcome, Result, Status

ATTACK = "</pre></p><script>alert(1)</script><img src=x onerror=alert(1)>\"' onload='x {{ 7*7 }}"


class Tags(HTMLParser):
    """Collect tags, attributes and text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = set(), set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


def shown(made):
    return Tags(page(made, "Lab 90: small lists")).text


def with_exercise(**changes):
    made = result()
    return replace(made, exercises=(replace(made.exercises[0], **changes), *made.exercises[1:]))


def test_points_code_hint_and_comment_are_shown():
    made = with_exercise(
        points=0.0, outcome=Outcome.MISTAKE, mistake="forgets-count", hint="Divide.", comment="Nearly."
    )
    text = shown(replace(made, notes=("A note.",)))
    for part in ("Lab 90: small lists", "7 of 10 points", "Divide. [forgets-count]", "Nearly.", "A note.", "Because."):
        assert part in text
    assert "def batch_means(): ..." in text
    assert "so far; 1 of the questions still to be read" in text


def test_points_of_a_person_are_shown():
    made = result(status=Status.GRADED)
    made = replace(made, questions=(replace(made.questions[0], points=1.5, comment="Good."),))
    text = shown(made)
    assert "9.5 of 10 points." in text
    assert "why-remainder: 1.5 of 2, read" in text
    assert "Good." in text


def test_the_mistake_of_a_hidden_case_is_not_shown():
    text = shown(with_exercise(points=0.0, outcome=Outcome.HIDDEN_MISTAKE, mistake="wrong-mean", hint="Think."))
    assert "wrong-mean" not in text
    assert "Think." in text
    assert "a hidden case does not agree" in text


def test_unsolved_is_said():
    assert "mean: 0 of 1, not solved" in shown(with_exercise(points=0.0, outcome=Outcome.UNSOLVED))


def test_could_not_be_graded_is_not_zero():
    text = shown(Result("ada", "ada.ipynb", "", Status.FAILED, "the file is empty"))
    assert "could not be graded: the file is empty" in text
    assert "0 of" not in text


def test_nothing_that_a_student_wrote_acts_in_the_page():
    changed = with_exercise(source=ATTACK, hint=ATTACK, mistake=ATTACK, outcome=Outcome.MISTAKE, comment=ATTACK)
    made = replace(changed, student=ATTACK, file=ATTACK, notes=(ATTACK,))
    made = replace(made, questions=(replace(made.questions[0], text=ATTACK, comment=ATTACK),))
    calm = Tags(page(replace(result(), notes=("x",)), "Lab 90"))
    found = Tags(page(made, "Lab 90"))
    assert found.tags - calm.tags <= {"p"}
    assert found.attributes <= calm.attributes | {"class"}
    assert found.text.count("<script>alert(1)</script>") == 10
    assert "49" not in found.text
    assert "default-src 'none'" in page(made, "x")


def test_pictures_are_named_and_not_spelt_out():
    text = shown(result(text="See ![a](data:image/png;base64,QUJD=)."))
    assert "See ![a](picture)." in text
