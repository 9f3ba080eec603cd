"""The images of a ranking are what the module says, to the bit."""

import hashlib

import numpy as np
import pytest
import torch

from labsupport import datasets
from labsupport.challenge import pixels


def reference(image: np.ndarray, seed: int, number: int) -> np.ndarray:
    """Follow the words of the module, pixel by pixel, in Python's own integers."""
    d = hashlib.sha256(f"edge challenge {seed} {number}".encode()).digest()

    def draw(k: int, low: int, high: int) -> int:
        return low + (256 * d[k] + d[k + 1]) % (high - low + 1)

    def inside(line: int, begin: int, side: int) -> int:
        line = line if line >= begin else 2 * begin - line
        return line if line < begin + side else 2 * (begin + side - 1) - line

    side = draw(2, 26, 32)
    top, left = draw(4, 0, 32 - side), draw(6, 0, 32 - side)
    changed = np.zeros_like(image)
    for channel in range(3):
        more = draw(14, -24, 24) + draw(16 + 2 * channel, -8, 8)
        for y in range(32):
            for x in range(32):
                p = int(image[channel, inside(y - draw(8, -4, 4), top, side), inside(x - draw(10, -4, 4), left, side)])
                lit = ((p - 128) * draw(12, 96, 160) + 64 >> 7) + 128 + more
                changed[channel, y, 31 - x if draw(0, 0, 1) else x] = min(255, max(0, lit))
    return changed


@pytest.fixture(scope="module")
def images():
    return datasets.load("cifar10_mini", "test").images[:600].numpy()


def test_a_table_of_all_pixels_is_what_the_rule_states():
    table = pixels.table()
    assert (table.shape, table.dtype) == ((3, 256), np.float32)
    assert hashlib.sha256(table.astype("<f4").tobytes()).hexdigest() == pixels.TABLE_SHA256
    assert table[0, 0] == np.float32(-1.9894737)


def test_networks_get_what_the_labs_give_them(images):
    theirs = datasets.load("cifar10_mini", "test").normalise(torch.from_numpy(images))
    np.testing.assert_array_equal(pixels.normalise(images), theirs.numpy())


def test_no_image_is_normalised_twice(images):
    with pytest.raises(TypeError, match="float32, uint8 was expected"):
        pixels.normalise(pixels.normalise(images[:1]))


@pytest.mark.parametrize("seed", [0, 20261130, -3])
def test_changes_are_those_that_are_written_down(images, seed):
    changed = pixels.changed(images[:20], seed)
    for number in range(20):
        np.testing.assert_array_equal(changed[number], reference(images[number], seed, number))


def test_the_same_images_on_every_machine(images):
    changed = pixels.changed(images, 1)
    assert changed.dtype == np.uint8
    assert (
        hashlib.sha256(changed.tobytes()).hexdigest()
        == "8438da99d82e44c5faa5b8b33204181024327733a87b158127b401992a7a09ba"
    )


def test_an_image_is_changed_by_its_number_alone(images):
    whole = pixels.changed(images, 5)
    np.testing.assert_array_equal(pixels.changed(images[490:520], 5, first=490), whole[490:520])
    assert pixels.changed(images[:0], 5).shape == (0, 3, 32, 32)


def test_seeds_differ_and_every_image_changes(images):
    one, other = pixels.changed(images, 1), pixels.changed(images, 2)
    is_same = (one == other).all((1, 2, 3)).mean()
    assert is_same == 0
    assert (one == images).all((1, 2, 3)).mean() < 0.01


def test_all_changes_are_drawn():
    """A column gradient shows mirror and shift, a plain image the light."""
    ramp = np.broadcast_to(np.arange(32, dtype=np.uint8) * 4 + 60, (2000, 3, 32, 32)).copy()
    changed = pixels.changed(ramp, 3).astype(int)
    slope = (changed[:, 0, 16, 24] - changed[:, 0, 16, 8]).reshape(-1)
    assert 0.45 < (slope < 0).mean() < 0.55
    grey = pixels.changed(np.full((2000, 3, 32, 32), 128, np.uint8), 3)[:, :, 0, 0].astype(int) - 128
    assert (grey.min(), grey.max()) == (-32, 32)
