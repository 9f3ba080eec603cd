"""Lab 08: the clock of ten mobile networks, variants of a block, and mobile networks against a pruned one."""

import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torchvision.models._utils import _make_divisible as make_divisible
from torchvision.ops import SqueezeExcitation

from course import CourseError
from course.recorded.shown import Shown
from course.recorded.stages import Arm, Run, Stage
from course.recorded.tables import Row, Table, read
from labsupport import measure, ort, zoo
from labsupport.models import MobileCNN
from labsupport.training import Recipe, fit

shown = Shown("08")
of_blocks = Shown("07")

CLOCK = Table(
    "clock",
    "a network in ONNX Runtime, one image of 224x224, one thread",
    key={"network": str, "format": str},
    values={"median_ms": float, "file_mb": float},
)
VARIANT_CLOCK = Table(
    "variant_clock",
    "a variant of MobileCNN with random weights in ONNX Runtime, one thread; gain is time in fp32 over time in int8",
    key={"variant": str},
    values={"fp32_ms": float, "int8_ms": float, "gain": float, "gain_low": float, "gain_high": float},
)
VARIANTS = Table(
    "variants",
    "a trained variant on 5,000 validation images; agreement is the share on which it names the class that fp32 names",
    key={"variant": str, "format": str},
    values={"epochs": int, "precision": str, "accuracy": float, "agreement": float},
    evaluates=True,
)
MATCH = Table(
    "match",
    "ResNet-18, pruned until it takes as long as EfficientNet-Lite0, both in int8; time_ratio is ResNet-18 over Lite0",
    key={},
    values={
        "pruning_ratio": float,
        "time_ratio": float,
        "time_ratio_low": float,
        "time_ratio_high": float,
        "resnet18_ms": float,
        "lite0_ms": float,
    },
)
ARMS = Table(
    "arms",
    "a side of the comparison after its training on CIFAR-10, whose seconds, threads and precision stand in the row",
    key={"network": str, "format": str, "split": str},
    values={
        "accuracy": float,
        "parameters": int,
        "macs": int,
        "file_bytes": int,
        "epochs": int,
        "threads": int,
        "precision": str,
    },
    evaluates=True,
)
RATES = Table(
    "rates",
    "a network after two epochs on 10,000 images at a learning rate, on 5,000 validation images; seconds of one epoch",
    key={"network": str, "learning_rate": float},
    values={"accuracy": float, "epoch_seconds": float},
    evaluates=True,
)
ADVICE = Table(
    "advice",
    "a way to a small network, trained on all of CIFAR-10 for a budget at the rate chosen for it; start says from what",
    key={"network": str, "budget": str, "format": str, "split": str},
    values={
        "accuracy": float,
        "start": str,
        "learning_rate": float,
        "epochs": int,
        "parameters": int,
        "macs": int,
        "file_bytes": int,
        "threads": int,
        "precision": str,
    },
    evaluates=True,
)
ADVICE_CLOCK = Table(
    "advice_clock",
    "the same networks in ONNX Runtime, one image, one thread; times_longer is the pruned ResNet-18 over it, in int8",
    key={"network": str},
    values={"fp32_ms": float, "int8_ms": float, "times_longer": float, "longer_low": float, "longer_high": float},
)

AUGMENT = ("flip", "crop")
VARIANT_RECIPE = Recipe(epochs=6, learning_rate=0.2, weight_decay=1e-4, augment=AUGMENT, precision="bf16")
NUM_VARIANT_IMAGES = 10_000
ARM_RECIPE = Recipe(epochs=7, learning_rate=0.02, augment=AUGMENT)
LITE0, RESNET18, WHOLE, MOBILE = "Lite0", "ResNet-18", "ResNet-18, whole", "MobileCNN"
STARTS = {LITE0: "ImageNet", RESNET18: "30 epochs of CIFAR-10", MOBILE: "random weights"}
LEARNING_RATES = (0.01, 0.04, 0.16)
RATE_RECIPE = Recipe(epochs=2, augment=AUGMENT)
NUM_RATE_IMAGES = 10_000
SEVEN, LONG, SECONDS = "7 epochs", "37 epochs", "equal seconds"
SHIPPED_THREADS = 2  # of the training of the shipped ResNet-18
MAKES = {
    "ReLU6": (nn.ReLU6, False),
    "ReLU": (nn.ReLU, False),
    "swish": (nn.SiLU, False),
    "ReLU6 and gates": (nn.ReLU6, True),
    "swish and gates": (nn.SiLU, True),
}
NAMES = tuple(MAKES)


def small_net(activation: type[nn.Module], with_gates: bool) -> nn.Sequential:
    """Build MobileCNN from the blocks of lab 07, with another activation, with or without squeeze-excite."""

    def block(in_channels: int, out_channels: int, stride: int, expand_ratio: int) -> nn.Module:
        hidden = in_channels * expand_ratio
        squeezed = make_divisible(hidden / 4, 8)
        gate = SqueezeExcitation(hidden, squeezed, scale_activation=nn.Hardsigmoid) if with_gates else None
        sizes = in_channels, out_channels, stride, expand_ratio
        return of_blocks.InvertedResidual(*sizes, activation=activation, gate=gate)

    rows = [(expand_ratio, out_channels, 1, stride) for out_channels, stride, expand_ratio in MobileCNN.BLOCKS]
    network = of_blocks.mobile_network(block, rows, 16, 192, 10, stem_stride=1)
    for name, module in list(network.named_modules()):
        if isinstance(module, nn.ReLU6):  # those of the stem and of the head as well
            network.set_submodule(name, activation())
    return network


def turns(run: Run, count: int) -> int:
    """Return the turns of a clock; it takes no fewer than five."""
    return 5 if run.is_small else count


def calibration_batches(run: Run, count: int) -> list[Tensor]:
    """Return normalised calibration images one by one."""
    images = run.load("cifar10_mini", "calibration")
    return [images.normalise(image[None]) for image in images.images[:count]]


def export(run: Run, model: nn.Module, num_images: int, folder: str) -> dict[str, Path]:
    """Return a network for images of 32x32 as two files, its ranges from so many images."""
    return shown.export_both(model, calibration_batches(run, num_images), "network", Path(folder))


def clock(run: Run, _: Arm) -> Iterator[Row]:
    """Time all networks against each other; in a small run one, on a small image."""
    networks, size = (["MobileNetV1"], 32) if run.is_small else (list(shown.BUILD), 224)
    images = run.load("cifar10_mini", "calibration").images[:24]
    batches = [shown.lite_pixels(image[None], size) for image in images]
    recipe = {"turns": turns(run, 20), "runs in a row": 10, "threads": 1, "size": size}
    with tempfile.TemporaryDirectory() as folder:
        paths = shown.export_networks(networks, batches, Path(folder))
        found = shown.time_networks(paths, batches[0], recipe["turns"])
        for network, both in paths.items():
            for kind, path in both.items():
                name = f"{network} {kind}"
                cells = {"median_ms": found.median_ms(name), "file_mb": measure.file_bytes(path) / 1e6}
                yield Row({"network": network, "format": kind} | cells, recipe, sum(found.samples_ms[name]) / 1000)


def variant_clock(run: Run, _: Arm) -> Iterator[Row]:
    """Time all variants against each other, with fresh weights; in a small run the first."""
    names = NAMES[: 1 if run.is_small else None]
    recipe = {"turns": turns(run, 200), "runs in a row": 10, "threads": 1, "size": 32}
    image, calls = calibration_batches(run, 1)[0], {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            for kind, path in export(run, small_net(*MAKES[name]).eval(), 2, folder).items():
                calls[f"{name} {kind}"] = ort.runner(ort.session(path), image)
    found = measure.latency(calls, turns=recipe["turns"], warmup=20)
    for name in names:
        fp32, int8 = f"{name} fp32", f"{name} int8"
        gain = found.ratio(fp32, int8)
        cells = {"variant": name, "fp32_ms": found.median_ms(fp32), "int8_ms": found.median_ms(int8)}
        cells |= {"gain": gain.value, "gain_low": gain.low, "gain_high": gain.high}
        yield Row(cells, recipe, sum(found.samples_ms[fp32] + found.samples_ms[int8]) / 1000)


def variants(run: Run, arm: Arm) -> Iterator[Row]:
    """Train one variant, quantize it, and ask both versions."""
    torch.manual_seed(run.seed)
    model = small_net(*MAKES[arm["variant"]])
    images = run.part(run.load("cifar10", "train"), 0, NUM_VARIANT_IMAGES)
    recipe = replace(VARIANT_RECIPE, epochs=run.times(VARIANT_RECIPE.epochs), seed=run.seed)
    history = fit(model, images, recipe, checkpoint=run.file(arm["variant"]))
    about = asdict(replace(recipe, seed=0)) | {"images": NUM_VARIANT_IMAGES}
    with tempfile.TemporaryDirectory() as folder:
        sessions = {kind: ort.session(path) for kind, path in export(run, model, 100, folder).items()}
    validation = run.load("cifar10", "validation")
    found = {kind: run.evaluate(partial(ort.run, session), validation, 1) for kind, session in sessions.items()}
    for kind, (accuracy, predictions) in found.items():
        agreement = (predictions == found["fp32"].predictions).double().mean()
        cells = {"format": kind, "accuracy": accuracy, "agreement": agreement}
        cells |= {"epochs": recipe.epochs, "precision": history.precision}
        yield Row(cells, about, history.seconds, predictions)


def time_pair(run: Run, pruning_ratio: float, target: Path, num_turns: int) -> measure.Latency:
    """Time ResNet-18, pruned to this ratio, against Lite0, both in int8."""
    with tempfile.TemporaryDirectory() as folder:
        slim = export(run, shown.slim_resnet(pruning_ratio), 2, folder)["int8"]
        sessions = {RESNET18: ort.session(slim), LITE0: ort.session(target)}
    image = calibration_batches(run, 1)[0]
    calls = {name: ort.runner(session, image) for name, session in sessions.items()}
    return measure.latency(calls, turns=turns(run, num_turns), warmup=20)


def rival_of_resnet(run: Run) -> nn.Module:
    """Return adapted Lite0; in a small run a smaller network."""
    if run.is_small:
        return small_net(*MAKES["ReLU6"]).eval()
    return shown.adapted_lite(run.seed, run.load("cifar10_mini", "calibration"))


def match(run: Run, _: Arm) -> Iterator[Row]:
    """Prune in steps of 0.02 until ResNet-18 is faster than Lite0 by a fifth, and keep the ratio nearest in time."""
    found: dict[float, measure.Latency] = {}
    with tempfile.TemporaryDirectory() as folder:
        target = export(run, rival_of_resnet(run), 2, folder)["int8"]
        for step in range(run.times(40)):
            found[step / 50] = time_pair(run, step / 50, target, 30)
            if found[step / 50].ratio(RESNET18, LITE0).value < 0.8:
                break
        best = min(found, key=lambda ratio: abs(found[ratio].ratio(RESNET18, LITE0).value - 1))
        times = found[best] if run.is_small else time_pair(run, best, target, 200)
    ratio = times.ratio(RESNET18, LITE0)
    cells = {"pruning_ratio": best, "time_ratio": ratio.value, "time_ratio_low": ratio.low}
    cells |= {"time_ratio_high": ratio.high, "resnet18_ms": times.median_ms(RESNET18)}
    recipe = {"turns": 200, "runs in a row": 10, "threads": 1, "size": 32, "enlarged": shown.LITE_SIZE}
    yield Row(cells | {"lite0_ms": times.median_ms(LITE0)}, recipe, sum(map(sum, times.samples_ms.values())) / 1000)


def arms(run: Run, arm: Arm) -> Iterator[Row]:
    """Train a side of the comparison, or take the whole ResNet-18 as it is shipped; quantize it, and ask both versions.

    The share of channels to prune is that of the table `match`.
    """
    shipped = zoo.describe("resnet18_cifar10")
    if arm["network"] == WHOLE:
        model, recipe = shown.slim_resnet(0.0), shipped["recipe"]
        about = {"epochs": recipe["epochs"], "precision": shipped["precision"], "threads": SHIPPED_THREADS}
        seconds = float(shipped["training_seconds"])
    else:
        if arm["network"] == LITE0:
            model = shown.adapted_lite(run.seed, run.load("cifar10_mini", "calibration"))
        else:
            model = shown.slim_resnet(read("08", MATCH)[0]["pruning_ratio"])
        precision = "fp32" if run.is_small else "auto"
        training = replace(ARM_RECIPE, epochs=run.times(ARM_RECIPE.epochs), seed=run.seed, precision=precision)
        history = fit(model, run.load("cifar10", "train"), training, checkpoint=run.file(arm["network"]))
        recipe, seconds = asdict(replace(training, seed=0)), history.seconds
        about = {"epochs": training.epochs, "precision": history.precision, "threads": torch.get_num_threads()}
    about |= {"parameters": measure.count_parameters(model)}
    about |= {"macs": measure.count_macs(model, calibration_batches(run, 1)[0])}
    with tempfile.TemporaryDirectory() as folder:
        for kind, path in export(run, model, 100, folder).items():
            predict = partial(ort.run, ort.session(path))
            for split in ("validation", "test"):
                found = run.evaluate(predict, run.load("cifar10", split), 1)
                cells = {"format": kind, "split": split, "accuracy": found.accuracy}
                cells |= {"file_bytes": measure.file_bytes(path)}
                yield Row(cells | about, recipe, seconds, found.predictions)


def contender(run: Run, network: str) -> nn.Module:
    """Return a network as its way to CIFAR-10 begins."""
    torch.manual_seed(run.seed)
    if network == LITE0:
        return shown.adapted_lite(run.seed, run.load("cifar10_mini", "calibration"))
    return shown.slim_resnet(read("08", MATCH)[0]["pruning_ratio"]) if network == RESNET18 else MobileCNN()


def rates(run: Run, arm: Arm) -> Iterator[Row]:
    """Train a network for a short while at a learning rate, and ask it on validation."""
    network, rate = arm["network"], arm["learning_rate"]
    model, images = contender(run, network), run.part(run.load("cifar10", "train"), 0, NUM_RATE_IMAGES)
    precision = "fp32" if run.is_small else "auto"
    recipe = replace(RATE_RECIPE, learning_rate=rate, seed=run.seed, precision=precision)
    history = fit(model, images, recipe, checkpoint=run.file(f"{network}-{rate}"))
    found = run.evaluate(model, run.load("cifar10", "validation"))
    cells = {"accuracy": found.accuracy, "epoch_seconds": history.seconds / len(history.epochs)}
    about = asdict(replace(recipe, seed=0)) | {"images": NUM_RATE_IMAGES}
    yield Row(cells, about, history.seconds, found.predictions)


def chosen(run: Run, network: str) -> dict[str, float]:
    """Return the row of the learning rate at which a network was best on validation, over all seeds.

    Raises:
        CourseError: the stage `rates` was not recorded for it.
    """
    rows = [row for row in read("08", RATES) if row["network"] == network]
    if not rows and run.is_small:
        return {"learning_rate": LEARNING_RATES[0], "epoch_seconds": 1.0}
    if not rows:
        raise CourseError(f"no learning rate was tried for {network}: record the stage rates of lab 08 first")
    means = {
        rate: sum(row["accuracy"] for row in rows if row["learning_rate"] == rate)
        / sum(row["learning_rate"] == rate for row in rows)
        for rate in {row["learning_rate"] for row in rows}
    }
    best = max(means, key=means.get)
    return next(row for row in rows if row["learning_rate"] == best)


def epochs_of(run: Run, network: str, budget: str) -> int:
    """Return how many epochs a budget is for a network; that in seconds is what ResNet-18 takes for seven."""
    if budget != SECONDS:
        return run.times(7 if budget == SEVEN else 37)
    return max(1, round(7 * chosen(run, RESNET18)["epoch_seconds"] / chosen(run, network)["epoch_seconds"]))


def advice(run: Run, arm: Arm) -> Iterator[Row]:
    """Go one of the ways for a budget, quantize, and ask both versions."""
    network, budget = arm["network"], arm["budget"]
    model, rate = contender(run, network), chosen(run, network)["learning_rate"]
    epochs, precision = run.times(epochs_of(run, network, budget)), "fp32" if run.is_small else "auto"
    training = replace(ARM_RECIPE, epochs=epochs, learning_rate=rate, seed=run.seed, precision=precision)
    history = fit(model, run.load("cifar10", "train"), training, checkpoint=run.file(f"{network}-{budget}"))
    about = {"start": STARTS[network], "learning_rate": rate, "epochs": epochs, "precision": history.precision}
    about |= {"threads": torch.get_num_threads(), "parameters": measure.count_parameters(model)}
    about |= {"macs": measure.count_macs(model, calibration_batches(run, 1)[0])}
    with tempfile.TemporaryDirectory() as folder:
        for kind, path in export(run, model, 100, folder).items():
            predict = partial(ort.run, ort.session(path))
            for split in ("validation", "test"):
                found = run.evaluate(predict, run.load("cifar10", split), 1)
                cells = {"format": kind, "split": split, "accuracy": found.accuracy}
                cells |= {"file_bytes": measure.file_bytes(path)} | about
                yield Row(cells, asdict(replace(training, seed=0)), history.seconds, found.predictions)


def advice_clock(run: Run, _: Arm) -> Iterator[Row]:
    """Time the three networks against each other, in fp32 and in int8; in a small run one."""
    networks = [MOBILE] if run.is_small else [RESNET18, LITE0, MOBILE]
    recipe = {"turns": turns(run, 100), "runs in a row": 10, "threads": 1, "size": 32}
    image, calls = calibration_batches(run, 1)[0], {}
    with tempfile.TemporaryDirectory() as folder:
        for network in networks:
            for kind, path in export(run, contender(run, network).eval(), 2, folder).items():
                calls[f"{network} {kind}"] = ort.runner(ort.session(path), image)
    found = measure.latency(calls, turns=recipe["turns"], warmup=20)
    for network in networks:
        fp32, int8 = f"{network} fp32", f"{network} int8"
        longer = found.ratio(f"{networks[0]} int8", int8)
        cells = {"network": network, "fp32_ms": found.median_ms(fp32), "int8_ms": found.median_ms(int8)}
        cells |= {"times_longer": longer.value, "longer_low": longer.low, "longer_high": longer.high}
        yield Row(cells, recipe, sum(found.samples_ms[fp32] + found.samples_ms[int8]) / 1000)


def budgets(budget: str, *networks: str) -> tuple[Arm, ...]:
    """Return an arm for each network with this budget."""
    return tuple({"network": network, "budget": budget} for network in networks)


SMALL = {
    "rates": ({"network": MOBILE, "learning_rate": LEARNING_RATES[0]},),
    "advice_short": budgets(SEVEN, MOBILE),
    "advice_long": budgets(LONG, MOBILE),
    "advice_seconds": budgets(SECONDS, MOBILE),
}
STAGES = tuple(
    Stage("08", name, table, arms, run, minutes, 1, ("torch", "onnxruntime"), small_arms=SMALL.get(name))
    for name, table, arms, run, minutes in (
        ("clock", CLOCK, ({},), clock, 3),
        ("variant_clock", VARIANT_CLOCK, ({},), variant_clock, 1),
        ("match", MATCH, ({},), match, 3),
        ("variants", VARIANTS, tuple({"variant": name} for name in NAMES[:3]), variants, 20),
        ("variants_with_gates", VARIANTS, tuple({"variant": name} for name in NAMES[3:]), variants, 25),
        ("lite0", ARMS, ({"network": LITE0},), arms, 40),
        ("resnet18", ARMS, ({"network": RESNET18},), arms, 27),
        ("resnet18_whole", ARMS, ({"network": WHOLE},), arms, 3),
        (
            "rates",
            RATES,
            tuple({"network": name, "learning_rate": rate} for name in STARTS for rate in LEARNING_RATES),
            rates,
            15,
        ),
        ("advice_clock", ADVICE_CLOCK, ({},), advice_clock, 1),
        ("advice_short", ADVICE, budgets(SEVEN, LITE0, RESNET18, MOBILE), advice, 75),
        ("advice_seconds", ADVICE, budgets(SECONDS, LITE0, MOBILE), advice, 50),
        ("advice_long", ADVICE, budgets(LONG, LITE0, RESNET18, MOBILE), advice, 395),
    )
)
