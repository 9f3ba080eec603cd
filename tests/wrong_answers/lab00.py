"""Answers to lab 00 that people give, each under the mistake that must be found."""

WRONG_ANSWERS = {
    "model-size": {
        "adds-dimensions": """
def model_size(shapes, num_bits):
    numbers = [sum(shape) for shape in shapes.values()]
    return {"parameters": sum(numbers), "bytes": sum(math.ceil(n * num_bits / 8) for n in numbers)}
""",
        "forgets-bias": """
def model_size(shapes, num_bits):
    numbers = [math.prod(shape) for shape in shapes.values() if len(shape) > 1]
    return {"parameters": sum(numbers), "bytes": sum(math.ceil(n * num_bits / 8) for n in numbers)}
""",
        "forgets-scalars": """
def model_size(shapes, num_bits):
    numbers = [math.prod(shape) if shape else 0 for shape in shapes.values()]
    return {"parameters": sum(numbers), "bytes": sum(math.ceil(n * num_bits / 8) for n in numbers)}
""",
        "bits-for-bytes": """
def model_size(shapes, num_bits):
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": parameters * num_bits}
""",
        "always-four-bytes": """
def model_size(shapes, num_bits):
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": parameters * 4}
""",
        "kib-for-bytes": """
def model_size(shapes, num_bits):
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": parameters * num_bits / 8 / 1024}
""",
        "bytes-not-whole": """
def model_size(shapes, num_bits):
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": parameters * num_bits / 8}
""",
        "divides-too-early": """
def model_size(shapes, num_bits):
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": num_bits // 8 * parameters}
""",
        "rounds-down": """
def model_size(shapes, num_bits):
    numbers = [math.prod(shape) for shape in shapes.values()]
    return {"parameters": sum(numbers), "bytes": sum(n * num_bits // 8 for n in numbers)}
""",
        "rounds-once": """
def model_size(shapes, num_bits):
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": math.ceil(parameters * num_bits / 8)}
""",
    },
    "conv2d-macs": {
        "counts-flops": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return 2 * in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
        "forgets-positions": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels
""",
        "off-by-one": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
        "counts-the-bias": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return (in_channels // groups * kernel_size[0] * kernel_size[1] + 1) * out_channels * height * width
""",
        "forgets-a-factor": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * height * width
""",
        "ignores-stride": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = (image_size[i] + 2 * padding[i] - kernel_size[i] + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
        "ignores-padding": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
        "forgets-groups": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return in_channels * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
        "groups-divide-twice": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels // groups * height * width
""",
        "square-kernel": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[i]) // stride[i] + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[1] ** 2 * out_channels * height * width
""",
        "swaps-height-and-width": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = ((image_size[i] + 2 * padding[i] - kernel_size[1 - i]) // stride[i] + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
        "rounds-output-up": """
def conv2d_macs(in_channels, out_channels, kernel_size, image_size, stride=(1, 1), padding=(0, 0), groups=1):
    height, width = (math.ceil((image_size[i] + 2 * padding[i] - kernel_size[i]) / stride[i]) + 1 for i in (0, 1))
    return in_channels // groups * kernel_size[0] * kernel_size[1] * out_channels * height * width
""",
    },
    "estimate-latency": {
        "takes-the-mean": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(samples_ms[num_warmup:])
    return {"median_ms": warm.mean().item(), "p90_ms": warm.quantile(0.9).item()}
""",
        "takes-the-minimum": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(samples_ms[num_warmup:])
    return {"median_ms": warm.min().item(), "p90_ms": warm.quantile(0.9).item()}
""",
        "keeps-warm-up": """
def estimate_latency(samples_ms, num_warmup):
    samples = torch.tensor(samples_ms)
    return {"median_ms": samples.quantile(0.5).item(), "p90_ms": samples.quantile(0.9).item()}
""",
        "sorts-before-dropping": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(sorted(samples_ms)[num_warmup:])
    return {"median_ms": warm.quantile(0.5).item(), "p90_ms": warm.quantile(0.9).item()}
""",
        "lower-median": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(samples_ms[num_warmup:])
    return {"median_ms": warm.median().item(), "p90_ms": warm.quantile(0.9).item()}
""",
        "p10-for-p90": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(samples_ms[num_warmup:])
    return {"median_ms": warm.quantile(0.5).item(), "p90_ms": warm.quantile(0.1).item()}
""",
        "wrong-p90": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(samples_ms[num_warmup:])
    return {"median_ms": warm.quantile(0.5).item(), "p90_ms": warm.max().item()}
""",
        "drops-the-end": """
def estimate_latency(samples_ms, num_warmup):
    warm = torch.tensor(samples_ms[: len(samples_ms) - num_warmup])
    return {"median_ms": warm.quantile(0.5).item(), "p90_ms": warm.quantile(0.9).item()}
""",
        "upper-median": """
def estimate_latency(samples_ms, num_warmup):
    warm = sorted(samples_ms[num_warmup:])
    return {"median_ms": warm[len(warm) // 2], "p90_ms": torch.tensor(warm).quantile(0.9).item()}
""",
        "forgets-to-sort": """
def estimate_latency(samples_ms, num_warmup):
    warm = samples_ms[num_warmup:]
    middle = len(warm) // 2
    median = warm[middle] if len(warm) % 2 else sum(sorted(warm)[middle - 1 : middle + 1]) / 2
    return {"median_ms": median, "p90_ms": torch.tensor(warm).quantile(0.9).item()}
""",
        "changes-its-input": """
def estimate_latency(samples_ms, num_warmup):
    for _ in range(num_warmup):
        samples_ms.pop(0)
    warm = torch.tensor(samples_ms)
    return {"median_ms": warm.quantile(0.5).item(), "p90_ms": warm.quantile(0.9).item()}
""",
    },
    "compare-latency": {
        "seconds-for-milliseconds": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    samples = {name: [] for name in candidates}
    for _ in range(num_rounds):
        for name, call in candidates.items():
            started = clock()
            call()
            samples[name].append(clock() - started)
    return {name: torch.tensor(values, dtype=torch.float64).quantile(0.5).item() for name, values in samples.items()}
""",
        "times-the-warm-up": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    result = {}
    for name, call in candidates.items():
        started = clock()
        for _ in range(num_warmup + num_rounds):
            call()
        result[name] = (clock() - started) / num_rounds * 1000
    return result
""",
        "no-warm-up": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    samples = {name: [] for name in candidates}
    for _ in range(num_rounds + num_warmup):
        for name, call in candidates.items():
            started = clock()
            call()
            samples[name].append((clock() - started) * 1000)
    return {name: torch.tensor(values, dtype=torch.float64).quantile(0.5).item() for name, values in samples.items()}
""",
        "takes-the-minimum": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    samples = {name: [] for name in candidates}
    for _ in range(num_rounds):
        for name, call in candidates.items():
            started = clock()
            call()
            samples[name].append((clock() - started) * 1000)
    return {name: min(values) for name, values in samples.items()}
""",
        "keeps-the-last": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    result = {}
    for _ in range(num_rounds):
        for name, call in candidates.items():
            started = clock()
            call()
            result[name] = (clock() - started) * 1000
    return result
""",
        "not-interleaved": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    result = {}
    for name, call in candidates.items():
        samples = []
        for _ in range(num_rounds):
            started = clock()
            call()
            samples.append((clock() - started) * 1000)
        result[name] = torch.tensor(samples, dtype=torch.float64).quantile(0.5).item()
    return result
""",
        "takes-the-mean": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    totals = dict.fromkeys(candidates, 0.0)
    for _ in range(num_rounds):
        for name, call in candidates.items():
            started = clock()
            call()
            totals[name] += clock() - started
    return {name: total / num_rounds * 1000 for name, total in totals.items()}
""",
        "wrong-number-of-calls": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    for call in candidates.values():
        call()
    samples = {name: [] for name in candidates}
    for _ in range(num_rounds - num_warmup):
        for name, call in candidates.items():
            started = clock()
            call()
            samples[name].append((clock() - started) * 1000)
    return {name: torch.tensor(values, dtype=torch.float64).quantile(0.5).item() for name, values in samples.items()}
""",
    },
    "arithmetic-intensity": {
        "counts-macs": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    return macs / (sum(math.prod(shape) for shape in shapes) * bytes_per_number)
""",
        "forgets-bytes-per-number": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    return 2 * macs / sum(math.prod(shape) for shape in shapes)
""",
        "upside-down": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    return sum(math.prod(shape) for shape in shapes) * bytes_per_number / (2 * macs)
""",
        "leaves-a-tensor-out": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    return 2 * macs / (sum(math.prod(shape) for shape in shapes[:-1]) * bytes_per_number)
""",
        "always-four-bytes": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    return 2 * macs / (sum(math.prod(shape) for shape in shapes) * 4)
""",
        "forgets-scalars": """
def arithmetic_intensity(macs, shapes, bytes_per_number):
    return 2 * macs / (sum(math.prod(shape) for shape in shapes if shape) * bytes_per_number)
""",
    },
    "roofline-ms": {
        "counts-macs": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    return max(macs / peak_gflops, num_bytes / bandwidth_gb_s) / 1e6
""",
        "seconds-for-milliseconds": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    return max(2 * macs / peak_gflops, num_bytes / bandwidth_gb_s) / 1e9
""",
        "adds-both-times": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    return (2 * macs / peak_gflops + num_bytes / bandwidth_gb_s) / 1e6
""",
        "takes-the-shorter": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    return min(2 * macs / peak_gflops, num_bytes / bandwidth_gb_s) / 1e6
""",
        "ignores-memory": """
def roofline_ms(macs, num_bytes, peak_gflops, bandwidth_gb_s):
    return 2 * macs / peak_gflops / 1e6
""",
    },
}
