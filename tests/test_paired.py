"""The gain of one recorded arm over another."""

import math

import numpy as np
import pytest

from labsupport import paired, results

HEADER = "arm,split,seed,accuracy,predictions,recipe,versions,machine,seconds,date"
STAMP = "r,torch 1,a machine,1.0,2026-01-01"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a table of lab 04 and its predictions."""
    monkeypatch.setattr(results, "DATA_DIR", tmp_path)
    (tmp_path / "results" / "04").mkdir(parents=True)

    def write(rows: list[tuple], **kept: list[int]) -> None:
        lines = [f"{arm},test,{seed},{accuracy},{name},{STAMP}" for arm, seed, accuracy, name in rows]
        results.table_path("04", "arms").write_text("\n".join([HEADER, *lines]) + "\n")
        if kept:
            arrays = {name: np.array(classes, np.uint8) for name, classes in kept.items()}
            np.savez(results.table_path("04", "arms").with_suffix(".npz"), **arrays)

    return write


def test_three_seeds_give_the_t_interval_of_their_differences(write):
    new = [("new", seed, accuracy, results.NOT_KEPT) for seed, accuracy in ((0, 0.91), (1, 0.93), (2, 0.92))]
    write([*new, *(("old", seed, 0.90, results.NOT_KEPT) for seed in (2, 1, 0))])
    found = paired.gain("04", "arms", "new", "old", split="test")
    assert (found.value, found.seeds) == (pytest.approx(2.0), 3)
    assert found.high - found.value == pytest.approx(4.303 * 1.0 / math.sqrt(3))


def test_a_seed_without_the_other_arm_is_left_out(write):
    write([("new", 0, 0.9, results.NOT_KEPT), ("old", 0, 0.8, results.NOT_KEPT), ("new", 1, 0.1, results.NOT_KEPT)])
    assert paired.gain("04", "arms", "new", "old").value == pytest.approx(10.0)


def test_few_seeds_without_predictions_decide_nothing(write):
    write([("new", 0, 0.9, results.NOT_KEPT), ("old", 0, 0.8, results.NOT_KEPT)])
    found = paired.gain("04", "arms", "new", "old")
    assert (found.low, found.high) == (-100, 100)


def test_few_seeds_with_predictions_have_the_widest_interval_of_their_images(write):
    same, changed = [1] * 100, [2] * 4 + [1] * 96
    write([("new", 0, 0.92, "a"), ("old", 0, 0.90, "b"), ("new", 1, 0.9, "a"), ("old", 1, 0.9, "a")], a=same, b=changed)
    found = paired.gain("04", "arms", "new", "old")
    half = 196 * math.sqrt((0.04 - 0.0004) / 100)
    assert (found.value, found.low) == (pytest.approx(1.0), pytest.approx(min(2 - half, 0)))
    assert found.high == pytest.approx(2 + half)


def test_what_cannot_be_paired_is_an_error(write):
    write([("new", 0, 0.9, results.NOT_KEPT), ("old", 1, 0.8, results.NOT_KEPT)])
    with pytest.raises(ValueError, match="1 of new, 1 of old"):
        paired.gain("04", "arms", "new", "old")
    write([("new", 0, 0.9, results.NOT_KEPT), ("new", 0, 0.9, results.NOT_KEPT), ("old", 0, 0.8, results.NOT_KEPT)])
    with pytest.raises(ValueError, match="2 of new"):
        paired.gain("04", "arms", "new", "old")
