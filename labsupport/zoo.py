"""Trained networks that the labs start from: load one, or train it again.

Each checkpoint is two files in `data/checkpoints/`: the weights (`NAME.safetensors`) and how they came about
(`NAME.json`: sha256, recipe, accuracies, versions, machine, seconds). `python -m labsupport.zoo` lists them, and
`python -m labsupport.zoo train NAME` makes one anew.
"""

import argparse
import hashlib
import json
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from labsupport import DATA_DIR, datasets, detection, files, models, parallel
from labsupport.datasets import ImageSet
from labsupport.training import Batch, History, Recipe, cross_entropy, evaluate, fit, logits_of, smoothed_cross_entropy

CHECKPOINTS_DIR = DATA_DIR / "checkpoints"
HALF_PRECISION_TOLERANCE = 0.0005  # of validation accuracy: 0.05 percentage points


class CheckpointError(RuntimeError):
    """A checkpoint is missing, damaged, or belongs to another network. The message says what to do."""


@dataclass(frozen=True)
class Entry:
    """A network of the zoo: how it is built, what it is trained on, and how.

    Attributes:
        build: returns the network with fresh weights.
        data: name of the data set; training uses its train split.
        fixed_images: name of the embedded data set on which a test counts the correct answers.
        recipe: the training run.
        loss: what the run minimises.
        num_processes: how many processes share each batch (`labsupport.parallel`); 1 trains in this process, on all
            its threads.
        score: what is called accuracy in the record: that of a classifier, or mean average precision of a detector.
    """

    build: Callable[[], nn.Module]
    data: str
    fixed_images: str
    recipe: Recipe
    loss: Callable[[nn.Module, Batch], Tensor] = cross_entropy
    num_processes: int = 1
    score: Callable[[nn.Module, ImageSet], float] = evaluate


CIFAR10_AUGMENT = ("flip", "crop")
REFERENCE = Recipe(
    epochs=75,
    batch_size=256,
    learning_rate=0.2,
    warmup=0.15,
    augment=(*CIFAR10_AUGMENT, "wide-cutout"),
    resolutions=((0, 24), (25, 32)),
    precision="bf16",
)
SCENE_SEEDS = (0, 1, 2)  # a verdict on detectors is not to rest on one training


def _scene_entries() -> dict[str, Entry]:
    """Return the detectors of scenes and the classifiers of the same items, each backbone trained from three seeds."""
    detector = Recipe(epochs=30, batch_size=64, learning_rate=0.05, weight_decay=1e-4, precision="bf16")
    classifier = replace(detector, epochs=12, batch_size=128, learning_rate=0.1, augment=("flip", "crop"))
    found = {}
    for seed in SCENE_SEEDS:
        for kind in ("nano", "wide"):
            found[f"{kind}_scenes_{seed}"] = Entry(
                getattr(detection, f"{kind}_detector"),
                "scenes",
                "scenes",
                replace(detector, seed=seed),
                detection.detection_loss,
                num_processes=2,
                score=detection.validation_map,
            )
            found[f"{kind}_crops_{seed}"] = Entry(
                getattr(detection, f"{kind}_classifier"),
                "crops",
                "crops",
                replace(classifier, seed=seed),
                num_processes=2,
            )
    return found


ENTRIES: dict[str, Entry] = {
    "tinycnn_fashion_mnist": Entry(
        models.TinyCNN,
        "fashion_mnist",
        "fashion_mnist",
        Recipe(epochs=20, learning_rate=0.05, weight_decay=1e-4, augment=("flip",)),
    ),
    "resnet8_cifar10": Entry(
        models.ResNet8,
        "cifar10",
        "cifar10_mini",
        Recipe(epochs=90, learning_rate=0.2, weight_decay=2e-4, augment=CIFAR10_AUGMENT),
    ),
    "resnet18_cifar10": Entry(
        models.ResNet18,
        "cifar10",
        "cifar10_mini",
        Recipe(epochs=30, augment=(*CIFAR10_AUGMENT, "cutout"), resolutions=((0, 24), (10, 32))),
    ),
    "mobile_cifar10": Entry(
        models.MobileCNN,
        "cifar10",
        "cifar10_mini",
        Recipe(epochs=24, learning_rate=0.2, weight_decay=1e-4, augment=CIFAR10_AUGMENT),
    ),
    "vgg16_cifar10": Entry(
        models.VGG16,
        "cifar10",
        "cifar10_mini",
        Recipe(epochs=30, augment=(*CIFAR10_AUGMENT, "cutout"), resolutions=((0, 16), (12, 24), (24, 32))),
    ),
    "resnet18_cifar10_reference": Entry(
        models.ResNet18, "cifar10", "cifar10_mini", REFERENCE, smoothed_cross_entropy, num_processes=2
    ),
    "vgg16_cifar10_reference": Entry(
        models.VGG16,
        "cifar10",
        "cifar10_mini",
        replace(REFERENCE, learning_rate=0.1),
        smoothed_cross_entropy,
        num_processes=2,
    ),
    **_scene_entries(),
}


# Weights whose network a lab builds by itself, and the command that trains them again.
WEIGHTS_ONLY = {"supernet_cifar10": "python -m course record --lab 09 --stage supernet --seed 0"}


def load(name: str) -> nn.Module:
    """Return a trained network in eval mode, its weights in float32.

    Raises:
        CheckpointError: the name is unknown, a file is missing, its sha256 is not the recorded one, or its tensors do
            not fit the network.
    """
    model, tensors = _entry(name).build(), weights(name)
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise CheckpointError(
            f"{name}.safetensors does not fit {type(model).__name__}: labsupport/models.py has changed since. "
            f"{_remedy(name)} The mismatch: {error}"
        ) from None
    return model.eval()


def weights(name: str) -> dict[str, Tensor]:
    """Return the stored tensors of a network by their names, in float32.

    Raises:
        CheckpointError: the name is unknown, a file is missing, its sha256 is not the recorded one, or it holds no
            tensors.
    """
    path, record = CHECKPOINTS_DIR / f"{name}.safetensors", describe(name)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing. {_remedy(name)}") from None
    if hashlib.sha256(content).hexdigest() != record["sha256"]:
        raise CheckpointError(
            f"{path} is not the file that was trained: its sha256 differs from {name}.json. {_remedy(name)}"
        )
    try:
        return {key: _as_float32(tensor) for key, tensor in load_tensors(content).items()}
    except SafetensorError as error:
        raise CheckpointError(f"{path} holds no tensors. {_remedy(name)} What is wrong: {error}") from None


def describe(name: str) -> dict:
    """Return the record of a checkpoint: sha256, bytes, parameters, accuracies, recipe, versions, machine, seconds.

    What is unknown is left out. Weights without a network of the zoo have no accuracies.

    Raises:
        CheckpointError: the name is unknown or the record is missing.
    """
    if name not in WEIGHTS_ONLY:
        _entry(name)
    path = CHECKPOINTS_DIR / f"{name}.json"
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing. {_remedy(name)}") from None


def available() -> list[str]:
    """Return the names of the networks whose files are there, in the order of `ENTRIES`."""
    return [name for name in ENTRIES if (CHECKPOINTS_DIR / f"{name}.json").exists()]


def train(name: str, cache_dir: Path | None = None) -> dict:
    """Train a network by its recipe, write its two files, and return its record.

    The run continues where an interrupted one stopped. The test split is opened once, at the end.

    Args:
        name: a key of `ENTRIES`.
        cache_dir: where the unfinished run is kept; `data/cache`, or `LABS_DATA`, by default.
    """
    entry = _entry(name)
    cache_dir = cache_dir or datasets.cache_folder()
    train_set, validation_set = (datasets.load(entry.data, split) for split in ("train", "validation"))
    torch.manual_seed(entry.recipe.seed)
    model = entry.build()
    run = fit if entry.num_processes == 1 else partial(parallel.fit, num_processes=entry.num_processes)
    history = run(
        model,
        train_set,
        entry.recipe,
        loss=entry.loss,
        validation_set=validation_set,
        score=entry.score,
        checkpoint=cache_dir / "training" / f"{name}.pt",
    )
    return save(name, model, history, CHECKPOINTS_DIR)


def save(name: str, model: nn.Module, history: History, folder: Path) -> dict:
    """Write the weights and the record of a trained network into a folder, and return the record.

    The weights are stored in float16 when that moves the validation accuracy by at most 0.05 points, else in float32.
    Every accuracy in the record is of the weights as stored.
    """
    entry = _entry(name)
    validation_set = datasets.load(entry.data, "validation")
    exact_accuracy = entry.score(model, validation_set)
    exact = {key: tensor.contiguous() for key, tensor in model.state_dict().items()}
    model.load_state_dict({key: _as_float32(_as_float16(tensor)) for key, tensor in exact.items()})
    half = abs(entry.score(model, validation_set) - exact_accuracy) <= HALF_PRECISION_TOLERANCE
    if not half:
        model.load_state_dict(exact)
    content = save_tensors({key: _as_float16(tensor) for key, tensor in exact.items()} if half else exact)
    record = {
        "network": type(model).__name__,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "sha256": hashlib.sha256(content).hexdigest(),
        "file_bytes": len(content),
        "stored_as": "float16" if half else "float32",
        "validation_accuracy": round(entry.score(model, validation_set), 4),
        "test_accuracy": round(entry.score(model, datasets.load(entry.data, "test")), 4),
        "correct_on_fixed_images": correct_on_fixed_images(name, model),
        "data": f"{entry.data}, split train, {len(datasets.load(entry.data, 'train'))} images",
        "recipe": asdict(entry.recipe),
        "loss": entry.loss.__name__,
        "processes": entry.num_processes,
        "precision": history.precision,
        "training_seconds": round(history.seconds),
        "validation_by_epoch": [round(row["validation_accuracy"], 4) for row in history.epochs],
    }
    return _write(folder, name, content, record)


def save_weights(name: str, model: nn.Module, about: dict, folder: Path) -> dict:
    """Write a network's parameters in float16, without batch norm statistics, and their record; return the record.

    Args:
        name: a key of `WEIGHTS_ONLY`.
        model: its parameters are rounded to what is stored.
        about: what else is known: the data, the recipe, the seconds of training.
        folder: where the two files go.
    """
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.half())
    content = save_tensors({key: tensor.detach().half().contiguous() for key, tensor in model.named_parameters()})
    record = {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "sha256": hashlib.sha256(content).hexdigest(),
        "file_bytes": len(content),
        "stored_as": "float16",
    }
    return _write(folder, name, content, record | about)


def correct_on_fixed_images(name: str, model: nn.Module) -> dict[str, int]:
    """Return how many of the embedded validation images a network gets right, and how many there are.

    Of a detector those scenes count in which every item is found at an IoU of 0.5 or more with its class.
    """
    image_set = datasets.load(_entry(name).fixed_images, "validation")
    image_set = image_set.subset(min(1000, len(image_set)))
    if image_set.labels.ndim == 3:
        correct = detection.scenes_found(model, image_set)
    else:
        correct = (logits_of(model, image_set).argmax(1) == image_set.labels).sum().item()
    return {"correct": correct, "images": len(image_set)}


def _write(folder: Path, name: str, content: bytes, record: dict) -> dict:
    """Write the two files of a checkpoint, and return the record with machine, versions and date."""
    record = record | {
        "machine": f"{platform.machine()}, {torch.get_num_threads()} threads",
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "date": time.strftime("%Y-%m-%d"),
    }
    files.replace(folder / f"{name}.safetensors", content)
    files.replace(folder / f"{name}.json", json.dumps(record, indent=1) + "\n")
    return record


def _entry(name: str) -> Entry:
    if name not in ENTRIES:
        raise CheckpointError(f"there is no network {name!r} in the zoo: choose from {', '.join(ENTRIES)}")
    return ENTRIES[name]


def _remedy(name: str) -> str:
    command = WEIGHTS_ONLY.get(name, f"python -m labsupport.zoo train {name}")
    return f"Fetch {name}.safetensors and {name}.json from the course again, or train it anew with: {command}"


def _as_float16(tensor: Tensor) -> Tensor:
    return tensor.half() if tensor.is_floating_point() else tensor


def _as_float32(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor


def main(arguments: list[str] | None = None) -> int:
    """Run `python -m labsupport.zoo [list | train NAME]` and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m labsupport.zoo", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("list", help="the networks and their accuracies (the default)")
    commands.add_parser("train", help="train one again").add_argument("name", choices=ENTRIES)
    options = parser.parse_args(arguments)
    if options.command == "train":
        print(f"{options.name}: training", flush=True)
        record = train(options.name)
        print(f"validation {record['validation_accuracy']:.2%}, test {record['test_accuracy']:.2%}")
        return 0
    for name in ENTRIES:
        if name in available():
            record = describe(name)
            accuracy = f"validation {record['validation_accuracy']:.2%}  test {record['test_accuracy']:.2%}"
            print(f"{name:24s} {record['parameters']:>12,} parameters  {accuracy}  {record['file_bytes']:>12,} bytes")
        else:
            print(f"{name:24s} not trained yet")
    for name in WEIGHTS_ONLY:
        if (CHECKPOINTS_DIR / f"{name}.json").exists():
            record = describe(name)
            print(f"{name:24s} {record['parameters']:>12,} parameters  {record['file_bytes']:>12,} bytes, weights only")
    return 0


if __name__ == "__main__":
    sys.exit(main())
