"""Answers to lab 04 that people give, each under the mistake that must be found."""

WRONG_ANSWERS = {
    "magnitude-mask": {
        "threshold-on-signed-weights": """
def magnitude_mask(weight, sparsity):
    num_pruned = round(sparsity * weight.numel())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.flatten().argsort()[:num_pruned]] = False
    return mask.reshape(weight.shape)
""",
        "prunes-all-ties": """
def magnitude_mask(weight, sparsity):
    num_pruned = round(sparsity * weight.numel())
    if num_pruned == 0:
        return torch.ones_like(weight, dtype=torch.bool)
    threshold = weight.abs().flatten().sort().values[num_pruned - 1]
    return weight.abs() > threshold
""",
        "mask-upside-down": """
def magnitude_mask(weight, sparsity):
    num_pruned = round(sparsity * weight.numel())
    mask = torch.zeros(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[:num_pruned]] = True
    return mask.reshape(weight.shape)
""",
        "prunes-the-largest": """
def magnitude_mask(weight, sparsity):
    num_pruned = round(sparsity * weight.numel())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort(descending=True)[:num_pruned]] = False
    return mask.reshape(weight.shape)
""",
        "keeps-wrong-number": """
def magnitude_mask(weight, sparsity):
    num_pruned = int(sparsity * weight.numel())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[:num_pruned]] = False
    return mask.reshape(weight.shape)
""",
        "mask-not-bool": """
def magnitude_mask(weight, sparsity):
    mask = torch.ones(weight.numel())
    mask[weight.abs().flatten().argsort()[: round(sparsity * weight.numel())]] = 0
    return mask.reshape(weight.shape)
""",
        "mask-has-other-shape": """
def magnitude_mask(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs().flatten().argsort()[: round(sparsity * weight.numel())]] = False
    return mask
""",
        "changes-its-input": """
def magnitude_mask(weight, sparsity):
    num_pruned = round(sparsity * weight.numel())
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.abs_().flatten().argsort()[:num_pruned]] = False
    return mask.reshape(weight.shape)
""",
    },
    "global-masks": {
        "layer-by-layer": """
def global_masks(parameters, sparsity):
    masks = {}
    for name, tensor in parameters.items():
        if tensor.ndim > 1:
            mask = torch.ones(tensor.numel(), dtype=torch.bool)
            mask[tensor.abs().flatten().argsort()[: round(sparsity * tensor.numel())]] = False
            masks[name] = mask.reshape(tensor.shape)
    return masks
""",
        "prunes-biases": """
def global_masks(parameters, sparsity):
    scores = torch.cat([tensor.abs().flatten() for tensor in parameters.values()])
    mask = torch.ones(len(scores), dtype=torch.bool)
    mask[scores.argsort()[: round(sparsity * len(scores))]] = False
    parts = mask.split([tensor.numel() for tensor in parameters.values()])
    return {name: part.reshape(parameters[name].shape) for name, part in zip(parameters, parts)}
""",
        "counts-biases": """
def global_masks(parameters, sparsity):
    prunable = {name: tensor for name, tensor in parameters.items() if tensor.ndim > 1}
    scores = torch.cat([tensor.abs().flatten() for tensor in prunable.values()])
    mask = torch.ones(len(scores), dtype=torch.bool)
    num_pruned = round(sparsity * sum(tensor.numel() for tensor in parameters.values()))
    mask[scores.argsort()[:num_pruned]] = False
    parts = mask.split([tensor.numel() for tensor in prunable.values()])
    return {name: part.reshape(prunable[name].shape) for name, part in zip(prunable, parts)}
""",
        "threshold-on-signed-weights": """
def global_masks(parameters, sparsity):
    prunable = {name: tensor for name, tensor in parameters.items() if tensor.ndim > 1}
    scores = torch.cat([tensor.flatten() for tensor in prunable.values()])
    mask = torch.ones(len(scores), dtype=torch.bool)
    mask[scores.argsort()[: round(sparsity * len(scores))]] = False
    parts = mask.split([tensor.numel() for tensor in prunable.values()])
    return {name: part.reshape(prunable[name].shape) for name, part in zip(prunable, parts)}
""",
        "prunes-all-ties": """
def global_masks(parameters, sparsity):
    prunable = {name: tensor for name, tensor in parameters.items() if tensor.ndim > 1}
    scores = torch.cat([tensor.abs().flatten() for tensor in prunable.values()])
    threshold = scores.sort().values[round(sparsity * len(scores)) - 1]
    return {name: tensor.abs() > threshold for name, tensor in prunable.items()}
""",
    },
    "choose-sparsity": {
        "sparsity-chosen-on-test": """
def choose_sparsity(runs, dense, max_loss):
    best = {}
    for run in runs:
        epoch = run["validation"].index(max(run["validation"]))
        if dense["test"] - max(run["test"]) <= max_loss and run["sparsity"] > best.get("sparsity", -1):
            best = {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
    return best
""",
        "epoch-chosen-on-test": """
def choose_sparsity(runs, dense, max_loss):
    acceptable = [run for run in runs if max(run["validation"]) >= dense["validation"] - max_loss]
    winner = max(acceptable, key=lambda run: run["sparsity"])
    epoch = winner["test"].index(max(winner["test"]))
    return {"sparsity": winner["sparsity"], "epoch": epoch, "test_accuracy": winner["test"][epoch]}
""",
        "takes-the-last": """
def choose_sparsity(runs, dense, max_loss):
    best = {}
    for run in runs:
        epoch = run["validation"].index(max(run["validation"]))
        if dense["validation"] - run["validation"][epoch] <= max_loss:
            best = {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
    return best
""",
        "takes-the-safest": """
def choose_sparsity(runs, dense, max_loss):
    run = max(runs, key=lambda run: (max(run["validation"]), -run["sparsity"]))
    epoch = run["validation"].index(max(run["validation"]))
    return {"sparsity": run["sparsity"], "epoch": epoch, "test_accuracy": run["test"][epoch]}
""",
        "later-of-equal-epochs": """
def choose_sparsity(runs, dense, max_loss):
    acceptable = [run for run in runs if max(run["validation"]) >= dense["validation"] - max_loss]
    winner = max(acceptable, key=lambda run: run["sparsity"])
    epoch = max(range(len(winner["validation"])), key=lambda e: (winner["validation"][e], e))
    return {"sparsity": winner["sparsity"], "epoch": epoch, "test_accuracy": winner["test"][epoch]}
""",
        "reports-the-best-test": """
def choose_sparsity(runs, dense, max_loss):
    acceptable = [run for run in runs if max(run["validation"]) >= dense["validation"] - max_loss]
    winner = max(acceptable, key=lambda run: run["sparsity"])
    epoch = winner["validation"].index(max(winner["validation"]))
    return {"sparsity": winner["sparsity"], "epoch": epoch, "test_accuracy": max(winner["test"])}
""",
        "reports-validation": """
def choose_sparsity(runs, dense, max_loss):
    acceptable = [run for run in runs if max(run["validation"]) >= dense["validation"] - max_loss]
    winner = max(acceptable, key=lambda run: run["sparsity"])
    epoch = winner["validation"].index(max(winner["validation"]))
    return {"sparsity": winner["sparsity"], "epoch": epoch, "test_accuracy": winner["validation"][epoch]}
""",
        "compares-with-test": """
def choose_sparsity(runs, dense, max_loss):
    acceptable = [run for run in runs if max(run["validation"]) >= dense["test"] - max_loss]
    winner = max(acceptable, key=lambda run: run["sparsity"])
    epoch = winner["validation"].index(max(winner["validation"]))
    return {"sparsity": winner["sparsity"], "epoch": epoch, "test_accuracy": winner["test"][epoch]}
""",
    },
    "masked-step": {
        "mask-not-reapplied": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    weight = weight * mask
    velocity = momentum * velocity + gradient + weight_decay * weight
    return {"weight": weight - learning_rate * velocity, "velocity": velocity}
""",
        "masks-only-the-gradient": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = momentum * velocity + gradient * mask + weight_decay * weight
    return {"weight": weight - learning_rate * velocity, "velocity": velocity}
""",
        "masks-only-the-velocity": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = momentum * (velocity * mask) + gradient + weight_decay * weight
    return {"weight": weight - learning_rate * velocity, "velocity": velocity}
""",
        "mask-upside-down": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = momentum * velocity + gradient + weight_decay * weight
    return {"weight": (weight - learning_rate * velocity).masked_fill(mask, 0.0), "velocity": velocity}
""",
        "forgets-weight-decay": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = momentum * velocity + gradient
    return {"weight": (weight - learning_rate * velocity) * mask, "velocity": velocity}
""",
        "forgets-momentum": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = gradient + weight_decay * weight
    return {"weight": (weight - learning_rate * velocity) * mask, "velocity": velocity}
""",
        "steps-uphill": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = momentum * velocity + gradient + weight_decay * weight
    return {"weight": (weight + learning_rate * velocity) * mask, "velocity": velocity}
""",
        "velocity-not-shrunk": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity = velocity + gradient + weight_decay * weight
    return {"weight": (weight - learning_rate * velocity) * mask, "velocity": velocity}
""",
        "changes-its-input": """
def masked_step(weight, gradient, velocity, mask, learning_rate, momentum, weight_decay):
    velocity.mul_(momentum).add_(gradient + weight_decay * weight)
    return {"weight": weight.sub_(learning_rate * velocity).mul_(mask), "velocity": velocity}
""",
    },
    "next-mask": {
        "fraction-of-the-original": """
def next_mask(weight, mask, fraction):
    magnitudes = weight.abs().masked_fill(~mask, float("inf")).flatten()
    result = mask.flatten().clone()
    result[magnitudes.argsort()[: round(fraction * weight.numel())]] = False
    return result.reshape(mask.shape)
""",
        "prunes-the-pruned-again": """
def next_mask(weight, mask, fraction):
    result = mask.flatten().clone()
    num_pruned = round(fraction * mask.sum().item())
    result[(weight * mask).abs().flatten().argsort()[:num_pruned]] = False
    return result.reshape(mask.shape)
""",
        "revives-pruned-weights": """
def next_mask(weight, mask, fraction):
    result = torch.ones(weight.numel(), dtype=torch.bool)
    result[weight.abs().flatten().argsort()[: round(fraction * mask.sum().item())]] = False
    return result.reshape(mask.shape)
""",
        "prunes-all-ties": """
def next_mask(weight, mask, fraction):
    kept = weight[mask].abs()
    threshold = kept.sort().values[round(fraction * len(kept)) - 1]
    return mask & (weight.abs() > threshold)
""",
        "threshold-on-signed-weights": """
def next_mask(weight, mask, fraction):
    values = weight.masked_fill(~mask, float("inf")).flatten()
    result = mask.flatten().clone()
    result[values.argsort()[: round(fraction * mask.sum().item())]] = False
    return result.reshape(mask.shape)
""",
        "changes-its-input": """
def next_mask(weight, mask, fraction):
    magnitudes = weight.abs().masked_fill(~mask, float("inf")).flatten()
    num_pruned = round(fraction * mask.sum().item())
    mask.view(-1)[magnitudes.argsort()[:num_pruned]] = False
    return mask
""",
    },
    "storage-bytes": {
        "forgets-index-bytes": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    return {"dense": 4 * mask.numel(), "csr": 4 * num_kept, "bitmask": 4 * num_kept}
""",
        "forgets-column-indices": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    csr = 4 * num_kept + 4 * (mask.shape[0] + 1)
    return {"dense": 4 * mask.numel(), "csr": csr, "bitmask": math.ceil(mask.numel() / 8) + 4 * num_kept}
""",
        "forgets-row-starts": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    return {"dense": 4 * mask.numel(), "csr": 8 * num_kept, "bitmask": math.ceil(mask.numel() / 8) + 4 * num_kept}
""",
        "row-starts-off-by-one": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    csr = 8 * num_kept + 4 * mask.shape[0]
    return {"dense": 4 * mask.numel(), "csr": csr, "bitmask": math.ceil(mask.numel() / 8) + 4 * num_kept}
""",
        "stores-row-indices": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    return {"dense": 4 * mask.numel(), "csr": 12 * num_kept, "bitmask": math.ceil(mask.numel() / 8) + 4 * num_kept}
""",
        "wrong-rows": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    rows = mask.numel() // mask.shape[-1]
    csr = 8 * num_kept + 4 * (rows + 1)
    return {"dense": 4 * mask.numel(), "csr": csr, "bitmask": math.ceil(mask.numel() / 8) + 4 * num_kept}
""",
        "stores-the-pruned": """
def storage_bytes(mask):
    num_kept = int((~mask).sum())
    csr = 8 * num_kept + 4 * (mask.shape[0] + 1)
    return {"dense": 4 * mask.numel(), "csr": csr, "bitmask": math.ceil(mask.numel() / 8) + 4 * num_kept}
""",
        "byte-for-a-bit": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    csr = 8 * num_kept + 4 * (mask.shape[0] + 1)
    return {"dense": 4 * mask.numel(), "csr": csr, "bitmask": mask.numel() + 4 * num_kept}
""",
        "rounds-down": """
def storage_bytes(mask):
    num_kept = int(mask.sum())
    csr = 8 * num_kept + 4 * (mask.shape[0] + 1)
    return {"dense": 4 * mask.numel(), "csr": csr, "bitmask": mask.numel() // 8 + 4 * num_kept}
""",
    },
}
