"""From what files answered to ranks: accuracy with its interval, ties, and what a person should look at.

Files stand in the order of their accuracy. The first opens a rank. A file whose 95 % interval overlaps that of the file
that opened the rank shares it; the next one opens a rank of its own, one more than the number of files above it. Files
that share a rank are not told apart by accuracy: the smaller file stands first, then the one with fewer MACs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from course.challenge.images import Images
from course.challenge.work import Ran
from labsupport.challenge import score
from labsupport.claims import Interval

FAR_BETTER = 0.10
"""A file is marked whose accuracy on plain images is so much above that on changed ones.

ResNet-8 and MobileCNN of the zoo, 1,000 validation images, two seeds: 0.03 to 0.04; ResNet-8 in int8, one seed: 0.06.
"""
CHANCE = 0.15
"""Files that hardly do better than guessing often answer alike, and are not marked for it."""


@dataclass(frozen=True)
class Placed:
    """A ranked file.

    Attributes:
        rank: from 1; files that share one have the same.
        alias: the name on the public page.
        ran: what came of the file.
        hidden: accuracy on the images that decide.
        plain: accuracy on the plain test images.
        marks: what a person should look at, half a sentence each; for the instructor alone.
    """

    rank: int
    alias: str
    ran: Ran
    hidden: Interval
    plain: Interval
    marks: tuple[str, ...] = ()


def place(results: Iterable[Ran], images: Images, aliases: Mapping[str, str]) -> list[Placed]:
    """Rank the files that ran.

    Args:
        results: of all files; those with a reason are left out.
        images: that they were asked about, with the labels.
        aliases: by student.
    """
    scored = [(ran, *_scores(ran, images)) for ran in results if not ran.reason]
    scored.sort(key=lambda item: (-item[1].value, item[0].num_bytes, item[0].macs, aliases[item[0].student]))
    marks = _marks(scored)
    placed: list[Placed] = []
    opened: Interval | None = None
    for at, (ran, hidden, plain) in enumerate(scored):
        if opened is None or hidden.high < opened.low:
            opened, rank = hidden, at + 1
        placed.append(Placed(rank, aliases[ran.student], ran, hidden, plain, tuple(marks[ran.student])))
    placed.sort(key=lambda one: (one.rank, one.ran.num_bytes, one.ran.macs, one.alias))
    return placed


def _scores(ran: Ran, images: Images) -> tuple[Interval, Interval]:
    classes = np.frombuffer(ran.classes.encode(), np.uint8) - ord("0")
    labels = np.concatenate([images.hidden_labels, images.plain_labels])
    right, many = classes == labels, len(images.hidden_labels)
    return tuple(score.accuracy(int(part.sum()), len(part)) for part in (right[:many], right[many:]))


def _marks(scored: Sequence[tuple[Ran, Interval, Interval]]) -> dict[str, list[str]]:
    """Return by student what a person should look at."""
    found: dict[str, list[str]] = defaultdict(list)
    same_bytes, same_answers = defaultdict(list), defaultdict(list)
    for ran, hidden, plain in scored:
        same_bytes[ran.sha256].append(ran.student)
        if hidden.value > CHANCE:
            same_answers[ran.classes].append(ran.student)
        if plain.value - hidden.value > FAR_BETTER:
            points = 100 * (plain.value - hidden.value)
            found[ran.student].append(
                f"{points:.1f} points better on the plain test images: was it trained on them, or without changes?"
            )
    in_bytes = {student: set(students) for students in same_bytes.values() for student in students}
    for students in same_bytes.values():
        for student in students if len(students) > 1 else ():
            found[student].append(f"the same file as {_others(students, student)}")
    for students in same_answers.values():
        for student in students:
            others = [other for other in students if other not in in_bytes[student]]
            if others:
                found[student].append(f"another file, but the same answer to every image as {', '.join(others)}")
    return found


def _others(students: Sequence[str], student: str) -> str:
    return ", ".join(other for other in students if other != student)


def best(placed: Sequence[Placed], size: str) -> list[Placed]:
    """Return the files that no other one beats in accuracy and in `num_bytes` or `macs`, the smallest first."""
    ordered = sorted(placed, key=lambda one: (getattr(one.ran, size), -one.hidden.value))
    found: list[Placed] = []
    for one in ordered:
        if not found or one.hidden.value > found[-1].hidden.value:
            found.append(one)
    return found
