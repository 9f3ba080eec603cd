"""Execute the long version of a lab on a copy; the notebook itself appends what it measures to data/results."""

import argparse
import time

from nbformat import NotebookNode

from course.kernel import execute
from course.notebooks import BUILD_DIR, find_labs, read, write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `record`."""
    parser.add_argument("--lab", required=True, help="the number of the lab, such as 05")
    parser.add_argument("--seed", required=True, type=int, help="the seed of this run")


def main(args: argparse.Namespace) -> int:
    """Run with LABS_FULL=1 and LABS_SEED set, without a limit on time; the lab resumes from its own checkpoints."""
    path = find_labs(args.lab)[0]
    notebook = read(path)
    copy = BUILD_DIR / "record" / f"{path.stem}_seed{args.seed}.ipynb"
    began = time.monotonic()

    def say(cell: NotebookNode) -> None:
        print(f"{time.monotonic() - began:7.0f} s  {cell.id}", flush=True)

    environment = {"LABS_FULL": "1", "LABS_SEED": str(args.seed)}
    failure = execute(notebook, copy.parent, cell_timeout=None, environment=environment, on_cell=say)
    write(notebook, copy)
    print(f"{time.monotonic() - began:7.0f} s  executed copy: {copy}")
    if failure:
        print(f"{path.stem}, seed {args.seed}, failed; the same command goes on where the lab can resume\n{failure}")
    return 1 if failure else 0
