"""The visible cases of lab 00, Measure first."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, Exercise, require, require_close, require_type, run

# Exercise 1: model_size ------------------------------------------------------------------------------------------


def drive_two_layers(model_size: Callable) -> Data:
    shapes = {"conv.weight": (8, 3, 5, 5), "conv.bias": (8,), "linear.weight": (10, 32)}
    return [model_size(shapes, 32), model_size(shapes, 8)]


def judge_two_layers(sizes: Data) -> None:
    for size in sizes:
        require_type(size, dict, "returns-no-dict", "Return a dict with the keys 'parameters' and 'bytes'.")
        require(
            set(size) == {"parameters", "bytes"},
            "wrong-keys",
            f"The keys must be 'parameters' and 'bytes', not {sorted(map(str, size))}.",
        )
    parameters, num_bytes = sizes[0]["parameters"], sizes[0]["bytes"]
    require(
        parameters != 71,
        "adds-dimensions",
        "A weight of shape (8, 3, 5, 5) holds 8 * 3 * 5 * 5 numbers: multiply the dimensions, then add the tensors.",
    )
    require(
        parameters != 920,
        "forgets-bias",
        "920 leaves conv.bias out. Every tensor in the dict counts, whatever its number of dimensions.",
    )
    require_close(parameters, 928, "wrong-parameters", "The three tensors hold 600 + 8 + 320 numbers.")
    require(
        num_bytes != 928 * 32, "bits-for-bytes", "29696 are the bits of 928 numbers of 32 bits each. A byte has 8 bits."
    )
    require(
        not (num_bytes == 3712 and sizes[1]["bytes"] == 3712),
        "always-four-bytes",
        "At 8 bits a number takes one byte: use num_bits, not 4 bytes for everything.",
    )
    require(num_bytes not in (3.625, 4), "kib-for-bytes", "Return bytes, not KiB: no division by 1024.")
    require_close(num_bytes, 3712, "wrong-bytes", "928 numbers of 32 bits, in bytes of 8 bits.")
    require_close(sizes[1]["bytes"], 928, "wrong-bytes", "928 numbers of 8 bits, in bytes of 8 bits.")


def drive_scalar(model_size: Callable) -> Data:
    return model_size({"scale": (), "weight": (2, 2)}, 32)


def judge_scalar(size: Data) -> None:
    require(
        size["parameters"] != 4,
        "forgets-scalars",
        "A tensor of shape () holds one number: the product of no dimensions is 1, not 0.",
    )
    require_close(size["parameters"], 5, "wrong-parameters", "A tensor of shape () and one of shape (2, 2).")
    require_close(size["bytes"], 20, "wrong-bytes", "5 numbers of 32 bits.")


def drive_int4(model_size: Callable) -> Data:
    return model_size({"weight": (3, 3), "bias": (3,)}, 4)


def judge_int4(size: Data) -> None:
    require_type(size["bytes"], int, "bytes-not-whole", "A file has a whole number of bytes: round up.")
    require(
        size["bytes"] != 5,
        "rounds-down",
        "9 numbers of 4 bits are 36 bits. They need 5 bytes, not 4: round up, for each tensor.",
    )
    require(
        size["bytes"] != 6,
        "rounds-once",
        "Each tensor is stored for itself: 9 numbers of 4 bits fill 5 bytes, 3 fill 2. Round up before you add.",
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


# Exercise 2: conv2d_macs -----------------------------------------------------------------------------------------


def drive_same_convolution(conv2d_macs: Callable) -> Data:
    return conv2d_macs(1, 32, (3, 3), (28, 28), (1, 1), (1, 1), 1)


def judge_same_convolution(macs: Data) -> None:
    require(
        macs != 2 * 225_792,
        "counts-flops",
        "451584 counts multiplications and additions. A multiply-accumulate is the pair of them, and counts once.",
    )
    require(
        macs != 288,
        "forgets-positions",
        "288 is the number of weights. Each of them is used once for every position of the output.",
    )
    require(
        macs != 26 * 26 * 9 * 32,
        "ignores-padding",
        "This counts 26 x 26 positions. Padding adds a pixel on both sides: (28 + 2 * 1 - 3) // 1 + 1 = 28.",
    )
    require(
        macs != 28 * 28 * 9 and macs != 28 * 28 * 32,
        "forgets-a-factor",
        "One output number costs in_channels * kernel height * kernel width MACs, and there are 32 * 28 * 28 of them.",
    )
    require_close(macs, 225_792, "wrong-macs", "TinyCNN's first layer: 32 * 28 * 28 outputs of 9 MACs each.", rtol=0)


def drive_strided(conv2d_macs: Callable) -> Data:
    return conv2d_macs(16, 24, (3, 3), (16, 16), (2, 2), (1, 1), 1)


def judge_strided(macs: Data) -> None:
    per_position = 16 * 24 * 9
    require(
        macs != per_position * 16 * 16,
        "ignores-stride",
        "This counts 16 x 16 positions, the size of the input. At stride 2 the output is 8 x 8.",
    )
    require(
        macs != per_position * 9 * 9,
        "rounds-output-up",
        "This counts 9 x 9 positions. The last window must fit into the padded image: (16 + 2 - 3) // 2 + 1 = 8.",
    )
    require_close(macs, per_position * 64, "wrong-macs", "The output is 8 x 8: 16 * 24 * 9 MACs a position.", rtol=0)


def drive_depthwise(conv2d_macs: Callable) -> Data:
    return conv2d_macs(64, 64, (3, 3), (14, 14), (1, 1), (1, 1), 64)


def judge_depthwise(macs: Data) -> None:
    require(
        macs != 14 * 14 * 64 * 64 * 9,
        "forgets-groups",
        "With 64 groups an output channel sees 64 / 64 = 1 input channel, not all 64.",
    )
    require(
        macs != 14 * 14 * 9,
        "groups-divide-twice",
        "Groups divide the input channels only. All 64 output channels are still computed.",
    )
    require_close(macs, 14 * 14 * 64 * 9, "wrong-macs", "A depthwise convolution: 9 MACs an output number.", rtol=0)


def drive_wide_kernel(conv2d_macs: Callable) -> Data:
    return conv2d_macs(4, 6, (1, 7), (10, 20), (1, 1), (0, 3), 1)


def judge_wide_kernel(macs: Data) -> None:
    require(
        macs not in (4 * 6 * 49 * 200, 4 * 6 * 1 * 200),
        "square-kernel",
        "The kernel has one row and seven columns: multiply its two sides, do not square one of them.",
    )
    require_close(
        macs,
        4 * 6 * 7 * 200,
        "swaps-height-and-width",
        "A (1, 7) kernel with padding (0, 3) on a (10, 20) image gives (10, 20). Height first, then width, everywhere.",
        rtol=0,
    )


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


# Exercise 3: estimate_latency ------------------------------------------------------------------------------------


def drive_noisy_samples(estimate_latency: Callable) -> Data:
    return estimate_latency([90.0, 30.0, 2.0, 2.2, 2.1, 2.0, 9.9, 2.1, 2.3, 2.2, 2.1, 2.4], 2)


def judge_noisy_samples(estimate: Data) -> None:
    require_type(estimate, dict, "returns-no-dict", "Return a dict with the keys 'median_ms' and 'p90_ms'.")
    require(
        set(estimate) == {"median_ms", "p90_ms"},
        "wrong-keys",
        f"The keys must be 'median_ms' and 'p90_ms', not {sorted(map(str, estimate))}.",
    )
    median, p90 = estimate["median_ms"], estimate["p90_ms"]
    require(
        abs(median - 2.93) > 0.005 and abs(median - 12.44) > 0.01,
        "takes-the-mean",
        "One slow call out of ten moves the mean by a third. The median, the middle of the sorted samples, stays.",
    )
    require(
        abs(median - 2.0) > 1e-6,
        "takes-the-minimum",
        "2.0 is the fastest call. The median is the middle of the sorted samples.",
    )
    require(
        abs(median - 2.2) > 1e-6 or abs(p90 - 27.99) > 0.01,
        "keeps-warm-up",
        "The first 2 samples are warm-up (90 ms and 30 ms): leave them out before you take any statistic.",
    )
    require(
        abs(median - 2.25) > 1e-6,
        "sorts-before-dropping",
        "The first 2 calls are the warm-up, not the 2 fastest: drop them in the order of time, then sort.",
    )
    require(
        abs(median - 2.1) > 1e-6,
        "lower-median",
        "With ten samples the median is halfway between the fifth and the sixth, 2.1 and 2.2. torch.median returns "
        "the lower one: use torch.quantile(samples, 0.5).",
    )
    require_close(median, 2.15, "wrong-median", "The median of the ten samples after the warm-up.")
    require(
        abs(p90 - 2.0) > 0.01,
        "p10-for-p90",
        "2.0 is below the median. At p90, nine calls of ten are faster: quantile 0.9.",
    )
    require_close(p90, 3.15, "wrong-p90", "p90 is the quantile 0.9 of the ten samples, interpolated linearly.")


def drive_no_warm_up(estimate_latency: Callable) -> Data:
    return estimate_latency([4.0, 1.0, 3.0], 0)


def judge_no_warm_up(estimate: Data) -> None:
    require(
        abs(estimate["median_ms"] - 1.0) > 1e-6,
        "forgets-to-sort",
        "1.0 stands in the middle of the list, not in the middle of the sorted values.",
    )
    require_close(estimate["median_ms"], 3.0, "wrong-median", "The median of 4, 1 and 3, with no warm-up to drop.")
    require_close(estimate["p90_ms"], 3.8, "wrong-p90", "The quantile 0.9 of 4, 1 and 3, interpolated linearly.")


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


# Exercise 4: compare_latency, the bug hunt -----------------------------------------------------------------------


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
    require_type(result, dict, "returns-no-dict", "Return a dict: name of the candidate -> median in milliseconds.")
    require(set(result) == {"A", "B"}, "wrong-keys", "The dict must have one entry a candidate, under its name.")
    require(
        abs(result["A"] - 0.002) > 1e-6,
        "seconds-for-milliseconds",
        "The clock counts seconds. 0.002 s are 2 ms: multiply by 1000.",
    )
    require(
        abs(result["A"] - 502 / 5) > 0.5 and abs(result["A"] - 510 / 5) > 0.1 and abs(result["A"] - 510 / 6) > 0.1,
        "times-the-warm-up",
        "The first call of A takes 500 ms here, and it is in the result. Warm up first, then start the clock.",
    )
    require(
        len(called) == 12,
        "wrong-number-of-calls",
        f"With 1 warm-up and 5 rounds each candidate is called 6 times, 12 in all. There were {len(called)} calls.",
    )
    require(
        sorted(called[:2]) == ["A", "B"],
        "no-warm-up",
        "The first calls must be the warm-up of every candidate, before any of them is timed.",
    )
    require(
        "AAA" not in called and "BBB" not in called,
        "not-interleaved",
        f"The calls came in the order {called}. Time one call of each candidate in every round: ABABAB.",
    )
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
    require(
        0.9 < ratio < 1.1,
        "not-interleaved",
        f"The same function was compared with itself on a machine that slows down, and came out {ratio:.1f} times "
        "slower. Interleave the candidates, so that both meet the slow spell.",
    )


def drive_one_hiccup(compare_latency: Callable) -> Data:
    now, calls = [0.0], [0]

    def call() -> None:
        calls[0] += 1
        now[0] += 1.0 if calls[0] == 6 else 0.003

    return compare_latency({"only": call}, lambda: now[0], 9, 1)


def judge_one_hiccup(result: Data) -> None:
    require(
        result["only"] < 100,
        "takes-the-mean",
        "One call of nine took a second. Keep the time of every call and take their median, not the mean.",
    )
    require_close(result["only"], 3.0, "wrong-median", "Eight of nine calls take 3 ms.")


COMPARE_LATENCY = Exercise(
    grade_id="compare-latency",
    function="compare_latency",
    cases=(
        Case("a machine that keeps its speed", drive_steady_machine, judge_steady_machine),
        Case("one slow call", drive_one_hiccup, judge_one_hiccup),
        Case("a machine that slows down", drive_slowing_machine, judge_slowing_machine),
    ),
)


def check_compare_latency(compare_latency: Callable) -> None:
    """Run compare_latency on machines whose clock is made up."""
    run(COMPARE_LATENCY, compare_latency)


# Exercise 5: arithmetic_intensity --------------------------------------------------------------------------------


def drive_convolution(arithmetic_intensity: Callable) -> Data:
    return arithmetic_intensity(14_450_688, [(1, 32, 28, 28), (64, 32, 3, 3), (64,), (1, 64, 28, 28)], 4)


def judge_convolution(intensity: Data) -> None:
    numbers = 25_088 + 18_432 + 64 + 50_176
    right = 2 * 14_450_688 / (4 * numbers)
    require(
        abs(intensity - right / 2) > 1e-3,
        "counts-macs",
        "Half of what is expected: a MAC is two floating-point operations.",
    )
    require(
        abs(intensity - right * 4) > 1e-3,
        "forgets-bytes-per-number",
        "This divides by numbers. The memory moves bytes, and each number has bytes_per_number of them.",
    )
    require(abs(intensity * right - 1) > 1e-6, "upside-down", "This is bytes per FLOP. Intensity is FLOP per byte.")
    for left_out, count in {"the input": 25_088, "the weights": 18_432, "the output": 50_176}.items():
        require(
            abs(intensity - right * numbers / (numbers - count)) > 1e-3,
            "leaves-a-tensor-out",
            f"This leaves {left_out} out. Every tensor in the list crosses the memory bus once.",
        )
    require_close(intensity, right, "wrong-intensity", "2 FLOP a MAC over 4 bytes for each number.")


def drive_int8_linear(arithmetic_intensity: Callable) -> Data:
    return arithmetic_intensity(10_240, [(1, 1024), (10, 1024), (10,), (1, 10)], 1)


def judge_int8_linear(intensity: Data) -> None:
    right = 2 * 10_240 / (1024 + 10_240 + 10 + 10)
    require(
        abs(intensity - right / 4) > 1e-3,
        "always-four-bytes",
        "This takes 4 bytes for every number. These are int8, one byte each: use bytes_per_number.",
    )
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


# Exercise 6: roofline_ms -----------------------------------------------------------------------------------------


def drive_both_sides(roofline_ms: Callable) -> Data:
    return {
        "compute": roofline_ms(50_000_000, 1_000_000, 100.0, 20.0),
        "memory": roofline_ms(500_000, 4_000_000, 100.0, 20.0),
    }


def judge_both_sides(times: Data) -> None:
    compute, memory = times["compute"], times["memory"]
    require_type(compute, (float, int), "returns-no-number", "Return one number, milliseconds.")
    require(
        abs(compute - 0.5) > 1e-6,
        "counts-macs",
        "0.5 ms is half of what is expected. The peak counts FLOP, two for each MAC.",
    )
    require(abs(compute - 0.001) > 1e-7, "seconds-for-milliseconds", "0.001 are seconds. A second has 1000 ms.")
    require(
        abs(compute - 1.05) > 1e-6,
        "adds-both-times",
        "This adds the two times. Computing and loading overlap: the roofline takes the longer one.",
    )
    require(
        abs(compute - 0.05) > 1e-6,
        "takes-the-shorter",
        "This is the time of the memory, and computing takes longer here. The longer of the two decides.",
    )
    require_close(compute, 1.0, "wrong-compute-time", "100 M FLOP at 100 GFLOP/s take 1 ms, longer than the memory.")
    require(
        abs(memory - 0.01) > 1e-6,
        "ignores-memory",
        "This is the time of computing. 4 MB at 20 GB/s take longer, and the longer of the two decides.",
    )
    require_close(memory, 0.2, "wrong-memory-time", "4 MB at 20 GB/s take 0.2 ms, longer than computing.")


ROOFLINE_MS = Exercise(
    grade_id="roofline-ms",
    function="roofline_ms",
    cases=(Case("one layer on each side of the ridge", drive_both_sides, judge_both_sides),),
)


def check_roofline_ms(roofline_ms: Callable) -> None:
    """Compare roofline_ms with one compute-bound and one memory-bound layer."""
    run(ROOFLINE_MS, roofline_ms)


EXERCISES = (MODEL_SIZE, CONV2D_MACS, ESTIMATE_LATENCY, COMPARE_LATENCY, ARITHMETIC_INTENSITY, ROOFLINE_MS)
