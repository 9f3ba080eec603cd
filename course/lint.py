"""Check the style of code and notebooks, and the rules every lab keeps."""

import argparse
import subprocess
import sys

from course.notebooks import find_labs
from labsupport import PROJECT_DIR

CHECKED = ("labsupport", "course", "tests", "notebooks")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare no options; `lint` has none."""


def main(args: argparse.Namespace) -> int:  # noqa: ARG001
    """Run every check, also after one that found something."""
    labs = [str(path.relative_to(PROJECT_DIR)) for path in find_labs()]
    commands = [
        ["-m", "ruff", "check", *CHECKED],
        ["-m", "ruff", "format", "--check", *CHECKED],
        ["-m", "course.rules", *labs],
    ]
    statuses = [
        subprocess.run([sys.executable, *command], cwd=PROJECT_DIR, check=False).returncode for command in commands
    ]
    return 1 if any(statuses) else 0
