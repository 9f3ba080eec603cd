import gc
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch

from labsupport import measure
from labsupport.measure import timing


@pytest.fixture
def log():
    return []


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def callers(log, *names):
    return {name: (lambda name=name: log.append(name)) for name in names}


def test_candidates_take_turns_of_several_runs_after_the_warmup(log):
    timed = measure.latency(callers(log, "a", "b"), turns=6, runs_in_a_row=3, warmup=2)
    assert "".join(log) == "aabb" + 6 * "aaabbb"
    assert {name: len(samples) for name, samples in timed.samples_ms.items()} == {"a": 18, "b": 18}
    assert timed.runs_in_a_row == 3


def test_five_turns_of_ten_runs_unless_told_otherwise(log):
    timed = measure.latency(callers(log, "a", "b"))
    assert "".join(log) == 5 * "a" + 5 * "b" + 5 * (10 * "a" + 10 * "b")
    assert len(timed.samples_ms["a"]) == 50


def test_samples_are_in_the_order_of_time(monkeypatch):
    now = [0]

    def work(milliseconds):
        now[0] += next(milliseconds) * 1_000_000

    monkeypatch.setattr(timing.time, "perf_counter_ns", lambda: now[0])
    lasting = {"a": iter(range(1, 20)), "b": iter(range(101, 120))}
    calls = {name: partial(work, milliseconds) for name, milliseconds in lasting.items()}
    timed = measure.latency(calls, turns=5, runs_in_a_row=2, warmup=1, shuffle=True)
    assert timed.samples_ms == {"a": list(range(2, 12)), "b": list(range(102, 112))}


def test_shuffling_changes_the_order_but_not_the_turns(log):
    names = ["a", "b", "c"]
    measure.latency(callers(log, *names), turns=20, runs_in_a_row=2, warmup=0, shuffle=True)
    assert log[::2] == log[1::2]
    turns = [log[start : start + 6 : 2] for start in range(0, 120, 6)]
    assert all(sorted(turn) == names for turn in turns)
    assert len({tuple(turn) for turn in turns}) > 1


def test_state_during_the_run_and_after(two_threads):
    seen = []
    timed = measure.latency(
        {"a": lambda: seen.append((torch.get_num_threads(), torch.is_inference_mode_enabled(), gc.isenabled()))},
        runs_in_a_row=1,
        warmup=1,
        threads=1,
    )
    assert seen == 6 * [(1, True, False)]
    assert timed.threads == 1
    assert (torch.get_num_threads(), torch.is_inference_mode_enabled(), gc.isenabled()) == (2, False, True)


def test_a_failing_candidate_is_named_and_the_state_restored(two_threads):
    with pytest.raises(RuntimeError, match=r"Candidate 'broken' raised ZeroDivisionError"):
        measure.latency({"fine": lambda: None, "broken": lambda: 1 / 0}, threads=1)
    assert (torch.get_num_threads(), gc.isenabled()) == (2, True)


@pytest.mark.parametrize(
    ("candidates", "options", "error", "message"),
    [
        ({}, {}, ValueError, "nothing to time"),
        ({"a": lambda: None}, {"turns": 4}, ValueError, "turns is 4.*at least 5.*fewer runs in a row"),
        ({"a": lambda: None}, {"runs_in_a_row": 0}, ValueError, "runs_in_a_row is 0"),
        ({"a": torch.zeros(1)}, {}, TypeError, r"'a' is a Tensor.*lambda"),
    ],
)
def test_wrong_arguments(candidates, options, error, message):
    with pytest.raises(error, match=message):
        measure.latency(candidates, **options)


@pytest.mark.parametrize("samples", [{}, {"a": []}, {"a": [1.0], "b": [1.0, 2.0]}])
def test_every_candidate_needs_as_many_samples(samples):
    with pytest.raises(ValueError, match="same number of samples"):
        measure.Latency(samples)


@pytest.mark.parametrize("runs_in_a_row", [0, 2, 4])
def test_samples_must_fill_turns(runs_in_a_row):
    with pytest.raises(ValueError, match=f"do not fill turns of {runs_in_a_row}"):
        measure.Latency({"a": [1.0, 2.0, 3.0]}, runs_in_a_row=runs_in_a_row)


def test_statistics_of_given_samples():
    timed = measure.Latency({"slow": [4.0, 2.0, 6.0, 8.0, 100.0], "fast": [2.0, 1.0, 3.0, 4.0, 50.0]})
    assert timed.median_ms("slow") == 6.0
    assert timed.p90_ms("fast") == pytest.approx(4 + 0.6 * 46)
    with pytest.raises(KeyError, match=r"'medium'.*slow, fast"):
        timed.median_ms("medium")


@pytest.mark.parametrize("runs_in_a_row", [1, 4])
def test_a_disturbance_shared_by_a_turn_cancels_in_the_ratio(runs_in_a_row):
    speed = [s for s in (1.0, 1.5, 9.0, 0.5, 2.0, 3.0) for _ in range(runs_in_a_row)]
    timed = measure.Latency({"slow": [3 * s for s in speed], "fast": speed}, runs_in_a_row)
    ratio = timed.ratio("slow", "fast")
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((3, 3, 3))
    assert str(ratio) == "3.00x (3.00 to 3.00)"


def test_runs_of_one_turn_are_no_independent_turns():
    generator = np.random.default_rng(0)
    drift = generator.uniform(1, 2, size=(2, 8)).repeat(10, axis=1)
    drift += generator.uniform(0, 0.01, size=drift.shape)
    samples = {"slow": (2 * drift[0]).tolist(), "fast": drift[1].tolist()}
    by_turn, by_run = (measure.Latency(samples, runs).ratio("slow", "fast") for runs in (10, 1))
    assert by_turn.value == by_run.value
    assert by_turn.high - by_turn.low > 1.5 * (by_run.high - by_run.low)


def test_runs_are_drawn_inside_of_a_turn_for_each_candidate_by_itself():
    noise = (1 + np.random.default_rng(0).random(10)).tolist()
    ratio = measure.Latency({"slow": noise, "fast": noise}, runs_in_a_row=10).ratio("slow", "fast")
    assert ratio.value == 1
    assert ratio.low < 0.95
    assert ratio.high > 1.05


def test_a_candidate_over_itself_is_one():
    ratio = measure.Latency({"only": [1.0, 2.0, 4.0, 3.0]}, runs_in_a_row=2).ratio("only", "only")
    assert (ratio.value, ratio.low, ratio.high) == (1, 1, 1)


def test_bootstrap_interval_covers_the_ratio_and_repeats_itself():
    noise = torch.rand(40, 2, generator=torch.Generator().manual_seed(0)) + 1
    timed = measure.Latency({"slow": (2 * noise[:, 0]).tolist(), "fast": noise[:, 1].tolist()}, runs_in_a_row=4)
    first, second = timed.ratio("slow", "fast"), timed.ratio("slow", "fast")
    assert first == second
    assert 1.6 < first.low < first.value < first.high < 2.5


def test_table_has_units_in_its_columns():
    table = measure.Latency({"a": [1.0, 2.0, 3.0], "b": [2.0, 2.0, 2.12345]}).table()
    assert list(table.columns) == ["median_ms", "p90_ms", "calls"]
    expected = pd.Series({"median_ms": 2.0, "p90_ms": 2.099, "calls": 3.0}, name="b")
    pd.testing.assert_series_equal(table.loc["b"], expected)
