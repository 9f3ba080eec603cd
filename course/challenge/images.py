"""The images of a ranking: test images changed by the instructor's seed, and plain ones to compare with."""

import hashlib
from dataclasses import dataclass

import numpy as np

from course import CourseError
from labsupport import datasets
from labsupport.challenge.pixels import changed
from labsupport.fetch import DataError

DATA = ("cifar10", "cifar10_mini")
PLAIN = "cifar10_mini"


@dataclass(frozen=True)
class Images:
    """What files are asked about, in this order, and what is right.

    Attributes:
        hidden: uint8 (N, 3, 32, 32), the images that decide.
        plain: uint8 (M, 3, 32, 32), the test images that come with the labs, as they are.
        hidden_labels: uint8 (N,).
        plain_labels: uint8 (M,).
        says: what the hidden images are, in words.
    """

    hidden: np.ndarray
    plain: np.ndarray
    hidden_labels: np.ndarray
    plain_labels: np.ndarray
    says: str

    @property
    def all(self) -> np.ndarray:
        """The images that go into the sandbox."""
        return np.concatenate([self.hidden, self.plain])

    @property
    def sha256(self) -> str:
        """A hash of these images."""
        return hashlib.sha256(self.all.tobytes()).hexdigest()


def draw(seed: int, data: str) -> Images:
    """Return the images of a ranking.

    Args:
        seed: decides all changes.
        data: "cifar10", the 7,500 test images that do not come with the labs, or "cifar10_mini", the 2,500 that do.

    Raises:
        CourseError: the full data set is not here and cannot be fetched.
    """
    plain = datasets.load(PLAIN, "test")
    try:
        chosen = datasets.load(data, "test")
    except DataError as error:
        raise CourseError(f"{error} Or rank on the images that are here: --data cifar10_mini.") from error
    images, labels = chosen.images.numpy(), chosen.labels.numpy().astype(np.uint8)
    if data != PLAIN:
        known = {image.tobytes() for image in plain.images.numpy()}
        is_new = np.array([image.tobytes() not in known for image in images])
        images, labels = images[is_new], labels[is_new]
    says = f"{len(images):,} test images of {'CIFAR-10' if data == 'cifar10' else 'CIFAR-10 mini'}, changed by a seed"
    plain_labels = plain.labels.numpy().astype(np.uint8)
    return Images(changed(images, seed), plain.images.numpy(), labels, plain_labels, says)
