"""Every stage of every lab runs, on few images, and its tables are what it says."""

import ast
import importlib
import inspect
import pkgutil
import shutil
import time
import tomllib
import warnings

import numpy as np
import pytest
import torch

import course.recorded
from course.record import PLAN
from course.recorded import lab09, stages, tables
from labsupport import ort, results


def module_of(lab):
    return importlib.import_module(f"course.recorded.lab{lab}")


LABS = sorted(name[3:] for _, name, _ in pkgutil.iter_modules(course.recorded.__path__) if name.startswith("lab"))
STAGES = [stage for lab in LABS for stage in stages.stages(lab).values()]
TABLES = {(stage.lab, stage.table.name): stage.table for stage in STAGES}
STORED = {(path.parent.name, path.stem) for path in (results.DATA_DIR / "results").glob("??/*.csv")}
MAX_SECONDS = 2
BUSY = 3  # beside other work a processor's second does less


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the recorded tables, since a stage may read another's, and an empty folder of unfinished runs."""
    shutil.copytree(results.DATA_DIR / "results", tmp_path / "results")
    monkeypatch.setattr(results, "DATA_DIR", tmp_path)
    monkeypatch.setenv("LABS_DATA", str(tmp_path / "unfinished"))
    monkeypatch.setattr(ort, "export", quick_export)
    monkeypatch.setattr(ort, "quantize_static", copy_of)
    return tmp_path


def quick_export(model, example_input, path, *, dynamic_batch=False, **_):
    """PyTorch's older exporter takes a tenth of the time. The one that the labs use has tests of its own."""
    names = {"input_names": ["input"], "output_names": ["output"]}
    axes = {name: {0: "batch"} for (name,) in names.values()} if dynamic_batch else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, (example_input,), path, dynamo=False, opset_version=20, dynamic_axes=axes, **names)
    return path


def copy_of(source, _, path, **__):
    """Stands for the quantized file, which takes as long to make and has tests of its own as well."""
    return shutil.copy(source, path)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: f"{stage.lab}-{stage.name}")
def test_a_stage_runs_on_few_images_and_fills_its_table(stage, folder):
    """What does not run any more is found when it breaks, not when the next recording is started."""
    module = module_of(stage.lab)
    getattr(module, "shown", lab09.shown).names()
    importlib.import_module("torch._dynamo")  # the first optimizer of a process loads it, which takes a second
    for ending in (".csv", ".npz"):
        results.table_path(stage.lab, stage.table.name).with_suffix(ending).unlink(missing_ok=True)
    torch.optim.SGD([torch.zeros(1)])  # the first optimizer of a process imports for a second
    began = time.process_time()
    assert list(stages.carry_out(stage, 0, is_small=True)) == list(stage.small_arms or stage.arms)
    seconds = time.process_time() - began
    assert list(stages.carry_out(stage, 0, is_small=True)) == [], "what is there is not done again"
    assert seconds < BUSY * MAX_SECONDS, f"{seconds:.1f} s of the processor"


@pytest.mark.parametrize("lab", [lab for lab in LABS if hasattr(module_of(lab), "shown")])
def test_a_stage_uses_the_functions_that_the_lab_shows(lab):
    module = module_of(lab)
    used = {
        node.attr
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "shown"
    }
    assert used <= module.shown.names()
    own = {
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    }
    assert not own & module.shown.names(), "a second version of what the lab shows"


@pytest.mark.parametrize(("lab", "table"), sorted(STORED & set(TABLES)))
def test_a_stored_table_has_the_columns_that_its_stages_write(lab, table):
    declared, frame = TABLES[lab, table], results.load(lab, table)
    rows = tables.read(lab, declared)
    assert len({tables.key_of(declared, row) for row in rows}) == len(rows) > 0
    for name, kind in declared.columns.items():
        assert isinstance(
            frame[name].iloc[0].item() if hasattr(frame[name].iloc[0], "item") else frame[name].iloc[0], kind
        )
    if declared.evaluates:
        kept = [row["predictions"] for row in rows if row["predictions"] != results.NOT_KEPT]
        path = results.table_path(lab, table).with_suffix(".npz")
        stored = dict(np.load(path)) if kept else {}
        assert set(kept) == set(stored)
        assert all(classes.dtype == np.uint8 and classes.ndim == 1 for classes in stored.values())


def test_every_table_belongs_to_a_stage():
    assert set(TABLES) >= STORED


def test_the_plan_names_every_stage_once():
    entries = [(entry["lab"], entry["name"]) for entry in tomllib.loads(PLAN.read_text())["stage"]]
    assert sorted(entries) == sorted((stage.lab, stage.name) for stage in STAGES)
