"""Grading against hostile, broken and very many submissions; needs bubblewrap.

The table of `hostile.py` is graded as one batch. Every real lab is graded solved, empty and with a wrong answer in each
exercise. Batches are killed half-way, in one process, in two and on a cluster.
"""

import copy
import csv
import hashlib
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

import hostile
import nbformat
import psutil
import pytest
from hostile_kit import Kit, student_version
from nbconvert import HTMLExporter
from nbformat.v4 import new_notebook
from sample_course import FIXTURE_ROOT

from course import proofs
from course.exercises import read
from course.grading import command, scale
from course.grading.jobs import Limits, Outcome, Result, Status
from course.notebooks import find_labs
from labsupport.checks.pieces import exercise_cells

LIMITS = Limits(cpu_seconds=2, wall_seconds=8.0, memory_bytes=400_000_000)
CHILD = Path(__file__).with_name("grade_in_child.py")
MAXIMUM = {"mean": 1, "clip-pixels": 2, "split-batches": 2, "batch-means": 3}
CLASS_SIZE = 64
LARGE_CLASS_SIZE = 200
# What each student of a class hands in, by turns.
CLASS = (
    "solved",
    "untouched",
    "one mistake in each",
    "wrong only in a hidden case",
    "solved with the written answer",
    "no JSON",
    "os._exit in a call",
    "every cell twice",
)
# Attacks that would succeed if nothing stood in their way.
REAL_ATTACKS = (
    "reads the hidden cases",
    "imports the hidden cases",
    "reads another's answer",
    "writes outside",
    "lists the submissions",
    "sees processes of others",
)
PATCH_TORCH = """
import torch
torch.equal = torch.allclose = torch.isclose = torch.Tensor.allclose = lambda *_, **__: True
torch.testing.assert_close = lambda *_, **__: None
"""

pytestmark = pytest.mark.system


@dataclass
class Batch:
    """A graded folder with everything that belongs to it."""

    folder: Path
    target: Path
    results: dict[str, Result]
    table: dict[str, dict[str, str]]


class Workshop:
    """Builds folders of submissions of the small lab and grades them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.lab = read("90", FIXTURE_ROOT)
        task = command.assignment("90", home / "build", root=FIXTURE_ROOT)
        self.task = replace(task, limits=LIMITS)
        self.released = nbformat.reads(task.release, as_version=4)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.setblocking(False)
        self.outside = home / "outside"
        self.outside.mkdir()

    def build(self, row: hostile.Row, folder: Path, student: str = "") -> None:
        folder.mkdir(exist_ok=True)
        traps = {
            "outside": str(self.outside),
            "folder": str(folder),
            "port": str(self.server.getsockname()[1]),
            "hidden": next(str(path) for path in self.lab.case_files if "judge_negative_mean" in path.read_text()),
        }
        solved = student_version(self.released, self.lab.notebook)
        released = nbformat.reads(self.task.release, as_version=4)
        row.build(Kit(folder, student or row.key, released, solved, self.lab.path.name, traps))

    def build_class(self, folder: Path, size: int = CLASS_SIZE) -> None:
        for number in range(size):
            self.build(row_named(CLASS[number % len(CLASS)]), folder, f"student-{number:03}")

    def grade(self, folder: Path, target: Path, task=None, **options) -> Batch:
        results = command.grade_folder(folder, task or self.task, target, **options).results
        return Batch(folder, target, {result.student: result for result in results}, table_of(target))


def row_named(name: str) -> hostile.Row:
    return next(row for row in hostile.ROWS if row.name == name)


def table_of(target: Path) -> dict[str, dict[str, str]]:
    with (target / "grades.csv").open(newline="", encoding="utf-8") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def name_of(row: hostile.Row) -> str:
    return unicodedata.normalize("NFC", row.key)


def earned(result: Result) -> str:
    passed = {part.grade_id for part in result.exercises if part.points}
    return " ".join(word for word, name in hostile.EXERCISES.items() if name in passed)


def said(result: Result) -> str:
    parts = [f"{part.grade_id}: {part.outcome} {part.mistake} {part.hint}" for part in result.exercises]
    return " | ".join([result.reason, *result.notes, *parts])


def files_below(folder: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 10**9
    }


def stray_processes() -> list[psutil.Process]:
    return [process for process in psutil.Process().children(recursive=True) if process.name() in ("bwrap", "python")]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    return Workshop(tmp_path_factory.mktemp("workshop"))


@pytest.fixture(scope="module")
def batch(workshop):
    folder = workshop.home / "submissions"
    for row in hostile.ROWS:
        workshop.build(row, folder)
    before = files_below(folder)
    os.environ["LABS_SECRET"] = "secret"
    try:
        graded = workshop.grade(folder, workshop.home / "grades")
    finally:
        del os.environ["LABS_SECRET"]
    assert files_below(folder) == before
    return graded


# The table.


def test_the_names_in_the_table_differ():
    assert len({name_of(row) for row in hostile.ROWS}) == len(hostile.ROWS)


@pytest.mark.parametrize("row", hostile.ROWS, ids=lambda row: row.name)
def test_a_submission_gets_what_it_earned(batch, row):
    result = batch.results[name_of(row)]
    text = said(result)
    assert (earned(result), result.status) == (row.earned, row.status), text
    assert row.says in text
    if row.status in (Status.FAILED, Status.MISSING):
        assert result.exercises == ()
        assert result.reason or row.status == Status.MISSING
    else:
        assert {part.grade_id: part.maximum for part in result.exercises} == MAXIMUM
        assert all(part.points in (0, part.maximum) for part in result.exercises)
        assert not result.try_again


def test_every_student_has_one_line_and_what_was_not_graded_is_not_zero(batch):
    assert batch.results.keys() == {name_of(row) for row in hostile.ROWS}
    assert len(batch.table) == len(hostile.ROWS)
    killers = {name_of(row) for row in hostile.ROWS if row.says == hostile.ENDED_BY_ITSELF}
    for line in batch.table.values():
        points = [line[name] for name in MAXIMUM]
        if line["status"] in (Status.FAILED, Status.MISSING):
            assert {*points, line["total"]} == {""}
        else:
            assert "" not in points
            assert float(line["total"]) == sum(map(float, [*points, line["why-remainder"] or 0]))
        assert float(line["maximum"]) == 10
        assert line["student"] not in killers or hostile.ENDED_BY_ITSELF in line["mistakes"], line
        assert not any(value.startswith(("=", "+", "-", "@")) for value in line.values())


def test_no_attack_left_a_trace(batch, workshop):
    assert list(workshop.outside.iterdir()) == []
    with pytest.raises(BlockingIOError):
        workshop.server.accept()
    assert stray_processes() == []


def test_no_page_says_more_of_hidden_cases_than_a_name_or_acts(batch):
    [for_the_instructor] = batch.target.glob("*.html")
    assert "<script" not in for_the_instructor.read_text(encoding="utf-8").lower()
    pages = list((batch.target / "feedback").rglob("*.html"))
    assert len(pages) >= len(hostile.ROWS) - 10
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text.lower()
        text = re.sub(r"a case that only grading knows does not: &#39;[a-z ]+&#39;", "", text)
        for secret in ("two negative values", "values beyond sixteen bits", "no remainder", "larger than the data"):
            assert secret not in text, page.name
        for name in ("drive_negative_mean", "judge_inside", "drive_inside", "drive_exact", "drive_one_batch"):
            assert name not in text, page.name
        assert "wraps-large" not in text


def test_what_a_person_reads_cannot_act(batch):
    read = list((batch.target / "formgrader" / "autograded").rglob("*.ipynb"))
    assert len(read) == sum(row.status not in (Status.FAILED, Status.MISSING) for row in hostile.ROWS)
    for path in read:
        [answer] = [cell for cell in nbformat.read(path, as_version=4).cells if cell.id == "why-remainder"]
        page, _ = HTMLExporter(template_name="basic").from_notebook_node(new_notebook(cells=[answer]))
        assert not re.search(r"<script|<img|onerror=[^&]*>|href=.?javascript|src=.?http", page.lower()), page


def test_grading_again_grades_nothing(batch, workshop):
    def none(jobs):
        for job in jobs:
            raise AssertionError(f"{job.student} is graded again")
        yield from ()

    assert workshop.grade(batch.folder, batch.target, run=none).table == batch.table


def test_only_what_changed_is_graded_again(batch, workshop):
    (batch.folder / "solved.ipynb").write_text(workshop.task.release, encoding="utf-8")
    asked = []

    def watched(jobs):
        for job in jobs:
            asked.append(job.student)
            yield from command.in_this_process([job])

    again = workshop.grade(batch.folder, batch.target, run=watched)
    assert asked == ["solved"]
    assert earned(again.results["solved"]) == ""
    changed = {name for name in batch.table if again.table[name] != batch.table[name]}
    assert changed == {"solved"}
    workshop.build(row_named("solved"), batch.folder)


def test_without_the_sandbox_the_attacks_succeed(workshop):
    folder = workshop.home / "unprotected"
    for name in ("solved", *REAL_ATTACKS):
        workshop.build(row_named(name), folder)
    graded = workshop.grade(folder, workshop.home / "unprotected-grades", replace(workshop.task, sandbox=False))
    for name in REAL_ATTACKS:
        row = row_named(name)
        assert earned(graded.results[name_of(row)]) != row.earned, name
    (workshop.outside / "written").unlink()


# Every real lab.


@pytest.mark.parametrize("number", [path.name[:2] for path in find_labs()])
def test_a_real_lab(number, tmp_path):
    lab = read(number)
    task = command.assignment(number, tmp_path / "build")
    released = nbformat.reads(task.release, as_version=4)
    wrong = nbformat.reads(task.release, as_version=4)
    slugs = {}
    for name, cell in exercise_cells(wrong).items():
        slugs[name], cell.source = next(iter(lab.wrong_answers[name].items()))
    patched = copy.deepcopy(wrong)
    for cell in exercise_cells(patched).values():
        cell.source = PATCH_TORCH + cell.source
    folder = tmp_path / "submissions"
    folder.mkdir()
    handed_in = {
        "solved": student_version(released, lab.notebook),
        "empty": released,
        "wrong": wrong,
        "patched": patched,
    }
    for student, notebook in handed_in.items():
        nbformat.write(notebook, folder / f"{student}.ipynb")
    results = {result.student: result for result in command.grade_folder(folder, task, tmp_path / "grades").results}
    assert {part.grade_id for part in results["solved"].exercises} == set(slugs)
    assert all(part.outcome == Outcome.PASSED for part in results["solved"].exercises), said(results["solved"])
    assert sum(part.points for part in results["solved"].exercises) == proofs.points_possible(lab)
    assert [part.points for part in results["empty"].exercises] == [0] * len(slugs)
    assert [part.points for part in results["patched"].exercises] == [0] * len(slugs)
    for part in results["wrong"].exercises:
        assert part.points == 0, part
        assert part.outcome == Outcome.HIDDEN_MISTAKE or (part.outcome, part.mistake) == (
            Outcome.MISTAKE,
            slugs[part.grade_id],
        ), part


# A class of submissions, a kill in the middle, several processes.


@pytest.fixture
def cluster(tmp_path):
    """A dask scheduler and two workers, each a process of its own."""
    address_file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    scheduler = [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    worker = [*dask, "worker", "--scheduler-file", address_file, "--nthreads", "1", "--no-dashboard"]
    started = []
    with (tmp_path / "cluster.log").open("wb") as log:
        try:
            for arguments in ([*scheduler, "--scheduler-file", address_file], worker, worker):
                started.append(subprocess.Popen(list(map(str, arguments)), stdout=log, stderr=log, cwd=tmp_path))
            wait_until(lambda: address_file.is_file() and address_file.read_text().strip(), 60)
            yield json.loads(address_file.read_text())["address"]
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                process.wait(30)


def wait_until(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"nothing happened for {seconds} s"
        time.sleep(0.05)


def start_child(folder: Path, target: Path, mode: str, log: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, CHILD, folder, target, mode, log])


def logged(log: Path) -> list[str]:
    return [line.split()[0] for line in log.read_text().splitlines()] if log.is_file() else []


@pytest.fixture(params=["one", "2", "cluster"], ids=["one process", "two workers", "cluster"])
def mode(request):
    return request.getfixturevalue("cluster") if request.param == "cluster" else request.param


def test_a_killed_batch_goes_on_where_it_was(workshop, mode, tmp_path):
    folder, target, logs = tmp_path / "class", tmp_path / "grades", [tmp_path / name for name in ("1", "2", "3")]
    workshop.build_class(folder)
    child = start_child(folder, target, mode, logs[0])
    wait_until(lambda: len(logged(logs[0])) >= CLASS_SIZE * 2 // 5 or child.poll() is not None, 300)
    below = psutil.Process(child.pid).children(recursive=True)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    _, alive = psutil.wait_procs(below, timeout=30)
    assert alive == [], "the kill left processes behind"
    before = logged(logs[0])
    assert len(before) < CLASS_SIZE

    assert start_child(folder, target, mode, logs[1]).wait() == 0
    after = logged(logs[1])
    assert not set(before) & set(after), "graded twice"
    everyone = {f"student-{number:03}" for number in range(CLASS_SIZE)}
    assert len(after) == len(set(after))
    assert len(everyone - set(before) - set(after)) <= 1  # kept, and the kill came before its line in the log
    table = table_of(target)
    assert table.keys() == everyone
    for number in range(CLASS_SIZE):
        row, line = row_named(CLASS[number % len(CLASS)]), table[f"student-{number:03}"]
        assert line["status"] == row.status
        words = [word for word, name in hostile.EXERCISES.items() if float(line[name] or 0)]
        assert " ".join(words) == row.earned, line

    assert start_child(folder, target, mode, logs[2]).wait() == 0
    assert logged(logs[2]) == []
    assert table_of(target) == table


def test_memory_stays_flat_over_a_large_class(workshop, tmp_path):
    """Resident memory of the grading process after each submission: the last 50 against the 21st to 70th, medians."""
    workshop.build_class(tmp_path / "class", LARGE_CLASS_SIZE)
    log = tmp_path / "log"
    assert start_child(tmp_path / "class", tmp_path / "grades", "one", log).wait() == 0
    sizes = [int(line.split()[1]) for line in log.read_text().splitlines()]
    assert len(sizes) == LARGE_CLASS_SIZE
    early, late = statistics.median(sizes[20:70]), statistics.median(sizes[-50:])
    assert late < 1.05 * early, f"{early / 1e6:.0f} MB became {late / 1e6:.0f} MB"


def is_dask_worker(process: psutil.Process) -> bool:
    """Tell the process that grades from the one that watches over it and from sandboxes, which come and go."""
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def test_a_worker_that_is_killed_loses_nothing(workshop, cluster, tmp_path):
    folder, target, log = tmp_path / "class", tmp_path / "grades", tmp_path / "log"
    workshop.build_class(folder)
    child = start_child(folder, target, cluster, log)
    wait_until(lambda: len(logged(log)) >= CLASS_SIZE // 4 or child.poll() is not None, 120)
    worker = next(filter(is_dask_worker, psutil.Process().children(recursive=True)))
    worker.kill()
    assert child.wait() == 0
    table = table_of(target)
    assert len(table) == CLASS_SIZE
    for number in range(CLASS_SIZE):
        assert table[f"student-{number:03}"]["status"] == row_named(CLASS[number % len(CLASS)]).status


@pytest.mark.parametrize("where", ["workers", "cluster"])
def test_where_it_is_graded_makes_no_difference(workshop, batch, where, request):
    chosen = {"workers": 2} if where == "workers" else {"cluster": request.getfixturevalue("cluster")}
    rows = (*hostile.HONEST, *hostile.ENDED, *hostile.DATA)
    folder = workshop.home / f"{where}-submissions"
    for row in rows:
        workshop.build(row, folder)
    with scale.runner(**chosen) as run:
        there = workshop.grade(folder, workshop.home / f"{where}-grades", run=run)
    for row in rows:
        result = there.results[name_of(row)]
        assert (earned(result), result.status) == (row.earned, row.status), (row.name, said(result))
    assert {name: line for name, line in batch.table.items() if name in there.table} == there.table
