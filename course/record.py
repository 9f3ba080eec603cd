"""Carry out long runs and write their tables to `data/results/`: one stage, or what a plan wants and lacks."""

import argparse
import signal
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from course import CourseError

if TYPE_CHECKING:
    from course.recorded.stages import Stage

PLAN = Path(__file__).parent / "recorded" / "plan.toml"


class _TimeIsUpError(Exception):
    """Raised between two operations when the minutes that were granted are over."""


@dataclass(frozen=True)
class Due:
    """A stage of the plan with one of its seeds, and how many of its arms are missing."""

    stage: "Stage"
    seed: int
    num_missing: int

    @property
    def minutes(self) -> float:
        """What is left, on two quiet cores, as if all arms took equally long."""
        return self.stage.minutes * self.num_missing / len(self.stage.arms)

    def __str__(self) -> str:
        arms = f"{self.num_missing} of {len(self.stage.arms)} arms"
        waits = f"  waits for {', '.join(self.stage.untrained)}" if self.stage.untrained else ""
        return f"lab {self.stage.lab}  {self.stage.name}  seed {self.seed}  {arms}  {self.minutes:.0f} minutes{waits}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `record`."""
    parser.add_argument("--lab", help="the number of the lab, such as 05")
    parser.add_argument("--stage", help="the name of the stage, as course/recorded/labNN.py has it")
    parser.add_argument("--seed", type=int, help="the seed of this run")
    parser.add_argument("--due", action="store_true", help="work off course/recorded/plan.toml instead, in its order")
    parser.add_argument("--list", action="store_true", help="with --due: say what is missing, and run nothing")
    parser.add_argument("--minutes", type=float, default=100, help="stop a stage after so long (default: %(default)g)")


def main(args: argparse.Namespace) -> int:
    """Carry out one stage, or what is due; 0 when all of it is recorded, else 1."""
    from course.recorded import stages

    if args.due:
        wanted = due(PLAN)
        for item in wanted:
            print(item, flush=True)
        print(f"{sum(item.minutes for item in wanted) / 60:.1f} hours are left of the plan", flush=True)
        if args.list:
            return 0
        wanted = [item for item in wanted if not item.stage.untrained]
    elif args.lab and args.stage and args.seed is not None:
        stage = stages.find(args.lab, args.stage)
        if stage.untrained:
            raise CourseError(f"train first: python -m labsupport.zoo train {stage.untrained[0]}")
        wanted = [Due(stage, args.seed, len(stage.missing(args.seed)))]
    else:
        raise CourseError("say --lab, --stage and --seed, or --due")
    is_done = [_run(item, args.minutes) for item in wanted]
    if args.due:
        left = due(PLAN)
        print(f"{sum(item.minutes for item in left) / 60:.1f} hours are left of the plan")
        return 1 if left else 0
    return 0 if all(is_done) else 1


def due(plan: Path) -> list[Due]:
    """Return what a plan lists and the tables lack, in the plan's order.

    Raises:
        CourseError: the plan names a stage that no lab has.
    """
    from course.recorded import stages

    entries = tomllib.loads(plan.read_text(encoding="utf-8")).get("stage", [])
    wanted = [(stages.find(entry["lab"], entry["name"]), seed) for entry in entries for seed in entry["seeds"]]
    every = [Due(stage, seed, len(stage.missing(seed))) for stage, seed in wanted]
    return [item for item in every if item.num_missing]


def _run(item: Due, minutes: float) -> bool:
    """Carry out a stage for at most so many minutes, and say whether it is done; the next call goes on."""
    from course.recorded.stages import carry_out

    began = time.monotonic()
    signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, 60 * minutes)
    try:
        for arm in carry_out(item.stage, item.seed):
            what = ", ".join(map(str, arm.values())) or "all of it"
            print(f"{time.monotonic() - began:7.0f} s  {item.stage.name}, seed {item.seed}: {what}", flush=True)
    except _TimeIsUpError:
        print(f"{minutes:g} minutes are over; the same command goes on with the epoch that had begun", flush=True)
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return True


def _stop(*_: object) -> None:
    raise _TimeIsUpError
