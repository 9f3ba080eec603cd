"""`python -m labsupport.doctor`: is everything here that the labs need, and if not, what to do. A line each.

The lines hold no name and no folder of yours: copy them into a question as they are. Runs with the standard library
alone, so that it can say what is missing.
"""

import argparse
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from labsupport import DATA_DIR, PROJECT_DIR

PYTHONS = ((3, 11), (3, 12))
FREE_GB = 1.0
MEMORY_GB = 3.0
CORES = 2
SETS = ("fashion_mnist", "cifar10_mini")
INSTALL = 'python -m pip install -e ".[labs]"'


@dataclass(frozen=True)
class Finding:
    """One line: what was found, and what to do where something is missing.

    Attributes:
        level: "ok", "note" (the labs run, and say where it matters), or "broken".
    """

    level: str
    found: str
    do: str = ""

    def __str__(self) -> str:
        mark = {"ok": "ok    ", "note": "note  ", "broken": "BROKEN"}[self.level]
        return f"{mark}  {self.found}" + (f"\n        -> {self.do}" if self.do else "")


def python() -> Iterator[Finding]:
    """Look at the version of Python."""
    found = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    if sys.version_info[:2] in PYTHONS:
        yield Finding("ok", found)
    else:
        wanted = " or ".join(f"{major}.{minor}" for major, minor in PYTHONS)
        yield Finding("broken", found, f"Make the environment anew with Python {wanted}.")


def packages() -> Iterator[Finding]:
    """Compare what is installed with the versions that the labs were written with."""
    pins = _pins()
    if not pins:
        yield Finding("broken", "the labs are not installed in this Python", f"Run in the labs' folder: {INSTALL}")
        return
    missing, other = [], []
    for name, wanted in pins.items():
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
            continue
        if installed.partition("+")[0] != wanted:
            other.append(f"{name} {installed}, not {wanted}")
    if missing:
        yield Finding("broken", f"not installed: {', '.join(missing)}", f"Run in the labs' folder: {INSTALL}")
    if other:
        yield Finding(
            "note", f"other versions: {'; '.join(other)}", f"Numbers may differ. The labs' own versions: {INSTALL}"
        )
    if not missing and not other:
        yield Finding("ok", f"{len(pins)} packages in the labs' own versions")


def _pins() -> dict[str, str]:
    """Return package -> version of the extra `labs`, as installed; empty where the labs are not."""
    try:
        required = importlib.metadata.requires("labsupport") or []
    except importlib.metadata.PackageNotFoundError:
        return {}
    wanted = (re.fullmatch(r"([\w.-]+)==([\w.]+); extra == ['\"]labs['\"]", line) for line in required)
    return {match[1]: match[2] for match in wanted if match}


def machine() -> Iterator[Finding]:
    """Look at cores, memory, disk and the instructions that decide the speed of int8."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    slow = "Timings of two threads will look odd; all else works." if cores < CORES else ""
    yield Finding("note" if slow else "ok", f"{cores} hardware threads for this process", slow)
    memory = _memory_gb()
    if memory is None:
        yield Finding("note", "memory: this system does not tell", f"The labs need {MEMORY_GB:g} GB.")
    else:
        little = f"The labs need {MEMORY_GB:g} GB: close other programs." if memory < MEMORY_GB else ""
        yield Finding("broken" if little else "ok", f"{memory:.1f} GB of memory free", little)
    free = shutil.disk_usage(PROJECT_DIR).free / 1e9
    full = f"Make room: the labs write up to {FREE_GB:g} GB." if free < FREE_GB else ""
    yield Finding("broken" if full else "ok", f"{free:.1f} GB of disk free", full)
    yield from _instructions()


def _memory_gb() -> float | None:
    try:
        import psutil

        return psutil.virtual_memory().available / 1e9
    except ImportError:
        return None


def _instructions() -> Iterator[Finding]:
    try:
        from labsupport.measure.stamp import machine as describe
    except ImportError:
        return
    sets = describe().instruction_sets
    vnni = {"avx_vnni", "avx512_vnni", "i8mm", "asimddp"} & set(sets)
    note = "" if vnni else "int8 will be less fast here than where VNNI is; the labs say so where it matters."
    yield Finding("note" if note else "ok", f"instructions: {', '.join(sets) or 'none for int8'}", note)


def data() -> Iterator[Finding]:
    """Compare the data sets and the trained networks with their recorded sha256."""
    again = "Unpack the labs' zip file again; keep your notebooks."
    broken = []
    records = sorted((DATA_DIR / "checkpoints").glob("*.json"))
    for record in records:
        try:
            expected = json.loads(record.read_text(encoding="utf-8"))["sha256"]
            content = record.with_suffix(".safetensors").read_bytes()
        except (OSError, ValueError, KeyError, TypeError):
            broken.append(record.stem)
            continue
        if hashlib.sha256(content).hexdigest() != expected:
            broken.append(record.stem)
    if not records:
        yield Finding("broken", "no trained network is here", again)
    elif broken:
        yield Finding("broken", f"damaged or missing: {', '.join(broken)}", again)
    else:
        yield Finding("ok", f"{len(records)} trained networks, each with its sha256")
    yield from _images(again)


def _images(again: str) -> Iterator[Finding]:
    try:
        from labsupport import datasets
    except ImportError:
        return
    for name in SETS:
        try:
            for split in ("train", "validation", "calibration", "test"):
                datasets.load(name, split)
        except Exception as error:  # whatever is wrong with a file, the next line must come
            yield Finding("broken", f"{name}: {type(error).__name__}: {_without_folders(str(error))}", again)
        else:
            yield Finding("ok", f"{name}: four splits, each with its sha256")


def _without_folders(text: str) -> str:
    return text.replace(str(PROJECT_DIR), "(the labs)").replace(str(Path.home()), "(home)")[:300]


def settings() -> Iterator[Finding]:
    """Look at settings that decide how fast two threads are, and at whether files can be written."""
    policy = os.environ.get("OMP_WAIT_POLICY", "not set")
    well = policy.upper() == "PASSIVE"
    how = "" if well else "Start JupyterLab as the README says: its configuration sets PASSIVE for the labs."
    yield Finding("ok" if well else "note", f"OMP_WAIT_POLICY is {policy}", how)
    try:
        with tempfile.TemporaryFile(dir=PROJECT_DIR):
            pass
    except OSError as error:
        yield Finding("broken", f"the labs' folder cannot be written: {error.strerror}", "Move it to your own files.")
    else:
        yield Finding("ok", "the labs' folder can be written")


CHECKS: tuple[Callable[[], Iterable[Finding]], ...] = (python, packages, machine, settings, data)


def examine(checks: Iterable[Callable[[], Iterable[Finding]]] = CHECKS) -> int:
    """Print a line for each thing that was looked at; return 1 where something is broken, else 0."""
    findings = []
    for check in checks:
        for finding in check():
            print(finding, flush=True)
            findings.append(finding)
    broken = [finding for finding in findings if finding.level == "broken"]
    print(f"\n{len(broken)} of {len(findings)} are broken." if broken else "\nEverything that the labs need is here.")
    return int(bool(broken))


def main(arguments: list[str] | None = None) -> int:
    """Examine this machine for a student."""
    argparse.ArgumentParser(prog="python -m labsupport.doctor", description=__doc__.splitlines()[0]).parse_args(
        arguments
    )
    return examine()


if __name__ == "__main__":
    sys.exit(main())
