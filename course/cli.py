"""Find the command, say what it does at once, then import what it needs.

A command is one line in `COMMANDS`: its name, the module that carries it out, and what it does. The module has two
functions: `add_arguments(parser: argparse.ArgumentParser) -> None`, and `main(args: argparse.Namespace) -> int`, which
returns the exit status. A module is imported only when its command is asked for, so that the first line appears before
anything slow is loaded.
"""

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence

from course import THREAD_VARIABLES, CourseError

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("course.run", "execute copies of all labs and print the verdicts"),
    "execute": ("course.execute", "execute a lab in place, outputs included"),
    "record": ("course.record", "carry out long runs and write their tables to data/results/"),
    "lab": ("course.lab", "copy the student version into work/ and open it in JupyterLab"),
    "release": ("course.release", "make the student version of each lab in build/release/"),
    "student": ("course.student", "build build/student.zip, all that a student needs"),
    "grade": ("course.grading.command", "grade a folder of submissions of a lab"),
    "challenge": ("course.challenge.command", "run the files of the edge challenge and rank them"),
    "prove": ("course.prove", "prove the exercises of a lab: right answers pass, wrong ones are recognised"),
    "judge": ("course.judge", "judge answers to an exercise from files, one JSON line each"),
    "glossary": ("course.glossary", "write docs/glossary.md from the sentences in which the labs define words"),
    "doctor": ("course.doctor", "say what of the labs' and grading's needs is here, and what to do"),
    "readme": ("course.readme", "write the tables of README.md from the stored labs"),
    "site": ("course.site", "build the pages of the course in build/site/"),
    "lint": ("course.lint", "check the style of code and notebooks, and the notebook rules"),
    "test": ("course.test", "lint, unit tests, then every stored output against a new one"),
}

FOR_PROGRAMS = {"judge"}
"""Commands whose output another program reads: nothing else is printed."""


def overview() -> str:
    """Return the help text: one line a command."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {text}" for name, (_, text) in COMMANDS.items()]
    return "\n".join(["usage: python -m course COMMAND [options]", "", *lines, "", "COMMAND --help shows its options."])


def main(arguments: Sequence[str]) -> int:
    """Carry out one command.

    Args:
        arguments: the command line after the program's name.
    Returns:
        The exit status: 0 done, 1 the command found something wrong, 2 it could not start, 130 stopped by Ctrl-C.
    """
    name = arguments[0] if arguments else "--help"
    if name in ("-h", "--help"):
        print(overview())
        return 0
    if name not in COMMANDS:
        print(f"There is no command {name!r}.\n\n{overview()}", file=sys.stderr)
        return 2
    module_name, text = COMMANDS[name]
    wants_help = bool({"-h", "--help"} & set(arguments[1:]))
    if not wants_help and name not in FOR_PROGRAMS:
        print(f"{name}: {text}", flush=True)
    for variable, value in THREAD_VARIABLES.items():
        os.environ.setdefault(variable, value)
    module = importlib.import_module(module_name)
    parser = argparse.ArgumentParser(prog=f"python -m course {name}", description=f"{text[0].upper()}{text[1:]}.")
    module.add_arguments(parser)
    try:
        return module.main(parser.parse_args(arguments[1:]))
    except CourseError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        logging.getLogger("asyncio").disabled = True  # else it may tell of the task that was cut off
        print(f"\n{name}: stopped", file=sys.stderr)
        return 130
