"""Fair timing: candidates interleaved, warm, on a stated number of threads."""

import gc
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

_RESAMPLES = 2000


@dataclass(frozen=True)
class Ratio:
    """A ratio of two medians with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f}x ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True)
class Latency:
    """Timed calls of several candidates.

    Attributes:
        samples_ms: candidate -> milliseconds, one number a round. The same index means the same round.
        threads: PyTorch's threads during the run.

    Raises:
        ValueError: a candidate has no samples, or another number of them than the first.
    """

    samples_ms: dict[str, list[float]]
    threads: int = 1

    def __post_init__(self) -> None:
        counts = {name: len(samples) for name, samples in self.samples_ms.items()}
        if not counts or min(counts.values()) == 0 or len(set(counts.values())) > 1:
            raise ValueError(f"Every candidate needs the same number of samples, at least one. There are: {counts}.")

    def median_ms(self, name: str) -> float:
        """Return the median of a candidate in milliseconds."""
        return float(np.median(self._samples(name)))

    def p90_ms(self, name: str) -> float:
        """Return the 90th percentile of a candidate in milliseconds: nine of ten calls are faster."""
        return float(np.quantile(self._samples(name), 0.9))

    def ratio(self, slow: str, fast: str) -> Ratio:
        """Divide the median of one candidate by that of another.

        The interval is the middle 95 % of 2000 resamples. Whole rounds are drawn, so a disturbance that slowed both
        candidates in a round cancels. The seed is fixed. Rounds are taken as independent: a disturbance that lasts over
        many of them makes the interval too narrow.

        Args:
            slow: the candidate above the line.
            fast: the candidate below. A result over 1 says how many times faster it is.
        """
        pair = np.stack([self._samples(slow), self._samples(fast)])
        rounds = pair.shape[1]
        drawn = np.random.default_rng(0).integers(0, rounds, size=(_RESAMPLES, rounds))
        medians = np.median(pair[:, drawn], axis=2)
        low, high = np.quantile(medians[0] / medians[1], [0.025, 0.975])
        return Ratio(self.median_ms(slow) / self.median_ms(fast), float(low), float(high))

    def table(self) -> pd.DataFrame:
        """Return one row a candidate: ``median_ms``, ``p90_ms``, and ``calls``, the number of samples."""
        rows = {
            name: {
                "median_ms": round(self.median_ms(name), 3),
                "p90_ms": round(self.p90_ms(name), 3),
                "calls": len(samples),
            }
            for name, samples in self.samples_ms.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("candidate")

    def _samples(self, name: str) -> np.ndarray:
        if name not in self.samples_ms:
            raise KeyError(f"No candidate is called {name!r}. There are: {', '.join(self.samples_ms)}.")
        return np.asarray(self.samples_ms[name])


def latency(
    candidates: dict[str, Callable[[], object]],
    *,
    rounds: int = 50,
    warmup: int = 5,
    threads: int = 1,
    shuffle: bool = False,
) -> Latency:
    """Time several calls against each other, interleaved: A B A B, and not A A B B.

    The machine's speed drifts. Interleaved candidates share the drift, so their ratio survives it. Calls run in
    `torch.inference_mode`, without garbage collection, after a warm-up that is thrown away.

    Args:
        candidates: name -> call without arguments. Pass real inputs: some kernels are faster on zeros.
        rounds: timed calls of each candidate.
        warmup: untimed calls of each candidate before.
        threads: PyTorch's threads, set for the run and restored. An ONNX Runtime session has its own number:
            give the same to `ort.session`.
        shuffle: draw a new order in each round (fixed seed), when a candidate might suffer from its neighbour.

    Raises:
        ValueError: there are no candidates, or no rounds.
        TypeError: a candidate cannot be called.
        RuntimeError: a candidate raised. The message names it.
    """
    if not candidates:
        raise ValueError("There is nothing to time: pass at least one candidate, as in latency({'fp32': call}).")
    if rounds < 1:
        raise ValueError(f"rounds is {rounds}; at least 1 is needed for a median.")
    for name, call in candidates.items():
        if not callable(call):
            kind = type(call).__name__
            raise TypeError(f"Candidate {name!r} is a {kind}, not a call. Pass lambda: model(x), not model(x).")
    samples: dict[str, list[float]] = {name: [] for name in candidates}
    order = list(candidates)
    shuffler = random.Random(0)
    collecting, threads_before = gc.isenabled(), torch.get_num_threads()
    torch.set_num_threads(threads)
    gc.disable()
    try:
        with torch.inference_mode():
            for index in range(warmup + rounds):
                if shuffle:
                    shuffler.shuffle(order)
                for name in order:
                    elapsed_ms = _timed_ms(name, candidates[name])
                    if index >= warmup:
                        samples[name].append(elapsed_ms)
    finally:
        torch.set_num_threads(threads_before)
        if collecting:
            gc.enable()
    return Latency(samples, threads)


def _timed_ms(name: str, call: Callable[[], object]) -> float:
    start = time.perf_counter_ns()
    try:
        call()
    except Exception as error:
        raise RuntimeError(f"Candidate {name!r} raised {type(error).__name__}: {error}") from error
    return (time.perf_counter_ns() - start) / 1e6
