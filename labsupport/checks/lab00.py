"""The visible cases of lab 00, Measure first."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, Exercise, reject, require, require_close, require_type, run


def require_keys(result: Data, *keys: str) -> None:
    """Raise CheckFailed unless the result is a dict with exactly these keys."""
    require_type(result, dict, "returns-no-dict", f"Return a dict with the keys {', '.join(keys)}.")
    require(set(result) == set(keys), "wrong-keys", f"The keys must be {', '.join(keys)}, not {', '.join(result)}.")


def drive_two_layers(model_size: Callable) -> Data:
    shapes = {"conv.weight": (8, 3, 5, 5), "conv.bias": (8,), "linear.weight": (10, 32)}
    return [model_size(shapes, 32), model_size(shapes, 8)]


def judge_two_layers(sizes: Data) -> None:
    for size in sizes:
        require_keys(size, "parameters", "bytes")
    reject(
        sizes[0]["parameters"],
        {
            71: (
                "adds-dimensions",
                "A weight of shape (8, 3, 5, 5) holds 8 * 3 * 5 * 5 numbers: multiply, do not add.",
            ),
            920: ("forgets-bias", "920 leaves conv.bias out. Every tensor counts, also one with a single dimension."),
        },
    )
    require_close(sizes[0]["parameters"], 928, "wrong-parameters", "The three tensors hold 600 + 8 + 320 numbers.")
    reject(
        sizes[0]["bytes"],
        {
            928 * 32: ("bits-for-bytes", "29696 are the bits of 928 numbers of 32 bits each. A byte has 8 bits."),
            3.625: ("kib-for-bytes", "3.625 are KiB. Return bytes: no division by 1024."),
        },
    )
    require_close(sizes[0]["bytes"], 3712, "wrong-bytes", "928 numbers of 32 bits, in bytes of 8 bits.")
    reject(sizes[1]["bytes"], {3712: ("always-four-bytes", "At 8 bits a number takes one byte, not 4: use num_bits.")})
    require_close(sizes[1]["bytes"], 928, "wrong-bytes", "928 numbers of 8 bits, in bytes of 8 bits.")


def drive_scalar(model_size: Callable) -> Data:
    return model_size({"scale": (), "weight": (2, 2)}, 32)


def judge_scalar(size: Data) -> None:
    hint = "A tensor of shape () holds one number: the product of no dimensions is 1, not 0."
    reject(size["parameters"], {4: ("forgets-scalars", hint)})
    require_close(size["parameters"], 5, "wrong-parameters", "A tensor of shape () and one of shape (2, 2).")
    require_close(size["bytes"], 20, "wrong-bytes", "5 numbers of 32 bits.")


def drive_int4(model_size: Callable) -> Data:
    return model_size({"weight": (3, 3), "bias": (3,)}, 4)


def judge_int4(size: Data) -> None:
    require_type(size["bytes"], int, "bytes-not-whole", "A file has a whole number of bytes: round up.")
    reject(
        size["bytes"],
        {
            0: ("divides-too-early", "4 // 8 is 0. Multiply by the number of values first, then divide by 8."),
            5: ("rounds-down", "9 numbers of 4 bits are 36 bits. They need 5 bytes, not 4: round up, for each tensor."),
            6: ("rounds-once", "9 numbers of 4 bits fill 5 bytes, 3 fill 2. Round up each tensor, then add."),
        },
    )
    require_close(size["bytes"], 7, "wrong-bytes", "5 bytes for the weight and 2 for the bias.")


MODEL_SIZE = Exercise(
    grade_id="model-size",
    function="model_size",
    cases=(
        Case("two layers at 32 and at 8 bits", drive_two_layers, judge_two_layers),
        Case("a tensor without dimensions", drive_scalar, judge_scalar),
        Case("4 bits", drive_int4, judge_int4),
    ),
)


def check_model_size(model_size: Callable) -> None:
    """Compare model_size with sizes counted by hand."""
    run(MODEL_SIZE, model_size)


def drive_same_convolution(conv2d_macs: Callable) -> Data:
    return conv2d_macs(1, 32, (3, 3), (28, 28), (1, 1), (1, 1), 1)


def judge_same_convolution(macs: Data) -> None:
    one_output = "One output costs in_channels * kernel height * kernel width MACs. There are 32 * 28 * 28 outputs."
    reject(
        macs,
        {
            2 * 225_792: ("counts-flops", "A multiplication with its addition is one MAC. This counts them as two."),
            288: ("forgets-positions", "288 is the number of weights. Each is used once at every output position."),
            26 * 26 * 288: ("ignores-padding", "Padding adds a pixel on both sides: (28 + 2 * 1 - 3) // 1 + 1 = 28."),
            27 * 27 * 288: (
                "off-by-one",
                "This counts 27 x 27 positions: padding is on both sides, and there is a + 1.",
            ),
            225_792 + 25_088: ("counts-the-bias", "This counts one more for each output. Leave the bias out."),
            28 * 28 * 9: ("forgets-a-factor", one_output),
            28 * 28 * 32: ("forgets-a-factor", one_output),
        },
    )
    require_close(macs, 225_792, "wrong-macs", "TinyCNN's first layer: 32 * 28 * 28 outputs of 9 MACs each.", rtol=0)


def drive_strided(conv2d_macs: Callable) -> Data:
    return conv2d_macs(16, 24, (3, 3), (16, 16), (2, 2), (1, 1), 1)


def judge_strided(macs: Data) -> None:
    at_one_position = 16 * 24 * 9
    reject(
        macs,
        {
            at_one_position * 16**2: ("ignores-stride", "This counts 16 x 16 positions. At stride 2 there are 8 x 8."),
            at_one_position * 9**2: ("rounds-output-up", "The last window must fit in: (16 + 2 - 3) // 2 + 1 = 8."),
        },
    )
    require_close(macs, at_one_position * 8**2, "wrong-macs", "8 x 8 positions of 16 * 24 * 9 MACs each.", rtol=0)


def drive_depthwise(conv2d_macs: Callable) -> Data:
    return conv2d_macs(64, 64, (3, 3), (14, 14), (1, 1), (1, 1), 64)


def judge_depthwise(macs: Data) -> None:
    at_one_position = 64 * 9
    reject(
        macs,
        {
            14 * 14 * 64 * at_one_position: (
                "forgets-groups",
                "With 64 groups an output channel sees 64 / 64 = 1 input channel, not all 64.",
            ),
            14 * 14 * 9: ("groups-divide-twice", "Groups divide the input channels only. 64 outputs are computed."),
        },
    )
    require_close(macs, 14 * 14 * at_one_position, "wrong-macs", "A depthwise convolution: 9 MACs an output.", rtol=0)


def drive_wide_kernel(conv2d_macs: Callable) -> Data:
    return conv2d_macs(4, 6, (1, 7), (10, 20), (1, 1), (0, 3), 1)


def judge_wide_kernel(macs: Data) -> None:
    hint = "The kernel has one row and seven columns: multiply its sides, do not square one."
    reject(macs, {4 * 6 * 7 * 7 * 200: ("square-kernel", hint), 4 * 6 * 200: ("square-kernel", hint)})
    hint = "A (1, 7) kernel with padding (0, 3) keeps a (10, 20) image. Height first, then width, everywhere."
    require_close(macs, 4 * 6 * 7 * 200, "swaps-height-and-width", hint, rtol=0)


CONV2D_MACS = Exercise(
    grade_id="conv2d-macs",
    function="conv2d_macs",
    cases=(
        Case("TinyCNN's first layer", drive_same_convolution, judge_same_convolution),
        Case("stride 2", drive_strided, judge_strided),
        Case("depthwise", drive_depthwise, judge_depthwise),
        Case("a kernel of one row and seven columns", drive_wide_kernel, judge_wide_kernel),
    ),
)


def check_conv2d_macs(conv2d_macs: Callable) -> None:
    """Compare conv2d_macs with counts made by hand."""
    run(CONV2D_MACS, conv2d_macs)


def drive_noisy_samples(estimate_latency: Callable) -> Data:
    return estimate_latency([90.0, 30.0, 2.3, 2.0, 9.9, 3.1, 2.5, 2.2, 3.3, 2.8, 2.1, 3.0], 2)


def judge_noisy_samples(estimate: Data) -> None:
    require_keys(estimate, "median_ms", "p90_ms")
    reject(
        estimate["median_ms"],
        {
            3.32: ("takes-the-mean", "One slow call of ten moves the mean by a quarter. The median is not moved."),
            2.0: ("takes-the-minimum", "2.0 is the fastest call. The median is the middle of the sorted samples."),
            2.9: ("keeps-warm-up", "The first 2 samples, 90 and 30 ms, are warm-up: leave them out of both results."),
            3.05: ("sorts-before-dropping", "The warm-up are the first 2 calls, not the 2 fastest: drop, then sort."),
            2.95: ("drops-the-end", "The warm-up are the first 2 calls. This drops the last 2."),
            2.5: ("lower-median", "torch.median returns the lower of the two middle values. Go halfway: quantile 0.5."),
            2.8: ("upper-median", "2.8 is the upper of the two middle values, 2.5 and 2.8. Go halfway: quantile 0.5."),
        },
    )
    require_close(estimate["median_ms"], 2.65, "wrong-median", "The median of the ten samples after the warm-up.")
    reject(estimate["p90_ms"], {2.09: ("p10-for-p90", "2.09 is below the median. Nine of ten calls are under p90.")})
    require_close(estimate["p90_ms"], 3.96, "wrong-p90", "The quantile 0.9 of the ten samples, linearly interpolated.")


def drive_no_warm_up(estimate_latency: Callable) -> Data:
    return estimate_latency([4.0, 1.0, 3.0], 0)


def judge_no_warm_up(estimate: Data) -> None:
    hint = "1.0 stands in the middle of the list, not in the middle of the sorted values."
    reject(estimate["median_ms"], {1.0: ("forgets-to-sort", hint)})
    require_close(estimate["median_ms"], 3.0, "wrong-median", "The median of 4, 1 and 3, with no warm-up to drop.")
    require_close(estimate["p90_ms"], 3.8, "wrong-p90", "The quantile 0.9 of 4, 1 and 3, linearly interpolated.")


ESTIMATE_LATENCY = Exercise(
    grade_id="estimate-latency",
    function="estimate_latency",
    cases=(
        Case("twelve samples, two of them warm-up", drive_noisy_samples, judge_noisy_samples),
        Case("no warm-up", drive_no_warm_up, judge_no_warm_up),
    ),
)


def check_estimate_latency(estimate_latency: Callable) -> None:
    """Compare estimate_latency with statistics worked out by hand."""
    run(ESTIMATE_LATENCY, estimate_latency)


def drive_steady_machine(compare_latency: Callable) -> Data:
    now, called = [0.0], []

    def candidate(name, seconds):
        def call() -> None:
            called.append(name)
            first = called.count(name) == 1
            now[0] += 0.5 if first else seconds

        return call

    candidates = {"A": candidate("A", 0.002), "B": candidate("B", 0.004)}
    result = compare_latency(candidates, lambda: now[0], 5, 1)
    return {"result": result, "called": "".join(called)}


def judge_steady_machine(data: Data) -> None:
    result, called = data["result"], data["called"]
    require_keys(result, "A", "B")
    warm_up_in_it = "A's first call takes 500 ms, and it is in the result. Warm up, then time."
    reject(
        result["A"],
        {
            0.002: ("seconds-for-milliseconds", "The clock counts seconds. 0.002 s are 2 ms: multiply by 1000."),
            502 / 5: ("times-the-warm-up", warm_up_in_it),
            510 / 5: ("times-the-warm-up", warm_up_in_it),
            510 / 6: ("times-the-warm-up", warm_up_in_it),
        },
    )
    hint = f"1 warm-up and 5 rounds call each candidate 6 times, 12 calls in all. There were {len(called)}."
    require(len(called) == 12, "wrong-number-of-calls", hint)
    hint = f"The calls came in the order {called}. Time one call of each candidate in every round: ABABAB."
    require("AAA" not in called and "BBB" not in called, "not-interleaved", hint)
    require_close(result["A"], 2.0, "wrong-median", "Every timed call of A takes 2 ms here.")
    require_close(result["B"], 4.0, "wrong-median", "Every timed call of B takes 4 ms here.")


def drive_slowing_machine(compare_latency: Callable) -> Data:
    now = [0.0]

    def call() -> None:
        now[0] += 0.001 * (1 + 2 * now[0] / 0.1)

    result = compare_latency({"first": call, "again": call}, lambda: now[0], 40, 2)
    return [result["first"], result["again"]]


def judge_slowing_machine(medians: Data) -> None:
    ratio = medians[1] / medians[0]
    hint = f"One function compared with itself, on a machine that slows down, came out {ratio:.1f} times slower: "
    require(0.9 < ratio < 1.1, "not-interleaved", hint + "interleave the candidates.")


def drive_cold_machine(compare_latency: Callable) -> Data:
    now, costs_ms = [0.0], [50.0, 50.0, 50.0, 3.0, 5.0, 1000.0, 9.0, 4.0]

    def call() -> None:
        now[0] += costs_ms.pop(0) / 1000

    return compare_latency({"only": call}, lambda: now[0], 5, 3)


def judge_cold_machine(result: Data) -> None:
    reject(
        result["only"],
        {
            204.2: ("takes-the-mean", "One call took a second. Keep the time of every call and take their median."),
            29.5: ("no-warm-up", "The first 3 calls are warm-up, and are in the result. Do not time them."),
            3.0: ("takes-the-minimum", "3 ms is the fastest of the five calls. Return their median."),
            4.0: (
                "keeps-the-last",
                "4 ms is the last of the five calls. Keep the times of all and return their median.",
            ),
        },
    )
    require_close(result["only"], 5.0, "wrong-median", "After 3 warm-ups the calls take 3, 5, 1000, 9 and 4 ms.")


COMPARE_LATENCY = Exercise(
    grade_id="compare-latency",
    function="compare_latency",
    cases=(
        Case("a machine that keeps its speed", drive_steady_machine, judge_steady_machine),
        Case("a cold machine and one slow call", drive_cold_machine, judge_cold_machine),
        Case("a machine that slows down", drive_slowing_machine, judge_slowing_machine),
    ),
)


def check_compare_latency(compare_latency: Callable) -> None:
    """Run compare_latency on machines whose clock is made up."""
    run(COMPARE_LATENCY, compare_latency)


def drive_convolution(arithmetic_intensity: Callable) -> Data:
    return arithmetic_intensity(14_450_688, [(1, 32, 28, 28), (64, 32, 3, 3), (64,), (1, 64, 28, 28)], 4)


def judge_convolution(intensity: Data) -> None:
    of_input, of_weights, of_output = 25_088, 18_432, 50_176
    numbers = of_input + of_weights + 64 + of_output
    flop = 2 * 14_450_688
    reject(
        intensity,
        {
            flop / 2 / (4 * numbers): ("counts-macs", "Half of what is expected: a MAC is 2 FLOPs, a byte moves once."),
            flop / numbers: ("forgets-bytes-per-number", "This divides by numbers. The memory moves bytes."),
            4 * numbers / flop: ("upside-down", "This is bytes per FLOP. Intensity is FLOP per byte."),
            flop / (4 * (numbers - of_input)): ("leaves-a-tensor-out", "The input is missing: it is read as well."),
            flop / (4 * (numbers - of_weights)): ("leaves-a-tensor-out", "The weights are missing: they are read too."),
            flop / (4 * (numbers - of_output)): ("leaves-a-tensor-out", "The output is missing: it is written."),
        },
    )
    require_close(intensity, flop / (4 * numbers), "wrong-intensity", "2 FLOP a MAC over 4 bytes for each number.")


def drive_int8_linear(arithmetic_intensity: Callable) -> Data:
    return arithmetic_intensity(10_240, [(1, 1024), (10, 1024), (10,), (1, 10)], 1)


def judge_int8_linear(intensity: Data) -> None:
    right = 2 * 10_240 / (1024 + 10_240 + 10 + 10)
    reject(intensity, {right / 4: ("always-four-bytes", "These are int8, one byte a number: use bytes_per_number.")})
    require_close(intensity, right, "wrong-intensity", "TinyCNN's linear layer in int8, one byte a number.")


ARITHMETIC_INTENSITY = Exercise(
    grade_id="arithmetic-intensity",
    function="arithmetic_intensity",
    cases=(
        Case("TinyCNN's second convolution", drive_convolution, judge_convolution),
        Case("a linear layer in int8", drive_int8_linear, judge_int8_linear),
    ),
)


def check_arithmetic_intensity(arithmetic_intensity: Callable) -> None:
    """Compare arithmetic_intensity with two layers worked out by hand."""
    run(ARITHMETIC_INTENSITY, arithmetic_intensity)


def drive_both_sides(roofline_ms: Callable) -> Data:
    compute = roofline_ms(50_000_000, 1_000_000, 100.0, 20.0)
    memory = roofline_ms(500_000, 4_000_000, 100.0, 20.0)
    return {"compute": compute, "memory": memory}


def judge_both_sides(times: Data) -> None:
    require_type(times["compute"], (float, int), "returns-no-number", "Return one number, milliseconds.")
    reject(
        times["compute"],
        {
            0.5: ("counts-macs", "0.5 ms is half of what is expected. The peak counts FLOP, two for each MAC."),
            0.001: ("seconds-for-milliseconds", "0.001 are seconds. A second has 1000 ms."),
            1.05: ("adds-both-times", "This adds both times. Computing and loading overlap: take the longer one."),
            0.05: ("takes-the-shorter", "This is the time of the memory, and computing takes longer here."),
        },
    )
    require_close(times["compute"], 1.0, "wrong-compute-time", "100 M FLOP at 100 GFLOP/s take 1 ms.")
    reject(times["memory"], {0.01: ("ignores-memory", "This is the time of computing. The memory takes longer here.")})
    require_close(times["memory"], 0.2, "wrong-memory-time", "4 MB at 20 GB/s take 0.2 ms, longer than computing.")


ROOFLINE_MS = Exercise(
    grade_id="roofline-ms",
    function="roofline_ms",
    cases=(Case("one layer on each side of the ridge", drive_both_sides, judge_both_sides),),
)


def check_roofline_ms(roofline_ms: Callable) -> None:
    """Compare roofline_ms with one compute-bound and one memory-bound layer."""
    run(ROOFLINE_MS, roofline_ms)


EXERCISES = (MODEL_SIZE, CONV2D_MACS, ESTIMATE_LATENCY, COMPARE_LATENCY, ARITHMETIC_INTENSITY, ROOFLINE_MS)
