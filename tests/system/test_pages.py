"""Pages that grading writes: for a screen reader, a keyboard and a phone."""

from dataclasses import replace

import pytest
from axe import violations
from challenge_kit import made_class
from chromium import Chromium
from grading_kit import result

from course.challenge import aliases, pages, pareto, ranking
from course.grading import feedback, lecture
from course.grading.jobs import Outcome, Result, Status


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    chromium = Chromium(tmp_path_factory.mktemp("chromium"))
    yield chromium
    chromium.close()


def students():
    """Return a class with every kind of part: passed, mistaken, hidden mistakes, unsolved, alike, long lines."""
    made = []
    for number in range(30):
        parts = result().exercises
        long = f"def mean(values):\n    total = 0; unlike = {number if number > 1 else 0}\n    # {'long ' * 60}\n"
        long += "    for value in values:\n        total += value\n    return total / len(values)"
        mistakes = [Outcome.PASSED, Outcome.MISTAKE, Outcome.HIDDEN_MISTAKE, Outcome.UNSOLVED]
        outcomes = [mistakes[(number + at) % 4] for at in range(len(parts))]
        exercises = tuple(
            replace(
                part, source=long, outcome=outcome, mistake="adds-twice", hint="Add once.", comment="Read it again."
            )
            for part, outcome in zip(parts, outcomes, strict=True)
        )
        notes = ("Without the id that it had in the lab, found by function or place: 'mean'.",)
        made.append(result(f"student {number}", exercises=exercises, notes=notes, minutes=90.0 + number))
    return made


def challenge(number=None):
    """Return the public page of a made class, or the page of one of its students."""
    results, images = made_class()
    placed = ranking.place(results, images, aliases.draw([ran.student for ran in results], 1))
    about = pages.About("28 files are ranked, 2 are not.", images.says, "A processor, with avx2, avx512_vnni")
    if number is None:
        return pages.board(placed, about, pareto.draw(placed))
    return pages.student(results[number], placed, about)


@pytest.mark.system
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("kind", ["feedback", "not graded", "lecture", "ranking", "ranked", "not ranked"])
def test_axe_finds_nothing_wrong(browser, tmp_path, kind, width):
    pages = {
        "feedback": lambda: feedback.page(students()[1], "Lab 00: measure first"),
        "not graded": lambda: feedback.page(Result("ada", "a.ipynb", "", Status.FAILED, "it is empty"), "Lab 00"),
        "lecture": lambda: lecture.page(students(), "Lab 00: measure first", 100, {}),
        "ranking": challenge,
        "ranked": lambda: challenge(5),
        "not ranked": lambda: challenge(7),
    }
    path = tmp_path / "page.html"
    path.write_text(pages[kind](), encoding="utf-8")
    assert violations(browser, path.as_uri(), width) == []
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    browser.screenshot(tmp_path / f"{kind}-{width}.png")


@pytest.mark.system
def test_axe_is_here_and_finds_what_is_wrong(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<html><body><img src=x><p style='color:#ddd;background:#fff'>pale</p></body></html>")
    assert {"image-alt", "html-has-lang", "color-contrast"} <= {
        line.partition(":")[0] for line in violations(browser, path.as_uri(), 1280)
    }
