"""A submission's bytes to answers and to what may run of it, in a process that may die of them.

Everything that parses, matches or builds what a student wrote is called from here, so that a file that is too much
costs its own student a sentence and nobody else anything.
"""

import json
from dataclasses import asdict

from course.grading.apart import TooMuchError, apart
from course.grading.released import Release
from course.grading.repair import Answers, NotGradableError, repair
from labsupport.checks.pieces import Piece

READ_SECONDS = 10
READ_BYTES = 1_000_000_000


def read(
    content: bytes, release: Release, functions: dict[str, str], labs: dict[str, frozenset[str]]
) -> tuple[Answers, list[Piece]]:
    """Return a submission's answers, as `repair` finds them, and what may run of it, as `Release.pieces` says.

    Args:
        content, release, functions, labs: as of `repair`.

    Raises:
        NotGradableError: the file is no submission of this lab, or takes too much time or memory to read.
        LostError: reading came to no end, for no fault of the file's.
    """
    try:
        found = json.loads(
            apart(_read, content, release, functions, labs, seconds=READ_SECONDS, memory_bytes=READ_BYTES)
        )
    except TooMuchError as error:
        raise NotGradableError(f"the file cannot be read: {error}") from None
    if "refused" in found:
        raise NotGradableError(found["refused"])
    answers = found["answers"]
    lists = {name: tuple(answers[name]) for name in ("imports", "notes")}
    lists["said"] = {name: tuple(said) for name, said in answers["said"].items()}
    return (
        Answers(**{**answers, **lists, "unsolved": frozenset(answers["unsolved"])}),
        [Piece(**piece) for piece in found["pieces"]],
    )


def _read(content: bytes, release: Release, functions: dict[str, str], labs: dict[str, frozenset[str]]) -> bytes:
    try:
        answers = repair(content, release, functions, labs)
    except NotGradableError as error:
        return json.dumps({"refused": str(error)}).encode()
    parts = release.pieces(answers.sources, answers.imports)
    plain = {**asdict(answers), "unsolved": sorted(answers.unsolved)}
    return json.dumps({"answers": plain, "pieces": [asdict(piece) for piece in parts]}).encode()
