"""Hidden cases of global_masks, lab 04, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require


def drive_three_layers(global_masks):
    import torch

    generator = torch.Generator().manual_seed(3)
    shapes = {
        "a.weight": (4, 1, 3, 3),
        "a.bias": (4,),
        "norm.weight": (4,),
        "b.weight": (6, 4, 3, 3),
        "c.weight": (5, 24),
    }
    scales = {"a.weight": 3.0, "b.weight": 0.3}
    parameters = {
        name: scales.get(name, 1.0) * torch.randn(shape, generator=generator) for name, shape in shapes.items()
    }
    masks = global_masks(parameters, 0.75)
    values = [parameters[name].detach().abs() for name in ("a.weight", "b.weight", "c.weight")]
    return {"masks": masks, "values": values}


def judge_three_layers(data):
    masks = data["masks"]
    require(
        set(masks) == {"a.weight", "b.weight", "c.weight"}, "prunes-biases", "Tensors of one dimension get no mask."
    )
    ordered = [masks[name] for name in ("a.weight", "b.weight", "c.weight")]
    require(
        [mask.shape for mask in ordered] == [value.shape for value in data["values"]],
        "mask-has-other-shape",
        "A mask has the shape of its tensor.",
    )
    kept = sum(int(mask.sum()) for mask in ordered)
    require(kept == 372 - 279, "keeps-wrong-number", f"A quarter of 372 weights are 93, the masks keep {kept}.")
    smallest_kept = min(
        float(value[mask].min()) for value, mask in zip(data["values"], ordered, strict=True) if mask.any()
    )
    largest_gone = max(float(value[~mask].max()) for value, mask in zip(data["values"], ordered, strict=True))
    require(largest_gone <= smallest_kept, "layer-by-layer", "A pruned weight is larger than a kept one elsewhere.")


CASES = (Case("three layers of different scale", judge=judge_three_layers, driver=drive_three_layers),)

WRONG_ANSWERS = {
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
    "threshold-on-signed-weights": edit(
        "tensor.abs()", "tensor", "zip(prunable, parts, strict=True)", "zip(prunable, parts)"
    ),
    "prunes-all-ties": """
def global_masks(parameters, sparsity):
    prunable = {name: tensor for name, tensor in parameters.items() if tensor.ndim > 1}
    scores = torch.cat([tensor.abs().flatten() for tensor in prunable.values()])
    threshold = scores.sort().values[round(sparsity * len(scores)) - 1]
    return {name: tensor.abs() > threshold for name, tensor in prunable.items()}
""",
}
