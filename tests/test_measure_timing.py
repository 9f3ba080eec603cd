import gc

import pandas as pd
import pytest
import torch

from labsupport import measure


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


def test_candidates_are_interleaved_after_the_warmup(log):
    timed = measure.latency(callers(log, "a", "b"), rounds=3, warmup=2)
    assert log == ["a", "b"] * 5
    assert {name: len(samples) for name, samples in timed.samples_ms.items()} == {"a": 3, "b": 3}


def test_shuffling_changes_the_order_but_not_the_rounds(log):
    names = ["a", "b", "c"]
    measure.latency(callers(log, *names), rounds=20, warmup=0, shuffle=True)
    rounds = [log[start : start + 3] for start in range(0, 60, 3)]
    assert all(sorted(one_round) == names for one_round in rounds)
    assert len({tuple(one_round) for one_round in rounds}) > 1


def test_state_during_the_run_and_after(two_threads):
    seen = []
    timed = measure.latency(
        {"a": lambda: seen.append((torch.get_num_threads(), torch.is_inference_mode_enabled(), gc.isenabled()))},
        rounds=1,
        warmup=0,
        threads=1,
    )
    assert seen == [(1, True, False)]
    assert timed.threads == 1
    assert (torch.get_num_threads(), torch.is_inference_mode_enabled(), gc.isenabled()) == (2, False, True)


def test_a_failing_candidate_is_named_and_the_state_restored(two_threads):
    with pytest.raises(RuntimeError, match=r"Candidate 'broken' raised ZeroDivisionError"):
        measure.latency({"fine": lambda: None, "broken": lambda: 1 / 0}, threads=1)
    assert (torch.get_num_threads(), gc.isenabled()) == (2, True)


@pytest.mark.parametrize(
    ("candidates", "rounds", "error", "message"),
    [
        ({}, 1, ValueError, "nothing to time"),
        ({"a": lambda: None}, 0, ValueError, "rounds is 0"),
        ({"a": torch.zeros(1)}, 1, TypeError, r"'a' is a Tensor.*lambda"),
    ],
)
def test_wrong_arguments(candidates, rounds, error, message):
    with pytest.raises(error, match=message):
        measure.latency(candidates, rounds=rounds)


@pytest.mark.parametrize("samples", [{}, {"a": []}, {"a": [1.0], "b": [1.0, 2.0]}])
def test_samples_must_come_in_rounds(samples):
    with pytest.raises(ValueError, match="same number of samples"):
        measure.Latency(samples)


def test_statistics_of_given_samples():
    timed = measure.Latency({"slow": [4.0, 2.0, 6.0, 8.0, 100.0], "fast": [2.0, 1.0, 3.0, 4.0, 50.0]})
    assert timed.median_ms("slow") == 6.0
    assert timed.p90_ms("fast") == pytest.approx(4 + 0.6 * 46)
    with pytest.raises(KeyError, match=r"'medium'.*slow, fast"):
        timed.median_ms("medium")


def test_a_disturbance_shared_by_a_round_cancels_in_the_ratio():
    speed = [1.0, 1.5, 9.0, 0.5, 2.0, 3.0]
    ratio = measure.Latency({"slow": [3 * s for s in speed], "fast": speed}).ratio("slow", "fast")
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((3, 3, 3))
    assert str(ratio) == "3.00x (3.00 to 3.00)"


def test_bootstrap_interval_covers_the_ratio_and_repeats_itself():
    noise = torch.rand(40, 2, generator=torch.Generator().manual_seed(0)) + 1
    timed = measure.Latency({"slow": (2 * noise[:, 0]).tolist(), "fast": noise[:, 1].tolist()})
    first, second = timed.ratio("slow", "fast"), timed.ratio("slow", "fast")
    assert first == second
    assert 1.6 < first.low < first.value < first.high < 2.5


def test_table_has_units_in_its_columns():
    table = measure.Latency({"a": [1.0, 2.0, 3.0], "b": [2.0, 2.0, 2.12345]}).table()
    assert list(table.columns) == ["median_ms", "p90_ms", "calls"]
    expected = pd.Series({"median_ms": 2.0, "p90_ms": 2.099, "calls": 3.0}, name="b")
    pd.testing.assert_series_equal(table.loc["b"], expected)
