"""Hidden cases of fair_comparison, lab 03, and wrong answers to it."""

from labsupport.checks.protocol import Case, require


def drive_one_epoch(fair_comparison):
    asked = []

    class Bench:
        def checkpoint(self):
            return []

        def train(self, model, num_epochs, fake_quantize):
            return [*model, f"{'aware' if fake_quantize else 'plain'} {num_epochs}"]

        def convert(self, model, split):
            return [*model, f"convert {split}"]

        def accuracy(self, model, split):
            asked.append([*model, split])
            return 0.5 + 0.01 * len(asked)

    return {"result": fair_comparison(Bench(), 1), "asked": asked}


def judge_one_epoch(data):
    on_test = sorted(model[:-1] for model in data["asked"] if model[-1] == "test")
    expected = [["aware 1", "convert calibration"], ["plain 1"], ["plain 1", "convert calibration"]]
    require(on_test == expected, "wrong-sides", f"Reported on test: {on_test}.")
    require(set(data["result"]) == {"fp32", "int8", "qat"}, "wrong-keys", "The keys are fp32, int8 and qat.")


CASES = (Case("one extra epoch", judge=judge_one_epoch, driver=drive_one_epoch),)

WRONG_ANSWERS = {
    "unequal-epochs": """
def fair_comparison(bench, num_epochs):
    start = bench.checkpoint()
    aware = bench.train(bench.checkpoint(), num_epochs, fake_quantize=True)
    models = {"fp32": start, "int8": bench.convert(start, "calibration"), "qat": bench.convert(aware, "calibration")}
    return {name: bench.accuracy(model, "test") for name, model in models.items()}
""",
    "calibrates-on-test": """
def fair_comparison(bench, num_epochs):
    plain, aware = (bench.train(bench.checkpoint(), num_epochs, fake_quantize=fake) for fake in (False, True))
    models = {"fp32": plain, "int8": bench.convert(plain, "test"), "qat": bench.convert(aware, "test")}
    return {name: bench.accuracy(model, "test") for name, model in models.items()}
""",
    "wrong-calibration-split": """
def fair_comparison(bench, num_epochs):
    plain, aware = (bench.train(bench.checkpoint(), num_epochs, fake_quantize=fake) for fake in (False, True))
    models = {"fp32": plain, "int8": bench.convert(plain, "validation"), "qat": bench.convert(aware, "validation")}
    return {name: bench.accuracy(model, "test") for name, model in models.items()}
""",
    "chooses-on-test": """
def fair_comparison(bench, num_epochs):
    plain = bench.train(bench.checkpoint(), num_epochs, fake_quantize=False)
    runs = [bench.train(bench.checkpoint(), n, fake_quantize=True) for n in range(1, num_epochs + 1)]
    qat = max(bench.accuracy(bench.convert(run, "calibration"), "test") for run in runs)
    int8 = bench.convert(plain, "calibration")
    return {"fp32": bench.accuracy(plain, "test"), "int8": bench.accuracy(int8, "test"), "qat": qat}
""",
    "one-on-top-of-the-other": """
def fair_comparison(bench, num_epochs):
    plain = bench.train(bench.checkpoint(), num_epochs, fake_quantize=False)
    aware = bench.train(plain, num_epochs, fake_quantize=True)
    models = {"fp32": plain, "int8": bench.convert(plain, "calibration"), "qat": bench.convert(aware, "calibration")}
    return {name: bench.accuracy(model, "test") for name, model in models.items()}
""",
    "wrong-sides": """
def fair_comparison(bench, num_epochs):
    plain, aware = (bench.train(bench.checkpoint(), num_epochs, fake_quantize=fake) for fake in (False, True))
    models = {"fp32": plain, "int8": bench.convert(plain, "calibration"), "qat": aware}
    return {name: bench.accuracy(model, "test") for name, model in models.items()}
""",
    "not-on-test": """
def fair_comparison(bench, num_epochs):
    plain, aware = (bench.train(bench.checkpoint(), num_epochs, fake_quantize=fake) for fake in (False, True))
    models = {"fp32": plain, "int8": bench.convert(plain, "calibration"), "qat": bench.convert(aware, "calibration")}
    return {name: bench.accuracy(model, "validation") for name, model in models.items()}
""",
}
