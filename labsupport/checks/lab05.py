"""The visible cases of lab 05, Structured pruning."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import (
    Case,
    Data,
    Exercise,
    reject,
    require,
    require_close,
    require_dtype,
    require_shape,
    require_type,
    run,
)


def drive_two_filters(filter_norms: Callable) -> Data:
    import torch

    weight = torch.tensor([[[[3.0, -4.0]], [[0.0, 0.0]]], [[[1.0, 1.0]], [[-1.0, 1.0]]], [[[2.0, 2.0]], [[2.0, 2.0]]]])
    return [filter_norms(weight, 1), filter_norms(weight, 2)]


def judge_two_filters(norms: Data) -> None:
    sums, roots = (np.asarray(scores).tolist() for scores in norms)
    require(
        np.shape(sums) != (2,), "scores-inputs", "Two scores: one an input channel. A filter is weight[i], of three."
    )
    require_shape(sums, (3,), "wrong-shape", "Three filters have three scores.")
    reject(
        sums[0],
        {
            -1: ("signed-sum", "3 and -4 must not cancel: take absolute values before adding."),
            1.75: ("mean-for-sum", "This is the mean of the absolute values. A norm adds them up."),
        },
    )
    require_close(sums, [7, 4, 8], "wrong-l1", "Order 1: the sum of the absolute values of each filter.")
    reject(
        roots[0],
        {
            7: ("ignores-order", "Order 1 and 2 gave the same scores: use the argument order."),
            25: ("forgets-root", "25 is the sum of the squares 9 and 16. The norm is its root."),
        },
    )
    require_close(roots, [5, 2, 4], "wrong-l2", "Order 2: the root of the sum of the squares of each filter.")


FILTER_NORMS = Exercise(
    grade_id="filter-norms",
    function="filter_norms",
    cases=(Case("three filters of four weights", drive_two_filters, judge_two_filters),),
)


def check_filter_norms(filter_norms: Callable) -> None:
    """Compare filter_norms with norms worked out by hand."""
    run(FILTER_NORMS, filter_norms)


def drive_six_channels(channels_to_keep: Callable) -> Data:
    import torch

    scores = torch.tensor([0.5, 1.0, 0.1, 2.0, 0.4, 3.0])
    return channels_to_keep(scores, 0.5)


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


CHANNELS_TO_KEEP = Exercise(
    grade_id="channels-to-keep",
    function="channels_to_keep",
    cases=(
        Case("half of six channels", drive_six_channels, judge_six_channels),
        Case("equal scores", drive_equal_scores, judge_equal_scores),
        Case("twenty channels, several ratios", drive_counts, judge_counts),
    ),
)


def check_channels_to_keep(channels_to_keep: Callable) -> None:
    """Compare channels_to_keep with counts and indices worked out by hand."""
    run(CHANNELS_TO_KEEP, channels_to_keep)


def drive_chain(remove_filters: Callable) -> Data:
    import torch
    from torch import nn

    torch.manual_seed(0)
    conv, norm, reader = nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.Conv2d(6, 4, 3, padding=1)
    with torch.no_grad():
        for tensor in (norm.weight, norm.bias, norm.running_mean):
            tensor.copy_(torch.randn(6))
        norm.running_var.copy_(torch.rand(6) + 0.5)
    full = nn.Sequential(conv, norm, nn.ReLU(), reader).eval()
    images, kept = torch.randn(2, 3, 5, 5), torch.tensor([0, 2, 5])
    with torch.no_grad():
        before = full(images)
        slim_conv, slim_norm, slim_reader = remove_filters(conv, norm, reader, kept)
        shapes = [list(layer.weight.shape) for layer in (slim_conv, slim_norm, slim_reader)]
        statistics = [len(slim_norm.running_mean), len(slim_norm.running_var)]
        numbers = [slim_conv.out_channels, slim_norm.num_features, slim_reader.in_channels]
        biases = [len(slim_conv.bias), len(slim_norm.bias), len(slim_reader.bias)]
        unchanged = torch.equal(before, full(images))
        fits = shapes == [[3, 3, 3, 3], [3], [4, 3, 3, 3]] and statistics == [3, 3] and biases == [3, 3, 4]
        removed = nn.Sequential(slim_conv, slim_norm, nn.ReLU(), slim_reader).eval()(images) if fits else before
        for tensor in (conv.weight, conv.bias, norm.weight, norm.bias) if unchanged else ():
            tensor[torch.tensor([1, 3, 4])] = 0
        masked = full(images)
    facts = {"shapes": shapes, "statistics": statistics, "numbers": numbers, "biases": biases, "unchanged": unchanged}
    return facts | {"difference": (masked - removed).abs().max().item()}


def judge_chain(facts: Data) -> None:
    require(facts["unchanged"], "changes-its-input", "The layers given were changed. Copy them first: copy.deepcopy.")
    conv, norm, reader = facts["shapes"]
    require(
        conv[0] != 6, "keeps-filters", "The convolution still has 6 filters: keep only the rows of its weight in kept."
    )
    require(conv[1] == 3, "cuts-inputs-too", "The convolution lost input channels. They belong to the layer before it.")
    require(
        reader[1] != 6, "forgets-next-inputs", "The next layer still reads 6 channels: cut dimension 1 of its weight."
    )
    require(
        reader[0] == 4, "cuts-next-outputs", "The next layer lost outputs. Cut its inputs, dimension 1 of the weight."
    )
    require(norm[0] != 6, "forgets-batch-norm", "Batch norm still scales 6 channels: cut its weight and bias.")
    require(facts["biases"][:2] == [3, 3], "forgets-bias", "A bias still has 6 numbers, one for each old channel.")
    require(
        facts["statistics"] == [3, 3],
        "stale-statistics",
        "running_mean or running_var of the batch norm still has 6 numbers: cut these buffers as well.",
    )
    require(
        facts["difference"] < 1e-5,
        "wrong-channels",
        f"Slim and masked layers differ by {facts['difference']:.2g}: did every tensor keep the same channels?",
    )
    numbers = f"out_channels, num_features and in_channels are {facts['numbers']}; the tensors have 3 channels."
    require(facts["numbers"] == [3, 3, 3], "stale-numbers", numbers)


REMOVE_FILTERS = Exercise(
    grade_id="remove-filters",
    function="remove_filters",
    cases=(Case("convolution, batch norm and the next convolution", drive_chain, judge_chain),),
)


def check_remove_filters(remove_filters: Callable) -> None:
    """Compare the slim layers with the full ones, masked."""
    run(REMOVE_FILTERS, remove_filters)


def drive_two_layers(keep_in_stream: Callable) -> Data:
    import torch

    scores = [torch.tensor([1.0, 3, 8, 6, 1, 5]), torch.tensor([800.0, 400, 200, 300, 100, 600])]
    return keep_in_stream(scores, 2)


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


KEEP_IN_STREAM = Exercise(
    grade_id="keep-in-stream",
    function="keep_in_stream",
    cases=(Case("two layers of different size", drive_two_layers, judge_two_layers),),
)


def check_keep_in_stream(keep_in_stream: Callable) -> None:
    """Compare keep_in_stream with a choice worked out by hand."""
    run(KEEP_IN_STREAM, keep_in_stream)


def drive_depthwise(slice_depthwise: Callable) -> Data:
    import torch
    from torch import nn

    torch.manual_seed(0)
    full = nn.Conv2d(6, 6, 3, stride=2, padding=1, groups=6, bias=False)
    kept = torch.tensor([1, 4])
    images = torch.randn(1, 6, 8, 8)
    slim = slice_depthwise(full, kept)
    facts = {"shape": list(slim.weight.shape), "numbers": [slim.in_channels, slim.out_channels, slim.groups]}
    facts["stride"], facts["full"] = list(slim.stride), list(full.weight.shape)
    if facts["full"] == [6, 1, 3, 3] and facts["shape"] == [2, 1, 3, 3] and facts["numbers"] == [2, 2, 2]:
        facts["output"], facts["expected"] = slim(images[:, kept]), full(images)[:, kept]
    return facts


def judge_depthwise(facts: Data) -> None:
    require(facts["full"] == [6, 1, 3, 3], "changes-its-input", "The layer given was changed. Copy it: copy.deepcopy.")
    require(facts["shape"] != [6, 1, 3, 3], "keeps-filters", "The weight still has 6 filters.")
    require(
        facts["shape"] == [2, 1, 3, 3],
        "cuts-wrong-axis",
        f"The weight has shape {facts['shape']}, expected [2, 1, 3, 3]: the filters lie along dimension 0.",
    )
    inputs, outputs, groups = facts["numbers"]
    require(groups != 6, "stale-groups", "groups is still 6. A depthwise convolution has as many groups as channels.")
    numbers = f"in_channels, out_channels and groups are {facts['numbers']}; the weight has 2 channels."
    require(inputs == outputs == groups == 2, "stale-numbers", numbers)
    require(facts["stride"] == [2, 2], "changes-geometry", "Stride, padding and kernel must stay as they were.")
    hint = "The outputs are not those of channels 1 and 4."
    require_close(facts["output"], facts["expected"], "wrong-channels", hint, atol=1e-5)


SLICE_DEPTHWISE = Exercise(
    grade_id="slice-depthwise",
    function="slice_depthwise",
    cases=(Case("two of six channels", drive_depthwise, judge_depthwise),),
)


def check_slice_depthwise(slice_depthwise: Callable) -> None:
    """Compare the slim depthwise convolution with the full one."""
    run(SLICE_DEPTHWISE, slice_depthwise)


def drive_recalibrate(recalibrate: Callable) -> Data:
    import torch
    from torch import nn

    torch.manual_seed(0)
    model = nn.Sequential(nn.BatchNorm2d(2), nn.Dropout(0.5)).eval()
    model[0].num_batches_tracked += 10_000
    batches = [torch.randn(50, 2, 4, 4) * 3 + 5, torch.randn(50, 2, 4, 4) * 3 + 7, torch.randn(50, 2, 4, 4) * 3 + 9]
    weight = model[0].weight.detach().clone()
    recalibrate(model, batches)
    return {
        "mean": model[0].running_mean,
        "var": model[0].running_var,
        "training": model.training,
        "momentum": -1.0 if model[0].momentum is None else model[0].momentum,
        "same_weight": torch.equal(weight, model[0].weight),
    }


def judge_recalibrate(facts: Data) -> None:
    mean = float(facts["mean"].mean())
    require(
        mean != 0, "stays-in-eval-mode", "The running mean did not move. In eval mode batch norm does not update it."
    )
    require(
        mean > 0.5,
        "statistics-not-reset",
        f"The running mean is {mean:.3f} after batches with means 5, 7 and 9. With momentum None a batch weighs "
        "1 / num_batches_tracked, and 10,000 batches are counted already: reset the statistics first.",
    )
    require(abs(mean - 5) > 0.3, "first-batch-only", "The mean is that of the first batch. Run all of them.")
    require(abs(mean - 9) > 0.3, "last-batch-only", "The mean is that of the last batch: it was reset between batches.")
    require(
        abs(mean - 2.0) > 0.4,
        "forgets-momentum-none",
        f"The running mean is {mean:.2f}: momentum 0.1 moves it by little. Momentum None takes the plain mean.",
    )
    require(
        abs(mean - 7) < 0.3, "wrong-mean", f"The running mean is {mean:.2f}; the mean of the three batches is about 7."
    )
    require(abs(float(facts["var"].mean()) - 9) < 1, "wrong-variance", "The running variance must be about 9.")
    require(
        facts["training"] is False, "left-in-train-mode", "The model is left in training mode. End with model.eval()."
    )
    require_close(
        facts["momentum"], 0.1, "momentum-not-restored", "Set momentum back: fine-tuning comes next, and needs it."
    )
    require(facts["same_weight"], "trains-weights", "Recalibration changes statistics, not weights.")


RECALIBRATE = Exercise(
    grade_id="recalibrate",
    function="recalibrate",
    cases=(Case("three batches after a long training", drive_recalibrate, judge_recalibrate),),
)


def check_recalibrate(recalibrate: Callable) -> None:
    """Let recalibrate run on a batch norm that has seen 10,000 batches."""
    run(RECALIBRATE, recalibrate)


def drive_scan(choose_ratios: Callable) -> Data:
    scan = {
        "early": {0.25: 0.80, 0.5: 0.60, 0.75: 0.30},
        "middle": {0.25: 0.895, 0.5: 0.88, 0.75: 0.70},
        "late": {0.25: 0.90, 0.5: 0.86, 0.75: 0.88},
    }
    return choose_ratios(scan, 0.90, 0.025)


def judge_scan(ratios: Data) -> None:
    require_type(ratios, dict, "returns-no-dict", "Return a dict: group -> ratio.")
    require("early" in ratios, "leaves-a-group-out", "early is missing. A group that bears nothing keeps ratio 0.0.")
    require(set(ratios) == {"early", "middle", "late"}, "wrong-keys", "One entry for each group of the scan.")
    reject(ratios["early"], {0.25: ("prunes-anyway", "early loses 0.10 at its smallest ratio already: ratio 0.0.")})
    require_close(ratios["early"], 0.0, "wrong-ratio", "early bears nothing.", rtol=0)
    reject(ratios["middle"], {0.25: ("stops-too-early", "middle loses 0.02 at 0.5, which is within 0.025.")})
    require_close(ratios["middle"], 0.5, "wrong-ratio", "middle loses 0.02 at 0.5 and 0.20 at 0.75.", rtol=0)
    hint = "late is fine at 0.75 and not at 0.5: by luck. Stop at the first ratio that loses too much."
    reject(ratios["late"], {0.75: ("trusts-luck", hint)})
    require_close(ratios["late"], 0.25, "wrong-ratio", "late loses 0.04 at 0.5.", rtol=0)


CHOOSE_RATIOS = Exercise(
    grade_id="choose-ratios",
    function="choose_ratios",
    cases=(Case("three groups", drive_scan, judge_scan),),
)


def check_choose_ratios(choose_ratios: Callable) -> None:
    """Compare choose_ratios with a scan read by eye."""
    run(CHOOSE_RATIOS, choose_ratios)


EXERCISES = (
    FILTER_NORMS,
    CHANNELS_TO_KEEP,
    REMOVE_FILTERS,
    KEEP_IN_STREAM,
    SLICE_DEPTHWISE,
    RECALIBRATE,
    CHOOSE_RATIOS,
)
