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


CASES = (Case("three extra epochs", judge=judge_bench, driver=drive_bench),)
