"""Hidden cases of global_masks, lab 04, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab04._reference import require_mask
from labsupport.checks.protocol import Case, require


def inputs_three_layers() -> tuple:
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
    return parameters, 0.75


def judge_three_layers(masks, parameters, sparsity):
    values = [parameters[name].abs().numpy() for name in ("a.weight", "b.weight", "c.weight")]
    require(
        set(masks) == {"a.weight", "b.weight", "c.weight"}, "prunes-biases", "Tensors of one dimension get no mask."
    )
    ordered = [masks[name] for name in ("a.weight", "b.weight", "c.weight")]
    require(
        [mask.shape for mask in ordered] == [value.shape for value in values],
        "mask-has-other-shape",
        "A mask has the shape of its tensor.",
    )
    kept = sum(int(mask.sum()) for mask in ordered)
    require(kept == 372 - 279, "keeps-wrong-number", f"A quarter of 372 weights are 93, the masks keep {kept}.")
    smallest_kept = min(float(value[mask].min()) for value, mask in zip(values, ordered, strict=True) if mask.any())
    largest_gone = max(float(value[~mask].max()) for value, mask in zip(values, ordered, strict=True))
    require(largest_gone <= smallest_kept, "layer-by-layer", "A pruned weight is larger than a kept one elsewhere.")


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shapes = {"a": (3, 5), "bias": (7,), "b": (2, 3, 2), "scale": (), "c": (1 + seed % 4, 4)}
    parameters = {name: torch.randint(-9, 9, shape, generator=generator) / 4 for name, shape in shapes.items()}
    return parameters, (0.0, 1.0, 0.5, 0.3, 0.9)[seed % 5]


def judge_drawn(masks, parameters, sparsity):
    weights = {name: tensor for name, tensor in parameters.items() if tensor.ndim > 1}
    require(set(masks) == set(weights), "wrong-names", f"Masks for {', '.join(masks)}, not for {', '.join(weights)}.")
    pairs = []
    for name, tensor in weights.items():
        require_mask(masks[name], tuple(tensor.shape))
        pairs += zip(tensor.abs().flatten().tolist(), masks[name].ravel().tolist(), strict=True)
    count = sum(not kept for _, kept in pairs)
    hint = f"round({sparsity} * {len(pairs)}) are {round(sparsity * len(pairs))}, and {count} were pruned."
    require(count == round(sparsity * len(pairs)), "keeps-wrong-number", hint)
    gone = max((value for value, kept in pairs if not kept), default=0.0)
    hint = f"A weight of magnitude {gone} was pruned, and a smaller one kept."
    require(all(value >= gone for value, kept in pairs if kept), "prunes-other-weights", hint)


CASES = (
    Case("three layers of different scale", inputs_three_layers, judge_three_layers),
    Case("drawn weights with ties", inputs_drawn, judge_drawn, seeds=20),
)

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
    "prunes-biases, tells them by their names": edit("tensor.ndim > 1", '"bias" not in name'),
    "keeps-wrong-number, rounded down": edit("round(sparsity * len(scores))", "int(sparsity * len(scores))"),
    "keeps-wrong-number, half up": edit("round(sparsity * len(scores))", "int(sparsity * len(scores) + 0.5)"),
    "changes-its-argument": edit("tensor.abs()", "tensor.abs_()"),
}

READERS_WRONG_ANSWERS = {
    "prunes-all-ties, one threshold and a case for none": """
def global_masks(parameters: dict[str, Tensor], sparsity: float) -> dict[str, Tensor]:
    chosen = {name: p for name, p in parameters.items() if p.ndim > 1}
    magnitudes = torch.cat([p.abs().flatten() for p in chosen.values()])
    k = round(sparsity * len(magnitudes))
    if k == 0:
        return {name: torch.ones_like(p, dtype=torch.bool) for name, p in chosen.items()}
    threshold = magnitudes.sort().values[k - 1]
    return {name: p.abs() > threshold for name, p in chosen.items()}
""",
    "prunes-other-weights, places in the order taken for ranks": """
def global_masks(parameters: dict[str, Tensor], sparsity: float) -> dict[str, Tensor]:
    chosen = {name: p for name, p in parameters.items() if p.ndim > 1}
    magnitudes = torch.cat([p.abs().flatten() for p in chosen.values()])
    k = round(sparsity * len(magnitudes))
    long = magnitudes.argsort() >= k
    pieces = long.split([p.numel() for p in chosen.values()])
    return {name: piece.reshape(p.shape) for (name, p), piece in zip(chosen.items(), pieces)}
""",
    "keeps-wrong-number, k is the sum of the rounded numbers of each": """
def global_masks(parameters: dict[str, Tensor], sparsity: float) -> dict[str, Tensor]:
    weights = {name: p.detach() for name, p in parameters.items() if p.dim() >= 2}
    long = torch.cat([p.flatten().abs() for p in weights.values()])
    k = sum(round(sparsity * p.numel()) for p in weights.values())
    mask = torch.ones(long.numel(), dtype=torch.bool)
    mask[long.argsort()[:k]] = False
    pieces = mask.split([p.numel() for p in weights.values()])
    return {name: piece.reshape(p.shape) for (name, p), piece in zip(weights.items(), pieces)}
""",
    "layer-by-layer, every layer gets the same sparsity, no global": """
def global_masks(parameters: dict[str, Tensor], sparsity: float) -> dict[str, Tensor]:
    masks = {}
    for name, p in parameters.items():
        if p.dim() >= 2:
            mask = torch.ones(p.numel(), dtype=torch.bool)
            mask[p.detach().flatten().abs().argsort()[: round(sparsity * p.numel())]] = False
            masks[name] = mask.reshape(p.shape)
    return masks
""",
    "counts-biases, k counts the biases": """
def global_masks(parameters: dict[str, Tensor], sparsity: float) -> dict[str, Tensor]:
    weights = {name: p.detach() for name, p in parameters.items() if p.dim() >= 2}
    long = torch.cat([p.flatten().abs() for p in weights.values()])
    k = round(sparsity * sum(p.numel() for p in parameters.values()))
    mask = torch.ones(long.numel(), dtype=torch.bool)
    mask[long.argsort()[:k]] = False
    pieces = mask.split([p.numel() for p in weights.values()])
    return {name: piece.reshape(p.shape) for (name, p), piece in zip(weights.items(), pieces)}
""",
}

RIGHT_ANSWERS = {
    "topk": """
def global_masks(parameters, sparsity):
    weights = {name: tensor for name, tensor in parameters.items() if tensor.dim() >= 2}
    scores = torch.cat([tensor.reshape(-1).abs() for tensor in weights.values()])
    mask = torch.ones_like(scores, dtype=torch.bool)
    mask[scores.topk(round(sparsity * scores.numel()), largest=False).indices] = False
    masks, start = {}, 0
    for name, tensor in weights.items():
        masks[name] = mask[start : start + tensor.numel()].view(tensor.shape)
        start += tensor.numel()
    return masks
""",
    "a sorted list of places": """
def global_masks(parameters, sparsity):
    masks = {name: torch.ones(t.shape, dtype=torch.bool) for name, t in parameters.items() if t.ndim > 1}
    places = [(abs(value), name, i) for name in masks for i, value in enumerate(parameters[name].flatten().tolist())]
    for _, name, i in sorted(places)[: round(sparsity * len(places))]:
        masks[name].view(-1)[i] = False
    return masks
""",
    "numpy": """
def global_masks(parameters, sparsity):
    import numpy as np

    names = [name for name in parameters if parameters[name].ndim > 1]
    scores = np.concatenate([np.abs(parameters[name].numpy()).ravel() for name in names])
    keep = np.ones(scores.size, dtype=bool)
    keep[np.argsort(scores, kind="stable")[: round(sparsity * scores.size)]] = False
    ends = np.cumsum([parameters[name].numel() for name in names])
    parts = np.split(keep, ends[:-1])
    return {name: torch.from_numpy(part.reshape(parameters[name].shape)) for name, part in zip(names, parts)}
""",
}
