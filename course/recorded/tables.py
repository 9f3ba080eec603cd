"""A table of recorded runs, and the one writer of its rows."""

import csv
import dataclasses
import hashlib
import importlib.metadata
import io
import json
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import filelock
import numpy as np
from torch import Tensor

from labsupport import PROJECT_DIR, files, measure, results

WRITABLE = (str, int, float, bool)


@dataclass(frozen=True)
class Table:
    """The columns of one file `data/results/NN/NAME.csv`, without those that every table has.

    Attributes:
        name: the file's name without its ending.
        about: what a row is, one line.
        key: the columns that tell rows of one seed apart, with their types.
        values: the columns that are measured, with their types; a float may be NaN.
        evaluates: each row is the evaluation of a network, so its predictions are kept.
    """

    name: str
    about: str
    key: Mapping[str, type]
    values: Mapping[str, type]
    evaluates: bool = False

    @property
    def columns(self) -> dict[str, type]:
        """All columns of the file in their order, with their types."""
        kept = {"predictions": str} if self.evaluates else {}
        return {**self.key, "seed": int, **self.values, **kept, **results.STAMP}


@dataclass(frozen=True)
class Row:
    """What a stage gives to be written.

    Attributes:
        cells: values of the table's own columns; those of the arm may be left out.
        recipe: every setting that makes this row what it is: a dataclass, or a mapping of JSON values.
        seconds: what it took.
        predictions: the classes given to the images, for a table that evaluates.
    """

    cells: Mapping[str, Any]
    recipe: object
    seconds: float
    predictions: Tensor | None = None


@dataclass(frozen=True)
class Stamp:
    """Where and with what rows are recorded."""

    versions: str
    machine: str
    date: str = field(default_factory=lambda: time.strftime("%Y-%m-%d"))

    @classmethod
    def here(cls, threads: int, packages: Iterable[str] = ("torch",)) -> "Stamp":
        """Return the stamp of this machine: which processor exactly, its instruction sets, and how many threads ran."""
        machine = measure.machine()
        sets = " ".join(machine.instruction_sets)
        return cls(
            versions=", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages),
            machine=f"{machine.cpu} ({machine.identity}), {sets}, {threads} {'thread' if threads == 1 else 'threads'}",
        )


def append(lab: str, table: Table, seed: int, rows: Iterable[Row], stamp: Stamp) -> int:
    """Add rows to a table, all of them or none; a row whose key is there already is left as it was.

    Safe against other processes and against being killed: a file is replaced as a whole or not at all.

    Returns:
        How many rows were added.

    Raises:
        ValueError: a column missing, unknown or of the wrong type, or predictions that are missing.
    """
    path = results.table_path(lab, table.name)
    lock = PROJECT_DIR / "build" / "locks" / f"results-{lab}-{table.name}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(lock):
        present = {key_of(table, row): row for row in read(lab, table)}
        added, kept = {}, {}
        for row in rows:
            cells = _checked(table, seed, row, stamp)
            key = key_of(table, cells)
            if key in present or key in added:
                continue
            added[key] = cells
            if table.evaluates:
                kept[cells["predictions"]] = row.predictions.to("cpu").numpy().astype(np.uint8)
        if kept:
            _keep(lab, table, kept)
        if added:
            files.replace(path, _text(table, [*present.values(), *added.values()]))
    return len(added)


def read(lab: str, table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table with their types; none where the file is missing.

    Raises:
        ValueError: the file has other columns than the table.
    """
    path = results.table_path(lab, table.name)
    if not path.exists():
        return []
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    if reader.fieldnames != list(table.columns):
        raise ValueError(f"{lab}/{path.name} has the columns {reader.fieldnames}, expected {list(table.columns)}")
    return [{name: _typed(kind, row[name]) for name, kind in table.columns.items()} for row in reader]


def key_of(table: Table, row: Mapping[str, Any]) -> tuple:
    """Return what tells a row from all others of its table."""
    return tuple(row[name] for name in (*table.key, "seed"))


def recipe_hash(recipe: object) -> str:
    """Return 12 hexadecimal digits that change when any setting of the recipe does, whatever the order of its fields.

    Raises:
        TypeError: something in it is not text, a number, a boolean, None, a list or a mapping.
    """
    plain = dataclasses.asdict(recipe) if dataclasses.is_dataclass(recipe) else dict(recipe)
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _checked(table: Table, seed: int, row: Row, stamp: Stamp) -> dict[str, Any]:
    """Return all cells of a row in the table's order, or raise a ValueError that names the wrong column."""
    own = {**table.key, **table.values}
    missing, unknown = [name for name in own if name not in row.cells], [name for name in row.cells if name not in own]
    if missing or unknown:
        raise ValueError(
            f"A row of {table.name} has the columns {', '.join(own)}. Missing: {', '.join(missing) or 'none'}. "
            f"Unknown: {', '.join(unknown) or 'none'}."
        )
    if table.evaluates != (row.predictions is not None):
        raise ValueError(f"{table.name}: {'no' if table.evaluates else 'unasked-for'} predictions in {dict(row.cells)}")
    cells = {name: _plain(table, name, kind, row.cells[name]) for name, kind in own.items()} | {"seed": seed}
    told = ", ".join(f"{name}={cells[name]}" for name in (*table.key, "seed"))
    cells |= {"predictions": told} if table.evaluates else {}
    cells |= {"recipe": recipe_hash(row.recipe), "seconds": round(float(row.seconds), 3)}
    cells |= {"versions": stamp.versions, "machine": stamp.machine, "date": stamp.date}
    return {name: cells[name] for name in table.columns}


def _plain(table: Table, name: str, kind: type, value: object) -> object:
    value = value.item() if hasattr(value, "item") else value
    accepted = (int, float) if kind is float else kind
    if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{table.name}: {name} is {value!r}; it must be {kind.__name__}")
    if kind is str and not value.strip():
        raise ValueError(f"{table.name}: {name} is empty")
    if kind is float and math.isinf(value):
        raise ValueError(f"{table.name}: {name} is {value!r}; a recorded number must be finite")
    return kind(value)


def _typed(kind: type, text: str) -> object:
    if kind is bool:
        return text == "True"
    return math.nan if kind is float and not text else kind(text)


def _keep(lab: str, table: Table, kept: Mapping[str, np.ndarray]) -> None:
    """Add arrays to the table's file of predictions."""
    path = results.table_path(lab, table.name).with_suffix(".npz")
    present = {}
    if path.exists():
        with np.load(path) as stored:
            present = dict(stored)
    stream = io.BytesIO()
    np.savez_compressed(stream, **present, **kept)
    files.replace(path, stream.getvalue())


def _text(table: Table, rows: Iterable[Mapping[str, Any]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, fieldnames=list(table.columns), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {name: "" if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()}
        )
    return stream.getvalue()
