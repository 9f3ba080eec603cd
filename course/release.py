"""The student version of a lab, made by nbgrader from the solved notebook.

Each lab is staged as an nbgrader assignment of its own under `build/nbgrader/NN/`; the result is copied to
`build/release/`. Solutions and sample answers are replaced by stubs, outputs and cells tagged `instructor` removed.
Check cells and cells tagged `uses-exercise` get the tag `raises-exception`, so that "Run All" goes on past unsolved
exercises.

The nbgrader metadata stays in the student's copy: a few words a cell that nothing shows without nbgrader. They keep
check cells from being edited by accident and let a submission be graded. Grading still trusts the cell ids of the
release alone, never what a submission says about itself.
"""

import argparse
import shutil
from pathlib import Path

from nbconvert.preprocessors import TagRemovePreprocessor
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveCells
from nbgrader.utils import capture_log, is_grade
from traitlets.config import Config

from course import CourseError
from course.authoring import notebook_problems
from course.notebooks import BUILD_DIR, find_labs, read, write
from labsupport import PROJECT_DIR
from labsupport.carry import stamp
from labsupport.checks.pieces import is_own, tags

CODE_STUB = 'raise NotImplementedError("write your answer here, then run this cell and the check below")'
OWN_STUB = 'raise NotImplementedError("write your experiment here; it ends in report(...)")'
TEXT_STUB = "*Write your answer here.*"


class AllowUnsolved(NbGraderPreprocessor):
    """Let Jupyter go on past check cells and users of an exercise that is not solved yet."""

    def preprocess_cell(  # noqa: D102 - nbconvert's interface
        self, cell: NotebookNode, resources: dict, _index: int
    ) -> tuple[NotebookNode, dict]:
        checks = cell.cell_type == "code" and is_grade(cell)
        if checks or "uses-exercise" in tags(cell):
            cell.metadata["tags"] = sorted({*tags(cell), "raises-exception"})
        if is_own(cell):
            cell.source = cell.source.replace(CODE_STUB, OWN_STUB)
        return cell, resources


def release(path: Path, build: Path = BUILD_DIR) -> Path:
    """Make the student version of one notebook.

    Args:
        path: the solved notebook, NN_topic.ipynb.
        build: the folder for everything that is generated.
    Returns:
        The released notebook, `release/NN_topic.ipynb` under build.

    Raises:
        CourseError: the notebook's metadata is wrong, or nbgrader refuses it.
    """
    problems = notebook_problems(read(path))
    if problems:
        raise CourseError("\n  ".join([f"{path.name} cannot be released:", *problems]))
    number = path.name[:2]
    stage = build / "nbgrader" / number
    shutil.rmtree(stage, ignore_errors=True)
    source = stage / "source" / number
    source.mkdir(parents=True)
    shutil.copy(path, source)
    config = Config()
    config.CourseDirectory.root = str(stage)
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = {"instructor"}
    config.ClearSolutions.code_stub = {"python": CODE_STUB}
    config.ClearSolutions.text_stub = TEXT_STUB
    converter = GenerateAssignment(
        coursedir=CourseDirectory(config=config, assignment_id=number), config=config, no_database=True
    )
    steps = [step for step in converter.preprocessors if step is not SaveCells]
    converter.preprocessors = [TagRemovePreprocessor, *steps, AllowUnsolved]
    result = capture_log(converter)
    if not result["success"]:
        raise CourseError(f"nbgrader refused {path.name}:\n{result.get('log', '')}{result['error']}")
    target = build / "release" / path.name
    released = read(stage / "release" / number / path.name)
    stamp(released, number)
    target.parent.mkdir(parents=True, exist_ok=True)
    write(released, target)
    return target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--lab", metavar="NN", help="one lab only")


def main(args: argparse.Namespace) -> int:
    """Release the labs asked for and say where they are."""
    for path in find_labs(args.lab):
        print(release(path).relative_to(PROJECT_DIR))
    return 0
