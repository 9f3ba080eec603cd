import random
from types import SimpleNamespace

import pytest

from labsupport.device import plan


def step(writes, *reads):
    return SimpleNamespace(writes=writes, reads=reads)


RESIDUAL = [step("a", "in"), step("b", "a"), step("sum", "b", "in"), step("out", "sum")]


def test_a_residual_keeps_its_input_alive():
    assert plan.lifetimes(RESIDUAL, "in", "out") == {
        "in": (0, 2),
        "a": (0, 1),
        "b": (1, 2),
        "sum": (2, 3),
        "out": (3, 3),
    }
    sizes = {"in": 100, "a": 30, "b": 50, "sum": 100, "out": 4}
    assert plan.live_bytes(plan.lifetimes(RESIDUAL, "in", "out"), sizes) == [130, 180, 250, 104]


@pytest.mark.parametrize("seed", range(20))
def test_no_two_living_tensors_overlap_and_the_bound_is_kept(seed):
    draw = random.Random(seed)
    steps = [step(f"t{n + 1}", *draw.sample([f"t{m}" for m in range(max(0, n - 3), n + 1)], 1)) for n in range(12)]
    lives = plan.lifetimes(steps, "t0", "t12")
    sizes = {name: draw.randrange(1, 500) for name in lives}
    offsets = plan.best(lives, sizes)
    for one in lives:
        assert offsets[one] % plan.ALIGNMENT == 0
        for other in lives:
            apart = offsets[one] + sizes[one] <= offsets[other] or offsets[other] + sizes[other] <= offsets[one]
            meet = lives[one][0] <= lives[other][1] and lives[other][0] <= lives[one][1]
            assert one == other or apart or not meet
    assert (
        max(plan.live_bytes(lives, sizes))
        <= plan.arena_bytes(offsets, sizes)
        <= plan.arena_bytes(plan.place(lives, sizes), sizes)
    )


def test_the_same_plan_comes_every_time():
    lives = plan.lifetimes(RESIDUAL, "in", "out")
    sizes = {"in": 100, "a": 30, "b": 50, "sum": 101, "out": 4}
    assert plan.best(lives, sizes) == plan.best(lives, sizes)
