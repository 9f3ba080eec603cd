"""Hidden cases of percentile_range, lab 01, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def drive_other_coverage(percentile_range):
    import torch

    generator = torch.Generator().manual_seed(2)
    splits = {name: torch.randn(20, 50, generator=generator) for name in ("test", "calibration", "train", "validation")}
    return [percentile_range(splits, number, coverage) for number, coverage in ((20, 0.99), (1, 0.5), (7, 0.0))]


def judge_other_coverage(found):
    import torch

    generator = torch.Generator().manual_seed(2)
    torch.randn(20, 50, generator=generator)
    values = torch.randn(20, 50, generator=generator).double()
    for got, (number, low, high) in zip(found, ((20, 0.005, 0.995), (1, 0.25, 0.75), (7, 0.5, 0.5)), strict=True):
        expected = [values[:number].quantile(share).item() for share in (low, high)]
        require_close(
            [got["low"], got["high"]], expected, "wrong-range", "Other coverages and numbers of images.", rtol=1e-4
        )


def inputs_full_coverage() -> tuple:
    import torch

    values = torch.arange(1.0, 241.0).reshape(4, 3, 4, 5)
    splits = {"train": -values, "validation": 2 * values, "calibration": values, "test": 3 * values}
    return splits, 2, 1.0


def judge_full_coverage(found):
    hint = "At a coverage of 1 nothing is left out of the first 2 images, all channels and pixels."
    require_close([found["low"], found["high"]], [1.0, 120.0], "wrong-range", hint)


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = (2 + seed % 5, 3, 1 + seed % 4, 2)
    names = ("calibration", "test", "train", "validation")
    splits = {name: torch.randn(shape, generator=generator) * 3 + seed - 10 for name in names}
    return splits, 1 + seed % shape[0], (0.0, 0.3, 0.5, 0.8, 0.99, 0.9995, 1.0)[seed % 7]


def judge_drawn(found, splits, num_samples, coverage):
    values = sorted(splits["calibration"][:num_samples].flatten().tolist())

    def between(share):
        place = share * (len(values) - 1)
        left = min(int(place), len(values) - 2)
        return values[left] + (place - left) * (values[left + 1] - values[left])

    expected = [between((1 - coverage) / 2), between((1 + coverage) / 2)]
    hint = f"{num_samples} images, a coverage of {coverage}, interpolated between neighbours."
    require_close([found["low"], found["high"]], expected, "wrong-range", hint, rtol=1e-4, atol=1e-4)


CASES = (
    Case("other coverages", judge=judge_other_coverage, driver=drive_other_coverage),
    Case("full coverage of images with channels", inputs_full_coverage, judge_full_coverage),
    Case("drawn values and coverages", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "calibrates-on-test": """
def percentile_range(splits, num_samples, coverage):
    values = splits["test"][:num_samples].flatten()
    ends = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2]))
    return {"low": ends[0].item(), "high": ends[1].item()}
""",
    "calibrates-on-validation": """
def percentile_range(splits, num_samples, coverage):
    values = splits["validation"][:num_samples].flatten()
    ends = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2]))
    return {"low": ends[0].item(), "high": ends[1].item()}
""",
    "calibrates-on-train": """
def percentile_range(splits, num_samples, coverage):
    values = splits["train"][:num_samples].flatten()
    ends = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2]))
    return {"low": ends[0].item(), "high": ends[1].item()}
""",
    "percentile-of-signed-values": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples].flatten()
    high = torch.quantile(values, coverage).item()
    return {"low": -high, "high": high}
""",
    "percentile-of-magnitudes": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples].flatten().abs()
    high = torch.quantile(values, coverage).item()
    return {"low": -high, "high": high}
""",
    "leaves-out-twice": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples].flatten()
    return {"low": torch.quantile(values, 1 - coverage).item(), "high": torch.quantile(values, coverage).item()}
""",
    "one-end-only": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples].flatten()
    return {"low": values.min().item(), "high": torch.quantile(values, (1 + coverage) / 2).item()}
""",
    "takes-min-max": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples]
    return {"low": values.min().item(), "high": values.max().item()}
""",
    "uses-all-images": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"].flatten()
    ends = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2]))
    return {"low": ends[0].item(), "high": ends[1].item()}
""",
    "takes-values-for-images": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"].flatten()[:num_samples]
    ends = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2]))
    return {"low": ends[0].item(), "high": ends[1].item()}
""",
    "swapped-ends": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples].flatten()
    ends = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2]))
    return {"low": ends[1].item(), "high": ends[0].item()}
""",
    "widens-to-zero": edit(
        '"low": values.quantile(outside).item()', '"low": min(0.0, values.quantile(outside).item())'
    ),
    "wrong-range, always 0.9": edit("(1 - coverage) / 2", "0.05"),
    "wrong-range, without interpolation": edit(
        "values.quantile(outside)", 'values.quantile(outside, interpolation="lower")'
    ),
    "wrong-range, the last images": edit("[:num_samples]", "[-num_samples:]"),
    "wrong-range, the first channel": edit("[:num_samples].flatten()", "[:num_samples, 0].flatten()"),
    "wrong-range, rounded": edit("values.quantile(outside).item()", "round(values.quantile(outside).item(), 1)"),
    "changes-its-argument": """
def percentile_range(splits, num_samples, coverage):
    splits["calibration"] = splits["calibration"][:num_samples].flatten().double()
    outside = (1 - coverage) / 2
    low, high = (splits["calibration"].quantile(share).item() for share in (outside, 1 - outside))
    return {"low": low, "high": high}
""",
}

RIGHT_ANSWERS = {
    "two quantiles at once, in float32": """
def percentile_range(splits, num_samples, coverage):
    values = splits["calibration"][:num_samples].reshape(-1)
    low, high = torch.quantile(values, torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2])).tolist()
    return {"high": high, "low": low}
""",
    "numpy": """
def percentile_range(splits, num_samples, coverage):
    import numpy as np

    ends = np.percentile(splits["calibration"].numpy()[:num_samples], [50 - 50 * coverage, 50 + 50 * coverage])
    return dict(low=ends[0], high=ends[1])
""",
    "sorted": """
def percentile_range(splits, num_samples, coverage):
    values, _ = torch.cat([image.flatten() for image in splits["calibration"][:num_samples]]).sort()

    def end(share):
        place = share * (len(values) - 1)
        below = math.floor(place)
        above = min(below + 1, len(values) - 1)
        return torch.lerp(values[below], values[above], place - below).item()

    return {"low": end((1 - coverage) / 2), "high": end((1 + coverage) / 2)}
""",
}
