"""Write the tables of README.md, the labs and the verdicts, from the stored notebooks."""

import argparse
import re
from pathlib import Path

from course import CourseError
from course.notebooks import find_labs, lab_info, read, verdicts
from labsupport import PROJECT_DIR
from labsupport.claims import markdown_table

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
    claims = [claim for _, notebook in notebooks for claim in verdicts(notebook)]
    header = ("lab", "claim", "measured", "verdict", "source")
    machines = dict.fromkeys(claim["hardware"] for claim in claims if claim["hardware"])
    verdict_lines = [
        markdown_table(header, [[claim[name] for name in header] for claim in claims]),
        *(f"\nMeasured on: {machine}" for machine in machines),
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
