"""Visible cases of pareto_front, lab 09."""

from labsupport.checks.protocol import Case, Data, require, require_close, require_type


def inputs_eight_points() -> tuple:
    pairs = [(3.0, 0.80), (1.0, 0.70), (2.0, 0.85), (4.0, 0.84), (5.0, 0.90), (5.0, 0.88), (2.0, 0.85), (2.5, 0.86)]
    return ([{"latency_ms": ms, "accuracy": accuracy} for ms, accuracy in pairs],)


def judge_eight_points(front: Data) -> None:
    require_type(front, list, "returns-no-list", "Return a list of positions.")
    kept = set(front)
    hint = "The front is empty. A point is as good as itself in both, and does not beat itself: one must be better."
    require(front, "every-point-beats-itself", hint)
    hint = "1 was lost, the fastest of all (1.0 ms): low latency is good, high accuracy is good."
    require(1 in kept, "slow-is-good", hint)
    hint = "3 was kept (4.0 ms, 0.84). Point 2 is faster and better: look at all other points, not at one neighbour."
    require(3 not in kept, "keeps-dominated-points", hint)
    hint = "5 was kept (5.0 ms, 0.88). Point 4 is as fast and better, which is enough to beat it."
    require(5 not in kept, "keeps-the-slower-of-equals", hint)
    hint = "7 was lost (2.5 ms, 0.86). Nothing is faster and better: the front is more than its two ends."
    require(7 in kept, "best-in-one-is-enough", hint)
    hint = "2 and 6 are equal in both, so neither beats the other: both belong to the front."
    require({2, 6} <= kept, "drops-twins", hint)
    require_close(front, [1, 2, 4, 6, 7], "wrong-front", "Positions of points that no other beats, in rising order.")


def inputs_one_time() -> tuple:
    pairs = [(1.0, 0.5), (1.0, 0.6), (1.0, 0.6), (0.5, 0.6), (0.5, 0.4)]
    return ([{"latency_ms": ms, "accuracy": accuracy} for ms, accuracy in pairs],)


def judge_one_time(front: Data) -> None:
    require_type(front, list, "returns-no-list", "Return a list of positions.")
    hint = "Points 1 and 2 are as accurate as point 3 and slower: they go."
    require(not {1, 2} & set(front), "keeps-the-slower-of-equals", hint)
    require(
        front == [3], "wrong-front", f"Point 3 is the fastest and as accurate as any: the front is [3], not {front}."
    )


CASES = (
    Case("eight points, two of them equal", inputs_eight_points, judge_eight_points),
    Case("two times, equal accuracies", inputs_one_time, judge_one_time),
)
