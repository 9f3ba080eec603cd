import dataclasses
import math
import multiprocessing
import os

import pytest

from labsupport import results

ROW = {
    "experiment": "plain",
    "seed": 0,
    "split": "validation",
    "epochs": 5,
    "metric": "accuracy",
    "value": 0.9,
    "unit": "",
    "recipe_hash": "012345678901",
    "versions": "torch 2.14.1",
    "machine": "2 cores, AVX2",
    "seconds": 12.5,
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "DATA_DIR", tmp_path / "data")
    monkeypatch.setattr(results, "PROJECT_DIR", tmp_path)
    return tmp_path / "data" / "results"


def rows(*seeds, **changes):
    return [{**ROW, **changes, "seed": seed} for seed in seeds]


def test_the_machines_of_recorded_runs_are_named_once():
    results.append("05", rows(0, 1))
    results.append("05", rows(2, machine="another", versions="torch 3, bf16"))
    assert results.recorded_on("05") == "2 cores, AVX2, torch 2.14.1; another, torch 3"
    assert results.recorded_on("06") == ""


def test_what_was_written_is_read_back_with_its_types():
    assert results.append("05", rows(0, 1)) == 2
    frame = results.load("05")
    assert list(frame.columns) == list(results.COLUMNS)
    assert frame.iloc[0].to_dict() == ROW
    assert frame["value"].dtype == float
    assert frame["seed"].dtype == int


def test_a_lab_without_runs_is_an_empty_typed_frame():
    frame = results.load("07")
    assert len(frame) == 0
    assert list(frame.columns) == list(results.COLUMNS)
    assert frame["value"].dtype == float


def test_a_hash_of_digits_alone_stays_text():
    results.append("05", rows(0, recipe_hash="000000000012"))
    assert results.load("05")["recipe_hash"].tolist() == ["000000000012"]


def test_a_recorded_row_is_kept_and_not_repeated():
    results.append("05", rows(0, 1))
    assert results.append("05", rows(1, 2, value=0.1)) == 1
    assert results.load("05")["value"].tolist() == [0.9, 0.9, 0.1]


@pytest.mark.parametrize("column", results.KEY)
def test_every_part_of_the_key_makes_another_row(column):
    results.append("05", [ROW])
    other = 7 if isinstance(ROW[column], int) else "other"
    assert results.append("05", [{**ROW, column: other}]) == 1


def test_a_run_can_be_looked_up_before_it_is_run_again():
    results.append("05", rows(3))
    assert results.is_recorded("05", experiment="plain", seed=3)
    assert not results.is_recorded("05", experiment="plain", seed=4)
    with pytest.raises(ValueError, match="seeds is not among them"):
        results.is_recorded("05", seeds=3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": 1}, "Unknown: extra"),
        ({"seed": "1"}, "seed is '1'; it must be int"),
        ({"seed": True}, "seed is True"),
        ({"value": math.nan}, "must be finite"),
        ({"metric": 3}, "metric is 3; it must be str"),
    ],
)
def test_a_wrong_row_is_refused_and_nothing_is_written(folder, change, message):
    with pytest.raises(ValueError, match=message):
        results.append("05", [ROW, {**ROW, **change}])
    assert not folder.exists()


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="Missing: machine"):
        results.append("05", [{column: value for column, value in ROW.items() if column != "machine"}])


def test_a_file_with_other_columns_is_refused(folder):
    folder.mkdir(parents=True)
    (folder / "05.csv").write_text("experiment,seed\nplain,1\n")
    with pytest.raises(ValueError, match=r"05\.csv.*Restore"):
        results.load("05")


def test_a_failed_write_leaves_the_old_file_and_no_other(folder, monkeypatch):
    results.append("05", rows(0))
    before = (folder / "05.csv").read_bytes()

    def disk_full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        results.append("05", rows(1))
    assert [path.name for path in folder.iterdir()] == ["05.csv"]
    assert (folder / "05.csv").read_bytes() == before


def append_some(first):
    for seed in range(first, first + 10):
        results.append("05", rows(seed))


def test_writers_at_once_lose_no_row():
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=append_some, args=(start,)) for start in (0, 10, 20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(results.load("05")["seed"]) == list(range(30))


def test_summary_over_seeds():
    results.append("05", [*rows(0, 1, value=0.8), *rows(2, value=0.9), *rows(0, experiment="kd", value=0.5)])
    table = results.summary(results.load("05"), "experiment").set_index("experiment")
    assert table.loc["plain", "mean"] == pytest.approx(2.5 / 3)
    assert table.loc["plain", "std"] == pytest.approx(math.sqrt(0.01 / 3))
    assert table.loc["plain", "n"] == 3
    assert table.loc["kd", "n"] == 1
    assert math.isnan(table.loc["kd", "std"])


def test_a_summary_that_mixes_runs_is_refused():
    results.append("05", [*rows(0, 1), *rows(0, 1, metric="loss", value=2.0)])
    with pytest.raises(ValueError, match="experiment=plain has seed 0 more than once"):
        results.summary(results.load("05"), ["experiment"])
    assert len(results.summary(results.load("05"), ["experiment", "metric"])) == 2


def test_band_is_four_standard_deviations_and_at_least_a_point():
    assert results.band([0.5] * 5) == pytest.approx((0.49, 0.51))
    spread = [0.4, 0.45, 0.5, 0.55, 0.6]
    std = math.sqrt(0.025 / 4)
    assert results.band(spread) == pytest.approx((0.5 - 4 * std, 0.5 + 4 * std))


def test_a_band_of_few_seeds_is_refused():
    with pytest.raises(ValueError, match="at least 5 seeds; there are 4"):
        results.band([0.5] * 4)


@dataclasses.dataclass(frozen=True)
class Settings:
    epochs: int = 5
    rate: float = 0.1


def test_the_hash_follows_the_settings_and_not_their_order():
    digest = results.recipe_hash(Settings())
    assert digest == results.recipe_hash({"rate": 0.1, "epochs": 5})
    assert digest != results.recipe_hash(Settings(rate=0.2))
    assert len(digest) == 12
    assert set(digest) <= set("0123456789abcdef")


def test_a_recipe_with_something_unwritable_is_refused():
    with pytest.raises(TypeError):
        results.recipe_hash({"function": print})
