"""Execute copies of the labs, keep a page of each, and print the verdicts."""

import argparse
import time
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter
from nbformat import NotebookNode

from course import CourseError
from course.kernel import CELL_TIMEOUT, Failure, execute
from course.notebooks import BUILD_DIR, find_labs, ledgers, read, write
from labsupport.claims import TABLE_HEADER, machine_lines, text_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `run`."""
    parser.add_argument("--lab", help="the number of one lab, such as 00; all of them without it")
    parser.add_argument(
        "--cell-timeout", type=int, default=CELL_TIMEOUT, metavar="SECONDS", help="default: %(default)s"
    )


def main(args: argparse.Namespace) -> int:
    """Run the labs in order; one that fails is reported and the others still run."""
    labs = find_labs(args.lab)
    if not labs:
        print("There are no labs in notebooks/ yet, so nothing was run.")
        return 0
    folder = BUILD_DIR / "run"
    width = max(len(path.stem) for path in labs)
    failed, found = [], []
    began = time.monotonic()
    for number, path in enumerate(labs, start=1):
        print(f"{number:2} of {len(labs)}  {path.stem:<{width}}  ", end="", flush=True)
        started = time.monotonic()
        try:
            notebook = read(path)
            problem: Failure | CourseError | None = execute(notebook, folder, cell_timeout=args.cell_timeout)
            write(notebook, folder / path.name)
            write_page(notebook, folder / f"{path.stem}.html")
            found += ledgers(notebook)
        except CourseError as error:
            problem = error
        seconds, so_far = time.monotonic() - started, time.monotonic() - began
        left = so_far / number * (len(labs) - number)
        more = f", about {left / 60:.0f} min left" if left > 30 else ""
        print(f"{seconds:6.1f} s  {'FAILED' if problem else 'ok'}{more}", flush=True)
        if problem:
            failed.append(path.stem)
            print(f"\n{path.stem} failed\n{problem}\n", flush=True)
    print(f"together {time.monotonic() - began:.0f} s\n\n{verdict_table(found)}\n")
    print(f"A page of each lab, with its figures: {folder}")
    if failed:
        print(f"\nFailed: {', '.join(failed)}. The cell and its traceback stand above.")
    return 1 if failed else 0


def write_page(notebook: NotebookNode, path: Path) -> None:
    """Write the notebook as one HTML page, figures included."""
    page, _ = HTMLExporter().from_notebook_node(notebook)
    path.write_text(page, encoding="utf-8")


def verdict_table(found: list[dict[str, Any]]) -> str:
    """Return the ledgers of all labs as one table for a terminal, with the machines they were measured on."""
    rows = [[ledger["lab"], *(claim[name] for name in TABLE_HEADER)] for ledger in found for claim in ledger["claims"]]
    if not rows:
        return "No verdict was reached: no executed lab shows its claims."
    table = text_table(("lab", *TABLE_HEADER), rows, column_width=40)
    return "\n".join([table, *machine_lines(found)])
