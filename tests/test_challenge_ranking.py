"""Ranks, ties, double entries, what is marked; aliases; pages and tables."""

import csv
import io
import re

import numpy as np
import pytest

from course import CourseError
from course.challenge import aliases, pages, pareto
from course.challenge.images import Images, draw
from course.challenge.ranking import best, place
from course.challenge.work import Ran
from labsupport import datasets
from labsupport.challenge import score
from labsupport.challenge.pixels import changed
from labsupport.fetch import DataError

HIDDEN, PLAIN = 1000, 500
LABELS = np.tile(np.arange(10, dtype=np.uint8), 150)
EMPTY = np.zeros((0, 3, 32, 32), np.uint8)
IMAGES = Images(EMPTY, EMPTY, LABELS[:HIDDEN], LABELS[HIDDEN:], "1,000 images")
ABOUT = pages.About("3 files are ranked.", "1,000 images", "A processor, with avx2")


def ran(student, right=900, plain=450, *, wrong=1, num_bytes=80_000, macs=10_000_000, sha256="", **fields):
    """Return a file that gives so many right answers; `wrong` is how far off the others are."""
    classes = LABELS.copy()
    classes[right:HIDDEN] = (classes[right:HIDDEN] + wrong) % 10
    classes[HIDDEN + plain :] = (classes[HIDDEN + plain :] + wrong) % 10
    digits = "".join(map(str, classes))
    return Ran(
        student,
        f"{student}.onnx",
        "k",
        num_bytes=num_bytes,
        macs=macs,
        sha256=sha256 or student,
        classes=digits,
        **fields,
    )


def ranked(*results):
    return place(results, IMAGES, {one.student: f"alias of {one.student}" for one in results})


def order(placed):
    return [(one.rank, one.ran.student) for one in placed]


def test_wilsons_interval_is_the_published_one():
    """The example of Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263, and its edges 0 of 20, 20 of 20."""
    found = score.accuracy(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    assert score.accuracy(0, 20).low == 0
    assert round(score.accuracy(0, 20).high, 4) == 0.1611
    assert score.accuracy(20, 20).high == 1


def test_files_whose_intervals_overlap_that_of_the_first_share_its_rank():
    """At 1,000 images and 90 % an interval reaches 1.8 points to each side or so."""
    placed = ranked(ran("c", 880), ran("a", 900), ran("d", 840), ran("b", 890))
    assert order(placed) == [(1, "a"), (1, "b"), (1, "c"), (4, "d")]


def test_overlap_is_asked_of_the_first_not_of_the_one_before():
    placed = ranked(*(ran(f"{right}", right) for right in (920, 905, 890, 875, 860, 845)))
    ranks = {student: rank for rank, student in order(placed)}
    assert ranks["920"] == ranks["905"] == ranks["890"] == 1
    assert ranks["875"] == ranks["860"] == 4
    last = placed[0].hidden.low, placed[3].hidden.high
    assert last[0] > last[1]


def test_of_those_that_share_a_rank_the_smaller_stands_first():
    placed = ranked(
        ran("good and large", 905, num_bytes=90_000),
        ran("small", 900, num_bytes=70_000),
        ran("small and quick", 895, num_bytes=70_000, macs=5_000_000),
    )
    assert [one.ran.student for one in placed] == ["small and quick", "small", "good and large"]
    assert {one.rank for one in placed} == {1}


def test_files_that_are_refused_have_no_rank():
    assert order(ranked(ran("a"), Ran("b", "b.onnx", "k", "it is empty"))) == [(1, "a")]


def marks(*results):
    return {one.ran.student: one.marks for one in ranked(*results)}


def test_double_entries_are_found_by_bytes():
    found = marks(ran("a", sha256="1"), ran("b", sha256="1"), ran("c", 901, sha256="2"))
    assert found == {"a": ("the same file as b",), "b": ("the same file as a",), "c": ()}


def test_double_entries_are_found_by_outputs():
    found = marks(ran("a"), ran("b", num_bytes=80_001), ran("c", wrong=2))
    assert found["a"] == ("another file, but the same answer to every image as b",)
    assert found["b"] == ("another file, but the same answer to every image as a",)
    assert found["c"] == ()


def test_files_that_guess_are_not_taken_for_copies():
    assert set(marks(ran("a", 100, 50), ran("b", 100, 50)).values()) == {()}


def test_a_file_far_better_on_plain_images_is_marked():
    found = marks(ran("knows the test images", 800, 500), ran("honest", 800, 425))
    [mark] = found["knows the test images"]
    assert mark.startswith("20.0 points better on the plain test images")
    assert found["honest"] == ()


def test_the_front_holds_what_no_other_file_beats():
    placed = ranked(
        ran("best", 920, num_bytes=95_000), ran("beaten", 880, num_bytes=90_000), ran("small", 890, num_bytes=50_000)
    )
    assert [one.ran.student for one in best(placed, "num_bytes")] == ["small", "best"]


# Images.


def test_hidden_images_are_changed_and_the_plain_ones_are_those_of_the_labs():
    images = draw(7, "cifar10_mini")
    test_set = datasets.load("cifar10_mini", "test")
    np.testing.assert_array_equal(images.plain, test_set.images.numpy())
    np.testing.assert_array_equal(images.hidden, changed(images.plain, 7))
    np.testing.assert_array_equal(images.hidden_labels, test_set.labels.numpy())
    assert images.all.shape == (5000, 3, 32, 32)
    assert images.sha256 != draw(8, "cifar10_mini").sha256


def test_of_the_full_set_those_that_students_have_are_left_out(monkeypatch):
    load = datasets.load
    half = load("cifar10_mini", "test").subset(1000)
    monkeypatch.setattr(
        datasets, "load", lambda name, split: half if name == "cifar10_mini" else load("cifar10_mini", split)
    )
    images = draw(7, "cifar10")
    assert len(images.plain) == 1000
    assert len(images.hidden) == 1500
    assert images.says == "1,500 test images of CIFAR-10, changed by a seed"
    np.testing.assert_array_equal(images.hidden_labels, load("cifar10_mini", "test").labels[1000:].numpy())


def test_without_the_full_set_it_says_what_to_do(monkeypatch):
    load = datasets.load

    def offline(name, split):
        if name == "cifar10":
            raise DataError("CIFAR-10 cannot be fetched.")
        return load(name, split)

    monkeypatch.setattr(datasets, "load", offline)
    with pytest.raises(CourseError, match=r"cannot be fetched\. Or rank on the images that are here: --data cifar10_"):
        draw(7, "cifar10")


# Aliases.


def test_aliases_are_all_different_and_depend_on_the_seed():
    students = [f"student {number}" for number in range(1000)]
    found = aliases.draw(students, 5)
    assert len(set(found.values())) == 1000
    assert found == aliases.draw(reversed(students), 5)
    assert sum(found[one] == other for one, other in aliases.draw(students, 6).items()) < 20
    assert all(re.fullmatch("[a-z]+ [a-z]+", alias) for alias in found.values())


def test_too_many_students_for_the_aliases():
    with pytest.raises(CourseError, match="There are only 3000 aliases"):
        aliases.draw(map(str, range(3001)), 0)


def test_aliases_of_a_table_win(tmp_path):
    path = tmp_path / "aliases.csv"
    path.write_text("alias,student,note\nThe Pruner,ada,x\n,berta,\n", encoding="utf-8")
    found = aliases.of(["ada", "berta"], 1, aliases.read(path))
    assert found["ada"] == "The Pruner"
    assert found["berta"] == aliases.draw(["ada", "berta"], 1)["berta"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,alias\nada,x\n", "needs the columns student and alias"),
        ("student,alias\nada,x\nberta,x\n", "gives two students the alias x"),
    ],
)
def test_a_table_that_is_wrong(tmp_path, text, words):
    path = tmp_path / "aliases.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=words):
        aliases.read(path)


def test_an_alias_that_somebody_else_has():
    taken = aliases.draw(["ada", "berta"], 1)["berta"]
    with pytest.raises(CourseError, match="another student was drawn"):
        aliases.of(["ada", "berta"], 1, {"ada": taken})


# Pages and tables.


@pytest.fixture
def placed():
    return ranked(
        ran("=cmd|' /C calc'!A0", 950, saturates=True, int8_macs=9_000_000, notes=("-2 files",)),
        ran("<script>alert(1)</script>", 900),
        ran("berta", 890, sha256="x"),
    )


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_public_page_and_table_hold_aliases_alone(placed):
    anonymous = [one.__class__(**{**vars(one), "alias": f"bird {at}"}) for at, one in enumerate(placed)]
    page = pages.board(anonymous, ABOUT, pareto.draw(anonymous))
    for text in (page, pages.public_csv(anonymous)):
        assert "berta" not in text
        assert "calc" not in text
        assert "bird 0" in text
    assert "2, shared" in page
    assert "95.00 %" in page
    assert "may saturate" in page
    assert "90%" in page
    assert "A processor, with avx2" in page
    assert pages.TIES in page
    assert "<script" not in page
    assert [row["rank"] for row in rows(pages.public_csv(anonymous))] == ["1", "2", "2"]
    assert [row["shared"] for row in rows(pages.public_csv(anonymous))] == ["no", "yes", "yes"]


def test_text_in_tables_is_no_formula_and_in_pages_no_code(placed):
    refused = Ran("+ada", "@a.onnx", "k", "=it is empty")
    found = rows(pages.instructors_csv(placed, [refused]))
    assert found[0]["student"] == "'=cmd|' /C calc'!A0"
    assert found[0]["notes"] == "'-2 files"
    assert found[-1] | {"student": "'+ada", "reason": "'=it is empty", "file": "'@a.onnx", "rank": ""} == found[-1]
    page = pages.student(placed[1].ran, placed, ABOUT)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_a_students_page_says_rank_and_alias_or_why_there_is_none(placed):
    page = pages.student(placed[0].ran, placed, ABOUT)
    assert "<strong>Rank 1 of 3</strong>, on the public page" in page
    assert placed[0].alias.replace("'", "&#39;") in page
    assert "80,000 of 96,000" in page
    assert "-2 files" in page
    refused = pages.student(Ran("ada", "a.onnx", "k", "it is empty"), placed, ABOUT)
    assert "This file is not ranked: it is empty." in refused


def test_nobody_ranked_makes_a_page_all_the_same():
    page = pages.board([], ABOUT, b"")
    assert "<table" not in page
    assert "A processor" in page


def test_a_page_for_somebody_with_marks_does_not_show_them():
    placed = ranked(ran("a", sha256="1"), ran("b", sha256="1"))
    assert placed[0].marks
    assert "same file" not in pages.student(placed[0].ran, placed, ABOUT)
    assert "same file" not in pages.board(placed, ABOUT, b"")
    assert "same file" in pages.instructors_csv(placed, [])


def test_a_network_without_macs_divides_nothing():
    assert "0%" in pages.board(ranked(ran("a", macs=0)), ABOUT, b"")
