"""Cases of lab 10 that grading adds to the visible ones: other shapes, edges, inputs that stay untouched."""

import numpy as np

from labsupport.checks.protocol import Case, require, require_close


def drive_long_layer(linear_file):
    import tempfile
    from pathlib import Path

    import onnx
    import torch
    from onnx.reference import ReferenceEvaluator

    generator = torch.Generator().manual_seed(4)
    weight, bias = torch.randn(3, 5, generator=generator), torch.randn(3, generator=generator)
    kept, x = weight.clone(), torch.randn(6, 5, generator=generator)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "named differently.onnx"
        linear_file(weight, bias, str(path))
        model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    y = ReferenceEvaluator(model).run(None, {"input": x.numpy()})[0]
    dims = [dim.dim_param or dim.dim_value for dim in model.graph.output[0].type.tensor_type.shape.dim]
    return {"y": y, "expected": torch.relu(x @ kept.T + bias), "dims": dims, "same": torch.equal(kept, weight)}


def judge_long_layer(found):
    require_close(found["y"], found["expected"], "wrong-values", "Five inputs, three outputs.", atol=1e-5)
    require(found["dims"] == ["batch", 3], "wrong-shape", f"The output is {found['dims']}.")
    require(found["same"], "changes-its-input", "The weight was changed by the call.")


def drive_part_in_training(both_logits):
    import copy

    import torch
    from torch import nn

    torch.manual_seed(1)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4 * 4 * 4, 2)).eval()
    images = torch.randn(5, 1, 6, 6)
    with torch.no_grad():
        expected = model(images)
    model[1].train()  # the whole says eval, a part does not
    seen = {"training": [], "dynamic": [], "sizes": [], "dims": []}

    def export(network, example, dynamic_batch):
        seen["training"].append(any(module.training for module in network.modules()))
        seen["dynamic"].append(bool(dynamic_batch))
        seen["dims"].append(example.ndim)
        return [copy.deepcopy(network)]

    def run(file, batch):
        seen["sizes"].append(len(batch))
        with torch.no_grad():
            return file[0](batch) * 1.5

    return {"found": both_logits(model, images, export, run), "seen": seen, "expected": expected}


def judge_part_in_training(data):
    hint = "A part of the network was in training mode, although the whole said eval. eval() reaches every part."
    require(not any(data["seen"]["training"]), "exports-in-train-mode", hint)
    require(set(data["seen"]["dims"]) == {4}, "example-without-batch", "images[0] is no batch, images[:1] is one.")
    require(all(data["seen"]["dynamic"]), "fixed-batch", "The file was not made for any batch size.")
    require_close(data["found"]["reference"], data["expected"], "reference-in-train-mode", hint, atol=1e-5)
    require_close(data["found"]["actual"], data["expected"] * 1.5, "wrong-logits", "What run returns.", atol=1e-5)


def drive_equal_and_flipped(parity):
    import torch

    reference = torch.tensor([[1.0, 1.001], [3.0, -4.0], [0.0, 2.0], [1.0, 0.0]])
    flipped = torch.tensor([[1.001, 1.0], [3.0, -4.0], [0.0, 2.0], [1.0, 0.0]])
    kept = reference.clone()
    found = {"equal": parity(reference, reference.clone(), 0.0), "flipped": parity(reference, flipped, 0.01)}
    return found | {"same": torch.equal(reference, kept)}


def judge_equal_and_flipped(found):
    require_close(found["equal"]["error"], 0.0, "wrong-error", "Equal tensors.")
    require(found["equal"]["passes"], "too-strict", "Equal tensors pass at a tolerance of 0.")
    require_close(found["flipped"]["same_class"], 0.75, "wrong-classes", "One of four images changes its class.")
    require_close(found["flipped"]["error"], 0.001 / 4, "wrong-error", "The largest logit by size is -4.", rtol=1e-3)
    require(found["flipped"]["passes"], "argmax-only", "Within the tolerance, although a tie was broken the other way.")
    require(found["same"], "changes-its-input", "The reference was changed by the call.")


def drive_like_the_layers(fold_batch_norm):
    import torch
    from torch import nn

    torch.manual_seed(2)
    pairs = []
    for conv in (nn.Conv2d(6, 6, 3, groups=6), nn.Conv2d(6, 4, 1)):
        norm = nn.BatchNorm2d(conv.out_channels, eps=0.01).eval()
        for tensor in (norm.weight, norm.bias, norm.running_mean):
            nn.init.normal_(tensor)
        norm.running_var.uniform_(0.0, 2.0)
        norm.running_var[0] = 0.0  # a dead channel
        x = torch.randn(2, 6, 5, 5)
        with torch.no_grad():
            expected = norm(conv(x))
            tensors = [conv.weight, conv.bias, norm.weight, norm.bias, norm.running_mean, norm.running_var]
            given = [tensor.detach().clone() for tensor in tensors]
            kept = [tensor.clone() for tensor in given]
            folded = fold_batch_norm(*given, 0.01)
            y = torch.nn.functional.conv2d(x, folded["weight"], folded["bias"], groups=conv.groups)
        same = all(torch.equal(a, b) for a, b in zip(given, kept, strict=True))
        pairs.append({"y": y, "expected": expected, "same": same})
    return pairs


def judge_like_the_layers(pairs):
    for pair, kind in zip(pairs, ("a depthwise", "a 1x1"), strict=True):
        hint = f"Folded into {kind} convolution, one channel with variance 0: not what the two layers give."
        require_close(pair["y"], pair["expected"], "wrong-values", hint, rtol=1e-3, atol=1e-4)
        require(pair["same"], "changes-its-input", "A tensor that was passed in was changed.")


def drive_one_round(speed_up):
    opened, calls = [], []

    def open_runner(name, threads):
        opened.append([name, threads])
        return lambda: calls.append(name)

    def timed(call):
        call()
        return {"eager": 3.0, "onnxruntime": 6.0}[calls[-1]] + (100.0 if calls.count(calls[-1]) == 1 else 0.0)

    return {"found": speed_up(open_runner, timed, 1, 1), "opened": opened, "calls": calls}


def judge_one_round(data):
    found = data["found"]
    values = [found["eager_ms"], found["onnxruntime_ms"], found["times_faster"]]
    require_close(values, [3.0, 6.0, 0.5], "wrong-times", "One warm-up and one round; ONNX Runtime may be slower.")
    require(
        sorted(data["opened"]) == [["eager", 1], ["onnxruntime", 1]], "different-threads", "One thread was asked for."
    )


def drive_one_grey_batch(calibration_feeds):
    import torch

    pixels = (torch.arange(3 * 4 * 2) * 11 % 256).to(torch.uint8).view(3, 4, 2, 1)
    kept = pixels.clone()
    feeds = calibration_feeds(pixels, [0.2], [0.7], "x", 8)
    even = calibration_feeds(pixels[:2], [0.2], [0.7], "x", 1)
    return {"feeds": feeds, "even": [len(feed["x"]) for feed in even], "same": torch.equal(pixels, kept)}


def judge_one_grey_batch(found):
    pixels = (np.arange(24) * 11 % 256).reshape(3, 1, 4, 2)
    require(len(found["feeds"]) == 1, "drops-the-last-batch", "Three pictures, a batch size of 8: one batch of three.")
    expected = (pixels / 255 - 0.2) / 0.7
    require_close(found["feeds"][0]["x"], expected, "wrong-values", "Grey pictures of 4 by 2 pixels.", atol=1e-4)
    require(found["even"] == [1, 1], "drops-the-last-batch", "Two pictures one by one: two batches.")
    require(found["same"], "changes-its-input", "The pixels were changed by the call.")


def drive_convolution_outputs(rank_layers):
    import torch

    generator = torch.Generator().manual_seed(6)
    reference = {f"layer{i}": torch.randn(2, 3, 4, 4, generator=generator) for i in range(4)}
    noise = {"layer0": 0.01, "layer1": 0.3, "layer2": 0.05}
    actual = {name: reference[name] * (1 + size) for name, size in noise.items()}
    actual["layer3"] = reference["layer3"].clone()
    return {"ranking": rank_layers(reference, actual), "empty": rank_layers(reference, {})}


def judge_convolution_outputs(found):
    names = [name for name, _ in found["ranking"]]
    require(names == ["layer1", "layer2", "layer0", "layer3"], "not-sorted", f"Got the order {names}.")
    values = [value for _, value in found["ranking"]]
    require(values[3] == np.inf, "no-error-not-infinite", "Equal tensors: the ratio is infinite, and stands last.")
    values, expected = values[:3], [-20 * np.log10(size) for size in (0.3, 0.05, 0.01)]
    require_close(values, expected, "wrong-decibels", "Tensors of four dimensions.", rtol=1e-3)
    require(found["empty"] == [], "pairs-by-position", "No name in common, nothing to rank.")


HIDDEN = {
    "linear-file": (Case("five inputs, three outputs", drive_long_layer, judge_long_layer),),
    "both-logits": (Case("a part left in training mode", drive_part_in_training, judge_part_in_training),),
    "parity": (Case("equal, and a broken tie", drive_equal_and_flipped, judge_equal_and_flipped),),
    "fold-batch-norm": (Case("depthwise and 1x1", drive_like_the_layers, judge_like_the_layers),),
    "speed-up": (Case("one round", drive_one_round, judge_one_round),),
    "calibration-feeds": (Case("one grey batch", drive_one_grey_batch, judge_one_grey_batch),),
    "rank-layers": (Case("outputs of convolutions", drive_convolution_outputs, judge_convolution_outputs),),
}
