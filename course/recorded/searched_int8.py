"""The int8 file of the network that lab 09 searches for small devices: `python -m course.recorded.searched_int8`.

Its weights are those of the supernet, without further training; its batch norm statistics are measured on the training
images that come with the course, its int8 grids on 100 calibration images.
"""

import tempfile
from pathlib import Path

import torch
from torch import Tensor

from course.recorded.shown import Shown
from labsupport import datasets, ort
from labsupport.device.networks import SEARCHED_CODE, SEARCHED_PATH


def fp32(path: Path) -> Path:
    """Write the float32 file of one 32 x 32 image."""
    shown = Shown("09")
    train_set = datasets.load("cifar10_mini", "train")
    batches = [images for images, _ in train_set.batches(200)]
    model = shown.extract(shown.trained_supernet(), shown.decode(SEARCHED_CODE))
    # in the layout of a plain file: the exporter writes a copy into the graph for the other
    model = shown.recalibrate(model, batches).to(memory_format=torch.contiguous_format)
    return ort.export(model, _examples(1)[0], path)


def write(path: Path) -> Path:
    """Write the int8 file of one 32 x 32 image."""
    with tempfile.TemporaryDirectory() as folder:
        return ort.quantize_static(fp32(Path(folder) / "fp32.onnx"), _examples(100), path)


def _examples(count: int) -> list[Tensor]:
    return datasets.calibration_loader(datasets.load("cifar10_mini", "calibration"), count, batch_size=1)


if __name__ == "__main__":
    print(write(SEARCHED_PATH))
