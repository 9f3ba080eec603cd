"""Hidden cases of rank_layers, lab 11, and wrong answers to it."""

import math

import numpy as np

from course.answers import edit
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


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    reference = {f"t{i}": torch.randn(1 + i, 2, 1 + seed % 4, generator=generator) + seed % 3 for i in range(seed % 6)}
    actual = {"other": torch.ones(2)}
    for place, name in enumerate(reversed(reference)):
        noise = torch.randn(reference[name].shape, generator=generator) * 10.0 ** (1 - (place * 7 + seed) % 5)
        actual |= {name: reference[name] + noise} if place != 1 else {}
    return reference, actual


def judge_drawn(ranking, reference, actual):
    expected = {}
    for name in reference.keys() & actual.keys():
        x, y = reference[name].double().flatten().tolist(), actual[name].double().flatten().tolist()
        noise = sum((a - b) ** 2 for a, b in zip(x, y, strict=True))
        expected[name] = 10 * math.log10(sum(a * a for a in x) / noise)
    names = sorted(expected, key=expected.get)
    got = [name for name, _ in ranking]
    require(got == names, "not-sorted", f"From the worst on: {names}, not {got}.")
    values = [value for _, value in ranking]
    require_close(values, [expected[name] for name in names], "wrong-decibels", "Other tensors.", rtol=1e-3, atol=1e-3)


CASES = (
    Case("outputs of convolutions", judge=judge_convolution_outputs, driver=drive_convolution_outputs),
    Case("other names", inputs_drawn, judge_drawn, seeds=20),
)

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
    "drops-the-sign": edit("10 * torch.log10(signal / noise).item()", "abs(10 * torch.log10(signal / noise).item())"),
    "drops-the-sign, at least 0": edit(
        "10 * torch.log10(signal / noise).item()", "max(0.0, 10 * torch.log10(signal / noise).item())"
    ),
    "wrong-decibels, rounded": edit(
        "10 * torch.log10(signal / noise).item()", "round(10 * torch.log10(signal / noise).item(), 1)"
    ),
    "returns-no-list": edit(
        "sorted(ratios, key=lambda ratio: ratio[1])", "dict(sorted(ratios, key=lambda ratio: ratio[1]))"
    ),
    "wrong-decibels, signal of the int8 side": edit("reference[name].square()", "actual[name].square()"),
    "wrong-decibels, signal without its mean": edit(
        "reference[name].square().sum(), (", "(reference[name] - reference[name].mean()).square().sum(), ("
    ),
    "not-sorted, by name": edit("key=lambda ratio: ratio[1]", "key=lambda ratio: ratio[0]"),
    "changes-its-argument": edit("reference[name].square().sum(), (", "reference[name].square_().sum(), ("),
    "no-error-not-infinite, 100 for infinity": edit("math.inf", "100.0"),
}

READERS_WRONG_ANSWERS = {
    "wrong-decibels, twenty for ten": """
def rank_layers(reference: dict[str, Tensor], actual: dict[str, Tensor]) -> list[tuple[str, float]]:
    ranked = []
    for name, x in reference.items():
        if name not in actual:
            continue
        signal = x.square().sum()
        noise = (x - actual[name]).square().sum()
        if noise == 0:
            decibels = math.inf
        else:
            decibels = (20 * torch.log10(signal / noise)).item()
        ranked.append((name, decibels))
    return sorted(ranked, key=lambda pair: pair[1])
""",
    "best-first, best first": """
def rank_layers(reference: dict[str, Tensor], actual: dict[str, Tensor]) -> list[tuple[str, float]]:
    ranked = []
    for name in reference:
        if name in actual:
            noise = (reference[name] - actual[name]).pow(2).sum()
            signal = reference[name].pow(2).sum()
            value = math.inf if noise.item() == 0 else (10 * torch.log10(signal / noise)).item()
            ranked.append((name, value))
    return sorted(ranked, key=lambda item: item[1], reverse=True)
""",
    "wrong-decibels, paired by position": """
def rank_layers(reference: dict[str, Tensor], actual: dict[str, Tensor]) -> list[tuple[str, float]]:
    names = [name for name in reference if name in actual]
    floats = [reference[name] for name in names]
    ints = [tensor for name, tensor in actual.items() if name in reference]
    ranked = []
    for name, x, y in zip(names, floats, ints):
        noise = ((x - y) ** 2).sum()
        if noise == 0:
            ranked.append((name, float("inf")))
        else:
            ranked.append((name, float(10 * torch.log10((x**2).sum() / noise))))
    return sorted(ranked, key=lambda pair: pair[1])
""",
}

RIGHT_ANSWERS = {
    "norms": """
def rank_layers(reference, actual):
    found = []
    for name, x in reference.items():
        if name in actual:
            found.append((name, (20 * torch.log10(x.norm() / (x - actual[name]).norm())).item()))
    return sorted(found, key=lambda pair: pair[1])
""",
    "Python floats": """
def rank_layers(reference, actual):
    found = []
    for name in [n for n in actual if n in reference]:
        x, y = reference[name].flatten().tolist(), actual[name].flatten().tolist()
        noise = sum((a - b) ** 2 for a, b in zip(x, y))
        ratio = float(torch.tensor(sum(a * a for a in x) / noise).log10()) * 10 if noise else float('inf')
        found.append([ratio, name])
    return [[name, ratio] for ratio, name in sorted(found)]
""",
    "mean squares, float64": edit(
        "reference[name].square().sum(), (reference[name] - actual[name]).square().sum()",
        "reference[name].double().pow(2).mean(), (actual[name] - reference[name]).double().pow(2).mean()",
    ),
}
