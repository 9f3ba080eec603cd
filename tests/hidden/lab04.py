"""Cases of lab 04 that grading adds to the visible ones: other shapes, edges, and inputs that must stay untouched."""

from labsupport.checks.protocol import Case, require, require_close


def drive_mask_edges(magnitude_mask):
    import torch

    weight = torch.tensor([[2.0, -1.0, 0.0], [-3.0, 0.5, 1.0]])
    masks = [magnitude_mask(weight, sparsity) for sparsity in (0.0, 0.34, 1.0)]
    return {"masks": masks, "weight": weight}


def judge_mask_edges(data):
    require_close(data["weight"], [[2.0, -1.0, 0.0], [-3.0, 0.5, 1.0]], "changes-its-input", "The weight was changed.")
    kept = [int(mask.sum()) for mask in data["masks"]]
    require(
        kept == [6, 4, 0], "keeps-wrong-number", f"Sparsity 0, 0.34 and 1 of six weights keep 6, 4 and 0, not {kept}."
    )
    require_close(data["masks"][1], [[1, 1, 0], [1, 0, 1]], "prunes-other-weights", "0.0 and 0.5 are the smallest two.")


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


def drive_test_says_nothing(choose_sparsity):
    runs = [
        {"sparsity": 0.6, "validation": [0.80, 0.84, 0.83], "test": [0.1, 0.2, 0.3]},
        {"sparsity": 0.7, "validation": [0.81, 0.80, 0.79], "test": [0.0, 0.0, 0.0]},
        {"sparsity": 0.9, "validation": [0.70, 0.78, 0.77], "test": [0.9, 0.9, 0.9]},
    ]
    return [
        choose_sparsity(runs, {"validation": 0.85, "test": 0.5}, 0.045),
        choose_sparsity(runs, {"validation": 0.85, "test": 0.9}, 0.015),
    ]


def judge_test_says_nothing(choices):
    hint = "Only validation may decide, against the dense network's validation accuracy."
    require_close([choice["sparsity"] for choice in choices], [0.7, 0.6], "compares-with-test", hint)
    require_close([choice["epoch"] for choice in choices], [0, 1], "wrong-epoch", "The best epoch on validation.")
    require_close([choice["test_accuracy"] for choice in choices], [0.0, 0.2], "wrong-report", "Test at that epoch.")


def drive_many_steps(masked_step):
    import torch

    generator = torch.Generator().manual_seed(1)
    mask = torch.rand(6, 5, generator=generator) < 0.5
    weight, velocity = torch.randn(6, 5, generator=generator) * mask, torch.randn(6, 5, generator=generator)
    first = {"weight": weight.clone(), "velocity": velocity.clone()}
    step = {"weight": weight, "velocity": velocity}
    unchanged = True
    gradients = [torch.randn(6, 5, generator=generator) for _ in range(5)]
    for gradient in gradients:
        before = {name: tensor.clone() for name, tensor in step.items()}
        after = masked_step(step["weight"], gradient, step["velocity"], mask, 0.05, 0.9, 0.01)
        unchanged = unchanged and all(torch.equal(before[name], step[name]) for name in before)
        step = after
    return {"weight": step["weight"], "first": first, "gradients": gradients, "mask": mask, "unchanged": unchanged}


def judge_many_steps(data):
    require(data["unchanged"], "changes-its-input", "The tensors that were given have changed: return new ones.")
    weight, velocity, mask = data["first"]["weight"], data["first"]["velocity"], data["mask"]
    for gradient in data["gradients"]:
        velocity = 0.9 * velocity + gradient + 0.01 * weight
        weight = (weight - 0.05 * velocity) * mask
    require(
        not data["weight"][~mask].any(), "mask-not-reapplied", "A pruned weight is no longer zero after five steps."
    )
    require_close(data["weight"], weight, "wrong-weight", "Five steps in a row, by the formula.", rtol=1e-4, atol=1e-6)


def drive_twenty_rounds(next_mask):
    import torch

    weight = torch.randn(10, 10, 3, 3, generator=torch.Generator().manual_seed(2))
    mask = torch.ones_like(weight, dtype=torch.bool)
    first, kept, nested = mask.clone(), [], True
    for _ in range(22):
        smaller = next_mask(weight, mask, 0.1)
        nested = nested and not bool((smaller & ~mask).any())
        mask = smaller
        kept.append(int(mask.sum()))
    full = torch.ones(4, dtype=torch.bool)
    nothing = next_mask(torch.tensor([1.0, 2.0, 3.0, 4.0]), full, 0.0)
    once = next_mask(torch.tensor([1.0, 2.0, 3.0, 4.0]), full, 0.5)
    return {"kept": kept, "nested": nested, "nothing": nothing, "once": once, "full": full, "first": first}


def judge_twenty_rounds(data):
    expected, left = [], 900
    for _ in range(22):
        left -= round(0.1 * left)
        expected.append(left)
    require(bool(data["full"].all()), "changes-its-input", "The mask that was given has changed: return a new one.")
    require(data["nested"], "revives-pruned-weights", "A weight that was pruned has come back in a later round.")
    require_close(data["kept"], expected, "keeps-wrong-number", "22 rounds of a tenth each, from 900 weights.")
    require(bool(data["nothing"].all()), "keeps-wrong-number", "A fraction of 0 prunes nothing.")
    require_close(data["once"], [0, 0, 1, 1], "prunes-other-weights", "1.0 and 2.0 are the smaller half.")


def drive_storage_edges(storage_bytes):
    import torch

    empty, full = torch.zeros(3, 5, dtype=torch.bool), torch.ones(2, 4, 2, 2, dtype=torch.bool)
    return [storage_bytes(mask) for mask in (empty, full)]


def judge_storage_edges(sizes):
    rows = [[size["dense"], size["csr"], size["bitmask"]] for size in sizes]
    require_close(
        rows, [[60, 16, 2], [128, 268, 132]], "wrong-bytes", "Nothing kept in 3 x 5, all kept in 2 x 4 x 2 x 2."
    )


HIDDEN = {
    "magnitude-mask": (Case("nothing, a third and everything", drive_mask_edges, judge_mask_edges),),
    "global-masks": (Case("three layers of different scale", drive_three_layers, judge_three_layers),),
    "choose-sparsity": (Case("test accuracies that mislead", drive_test_says_nothing, judge_test_says_nothing),),
    "masked-step": (Case("five steps in a row", drive_many_steps, judge_many_steps),),
    "next-mask": (Case("twenty-two rounds of a convolution", drive_twenty_rounds, judge_twenty_rounds),),
    "storage-bytes": (Case("nothing kept and everything kept", drive_storage_edges, judge_storage_edges),),
}
