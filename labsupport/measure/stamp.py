"""The stamp that stands beside every measurement: which machine, which versions."""

import importlib.metadata
import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

import psutil

_PACKAGES = ("torch", "onnx", "onnxruntime")
# What decides the speed of int8 and bf16: x86-64 first, then Arm.
_INSTRUCTION_SETS = (
    "avx2",
    "avx512f",
    "avx_vnni",
    "avx512_vnni",
    "avx512_bf16",
    "amx_int8",
    "amx_bf16",
    "asimddp",
    "i8mm",
)


@dataclass(frozen=True)
class Machine:
    """Where a measurement was made.

    Attributes:
        cpu: the processor's name, ``unknown`` where the system does not tell.
        cores: physical cores.
        threads: hardware threads this process may use.
        instruction_sets: those that decide the speed of int8 and bf16; ``("unknown",)`` where the system does not tell.
        versions: package -> installed version.
        pin_warning: one line when a package of the labs has not the version they were written with, else empty.
        identity: the numbers that tell one processor from another of the same name, such as ``family 6, model 143,
            stepping 8``; ``model unknown`` where the system does not tell.
    """

    cpu: str
    cores: int
    threads: int
    instruction_sets: tuple[str, ...]
    versions: dict[str, str]
    pin_warning: str
    identity: str = "model unknown"

    def __str__(self) -> str:
        sets = ", ".join(self.instruction_sets) or "no int8 instructions"
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        lines = [f"{self.cpu}, {self.cores} cores, {self.threads} threads, {sets}", versions, self.pin_warning]
        return "\n".join(filter(None, lines))


def machine() -> Machine:
    """Describe this machine and the versions that matter. Printing it gives two or three lines."""
    cpuinfo = _cpuinfo()
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Machine(
        cpu=_cpu_name(cpuinfo),
        cores=psutil.cpu_count(logical=False) or threads,
        threads=threads,
        instruction_sets=_instruction_sets(cpuinfo),
        versions={"python": platform.python_version()} | {name: _installed(name) for name in _PACKAGES},
        pin_warning=_pin_warning(),
        identity=_identity(cpuinfo),
    )


def _cpuinfo() -> str:
    """Return Linux's description of the first processor; empty on other systems."""
    path = Path("/proc/cpuinfo")
    return path.read_text().split("\n\n")[0] if path.exists() else ""


def _cpu_name(cpuinfo: str) -> str:
    named = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return named.group(1).strip() if named else platform.processor() or "unknown"


def _identity(cpuinfo: str) -> str:
    """Name the fields of x86-64, or of Arm, that identify the processor."""
    for fields in (("cpu family", "model", "stepping"), ("CPU implementer", "CPU part", "CPU variant")):
        found = [re.search(rf"^{field}\s*:\s*(\S+)$", cpuinfo, re.MULTILINE) for field in fields]
        if all(found):
            names = (field.removeprefix("cpu ").removeprefix("CPU ") for field in fields)
            return ", ".join(f"{name} {value.group(1)}" for name, value in zip(names, found, strict=True))
    return "model unknown"


def _instruction_sets(cpuinfo: str) -> tuple[str, ...]:
    listed = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    if not listed:
        return ("unknown",)
    flags = set(listed.group(1).split())
    return tuple(name for name in _INSTRUCTION_SETS if name in flags)


def _installed(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _requirements() -> list[str]:
    try:
        return importlib.metadata.requires("labsupport") or []
    except importlib.metadata.PackageNotFoundError:
        return []


def _pin_warning() -> str:
    """Compare what is installed with the pins of the labs; a local suffix such as +cpu is no difference."""
    different = []
    for requirement in _requirements():
        pin = re.fullmatch(r"([\w.-]+)==([^;\s]+)\s*;\s*extra == ['\"]labs['\"]", requirement)
        if pin:
            name, wanted = pin.groups()
            found = _installed(name)
            if found.partition("+")[0] != wanted:
                different.append(f"{name} {found} instead of {wanted}")
    return f"Not as pinned, results may differ: {', '.join(different)}." if different else ""
