"""Names as platforms, browsers and people make them, drawn from seeds."""

import random
from datetime import datetime, timedelta
from pathlib import PurePosixPath

import pytest

from course.grading.people import owner

STEM = "00_measure_first"
PEOPLE = [
    "Anna Berg",
    "Sean O'Neill",
    "Zoë Núñez",
    "王小明",
    "Jean-Luc de la Tour",
    "van der Berg, Kim",
    "Ada",
    "Maria_Luisa Paz",
    "X Æ",
    "Muḥammad al-Fārābī",
]
LABS = [f"{STEM}.ipynb", f"{STEM} (1).ipynb", f"{STEM}-2.ipynb", "final version.ipynb", "my_lab_3.ipynb", "lab.zip"]
SEEDS = range(30)


def moodle_folder(draw, name, number):
    return f"{name}_{number}_assignsubmission_file{draw.choice(['', '_'])}/{draw.choice(LABS)}", f"{name}_{number}"


def moodle_flat(draw, name, number):
    return f"{name}_{number}_assignsubmission_file_{draw.choice(LABS)}", f"{name}_{number}"


def moodle_group(draw, name, number):
    group = draw.choice(["Default group", f"Group {number % 100}", name])
    return f"{group}_assignsubmission_file_/{draw.choice(LABS)}", group


def canvas(draw, name, number):
    login = "".join(letter for letter in name.lower() if letter.isalnum()) or "x"
    late = draw.choice(["", "_LATE"])
    return f"{login}{late}_{number}_{draw.randrange(10**6)}_{draw.choice(LABS)}", f"{login}_{number}"


def canvas_hidden(draw, name, number):
    key = "".join(draw.choice("abcXYZ0123456789") for _ in range(5))
    return f"anon_{key}_{number}_{draw.choice(LABS)}", f"anon_{key}"


def moment(draw):
    return datetime(2026, 9, 1) + timedelta(minutes=draw.randrange(200_000))


def blackboard(draw, name, number):
    user = draw.choice([f"s{number}", str(number), "sberg"])
    when = moment(draw).strftime("%Y-%m-%d-%H-%M-%S")
    return f"{draw.choice(['Lab 00', 'Lab_00', 'Week 1_ measure'])}_{user}_attempt_{when}_{draw.choice(LABS)}", user


def brightspace(draw, name, number):
    when = moment(draw)
    text = f"{when:%b} {when.day}, {when.year} {int(when.strftime('%I%M'))} {when:%p}"
    lab = draw.choice(LABS)
    return draw.choice(
        [f"{number}-77 - {name} - {text}/{lab}", f"{number}-77 - {name} - {text} - {lab}"]
    ), f"{name}_{number}"


def gradescope(draw, name, number):
    return f"submission_{number}/{draw.choice(LABS)}", f"submission_{number}"


def own_folder(draw, name, number):
    return f"{name}/{draw.choice(LABS)}", name


def own_file(draw, name, number):
    name = name.replace("_", " ")
    again = draw.choice(["", " (1)", "(3)"])
    form = draw.choice(
        [
            "{name}{again}.ipynb",
            "{name}_{stem}{again}.ipynb",
            "{stem} - {name}{again}.ipynb",
            "Copy of {name}_{stem}.ipynb",
        ]
    )
    return form.format(name=name, stem=STEM, again=again), name


FORMS = (
    moodle_folder,
    moodle_flat,
    moodle_group,
    canvas,
    canvas_hidden,
    blackboard,
    brightspace,
    gradescope,
    own_folder,
    own_file,
)


anonymous = (moodle_group, canvas_hidden, blackboard, gradescope)
"""Forms that give no name, or a login that this file made up."""


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_the_student_is_read_off_the_name(form):
    for seed in SEEDS:
        draw = random.Random(seed)
        path, student = form(draw, draw.choice(PEOPLE), draw.randrange(1000, 10**6))
        assert owner(PurePosixPath(path), STEM).student == student, path


@pytest.mark.parametrize("form", [canvas, blackboard, brightspace], ids=lambda form: form.__name__)
def test_a_later_attempt_counts_more(form):
    found = []
    for seed in SEEDS:
        draw = random.Random(seed)
        path, _ = form(draw, "Anna Berg", 12345)
        found.append((owner(PurePosixPath(path), STEM).attempt, path))
    assert len({attempt for attempt, _ in found}) > 25
    assert min(found)[0] > 0


def test_attempts_of_brightspace_are_in_the_order_of_time():
    names = (
        "9-7 - A B - Dec 1, 2026 905 AM - x.ipynb",
        "9-7 - A B - Dec 1, 2026 1005 AM - x.ipynb",
        "9-7 - A B - Dec 1, 2026 105 PM - x.ipynb",
    )
    attempts = [owner(PurePosixPath(name), STEM).attempt for name in names]
    assert attempts == sorted(attempts)


@pytest.mark.parametrize(
    "name",
    [
        f"{STEM}.ipynb",
        f"{STEM} (1).ipynb",
        f"{STEM}-2.ipynb",
        f"Copy of {STEM}.ipynb",
        f"Kopie von {STEM}.ipynb",
        f"{STEM} copy.ipynb",
        f"{STEM}.ipynb.txt",
        f"Copy of {STEM} (2).ipynb",
    ],
)
def test_the_labs_own_name_is_nobodys(name):
    assert owner(PurePosixPath(name), STEM).student == ""
