"""The sandbox in which files of the challenge run: what it shows, what it stops, and that a batch never stops."""

import json
from dataclasses import replace

import numpy as np
import pytest
from challenge_kit import ENDLESS, HOSTILE, dumped, few_images, good

from course.challenge import command, work
from course.grading import scale
from labsupport import DATA_DIR, PROJECT_DIR
from labsupport.challenge import RefusedError, run
from labsupport.checks.pieces import Piece

pytestmark = pytest.mark.system

SHOWS = f"""\
def examine(content, images):
    import json, os

    project, data = {str(PROJECT_DIR)!r}, {str(DATA_DIR)!r}
    files = [os.path.join(where, name) for where, _, names in os.walk(project) for name in names]
    own = [file for file in files if not file.endswith((".py", ".pyc")) and "/.venv/" not in file]
    listed = dict(other=own[:5], data=os.path.exists(data), beside=os.listdir(os.path.dirname(images)))
    return dict(refused=json.dumps(listed | dict(root=os.listdir("/"))))
"""


@pytest.fixture
def images(tmp_path):
    with command.stored(few_images().all) as path:
        yield path


@pytest.fixture
def instead(monkeypatch):
    """Let other code take the place of what examines a file: the worst that a file could make of it."""

    def put(source):
        monkeypatch.setattr(work, "EXAMINE", Piece("examine", "given", source))
        monkeypatch.setattr(work, "WARM", ())

    return put


def refused(images, content=b"x"):
    with pytest.raises(RefusedError) as error:
        work.ask(content, images)
    return str(error.value)


def test_a_network_answers_as_it_does_outside(images):
    counts, logits = work.ask(dumped(good()), images)
    assert counts["macs"] == 30
    np.testing.assert_array_equal(logits, run.logits(run.read(dumped(good())), few_images().all))


def test_it_shows_the_images_and_no_label(images, instead):
    instead(SHOWS)
    found = json.loads(refused(images))
    assert found["data"] is False
    assert found["beside"] == ["images.npy"]
    assert {name.rpartition(".")[2] for name in found["other"]} <= {"c", "h", "ld"}, "the firmware of lab 13 alone"
    assert not {"home", "srv", "mnt", "var"} & set(found["root"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import os; os.abort()", "crashes the runtime"),
        ("import ctypes; ctypes.string_at(0)", "crashes the runtime"),
        ("while True: pass", "computes longer than"),
        ("import time; time.sleep(1000)", "hangs"),
        ("return [bytearray(10**9) for _ in range(9)]", "1 GB of memory"),
        ("import os; os._exit(0)", "ends the process"),
        ("raise SystemExit", "stops the program"),
        ("return {'macs': 1, 'logits': 'all right'}", "cannot be read"),
        ("import os; os.fork()", "stops the program"),
        ("import socket; socket.create_connection(('127.0.0.1', 80))", "stops the program"),
        ("open(images, 'wb').write(b'')", "stops the program"),
    ],
)
def test_whatever_a_file_makes_of_the_runtime_costs_itself(images, instead, monkeypatch, body, words):
    monkeypatch.setattr(work, "LIMITS", replace(work.LIMITS, cpu_seconds=1, wall_seconds=3.0))
    instead(f"def examine(content, images):\n    {body}\n")
    assert words in refused(images)


def test_a_network_that_takes_too_long(images, monkeypatch):
    monkeypatch.setattr(work, "LIMITS", replace(work.LIMITS, cpu_seconds=1))
    np.save(images, np.zeros((3000, 3, 32, 32), np.uint8))
    assert "computes longer than" in refused(images, ENDLESS())


def test_a_batch_of_hostile_files_ends_and_the_good_ones_are_ranked(tmp_path):
    folder = tmp_path / "submissions"
    folder.mkdir()
    names = list(HOSTILE)
    for number, name in enumerate(names):
        (folder / f"s{number:02}.onnx").write_bytes(HOSTILE[name][0]())
    for name in ("first", "zlast"):
        (folder / f"{name}.onnx").write_bytes(dumped(good(len(name))))
    with scale.runner(2, work=work.examine_one) as several:
        found = command.run_folder(folder, few_images(), tmp_path / "build", run=several)
    reasons = {ran.student: ran.reason for ran in found}
    assert not reasons["first"]
    assert not reasons["zlast"]
    for number, name in enumerate(names):
        assert HOSTILE[name][1] in reasons[f"s{number:02}"], name
    assert not any(ran.try_again for ran in found)
