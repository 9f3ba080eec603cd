import numpy as np
import pytest
import torch

from labsupport import measure
from labsupport.measure import ceilings


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(ceilings, "_SIZE", 32)
    monkeypatch.setattr(ceilings, "_COPY_BYTES", 4096)
    monkeypatch.setattr(ceilings, "_SECONDS", 0.0)


def test_peaks_of_this_machine(small):
    torch.set_num_threads(2)
    peaks = measure.peaks(threads=1)
    assert torch.get_num_threads() == 2
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


def fake_clock(monkeypatch, durations):
    """Let each call take the next of the durations, and nothing else take time."""
    now, remaining = [0.0], list(durations)
    monkeypatch.setattr(ceilings.time, "perf_counter", lambda: now[0])

    def call():
        now[0] += remaining.pop(0)

    return call, remaining


def test_the_best_repeat_counts_and_the_first_call_does_not(monkeypatch):
    monkeypatch.setattr(ceilings, "_SECONDS", 6.5)
    call, remaining = fake_clock(monkeypatch, [0.5, 3.0, 2.0, 4.0, 1.0])
    assert ceilings._best_seconds(call) == 2.0
    assert remaining == [1.0]


def test_a_slow_call_is_repeated_at_least_three_times(monkeypatch):
    call, remaining = fake_clock(monkeypatch, [9.0, 5.0, 3.0, 4.0, 2.0])
    assert ceilings._best_seconds(call) == 3.0
    assert remaining == [2.0]


def test_units(monkeypatch):
    monkeypatch.setattr(ceilings, "_best_seconds", lambda call: 0.01)
    assert ceilings._giga_operations(lambda: None) == round(2 * 1024**3 / 0.01 / 1e9, 1)
    assert ceilings._bandwidth_gb_s() == 51.2
