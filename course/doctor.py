"""`python -m course doctor`: what `labsupport.doctor` looks at, and what grading and the tests need beside."""

import argparse
import importlib.util
import shutil
from collections.abc import Iterator

from course import CourseError
from labsupport import doctor
from labsupport.doctor import Finding

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare no options."""


def main(args: argparse.Namespace) -> int:  # noqa: ARG001 - the command has no options
    """Examine this machine for an instructor."""
    return doctor.examine((*doctor.CHECKS, sandbox, workers, browser))


def sandbox() -> Iterator[Finding]:
    """Make a sandbox once."""
    from course.grading.ready import require_bubblewrap

    try:
        require_bubblewrap()
    except CourseError as error:
        first, *rest = str(error).splitlines()
        yield Finding("broken", f"grading: {first}", "\n           ".join(rest))
    else:
        yield Finding("ok", "grading: bubblewrap makes a sandbox")


def workers() -> Iterator[Finding]:
    """Look for what grades on several processes."""
    if importlib.util.find_spec("distributed"):
        yield Finding("ok", "grading on several processes: dask is here")
    else:
        yield Finding("note", "no dask: one process grades", "python -m pip install -e '.[scale]'")


def browser() -> Iterator[Finding]:
    """Look for a browser for the system tests."""
    if any(map(shutil.which, BROWSERS)):
        yield Finding("ok", "system tests: a Chromium is here")
    else:
        yield Finding("note", "no Chromium: the tests in a browser cannot run", "apt-get install chromium")
