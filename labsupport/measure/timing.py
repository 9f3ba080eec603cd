"""Fair timing: candidates in turns of several runs in a row, warm, on a stated number of threads."""

import gc
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

_RESAMPLES = 2000
_FEWEST_TURNS = 5


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
        samples_ms: candidate -> milliseconds of each timed run, in the order of time: those of the first turn, of the
            second, and so on. The same index means the same turn.
        runs_in_a_row: samples of one candidate in one turn.
        threads: PyTorch's threads during the run.

    Raises:
        ValueError: a candidate has no samples, another number of them than the first, or an incomplete turn.
    """

    samples_ms: dict[str, list[float]]
    runs_in_a_row: int = 1
    threads: int = 1

    def __post_init__(self) -> None:
        counts = {name: len(samples) for name, samples in self.samples_ms.items()}
        if not counts or min(counts.values()) == 0 or len(set(counts.values())) > 1:
            raise ValueError(f"Every candidate needs the same number of samples, at least one. There are: {counts}.")
        if self.runs_in_a_row < 1 or next(iter(counts.values())) % self.runs_in_a_row:
            raise ValueError(f"The samples do not fill turns of {self.runs_in_a_row}. There are: {counts}.")

    def median_ms(self, name: str) -> float:
        """Return the median of a candidate in milliseconds."""
        return float(np.median(self._samples(name)))

    def p90_ms(self, name: str) -> float:
        """Return the 90th percentile of a candidate in milliseconds: nine of ten calls are faster."""
        return float(np.quantile(self._samples(name), 0.9))

    def ratio(self, slow: str, fast: str) -> Ratio:
        """Divide the median of one candidate by that of another.

        The interval is the middle 95 % of 2000 resamples. Each draws as many turns as there were, with replacement, the
        same ones for both candidates, so that a disturbance which slowed both in a turn cancels; and then, inside of
        each turn drawn, as many runs of each candidate. The seed is fixed. Turns are taken as independent: a
        disturbance that lasts over several makes the interval too narrow, and so do few turns.

        Args:
            slow: the candidate above the line.
            fast: the candidate below. A result over 1 says how many times faster it is.
        """
        generator, medians = np.random.default_rng(0), {}
        num_turns = len(self._samples(slow)) // self.runs_in_a_row
        turns = generator.integers(0, num_turns, size=(_RESAMPLES, num_turns, 1))
        for name in dict.fromkeys((slow, fast)):
            runs = generator.integers(0, self.runs_in_a_row, size=(_RESAMPLES, num_turns, self.runs_in_a_row))
            drawn = self._samples(name).reshape(num_turns, self.runs_in_a_row)[turns, runs]
            medians[name] = np.median(drawn.reshape(_RESAMPLES, -1), axis=1)
        low, high = np.quantile(medians[slow] / medians[fast], [0.025, 0.975])
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
    turns: int = 5,
    runs_in_a_row: int = 10,
    warmup: int = 5,
    threads: int = 1,
    shuffle: bool = False,
) -> Latency:
    """Time several calls against each other, in turns: ten runs of A in a row, ten of B, ten of A, and so on.

    The machine's speed drifts. Candidates that take turns share the drift, so their ratio survives it. Runs in a row
    find their weights in the caches, as in a device that runs one network again and again; only the first of a turn
    may find what the candidate before has left there. Calls run in `torch.inference_mode`, without garbage collection,
    after a warm-up that is thrown away.

    Args:
        candidates: name -> call without arguments. Pass real inputs: some kernels are faster on zeros.
        turns: of each candidate, at least 5. More of them make the interval of a ratio narrower.
        runs_in_a_row: timed calls in one turn. Take fewer of them where a call takes long.
        warmup: untimed calls of each candidate, all before the first turn.
        threads: PyTorch's threads, set for the run and restored. An ONNX Runtime session has its own number:
            give the same to `ort.session`.
        shuffle: draw a new order in each turn (fixed seed), when a candidate might suffer from its neighbour.

    Raises:
        ValueError: there are no candidates, fewer than 5 turns, or no runs in a turn.
        TypeError: a candidate cannot be called.
        RuntimeError: a candidate raised. The message names it.
    """
    if not candidates:
        raise ValueError("There is nothing to time: pass at least one candidate, as in latency({'fp32': call}).")
    if turns < _FEWEST_TURNS:
        raise ValueError(f"turns is {turns}; a ratio needs at least {_FEWEST_TURNS}. Take fewer runs in a row instead.")
    if runs_in_a_row < 1:
        raise ValueError(f"runs_in_a_row is {runs_in_a_row}; at least 1 is needed for a median.")
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
            for name in order:
                for _ in range(warmup):
                    _timed_ms(name, candidates[name])
            for _ in range(turns):
                if shuffle:
                    shuffler.shuffle(order)
                for name in order:
                    samples[name] += [_timed_ms(name, candidates[name]) for _ in range(runs_in_a_row)]
    finally:
        torch.set_num_threads(threads_before)
        if collecting:
            gc.enable()
    return Latency(samples, runs_in_a_row, threads)


def _timed_ms(name: str, call: Callable[[], object]) -> float:
    start = time.perf_counter_ns()
    try:
        call()
    except Exception as error:
        raise RuntimeError(f"Candidate {name!r} raised {type(error).__name__}: {error}") from error
    return (time.perf_counter_ns() - start) / 1e6
