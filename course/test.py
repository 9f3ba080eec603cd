"""Everything that must pass before a change lands: lint, unit tests, and each lab's outputs against new ones."""

import argparse
import os
import subprocess
import sys

from course import STRICT_VARIABLES, lint
from course.notebooks import find_labs
from labsupport import PROJECT_DIR

CELL_TIMEOUT = 300
# A process for each core; tests of one file share a process, and with it their fixtures.
PARALLEL = ("--numprocesses=auto", "--dist=loadfile")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `test`."""
    parser.add_argument(
        "--cell-timeout", type=int, default=CELL_TIMEOUT, metavar="SECONDS", help="default: %(default)s"
    )


def main(args: argparse.Namespace) -> int:
    """Run the three steps in order of their cost; each runs also when an earlier one failed."""
    labs = [str(path) for path in find_labs()]
    statuses = {"lint": lint.main(args), "unit tests": _pytest("tests", *PARALLEL)}
    if labs:
        print(f"\nnbval: {len(labs)} labs, new outputs against the stored ones", flush=True)
        statuses["nbval"] = _pytest(
            "--nbval", "--nbval-current-env", f"--nbval-cell-timeout={args.cell_timeout}", *labs
        )
    else:
        print("\nnbval: no labs in notebooks/ yet, nothing to compare")
    failed = [step for step, status in statuses.items() if status]
    print(f"\n{'failed: ' + ', '.join(failed) if failed else 'all passed: ' + ', '.join(statuses)}")
    return 1 if failed else 0


def _pytest(*arguments: str) -> int:
    """Run pytest in a process of its own."""
    variables = os.environ | STRICT_VARIABLES
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=PROJECT_DIR, env=variables, check=False).returncode
