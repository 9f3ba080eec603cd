"""Recorded runs: one writer, one reader, and the bands that assertions use.

The file of a lab is `data/results/NN.csv`; a row is one metric of one run.
"""

import csv
import dataclasses
import hashlib
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import filelock

from labsupport import DATA_DIR, PROJECT_DIR, files

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: dict[str, type] = {
    "experiment": str,
    "seed": int,
    "split": str,
    "epochs": int,
    "metric": str,
    "value": float,
    "unit": str,
    "recipe_hash": str,
    "versions": str,
    "machine": str,
    "seconds": float,
}
KEY = ("experiment", "seed", "split", "epochs", "metric", "recipe_hash")
MIN_SEEDS = 5


def results_path(lab: str) -> Path:
    """Return where the recorded runs of a lab stand, whether or not there are any yet."""
    return DATA_DIR / "results" / f"{lab}.csv"


def append(lab: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Add rows to a lab's recorded runs; a row whose key is there already is left as it was.

    Safe against other processes and against being killed: the file is replaced as a whole or not at all.

    Args:
        lab: the lab's number, such as "05".
        rows: each with exactly the columns of `COLUMNS`; the key is `KEY`.
    Returns:
        How many rows were added.
    Raises:
        ValueError: a column missing, unknown, or of the wrong type, or a value that is no finite number.
    """
    checked = [_checked(row) for row in rows]
    lock = PROJECT_DIR / "build" / "locks" / f"results-{lab}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(lock):
        present = _read(results_path(lab))
        merged = {tuple(row[column] for column in KEY): row for row in present}
        for row in checked:
            merged.setdefault(tuple(row[column] for column in KEY), row)
        added = len(merged) - len(present)
        if added:
            files.replace(results_path(lab), _table(merged.values()))
    return added


def is_recorded(lab: str, **key: object) -> bool:
    """Say whether a row with these values is recorded, so that a long run can be skipped.

    Args:
        lab: the lab's number.
        **key: any columns of `KEY` with the values wanted.
    Raises:
        ValueError: a name that is not in `KEY`.
    """
    unknown = sorted(set(key) - set(KEY))
    if unknown:
        raise ValueError(f"A run is found by {', '.join(KEY)}; {', '.join(unknown)} is not among them.")
    return any(all(row[name] == wanted for name, wanted in key.items()) for row in _read(results_path(lab)))


def load(lab: str) -> "pd.DataFrame":
    """Read a lab's recorded runs: the columns of `COLUMNS`, no row where nothing was recorded yet."""
    import pandas as pd

    frame = pd.DataFrame(_read(results_path(lab)), columns=list(COLUMNS))
    return frame.astype(COLUMNS)


def recorded_on(lab: str) -> str:
    """Return the processors and versions of a lab's recorded runs, a line for the ledger."""
    runs = dict.fromkeys(f"{row['machine']}, {row['versions'].split(',')[0]}" for row in _read(results_path(lab)))
    return "; ".join(runs)


def summary(frame: "pd.DataFrame", by: str | Sequence[str]) -> "pd.DataFrame":
    """Average over seeds.

    Args:
        frame: from `load`, filtered to the rows of interest.
        by: the columns that make a group.
    Returns:
        One row a group: the columns of `by`, `mean`, `std` (n - 1; nan for one seed), `n`.
    Raises:
        ValueError: a seed stands twice in a group, so the group mixes runs.
    """
    columns = [by] if isinstance(by, str) else list(by)
    repeated = frame[frame.duplicated([*columns, "seed"], keep=False)]
    if len(repeated):
        first = repeated.iloc[0]
        group = ", ".join(f"{column}={first[column]}" for column in columns)
        raise ValueError(
            f"The group {group} has seed {first['seed']} more than once, so its mean would mix different runs. "
            "Filter the frame (metric, split, epochs, recipe_hash) or add a column to by."
        )
    grouped = frame.groupby(columns, sort=False)["value"]
    return grouped.agg(mean="mean", std="std", n="count").reset_index()


class Band(NamedTuple):
    """What an assertion accepts: `low <= value <= high`."""

    low: float
    high: float


def band(values: Iterable[float], point: float = 0.01) -> Band:
    """Return the mean plus or minus the larger of 4 standard deviations and one percentage point.

    Args:
        values: one accuracy in [0, 1] a seed, at least `MIN_SEEDS`, the fp32 run among them.
        point: the least half-width, in the unit of the values.
    Raises:
        ValueError: fewer than `MIN_SEEDS` values.
    """
    numbers = [float(value) for value in values]
    if len(numbers) < MIN_SEEDS:
        raise ValueError(f"A band needs at least {MIN_SEEDS} seeds; there are {len(numbers)}. Record more runs.")
    mean = math.fsum(numbers) / len(numbers)
    std = math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / (len(numbers) - 1))
    half_width = max(4 * std, point)
    return Band(mean - half_width, mean + half_width)


def recipe_hash(recipe: object) -> str:
    """Return 12 hexadecimal digits that change when any setting of the recipe does, whatever the order of its fields.

    Args:
        recipe: a dataclass instance or a mapping of JSON values.
    Raises:
        TypeError: something in it is not text, a number, a boolean, None, a list or a mapping.
    """
    plain = dataclasses.asdict(recipe) if dataclasses.is_dataclass(recipe) else dict(recipe)
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _checked(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row in the order of `COLUMNS`, or raise a ValueError that names the wrong column."""
    missing = [column for column in COLUMNS if column not in row]
    unknown = [column for column in row if column not in COLUMNS]
    if missing or unknown:
        raise ValueError(
            f"A recorded row has the columns {', '.join(COLUMNS)}. Missing: {', '.join(missing) or 'none'}. "
            f"Unknown: {', '.join(unknown) or 'none'}."
        )
    checked = {}
    for column, kind in COLUMNS.items():
        value = row[column].item() if hasattr(row[column], "item") else row[column]
        accepted = (int, float) if kind is float else kind
        if isinstance(value, bool) or not isinstance(value, accepted):
            raise ValueError(f"{column} is {value!r}; it must be {kind.__name__}.")
        if kind is float and not math.isfinite(value):
            raise ValueError(f"{column} is {value!r}; a recorded number must be finite.")
        checked[column] = kind(value)
    return checked


def _read(path: Path) -> list[dict[str, Any]]:
    """Read the rows of a file, typed; none where the file is missing."""
    if not path.exists():
        return []
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    if reader.fieldnames != list(COLUMNS):
        raise ValueError(
            f"{path.name} in data/results has the columns {reader.fieldnames}, expected {list(COLUMNS)}. "
            "Restore the file from the course's repository."
        )
    return [{column: kind(row[column]) for column, kind in COLUMNS.items()} for row in reader]


def _table(rows: Iterable[Mapping[str, Any]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, fieldnames=list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
