"""Hidden cases of rank_layers, lab 10, and wrong answers to it."""

import numpy as np

from labsupport.checks.protocol import Case, require, require_close


def drive_convolution_outputs(rank_layers):
    import torch

    generator = torch.Generator().manual_seed(6)
    reference = {f"layer{i}": torch.randn(2, 3, 4, 4, generator=generator) for i in range(4)}
    noise = {"layer0": 0.01, "layer1": 0.3, "layer2": 0.05}
    actual = {name: reference[name] * (1 + size) for name, size in noise.items()}
    actual["layer3"] = reference["layer3"].clone()
    return {"ranking": rank_layers(reference, actual), "empty": rank_layers(reference, {})}


def judge_convolution_outputs(found):
    names = [name for name, _ in found["ranking"]]
    require(names == ["layer1", "layer2", "layer0", "layer3"], "not-sorted", f"Got the order {names}.")
    values = [value for _, value in found["ranking"]]
    require(values[3] == np.inf, "no-error-not-infinite", "Equal tensors: the ratio is infinite, and stands last.")
    values, expected = values[:3], [-20 * np.log10(size) for size in (0.3, 0.05, 0.01)]
    require_close(values, expected, "wrong-decibels", "Tensors of four dimensions.", rtol=1e-3)
    require(found["empty"] == [], "pairs-by-position", "No name in common, nothing to rank.")


CASES = (Case("outputs of convolutions", judge=judge_convolution_outputs, driver=drive_convolution_outputs),)

WRONG_ANSWERS = {
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
}
