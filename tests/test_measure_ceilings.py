import dataclasses

import numpy as np
import pytest
import torch

from labsupport import measure
from labsupport.measure import ceilings


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(ceilings, "_SIZE", 32)
    monkeypatch.setattr(ceilings, "_COPY_BYTES", 4096)
    monkeypatch.setattr(ceilings, "_SLICE_SECONDS", 1e-6)


def test_peaks_of_this_machine(small):
    threads = torch.get_num_threads()
    peaks = measure.peaks(threads=1)
    assert torch.get_num_threads() == threads
    assert peaks.threads == 1
    assert min(peaks.ort_fp32_gflops, peaks.bf16_gflops, peaks.int8_gops, peaks.bandwidth_gb_s) > 0
    assert peaks.fp32_gflops == max(peaks.torch_fp32_gflops, peaks.ort_fp32_gflops)


def test_products_are_products(small):
    integers = ceilings._ort_product("MatMulInteger", np.uint8, np.int8, threads=1)
    floats = ceilings._ort_product("MatMul", np.float32, np.float32, threads=1)
    generator = np.random.default_rng(0)
    left, right = (generator.integers(0, 100, (32, 32)) for _ in range(2))
    assert integers()[0].dtype == np.int32
    np.testing.assert_array_equal(integers()[0], left @ right)
    np.testing.assert_allclose(floats()[0], left @ right, rtol=1e-6)
    assert ceilings._torch_product(torch.bfloat16)().dtype == torch.bfloat16


@pytest.fixture
def timed(monkeypatch):
    """Give calls that take the durations they are made with, on a clock that only they move."""
    now = [0.0]
    monkeypatch.setattr(ceilings.time, "perf_counter", lambda: now[0])
    made = []

    def call(name, durations):
        def run():
            made.append(name)
            now[0] += durations.pop(0)

        return run

    return call, made


def test_the_best_of_repeats_taken_in_turns(monkeypatch, timed):
    monkeypatch.setattr(ceilings, "_ROUNDS", 2)
    monkeypatch.setattr(ceilings, "_SLICE_SECONDS", 4.0)
    call, made = timed
    calls = {"a": call("a", [3.0, 2.0, 1.0, 3.0]), "b": call("b", [4.0, 4.5])}
    assert ceilings._best_seconds(calls) == {"a": 1.0, "b": 4.0}
    assert made == ["a", "a", "b", "a", "a", "b"]


def test_a_very_slow_call_is_made_once(monkeypatch, timed):
    monkeypatch.setattr(ceilings, "_SLICE_SECONDS", 0.1)
    call, made = timed
    assert ceilings._best_seconds({"slow": call("slow", [2.0])}) == {"slow": 2.0}
    assert made == ["slow"]


def test_units(monkeypatch):
    monkeypatch.setattr(ceilings, "_best_seconds", lambda calls: dict.fromkeys(calls, 0.01))
    peaks = measure.peaks(threads=1)
    assert peaks.int8_gops == pytest.approx(2 * 1024**3 / 0.01 / 1e9)
    assert peaks.bandwidth_gb_s == pytest.approx(51.2)


def test_each_measurement_fills_its_own_field(monkeypatch):
    seconds = {"torch fp32": 0.08, "ort fp32": 0.04, "bf16": 0.02, "int8": 0.01, "copy": 0.0512}
    monkeypatch.setattr(ceilings, "_best_seconds", lambda calls: {name: seconds[name] for name in calls})
    speeds = [2 * 1024**3 / seconds[name] / 1e9 for name in ("torch fp32", "ort fp32", "bf16", "int8")]
    assert dataclasses.astuple(measure.peaks()) == pytest.approx((1, *speeds, 10.0))
