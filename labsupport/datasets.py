"""The images of the course: load, verify, split.

The official train set of each data set is divided into train, validation and calibration, disjoint and fixed by a seed.
Networks learn from train, decisions are made on validation, quantization ranges come from calibration, and test is
opened once, to report.
"""

import argparse
import gzip
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from labsupport import DATA_DIR, PROJECT_DIR, fetch

FASHION_DIR = DATA_DIR / "fashion_mnist"
MINI_DIR = DATA_DIR / "cifar10_mini"

NUM_CLASSES = 10
SPLITS = ("train", "validation", "calibration", "test")
SPLIT_SEED = 20261122
HELD_OUT_PER_CLASS = {"validation": 500, "calibration": 100}
MINI_SIZES = {"train": 4000, "validation": 1000, "calibration": 500, "test": 2500}
TILES_PER_ROW = 100

# Class names, and mean and standard deviation per channel of the official train set.
FASHION_MNIST = (
    ("T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"),
    (0.2860,),
    (0.3530,),
)
CIFAR10 = (
    ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    (0.4914, 0.4822, 0.4465),
    (0.2470, 0.2435, 0.2616),
)
SCENES = (FASHION_MNIST[0], (0.32,) * 3, (0.19,) * 3)  # of all channels together, rounded

# Of the images, uint8 in the order (N, H, W, C), followed by the labels, uint8.
SHA256 = {
    "fashion_mnist/train": "16d82e2b505296aa2b78bd5ea0992634f30419a4c97def7c907d154a35ac6157",
    "fashion_mnist/test": "9f1ec356a747bfe4ebab3cfb722d3694c9ca737e2570f6f90cf31d7b6fd689d4",
    "cifar10_mini/train": "4b8689f87cb2e772ea454829cfc41a07f78b6cd4911a03a944c78a62fa507a23",
    "cifar10_mini/validation": "f85a7c5d5165d363d3475225ca67c2bb2c5d680138b9fea4857544253e345c18",
    "cifar10_mini/calibration": "56e9ffcd32aab0a5b6ed624743cabce95abb7d8bee15e19b3b95daa6dada08c2",
    "cifar10_mini/test": "9b7ee1b1cdfa258eb7c7c9a865a0ad07ec422baed24a76a3faeff408d210fdad",
}


@dataclass(frozen=True)
class ImageSet:
    """One split of one data set, held as a single uint8 tensor and normalised batch by batch.

    `images` is uint8 of shape (N, C, H, W), `labels` int64 of shape (N,), or (N, 10, 5) for scenes. `mean` and `std`
    belong to pixel values in [0, 1], one per channel, of the official train set (train, validation and calibration
    together); those of scenes are chosen.
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
        """Turn uint8 pixels of shape (..., C, H, W) into float32 with mean 0 and standard deviation 1 per channel.

        Raises TypeError for anything but uint8, so that no image is normalised twice.
        """
        if images.dtype != torch.uint8:
            raise TypeError(f"The images are {images.dtype}, uint8 was expected. Are they normalised already?")
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
    """Return the folder of fetched data: the environment variable LABS_DATA, or `data/cache`.

    A relative LABS_DATA starts at the project's folder.
    """
    return PROJECT_DIR / Path(os.environ.get("LABS_DATA") or DATA_DIR / "cache").expanduser()


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


def _fashion_mnist(split: str) -> tuple[np.ndarray, np.ndarray]:
    official = "test" if split == "test" else "train"
    prefix = "t10k" if split == "test" else "train"
    images = _read_idx(FASHION_DIR / f"{prefix}-images-idx3-ubyte.gz")
    labels = _read_idx(FASHION_DIR / f"{prefix}-labels-idx1-ubyte.gz")
    _verify(f"fashion_mnist/{official}", FASHION_DIR, images, labels)
    return _choose(images[..., None], labels, split)


def _cifar10(split: str) -> tuple[np.ndarray, np.ndarray]:
    return _choose(*fetch.cifar10(cache_folder(), "test" if split == "test" else "train"), split)


def _choose(images: np.ndarray, labels: np.ndarray, split: str) -> tuple[np.ndarray, np.ndarray]:
    if split == "test":
        return images, labels
    positions = split_indices(labels, split)
    return images[positions], labels[positions]


def _cifar10_mini(split: str) -> tuple[np.ndarray, np.ndarray]:
    images, labels = read_mini(MINI_DIR, split)
    _verify(f"cifar10_mini/{split}", MINI_DIR, images, labels)
    return images, labels


def _read_idx(path: Path) -> np.ndarray:
    try:
        with gzip.open(path) as stream:
            content = stream.read()
        num_dims = content[3]
        shape = np.frombuffer(content, ">i4", num_dims, offset=4)
        return np.frombuffer(content, np.uint8, offset=4 + 4 * num_dims).reshape(shape)
    except (OSError, EOFError, zlib.error, ValueError, IndexError) as error:
        raise _broken(path, error) from error


def _verify(key: str, folder: Path, images: np.ndarray, labels: np.ndarray) -> None:
    if fetch.sha256_of(images, labels) != SHA256[key]:
        raise _broken(folder, "the sha256 of the images and labels is not the expected one")


def _broken(path: Path, reason: object) -> fetch.DataError:
    state = "is missing" if isinstance(reason, FileNotFoundError) else f"is damaged ({reason})"
    return fetch.DataError(
        f"{path} {state}. It comes with the course: unpack the course again, or in a git clone run "
        f'git checkout -- "{path}"'
    )


def write_mini(folder: Path, split: str, images: np.ndarray) -> None:
    """Write images, uint8 (N, 32, 32, 3) with N a multiple of 100, as one lossless PNG sheet, 100 tiles a row."""
    num_images, height, width, channels = images.shape
    rows = images.reshape(num_images // TILES_PER_ROW, TILES_PER_ROW, height, width, channels)
    sheet = rows.transpose(0, 2, 1, 3, 4).reshape(-1, TILES_PER_ROW * width, channels)
    Image.fromarray(sheet).save(folder / f"{split}.png", optimize=True)


def read_mini(folder: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Read one split of CIFAR-10 mini: images uint8 (N, 32, 32, 3) and labels uint8 (N,); raises DataError."""
    path = folder / f"{split}.png"
    try:
        with Image.open(path) as sheet:
            rows = np.asarray(sheet).reshape(-1, 32, TILES_PER_ROW, 32, 3)
        images = np.ascontiguousarray(rows.transpose(0, 2, 1, 3, 4)).reshape(-1, 32, 32, 3)
        path = folder / "labels.json"
        return images, np.array(json.loads(path.read_text())[split], dtype=np.uint8)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise _broken(path, error) from error


def make_mini(folder: Path, sizes: Mapping[str, int] = MINI_SIZES) -> dict[str, str]:
    """Write CIFAR-10 mini, `sizes` images of each split of the full set, into `folder`; return the sha256 per split.

    A derived split gives its first images. The test split gives the first of each class, ordered round-robin by class.
    """
    folder.mkdir(parents=True, exist_ok=True)
    all_labels, digests = {}, {}
    for split, num_images in sizes.items():
        images, labels = _cifar10(split)
        if split == "test":
            firsts = [np.flatnonzero(labels == c)[: num_images // NUM_CLASSES] for c in range(NUM_CLASSES)]
            positions = np.stack(firsts).T.ravel()
        else:
            positions = np.arange(num_images)
        write_mini(folder, split, images[positions])
        all_labels[split] = labels[positions].tolist()
        digests[f"cifar10_mini/{split}"] = fetch.sha256_of(images[positions], labels[positions])
    lines = [
        f"{json.dumps(split)}: {json.dumps(labels, separators=(',', ':'))}" for split, labels in all_labels.items()
    ]
    (folder / "labels.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    return digests


def _crops(split: str) -> tuple[np.ndarray, np.ndarray]:
    from labsupport import scenes  # scenes are made of the images loaded here

    pixels, labels = zip(*scenes.crops(split), strict=True)
    return np.stack(pixels), np.array(labels, np.uint8)


_LOADERS = {"fashion_mnist": _fashion_mnist, "cifar10_mini": _cifar10_mini, "cifar10": _cifar10, "crops": _crops}
_SCENES = ("scenes", "small_scenes")


def load(name: str, split: str) -> ImageSet:
    """Load one split of "fashion_mnist", "cifar10_mini" or "cifar10", verified by the sha256 of its pixels and labels.

    Every split is ordered round-robin by class, except the test split of a full set, which keeps its official order.
    The full CIFAR-10 is fetched when it is not in the cache.

    "scenes" and "small_scenes" are made anew in seconds, and so are "crops", the items of "scenes" one by one, in the
    order of the scenes (see `labsupport.scenes`). The labels of scenes are boxes: int64 (N, 10, 5), one row an item,
    class, left, top, right, bottom in pixels; rows without an item have class -1.

    Raises ValueError for a name or split that does not exist, DataError when the data is missing or damaged.
    """
    if name not in (*_LOADERS, *_SCENES):
        raise ValueError(f"There is no data set {name!r}. Choose one of: {', '.join((*_LOADERS, *_SCENES))}.")
    if split not in SPLITS:
        raise ValueError(f"There is no split {split!r}. Choose one of: {', '.join(SPLITS)}.")
    if name in _SCENES:
        return _load_scenes(name, split)
    images, labels = _LOADERS[name](split)
    class_names, mean, std = {"fashion_mnist": FASHION_MNIST, "crops": SCENES}.get(name, CIFAR10)
    pixels = torch.from_numpy(np.array(images.transpose(0, 3, 1, 2), order="C"))
    return ImageSet(name, split, pixels, torch.from_numpy(labels.astype(np.int64)), class_names, mean, std)


def _load_scenes(name: str, split: str) -> ImageSet:
    from labsupport import scenes  # scenes are made of the images loaded here

    made = list(scenes.make(name, split))
    pixels = torch.from_numpy(np.stack([scene.pixels for scene in made])).permute(0, 3, 1, 2).contiguous()
    return ImageSet(name, split, pixels, torch.from_numpy(np.stack([scene.targets for scene in made])), *SCENES)


def read_picture(path: str | Path, size: int = 32) -> Tensor:
    """Read a photo as one image of a data set: the largest square in its middle, scaled down.

    Args:
        path: a file in any format that Pillow reads, such as PNG or JPEG.
        size: height and width of the image in pixels.

    Returns:
        uint8 (1, 3, size, size).

    Raises:
        FileNotFoundError: there is no such file; the message says where it was looked for.
        ValueError: the file is no picture.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"There is no picture at {path}, looked for from the folder {Path.cwd().name}/.")
    try:
        with Image.open(path) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"{path.name} cannot be read as a picture: save it as PNG or JPEG.") from error
    side = min(upright.size)
    left, top = ((length - side) // 2 for length in upright.size)
    square = upright.crop((left, top, left + side, top + side))
    pixels = np.array(square.resize((size, size), Image.Resampling.LANCZOS))
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].contiguous()


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


def main() -> None:
    """Make CIFAR-10 mini from the full set: `python -m labsupport.datasets make-mini`."""
    parser = argparse.ArgumentParser(prog="python -m labsupport.datasets", description=main.__doc__)
    parser.add_argument("command", choices=["make-mini"])
    parser.parse_args()
    digests = make_mini(MINI_DIR)
    for key, digest in digests.items():
        print(f"{key}: sha256 {digest}")
    if any(digest != SHA256[key] for key, digest in digests.items()):
        raise SystemExit("These are not the sha256 in labsupport/datasets.py: load() would refuse the new files.")


if __name__ == "__main__":
    main()
