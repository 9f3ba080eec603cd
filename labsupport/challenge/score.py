"""What the answers of a network are worth: accuracy with its interval, and the public score."""

import math
from collections.abc import Mapping

import numpy as np

from labsupport import datasets
from labsupport.challenge import MAX_BYTES, MAX_MACS, MAX_NUMBERS
from labsupport.challenge.pixels import changed
from labsupport.claims import Interval

PUBLIC_SEED = 0
_Z = 1.959964  # the 97.5 % quantile of the normal distribution

SATURATES = (
    "sums of uint8 by int8 can saturate on an x86 processor without VNNI; there its accuracy may be lower "
    "(quantize with reduce_range to avoid it)"
)


def accuracy(correct: int, total: int) -> Interval:
    """Return a share of right answers with its 95 % interval by Wilson (1927), all in [0, 1]."""
    share, spread = correct / total, _Z**2 / total
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return Interval(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def public_images() -> tuple[np.ndarray, np.ndarray]:
    """Return the images of the public score, uint8, and their labels: validation, then the same images changed."""
    image_set = datasets.load("cifar10_mini", "validation")
    images, labels = image_set.images.numpy(), image_set.labels.numpy()
    return np.concatenate([images, changed(images, PUBLIC_SEED)]), np.concatenate([labels, labels])


def public_report(num_bytes: int, counted: Mapping[str, object], logits: np.ndarray, labels: np.ndarray) -> str:
    """Return the lines that a student reads of a file within the rule.

    Args:
        num_bytes: of the file.
        counted: `macs`, `int8_macs`, `numbers` and `saturates`, as `run.examine` gives them.
        logits: of `public_images`.
        labels: theirs.
    """
    right = logits.argmax(1) == labels
    half = len(right) // 2
    share = counted["int8_macs"] / counted["macs"] if counted["macs"] else 0.0
    lines = [
        f"bytes     {num_bytes:,} of {MAX_BYTES:,}",
        f"MACs      {counted['macs']:,} of {MAX_MACS:,}, {share:.0%} of them written as products of 8 bits",
        f"numbers   {counted['numbers']:,} of {MAX_NUMBERS:,} that all operators together may write",
        f"accuracy  {shown(accuracy(int(right[:half].sum()), half))} on {half:,} validation images",
        f"          {shown(accuracy(int(right[half:].sum()), half))} on the same images, changed as in the ranking",
    ]
    return "\n".join([*lines, *([f"note      {SATURATES}"] if counted["saturates"] else [])])


def shown(interval: Interval) -> str:
    """Return an accuracy in percent with its interval."""
    return f"{100 * interval.value:.2f} % ({100 * interval.low:.1f} to {100 * interval.high:.1f})"
