"""Hidden cases of fair_comparison, lab 03, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close, require_keys


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


def inputs_drawn(seed: int) -> tuple:
    import zlib

    class Bench:
        """Every history has a drawn accuracy; epochs of a kind add up."""

        def checkpoint(self):
            return {"plain": 0, "aware": 0, "images": "none"}

        def train(self, model, num_epochs, fake_quantize):
            kind = "aware" if fake_quantize else "plain"
            return model | {kind: model[kind] + num_epochs}

        def convert(self, model, split):
            return model | {"images": split}

        def accuracy(self, model, split):
            return zlib.crc32(repr((seed, sorted(model.items()), split)).encode()) / 2**32

    return Bench(), 1 + seed % 7


def judge_drawn(result, bench, num_epochs):
    sides = {"fp32": (num_epochs, 0, "none"), "int8": (num_epochs, 0, "calibration")}
    sides["qat"] = (0, num_epochs, "calibration")
    require_keys(result, *sides)
    for name, (plain, aware, images) in sides.items():
        expected = bench.accuracy({"plain": plain, "aware": aware, "images": images}, "test")
        hint = f"{num_epochs} extra epochs. The accuracy of {name} is not that of the network this side asks for."
        require_close(result[name], expected, "wrong-result", hint)


CASES = (
    Case("one extra epoch", judge=judge_one_epoch, driver=drive_one_epoch),
    Case("drawn accuracies", inputs_drawn, judge_drawn, seeds=20),
)

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
    "wrong-result, always three epochs": edit(
        "bench.checkpoint(), num_epochs, fake_quantize=True", "bench.checkpoint(), 3, fake_quantize=True"
    ),
    "wrong-result, the better of int8 and QAT": edit(
        'return {side: bench.accuracy(model, "test") for side, model in sides.items()}',
        'result = {side: bench.accuracy(model, "test") for side, model in sides.items()}\n'
        '    return result | {"qat": max(result["int8"], result["qat"])}',
    ),
    "wrong-keys": edit('sides = {"fp32": control}', 'sides = {"fp32": control, "start": bench.checkpoint()}'),
    "wrong-result, rounded": edit('bench.accuracy(model, "test") for', 'round(bench.accuracy(model, "test"), 2) for'),
}

READERS_WRONG_ANSWERS = {
    "calibrates-on-test, the ranges of int8 still come from the test": """
def fair_comparison(bench, num_epochs: int) -> dict[str, float]:
    control = bench.train(bench.checkpoint(), num_epochs, fake_quantize=False)
    qat = bench.train(bench.checkpoint(), num_epochs, fake_quantize=True)
    return {
        "fp32": bench.accuracy(control, "test"),
        "int8": bench.accuracy(bench.convert(control, "test"), "test"),
        "qat": bench.accuracy(bench.convert(qat, "calibration"), "test"),
    }
""",
    "unequal-epochs, fp32 is the checkpoint without the extra": """
def fair_comparison(bench, num_epochs: int) -> dict[str, float]:
    control = bench.train(bench.checkpoint(), num_epochs, fake_quantize=False)
    qat = bench.train(bench.checkpoint(), num_epochs, fake_quantize=True)
    return {
        "fp32": bench.accuracy(bench.checkpoint(), "test"),
        "int8": bench.accuracy(bench.convert(control, "calibration"), "test"),
        "qat": bench.accuracy(bench.convert(qat, "calibration"), "test"),
    }
""",
    "unequal-epochs, int8 converts the checkpoint and not the": """
def fair_comparison(bench, num_epochs: int) -> dict[str, float]:
    control = bench.train(bench.checkpoint(), num_epochs, fake_quantize=False)
    qat = bench.train(bench.checkpoint(), num_epochs, fake_quantize=True)
    return {
        "fp32": bench.accuracy(control, "test"),
        "int8": bench.accuracy(bench.convert(bench.checkpoint(), "calibration"), "test"),
        "qat": bench.accuracy(bench.convert(qat, "calibration"), "test"),
    }
""",
}

RIGHT_ANSWERS = {
    "one checkpoint, which training leaves as it is": """
def fair_comparison(bench, num_epochs):
    start = bench.checkpoint()
    plain = bench.train(start, num_epochs, fake_quantize=False)
    aware = bench.train(start, num_epochs, fake_quantize=True)
    return {
        "qat": bench.accuracy(bench.convert(aware, "calibration"), "test"),
        "int8": bench.accuracy(bench.convert(plain, "calibration"), "test"),
        "fp32": bench.accuracy(plain, "test"),
    }
""",
    "the control trained twice, keywords": """
def fair_comparison(bench, num_epochs):
    def side(fake_quantize, quantized):
        model = bench.train(model=bench.checkpoint(), num_epochs=num_epochs, fake_quantize=fake_quantize)
        if quantized:
            model = bench.convert(model=model, split="calibration")
        return bench.accuracy(model=model, split="test")

    return {"fp32": side(False, False), "int8": side(False, True), "qat": side(True, True)}
""",
    "positional arguments and validation looked at": """
def fair_comparison(bench, num_epochs):
    result = {}
    for name, fake in (("fp32", False), ("int8", False), ("qat", True)):
        model = bench.train(bench.checkpoint(), num_epochs, fake)
        if name != "fp32":
            model = bench.convert(model, "calibration")
        bench.accuracy(model, "validation")
        result[name] = bench.accuracy(model, "test")
    return result
""",
}
