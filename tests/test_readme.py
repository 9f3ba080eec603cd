import argparse
import re

import pytest
from sample_lab import find, sample_lab

from course import CourseError, readme
from course.notebooks import find_labs, write
from labsupport import PROJECT_DIR

EMPTY = (
    "# Title\n\n<!-- labs: a -->\n\n<!-- end of labs -->\n\n<!-- verdicts: b -->\nold\n<!-- end of verdicts -->\nend\n"
)


@pytest.fixture
def lab(tmp_path):
    path = tmp_path / "00_sample.ipynb"
    write(sample_lab(), path)
    return path


def test_the_readme_is_current():
    text = readme.README.read_text(encoding="utf-8")
    assert text == readme.updated(text, find_labs()), "run `python -m course readme` and commit the change"


def test_the_tables_say_what_the_stored_labs_say(lab):
    assert readme.updated(EMPTY, [lab]).splitlines() == [
        "# Title",
        "",
        "<!-- labs: a -->",
        "| lab | title | minutes | points |",
        "| :-- | :-- | :-- | :-- |",
        "| 00 | [Counting](notebooks/00_sample.ipynb) | 33 | 11 |",
        "<!-- end of labs -->",
        "",
        "<!-- verdicts: b -->",
        "| lab | claim | measured | verdict | basis | source |",
        "| :-- | :-- | :-- | :-- | :-- | :-- |",
        "| 00 | a byte is 8 bits | 8 | holds | live |  |",
        "| 00 | a word is 4 bytes | 2 to 8 bytes | holds when it has 32 bits | recorded | lab 00 |",
        "",
        "Live rows were measured on: a test machine",
        "",
        "Recorded rows were measured on: an older machine",
        "<!-- end of verdicts -->",
        "end",
    ]


def test_an_update_of_current_tables_changes_nothing(lab):
    once = readme.updated(EMPTY, [lab])
    assert readme.updated(once, [lab]) == once


@pytest.mark.parametrize(("old", "new"), [("<!-- labs: a -->", ""), ("end of verdicts", "end"), ("# Title", EMPTY)])
def test_markers_that_are_missing_or_doubled_are_named(lab, old, new):
    with pytest.raises(CourseError, match="once, each on a line of its own"):
        readme.updated(EMPTY.replace(old, new), [lab])


def test_a_lab_without_title_is_named(lab):
    notebook = sample_lab()
    find(notebook, "title").source = "no heading"
    write(notebook, lab)
    with pytest.raises(CourseError, match=r"00_sample\.ipynb: the first cell must hold"):
        readme.updated(EMPTY, [lab])


def test_the_command_writes_and_check_only_tells(lab, tmp_path, monkeypatch, capsys):
    file = tmp_path / "README.md"
    file.write_text(EMPTY)
    monkeypatch.setattr(readme, "README", file)
    monkeypatch.setattr(readme, "find_labs", lambda: [lab])
    assert readme.main(argparse.Namespace(check=True)) == 1
    assert file.read_text() == EMPTY
    assert readme.main(argparse.Namespace(check=False)) == 0
    assert readme.main(argparse.Namespace(check=True)) == 0
    assert "Counting" in file.read_text()
    assert "out of date" in capsys.readouterr().out


def test_the_versions_the_readme_names_are_the_pins():
    pins = set(re.findall(r'"(torch(?:vision)?==[\d.]+)"', (PROJECT_DIR / "pyproject.toml").read_text()))
    assert set(re.findall(r"torch(?:vision)?==[\d.]+\d", readme.README.read_text())) == pins


def test_every_target_and_command_that_readme_and_docs_name_exists():
    from course.cli import COMMANDS

    docs = [PROJECT_DIR / "docs" / f"{name}.md" for name in ("instructors", "authors", "sandbox")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in (readme.README, *docs))
    targets = re.search(r"^\.PHONY: (.*)$", (PROJECT_DIR / "Makefile").read_text(), re.MULTILINE)[1].split()
    assert set(
        re.findall(r"\bmake ([a-z-]+)", "\n".join(re.findall(r"`make [^`]*`|^    make .*$", text, re.MULTILINE)))
    ) <= set(targets)
    assert set(re.findall(r"-m course ([a-z]+)", text)) <= set(COMMANDS)
