"""The visible cases of lab 10, ONNX and its runtime."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, Exercise, reject, require, require_close, require_type
from labsupport.checks.protocol import run as run_cases


def require_keys(result: Data, *keys: str) -> None:
    """Raise CheckFailed unless the result is a dict with exactly these keys."""
    require_type(result, dict, "returns-no-dict", f"Return a dict with the keys {', '.join(keys)}.")
    names = ", ".join(map(str, result)) or "none"
    require(set(result) == set(keys), "wrong-keys", f"The keys must be {', '.join(keys)}; got {names}.")


def drive_square_layer(linear_file: Callable) -> Data:
    import tempfile
    from pathlib import Path

    import onnx
    import torch
    from onnx.reference import ReferenceEvaluator

    weight, bias = torch.tensor([[1.0, -2.0], [0.5, 3.0]]), torch.tensor([0.25, -1.0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "linear.onnx"
        linear_file(weight, bias, str(path))
        if not path.exists():
            return {"written": False}
        model = onnx.load(path)
    problem = ""
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:
        problem = str(error).strip().splitlines()[0]
    found = {"written": True, "problem": problem, "y": torch.zeros(0)}
    for end, values in (("input", model.graph.input), ("output", model.graph.output)):
        shapes = [[dim.dim_param or dim.dim_value for dim in v.type.tensor_type.shape.dim] for v in values]
        found[end] = [[v.name for v in values], *shapes]
    found["opset"] = next((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), 0)
    if not problem and found["input"][0] == ["input"]:
        x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-2.0, 4.0]]).numpy()
        found["y"] = ReferenceEvaluator(model).run(None, {"input": x})[0]
    return found


def judge_square_layer(found: Data) -> None:
    require(found["written"], "writes-nothing", "There is no file at path after the call. onnx.save(model, path).")
    hint = f"ONNX's checker refuses the file: {found['problem']} Nodes stand in the order in which they run."
    require(not found["problem"], "broken-graph", hint)
    hint = f"The file asks for opset {found['opset']}, not 20. Unless told otherwise, make_model takes the newest."
    require(found["opset"] == 20, "newest-opset", hint)
    for end in ("input", "output"):
        hint = f"The {end}s of the graph are {found[end][0]}. One is asked for, named '{end}'."
        require(found[end][0] == [end], "wrong-names", hint)
    dims = {end: found[end][1] for end in ("input", "output")}
    opened = {end: shape != [] and isinstance(shape[0], str) for end, shape in dims.items()}
    hint = f"The output is {dims['output']}, the input {dims['input']}: only a batch of 1 gets in. Open the input too."
    require(opened["input"] or not opened["output"], "dynamic-output-only", hint)
    hint = f"The input is {dims['input']}: a batch of 3 would be refused. Name its first dimension, as in ['batch', 2]."
    require(opened["input"], "fixed-batch", hint)
    require(dims["input"] == dims["output"] == ["batch", 2], "wrong-shape", f"Both are ['batch', 2]; got {dims}.")
    y = found["y"]
    require((y >= 0).all(), "forgets-the-relu", "An output is negative. The second node is a Relu.")
    hint = "This is x @ weight. PyTorch keeps a linear weight as (out, in): Gemm has transB=1 for that."
    require(not np.allclose(y[1], [0.75, 2.0]), "forgets-to-transpose", hint)
    require_close(y, [[1.25, 0.0], [0.0, 2.0], [0.0, 10.0]], "wrong-values", "relu(x @ weight.T + bias), three rows.")


LINEAR_FILE = Exercise("linear-file", "linear_file", (Case("a square layer", drive_square_layer, judge_square_layer),))


def check_linear_file(linear_file: Callable) -> None:
    """Let linear_file write a small layer and read the file."""
    run_cases(LINEAR_FILE, linear_file)


def drive_after_training(both_logits: Callable) -> Data:
    import copy

    import torch
    from torch import nn

    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3))
    images = torch.randn(7, 4)
    model(3 * images + 1)  # moves the running statistics, as training does
    with torch.no_grad():
        expected = copy.deepcopy(model).eval()(images)
    exports, refused = [], []

    def export(network, example, dynamic_batch):
        training = any(module.training for module in network.modules())
        exports.append({"training": training, "dims": example.ndim})
        return {"network": copy.deepcopy(network), "batch": None if dynamic_batch else len(example)}

    def run(file, batch):
        if file["batch"] not in (None, len(batch)):
            refused.append(len(batch))
        with torch.no_grad():
            return file["network"](batch) + 0.001  # a runtime differs a little, so that each side can be recognised

    found = both_logits(model, images, export, run)
    return {"found": found, "exports": exports, "refused": refused, "expected": expected}


def judge_after_training(data: Data) -> None:
    found, expected = data["found"], data["expected"]
    require(data["exports"], "exports-nothing", "The function export was never called.")
    hint = "The network was in training mode when it was exported: dropout is in the file. Call eval() before."
    require(not any(export["training"] for export in data["exports"]), "exports-in-train-mode", hint)
    hint = "The example has no batch dimension: images[0] is an image, images[:1] a batch of one."
    require(all(export["dims"] == 2 for export in data["exports"]), "example-without-batch", hint)
    hint = f"The file was made for one image and was fed {data['refused'][:1]}. Pass dynamic_batch=True."
    require(not data["refused"], "fixed-batch", hint)
    require_keys(found, "reference", "actual")
    for side in ("reference", "actual"):
        hint = f"'{side}' holds one image. A graph that is wrong for the others would not be noticed: compare all."
        require(len(found[side]) > 1, "compares-one-image", hint)
    hint = "Both sides are the same tensor: this compares the file with itself. The reference comes from the network."
    require(not np.array_equal(found["reference"], found["actual"]), "compares-with-itself", hint)
    hint = "This is not what the network says in eval mode. Call eval() before you compute it."
    require_close(found["reference"], expected, "reference-in-train-mode", hint, atol=1e-5)
    require_close(found["actual"], expected + 0.001, "wrong-logits", "'actual' is what run returns.", atol=1e-5)


BOTH_LOGITS = Exercise(
    "both-logits", "both_logits", (Case("a network after training", drive_after_training, judge_after_training),)
)


def check_both_logits(both_logits: Callable) -> None:
    """Watch what both_logits exports and compares."""
    run_cases(BOTH_LOGITS, both_logits)


def drive_one_bad_logit(parity: Callable) -> Data:
    import torch

    reference = torch.tensor([[8.0, 2.0, -1.0], [0.5, 4.0, 2.0**-20]])
    off = torch.tensor([[2.0**-8, 0.0, -(2.0**-6)], [0.0, 2.0**-9, 2.0**-12]])
    return parity(reference, reference + off, 0.001)


def judge_one_bad_logit(found: Data) -> None:
    require_keys(found, "error", "same_class", "passes")
    require_type(found["passes"], bool, "returns-no-bool", "'passes' compares numbers: .item() makes one of a tensor.")
    setting = "A logit of -1 is off by -1/64, the largest logit is 8. "
    reject(
        found["error"],
        {
            2**-6: ("absolute-error", setting + "Without the size of the logits 1/64 says nothing: divide by it."),
            2**-11: ("signed-difference", setting + "1/256 of another logit won over -1/64: abs() before max()."),
            89 / 2**12 / 48: ("mean-hides-it", setting + "A mean hides a single bad logit. Take the maximum."),
        },
    )
    require(found["error"] < 1, "divides-each-logit", "A logit near 0 decides. Divide by the largest logit, once.")
    require_close(found["error"], 1 / 512, "wrong-error", setting)
    require_close(found["same_class"], 1.0, "wrong-classes", "Both images keep their class.")
    hint = "The error is 0.00195, the tolerance 0.001, and it passes, since no class changed. The next image's may."
    require(not found["passes"], "argmax-only", hint)


def drive_nan_and_small(parity: Callable) -> Data:
    import torch

    small = torch.tensor([[2e-6, 1e-6], [0.0, 1e-6]])
    broken = torch.tensor([[2.0, 1.0], [float("nan"), 1.0]])
    return {
        "nan": parity(torch.tensor([[2.0, 1.0], [0.0, 1.0]]), broken, 0.001),
        "small": parity(small, small + torch.tensor([[0.0, 1e-7], [0.0, 0.0]]), 0.01),
        "good": parity(small, small + torch.tensor([[0.0, 1e-8], [0.0, 0.0]]), 0.01),
    }


def judge_nan_and_small(found: Data) -> None:
    hint = "A logit is nan, and it passes: nan > tolerance is False. Ask for error <= tolerance."
    require(not found["nan"]["passes"], "nan-passes", hint)
    hint = "Logits of 0.000002, one of them off by a twentieth, and a tolerance of a hundredth: this must fail."
    require(not found["small"]["passes"], "absolute-error", hint)
    hint = "Logits of 0.000002, one of them off by a two-hundredth, and a tolerance of a hundredth: this is fine."
    require(found["good"]["passes"], "too-strict", hint)


ONE_BAD_LOGIT = Case("one bad logit", drive_one_bad_logit, judge_one_bad_logit)
NAN_AND_SMALL = Case("nan, and small logits", drive_nan_and_small, judge_nan_and_small)
PARITY = Exercise("parity", "parity", (ONE_BAD_LOGIT, NAN_AND_SMALL))


def check_parity(parity: Callable) -> None:
    """Compare parity with differences made up for it."""
    run_cases(PARITY, parity)


def drive_two_channels(fold_batch_norm: Callable) -> Data:
    import torch

    weight = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).view(2, 2, 1, 1)
    bias, gamma, beta = torch.tensor([1.0, 0.5]), torch.tensor([2.0, 3.0]), torch.tensor([0.1, 0.2])
    return fold_batch_norm(weight, bias, gamma, beta, torch.tensor([0.5, -1.0]), torch.tensor([0.15, 8.9]), 0.1)


def judge_two_channels(folded: Data) -> None:
    require_keys(folded, "weight", "bias")
    weight, bias = folded["weight"].reshape(2, 2), folded["bias"]
    reject(
        float(weight[0, 1]),
        {
            4 / 0.15**0.5: ("forgets-eps", "eps is missing: it stands under the root, beside var."),
            4 / (0.15**0.5 + 0.1): ("eps-outside-the-root", "eps stands under the root, beside var."),
            16.0: ("variance-for-deviation", "gamma is divided by the variance: take its square root."),
            2.0: ("scales-input-channels", "A batch norm belongs to the output channels, dimension 0 of the weight."),
        },
    )
    require_close(weight, [[4, 8], [3, 4]], "wrong-weight", "The channels are multiplied by 4 and by 1.", rtol=1e-4)
    reject(
        float(bias[0]),
        {
            -1.9: ("forgets-the-bias", "The bias of the convolution is lost."),
            -0.9: ("bias-not-scaled", "The bias of the convolution goes through the batch norm too: scale it."),
            4.1: ("forgets-the-mean", "The running mean is not subtracted."),
        },
    )
    require_close(bias, [2.1, 1.7], "wrong-bias", "0.1 + (1 - 0.5) * 4, and 0.2 + (0.5 + 1) * 1.", rtol=1e-4)


FOLD_BATCH_NORM = Exercise(
    "fold-batch-norm", "fold_batch_norm", (Case("two channels", drive_two_channels, judge_two_channels),)
)


def check_fold_batch_norm(fold_batch_norm: Callable) -> None:
    """Compare fold_batch_norm with two channels worked out by hand."""
    run_cases(FOLD_BATCH_NORM, fold_batch_norm)


def drive_warming_machine(speed_up: Callable) -> Data:
    log, opened, clock = [], [], [0.0]

    def open_runner(name, threads):
        opened.append([name, threads])
        calls = [0]

        def call():
            factor = 1.02 ** len(log) / threads * (20 if calls[0] == 0 else 1)  # it warms up; the first call is slow
            milliseconds = {"eager": 12, "onnxruntime": 4}[name] * factor + 40 * (len(log) % 9 == 8)  # interrupted
            calls[0] += 1
            log.append([name, milliseconds, False])
            clock[0] += milliseconds

        return call

    def timed(call):
        before = clock[0]
        call()
        log[-1][2] = True
        return clock[0] - before

    return {"found": speed_up(open_runner, timed, 2, 9), "opened": opened, "log": log}


def judge_warming_machine(data: Data) -> None:
    found, log = data["found"], data["log"]
    require_keys(found, "eager_ms", "onnxruntime_ms", "times_faster")
    hint = f"The runners were opened with {data['opened']}. Both sides get the same number of threads: threads."
    require(all(threads == 2 for _, threads in data["opened"]), "different-threads", hint)
    samples = {name: [ms for got, ms, timed in log if got == name and timed] for name in ("eager", "onnxruntime")}
    for name, timed in samples.items():
        require(len(timed) >= 9, "too-few-rounds", f"{name} was timed {len(timed)} times in 9 rounds.")
        hint = f"The first call of {name} was timed with the others. It prepares memory and is many times slower: "
        first = next(entry for entry in log if entry[0] == name)
        require(not first[2] or len(timed) > 9, "times-the-first-run", hint + "call once before, and throw it away.")
    first_names = {name for name, _, timed in [entry for entry in log if entry[2]][:6]}
    hint = "All calls of one side came before those of the other, while the machine got slower. Let them take turns."
    require(len(first_names) == 2, "one-after-the-other", hint)
    expected = {name: timed[-9:] for name, timed in samples.items()}
    middle = {name: sorted(timed)[4] for name, timed in expected.items()}
    ratio = middle["eager"] / middle["onnxruntime"]
    eager = found["eager_ms"]
    hint = "This is a mean. It counts the calls in full that another program interrupted: take the median."
    require(not np.isclose(eager, np.mean(expected["eager"])), "mean-for-median", hint)
    require(not np.isclose(eager, min(expected["eager"])), "best-of-all", "The fastest call is rare: take the median.")
    require_close([eager, found["onnxruntime_ms"]], list(middle.values()), "wrong-times", "The medians of 9 rounds.")
    require(not np.isclose(found["times_faster"], 1 / ratio), "upside-down", "Divide eager by ONNX Runtime.")
    require_close(found["times_faster"], ratio, "wrong-ratio", "The median of eager over that of ONNX Runtime.")


SPEED_UP = Exercise(
    "speed-up", "speed_up", (Case("a machine that gets slower", drive_warming_machine, judge_warming_machine),)
)


def check_speed_up(speed_up: Callable) -> None:
    """Watch speed_up on a machine whose clock is made up."""
    run_cases(SPEED_UP, speed_up)


def drive_five_pictures(calibration_feeds: Callable) -> Data:
    import torch

    pixels = (torch.arange(120) * 37 % 256).to(torch.uint8).view(5, 2, 4, 3)
    return calibration_feeds(pixels, [0.5, 0.4, 0.3], [0.25, 0.2, 0.5], "images", 2)


def judge_five_pictures(feeds: Data) -> None:
    for feed in feeds:
        require_keys(feed, "images")
    pixels = (np.arange(120) * 37 % 256).reshape(5, 2, 4, 3)
    expected = ((pixels / 255 - [0.5, 0.4, 0.3]) / [0.25, 0.2, 0.5]).transpose(0, 3, 1, 2)
    sizes = [len(feed["images"]) for feed in feeds]
    hint = f"Five pictures in batches of 2 came out as batches of {sizes}. The last batch may be smaller."
    require(sizes == [2, 2, 1], "drops-the-last-batch", hint)
    batches = [feed["images"] for feed in feeds]
    require(batches[0].dtype == np.float32, "wrong-dtype", f"The graph takes float32, not {batches[0].dtype}.")
    shape = batches[0].shape[1:]
    hint = f"A picture has shape {shape}: the channels are still last. The graph wants (channels, height, width)."
    require(shape != (2, 4, 3), "stays-nhwc", hint)
    hint = f"A picture has shape {shape}: height and width changed places. Move the channels alone, with permute."
    require(shape != (3, 4, 2), "swaps-height-and-width", hint)
    require(shape == (3, 2, 4), "wrong-shape", f"A picture has shape {shape}, expected (3, 2, 4).")
    got = np.concatenate(batches)
    hint = f"Values reach {abs(got).max():.0f}. The network was trained on normalised pixels, a few units around 0: "
    centred = (pixels - 255 * np.array([0.5, 0.4, 0.3])).transpose(0, 3, 1, 2)
    divide = hint + "the mean is gone, but nothing was divided by 255 and by the standard deviation."
    require(not np.allclose(np.sort(got, None), np.sort(centred, None), atol=0.01), "not-divided-by-std", divide)
    require(abs(got).max() < 20, "unnormalised", hint + "divide by 255, subtract the mean, divide by the deviation.")
    require(got.min() < 0, "only-scaled", "Between 0 and 1 is half of it: subtract the mean, divide by the deviation.")
    hint = "The right numbers stand in the wrong places: reshape deals the pixels out anew. permute moves the axes."
    misplaced = np.allclose(got.mean(), expected.mean(), atol=1e-4) and not np.allclose(got, expected, atol=1e-4)
    require(not misplaced, "reshapes-the-axes", hint)
    require_close(got, expected, "wrong-values", "(pixels / 255 - mean) / std, channel by channel.", atol=1e-4)


CALIBRATION_FEEDS = Exercise(
    "calibration-feeds", "calibration_feeds", (Case("five pictures", drive_five_pictures, judge_five_pictures),)
)


def check_calibration_feeds(calibration_feeds: Callable) -> None:
    """Compare what calibration_feeds makes of five pictures with what the network was trained on."""
    run_cases(CALIBRATION_FEEDS, calibration_feeds)


def drive_five_tensors(rank_layers: Callable) -> Data:
    import torch

    reference = {
        "stem": torch.tensor([[30.0, 40.0]]),
        "head": torch.tensor([[0.3, 0.4]]),
        "gone": torch.tensor([[1.0, 1.0]]),
        "block": torch.tensor([[3.0, -4.0]]),
        "same": torch.ones(1, 2),
    }
    actual = {
        "block": torch.tensor([[3.0, -3.5]]),
        "stem": torch.tensor([[30.0, 42.5]]),
        "head": torch.tensor([[0.3, 0.5]]),
        "extra": torch.tensor([[7.0, 7.0]]),
        "same": torch.ones(1, 2),
    }
    return rank_layers(reference, actual)


def judge_five_tensors(ranking: Data) -> None:
    hint = "Four names stand in both: stem, head, block, same. Look each up by its name; the order may differ."
    names = [pair[0] for pair in ranking]
    require(sorted(names) == ["block", "head", "same", "stem"], "pairs-by-position", f"{hint} Got {names}.")
    found = dict(ranking)
    setting = "'block' has signal 25 and noise 0.25, a ratio of 100, which is 20 dB. "
    reject(
        found["block"],
        {
            10.0: ("halves-the-decibels", setting + "Half of it: sum the squares. With norms, the factor is 20."),
            10 * np.log(100): ("natural-logarithm", setting + "Decibels take the logarithm to base 10."),
            -20.0: ("noise-over-signal", setting + "Negative: this is noise over signal."),
            -10 * np.log10(0.25): ("ignores-the-signal", setting + "This is noise alone: divide the signal by it."),
        },
    )
    for name, ratio in {"block": 100, "stem": 400, "head": 25}.items():
        hint = f"The ratio of {name} is {ratio}."
        require_close(found[name], 10 * np.log10(ratio), "wrong-decibels", hint, rtol=1e-3)
    hint = f"'same' has no error at all: its ratio is infinite, not {found['same']:.4g}."
    require(found["same"] == np.inf, "no-error-not-infinite", hint)
    require(names[::-1] != ["head", "block", "stem", "same"], "best-first", "The worst, the fewest dB, comes first.")
    hint = f"Sort by decibels, the fewest first. Got {names}."
    require(names == ["head", "block", "stem", "same"], "not-sorted", hint)


IN_BOTH = Case("four tensors in both", drive_five_tensors, judge_five_tensors)
RANK_LAYERS = Exercise("rank-layers", "rank_layers", (IN_BOTH,))


def check_rank_layers(rank_layers: Callable) -> None:
    """Compare rank_layers with ratios worked out by hand."""
    run_cases(RANK_LAYERS, rank_layers)


EXERCISES = (LINEAR_FILE, BOTH_LOGITS, PARITY, FOLD_BATCH_NORM, SPEED_UP, CALIBRATION_FEEDS, RANK_LAYERS)
