"""Scenes with exact boxes: items of Fashion-MNIST, tinted, on photographs that scikit-image ships.

The data are made, so every box is exact. Splits share neither items nor backgrounds: the items come from the splits of
Fashion-MNIST, and each photograph is divided into one region per split. All arithmetic is on integers and all random
numbers come from one seed, so every machine makes the same pixels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import skimage.data
from PIL import Image

from labsupport import datasets

SIZE = 96
CROP_SIZE = 48
SEED = 20261201
NUM_SCENES = {"train": 12000, "validation": 1000, "calibration": 500, "test": 2000}
STRIP_HEIGHT = 110  # at least; of the part of a photograph that is not for training
OPAQUE = 48  # from this grey value on, an item hides the background
VISIBLE = 24  # from this grey value on, a pixel belongs to the item's box
MAX_COVERED = 0.1  # of the smaller of two boxes
PLACEMENT_TRIES = 20

# Grey textures and colour photographs without people, all in the public domain or CC0 (data/README.md).
PHOTOGRAPHS = ("brick", "cat", "coffee", "grass", "gravel", "hubble_deep_field", "rocket")


class Kind(NamedTuple):
    """What the scenes of one set hold: fewest and most items a scene, and the sides of an item's frame in pixels."""

    num_items: tuple[int, int]
    sides: tuple[int, int]


KINDS = {"scenes": Kind((1, 5), (16, 48)), "small_scenes": Kind((4, 10), (10, 18))}
MAX_ITEMS = max(kind.num_items[1] for kind in KINDS.values())


@dataclass(frozen=True)
class Scene:
    """One image and what it shows.

    Attributes:
        pixels: uint8 (96, 96, 3).
        targets: int64 (10, 5), one row an item: class and box (left, top, right, bottom) in pixels, right and bottom
            one past the last pixel. Rows without an item have class -1.
    """

    pixels: np.ndarray
    targets: np.ndarray


def region(shape: tuple[int, ...], split: str) -> tuple[int, int, int, int]:
    """Return the part of a photograph that belongs to a split: left, top, right, bottom in pixels.

    The upper part is for training. The lower one, a third or at least 110 pixels, is cut into three side by side.

    Raises:
        ValueError: there is no such split.
    """
    height, width = shape[:2]
    border = height - max(STRIP_HEIGHT, height // 3)
    if split == "train":
        return 0, 0, width, border
    held_out = ("validation", "calibration", "test")
    if split not in held_out:
        raise ValueError(f"There is no split {split!r}. Choose one of: train, {', '.join(held_out)}.")
    place = held_out.index(split)
    return width * place // 3, border, width * (place + 1) // 3, height


@cache
def photographs() -> tuple[np.ndarray, ...]:
    """Return the photographs, uint8 (height, width, 3); grey ones have three equal channels."""
    pictures = [getattr(skimage.data, name)() for name in PHOTOGRAPHS]
    return tuple(picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, 2) for picture in pictures)


def make(name: str, split: str, num_scenes: int | None = None) -> Iterator[Scene]:
    """Yield the scenes of a split, the same ones whenever it is called.

    Args:
        name: "scenes", or "small_scenes" with more and smaller items.
        split: its items are those of the same split of Fashion-MNIST.
        num_scenes: the first so many; all by default.

    Raises:
        ValueError: there is no such set or split.
    """
    if name not in KINDS:
        raise ValueError(f"There are no scenes {name!r}. Choose one of: {', '.join(KINDS)}.")
    regions = [region(picture.shape, split) for picture in photographs()]
    items = datasets.load("fashion_mnist", split)
    grey, labels = items.images[:, 0].numpy(), items.labels.numpy()
    random = np.random.RandomState([SEED, list(KINDS).index(name), datasets.SPLITS.index(split)])
    order = random.permutation(len(labels))
    used = 0
    for _ in range(NUM_SCENES[split] if num_scenes is None else num_scenes):
        pixels = _background(regions, random)
        targets = np.full((MAX_ITEMS, 5), -1, np.int64)
        num_placed = 0
        fewest, most = KINDS[name].num_items
        for _ in range(random.randint(fewest, most + 1)):
            item = order[used % len(order)]
            used += 1
            box = _place(pixels, grey[item], KINDS[name].sides, targets[:num_placed, 1:], random)
            if box is not None:
                targets[num_placed] = labels[item], *box
                num_placed += 1
        yield Scene(pixels, targets)


def crops(split: str) -> Iterator[tuple[np.ndarray, int]]:
    """Yield each item of `scenes` as a picture of its own, uint8 (48, 48, 3), and its class.

    A crop is the item's box with an eighth more on each side, as far as the scene reaches, scaled to a square.
    """
    for scene in make("scenes", split):
        picture = Image.fromarray(scene.pixels)
        for label, left, top, right, bottom in scene.targets[scene.targets[:, 0] >= 0].tolist():
            more_x, more_y = (right - left) // 8, (bottom - top) // 8
            box = max(0, left - more_x), max(0, top - more_y), min(SIZE, right + more_x), min(SIZE, bottom + more_y)
            square = picture.resize((CROP_SIZE, CROP_SIZE), Image.Resampling.BILINEAR, box=box)
            yield np.asarray(square), label


def _background(regions: list[tuple[int, int, int, int]], random: np.random.RandomState) -> np.ndarray:
    choice = random.randint(len(PHOTOGRAPHS))
    left, top, right, bottom = regions[choice]
    x, y = random.randint(left, right - SIZE + 1), random.randint(top, bottom - SIZE + 1)
    part = photographs()[choice][y : y + SIZE, x : x + SIZE]
    if random.randint(2):
        part = part[:, ::-1]
    return (part.astype(np.int32) * random.randint(128, 257) // 256).astype(np.uint8)


def _place(
    pixels: np.ndarray, grey: np.ndarray, sides: tuple[int, int], others: np.ndarray, random: np.random.RandomState
) -> list[int] | None:
    """Draw an item on the pixels where it covers little of the others; return its box, or None where none was found."""
    side = random.randint(sides[0], sides[1] + 1)
    item = np.asarray(Image.fromarray(grey).resize((side, side), Image.Resampling.BILINEAR)).astype(np.int32)
    if random.randint(2):
        item = item[:, ::-1]
    tint = random.randint(96, 257, size=3)
    rows, columns = np.flatnonzero((item >= VISIBLE).any(1)), np.flatnonzero((item >= VISIBLE).any(0))
    if len(rows) == 0:
        return None
    item = item[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = item.shape
    for _ in range(PLACEMENT_TRIES):
        x, y = random.randint(0, SIZE - width + 1), random.randint(0, SIZE - height + 1)
        box = np.array([x, y, x + width, y + height])
        if _most_covered(box, others) <= MAX_COVERED:
            break
    else:
        return None
    opacity = np.minimum(item * 256 // OPAQUE, 256)[..., None]
    part = pixels[y : y + height, x : x + width]
    part[:] = (part * (256 - opacity) + np.minimum(item[..., None] * tint // 256, 255) * opacity) // 256
    return box.tolist()


def _most_covered(box: np.ndarray, others: np.ndarray) -> float:
    """Return the largest intersection with another box, as a fraction of the smaller of the two; 0 without others."""
    if len(others) == 0:
        return 0.0
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    smaller = np.minimum((box[2:] - box[:2]).prod(), (others[:, 2:] - others[:, :2]).prod(1))
    return float((sides.clip(0).prod(1) / smaller).max())
