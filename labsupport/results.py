"""Recorded runs: what takes hours was measured once, and its tables stand in `data/results/NN/`, a file each.

Every table has columns of its own and `seed`, and each row a stamp: `recipe` (a hash of all settings), `versions`,
`machine`, `seconds`, `date`. Where a row is the evaluation of a network, the class that it gave each image is kept
beside the table, and `predictions` names it; rows that were measured before this was done say "not kept".
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from labsupport import DATA_DIR

if TYPE_CHECKING:
    import pandas as pd

STAMP: dict[str, type] = {"recipe": str, "versions": str, "machine": str, "seconds": float, "date": str}
NOT_KEPT = "not kept"


def table_path(lab: str, table: str) -> Path:
    """Return where a table stands, such as `data/results/05/arms.csv`; its predictions have the ending `.npz`."""
    return DATA_DIR / "results" / lab / f"{table}.csv"


def load(lab: str, table: str) -> "pd.DataFrame":
    """Read a table of recorded runs, each column with its type; a missing number is NaN.

    Args:
        lab: the lab's number, such as "05".
        table: the file's name without its ending.

    Raises:
        FileNotFoundError: there is no such table; the message names those of the lab.
    """
    import pandas as pd

    path = table_path(lab, table)
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.csv"))) or "none"
        raise FileNotFoundError(f"lab {lab} has no recorded table {table!r}; it has: {known}")
    words = {name: str for name, kind in STAMP.items() if kind is str} | {"predictions": str}
    return pd.read_csv(path, dtype=words, keep_default_na=False, na_values=[""])


def recorded_on(lab: str, *tables: str) -> str:
    """Return the processors, versions and dates of a lab's recorded runs, a line for the ledger.

    Args:
        lab: the lab's number.
        tables: those that the ledger's rows rest on; all of the lab by default.

    Returns:
        The line; empty where the lab has no table.
    """
    names = tables or [path.stem for path in sorted(table_path(lab, "").parent.glob("*.csv"))]
    found = [row for name in names for row in load(lab, name).itertuples()]
    if not found:
        return ""
    machines = dict.fromkeys(f"{row.machine}, {row.versions.split(',')[0]}" for row in found)
    first, last = min(row.date for row in found), max(row.date for row in found)
    return f"{'; '.join(machines)}; {first if first == last else f'{first} to {last}'}"


def predictions(lab: str, table: str, **where: object) -> Tensor:
    """Return the classes that the network of one row gave the images, in the order of the data set.

    Args:
        lab: the lab's number.
        table: the file's name without its ending.
        **where: columns with the values wanted; exactly one row must have them.

    Returns:
        uint8, shape (number of images,).

    Raises:
        ValueError: no row or several rows have these values, or the row's predictions were not kept.
    """
    frame = load(lab, table)
    for column, wanted in where.items():
        frame = frame[frame[column] == wanted]
    if len(frame) != 1:
        raise ValueError(f"{len(frame)} rows of {lab}/{table} have {where}; exactly one must")
    name = frame.predictions.item()
    if name == NOT_KEPT:
        raise ValueError(f"the row of {lab}/{table} with {where} was recorded before predictions were kept")
    with np.load(table_path(lab, table).with_suffix(".npz")) as kept:
        return torch.from_numpy(kept[name])
