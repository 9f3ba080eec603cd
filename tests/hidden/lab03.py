"""Cases of lab 03 that grading adds to the visible ones: other shapes, bits, edges, inputs that stay untouched."""

from labsupport.checks.protocol import Case, require, require_close


def drive_middle_layer(expected_gain):
    layers = {"a": (100, 10), "b": (0, 0), "c": (300, 30), "d": (600, 60)}
    gain = expected_gain(layers, {"c", "b"}, 2.5)
    return [gain["times_smaller"], gain["times_faster"], len(layers)]


def judge_middle_layer(numbers):
    require_close(numbers[:2], [4000 / 3100, 100 / 82], "wrong-gain", "One of three layers, 2.5 times faster.")
    require(numbers[2] == 4, "changes-its-input", "The dict of layers was changed by the call.")


def drive_slower(expected_gain):
    gain = expected_gain({"only": (8, 5)}, {"only"}, 0.5)
    return [gain["times_smaller"], gain["times_faster"]]


def judge_slower(numbers):
    require_close(numbers, [4, 0.5], "wrong-gain", "int8 may be slower than fp32: speed_up 0.5 halves the speed.")


def drive_gaining_layer(sensitivity_scan):
    asked = []

    def accuracy_of(low_bit_layers, split):
        asked.append([len(list(low_bit_layers)), split])
        return 0.8 + 0.01 * len([name for name in low_bit_layers if name == "odd"])

    names = ["even", "odd"]
    return {"losses": sensitivity_scan(names, accuracy_of), "asked": asked, "names": names}


def judge_gaining_layer(data):
    require_close(
        [data["losses"]["even"], data["losses"]["odd"]], [0, -1], "wrong-loss", "A gain is negative.", atol=1e-6
    )
    require(data["names"] == ["even", "odd"], "changes-its-input", "The list of names was changed by the call.")
    require({split for _, split in data["asked"]} == {"validation"}, "wrong-split", "Only validation may be asked.")


def drive_no_layers(sensitivity_scan):
    return sensitivity_scan([], lambda low_bit_layers, split: 0.5)


def judge_no_layers(losses):
    require(losses == {}, "wrong-keys", "No layers, no losses.")


def drive_room_for_all(choose_bits):
    losses, parameters = {"a": 0.0, "b": 0.3, "c": 0.1}, {"a": 8, "b": 16, "c": 24}
    return [choose_bits(losses, parameters, 1000.0), choose_bits(losses, parameters, 24.0), losses, parameters]


def judge_room_for_all(both):
    rich, poor, losses, parameters = both
    require_close([rich[name] for name in "abc"], [4, 8, 8], "wrong-bits", "Room for all; a loses nothing.")
    require_close([poor[name] for name in "abc"], [4, 4, 4], "wrong-bits", "24 bytes: room for nothing.")
    require(losses == {"a": 0.0, "b": 0.3, "c": 0.1}, "changes-its-input", "The losses were changed by the call.")
    require(parameters == {"a": 8, "b": 16, "c": 24}, "changes-its-input", "The parameters were changed by the call.")


def drive_exact_fit(choose_bits):
    return choose_bits({"a": 1.0, "b": 5.0}, {"a": 10, "b": 100}, 60.0)


def judge_exact_fit(bits):
    require_close([bits["a"], bits["b"]], [8, 4], "wrong-bits", "Layer a fits to the byte: 55 + 5 = 60.")


def drive_unsigned_grid(fake_quantize):
    import torch

    x = torch.linspace(-1, 4, 60).view(3, 4, 5).requires_grad_()
    library = x.detach().clone().requires_grad_()
    upstream = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0))
    y = fake_quantize(x, 0.25, 3, 0, 15)
    y.backward(upstream)
    reference = torch.fake_quantize_per_tensor_affine(library, 0.25, 3, 0, 15)
    reference.backward(upstream)
    gradient = torch.zeros(3, 4, 5) if x.grad is None else x.grad
    return {"y": y, "gradient": gradient, "library": reference, "library_gradient": library.grad}


def judge_unsigned_grid(data):
    require_close(data["y"], data["library"], "wrong-values", "An unsigned grid of 16 values.", atol=1e-5)
    require_close(data["gradient"], data["library_gradient"], "wrong-gradient", "An unsigned grid of 16 values.")


def drive_input_stays(fake_quantize):
    import torch

    x = torch.tensor([0.2, 9.0])
    fake_quantize(x, 0.5, 0, -2, 1)
    return x


def judge_input_stays(x):
    require_close(x, [0.2, 9.0], "changes-its-input", "The input was changed by the call.")


def drive_shapes_and_bits(fake_quantize_weight):
    import torch

    generator = torch.Generator().manual_seed(5)
    weights = [torch.randn(shape, generator=generator) for shape in ((6, 1, 3, 3), (4, 10), (5, 3, 1, 1))]
    kept = [weight.clone() for weight in weights]
    results = [fake_quantize_weight(weight, bits) for weight, bits in zip(weights, (2, 5, 8), strict=True)]
    return {"results": results, "weights": kept, "after": weights}


def judge_shapes_and_bits(data):
    for result, weight, after, bits in zip(data["results"], data["weights"], data["after"], (2, 5, 8), strict=True):
        quant_max = 2 ** (bits - 1) - 1
        require(result.shape == weight.shape, "wrong-shape", f"Got shape {result.shape}, expected {weight.shape}.")
        scale = abs(weight).reshape(len(weight), -1).max(1) / quant_max
        steps = result.reshape(len(weight), -1) / scale[:, None]
        require_close(steps, steps.round(), "off-the-grid", f"At {bits} bits.", atol=1e-3)
        require(abs(steps).max() < quant_max + 0.01, "too-many-values", f"More values than {bits} bits can hold.")
        error = abs(result - weight).reshape(len(weight), -1) / scale[:, None]
        require(error.max() < 0.501, "not-the-nearest", f"A weight moved by {error.max():.2f} steps at {bits} bits.")
        require_close(after, weight, "changes-its-input", "The weight was changed by the call.")


def drive_one_epoch(fair_comparison):
    asked = []

    class Bench:
        def checkpoint(self):
            return []

        def train(self, model, num_epochs, fake_quantize):
            return [*model, f"{'aware' if fake_quantize else 'plain'} {num_epochs}"]

        def convert(self, model, split):
            return [*model, f"convert {split}"]

        def accuracy(self, model, split):
            asked.append([*model, split])
            return 0.5 + 0.01 * len(asked)

    return {"result": fair_comparison(Bench(), 1), "asked": asked}


def judge_one_epoch(data):
    on_test = sorted(model[:-1] for model in data["asked"] if model[-1] == "test")
    expected = [["aware 1", "convert calibration"], ["plain 1"], ["plain 1", "convert calibration"]]
    require(on_test == expected, "wrong-sides", f"Reported on test: {on_test}.")
    require(set(data["result"]) == {"fp32", "int8", "qat"}, "wrong-keys", "The keys are fp32, int8 and qat.")


HIDDEN = {
    "expected-gain": (
        Case("a layer in the middle", drive_middle_layer, judge_middle_layer),
        Case("int8 slower than fp32", drive_slower, judge_slower),
    ),
    "sensitivity-scan": (
        Case("a layer that gains", drive_gaining_layer, judge_gaining_layer),
        Case("no layers to scan", drive_no_layers, judge_no_layers),
    ),
    "choose-bits": (
        Case("room for all and for none", drive_room_for_all, judge_room_for_all),
        Case("a layer that fits to the byte", drive_exact_fit, judge_exact_fit),
    ),
    "fake-quantize": (
        Case("an unsigned grid in three dimensions", drive_unsigned_grid, judge_unsigned_grid),
        Case("the input stays as it is", drive_input_stays, judge_input_stays),
    ),
    "fake-quantize-weight": (
        Case("depthwise, linear and 1x1 at 2, 5 and 8 bits", drive_shapes_and_bits, judge_shapes_and_bits),
    ),
    "fair-comparison": (Case("one extra epoch", drive_one_epoch, judge_one_epoch),),
}
