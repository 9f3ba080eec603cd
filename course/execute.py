"""Execute a lab in place, so that its stored outputs belong to its code."""

import argparse
import time

from course import STRICT_VARIABLES
from course.kernel import CELL_TIMEOUT, execute
from course.notebooks import BUILD_DIR, find_labs, normalise, read, write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `execute`."""
    parser.add_argument("--lab", required=True, help="the number of the lab, such as 00")
    parser.add_argument(
        "--cell-timeout", type=int, default=CELL_TIMEOUT, metavar="SECONDS", help="default: %(default)s"
    )


def main(args: argparse.Namespace) -> int:
    """Replace the notebook by its executed self; a failure leaves the file untouched."""
    path = find_labs(args.lab)[0]
    notebook = read(path)
    began = time.monotonic()
    failure = execute(notebook, BUILD_DIR / "execute", cell_timeout=args.cell_timeout, environment=STRICT_VARIABLES)
    if failure:
        print(f"{path.stem} failed; notebooks/{path.name} is as it was\n{failure}")
        return 1
    normalise(notebook)
    write(notebook, path)
    print(f"{path.stem}  {time.monotonic() - began:.1f} s  {path.stat().st_size / 1000:.0f} KB")
    return 0
