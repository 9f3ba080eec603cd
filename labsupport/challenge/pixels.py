"""Images as a ranked file gets them, to the bit; and the changes that make test images new. Integers and numpy alone.

Normalised: a pixel p of 0 to 255 in channel c becomes ((p / 255) - MEAN[c]) / STD[c], with every number and result
rounded to float32. That is what `ImageSet.normalise` does in the labs. All 3 x 256 values have the sha256 TABLE_SHA256.

Changed: image number i under a seed gets its changes from the bytes d of sha256("edge challenge SEED i"). A number from
`low` to `high` is low + (256 * d[k] + d[k + 1]) mod (high - low + 1), for the pair of bytes at k:

    k = 0    mirror       0 or 1
    k = 2    side         26 to 32: the side in pixels of the square that is left of the image
    k = 4    top          0 to 32 - side: the first row of the square
    k = 6    left         0 to 32 - side: its first column
    k = 8    down         -4 to 4 rows
    k = 10   right        -4 to 4 columns
    k = 12   contrast     96 to 160, in 128ths
    k = 14   brightness   -24 to 24
    k = 16   tint         -8 to 8 for red; k = 18 green, k = 20 blue

Output row y is input row y - down, mirrored into the square: top - 1 is top + 1, top + side is top + side - 2. Columns
likewise. Where mirror is 1, left and right of the result are exchanged. Then each value p of a channel becomes
((p - 128) * contrast + 64 >> 7) + 128 + brightness + tint, cut off at 0 and 255; >> rounds down.
"""

import hashlib

import numpy as np

MEAN = (0.4914, 0.4822, 0.4465)
STD = (0.2470, 0.2435, 0.2616)
TABLE_SHA256 = "9e58fd8280aea6af5045cfdd44d0f3d8fe5f24a3eff94131f585cde21b6c2508"

SIZE = 32
SIDES = (26, 32)
SHIFTS = (-4, 4)
CONTRASTS = (96, 160)
BRIGHTNESSES = (-24, 24)
TINTS = (-8, 8)
_BLOCK = 500


def table() -> np.ndarray:
    """Return what each pixel becomes: float32 (3 channels, 256 values)."""
    steps = np.arange(256, dtype=np.float32) / np.float32(255)
    mean, std = (np.array(numbers, np.float32)[:, None] for numbers in (MEAN, STD))
    return (steps - mean) / std


def normalise(images: np.ndarray) -> np.ndarray:
    """Return images, uint8 (N, 3, H, W), as a network gets them, float32 of the same shape."""
    if images.dtype != np.uint8:
        raise TypeError(f"the images are {images.dtype}, uint8 was expected")
    return np.stack([values[images[:, channel]] for channel, values in enumerate(table())], axis=1)


def changed(images: np.ndarray, seed: int, first: int = 0) -> np.ndarray:
    """Return new images made of others: shifted, cropped, mirrored, lit in another way, as the module says.

    Args:
        images: uint8 (N, 3, 32, 32).
        seed: decides all changes.
        first: the number of the first image.

    Returns:
        uint8, same shape.
    """
    blocks = [_changed(images[at : at + _BLOCK], seed, first + at) for at in range(0, len(images), _BLOCK)]
    return np.concatenate(blocks) if blocks else images.copy()


def _changed(images: np.ndarray, seed: int, first: int) -> np.ndarray:
    digests = [hashlib.sha256(f"edge challenge {seed} {first + at}".encode()).digest() for at in range(len(images))]
    drawn = np.frombuffer(b"".join(digests), np.uint8).reshape(len(images), 32).astype(np.int64)

    def draw(at: int, low: int, high: int | np.ndarray) -> np.ndarray:
        return (low + (256 * drawn[:, at] + drawn[:, at + 1]) % (high - low + 1))[:, None]

    mirror, side = draw(0, 0, 1), draw(2, *SIDES)
    rows, columns = (
        _lines(draw(begin, 0, SIZE - side[:, 0]), side, draw(shift, *SHIFTS)) for begin, shift in ((4, 8), (6, 10))
    )
    columns = np.where(mirror == 1, columns[:, ::-1], columns)
    image = np.arange(len(images))[:, None, None]
    pixels = images.transpose(0, 2, 3, 1)[image, rows[:, :, None], columns[:, None, :]].astype(np.int64)
    lighter = np.concatenate([draw(at, *TINTS) for at in (16, 18, 20)], axis=1) + draw(14, *BRIGHTNESSES)
    lit = ((pixels - 128) * draw(12, *CONTRASTS)[..., None, None] + 64 >> 7) + 128 + lighter[:, None, None, :]
    return np.ascontiguousarray(lit.clip(0, 255).astype(np.uint8).transpose(0, 3, 1, 2))


def _lines(begin: np.ndarray, side: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return the input line of each output line, (N, 32); the other arguments are (N, 1)."""
    inside = np.abs(np.arange(SIZE) - shift - begin)
    return begin + side - 1 - np.abs(side - 1 - inside)
