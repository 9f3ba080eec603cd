import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from labsupport import training
from labsupport.datasets import ImageSet
from labsupport.training import (
    Batch,
    Recipe,
    augment_images,
    cut_out,
    evaluate,
    fit,
    learning_rate_at,
    training_batches,
)

TOY = Recipe(epochs=3, batch_size=16, learning_rate=0.05, augment=("flip", "crop"), precision="fp32")


def toy_set(split="train", num=64):
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(num) % 2
    images = torch.randint(0, 100, (num, 1, 8, 8), generator=generator) + 100 * labels[:, None, None, None]
    return ImageSet("toy", split, images.to(torch.uint8), labels, ("dark", "bright"), (0.5,), (0.25,))


def toy_model():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.1), nn.Flatten(), nn.Linear(4 * 36, 2)
    )


def same_bits(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def test_fit_learns_and_leaves_the_model_in_eval_mode():
    model = toy_model()
    history = fit(model, toy_set(), TOY, validation_set=toy_set("validation"))
    assert not model.training
    assert [row["epoch"] for row in history.epochs] == [1, 2, 3]
    assert history.epochs[-1]["validation_accuracy"] > 0.9
    assert history.seconds > 0


def test_fit_trains_on_the_train_split_only():
    with pytest.raises(ValueError, match="validation split of toy"):
        fit(toy_model(), toy_set("validation"), TOY)


def test_fit_stops_when_the_loss_is_not_a_number():
    with pytest.raises(ValueError, match="lower the learning rate"):
        fit(toy_model(), toy_set(), TOY, loss=lambda model, batch: model(batch.images).sum() * float("nan"))


def test_two_runs_give_the_same_bits_and_another_seed_does_not():
    first, second, other = toy_model(), toy_model(), toy_model()
    fit(first, toy_set(), TOY)
    torch.rand(5)
    fit(second, toy_set(), TOY)
    fit(other, toy_set(), replace(TOY, seed=1))
    assert same_bits(first, second)
    assert not same_bits(first, other)


def test_fit_leaves_the_random_numbers_of_the_notebook_alone():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    fit(toy_model_without_reseeding(), toy_set(), replace(TOY, precision="auto", epochs=1))
    assert torch.equal(torch.rand(1), expected)


def toy_model_without_reseeding():
    with torch.random.fork_rng():
        return toy_model()


KILLED_RUN = """
import os, signal, sys
from pathlib import Path
import torch
torch.set_num_threads({threads})
sys.path.insert(0, {tests!r})
from test_training import TOY, toy_model, toy_set
from labsupport.training import fit
steps = []
def kill_in_the_second_epoch(model):
    steps.append(1)
    if len(steps) == 6:
        os.kill(os.getpid(), signal.SIGKILL)
fit(toy_model(), toy_set(), TOY, checkpoint=Path({checkpoint!r}), after_step=kill_in_the_second_epoch)
"""


def test_a_killed_run_continues_to_the_same_bits(tmp_path):
    uninterrupted, checkpoint = toy_model(), tmp_path / "run.pt"
    fit(uninterrupted, toy_set(), TOY)
    threads = torch.get_num_threads()  # another number adds in another order
    script = KILLED_RUN.format(threads=threads, tests=str(Path(__file__).parent), checkpoint=str(checkpoint))
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert len(torch.load(checkpoint)["history"]["epochs"]) == 1
    resumed = toy_model()
    history = fit(resumed, toy_set(), TOY, checkpoint=checkpoint)
    assert len(history.epochs) == 3
    assert same_bits(uninterrupted, resumed)


def test_ctrl_c_while_the_checkpoint_is_written_keeps_the_former_one(tmp_path, monkeypatch):
    uninterrupted, resumed, checkpoint = toy_model(), toy_model(), tmp_path / "run.pt"
    fit(uninterrupted, toy_set(), TOY)
    synced = []

    def interrupted(descriptor):
        synced.append(descriptor)
        if len(synced) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fit(toy_model(), toy_set(), TOY, checkpoint=checkpoint)
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]
    fit(resumed, toy_set(), TOY, checkpoint=checkpoint)
    assert same_bits(uninterrupted, resumed)


def test_a_checkpoint_of_another_recipe_is_refused(tmp_path):
    fit(toy_model(), toy_set(), TOY, checkpoint=tmp_path / "run.pt")
    with pytest.raises(ValueError, match="another recipe"):
        fit(toy_model(), toy_set(), replace(TOY, learning_rate=0.1), checkpoint=tmp_path / "run.pt")


def test_after_step_keeps_pruned_weights_at_zero():
    model, mask = toy_model(), torch.rand(4, 1, 3, 3) > 0.5

    def apply_mask(trained):
        trained[0].weight.data.mul_(mask)

    apply_mask(model)
    fit(model, toy_set(), TOY, after_step=apply_mask)
    assert (model[0].weight[~mask] == 0).all()
    assert (model[0].weight[mask] != 0).all()


def test_a_loss_sees_the_indices_of_its_images():
    train_set, seen = toy_set(), []

    def loss(model, batch):
        assert torch.equal(train_set.labels[batch.indices], batch.labels)
        seen.extend(batch.indices.tolist())
        return training.cross_entropy(model, batch)

    fit(toy_model(), train_set, replace(TOY, epochs=1), loss=loss)
    assert sorted(seen) == list(range(64))


def test_every_epoch_has_its_own_order_and_can_be_replayed():
    first, again, second = (next(training_batches(toy_set(), TOY, epoch)) for epoch in (0, 0, 1))
    assert isinstance(first, Batch)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first.indices, second.indices)


def test_resolutions_begin_at_their_epoch():
    recipe = replace(TOY, resolutions=((1, 4), (2, 6)))
    sizes = [next(training_batches(toy_set(), recipe, epoch)).images.shape[-1] for epoch in range(4)]
    assert sizes == [8, 4, 6, 6]


def test_a_crop_is_a_shift_by_at_most_four_pixels_with_a_mirrored_border():
    image = torch.arange(64, dtype=torch.uint8).view(1, 1, 8, 8)
    shifted = augment_images(image, ("crop",), torch.Generator().manual_seed(1))[0, 0]
    mirrored = torch.nn.functional.pad(image.float(), (4, 4, 4, 4), mode="reflect")[0, 0].to(torch.uint8)
    windows = [mirrored[top : top + 8, left : left + 8] for top in range(9) for left in range(9)]
    assert any(torch.equal(shifted, window) for window in windows)
    assert not torch.equal(shifted, image[0, 0])


def test_about_half_of_the_images_are_flipped():
    images = torch.arange(8, dtype=torch.uint8).expand(200, 1, 8, 8)
    augmented = augment_images(images, ("flip",), torch.Generator().manual_seed(0))
    flipped = (augmented == images.flip(-1)).all(-1).all(-1).all(-1)
    same = (augmented == images).all(-1).all(-1).all(-1)
    assert (flipped ^ same).all()
    assert 70 < flipped.sum() < 130


def test_cutout_clears_at_most_a_square_of_a_quarter_of_the_width():
    images = torch.ones(50, 3, 32, 32)
    cleared = (cut_out(images, torch.Generator().manual_seed(0)) == 0).sum((2, 3))
    assert (cleared == cleared[:, :1]).all()
    assert cleared.max() == 64
    assert cleared.min() >= 16


def test_the_learning_rate_rises_to_the_peak_and_falls_to_zero():
    recipe = Recipe(epochs=1, learning_rate=0.2, warmup=0.25)
    assert learning_rate_at(recipe, 0.125) == pytest.approx(0.1)
    assert learning_rate_at(recipe, 0.25) == pytest.approx(0.2)
    assert learning_rate_at(recipe, 0.625) == pytest.approx(0.1)
    assert learning_rate_at(recipe, 1.0) == pytest.approx(0.0)


def test_evaluate_takes_modules_and_functions_and_keeps_the_mode():
    model = toy_model().train()
    accuracy = evaluate(model, toy_set())
    assert model.training
    assert accuracy == evaluate(lambda images: model.eval()(images), toy_set())
    assert evaluate(lambda images: torch.eye(2)[(images.mean((1, 2, 3)) > 0.1).long()], toy_set()) == 1.0


@pytest.mark.parametrize(("fast", "chosen"), [("fp32", "fp32"), ("bf16", "bf16")])
def test_the_probe_takes_the_faster_precision_and_changes_nothing(monkeypatch, fast, chosen):
    clock = [0.0]

    def step(model, batch, loss, optimizer, rate, precision):
        clock[0] += 0.01 if precision == fast else 0.1

    monkeypatch.setattr(training, "_step", step)
    monkeypatch.setattr(training.time, "perf_counter", lambda: clock[0])
    model, untouched = toy_model(), toy_model()
    assert training.probe_precision(model, toy_set(), TOY) == chosen
    assert same_bits(model, untouched)


@pytest.mark.parametrize(("field", "value"), [("augment", ("mixup",)), ("precision", "int8")])
def test_a_recipe_names_what_it_does_not_know(field, value):
    with pytest.raises(ValueError, match="choose"):
        Recipe(epochs=1, **{field: value})


def test_a_program_sees_no_progress(monkeypatch, capsys):
    for name in ("JPY_SESSION_NAME", "VSCODE_PID"):
        monkeypatch.delenv(name, raising=False)
    fit(toy_model(), toy_set(), TOY)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_a_bar_with_the_accuracy_and_clears_it(monkeypatch, capsys):
    for name in ("JPY_SESSION_NAME", "VSCODE_PID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    fit(toy_model(), toy_set(), TOY, validation_set=toy_set("validation"))
    shown = capsys.readouterr().err
    assert "12/12" in shown
    assert "validation_accuracy" in shown
    assert shown.endswith("\r")


def test_a_notebook_shows_one_line_that_is_empty_in_the_end(monkeypatch):
    lines = []

    class Line:
        def update(self, data, raw):
            lines.append(data["text/plain"])

    monkeypatch.setattr("IPython.display.display", lambda data, raw, display_id: Line())
    monkeypatch.setenv("JPY_SESSION_NAME", "lab.ipynb")
    fit(toy_model(), toy_set(), TOY, validation_set=toy_set("validation"))
    assert any("/12" in line and "validation_accuracy" in line for line in lines)
    assert lines[-1] == ""
