"""From a folder of files to a ranking: which file counts, what is run again, what is written and said.

Files run in this process here, through a stand-in of the sandbox; test_challenge_sandbox.py has the sandbox itself.
"""

import argparse
import csv
import json
import os
from dataclasses import replace

import numpy as np
import pytest
from challenge_kit import HOSTILE, dumped, edited, few_images, good, packed
from onnx import helper

from course import CourseError, cli
from course.challenge import command, work
from course.challenge import images as drawn_images
from course.challenge.work import Ran
from course.grading.sandbox import Answer, SandboxError
from labsupport import challenge, datasets
from labsupport.challenge import run
from labsupport.checks import wire


def in_this_process(content, images, *, sandbox=True):
    payload = wire.dumps(run.examine(content, images))
    return work._read([Answer("data", {}, payload)], "exit", len(np.load(images)))


@pytest.fixture
def asked(monkeypatch):
    """Let files run in this process, and note which."""
    contents = []

    def ask(content, images, *, sandbox=True):
        contents.append(content)
        return in_this_process(content, images)

    monkeypatch.setattr(work, "ask", ask)
    return contents


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "submissions"
    path.mkdir()
    return path


def put(folder, name, content=None):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dumped(good()) if content is None else content)
    return path


def results(folder, tmp_path, images=None, **options):
    found = command.run_folder(folder, images or few_images(), tmp_path / "build", **options)
    return {ran.student: ran for ran in found}


def test_every_file_gets_its_result(folder, tmp_path, asked):
    put(folder, "ada.onnx")
    put(folder, "berta/edge_challenge.onnx", dumped(good(1)))
    put(folder, "carl.onnx", b"")
    put(folder, "dora.onnx", bytes(100_000))
    (folder / "emil").mkdir()
    put(folder, "list.csv", b"a,b")
    found = results(folder, tmp_path)
    assert {name: ran.reason for name, ran in found.items()} == {
        "ada": "",
        "berta": "",
        "carl": "it is empty",
        "dora": "it has 100,000 bytes, more than 96,000",
        "emil": "nothing was handed in",
    }
    assert len(asked) == 2, "what is too large or empty is not even opened"
    assert found["ada"].macs == 30
    assert len(found["ada"].classes) == 40
    assert set(found["ada"].classes) <= set("0123456789")
    expected = run.logits(run.read(dumped(good(1))), few_images().all).argmax(1)
    assert found["berta"].classes == "".join(map(str, expected))


def test_no_label_is_in_what_a_file_is_asked_or_what_is_kept(folder, tmp_path, asked, monkeypatch):
    put(folder, "ada.onnx")
    images = few_images()
    plain = results(folder, tmp_path, images)
    other = replace(images, hidden_labels=9 - images.hidden_labels, plain_labels=9 - images.plain_labels)
    assert command.version(images) == command.version(other)
    assert results(folder, tmp_path / "again", other)["ada"].classes == plain["ada"].classes


def test_a_stopped_run_goes_on_where_it_stopped(folder, tmp_path, asked):
    for name in "abcd":
        put(folder, f"{name}.onnx", dumped(good(ord(name))))

    def stops(jobs):
        for number, job in enumerate(jobs):
            if number == 2:
                raise KeyboardInterrupt
            yield work.examine_one(job)

    with pytest.raises(KeyboardInterrupt):
        results(folder, tmp_path, run=stops)
    assert len(asked) == 2
    assert set(results(folder, tmp_path)) == set("abcd")
    assert len(asked) == 4
    results(folder, tmp_path)
    assert len(asked) == 4


@pytest.mark.parametrize("change", ["content", "seed", "machine", "damaged", "again"])
def test_what_changed_runs_again(folder, tmp_path, asked, monkeypatch, change):
    path = put(folder, "ada.onnx")
    put(folder, "berta.onnx", dumped(good(1)))
    images, expected = few_images(), 3
    results(folder, tmp_path, images)
    if change == "content":
        path.write_bytes(dumped(good(5)))
    elif change == "seed":
        images, expected = replace(images, hidden=images.hidden[::-1]), 4
    elif change == "machine":
        monkeypatch.setattr("labsupport.measure.stamp.machine", lambda: "another processor")
        expected = 4
    else:
        kept = tmp_path / "build" / "results" / "ada.json"
        fields = json.loads(kept.read_text()) | {"try_again": True}
        kept.write_text("{" if change == "damaged" else json.dumps(fields))
    results(folder, tmp_path, images)
    assert len(asked) == expected


def test_who_took_the_file_back_is_gone(folder, tmp_path, asked):
    path = put(folder, "ada.onnx")
    put(folder, "berta.onnx")
    assert set(results(folder, tmp_path)) == {"ada", "berta"}
    path.unlink()
    assert set(results(folder, tmp_path)) == {"berta"}


# Whose files, and which of several.


def test_several_files_of_one_person(folder, tmp_path, asked):
    put(folder, "ada/old.onnx", dumped(good(1)))
    put(folder, "ada/edge_challenge.onnx", dumped(good(2)))
    put(folder, "ada/readme.txt", b"")
    found = results(folder, tmp_path)["ada"]
    assert found.file == "ada/edge_challenge.onnx"
    assert found.notes == ("Of 2 files ada/edge_challenge.onnx counts; left out: ada/old.onnx.",)
    assert asked == [dumped(good(2))]


def test_the_latest_attempt_of_a_platform_counts(folder, tmp_path, asked):
    put(folder, "bergada_12345_100_edge_challenge.onnx", dumped(good(1)))
    put(folder, "bergada_12345_200_edge_challenge-1.onnx", dumped(good(2)))
    assert set(results(folder, tmp_path)) == {"bergada_12345"}
    assert asked == [dumped(good(2))]


def test_archives_are_looked_into_and_bombs_are_not_unpacked(folder, tmp_path, asked):
    put(folder, "ada.zip", packed("edge_challenge.onnx", dumped(good())))
    put(folder, "bomb.zip", packed("edge_challenge.onnx", bytes(300_000_000)))
    put(folder, "nested.zip", packed("inner.zip", packed("edge_challenge.onnx", dumped(good()))))
    put(folder, "broken.zip", packed("edge_challenge.onnx", dumped(good()))[:-30])
    put(folder, "slip.zip", packed("../../../evil.onnx", dumped(good())))
    found = results(folder, tmp_path)
    assert not found["ada"].reason
    assert "too many ONNX files" in found["bomb"].reason
    assert found["nested"].reason == "no ONNX file was handed in, but nested.zip/inner.zip"
    assert found["broken"].reason == "the zip file is damaged"
    assert not found["slip"].reason
    assert not list(tmp_path.rglob("evil.onnx"))


def test_links_devices_and_holes(folder, tmp_path, asked):
    put(folder, "ada.onnx")
    (folder / "link.onnx").symlink_to(folder / "ada.onnx")
    (folder / "away.onnx").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.onnx")
    hole = put(folder, "hole.onnx")
    os.truncate(hole, 3_000_000_000)
    found = results(folder, tmp_path)
    assert {name for name, ran in found.items() if not ran.reason} == {"ada"}
    assert found["link"].reason == found["away"].reason == "it is a symbolic link, and those are not followed"
    assert found["pipe"].reason == "it is no ordinary file"
    assert found["hole"].reason == "it has 3000 MB, more than 50 MB"
    assert len(asked) == 1


def test_names_that_act_on_terminals_are_spelt_out(folder, tmp_path, asked):
    put(folder, "a\x1b[2Jda\u202e.onnx")
    put(folder, "=cmd.onnx", b"")
    found = results(folder, tmp_path)
    assert set(found) == {"a\\x1b[2Jda\\u202e", "=cmd"}


def test_a_class_still_packed_is_not_one_submission(folder, tmp_path, asked):
    for name in ("one", "two"):
        put(folder, f"{name}/ada.onnx")
        put(folder, f"{name}/berta.onnx")
    with pytest.raises(CourseError, match=r"one holds ONNX files under several names: ada, berta"):
        results(folder, tmp_path)


# What comes back of the sandbox is a stranger's.


def said(**fields):
    counted = {"macs": 30, "int8_macs": 0, "numbers": 3, "saturates": False, "logits": np.zeros((4, 10), np.float32)}
    return [Answer("data", {}, wire.dumps(counted | fields))]


def test_an_honest_answer_is_taken():
    counts, logits = work._read(said(), "exit", 4)
    assert counts == {"macs": 30, "int8_macs": 0, "numbers": 3, "saturates": False}
    assert logits.shape == (4, 10)


@pytest.mark.parametrize(
    "answers",
    [
        said(macs="30"),
        said(macs=-1),
        said(macs=True),
        said(macs=10**12),
        said(int8_macs=31),
        said(saturates=0),
        said(logits=np.zeros((3, 10), np.float32)),
        said(logits=np.zeros((4, 10), np.float64)),
        said(logits=np.full((4, 10), np.nan, np.float32)),
        said(logits="yes"),
        [Answer("data", {}, b"not npz")],
        [Answer("data", {}, wire.dumps([1, 2]))],
        [Answer("data", {}, wire.dumps({"refused": 3}))],
    ],
)
def test_a_forged_answer_is_refused(answers):
    with pytest.raises(challenge.RefusedError, match="what came back of it cannot be read"):
        work._read(answers, "exit", 4)


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        ("time", "computes longer than 40 s"),
        ("signal", "crashes the runtime"),
        ("flood", "more than logits"),
        ("crowd", "1 GB of memory"),
        ("exit", "ends the process"),
    ],
)
def test_no_answer_says_how_it_ended(ended, words):
    with pytest.raises(challenge.RefusedError, match=words):
        work._read([], ended, 4)


def test_an_error_inside_is_told():
    with pytest.raises(challenge.RefusedError, match=r"stops the program that counts it: .*KeyError"):
        work._read([Answer("mistake", {}, b'["stops-the-check", "KeyError: 1"]')], "exit", 4)
    with pytest.raises(challenge.RefusedError, match="1 GB of memory"):
        work._read([Answer("mistake", {}, b'["stops-the-check", "MemoryError: "]')], "exit", 4)


@pytest.mark.parametrize("error", [SandboxError("the sandbox ended early"), ValueError("a fault of ours")])
def test_what_is_no_fault_of_the_file_is_tried_again(folder, tmp_path, monkeypatch, error):
    put(folder, "ada.onnx")

    def broken(*_, **__):
        raise error

    monkeypatch.setattr(work, "ask", broken)
    found = results(folder, tmp_path)["ada"]
    assert found.try_again
    assert str(error) in found.reason


# The command.


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder for what is built, no need for bubblewrap, and few images."""
    monkeypatch.setattr(command, "BUILD_DIR", tmp_path / "build")
    monkeypatch.setattr(command, "require_bubblewrap", lambda: None)
    monkeypatch.setattr(drawn_images, "draw", lambda seed, data: few_images())
    return tmp_path


def test_a_class_is_ranked_and_everything_is_written(folder, here, asked, capsys):
    put(folder, "ada.onnx")
    put(folder, "berta.onnx", edited(lambda model: helper.set_model_props(model, {"a": "b"}))())
    put(folder, "carl.onnx", HOSTILE["If"][0]())
    put(folder, "note.md", b"")
    assert cli.main(["challenge", "rank", str(folder), "--seed", "5"]) == 0
    text = capsys.readouterr().out
    assert "no submissions, left out: note.md" in text
    assert "not ranked: carl: its operator If holds another graph" in text
    assert "one thread; 20 images of noise" in text
    target = here / "build" / "challenge" / "5"
    assert {path.name for path in (target / "students").iterdir()} == {"ada.html", "berta.html", "carl.html"}
    board = (target / "leaderboard" / "index.html").read_text()
    assert "2 files are ranked, 1 are not" in board
    assert "ada" not in board.replace("metadata", "")
    with (target / "ranking.csv").open(newline="") as stream:
        found = {row["student"]: row for row in csv.DictReader(stream)}
    assert [found[name]["rank"] for name in ("ada", "berta", "carl")] == ["1", "1", ""]
    with (target / "leaderboard" / "leaderboard.csv").open(newline="") as stream:
        assert {row["alias"] for row in csv.DictReader(stream)} == {found[name]["alias"] for name in ("ada", "berta")}


def test_nobody_handed_in(folder, here, asked, capsys):
    assert cli.main(["challenge", "rank", str(folder), "--seed", "5"]) == 0
    assert "No file is ranked." in capsys.readouterr().out


def test_a_folder_that_is_none(here, capsys):
    assert cli.main(["challenge", "rank", str(here / "nowhere"), "--seed", "5"]) == 2
    assert "There is no folder" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["submit", "rank"])
def test_without_the_sandbox_it_says_so(name, here, folder, asked, capsys):
    file = put(folder, "ada.onnx")
    arguments = {"submit": [str(file)], "rank": [str(folder), "--seed", "1"]}[name]
    assert cli.main(["challenge", name, *arguments, "--no-sandbox"]) == 0
    assert "can read and change all that you can" in capsys.readouterr().out


def test_submit_says_what_a_student_reads(here, folder, asked, capsys):
    assert cli.main(["challenge", "submit", str(put(folder, "ada.onnx"))]) == 0
    text = capsys.readouterr().out
    assert "ada.onnx is within the rule." in text
    assert "MACs      30 of 12,501,632" in text


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "it is empty"), (bytes(96_001), "it has 96,001 bytes"), (b"text", "no ONNX file")]
)
def test_submit_refuses(here, folder, asked, capsys, content, words):
    assert cli.main(["challenge", "submit", str(put(folder, "a\x1bda.onnx", content))]) == 1
    text = capsys.readouterr().out
    assert words in text
    assert "\x1b" not in text


def test_submit_without_a_file(here, capsys):
    assert cli.main(["challenge", "submit", str(here / "none.onnx")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_submit_when_the_sandbox_fails(here, folder, monkeypatch, capsys):
    def broken(*_, **__):
        raise SandboxError("it ended early")

    monkeypatch.setattr(work, "ask", broken)
    assert cli.main(["challenge", "submit", str(put(folder, "ada.onnx"))]) == 2
    assert "was not run: it ended early. Try again." in capsys.readouterr().err


def test_a_lost_process_gives_a_result_of_its_file(tmp_path):
    job = work.Job("ada", "ada.onnx", b"x", "", ("a note",), tmp_path, "v")
    found = job.lost("out of memory")
    assert (found.student, found.reason, found.key, found.try_again) == ("ada", "out of memory", job.key, True)
    assert Ran.from_json(found.to_json()) == found


def test_two_names_of_the_data_are_known_to_both_modules():
    assert command.DATA == drawn_images.DATA
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert parser.parse_args(["rank", "x", "--seed", "1"]).data == "cifar10"


# The student's own command.


def test_a_student_reads_the_same(folder, here, asked, capsys):
    from labsupport.challenge.__main__ import main

    path = put(folder, "ada.onnx")
    assert main([str(path)]) == 0
    own = capsys.readouterr().out
    cli.main(["challenge", "submit", str(path)])
    assert own == capsys.readouterr().out.partition("\n")[2]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "it is empty"), (bytes(96_001), "it has 96,001 bytes"), (b"text", "it is no ONNX file")],
)
def test_a_student_reads_why_a_file_is_refused(folder, capsys, content, words):
    from labsupport.challenge.__main__ import main

    assert main([str(put(folder, "ada.onnx", content))]) == 1
    said = capsys.readouterr().err
    assert f"ada.onnx is not within the rule: {words}" in said


def test_a_student_without_a_file(tmp_path, capsys):
    from labsupport.challenge.__main__ import main

    assert main([str(tmp_path / "none.onnx")]) == 2
    assert "none.onnx cannot be read: No such file" in capsys.readouterr().err


def test_the_public_score_is_on_validation_images():
    from labsupport.challenge import score

    images, labels = score.public_images()
    validation = datasets.load("cifar10_mini", "validation")
    np.testing.assert_array_equal(images[:1000], validation.images.numpy())
    np.testing.assert_array_equal(labels[1000:], validation.labels.numpy())
    right = np.eye(10, dtype=np.float32)[labels]
    right[1000:1100] = 0
    counted = {"macs": 10, "int8_macs": 5, "numbers": 3, "saturates": True}
    text = score.public_report(500, counted, right, labels)
    assert "100.00 % (99.6 to 100.0) on 1,000 validation images" in text
    assert "91.00 %" in text
    assert "50% of them" in text
    assert "without VNNI" in text
