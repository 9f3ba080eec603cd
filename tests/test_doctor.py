"""What the doctor finds broken, and what it says to do."""

import importlib.metadata
import json
import shutil
import tomllib
from collections import namedtuple
from pathlib import Path

import psutil
import pytest

from course import CourseError
from course import doctor as for_instructors
from labsupport import DATA_DIR, PROJECT_DIR, doctor


def only(findings):
    [finding] = findings
    return finding


def test_a_whole_installation_is_well(capsys, monkeypatch):
    monkeypatch.setattr(doctor, "MEMORY_GB", 0.1)
    assert doctor.main([]) == 0
    said = capsys.readouterr().out
    assert "BROKEN" not in said
    assert said.endswith("Everything that the labs need is here.\n")
    assert str(Path.home()) not in said


def test_another_python_is_broken(monkeypatch):
    monkeypatch.setattr(doctor, "PYTHONS", ((2, 7),))
    found = only(doctor.python())
    assert (found.level, found.do) == ("broken", "Make the environment anew with Python 2.7.")


def test_the_versions_of_python_are_those_of_the_project():
    project = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    first, last = min(doctor.PYTHONS), max(doctor.PYTHONS)
    assert project["requires-python"] == f">={first[0]}.{first[1]},<{last[0]}.{last[1] + 1}"


def test_the_pins_are_those_of_the_project():
    assert {"torch", "onnxruntime", "jupyterlab"} <= doctor._pins().keys()
    assert "nbgrader" not in doctor._pins()


@pytest.mark.parametrize(
    ("versions", "level", "words"),
    [
        ({}, "broken", "not installed: torch, numpy"),
        ({"torch": "2.0", "numpy": "1.0+cpu"}, "note", "other versions: torch 2.0, not 1.0"),
        ({"torch": "1.0+cpu", "numpy": "1.0"}, "ok", "2 packages in the labs' own versions"),
    ],
)
def test_versions_are_compared_with_the_pins(monkeypatch, versions, level, words):
    def version(name):
        if name not in versions:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(doctor, "_pins", lambda: {"torch": "1.0", "numpy": "1.0"})
    monkeypatch.setattr(importlib.metadata, "version", version)
    found = only(doctor.packages())
    assert (found.level, words in found.found) == (level, True)


def test_labs_that_are_not_installed_are_broken(monkeypatch):
    def nothing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", nothing)
    assert only(doctor.packages()).do.endswith(doctor.INSTALL)


def test_little_memory_a_full_disk_and_one_core_are_said(monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(5e8))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: namedtuple("m", "available")(1e9))
    monkeypatch.setattr(doctor.os, "sched_getaffinity", lambda pid: {0}, raising=False)
    found = list(doctor.machine())
    assert [one.level for one in found[:3]] == ["note", "broken", "broken"]
    assert found[1].found == "1.0 GB of memory free"
    assert "close other programs" in found[1].do
    assert "Make room" in found[2].do


@pytest.fixture
def checkpoints(tmp_path, monkeypatch):
    folder = tmp_path / "data" / "checkpoints"
    folder.mkdir(parents=True)
    for path in (DATA_DIR / "checkpoints").glob("tinycnn*"):
        shutil.copy(path, folder)
    monkeypatch.setattr(doctor, "DATA_DIR", tmp_path / "data")
    return folder


@pytest.mark.parametrize("damage", ["cut", "missing", "record", "none"])
def test_damaged_networks_are_named(checkpoints, damage):
    weights, record = (checkpoints / f"tinycnn_fashion_mnist.{end}" for end in ("safetensors", "json"))
    if damage == "cut":
        weights.write_bytes(weights.read_bytes()[:-1])
    elif damage == "missing":
        weights.unlink()
    elif damage == "record":
        record.write_text(json.dumps([]))
    found = next(iter(doctor.data()))
    assert found.level == ("ok" if damage == "none" else "broken")
    assert ("tinycnn_fashion_mnist" in found.found) == (damage != "none")


def test_broken_images_cost_no_other_line(monkeypatch):
    def load(name, split):
        if name == "fashion_mnist":
            raise ValueError(f"{Path.home()}/x is broken")

    monkeypatch.setattr("labsupport.datasets.load", load)
    first, second = list(doctor.data())[1:]
    assert first.found == "fashion_mnist: ValueError: (home)/x is broken" or "(the labs)" in first.found
    assert (first.level, second.level) == ("broken", "ok")


def test_a_folder_that_cannot_be_written_is_broken(monkeypatch):
    def refused(**options):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refused)
    assert list(doctor.settings())[-1].found == "the labs' folder cannot be written: Read-only file system"


def test_an_instructor_hears_of_the_sandbox_dask_and_the_browser(monkeypatch, capsys):
    def fails():
        raise CourseError("bubblewrap 0.6 cannot\nIt needs 0.8.")

    monkeypatch.setattr("course.grading.ready.require_bubblewrap", fails)
    monkeypatch.setattr(for_instructors.shutil, "which", lambda name: None)
    monkeypatch.setattr(for_instructors.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(doctor, "CHECKS", ())
    assert for_instructors.main(None) == 1
    said = capsys.readouterr().out
    assert "BROKEN  grading: bubblewrap 0.6 cannot\n        -> It needs 0.8." in said
    assert "no dask: one process grades" in said
    assert "no Chromium" in said
    assert said.endswith("1 of 3 are broken.\n")
