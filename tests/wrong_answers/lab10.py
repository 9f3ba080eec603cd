"""Answers to lab 10 that people give, each under the mistake that must be found."""

WRONG_ANSWERS = {
    "linear-file": {
        "dynamic-output-only": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [onnx.numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [
        helper.make_node("Gemm", ["input", "w", "b"], ["g"], transB=1),
        helper.make_node("Relu", ["g"], ["output"]),
    ]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    graph = helper.make_graph(nodes, "linear", [x], [y], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
""",
        "fixed-batch": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [onnx.numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [
        helper.make_node("Gemm", ["input", "w", "b"], ["g"], transB=1),
        helper.make_node("Relu", ["g"], ["output"]),
    ]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, out])
    graph = helper.make_graph(nodes, "linear", [x], [y], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
""",
        "forgets-to-transpose": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [onnx.numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [helper.make_node("Gemm", ["input", "w", "b"], ["g"]), helper.make_node("Relu", ["g"], ["output"])]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    graph = helper.make_graph(nodes, "linear", [x], [y], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
""",
        "newest-opset": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [onnx.numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [
        helper.make_node("Gemm", ["input", "w", "b"], ["g"], transB=1),
        helper.make_node("Relu", ["g"], ["output"]),
    ]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    onnx.save(helper.make_model(helper.make_graph(nodes, "linear", [x], [y], constants)), path)
""",
        "forgets-the-relu": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [onnx.numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [helper.make_node("Gemm", ["input", "w", "b"], ["output"], transB=1)]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    graph = helper.make_graph(nodes, "linear", [x], [y], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
""",
        "broken-graph": """
def linear_file(weight, bias, path):
    out, inside = weight.shape
    constants = [onnx.numpy_helper.from_array(t.numpy(), n) for t, n in ((weight, "w"), (bias, "b"))]
    nodes = [
        helper.make_node("Relu", ["g"], ["output"]),
        helper.make_node("Gemm", ["input", "w", "b"], ["g"], transB=1),
    ]
    x = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", inside])
    y = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", out])
    graph = helper.make_graph(nodes, "linear", [x], [y], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
""",
    },
    "both-logits": {
        "exports-in-train-mode": """
def both_logits(model, images, export, run):
    file = export(model, images[:1], True)
    model.eval()
    with torch.no_grad():
        return {"reference": model(images), "actual": run(file, images)}
""",
        "reference-in-train-mode": """
def both_logits(model, images, export, run):
    with torch.no_grad():
        reference = model(images)
    file = export(model.eval(), images[:1], True)
    return {"reference": reference, "actual": run(file, images)}
""",
        "fixed-batch": """
def both_logits(model, images, export, run):
    model.eval()
    file = export(model, images[:1], False)
    with torch.no_grad():
        return {"reference": model(images), "actual": run(file, images)}
""",
        "example-without-batch": """
def both_logits(model, images, export, run):
    model.eval()
    file = export(model, images[0], True)
    with torch.no_grad():
        return {"reference": model(images), "actual": run(file, images)}
""",
        "compares-one-image": """
def both_logits(model, images, export, run):
    model.eval()
    file = export(model, images[:1], True)
    with torch.no_grad():
        return {"reference": model(images[:1]), "actual": run(file, images[:1])}
""",
        "compares-with-itself": """
def both_logits(model, images, export, run):
    model.eval()
    file = export(model, images[:1], True)
    logits = run(file, images)
    return {"reference": logits, "actual": logits}
""",
    },
    "parity": {
        "argmax-only": """
def parity(reference, actual, tolerance):
    error = ((actual - reference).abs().max() / reference.abs().max()).item()
    same = (reference.argmax(1) == actual.argmax(1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": same == 1.0}
""",
        "nan-passes": """
def parity(reference, actual, tolerance):
    error = ((actual - reference).abs().max() / reference.abs().max()).item()
    same = (reference.argmax(1) == actual.argmax(1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": not error > tolerance}
""",
        "mean-hides-it": """
def parity(reference, actual, tolerance):
    error = ((actual - reference).abs().mean() / reference.abs().max()).item()
    same = (reference.argmax(1) == actual.argmax(1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": error <= tolerance}
""",
        "signed-difference": """
def parity(reference, actual, tolerance):
    error = ((actual - reference).max() / reference.abs().max()).item()
    same = (reference.argmax(1) == actual.argmax(1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": error <= tolerance}
""",
        "absolute-error": """
def parity(reference, actual, tolerance):
    error = (actual - reference).abs().max().item()
    same = (reference.argmax(1) == actual.argmax(1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": error <= tolerance}
""",
        "divides-each-logit": """
def parity(reference, actual, tolerance):
    error = ((actual - reference).abs() / reference.abs()).max().item()
    same = (reference.argmax(1) == actual.argmax(1)).float().mean().item()
    return {"error": error, "same_class": same, "passes": error <= tolerance}
""",
    },
    "fold-batch-norm": {
        "forgets-eps": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / torch.sqrt(var)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta + (bias - mean) * factor}
""",
        "eps-outside-the-root": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / (torch.sqrt(var) + eps)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta + (bias - mean) * factor}
""",
        "variance-for-deviation": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / (var + eps)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta + (bias - mean) * factor}
""",
        "scales-input-channels": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / torch.sqrt(var + eps)
    return {"weight": weight * factor.view(1, -1, 1, 1), "bias": beta + (bias - mean) * factor}
""",
        "forgets-the-bias": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / torch.sqrt(var + eps)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta - mean * factor}
""",
        "bias-not-scaled": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / torch.sqrt(var + eps)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta + bias - mean * factor}
""",
        "forgets-the-mean": """
def fold_batch_norm(weight, bias, gamma, beta, mean, var, eps):
    factor = gamma / torch.sqrt(var + eps)
    return {"weight": weight * factor.view(-1, 1, 1, 1), "bias": beta + bias * factor}
""",
    },
    "speed-up": {
        "times-the-first-run": """
def speed_up(open_runner, timed, threads, rounds):
    calls = {name: open_runner(name, threads) for name in ("eager", "onnxruntime")}
    samples = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            samples[name].append(timed(call))
    eager, runtime = (statistics.median(samples[name]) for name in calls)
    return {"eager_ms": eager, "onnxruntime_ms": runtime, "times_faster": eager / runtime}
""",
        "different-threads": """
def speed_up(open_runner, timed, threads, rounds):
    calls = {"eager": open_runner("eager", 1), "onnxruntime": open_runner("onnxruntime", threads)}
    samples = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, call in calls.items():
            milliseconds = timed(call)
            if number:
                samples[name].append(milliseconds)
    eager, runtime = (statistics.median(samples[name]) for name in calls)
    return {"eager_ms": eager, "onnxruntime_ms": runtime, "times_faster": eager / runtime}
""",
        "one-after-the-other": """
def speed_up(open_runner, timed, threads, rounds):
    medians = {}
    for name in ("eager", "onnxruntime"):
        call = open_runner(name, threads)
        call()
        medians[name] = statistics.median(timed(call) for _ in range(rounds))
    return {
        "eager_ms": medians["eager"],
        "onnxruntime_ms": medians["onnxruntime"],
        "times_faster": medians["eager"] / medians["onnxruntime"],
    }
""",
        "mean-for-median": """
def speed_up(open_runner, timed, threads, rounds):
    calls = {name: open_runner(name, threads) for name in ("eager", "onnxruntime")}
    for call in calls.values():
        call()
    samples = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            samples[name].append(timed(call))
    eager, runtime = (statistics.mean(samples[name]) for name in calls)
    return {"eager_ms": eager, "onnxruntime_ms": runtime, "times_faster": eager / runtime}
""",
        "best-of-all": """
def speed_up(open_runner, timed, threads, rounds):
    calls = {name: open_runner(name, threads) for name in ("eager", "onnxruntime")}
    for call in calls.values():
        call()
    samples = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            samples[name].append(timed(call))
    eager, runtime = (min(samples[name]) for name in calls)
    return {"eager_ms": eager, "onnxruntime_ms": runtime, "times_faster": eager / runtime}
""",
        "upside-down": """
def speed_up(open_runner, timed, threads, rounds):
    calls = {name: open_runner(name, threads) for name in ("eager", "onnxruntime")}
    for call in calls.values():
        call()
    samples = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            samples[name].append(timed(call))
    eager, runtime = (statistics.median(samples[name]) for name in calls)
    return {"eager_ms": eager, "onnxruntime_ms": runtime, "times_faster": runtime / eager}
""",
    },
    "calibration-feeds": {
        "unnormalised": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    return [{input_name: part.permute(0, 3, 1, 2).float()} for part in pixels.split(batch_size)]
""",
        "not-divided-by-std": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    centred = pixels.float() - 255 * torch.tensor(mean)
    return [{input_name: part.permute(0, 3, 1, 2)} for part in centred.split(batch_size)]
""",
        "only-scaled": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    return [{input_name: part.permute(0, 3, 1, 2) / 255} for part in pixels.split(batch_size)]
""",
        "stays-nhwc": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    images = (pixels / 255 - torch.tensor(mean)) / torch.tensor(std)
    return [{input_name: part} for part in images.split(batch_size)]
""",
        "reshapes-the-axes": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    height, width, channels = pixels.shape[1:]
    images = (pixels / 255 - torch.tensor(mean)) / torch.tensor(std)
    return [{input_name: part.reshape(-1, channels, height, width)} for part in images.split(batch_size)]
""",
        "swaps-height-and-width": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    images = (pixels / 255 - torch.tensor(mean)) / torch.tensor(std)
    return [{input_name: part.transpose(1, 3)} for part in images.split(batch_size)]
""",
        "drops-the-last-batch": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    images = ((pixels / 255 - torch.tensor(mean)) / torch.tensor(std)).permute(0, 3, 1, 2)
    starts = range(0, len(pixels) - batch_size, batch_size)
    return [{input_name: images[start : start + batch_size]} for start in starts]
""",
        "wrong-dtype": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    images = pixels.double() / 255
    images = (images - torch.tensor(mean)) / torch.tensor(std)
    return [{input_name: part.permute(0, 3, 1, 2)} for part in images.split(batch_size)]
""",
    },
    "rank-layers": {
        "halves-the-decibels": """
def rank_layers(reference, actual):
    found = []
    for name in reference:
        if name in actual:
            noise = (reference[name] - actual[name]).norm()
            found.append((name, (10 * torch.log10(reference[name].norm() / noise)).item()))
    return sorted(found, key=lambda pair: pair[1])
""",
        "natural-logarithm": """
def rank_layers(reference, actual):
    found = []
    for name in reference:
        if name in actual:
            noise = (reference[name] - actual[name]).square().sum()
            found.append((name, (10 * torch.log(reference[name].square().sum() / noise)).item()))
    return sorted(found, key=lambda pair: pair[1])
""",
        "best-first": """
def rank_layers(reference, actual):
    found = []
    for name in reference:
        if name in actual:
            noise = (reference[name] - actual[name]).norm()
            found.append((name, (20 * torch.log10(reference[name].norm() / noise)).item()))
    return sorted(found, key=lambda pair: pair[1], reverse=True)
""",
        "noise-over-signal": """
def rank_layers(reference, actual):
    found = []
    for name in reference:
        if name in actual:
            noise = (reference[name] - actual[name]).norm()
            found.append((name, (20 * torch.log10(noise / reference[name].norm())).item()))
    return sorted(found, key=lambda pair: pair[1])
""",
        "ignores-the-signal": """
def rank_layers(reference, actual):
    found = []
    for name in reference:
        if name in actual:
            noise = (reference[name] - actual[name]).square().sum()
            found.append((name, (-10 * torch.log10(noise)).item()))
    return sorted(found, key=lambda pair: pair[1])
""",
        "no-error-not-infinite": """
def rank_layers(reference, actual):
    found = []
    for name in reference:
        if name in actual:
            noise = (reference[name] - actual[name]).norm()
            found.append((name, (20 * torch.log10(reference[name].norm() / (noise + 1e-12))).item()))
    return sorted(found, key=lambda pair: pair[1])
""",
        "pairs-by-position": """
def rank_layers(reference, actual):
    found = []
    for (name, exact), rounded in zip(reference.items(), actual.values()):
        if exact.shape == rounded.shape:
            noise = (exact - rounded).norm()
            found.append((name, (20 * torch.log10(exact.norm() / noise)).item()))
    return sorted(found, key=lambda pair: pair[1])
""",
    },
}
