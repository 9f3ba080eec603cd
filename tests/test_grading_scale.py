"""Grading on several processes: what is handed out when, and what is said when it cannot work.

The jobs here have no file, so that grading them takes no sandbox. Batches with one are in test_grading_hostile.py.
"""

import json
import shutil
import socket
import sys
from concurrent.futures import CancelledError
from pathlib import Path

import pytest
from distributed import KilledWorker, Scheduler
from distributed.comm import CommClosedError
from distributed.utils import LoopRunner
from sample_course import FIXTURE_ROOT

from course import CourseError, exercises
from course.grading import scale
from course.grading.jobs import Assignment, Job, Status
from course.notebooks import find_labs, read

TASK = Assignment("90", FIXTURE_ROOT, json.dumps(read(find_labs("90", FIXTURE_ROOT)[0])), "version")


def job(number: int) -> Job:
    return Job(TASK, f"student-{number}", "file", b"", problem="it cannot be read", notes=("a note",))


@pytest.fixture(scope="module")
def run():
    with scale.runner(workers=2) as started:
        yield started


def test_every_job_has_a_result(run):
    results = list(run(map(job, range(20))))
    assert {result.student for result in results} == {f"student-{number}" for number in range(20)}
    assert {(result.key, result.status, result.reason) for result in results} == {
        (job(number).key, Status.FAILED, "it cannot be read") for number in range(20)
    }
    assert {result.notes for result in results} == {("a note",)}


def test_no_jobs_no_results(run):
    assert list(run([])) == []


def test_jobs_are_read_only_when_a_worker_is_free(run):
    asked = []

    def jobs():
        for number in range(50):
            asked.append(number)
            yield job(number)

    results = run(jobs())
    next(results)
    assert len(asked) <= 2 * scale.JOBS_PER_WORKER
    results.close()


def test_another_version_of_the_course_is_refused():
    expected = scale.fingerprint(TASK.root, TASK.lab)
    assert scale.grade_elsewhere(job(0), expected).key == job(0).key
    with pytest.raises(CourseError, match="A worker has another version of the course"):
        scale.grade_elsewhere(job(0), "another version")


def test_a_change_in_the_cases_is_another_version(tmp_path):
    root = Path(shutil.copytree(FIXTURE_ROOT, tmp_path / "course"))
    before = scale.fingerprint(root, "90")
    assert before == scale.fingerprint(TASK.root, "90")
    for path in exercises.read("90", root).case_files:
        path.write_bytes(path.read_bytes() + b"\n")
        scale.fingerprint.cache_clear()
        after = scale.fingerprint(root, "90")
        assert after != before
        before = after


class Broken:
    """A future that ended in an error."""

    def __init__(self, error):
        self.error = error

    def result(self):
        raise self.error


def test_a_job_that_kills_its_process_could_not_be_graded():
    killed = KilledWorker("task", None, 3)
    result = scale._result(Broken(killed), job(7))
    assert (result.student, result.key, result.status) == ("student-7", job(7).key, Status.FAILED)
    assert "the process that graded it ended" in result.reason
    assert result.try_again
    assert result.exercises == ()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CommClosedError("closed"), "the dask scheduler was lost. What is graded is kept"),
        (CancelledError("lost"), "the dask scheduler was lost. What is graded is kept"),
        (ModuleNotFoundError("No module named 'labsupport'"), "cannot import the course .No module named 'labsupport'"),
    ],
)
def test_a_lost_cluster_is_told(error, words, monkeypatch):
    def broken(client, work, jobs):
        raise error
        yield

    monkeypatch.setattr(scale, "_hand_out", broken)
    with pytest.raises(CourseError, match=words):
        list(scale._grade(None, None, []))


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(CourseError, match=r"needs dask.*install -e \"\.\[scale\]\".*one process grades"),
        scale.runner(workers=2),
    ):
        pass


@pytest.mark.parametrize("scheme", ["tcp://", ""])
def test_a_scheduler_that_does_not_answer(scheme, monkeypatch):
    monkeypatch.setattr(scale, "CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"{scheme}127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(CourseError, match=f"No dask scheduler answers at {address}"), scale.runner(cluster=address):
        pass


def test_an_address_that_is_none():
    with (
        pytest.raises(CourseError, match="No dask scheduler answers at nonsense://x"),
        scale.runner(cluster="nonsense://x"),
    ):
        pass


def test_a_scheduler_without_workers(monkeypatch):
    monkeypatch.setattr(scale, "JOIN_SECONDS", 0.5)
    runner = LoopRunner()
    runner.start()
    scheduler = runner.run_sync(started_scheduler)
    try:
        with (
            pytest.raises(CourseError, match=r"has no workers.*dask worker tcp://"),
            scale.runner(cluster=scheduler.address),
        ):
            pass
    finally:
        runner.run_sync(scheduler.close)
        runner.stop()


async def started_scheduler():
    return await Scheduler(host="127.0.0.1", port=0, dashboard_address=":0")
