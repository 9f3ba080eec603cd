"""Where tensors lie in one block of RAM, the arena: those that are alive at the same time must not overlap."""

import random
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

ALIGNMENT = 4  # bytes; kernels read words
NUM_ORDERS = 2000


class Step(Protocol):
    """What a plan must know of a layer."""

    reads: Sequence[str]
    writes: str


def lifetimes(steps: Sequence[Step], first: str, last: str) -> dict[str, tuple[int, int]]:
    """Return for each tensor the steps between which it is alive, both included.

    Args:
        steps: in the order of execution.
        first: the network's input, written before the first step.
        last: the network's output, read after the last step.
    """
    born = {first: 0} | {step.writes: number for number, step in enumerate(steps)}
    dies = dict(born)
    for at, reader in enumerate(steps):
        dies |= dict.fromkeys(reader.reads, at)
    dies[last] = len(steps) - 1
    return {name: (born[name], dies[name]) for name in born}


def live_bytes(lives: Mapping[str, tuple[int, int]], sizes: Mapping[str, int]) -> list[int]:
    """Return for each step how many bytes are alive; no plan needs less than the largest of them."""
    count = 1 + max(end for _, end in lives.values())
    return [sum(sizes[name] for name, (start, end) in lives.items() if start <= step <= end) for step in range(count)]


def best(lives: Mapping[str, tuple[int, int]], sizes: Mapping[str, int]) -> dict[str, int]:
    """Return the offsets of the smallest arena that is found: several orders of placing are tried, the same every time.

    The largest first is a good order and not always the best; then come random ones, until one reaches the bound that
    no plan can pass.
    """
    bound, drawn = max(live_bytes(lives, sizes)), random.Random(0)
    found = place(lives, sizes)
    for _ in range(NUM_ORDERS):
        if arena_bytes(found, sizes) <= bound:
            break
        found = min(
            found, place(lives, sizes, drawn.sample(sorted(sizes), len(sizes))), key=partial(arena_bytes, sizes=sizes)
        )
    return found


def place(
    lives: Mapping[str, tuple[int, int]], sizes: Mapping[str, int], order: Iterable[str] | None = None
) -> dict[str, int]:
    """Return an offset in bytes for each tensor: each in turn at the lowest place that no living rival holds.

    Args:
        lives: first and last step of each tensor.
        sizes: bytes of each.
        order: in which they are placed; the largest first where none is given.
    """
    offsets: dict[str, int] = {}
    for name in order or sorted(sizes, key=lambda name: (-sizes[name], lives[name])):
        start, end = lives[name]
        rivals = [other for other in offsets if lives[other][0] <= end and start <= lives[other][1]]
        at = 0
        for other in sorted(rivals, key=offsets.__getitem__):
            if at + sizes[name] <= offsets[other]:
                break
            at = max(at, -(-(offsets[other] + sizes[other]) // ALIGNMENT) * ALIGNMENT)
        offsets[name] = at
    return offsets


def arena_bytes(offsets: Mapping[str, int], sizes: Mapping[str, int]) -> int:
    """Return how many bytes of RAM a plan takes."""
    return max(offset + sizes[name] for name, offset in offsets.items())
