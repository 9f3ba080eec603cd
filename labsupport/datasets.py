"""The images of the course: load, verify, split.

The official train set of each data set is divided into train, validation and calibration, disjoint and fixed by a seed.
Networks learn from train, decisions are made on validation, quantization ranges come from calibration, and test is
opened once, to report.
"""

import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from labsupport import DATA_DIR, fetch

NUM_CLASSES = 10
SPLITS = ("train", "validation", "calibration", "test")
SPLIT_SEED = 20261122
HELD_OUT_PER_CLASS = {"validation": 500, "calibration": 100}

CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FASHION_CLASSES = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)


@dataclass(frozen=True)
class ImageSet:
    """One split of one data set, held as a single uint8 tensor and normalised batch by batch.

    `images` is uint8 of shape (N, C, H, W), `labels` int64 of shape (N,). `mean` and `std` belong to pixel values in
    [0, 1], one per channel, of the official train set (train, validation and calibration together).
    """

    name: str
    split: str
    images: Tensor
    labels: Tensor
    class_names: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def normalise(self, images: Tensor) -> Tensor:
        """Turn uint8 pixels of shape (..., C, H, W) into float32 with mean 0 and standard deviation 1 per channel."""
        mean = torch.tensor(self.mean).view(-1, 1, 1)
        std = torch.tensor(self.std).view(-1, 1, 1)
        return images.float().div_(255).sub_(mean).div_(std)

    def subset(self, num_samples: int) -> "ImageSet":
        """Return the first `num_samples` images; on a derived split any multiple of 10 is class-balanced."""
        if not 1 <= num_samples <= len(self):
            raise ValueError(
                f"{num_samples} images were asked for, but {self.name} {self.split} has {len(self)}. "
                f"Ask for 1 to {len(self)}."
            )
        return replace(self, images=self.images[:num_samples], labels=self.labels[:num_samples])

    def batches(self, batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield normalised images (float32) and labels in order, `batch_size` at a time; the last may be smaller."""
        if batch_size < 1:
            raise ValueError(f"batch_size is {batch_size}. It must be at least 1.")
        for start in range(0, len(self), batch_size):
            stop = start + batch_size
            yield self.normalise(self.images[start:stop]), self.labels[start:stop]


def cache_folder() -> Path:
    """Return the folder of fetched data: the environment variable LABS_DATA, or `data/cache`."""
    return Path(os.environ.get("LABS_DATA") or DATA_DIR / "cache")


def split_indices(labels: np.ndarray, split: str) -> np.ndarray:
    """Return the positions in the official train set that make up one derived split, round-robin by class.

    `labels` are those of the official train set, shape (N,). Position i of the result has class i % 10, so every prefix
    whose length is a multiple of 10 is class-balanced.
    """
    generator = np.random.RandomState(SPLIT_SEED)
    per_class = np.stack([generator.permutation(np.flatnonzero(labels == c)) for c in range(NUM_CLASSES)])
    num_validation, num_calibration = HELD_OUT_PER_CLASS["validation"], HELD_OUT_PER_CLASS["calibration"]
    start, stop = {
        "validation": (0, num_validation),
        "calibration": (num_validation, num_validation + num_calibration),
        "train": (num_validation + num_calibration, per_class.shape[1]),
    }[split]
    return per_class[:, start:stop].T.ravel()


def _read_idx(path: Path) -> np.ndarray:
    with gzip.open(path) as stream:
        content = stream.read()
    num_dims = content[3]
    shape = np.frombuffer(content, ">i4", num_dims, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * num_dims).reshape(shape)


def _load_fashion_mnist(official: str) -> tuple[np.ndarray, np.ndarray]:
    prefix = {"train": "train", "test": "t10k"}[official]
    folder = DATA_DIR / "fashion_mnist"
    images = _read_idx(folder / f"{prefix}-images-idx3-ubyte.gz")
    return images[:, None], _read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz")


def _load_cifar10(official: str) -> tuple[np.ndarray, np.ndarray]:
    images, labels = fetch.cifar10(cache_folder(), official)
    return images.transpose(0, 3, 1, 2), labels


_LOADERS = {
    "fashion_mnist": (_load_fashion_mnist, FASHION_CLASSES, (0.2860,), (0.3530,)),
    "cifar10": (_load_cifar10, CIFAR10_CLASSES, (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
}


def load(name: str, split: str) -> ImageSet:
    """Load one split of "fashion_mnist", "cifar10_mini" or "cifar10", verified.

    Raises ValueError for a name or split that does not exist.
    """
    if name not in _LOADERS:
        raise ValueError(f"There is no data set {name!r}. Choose one of: {', '.join(_LOADERS)}.")
    if split not in SPLITS:
        raise ValueError(f"There is no split {split!r}. Choose one of: {', '.join(SPLITS)}.")
    loader, class_names, mean, std = _LOADERS[name]
    images, labels = loader("test" if split == "test" else "train")
    chosen = np.arange(len(labels)) if split == "test" else split_indices(labels, split)
    return ImageSet(
        name,
        split,
        torch.from_numpy(np.ascontiguousarray(images[chosen])),
        torch.from_numpy(labels[chosen].astype(np.int64)),
        class_names,
        mean,
        std,
    )


def calibration_loader(image_set: ImageSet, num_samples: int, batch_size: int = 100) -> list[Tensor]:
    """Return the first `num_samples` images as normalised batches, to choose quantization ranges from.

    Raises ValueError on the test split: ranges fitted to the images that are reported on flatter the result.
    """
    if image_set.split == "test":
        raise ValueError(
            "Calibration on the test split was asked for. The quantization ranges would be fitted to the very images "
            f'the result is reported on. Use load("{image_set.name}", "calibration").'
        )
    return [images for images, _ in image_set.subset(num_samples).batches(batch_size)]
