"""Write `docs/glossary.md`: the sentences in which the labs define their words, found by `<dfn>` around the word."""

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from course import CourseError
from course.notebooks import find_labs, lab_info, read
from labsupport import PROJECT_DIR

GLOSSARY = PROJECT_DIR / "docs" / "glossary.md"
_TERM = re.compile(r"<dfn>([^<]+)</dfn>")
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z<$`*\"(])|\n\s*\n|\n\s*(?=[-*|#])")
_HEAD = """\
# Glossary

The words of the labs, each in the sentence that defines it where it first stands. Written by
`python -m course glossary`.

"""


@dataclass(frozen=True)
class Entry:
    """A word, the sentence that defines it, and the lab."""

    term: str
    sentence: str
    lab: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `glossary`."""
    parser.add_argument("--check", action="store_true", help="only say whether docs/glossary.md is current")


def main(args: argparse.Namespace) -> int:
    """Bring the glossary up to date, or say that it is not."""
    before = GLOSSARY.read_text(encoding="utf-8") if GLOSSARY.exists() else ""
    after = page(find_labs())
    if after == before:
        print("docs/glossary.md is current.")
    elif args.check:
        print("docs/glossary.md is out of date: run `python -m course glossary` and commit the change.")
        return 1
    else:
        GLOSSARY.write_text(after, encoding="utf-8")
        print(f"docs/glossary.md was brought up to date: {after.count(chr(10) + '- **')} words.")
    return 0


def page(labs: list[Path]) -> str:
    """Return the glossary of these labs, in the order of the alphabet.

    Raises:
        CourseError: a word is defined twice.
    """
    found: dict[str, Entry] = {}
    for path in labs:
        notebook = read(path)
        for entry in entries(notebook, lab_info(path, notebook).number):
            first = found.setdefault(entry.term.lower(), entry)
            if first is not entry:
                raise CourseError(f"{entry.term!r} is defined in lab {first.lab} and again in lab {entry.lab}")
    lines = [f"- **{found[word].term}** (lab {found[word].lab}): {found[word].sentence}" for word in sorted(found)]
    return _HEAD + "\n".join(lines) + "\n"


def entries(notebook: NotebookNode, lab: str) -> Iterator[Entry]:
    """Yield the words that a notebook defines, each with its sentence, in order."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown" or "<dfn>" not in cell.source:
            continue
        for sentence in _SENTENCE_END.split(cell.source):
            for term in _TERM.findall(sentence):
                plain = " ".join(_TERM.sub(r"\1", sentence).split())
                yield Entry(" ".join(term.split()), f"{plain.lstrip('-* ').rstrip('.,;:')}.", lab)
