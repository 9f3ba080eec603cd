"""Grade a folder in a process of its own, which a test may kill: `python grade_in_child.py FOLDER TARGET MODE LOG`.

MODE is "one", a number of workers, or the address of a scheduler. LOG gets a line for each result: the student, and the
resident memory of this process in bytes.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

from sample_course import FIXTURE_ROOT

from course.grading import command, scale
from course.grading.jobs import Job, Result


def main(folder: str, target: str, mode: str, log: str) -> None:
    task = command.assignment("90", Path(target) / "build", root=FIXTURE_ROOT)
    if mode == "one":
        chosen = nullcontext(command.in_this_process)
    elif mode.isdigit():
        chosen = scale.runner(workers=int(mode))
    else:
        chosen = scale.runner(cluster=mode)
    with chosen as run, Path(log).open("a", buffering=1) as lines:

        def logged(jobs: Iterable[Job]) -> Iterator[Result]:
            for result in run(jobs):
                yield result
                lines.write(f"{result.student} {resident_bytes()}\n")

        command.grade_folder(Path(folder), task, Path(target), run=logged)


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main(*sys.argv[1:])
