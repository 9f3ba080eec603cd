"""`python -m course record`: one stage, or what is due; stopped and started again."""

import argparse
import time
from dataclasses import replace

import pytest
import torch
from torch import nn

from course import CourseError, record
from course.recorded import stages, tables
from course.recorded.stages import Stage, carry_out
from course.recorded.tables import Row, Table
from labsupport import datasets, results, zoo
from labsupport.training import Recipe, fit

ARMS = Table("arms", "an arm", key={"arm": str}, values={"accuracy": float}, evaluates=True)
EPOCHS = 4


class StoppedError(Exception):
    """Stands for whatever stops a process."""


class Trained:
    """A stage of two arms that counts the steps it makes, and is stopped at some of them."""

    def __init__(self):
        self.steps, self.stop_at = 0, ()

    def __call__(self, run, arm):
        torch.manual_seed(run.seed)
        model = nn.Sequential(nn.Flatten(), nn.Linear(3072, 10))
        images = datasets.load("cifar10_mini", "train").subset(20)
        recipe = Recipe(EPOCHS, batch_size=10, seed=run.seed, precision="fp32")
        history = fit(model, images, recipe, after_step=self.step, checkpoint=run.file(arm["arm"]))
        found = run.evaluate(model, images)
        yield Row({"accuracy": found.accuracy}, recipe, history.seconds, found.predictions)

    def step(self, _):
        self.steps += 1
        if self.steps in self.stop_at:
            raise StoppedError


@pytest.fixture
def trained():
    return Trained()


@pytest.fixture
def stage(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "DATA_DIR", tmp_path / "data")
    monkeypatch.setattr(tables, "PROJECT_DIR", tmp_path)
    monkeypatch.setenv("LABS_DATA", str(tmp_path / "unfinished"))
    made = Stage("77", "train", ARMS, ({"arm": "one"}, {"arm": "two"}), trained, minutes=10, threads=1)
    monkeypatch.setattr(stages, "find", lambda lab, name: {("77", "train"): made}[lab, name])
    (tmp_path / "plan.toml").write_text('[[stage]]\nlab = "77"\nname = "train"\nseeds = [0, 3]\n')
    monkeypatch.setattr(record, "PLAN", tmp_path / "plan.toml")
    return made


def options(**changes):
    defaults = {"lab": None, "stage": None, "seed": None, "due": False, "list": False, "minutes": 100}
    return argparse.Namespace(**defaults | changes)


def kept(seed=0):
    return [results.predictions("77", "arms", arm=arm, seed=seed).tolist() for arm in ("one", "two")]


def test_what_is_due_is_finished_after_two_kills_with_the_same_result(stage, trained, capsys, tmp_path, monkeypatch):
    assert record.main(options(due=True)) == 0
    whole, steps = [kept(seed) for seed in (0, 3)], trained.steps
    assert steps == 2 * 2 * EPOCHS * 2
    monkeypatch.setattr(results, "DATA_DIR", tmp_path / "again")
    monkeypatch.setenv("LABS_DATA", str(tmp_path / "unfinished again"))
    trained.steps, trained.stop_at = 0, (6, 15)  # in the third epoch of the first arm, then in the second arm
    for _ in trained.stop_at:
        with pytest.raises(StoppedError):
            record.main(options(due=True))
    assert record.main(options(due=True)) == 0
    assert [kept(seed) for seed in (0, 3)] == whole
    assert trained.steps <= steps + 2 * 2, "more than the epoch under way was done again"
    capsys.readouterr()
    assert record.main(options(due=True)) == 0
    assert capsys.readouterr().out == "0.0 hours are left of the plan\n" * 2


def test_what_is_due_is_told_in_the_order_of_the_plan(stage, trained, capsys):
    list(carry_out(stage, 0))
    assert record.main(options(due=True, list=True)) == 0
    told = capsys.readouterr().out
    assert told == "lab 77  train  seed 3  2 of 2 arms  10 minutes\n0.2 hours are left of the plan\n"


def test_a_stage_waits_for_a_network_that_is_not_trained(stage, capsys, monkeypatch):
    waiting = replace(stage, needs=("a_network",))
    monkeypatch.setattr(stages, "find", lambda lab, name: waiting)
    monkeypatch.setattr(zoo, "available", lambda: [])
    assert record.main(options(due=True)) == 1
    told = capsys.readouterr().out
    assert "seed 0  2 of 2 arms  10 minutes  waits for a_network\n" in told
    assert waiting.missing(0) == list(stage.arms)
    with pytest.raises(CourseError, match="zoo train a_network"):
        record.main(options(lab="77", stage="train", seed=0))
    monkeypatch.setattr(zoo, "available", lambda: ["a_network"])
    assert record.main(options(lab="77", stage="train", seed=0)) == 0


def test_one_stage_with_one_seed(stage, capsys):
    assert record.main(options(lab="77", stage="train", seed=5)) == 0
    assert results.load("77", "arms").seed.tolist() == [5, 5]
    assert "train, seed 5: two" in capsys.readouterr().out


def test_when_the_minutes_are_over_it_stops_and_says_that_it_goes_on(stage, trained, capsys, monkeypatch):
    monkeypatch.setattr(trained, "step", lambda _: time.sleep(0.05))
    assert record.main(options(lab="77", stage="train", seed=0, minutes=0.12 / 60)) == 1
    assert "the same command goes on" in capsys.readouterr().out
    assert stage.missing(0) == list(stage.arms)


def test_a_stage_that_gives_no_row_is_refused(stage):
    silent = Stage("77", "silent", ARMS, ({"arm": "one"},), lambda run, arm: (), minutes=1)
    with pytest.raises(CourseError, match=r"gave no row for {'arm': 'one'}"):
        list(carry_out(silent, 0))


def test_an_unknown_stage_is_named_with_those_that_are_known():
    with pytest.raises(CourseError, match=r"lab 04 has no stage 'two'; it has: [a-z]"):
        stages.find("04", "two")
    with pytest.raises(CourseError, match="it has: none"):
        stages.find("98", "two")


def test_too_few_options_are_named(stage):
    with pytest.raises(CourseError, match="--lab, --stage and --seed, or --due"):
        record.main(options(lab="00"))
