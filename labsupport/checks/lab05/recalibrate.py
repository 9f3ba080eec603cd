"""Visible cases of recalibrate, lab 05."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, reject, require, require_close


def inputs_long_training() -> tuple:
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(0)
    model = nn.Sequential(nn.BatchNorm2d(2), nn.Dropout(0.5)).eval()
    model[0].num_batches_tracked += 10_000
    model[0].weight.data, model[0].bias.data = torch.tensor([2.0, -0.5]), torch.tensor([0.25, 1.0])
    return model, [torch.randn(count, 2, 4, 4, generator=generator) * 3 + count // 10 for count in (50, 70, 90)]


def drive_model(recalibrate: Callable, model: object, batches: object) -> Data:
    import torch
    from torch import nn

    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    recalibrate(model, batches)
    grad = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    return {
        "means": [norm.running_mean for norm in norms],
        "variances": [norm.running_var for norm in norms],
        "training": [name or "the model" for name, layer in model.named_modules() if layer.training],
        "momenta": [-1.0 if norm.momentum is None else norm.momentum for norm in norms],
        "changed": [name for name, parameter in model.named_parameters() if not torch.equal(parameter, before[name])],
        "grad": grad,
    }


def judge_rest(facts: Data) -> None:
    hint = f"In training mode are {', '.join(facts['training'])}. End with model.eval()."
    require(not facts["training"], "left-in-train-mode", hint)
    hint = "Set every momentum back: fine-tuning comes next, and needs it."
    require_close(facts["momenta"], [0.1] * len(facts["momenta"]), "momentum-not-restored", hint)
    hint = f"{', '.join(facts['changed'])} changed. Recalibration changes statistics, not weights: reset_running_stats "
    require(not facts["changed"], "trains-weights", hint + "leaves gamma and beta alone, reset_parameters does not.")
    require(facts["grad"], "grad-left-off", "Gradients are still off after the call: use with torch.no_grad().")


def judge_long_training(facts: Data, _: object, batches: object) -> None:
    mean, means = facts["means"][0].tolist()[0], [images.mean((0, 2, 3)).tolist()[0] for images in batches]
    require(
        mean != 0, "stays-in-eval-mode", "The running mean did not move. In eval mode batch norm does not update it."
    )
    require(
        mean > 0.5,
        "statistics-not-reset",
        f"The running mean is {mean:.3f} after batches with means 5, 7 and 9. With momentum None a batch weighs "
        "1 / num_batches_tracked, and 10,000 batches are counted already: reset the statistics first.",
    )
    slow = 0.1 * (means[2] + 0.9 * means[1] + 0.81 * means[0])
    pooled = sum(len(images) * value for images, value in zip(batches, means, strict=True)) / 210
    hints = {
        "first": "The mean is that of the first batch. Run all of them.",
        "last": "The mean is that of the last batch: it was reset between batches.",
        "slow": f"The running mean is {mean:.2f}: momentum 0.1 moves it by little. Momentum None takes the plain mean.",
        "pooled": "This is the mean over all images. Each batch counts the same, whatever its size.",
    }
    reject(
        mean,
        {
            means[0]: ("first-batch-only", hints["first"]),
            means[2]: ("last-batch-only", hints["last"]),
            slow: ("forgets-momentum-none", hints["slow"]),
            pooled: ("weighs-by-images", hints["pooled"]),
        },
    )
    expected = [
        sum(values) / 3 for values in zip(*(images.mean((0, 2, 3)).tolist() for images in batches), strict=True)
    ]
    require_close(facts["means"][0], expected, "wrong-mean", "The plain mean of the three batches' means.", rtol=1e-4)
    expected = [sum(values) / 3 for values in zip(*(images.var((0, 2, 3)).tolist() for images in batches), strict=True)]
    hint = "The plain mean of the three batches' variances."
    require_close(facts["variances"][0], expected, "wrong-variance", hint, rtol=1e-4)
    judge_rest(facts)


def inputs_nested() -> tuple:
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(4)
    inner = nn.Sequential(nn.BatchNorm2d(3), nn.ReLU(), nn.Sequential(nn.BatchNorm2d(3)))
    model = nn.Sequential(inner, nn.Dropout(0.5)).train()
    inner[0].weight.data, inner[0].bias.data = torch.tensor([2.0, 0.5, 1.0]), torch.tensor([0.5, 0.0, -0.5])
    for norm in (inner[0], inner[2][0]):
        norm.num_batches_tracked += 500
        norm.running_mean += 4
        norm.running_var += 2
    return model, [torch.randn(count, 3, 2, 5, generator=generator) * 2 + 1 for count in (8, 20)]


def judge_networks(facts: Data, model: object, batches: object) -> None:
    import numpy as np

    means, variances = ([0.0] * len(facts["means"]) for _ in range(2))
    for images in batches:
        values = images.double().numpy()
        for place, (norm, _) in enumerate(zip(_norms(model), means, strict=True)):
            mean, variance = values.mean((0, 2, 3)), values.var((0, 2, 3))
            size = values.size // values.shape[1]
            means[place] = means[place] + mean / len(batches)
            variances[place] = variances[place] + variance * size / (size - 1) / len(batches)
            axes = (slice(None), None, None)
            values = (values - mean[axes]) / np.sqrt(variance[axes] + norm.eps)
            values = values * norm.weight.detach().double().numpy()[axes] + norm.bias.detach().double().numpy()[axes]
            values = np.maximum(values, 0)
    for place, (mean, variance) in enumerate(zip(means, variances, strict=True)):
        hint = f"Batch norm {place + 1} of {len(means)}, at any depth of the network: the plain mean over the batches."
        require_close(facts["means"][place], mean, "wrong-mean", hint, rtol=1e-3, atol=1e-4)
        require_close(facts["variances"][place], variance, "wrong-variance", hint, rtol=1e-3, atol=1e-4)
    judge_rest(facts)


def _norms(model: object) -> list:
    return [layer for layer in model.modules() if type(layer).__name__ == "BatchNorm2d"]


CASES = (
    Case(
        "three batches after a long training",
        inputs_long_training,
        judge_long_training,
        drive_model,
        changes=("model",),
    ),
    Case("batch norms at two depths", inputs_nested, judge_networks, drive_model, changes=("model",)),
)
