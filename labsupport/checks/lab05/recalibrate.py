"""Visible cases of recalibrate, lab 05."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require, require_close


def drive_recalibrate(recalibrate: Callable) -> Data:
    import torch
    from torch import nn

    torch.manual_seed(0)
    model = nn.Sequential(nn.BatchNorm2d(2), nn.Dropout(0.5)).eval()
    model[0].num_batches_tracked += 10_000
    batches = [torch.randn(50, 2, 4, 4) * 3 + 5, torch.randn(50, 2, 4, 4) * 3 + 7, torch.randn(50, 2, 4, 4) * 3 + 9]
    weight = model[0].weight.detach().clone()
    recalibrate(model, batches)
    return {
        "mean": model[0].running_mean,
        "var": model[0].running_var,
        "training": model.training,
        "momentum": -1.0 if model[0].momentum is None else model[0].momentum,
        "same_weight": torch.equal(weight, model[0].weight),
    }


def judge_recalibrate(facts: Data) -> None:
    mean = float(facts["mean"].mean())
    require(
        mean != 0, "stays-in-eval-mode", "The running mean did not move. In eval mode batch norm does not update it."
    )
    require(
        mean > 0.5,
        "statistics-not-reset",
        f"The running mean is {mean:.3f} after batches with means 5, 7 and 9. With momentum None a batch weighs "
        "1 / num_batches_tracked, and 10,000 batches are counted already: reset the statistics first.",
    )
    require(abs(mean - 5) > 0.3, "first-batch-only", "The mean is that of the first batch. Run all of them.")
    require(abs(mean - 9) > 0.3, "last-batch-only", "The mean is that of the last batch: it was reset between batches.")
    require(
        abs(mean - 2.0) > 0.4,
        "forgets-momentum-none",
        f"The running mean is {mean:.2f}: momentum 0.1 moves it by little. Momentum None takes the plain mean.",
    )
    require(
        abs(mean - 7) < 0.3, "wrong-mean", f"The running mean is {mean:.2f}; the mean of the three batches is about 7."
    )
    require(abs(float(facts["var"].mean()) - 9) < 1, "wrong-variance", "The running variance must be about 9.")
    require(
        facts["training"] is False, "left-in-train-mode", "The model is left in training mode. End with model.eval()."
    )
    require_close(
        facts["momentum"], 0.1, "momentum-not-restored", "Set momentum back: fine-tuning comes next, and needs it."
    )
    require(facts["same_weight"], "trains-weights", "Recalibration changes statistics, not weights.")


CASES = (
    Case("three batches after a long training", judge=judge_recalibrate, driver=drive_recalibrate, changes=("model",)),
)
