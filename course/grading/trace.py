"""`python -m course.grading.trace`: which system calls solved labs make, written to `syscalls.txt` beside this file.

Every lab's solution is put to all its cases, visible and hidden, by the program that grading uses, under strace instead
of bubblewrap. It takes some minutes. Run it again when torch, numpy, ONNX Runtime or Python move.
"""

import argparse
import platform
import re
import shutil
import sys
import tempfile
from pathlib import Path

from course import CourseError
from course.exercises import Lab, read
from course.grading.grade import Interview
from course.grading.jobs import Limits
from course.grading.sandbox import Sandbox
from course.grading.syscalls import MEASURED
from course.grading.workshop import Workshop
from course.notebooks import find_labs
from labsupport import files
from labsupport.checks.pieces import pieces

SLOWED_DOWN = Limits(cpu_seconds=300, wall_seconds=600, start_seconds=600, total_seconds=3600)
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")


def calls_of(lab: Lab) -> set[str]:
    """Return the names of the system calls that a lab's solutions and cases make, imports included."""
    parts = pieces(lab.notebook)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "calls"
        prefix = [shutil.which("strace"), "-f", "-qq", "-o", str(log)]
        with Sandbox(parts, parts[0].source.splitlines(), SLOWED_DOWN, protected=False, prefix=prefix) as sandbox:
            interview = Interview(sandbox, parts, SLOWED_DOWN, Workshop((), SLOWED_DOWN, protected=False))
            for exercise in lab.exercises:
                interview.put(exercise, (*exercise.cases, *lab.hidden[exercise.grade_id]))
        with log.open(encoding="utf-8", errors="replace") as lines:
            return {match[1] for line in lines if (match := _CALL.match(line))}


def main() -> int:
    """Measure every lab and write what was found."""
    argparse.ArgumentParser(prog="python -m course.grading.trace", description=__doc__.splitlines()[0]).parse_args()
    if shutil.which("strace") is None:
        raise CourseError("strace is not installed (apt install strace)")
    found: set[str] = set()
    for path in find_labs():
        found |= calls_of(read(path.name[:2]))
        print(f"{path.stem}: {len(found)} calls so far", flush=True)
    head = [
        "# System calls of the solved labs, written by `python -m course.grading.trace`.",
        f"# {platform.machine()}, Linux {platform.release().split('-')[0]}, Python {platform.python_version()}",
    ]
    files.replace(MEASURED, "\n".join([*head, *sorted(found), ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
