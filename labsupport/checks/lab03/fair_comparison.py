"""Visible cases of fair_comparison, lab 03."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require, require_close, require_keys


def drive_bench(fair_comparison: Callable) -> Data:
    class Bench:
        def __init__(self) -> None:
            self.reports = []

        def checkpoint(self):
            return {"epochs": 0, "trained": "no", "images": "none"}

        def train(self, model, num_epochs, fake_quantize):
            kind = "quantized" if fake_quantize else "plain"
            kind = kind if model["trained"] in ("no", kind) else "both"
            return model | {"epochs": model["epochs"] + num_epochs, "trained": kind}

        def convert(self, model, split):
            return model | {"images": split}

        def accuracy(self, model, split):
            self.reports.append(model | {"split": split})
            loss = 0 if model["images"] == "none" else 0.004 if model["trained"] != "plain" else 0.01
            flattered = 0.003 * (model["images"] == split) + 0.002 * (split != "test")
            return 0.9 + 0.002 * model["epochs"] - loss + flattered

    bench = Bench()
    return {"result": fair_comparison(bench, 3), "reports": bench.reports}


def judge_bench(data: Data) -> None:
    result, reports = data["result"], data["reports"]
    require_keys(result, "fp32", "int8", "qat")
    for report in reports:
        hint = "The int8 ranges were fitted to the test images, and then the accuracy on them was reported."
        require(report["images"] != "test", "calibrates-on-test", hint)
        hint = f'The ranges come from the split "calibration", not from "{report["images"]}".'
        require(report["images"] in ("none", "calibration"), "wrong-calibration-split", hint)
    on_test = [report for report in reports if report["split"] == "test"]
    hint = f"The test split was asked {len(on_test)} times for 3 results: something was chosen by it."
    require(len(on_test) <= 3, "chooses-on-test", hint)
    for report in reports:
        hint = "A network was trained both ways. Start each side from a fresh checkpoint."
        require(report["trained"] != "both", "one-on-top-of-the-other", hint)
    for report in reports:
        hint = f"Networks with {report['epochs']} and with 3 extra epochs are compared. What more training brings is "
        hint += "then taken for a gain of quantization: give all three the same number of epochs."
        require(report["epochs"] == 3, "unequal-epochs", hint)
    require(len(on_test) == 3, "not-on-test", "Report the accuracy of all three on the test split.")
    expected = {"fp32": ("plain", "none"), "int8": ("plain", "calibration"), "qat": ("quantized", "calibration")}
    made = {(report["trained"], report["images"]) for report in on_test}
    hint = "Compare three: trained plainly; the same converted to int8; trained with fake quantization, converted."
    require(made == set(expected.values()), "wrong-sides", hint)
    values = [result[name] for name in ("fp32", "int8", "qat")]
    require_close(values, [0.906, 0.896, 0.902], "wrong-result", "Accuracies of fp32, int8 and qat.")


def inputs_all_in_the_past() -> tuple:
    class Bench:
        """A network is the list of what was done to it; each list has an accuracy of its own."""

        def checkpoint(self):
            return []

        def train(self, model, num_epochs, fake_quantize):
            return [*model, (1.0 if fake_quantize else 0.5) * num_epochs]

        def convert(self, model, split):
            return [*model, {"train": 1, "validation": 2, "calibration": 3, "test": 4}[split]]

        def accuracy(self, model, split):
            told = sum(number / 10**place for place, number in enumerate(model, 1))
            return told / 10 + (0.05 if split == "test" else 0.0)

    return Bench(), 1


def judge_all_in_the_past(result: Data, bench: object, num_epochs: int) -> None:
    require_keys(result, "fp32", "int8", "qat")
    plain, aware = bench.train([], num_epochs, False), bench.train([], num_epochs, True)
    sides = {"fp32": plain, "int8": bench.convert(plain, "calibration"), "qat": bench.convert(aware, "calibration")}
    for name, side in sides.items():
        hint = f"One extra epoch. The accuracy of {name} is not that of the network this side asks for."
        require_close(result[name], bench.accuracy(side, "test"), "wrong-result", hint)


CASES = (
    Case("three extra epochs", judge=judge_bench, driver=drive_bench),
    Case("one extra epoch on another bench", inputs_all_in_the_past, judge_all_in_the_past),
)
