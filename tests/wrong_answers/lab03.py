"""Answers to lab 03 that people give, each under the mistake that must be found."""

WRONG_ANSWERS = {
    "expected-gain": {
        "ignores-the-rest": """
def expected_gain(layers, quantized, speed_up):
    return {"times_smaller": 4.0 if quantized else 1.0, "times_faster": speed_up if quantized else 1.0}
""",
        "upside-down": """
def expected_gain(layers, quantized, speed_up):
    before = sum(4 * p for p, _ in layers.values())
    after = sum(p * (1 if name in quantized else 4) for name, (p, _) in layers.items())
    work = sum(m for _, m in layers.values())
    left = sum(m / (speed_up if name in quantized else 1) for name, (_, m) in layers.items())
    return {"times_smaller": after / before, "times_faster": left / work}
""",
        "averages-the-factors": """
def expected_gain(layers, quantized, speed_up):
    p_all, m_all = (sum(pair[i] for pair in layers.values()) for i in (0, 1))
    p_share, m_share = (sum(layers[name][i] for name in quantized) / t for i, t in ((0, p_all), (1, m_all)))
    return {"times_smaller": 4 * p_share + 1 - p_share, "times_faster": speed_up * m_share + 1 - m_share}
""",
        "parameters-for-macs": """
def expected_gain(layers, quantized, speed_up):
    before = sum(4 * p for p, _ in layers.values())
    after = sum(p * (1 if name in quantized else 4) for name, (p, _) in layers.items())
    work = sum(p for p, _ in layers.values())
    left = sum(p / (speed_up if name in quantized else 1) for name, (p, _) in layers.items())
    return {"times_smaller": before / after, "times_faster": work / left}
""",
        "fixed-speed-up": """
def expected_gain(layers, quantized, speed_up):
    before = sum(4 * p for p, _ in layers.values())
    after = sum(p * (1 if name in quantized else 4) for name, (p, _) in layers.items())
    work = sum(m for _, m in layers.values())
    left = sum(m / (4 if name in quantized else 1) for name, (_, m) in layers.items())
    return {"times_smaller": before / after, "times_faster": work / left}
""",
    },
    "sensitivity-scan": {
        "scans-on-test": """
def sensitivity_scan(layer_names, accuracy_of):
    baseline = accuracy_of([], "test")
    return {name: 100 * (baseline - accuracy_of([name], "test")) for name in layer_names}
""",
        "wrong-split": """
def sensitivity_scan(layer_names, accuracy_of):
    baseline = accuracy_of([], "calibration")
    return {name: 100 * (baseline - accuracy_of([name], "calibration")) for name in layer_names}
""",
        "string-for-list": """
def sensitivity_scan(layer_names, accuracy_of):
    baseline = accuracy_of([], "validation")
    return {name: 100 * (baseline - accuracy_of(name, "validation")) for name in layer_names}
""",
        "lowers-several": """
def sensitivity_scan(layer_names, accuracy_of):
    last, losses, low = accuracy_of([], "validation"), {}, []
    for name in layer_names:
        low = [*low, name]
        accuracy = accuracy_of(low, "validation")
        losses[name], last = 100 * (last - accuracy), accuracy
    return losses
""",
        "fractions-for-points": """
def sensitivity_scan(layer_names, accuracy_of):
    baseline = accuracy_of([], "validation")
    return {name: baseline - accuracy_of([name], "validation") for name in layer_names}
""",
        "wrong-sign": """
def sensitivity_scan(layer_names, accuracy_of):
    baseline = accuracy_of([], "validation")
    return {name: 100 * (accuracy_of([name], "validation") - baseline) for name in layer_names}
""",
        "returns-accuracy": """
def sensitivity_scan(layer_names, accuracy_of):
    return {name: accuracy_of([name], "validation") for name in layer_names}
""",
        "repeats-the-baseline": """
def sensitivity_scan(layer_names, accuracy_of):
    return {
        name: 100 * (accuracy_of([], "validation") - accuracy_of([name], "validation")) for name in layer_names
    }
""",
    },
    "choose-bits": {
        "ranks-by-loss": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values()) / 2
    for name in sorted(losses, key=losses.get, reverse=True):
        if losses[name] > 0 and spent + parameters[name] / 2 <= budget_bytes:
            bits[name], spent = 8, spent + parameters[name] / 2
    return bits
""",
        "exceeds-the-budget": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values()) / 2
    for name in sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True):
        if losses[name] > 0 and spent < budget_bytes:
            bits[name], spent = 8, spent + parameters[name] / 2
    return bits
""",
        "raises-for-nothing": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values()) / 2
    for name in sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True):
        if spent + parameters[name] / 2 <= budget_bytes:
            bits[name], spent = 8, spent + parameters[name] / 2
    return bits
""",
        "raises-nothing": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values())
    for name in sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True):
        if losses[name] > 0 and spent + parameters[name] / 2 <= budget_bytes:
            bits[name], spent = 8, spent + parameters[name] / 2
    return bits
""",
        "counts-all-bits": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values()) / 2
    for name in sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True):
        if losses[name] > 0 and spent + parameters[name] <= budget_bytes:
            bits[name], spent = 8, spent + parameters[name]
    return bits
""",
        "stops-at-the-first": """
def choose_bits(losses, parameters, budget_bytes):
    bits, spent = dict.fromkeys(losses, 4), sum(parameters.values()) / 2
    for name in sorted(losses, key=lambda name: losses[name] / parameters[name], reverse=True):
        if losses[name] <= 0 or spent + parameters[name] / 2 > budget_bytes:
            break
        bits[name], spent = 8, spent + parameters[name] / 2
    return bits
""",
    },
    "fake-quantize": {
        "gradient-through-the-clamp": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    q = (torch.round(x / scale) + zero_point).clamp(quant_min, quant_max)
    return x + ((q - zero_point) * scale - x).detach()
""",
        "no-gradient-at-the-ends": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    steps = x / scale
    steps = steps + (steps.round() - steps).detach() + zero_point
    return (steps.clamp(quant_min, quant_max) - zero_point) * scale
""",
        "gradient-dead": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    q = (torch.round(x / scale) + zero_point).clamp(quant_min, quant_max)
    return (q - zero_point) * scale
""",
        "stays-on-the-grid": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    steps = x / scale
    return (steps + (steps.round() - steps).detach() + zero_point).clamp(quant_min, quant_max)
""",
        "forgets-the-zero-point": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    steps = (x / scale).detach().round().clamp(quant_min, quant_max)
    inside = (x / scale >= quant_min) & (x / scale <= quant_max)
    return torch.where(inside, x + (steps * scale - x).detach(), steps * scale)
""",
        "masks-by-x": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    steps = (torch.round(x.detach() / scale) + zero_point).clamp(quant_min, quant_max)
    on_grid = (steps - zero_point) * scale
    return torch.where((x >= quant_min) & (x <= quant_max), x + (on_grid - x).detach(), on_grid)
""",
        "forgets-the-clamp": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    steps = x / scale
    return (steps + (steps.round() - steps).detach()) * scale
""",
        "scaled-gradient": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    class Rounding(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            q = torch.round(x / scale) + zero_point
            ctx.save_for_backward((q >= quant_min) & (q <= quant_max))
            return (q.clamp(quant_min, quant_max) - zero_point) * scale

        @staticmethod
        def backward(ctx, gradient):
            return gradient * scale * ctx.saved_tensors[0]

    return Rounding.apply(x)
""",
        "mask-forgets-zero-point": """
def fake_quantize(x, scale, zero_point, quant_min, quant_max):
    class Rounding(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            steps = torch.round(x / scale)
            ctx.save_for_backward((steps >= quant_min) & (steps <= quant_max))
            return ((steps + zero_point).clamp(quant_min, quant_max) - zero_point) * scale

        @staticmethod
        def backward(ctx, gradient):
            return gradient * ctx.saved_tensors[0]

    return Rounding.apply(x)
""",
    },
    "fake-quantize-weight": {
        "scale-not-refreshed": """
def fake_quantize_weight(weight, num_bits, known={}):
    top = 2 ** (num_bits - 1) - 1
    key = (tuple(weight.shape), num_bits)
    if key not in known:
        known[key] = (weight.detach().abs().flatten(1).amax(1) / top).clamp(min=1e-8)
    zeros = torch.zeros(len(weight), dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, known[key], zeros, 0, -top, top)
""",
        "one-scale-for-all": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    scale = max(weight.detach().abs().max().item() / top, 1e-8)
    return torch.fake_quantize_per_tensor_affine(weight, scale, 0, -top, top)
""",
        "one-step-too-many": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1)
    scale = (weight.detach().abs().flatten(1).amax(1) / top).clamp(min=1e-8)
    zeros = torch.zeros(len(weight), dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, scale, zeros, 0, -top, top - 1)
""",
        "scale-zero": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    scale = (weight.detach().abs().flatten(1).amax(1) / top).view(-1, *[1] * (weight.ndim - 1))
    steps = weight / scale
    return (steps + (steps.round() - steps).detach()) * scale
""",
        "dead-channel": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    scale = weight.detach().abs().flatten(1).amax(1) / top
    zeros = torch.zeros(len(weight), dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, scale, zeros, 0, -top, top)
""",
        "gradient-through-the-scale": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    scale = (weight.abs().flatten(1).amax(1) / top).clamp(min=1e-8).view(-1, *[1] * (weight.ndim - 1))
    steps = weight / scale
    return (steps + (steps.round() - steps).detach()) * scale
""",
        "gradient-dead": """
def fake_quantize_weight(weight, num_bits):
    top = 2 ** (num_bits - 1) - 1
    scale = (weight.detach().abs().flatten(1).amax(1) / top).clamp(min=1e-8).view(-1, *[1] * (weight.ndim - 1))
    return (weight / scale).round() * scale
""",
    },
    "fair-comparison": {
        "unequal-epochs": """
def fair_comparison(bench, num_epochs):
    start = bench.checkpoint()
    aware = bench.train(bench.checkpoint(), num_epochs, fake_quantize=True)
    models = {"fp32": start, "int8": bench.convert(start, "calibration"), "qat": bench.convert(aware, "calibration")}
    return {name: bench.accuracy(model, "test") for name, model in models.items()}
""",
        "calibrates-on-test": """
def fair_comparison(bench, num_epochs):
    plain, aware = (bench.train(bench.checkpoint(), num_epochs, fake_quantize=fake) for fake in (False, True))
    models = {"fp32": plain, "int8": bench.convert(plain, "test"), "qat": bench.convert(aware, "test")}
    return {name: bench.accuracy(model, "test") for name, model in models.items()}
""",
        "wrong-calibration-split": """
def fair_comparison(bench, num_epochs):
    plain, aware = (bench.train(bench.checkpoint(), num_epochs, fake_quantize=fake) for fake in (False, True))
    models = {"fp32": plain, "int8": bench.convert(plain, "validation"), "qat": bench.convert(aware, "validation")}
    return {name: bench.accuracy(model, "test") for name, model in models.items()}
""",
        "chooses-on-test": """
def fair_comparison(bench, num_epochs):
    plain = bench.train(bench.checkpoint(), num_epochs, fake_quantize=False)
    runs = [bench.train(bench.checkpoint(), n, fake_quantize=True) for n in range(1, num_epochs + 1)]
    qat = max(bench.accuracy(bench.convert(run, "calibration"), "test") for run in runs)
    int8 = bench.convert(plain, "calibration")
    return {"fp32": bench.accuracy(plain, "test"), "int8": bench.accuracy(int8, "test"), "qat": qat}
""",
        "one-on-top-of-the-other": """
def fair_comparison(bench, num_epochs):
    plain = bench.train(bench.checkpoint(), num_epochs, fake_quantize=False)
    aware = bench.train(plain, num_epochs, fake_quantize=True)
    models = {"fp32": plain, "int8": bench.convert(plain, "calibration"), "qat": bench.convert(aware, "calibration")}
    return {name: bench.accuracy(model, "test") for name, model in models.items()}
""",
        "wrong-sides": """
def fair_comparison(bench, num_epochs):
    plain, aware = (bench.train(bench.checkpoint(), num_epochs, fake_quantize=fake) for fake in (False, True))
    models = {"fp32": plain, "int8": bench.convert(plain, "calibration"), "qat": aware}
    return {name: bench.accuracy(model, "test") for name, model in models.items()}
""",
        "not-on-test": """
def fair_comparison(bench, num_epochs):
    plain, aware = (bench.train(bench.checkpoint(), num_epochs, fake_quantize=fake) for fake in (False, True))
    models = {"fp32": plain, "int8": bench.convert(plain, "calibration"), "qat": bench.convert(aware, "calibration")}
    return {name: bench.accuracy(model, "validation") for name, model in models.items()}
""",
    },
}
