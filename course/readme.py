"""Write the tables of README.md, the labs and the verdicts, from the stored notebooks."""

import argparse
import re
from pathlib import Path

from course import CourseError
from course.notebooks import find_labs, lab_info, ledgers, read
from labsupport import PROJECT_DIR
from labsupport.claims import TABLE_HEADER, machine_lines, markdown_table

README = PROJECT_DIR / "README.md"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `readme`."""
    parser.add_argument("--check", action="store_true", help="only say whether README.md is current")


def main(args: argparse.Namespace) -> int:
    """Bring README.md up to date, or say that it is not."""
    before = README.read_text(encoding="utf-8")
    after = updated(before, find_labs())
    if after == before:
        print("README.md is current.")
    elif args.check:
        print("README.md is out of date: run `python -m course readme` and commit the change.")
        return 1
    else:
        README.write_text(after, encoding="utf-8")
        print("README.md was brought up to date.")
    return 0


def updated(text: str, labs: list[Path]) -> str:
    """Return the README's text with both tables as the stored labs have them.

    Raises:
        CourseError: a marker is missing, or a lab lacks its title or minutes.
    """
    notebooks = [(path, read(path)) for path in labs]
    infos = [(path, lab_info(path, notebook)) for path, notebook in notebooks]
    lab_rows = [(i.number, f"[{i.title}](notebooks/{path.name})", i.minutes, f"{i.points:g}") for path, i in infos]
    found = [ledger for _, notebook in notebooks for ledger in ledgers(notebook)]
    rows = [[ledger["lab"], *(claim[name] for name in TABLE_HEADER)] for ledger in found for claim in ledger["claims"]]
    verdict_lines = [
        markdown_table(("lab", *TABLE_HEADER), rows),
        *(f"\n{line}" for line in machine_lines(found)),
    ]
    text = _between(text, "labs", markdown_table(("lab", "title", "minutes", "points"), lab_rows))
    return _between(text, "verdicts", "\n".join(verdict_lines))


def _between(text: str, name: str, content: str) -> str:
    """Return the text with what stands between a pair of markers replaced."""
    pattern = re.compile(rf"(<!-- {name}: .*?-->\n).*?(\n<!-- end of {name} -->)", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise CourseError(
            f"README.md needs `<!-- {name}: ... -->` and `<!-- end of {name} -->` once, each on a line of its own."
        )
    return pattern.sub(lambda match: match[1] + content + match[2], text)
