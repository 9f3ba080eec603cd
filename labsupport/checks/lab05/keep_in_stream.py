"""Visible cases of keep_in_stream, lab 05."""

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_dtype, require_type


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
    require(len(first) == 2, "wrong-count", f"num_kept is 2, and {len(first)} channels were kept.")
    reject(
        10 * first[0] + first[-1],
        {
            14: ("keeps-the-weakest", "Channels 1 and 4 are the weakest two: those must go."),
            23: ("first-layer-only", "This is the choice of the first layer. The other one writes to the stream too."),
            5: (
                "scales-differ",
                "The second layer decides alone, for its weights are larger: divide each by its own mean.",
            ),
            35: ("multiplies", "These have the highest product, not the highest sum of score / mean: add."),
            2: ("takes-the-maximum", "This looks only at the larger of the two scores. Add them."),
        },
    )
    require(first == [2, 5], "wrong-channels", f"Channels 2 and 5 have the highest sums, 2.5 and 2.75; kept: {first}.")


def inputs_three_layers() -> tuple:
    import torch

    scores = [torch.tensor([1.0, 2, 1, 4]), torch.tensor([6.0, 2, 3, 1]), torch.tensor([10.0, 40, 60, 10])]
    return scores, 3


def judge_three_layers(kept: Data) -> None:
    require_type(kept, list, "returns-no-list", "Return a list with one tensor of indices a layer.")
    require(len(kept) == 3, "wrong-length", f"Three layers write to the stream, {len(kept)} tensors came back.")
    hint = "The sums are 2.83, 3.00, 3.50 and 2.67: channels 0, 1 and 2 stay."
    for indices in kept:
        require_close(indices, [0, 1, 2], "wrong-channels", hint, rtol=0)


CASES = (
    Case("two layers of different size", inputs_two_layers, judge_two_layers),
    Case("three layers write to one stream", inputs_three_layers, judge_three_layers),
)
