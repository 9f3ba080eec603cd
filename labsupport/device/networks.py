"""The files that labs 13 and 14 put on a part: one that comes with the course, the zoo's, the student's own."""

import tempfile
from pathlib import Path

import onnx

from labsupport import DATA_DIR, PROJECT_DIR, datasets, ort, zoo

SEARCHED_CODE = "16.32.3.2.5.32.2.4.5.64.1.4.5"
"""The genes of the small network that lab 09 finds."""
SEARCHED_PATH = DATA_DIR / "device" / "searched_int8.onnx"
MY_PATH = PROJECT_DIR / "work" / "my_network.onnx"


def searched() -> Path:
    """Return the int8 file of the small network that lab 09 finds, with the weights of its supernet."""
    return SEARCHED_PATH


def from_zoo(name: str, folder: Path, num_samples: int = 100) -> Path:
    """Write the int8 file of a network of the zoo, for one image of CIFAR-10, calibrated on `num_samples` images."""
    return _quantized(float_from_zoo(name, folder), folder, num_samples)


def float_from_zoo(name: str, folder: Path) -> Path:
    """Write the float32 file of a network of the zoo, for one image of CIFAR-10."""
    return ort.export(zoo.load(name), _examples(1)[0], folder / f"{name}.onnx")


def int8_of(model: "nn.Module", folder: Path, num_samples: int = 10) -> Path:  # noqa: F821
    """Write the int8 file of any network for one image of CIFAR-10; bytes and instructions need no training."""
    source = ort.export(model.eval(), _examples(1)[0], folder / f"{type(model).__name__}.onnx")
    return _quantized(source, folder, num_samples)


def my_network(folder: Path | None = None) -> Path:
    """Return the int8 file of the network that you kept in lab 09, `work/my_network.onnx`; it is quantized if needed.

    Raises:
        FileNotFoundError: there is none; the message says where it comes from.
    """
    if not MY_PATH.is_file():
        raise FileNotFoundError(
            "There is no work/my_network.onnx: lab 09 writes it at its end. Use searched() instead."
        )
    if any(node.op_type in ("QuantizeLinear", "QLinearConv") for node in onnx.load(MY_PATH).graph.node):
        return MY_PATH
    return _quantized(MY_PATH, folder or Path(tempfile.mkdtemp()), 100)


def _quantized(source: Path, folder: Path, num_samples: int) -> Path:
    return ort.quantize_static(source, _examples(num_samples), folder / f"{source.stem}_int8.onnx")


def _examples(count: int) -> list:
    return datasets.calibration_loader(datasets.load("cifar10_mini", "calibration"), count, batch_size=1)
