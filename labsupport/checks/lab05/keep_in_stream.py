"""Visible cases of keep_in_stream, lab 05."""

from labsupport.checks.protocol import Case, Data, reject, require, require_dtype, require_type


def inputs_two_layers() -> tuple:
    import torch

    scores = [torch.tensor([1.0, 3, 8, 6, 1, 5]), torch.tensor([800.0, 400, 200, 300, 100, 600])]
    return scores, 2


def judge_two_layers(kept: Data) -> None:
    require_type(kept, list, "returns-no-list", "Return a list with one tensor of indices a layer.")
    require(len(kept) == 2, "wrong-length", f"Two layers write to the stream, {len(kept)} tensors came back.")
    for indices in kept:
        require_dtype(indices, "int64", "returns-no-indices", "Return indices of channels, not scores or a mask.")
    first, second = ([*map(int, indices)] for indices in kept)
    require(
        first == second,
        "per-block-sets",
        f"One layer keeps {first}, the other {second}: then different channels are added. All keep the same ones.",
    )
    require(sorted(first) == first, "not-sorted", f"{first} is not in ascending order.")
    reject(
        10 * first[0] + first[-1],
        {
            14: ("keeps-the-weakest", "Channels 1 and 4 are the weakest two: those must go."),
            23: ("first-layer-only", "This is the choice of the first layer. The other one writes to the stream too."),
            5: ("scales-differ", "The second layer decides alone, for its weights are larger: divide by the mean."),
            35: ("multiplies", "A channel that one layer needs must not fall with the other: add, do not multiply."),
            2: ("takes-the-maximum", "This looks only at the larger of the two scores. Add them."),
        },
    )
    require(first == [2, 5], "wrong-channels", f"Channels 2 and 5 have the highest sums, 2.5 and 2.75; kept: {first}.")


CASES = (Case("two layers of different size", inputs_two_layers, judge_two_layers),)
