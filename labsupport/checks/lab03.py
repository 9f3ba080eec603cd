"""The visible cases of lab 03, Quantization in practice."""

from collections.abc import Callable

from labsupport.checks.protocol import (
    Case,
    Data,
    Exercise,
    reject,
    require,
    require_close,
    require_shape,
    require_type,
    run,
)


def require_keys(result: Data, keys: set[str], mistake: str) -> None:
    """Raise CheckFailed unless the result is a dict with exactly these keys."""
    names = ", ".join(sorted(keys))
    require_type(result, dict, "returns-no-dict", f"Return a dict with the keys {names}.")
    require(set(result) == keys, mistake, f"The keys must be {names}; got {', '.join(map(str, result)) or 'none'}.")


GAIN = {"times_smaller", "times_faster"}


def drive_mostly_convolution(expected_gain: Callable) -> Data:
    layers = {"conv": (2000, 900_000), "linear": (6000, 100_000)}
    return expected_gain(layers, {"linear"}, 4.0)


def judge_mostly_convolution(gain: Data) -> None:
    require_keys(gain, GAIN, "wrong-keys")
    reject(
        gain["times_smaller"],
        {
            4.0: ("ignores-the-rest", "4 is the gain of the quantized layers alone. The others keep their 4 bytes."),
            14 / 32: ("upside-down", "This is after over before. Divide before by after: smaller means above 1."),
            3.25: ("averages-the-factors", "0.75 * 4 + 0.25 averages the factors. Add up the bytes, then divide once."),
        },
    )
    require_close(gain["times_smaller"], 32 / 14, "wrong-size", "32,000 bytes before, 8,000 + 6,000 after.")
    reject(
        gain["times_faster"],
        {
            4.0: ("ignores-the-rest", "4 is the gain of the quantized layers alone. The others take their time."),
            1.3: ("averages-the-factors", "0.1 * 4 + 0.9 averages the factors. Add up the times, then divide once."),
            8 / 3.5: ("parameters-for-macs", "The time follows the MACs of a layer here, not its parameters."),
            0.925: ("upside-down", "This is after over before. Divide before by after: faster means above 1."),
        },
    )
    require_close(gain["times_faster"], 1 / 0.925, "wrong-time", "1,000,000 MACs before; 900,000 + 100,000 / 4 after.")


def drive_all_and_nothing(expected_gain: Callable) -> Data:
    layers = {"a": (10, 500), "b": (30, 1500)}
    return [expected_gain(layers, {"a", "b"}, 3.0), expected_gain(layers, set(), 3.0)]


def judge_all_and_nothing(gains: Data) -> None:
    everything, nothing = gains
    require_close(everything["times_smaller"], 4, "wrong-size", "All layers quantized: 4 bytes become 1.")
    reject(everything["times_faster"], {4.0: ("fixed-speed-up", "int8 runs 3 times faster here: use speed_up.")})
    require_close(everything["times_faster"], 3, "wrong-time", "All layers quantized, 3 times faster each.")
    require_close(list(nothing.values()), [1, 1], "gains-from-nothing", "No layer quantized: both factors are 1.")


EXPECTED_GAIN = Exercise(
    grade_id="expected-gain",
    function="expected_gain",
    cases=(
        Case("a convolution and a linear layer", drive_mostly_convolution, judge_mostly_convolution),
        Case("all layers, and none", drive_all_and_nothing, judge_all_and_nothing),
    ),
)


def check_expected_gain(expected_gain: Callable) -> None:
    """Compare expected_gain with sums worked out by hand."""
    run(EXPECTED_GAIN, expected_gain)


def drive_three_layers(sensitivity_scan: Callable) -> Data:
    asked = []
    cost = {"stem": 0.06, "block": 0.01, "head": 0.02}

    def accuracy_of(low_bit_layers, split):
        names = [low_bit_layers] if isinstance(low_bit_layers, str) else sorted(low_bit_layers)
        asked.append([names, split, isinstance(low_bit_layers, str)])
        together = 0.05 if len(names) > 1 else 0.0
        lucky = 0.004 if split == "test" else 0.0
        return 0.9 + lucky - sum(cost[name] for name in names) - together

    return {"losses": sensitivity_scan(["stem", "block", "head"], accuracy_of), "asked": asked}


def judge_three_layers(data: Data) -> None:
    losses, asked = data["losses"], data["asked"]
    hint = "accuracy_of was asked with a name. It wants a list of names, of a single layer as well: [name]."
    require(not any(text for *_, text in asked), "string-for-list", hint)
    splits = {split for _, split, _ in asked}
    require("test" not in splits, "scans-on-test", 'The scan decides something: it may not see "test".')
    require(splits == {"validation"}, "wrong-split", f'Decisions are made on "validation", not on {sorted(splits)}.')
    several = next((names for names, *_ in asked if len(names) > 1), [])
    hint = f"{several} were lowered together. One layer at a time, all others at the higher precision."
    require(not several, "lowers-several", hint)
    cost = {"stem": 6.0, "block": 1.0, "head": 2.0}
    require_keys(losses, set(cost), "wrong-keys")
    reject(
        losses["stem"],
        {
            0.06: ("fractions-for-points", "0.06 is a fraction. A loss in percentage points is 100 times as large."),
            -6.0: ("wrong-sign", "The accuracy fell from 0.90 to 0.84. A loss is positive: baseline minus accuracy."),
            0.84: ("returns-accuracy", "0.84 is the accuracy with the stem lowered. Return what it lost: 6 points."),
        },
    )
    for name, expected in cost.items():
        require_close(losses[name], expected, "wrong-loss", f"The loss of {name} in percentage points.")
    hint = f"{len(asked)} evaluations for 3 layers. Measure the baseline once: 4 are enough."
    require(len(asked) <= 4, "repeats-the-baseline", hint)


SENSITIVITY_SCAN = Exercise(
    "sensitivity-scan", "sensitivity_scan", (Case("three layers", drive_three_layers, judge_three_layers),)
)


def check_sensitivity_scan(sensitivity_scan: Callable) -> None:
    """Watch sensitivity_scan on a network whose losses are made up."""
    run(SENSITIVITY_SCAN, sensitivity_scan)


def drive_small_budget(choose_bits: Callable) -> Data:
    losses = {"stem": 1.0, "wide": 3.0, "last": 2.5, "head": -0.1}
    parameters = {"stem": 100, "wide": 1200, "last": 900, "head": 200}
    # 1200 bytes at 4 bits; 8 bits add 50, 600, 450 and 100.
    return choose_bits(losses, parameters, 1820.0)


def judge_small_budget(bits: Data) -> None:
    names, parameters = ("stem", "wide", "last", "head"), (100, 1200, 900, 200)
    require_keys(bits, set(names), "wrong-keys")
    got = list(map(bits.get, names))
    require(set(got) <= {4, 8}, "wrong-bits", f"The bits of a layer are 4 or 8. Got {got}.")
    setting = "Weights 100, 1200, 900, 200 of stem, wide, last, head; losses 1, 3, 2.5, -0.1; budget 1820 bytes. "
    spent = sum(n * b / 8 for n, b in zip(parameters, got, strict=True))
    hint = f"This takes {spent:.0f} bytes. Check that a layer fits before you raise it."
    require(spent <= 1820, "exceeds-the-budget", setting + hint)
    hint = "The head loses nothing at 4 bits: raising it buys nothing. Leave layers without a loss at 4 bits."
    require(bits["head"] == 4, "raises-for-nothing", setting + hint)
    hint = "Nothing was raised, although 620 bytes are left when all layers have 4 bits: 1820 - 2400 * 4 / 8."
    require(got != [4, 4, 4, 4], "raises-nothing", setting + hint)
    raised = ", ".join(name for name in names if bits[name] == 8)
    hint = f"You raised {raised}. The stem, 1 point for 50 bytes, has the best price: sort by loss per extra byte."
    require(bits["stem"] == 8, "ranks-by-loss", setting + hint)
    hint = "The last layer fits as well: 1200 + 50 + 450 bytes. A raised layer adds 4 bits a weight, not 8."
    require(bits["last"] == 8, "counts-all-bits", setting + hint)


def drive_gap(choose_bits: Callable) -> Data:
    losses = {"a": 4.0, "b": 6.0, "c": 0.5}
    parameters = {"a": 200, "b": 400, "c": 100}
    # 350 bytes at 4 bits; 8 bits add 100, 200 and 50: after a, b does not fit, c does.
    return choose_bits(losses, parameters, 500.0)


def judge_gap(bits: Data) -> None:
    hint = "After a, layer b is too large and c fits. Skip what does not fit, and go on."
    require(not (bits["a"] == 8 and bits["c"] == 4), "stops-at-the-first", hint)
    require_close([bits[name] for name in "abc"], [8, 4, 8], "wrong-bits", "Bits of a, b and c.")


CHOOSE_BITS = Exercise(
    grade_id="choose-bits",
    function="choose_bits",
    cases=(
        Case("a budget for two of four layers", drive_small_budget, judge_small_budget),
        Case("a layer that does not fit", drive_gap, judge_gap),
    ),
)


def check_choose_bits(choose_bits: Callable) -> None:
    """Compare choose_bits with choices worked out by hand."""
    run(CHOOSE_BITS, choose_bits)


def drive_inside_and_outside(fake_quantize: Callable) -> Data:
    import torch

    x = torch.tensor([-9.0, -0.6, 0.2, 0.74, 0.9, 1.4, 2.4, 5.0], requires_grad=True)
    y = fake_quantize(x, 0.5, 1, -4, 3)
    if isinstance(y, torch.Tensor) and y.requires_grad:
        y.backward(torch.arange(1.0, 9.0))
    return {"y": y, "gradient": torch.zeros(8) if x.grad is None else x.grad}


def judge_inside_and_outside(data: Data) -> None:
    y, gradient = data["y"], data["gradient"]
    require_shape(y, (8,), "wrong-shape", "Eight values in, eight values out.")
    hint = "These are steps of the grid. Come back to floats: subtract the zero point, multiply by the scale."
    require(y[7] != 3 or y[0] != -4, "stays-on-the-grid", hint)
    hint = "The grid reaches from -2.5 to 1: (-4 - 1) * 0.5 to (3 - 1) * 0.5. "
    moved = "Yours goes from -2 to 1.5: add the zero point before you clamp, and subtract it after."
    require(abs(y[0] + 2) > 1e-6 or abs(y[7] - 1.5) > 1e-6, "forgets-the-zero-point", hint + moved)
    require(y[7] < 2, "forgets-the-clamp", hint + "Clamp to it.")
    require_close(y, [-2.5, -0.5, 0, 0.5, 1, 1, 1, 1], "wrong-values", "A grid of scale 0.5, zero point 1.", atol=1e-6)
    hint = "No gradient comes back. torch.round has gradient 0 everywhere: let the rounding error pass as a constant."
    require((gradient != 0).any(), "gradient-dead", hint)
    hint = "-9 and 5 lie outside of the grid, where moving x does not move the output. Their gradient must be 0."
    require(gradient[0] == 0 and gradient[7] == 0, "gradient-through-the-clamp", hint)
    hint = "The incoming gradient comes back multiplied or divided by the scale. Inside the grid it passes unchanged."
    require(abs(gradient[1] - 1) > 1e-6 and abs(gradient[1] - 4) > 1e-6, "scaled-gradient", hint)
    hint = "2.4 is past the grid's end, 1, and got a gradient. quant_min and quant_max count steps: compare steps."
    require(gradient[6] == 0, "masks-by-x", hint)
    hint = "1.4 rounds to step 3, and with the zero point to 4, beyond the end of the grid: its gradient is 0 too."
    require(gradient[5] == 0, "mask-forgets-zero-point", hint)
    hint = "0.9 lands on the last step of the grid, which is inside, and gets no gradient. torch.clamp gives none at "
    hint += "its limits: compare the steps with quant_min and quant_max yourself."
    require(gradient[4] != 0, "no-gradient-at-the-ends", hint)
    require_close(gradient, [0, 2, 3, 4, 5, 0, 0, 0], "wrong-gradient", "Incoming inside of the grid, 0 outside.")


def drive_like_the_library(fake_quantize: Callable) -> Data:
    import torch

    mine = torch.randn(4, 50, generator=torch.Generator().manual_seed(3)).requires_grad_()
    library = mine.detach().clone().requires_grad_()
    y = fake_quantize(mine, 0.13, -2, -8, 7)
    reference = torch.fake_quantize_per_tensor_affine(library, 0.13, -2, -8, 7)
    upstream = torch.linspace(-1, 1, 200).view(4, 50)
    reference.backward(upstream)
    if isinstance(y, torch.Tensor) and y.requires_grad:
        y.backward(upstream)
    gradient = torch.zeros(4, 50) if mine.grad is None else mine.grad
    return {"y": y, "gradient": gradient, "library": reference, "library_gradient": library.grad}


def judge_like_the_library(data: Data) -> None:
    require_close(data["y"], data["library"], "wrong-values", "Another value than PyTorch's own operator.", atol=1e-5)
    require_close(data["gradient"], data["library_gradient"], "wrong-gradient", "Another gradient than PyTorch's own.")


FAKE_QUANTIZE = Exercise(
    grade_id="fake-quantize",
    function="fake_quantize",
    cases=(
        Case("inside and outside of a small grid", drive_inside_and_outside, judge_inside_and_outside),
        Case("as PyTorch's own operator", drive_like_the_library, judge_like_the_library),
    ),
)


def check_fake_quantize(fake_quantize: Callable) -> None:
    """Compare values and gradients of fake_quantize with worked ones and with PyTorch's operator."""
    run(FAKE_QUANTIZE, fake_quantize)


def drive_two_channels(fake_quantize_weight: Callable) -> Data:
    import torch

    weight = torch.tensor([[[[3.5, -1.1], [0.2, 0.8]]], [[[0.07, 0.012], [-0.034, 0.0]]]])
    return fake_quantize_weight(weight, 4)


def judge_two_channels(quantized: Data) -> None:
    hint = "The second channel vanished: its largest weight is 50 times smaller. Each channel needs a scale of its own."
    require(quantized.shape != (2, 1, 2, 2) or quantized[1].any(), "one-scale-for-all", hint)
    hint = "3.5 came back smaller. At 4 bits the grid ends at 7, so the largest weight must be 7 steps: divide by 7."
    require(quantized.shape != (2, 1, 2, 2) or quantized[0, 0, 0, 0] > 3.4, "one-step-too-many", hint)
    expected = [[[[3.5, -1.0], [0.0, 1.0]]], [[[0.07, 0.01], [-0.03, 0.0]]]]
    require_close(quantized, expected, "wrong-values", "Scales 0.5 and 0.01.", atol=1e-6)


def drive_moving_weight(fake_quantize_weight: Callable) -> Data:
    import torch

    weight = torch.tensor([[0.7, -0.2], [0.3, 0.1]])
    first = fake_quantize_weight(weight, 3)
    return [first, fake_quantize_weight(10 * weight, 3)]


def judge_moving_weight(both: Data) -> None:
    hint = "The weights grew tenfold between two calls and came back cut off: the scale is the one of the first call. "
    hint += "Weights move in every step of training, so compute the scale anew each time."
    require(both[1].max() > 2, "scale-not-refreshed", hint)
    require_close(both[1], 10 * both[0], "wrong-values", "Ten times the weights, ten times the result.", atol=1e-5)


def drive_pruned_channel(fake_quantize_weight: Callable) -> Data:
    import torch

    weight = torch.tensor([[0.7, -0.2], [0.0, 0.0]], requires_grad=True)
    quantized = fake_quantize_weight(weight, 8)
    if isinstance(quantized, torch.Tensor) and quantized.requires_grad:
        quantized.sum().backward()
    return {"quantized": quantized, "gradient": torch.zeros(2, 2) if weight.grad is None else weight.grad}


def judge_pruned_channel(data: Data) -> None:
    hint = "A channel of zeros has scale 0, and 0 / 0 is nan. Keep the scale above a tiny number."
    require((data["quantized"] == data["quantized"]).all(), "scale-zero", hint)
    require_close(data["quantized"][1], [0.0, 0.0], "zeros-changed", "A channel of zeros stays zero.")
    require(data["gradient"].any(), "gradient-dead", "No gradient comes back: the network could not learn.")
    hint = "The channel of zeros got no gradient and can never grow again: at scale 0 PyTorch's operator finds every "
    hint += "weight outside of the grid. Keep the scale above a tiny number."
    require(data["gradient"][1].any(), "dead-channel", hint)
    hint = "Every weight is inside of the grid, so each gradient must be 1. Yours differs where the largest weight is: "
    hint += "the gradient also went through the scale. Detach it."
    require_close(data["gradient"], [[1.0, 1.0], [1.0, 1.0]], "gradient-through-the-scale", hint)


FAKE_QUANTIZE_WEIGHT = Exercise(
    grade_id="fake-quantize-weight",
    function="fake_quantize_weight",
    cases=(
        Case("two channels of different size", drive_two_channels, judge_two_channels),
        Case("weights that move", drive_moving_weight, judge_moving_weight),
        Case("a channel of zeros", drive_pruned_channel, judge_pruned_channel),
    ),
)


def check_fake_quantize_weight(fake_quantize_weight: Callable) -> None:
    """Compare fake_quantize_weight with weights worked out by hand."""
    run(FAKE_QUANTIZE_WEIGHT, fake_quantize_weight)


def drive_bench(fair_comparison: Callable) -> Data:
    class Bench:
        def __init__(self) -> None:
            self.reports = []

        def checkpoint(self):
            return {"epochs": 0, "trained": "no", "images": "none"}

        def train(self, model, num_epochs, fake_quantize):
            kind = "quantized" if fake_quantize else "plain"
            kind = kind if model["trained"] in ("no", kind) else "both"
            return model | {"epochs": model["epochs"] + num_epochs, "trained": kind}

        def convert(self, model, split):
            return model | {"images": split}

        def accuracy(self, model, split):
            self.reports.append(model | {"split": split})
            loss = 0 if model["images"] == "none" else 0.004 if model["trained"] != "plain" else 0.01
            flattered = 0.003 * (model["images"] == split) + 0.002 * (split != "test")
            return 0.9 + 0.002 * model["epochs"] - loss + flattered

    bench = Bench()
    return {"result": fair_comparison(bench, 3), "reports": bench.reports}


def judge_bench(data: Data) -> None:
    result, reports = data["result"], data["reports"]
    require_keys(result, {"fp32", "int8", "qat"}, "wrong-keys")
    for report in reports:
        hint = "The int8 ranges were fitted to the test images, and then the accuracy on them was reported."
        require(report["images"] != "test", "calibrates-on-test", hint)
        hint = f'The ranges come from the split "calibration", not from "{report["images"]}".'
        require(report["images"] in ("none", "calibration"), "wrong-calibration-split", hint)
    on_test = [report for report in reports if report["split"] == "test"]
    hint = f"The test split was asked {len(on_test)} times for 3 results: something was chosen by it."
    require(len(on_test) <= 3, "chooses-on-test", hint)
    for report in reports:
        hint = "A network was trained both ways. Start each side from a fresh checkpoint."
        require(report["trained"] != "both", "one-on-top-of-the-other", hint)
    for report in reports:
        hint = f"Networks with {report['epochs']} and with 3 extra epochs are compared. What more training brings is "
        hint += "then taken for a gain of quantization: give all three the same number of epochs."
        require(report["epochs"] == 3, "unequal-epochs", hint)
    require(len(on_test) == 3, "not-on-test", "Report the accuracy of all three on the test split.")
    expected = {"fp32": ("plain", "none"), "int8": ("plain", "calibration"), "qat": ("quantized", "calibration")}
    made = {(report["trained"], report["images"]) for report in on_test}
    hint = "Compare three: trained plainly; the same converted to int8; trained with fake quantization, converted."
    require(made == set(expected.values()), "wrong-sides", hint)
    values = [result[name] for name in ("fp32", "int8", "qat")]
    require_close(values, [0.906, 0.896, 0.902], "wrong-result", "Accuracies of fp32, int8 and qat.")


FAIR_COMPARISON = Exercise(
    "fair-comparison", "fair_comparison", (Case("three extra epochs", drive_bench, judge_bench),)
)


def check_fair_comparison(fair_comparison: Callable) -> None:
    """Watch what fair_comparison trains, calibrates on and reports."""
    run(FAIR_COMPARISON, fair_comparison)


EXERCISES = (EXPECTED_GAIN, SENSITIVITY_SCAN, CHOOSE_BITS, FAKE_QUANTIZE, FAKE_QUANTIZE_WEIGHT, FAIR_COMPARISON)
