"""Cases of lab 00 that grading adds to the visible ones: other shapes, edges, and inputs that must stay untouched."""

from labsupport.checks.protocol import Case, require, require_close


def drive_no_tensors(model_size):
    return model_size({}, 32)


def judge_no_tensors(size):
    require_close([size["parameters"], size["bytes"]], [0, 0], "no-tensors", "A model without tensors is empty.")


def drive_every_width(model_size):
    shapes = {"a": (5, 7), "b": (3,), "c": ()}
    return [model_size(shapes, bits)["bytes"] for bits in (1, 2, 4, 8, 16, 32)]


def judge_every_width(sizes):
    require_close(sizes, [7, 11, 21, 39, 78, 156], "wrong-bytes", "39 numbers in three tensors at 1 to 32 bits.")


def drive_mixed_geometry(conv2d_macs):
    return [
        conv2d_macs(12, 24, (5, 3), (17, 23), (3, 2), (2, 0), 3),
        conv2d_macs(3, 64, (7, 7), (224, 224), (2, 2), (3, 3), 1),
        conv2d_macs(6, 4, (1, 1), (9, 9), (4, 4), (0, 0), 2),
    ]


def judge_mixed_geometry(macs):
    require_close(
        macs,
        [4 * 24 * 15 * 6 * 11, 3 * 64 * 49 * 112 * 112, 3 * 4 * 3 * 3],
        "wrong-macs",
        "Groups, stride, padding and kernel all differ.",
        rtol=0,
    )


def drive_defaults(conv2d_macs):
    return conv2d_macs(2, 3, (3, 3), (5, 5))


def judge_defaults(macs):
    require_close(macs, 2 * 3 * 9 * 9, "changed-defaults", "Without stride, padding and groups: 1, 0 and 1.", rtol=0)


def drive_samples_stay(estimate_latency):
    samples = [9.0, 5.0, 1.0, 4.0, 2.0, 3.0]
    first = estimate_latency(samples, 1)
    second = estimate_latency(samples, 1)
    return {"samples": samples, "first": first, "second": second}


def judge_samples_stay(data):
    require(
        data["samples"] == [9.0, 5.0, 1.0, 4.0, 2.0, 3.0],
        "changes-its-input",
        "The list of samples was changed by the call.",
    )
    for estimate in (data["first"], data["second"]):
        require_close(estimate["median_ms"], 3.0, "wrong-median", "The median of 5, 1, 4, 2 and 3.")
        require_close(estimate["p90_ms"], 4.6, "wrong-p90", "The quantile 0.9 of 5, 1, 4, 2 and 3.")


def drive_one_sample(estimate_latency):
    return estimate_latency([7.0, 3.5], 1)


def judge_one_sample(estimate):
    require_close(estimate["median_ms"], 3.5, "wrong-median", "One sample is its own median.")
    require_close(estimate["p90_ms"], 3.5, "wrong-p90", "One sample is its own p90.")


def drive_three_candidates(compare_latency):
    now, called = [0.0], []

    def candidate(name, milliseconds):
        def call():
            called.append(name)
            now[0] += milliseconds / 1000

        return call

    names = {"eager": 8.0, "onnx": 2.0, "int8": 0.5}
    result = compare_latency({name: candidate(name, cost) for name, cost in names.items()}, lambda: now[0], 7, 3)
    return {"result": result, "called": called}


def judge_three_candidates(data):
    require_close(
        [data["result"][name] for name in ("eager", "onnx", "int8")],
        [8.0, 2.0, 0.5],
        "wrong-median",
        "Three candidates on a steady machine.",
    )
    require(
        all(data["called"].count(name) == 10 for name in ("eager", "onnx", "int8")),
        "wrong-number-of-calls",
        "3 warm-ups and 7 rounds call every candidate 10 times.",
    )
    timed = data["called"][9:]
    require(
        all(set(timed[start : start + 3]) == {"eager", "onnx", "int8"} for start in range(0, 21, 3)),
        "not-interleaved",
        "Every round calls every candidate once.",
    )


def drive_zero_warm_up(compare_latency):
    now = [0.0]

    def call():
        now[0] += 0.25

    return compare_latency({"one": call}, lambda: now[0], 1, 0)


def judge_zero_warm_up(result):
    require_close(result["one"], 250.0, "wrong-median", "One round without warm-up.")


def drive_one_number(arithmetic_intensity):
    return arithmetic_intensity(1, [(1,), (), (1, 1)], 2)


def judge_one_number(intensity):
    require_close(intensity, 2 / 6, "forgets-scalars", "A tensor of shape () holds one number.")


def drive_half_a_byte(arithmetic_intensity):
    return arithmetic_intensity(1_000, [(10, 10), (100,)], 0.5)


def judge_half_a_byte(intensity):
    require_close(intensity, 20.0, "wrong-intensity", "int4 takes half a byte a number.")


def drive_roofline_sweep(roofline_ms):
    return [roofline_ms(macs, 8_000_000, 50.0, 10.0) for macs in (0, 1_000_000, 20_000_000, 40_000_000)]


def judge_roofline_sweep(times):
    require_close(times, [0.8, 0.8, 0.8, 1.6], "wrong-time", "The memory decides up to 20 M MACs, computing beyond.")


HIDDEN = {
    "model-size": (
        Case("no tensors", drive_no_tensors, judge_no_tensors),
        Case("1 to 32 bits", drive_every_width, judge_every_width),
    ),
    "conv2d-macs": (
        Case("groups, stride, padding and kernel together", drive_mixed_geometry, judge_mixed_geometry),
        Case("default arguments", drive_defaults, judge_defaults),
    ),
    "estimate-latency": (
        Case("the samples stay as they are", drive_samples_stay, judge_samples_stay),
        Case("one sample", drive_one_sample, judge_one_sample),
    ),
    "compare-latency": (
        Case("three candidates", drive_three_candidates, judge_three_candidates),
        Case("one round, no warm-up", drive_zero_warm_up, judge_zero_warm_up),
    ),
    "arithmetic-intensity": (
        Case("one number each", drive_one_number, judge_one_number),
        Case("half a byte a number", drive_half_a_byte, judge_half_a_byte),
    ),
    "roofline-ms": (Case("from memory-bound to compute-bound", drive_roofline_sweep, judge_roofline_sweep),),
}
