"""Names for a public page: drawn from the seed, or given in a table."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from course import CourseError
from course.grading.roster import clean, read_table

_COLOURS = (
    "amber ash azure beige black blue bronze brown coral cream crimson cyan golden green grey indigo ivory jade lilac "
    "lime maroon mint navy ochre olive orange pearl pink plum purple red ruby rust sand scarlet silver teal violet "
    "white yellow"
)
_BIRDS = (
    "avocet bittern bunting buzzard chough coot crane crow curlew dipper dove dunlin eagle egret falcon finch gannet "
    "godwit goose grebe grouse gull harrier hawk heron hoopoe ibis jackdaw jay kestrel kingfisher kite lapwing lark "
    "linnet magpie merlin nightjar oriole osprey ouzel owl partridge pelican petrel pipit plover puffin quail rail "
    "raven redstart robin rook ruff sandpiper shrike siskin skua snipe sparrow starling stork swallow swan swift teal "
    "tern thrush tit wagtail warbler wheatear whinchat wren"
)
COLOURS, BIRDS = _COLOURS.split(), _BIRDS.split()


def draw(students: Iterable[str], seed: int) -> dict[str, str]:
    """Return an alias for each student, all different; who does not know the seed cannot tell them.

    Raises:
        CourseError: there are more students than aliases.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for student in sorted(students):
        if len(taken) == len(COLOURS) * len(BIRDS):
            raise CourseError(f"There are only {len(taken)} aliases. Give a table of others: --aliases FILE.")
        digest = hashlib.sha256(f"alias {seed} {student}".encode(errors="surrogateescape")).digest()
        number = int.from_bytes(digest[:8], "big")
        while (alias := _alias(number)) in taken:
            number += 1
        taken.add(alias)
        found[student] = alias
    return found


def _alias(number: int) -> str:
    number %= len(COLOURS) * len(BIRDS)
    return f"{COLOURS[number % len(COLOURS)]} {BIRDS[number // len(COLOURS)]}"


def read(path: Path) -> dict[str, str]:
    """Return the aliases of a table with the columns `student` and `alias`.

    Raises:
        CourseError: it cannot be read, lacks a column, or gives two students one alias.
    """
    headings, rows, _ = read_table(path)
    names = [heading.strip().lower() for heading in headings]
    if not {"student", "alias"} <= set(names):
        raise CourseError(f"{path} needs the columns student and alias.")
    found = {clean(row[names.index("student")]): clean(row[names.index("alias")]) for row in rows}
    given = [alias for alias in found.values() if alias]
    twice = sorted({alias for alias in given if given.count(alias) > 1})
    if twice:
        raise CourseError(f"{path} gives two students the alias {twice[0]}.")
    return {student: alias for student, alias in found.items() if alias}


def of(students: Iterable[str], seed: int, given: Mapping[str, str]) -> dict[str, str]:
    """Return an alias for every student: the one given, else one drawn.

    Raises:
        CourseError: one that was given is one that was drawn for somebody else.
    """
    students = list(students)
    found = draw(students, seed) | {student: given[student] for student in students if student in given}
    if len(set(found.values())) < len(found):
        raise CourseError(
            "An alias of the table is one that another student was drawn. Give aliases to all, or another."
        )
    return found
