"""What one recorded arm gains over another: the differences of each seed, and the interval that they allow."""

import math
import statistics
from dataclasses import dataclass

from labsupport import results
from labsupport.claims import Interval

STUDENT_T = (4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
"""The 97.5 % quantiles of Student's t for 3 to 10 seeds (2 to 9 degrees of freedom)."""

LEAST_SEEDS = 3
NORMAL_QUANTILE = 1.96
WHOLE_RANGE = 100.0  # points


@dataclass(frozen=True)
class Gain(Interval):
    """A gain in points with its 95 % interval, and the number of seeds that it rests on."""

    seeds: int = 1


def gain(lab: str, table: str, arm: str, other: str, **where: object) -> Gain:
    """Return by how many points the arm is more accurate than the other, with a 95 % interval.

    With three seeds or more it is the t interval of the differences by seed. With fewer it is the widest interval that
    each seed's images allow, one by one, where the predictions of both arms were kept; else all that a difference
    can be, which decides nothing.

    Args:
        lab: the lab's number, such as "05".
        table: a table with the columns arm, seed, accuracy and predictions.
        arm: the one that may gain.
        other: what it is compared with.
        **where: columns with the values wanted; both arms must then have one row a seed.

    Raises:
        ValueError: no seed has both arms, or a seed has several rows of one.
    """
    frame = results.load(lab, table)
    for column, wanted in where.items():
        frame = frame[frame[column] == wanted]
    rows = [frame[frame.arm == name].set_index("seed") for name in (arm, other)]
    both = sorted(set(rows[0].index) & set(rows[1].index))
    if not both or any(not one.index.is_unique for one in rows):
        counts = ", ".join(f"{len(one)} of {name}" for one, name in zip(rows, (arm, other), strict=True))
        raise ValueError(f"{lab}/{table} with {where} must have one row a seed; it has {counts}")
    gains = [100 * float(rows[0].accuracy[seed] - rows[1].accuracy[seed]) for seed in both]
    mean = statistics.fmean(gains)
    if len(gains) >= LEAST_SEEDS:
        half = STUDENT_T[len(gains) - LEAST_SEEDS] * statistics.stdev(gains) / math.sqrt(len(gains))
        return Gain(mean, mean - half, mean + half, len(gains))
    if any(one.predictions[seed] == results.NOT_KEPT for one in rows for seed in both):
        return Gain(mean, -WHOLE_RANGE, WHOLE_RANGE, len(gains))
    halves = [_half(lab, table, arm, other, one, **where, seed=seed) for seed, one in zip(both, gains, strict=True)]
    low = min(one - half for one, half in zip(gains, halves, strict=True))
    high = max(one + half for one, half in zip(gains, halves, strict=True))
    return Gain(mean, low, high, len(gains))


def _half(lab: str, table: str, arm: str, other: str, gained: float, **where: object) -> float:
    """Return half of the paired interval of one seed in points, at most: each changed prediction may count."""
    first, second = (results.predictions(lab, table, arm=name, **where) for name in (arm, other))
    changed = float((first != second).double().mean())
    return 100 * NORMAL_QUANTILE * math.sqrt(max(0.0, changed - (gained / 100) ** 2) / len(first))
