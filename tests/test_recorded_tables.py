"""The tables of recorded runs: one writer, one reader."""

import csv
import dataclasses
import math
import multiprocessing
import os

import pytest
import torch

from course.recorded import tables
from course.recorded.tables import Row, Stamp, Table
from labsupport import results

ARMS = Table("arms", "an arm", key={"arm": str, "epochs": int}, values={"accuracy": float, "gated": bool})
CLASSES = Table("classes", "an evaluation", key={"split": str}, values={"accuracy": float}, evaluates=True)
STAMP = Stamp("torch 2.14.1", "some processor, 2 threads", "2026-01-02")
CELLS = {"arm": "plain", "epochs": 5, "accuracy": 0.9, "gated": True}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "DATA_DIR", tmp_path / "data")
    monkeypatch.setattr(tables, "PROJECT_DIR", tmp_path)
    return tmp_path / "data" / "results" / "05"


def append(*seeds, stamp=STAMP, **changes):
    return [tables.append("05", ARMS, seed, [Row({**CELLS, **changes}, {"rate": 1}, 2.5)], stamp) for seed in seeds]


def test_what_was_written_is_read_back_with_its_types():
    assert append(0, 1) == [1, 1]
    frame = results.load("05", "arms")
    assert list(frame.columns) == list(ARMS.columns)
    stamped = {"seed": 0, "recipe": tables.recipe_hash({"rate": 1}), "seconds": 2.5}
    stamped |= {"versions": "torch 2.14.1", "machine": "some processor, 2 threads", "date": "2026-01-02"}
    assert frame.iloc[0].to_dict() == CELLS | stamped
    assert (frame.epochs.dtype, frame.accuracy.dtype, frame.gated.dtype) == (int, float, bool)
    assert tables.read("05", ARMS)[0] == frame.iloc[0].to_dict()


def test_numbers_come_back_to_the_last_bit_and_a_missing_one_as_nan():
    append(0, accuracy=0.1 + 0.2)
    append(1, accuracy=math.nan)
    first, second = results.load("05", "arms").accuracy
    assert first == 0.1 + 0.2
    assert math.isnan(second)
    assert math.isnan(tables.read("05", ARMS)[1]["accuracy"])


def test_words_that_look_like_nothing_or_like_numbers_stay_words(folder):
    append(0, arm="None")
    append(0, arm="nan")
    assert results.load("05", "arms").arm.tolist() == ["None", "nan"]
    text = (folder / "arms.csv").read_text().replace(tables.recipe_hash({"rate": 1}), "000000000012")
    (folder / "arms.csv").write_text(text)
    assert results.load("05", "arms").recipe.tolist() == ["000000000012"] * 2


def test_a_row_that_is_there_is_left_as_it_was():
    append(0)
    assert append(0, accuracy=0.1) == [0]
    assert append(0, epochs=6, accuracy=0.2) == [1]
    assert results.load("05", "arms").accuracy.tolist() == [0.9, 0.2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": 1}, "Unknown: extra"),
        ({"epochs": "1"}, "epochs is '1'; it must be int"),
        ({"epochs": True}, "epochs is True"),
        ({"gated": 1}, "gated is 1; it must be bool"),
        ({"accuracy": math.inf}, "must be finite"),
        ({"arm": 3}, "arm is 3; it must be str"),
        ({"arm": " "}, "arm is empty"),
    ],
)
def test_a_wrong_row_is_refused_and_nothing_is_written(folder, change, message):
    rows = [Row(CELLS, {}, 0), Row({**CELLS, "arm": "other", **change}, {}, 0)]
    with pytest.raises(ValueError, match=message):
        tables.append("05", ARMS, 0, rows, STAMP)
    assert not folder.exists()


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="Missing: accuracy"):
        tables.append("05", ARMS, 0, [Row({"arm": "plain", "epochs": 1, "gated": True}, {}, 0)], STAMP)


def test_a_file_with_other_columns_is_refused(folder):
    folder.mkdir(parents=True)
    (folder / "arms.csv").write_text("arm,seed\nplain,1\n")
    with pytest.raises(ValueError, match=r"05/arms\.csv has the columns"):
        append(0)


def test_a_table_that_is_not_there_is_named_with_those_that_are():
    append(0)
    with pytest.raises(FileNotFoundError, match="no recorded table 'arm'; it has: arms"):
        results.load("05", "arm")
    with pytest.raises(FileNotFoundError, match="it has: none"):
        results.load("06", "arms")


def test_predictions_are_kept_beside_the_table_and_found_by_the_row():
    for seed, classes in ((0, [1, 2, 3]), (1, [3, 2, 1])):
        row = Row({"split": "test", "accuracy": 0.5}, {}, 0, torch.tensor(classes))
        tables.append("05", CLASSES, seed, [row], STAMP)
    kept = results.predictions("05", "classes", split="test", seed=1)
    assert kept.tolist() == [3, 2, 1]
    assert kept.dtype == torch.uint8
    with pytest.raises(ValueError, match="2 rows of 05/classes"):
        results.predictions("05", "classes", split="test")


def test_a_row_of_before_says_that_its_predictions_are_not_kept(folder):
    tables.append("05", CLASSES, 0, [Row({"split": "test", "accuracy": 0.5}, {}, 0, torch.tensor([1]))], STAMP)
    text = (folder / "classes.csv").read_text().replace('"split=test, seed=0"', results.NOT_KEPT)
    (folder / "classes.csv").write_text(text)
    with pytest.raises(ValueError, match="before predictions were kept"):
        results.predictions("05", "classes", seed=0)


@pytest.mark.parametrize(("table", "predictions"), [(CLASSES, None), (ARMS, torch.tensor([1]))])
def test_an_evaluation_has_predictions_and_nothing_else_has(table, predictions):
    cells = {"split": "test", "accuracy": 0.5} if table is CLASSES else CELLS
    with pytest.raises(ValueError, match="predictions in"):
        tables.append("05", table, 0, [Row(cells, {}, 0, predictions)], STAMP)


def test_machines_and_dates_of_a_lab_are_named_once():
    append(0, 1)
    append(2, stamp=Stamp("torch 3, onnxruntime 2", "another", "2026-02-03"))
    told = "some processor, 2 threads, torch 2.14.1; another, torch 3; 2026-01-02 to 2026-02-03"
    assert results.recorded_on("05") == told
    assert results.recorded_on("05", "arms") == told
    assert results.recorded_on("06") == ""


def test_the_stamp_of_this_machine_tells_the_processor():
    stamp = Stamp.here(1, ("torch", "onnxruntime"))
    assert stamp.versions == f"torch {torch.__version__.partition('+')[0]}, " + stamp.versions.split(", ")[1]
    assert stamp.machine.endswith(", 1 thread")
    assert "(" in stamp.machine


def test_a_failed_write_leaves_the_old_file_and_no_other(folder, monkeypatch):
    append(0)
    before = (folder / "arms.csv").read_bytes()

    def disk_full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        append(1)
    assert [path.name for path in folder.iterdir()] == ["arms.csv"]
    assert (folder / "arms.csv").read_bytes() == before


def append_some(first):
    append(*range(first, first + 10))


def test_writers_at_once_lose_no_row(folder):
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=append_some, args=(start,)) for start in (0, 10, 20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with (folder / "arms.csv").open() as stream:
        assert sorted(int(row["seed"]) for row in csv.DictReader(stream)) == list(range(30))


@dataclasses.dataclass(frozen=True)
class Settings:
    epochs: int = 5
    rate: float = 0.1


def test_the_hash_follows_the_settings_and_not_their_order():
    digest = tables.recipe_hash(Settings())
    assert digest == tables.recipe_hash({"rate": 0.1, "epochs": 5})
    assert digest != tables.recipe_hash(Settings(rate=0.2))
    assert len(digest) == 12
    assert set(digest) <= set("0123456789abcdef")


def test_a_recipe_with_something_unwritable_is_refused():
    with pytest.raises(TypeError):
        tables.recipe_hash({"function": print})
