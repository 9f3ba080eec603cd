"""Visible cases of channels_to_keep, lab 05."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_dtype


def inputs_six_channels() -> tuple:
    import torch

    scores = torch.tensor([0.5, 1.0, 0.1, 2.0, 0.4, 3.0])
    return scores, 0.5


def judge_six_channels(kept: Data) -> None:
    require_dtype(kept, "int64", "returns-no-indices", "Return the indices of the channels, not scores or a mask.")
    members = sorted(kept.tolist())
    require(members != [0, 2, 4], "keeps-the-weakest", "Channels 0, 2 and 4 have the lowest scores: those must go.")
    require(
        members != [1, 3, 5] or kept.tolist() == members,
        "not-sorted",
        "The right channels, but not in ascending order: the slim layer would shuffle its channels.",
    )
    require_close(kept, [1, 3, 5], "wrong-channels", "The three highest scores are those of channels 1, 3 and 5.")


def drive_equal_scores(channels_to_keep: Callable) -> Data:
    import torch

    return len(channels_to_keep(torch.tensor([1.0, 2.0, 2.0, 2.0, 2.0, 3.0]), 0.5))


def judge_equal_scores(count: Data) -> None:
    hint = "Four channels share the score 2, and a threshold takes or leaves all of them. Sort, and count three."
    reject(count, {1: ("prunes-ties-twice", hint), 5: ("prunes-ties-twice", hint), 2: ("prunes-ties-twice", hint)})
    require_close(count, 3, "wrong-count", "Half of six channels are three, whatever the scores.", rtol=0)


def drive_counts(channels_to_keep: Callable) -> Data:
    import torch

    scores = torch.arange(20.0)
    arguments = {"0.3": (0.3, 1), "1.0": (1.0, 1), "0.3 by 8": (0.3, 8), "0.9 by 8": (0.9, 8), "0.0 by 8": (0.0, 8)}
    return {name: len(channels_to_keep(scores, *pair)) for name, pair in arguments.items()}


def judge_counts(counts: Data) -> None:
    reject(counts["1.0"], {0: ("keeps-none", "A layer without channels computes nothing: keep at least one.")})
    reject(
        counts["0.3 by 8"],
        {
            8: ("rounds-down", "14 rounded up to a multiple of 8 is 16. Rounding down takes more than asked."),
            14: ("ignores-multiple", "14 is no multiple of 8: use multiple_of."),
        },
    )
    reject(counts["0.0 by 8"], {24: ("more-than-there-are", "Rounded up, 20 becomes 24, but there are only 20.")})
    for name, expected in {"0.3": 14, "1.0": 1, "0.3 by 8": 16, "0.9 by 8": 8, "0.0 by 8": 20}.items():
        hint = f"20 channels, pruning ratio {name.replace('by', 'in multiples of')}: {expected} stay."
        require_close(counts[name], expected, "wrong-count", hint, rtol=0)


CASES = (
    Case("half of six channels", inputs_six_channels, judge_six_channels),
    Case("equal scores", judge=judge_equal_scores, driver=drive_equal_scores),
    Case("twenty channels, several ratios", judge=judge_counts, driver=drive_counts),
)
