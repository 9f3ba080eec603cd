"""Work on several processes of this machine, or on a cluster: the same jobs, handed out by dask.

Grading a lab is such work, and so is running the networks of the challenge. Jobs are independent, so a worker gets one
at a time and returns its result; the process that gave it out keeps it. At most two jobs a worker are under way, so
memory stays flat however many there are.
"""

import functools
import hashlib
import itertools
import logging
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from course import CourseError, exercises
from course.grading.grade import grade_one
from course.grading.jobs import Job, Result, Runner
from labsupport import PROJECT_DIR

if TYPE_CHECKING:
    from distributed import Client, Future

JOBS_PER_WORKER = 2
CONNECT_SECONDS = 15
JOIN_SECONDS = 30


@contextmanager
def runner(workers: int = 1, cluster: str | None = None, work: Callable[[Job], Result] = grade_one) -> Iterator[Runner]:
    """Give a function that carries out jobs on several processes, and stop those that it started.

    Args:
        workers: processes to start on this machine.
        cluster: the address of a dask scheduler to use instead, such as tcp://10.0.0.1:8786; it grades labs alone.
        work: carries out one job, on this machine. A job of another kind has a method `lost` as `Job` has.

    Raises:
        CourseError: dask is not installed, or the cluster does not answer.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise CourseError(
            "Grading on several processes needs dask, which is not installed. Install it with: "
            'python -m pip install -e ".[scale]". Without --workers and --cluster one process grades.'
        ) from error
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sending large graph")  # a notebook with many pictures
        if cluster is None:
            with (
                LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    memory_limit=0,  # students' code has its limits in the sandbox
                    dashboard_address=None,
                    silence_logs=logging.CRITICAL,
                ) as local,
                Client(local) as client,
            ):
                yield functools.partial(_grade, client, work)
            return
        try:
            client = Client(cluster, timeout=CONNECT_SECONDS)
        except (OSError, ValueError, TimeoutError) as error:
            raise CourseError(
                f"No dask scheduler answers at {cluster}. Start one with `dask scheduler`, which prints its address."
            ) from error
        with client:
            try:
                client.wait_for_workers(1, timeout=JOIN_SECONDS)
            except TimeoutError as error:
                raise CourseError(
                    f"The scheduler at {cluster} has no workers. Start some with "
                    f"`dask worker {cluster} --nthreads 1 --nworkers N`, where the course is installed."
                ) from error
            yield functools.partial(_grade, client, grade_elsewhere)


def _grade(client: "Client", work: Callable[..., Result], jobs: Iterable[Job]) -> Iterator[Result]:
    """Yield the results of all jobs as they come.

    Raises:
        CourseError: no job can be graded: the scheduler is gone, or a worker cannot grade.
    """
    from distributed.comm import CommClosedError

    try:
        yield from _hand_out(client, work, jobs)
    except (CommClosedError, CancelledError) as error:
        raise CourseError(
            "The connection to the dask scheduler was lost. What is graded is kept: start again to go on."
        ) from error
    except ModuleNotFoundError as error:
        raise CourseError(f"A worker cannot import the course ({error}). Install it there as it is here.") from error


def _hand_out(client: "Client", work: Callable[..., Result], jobs: Iterable[Job]) -> Iterator[Result]:
    """Keep every worker supplied with jobs."""
    from distributed import as_completed

    remaining, under_way, finished = iter(jobs), {}, as_completed()

    def supply() -> None:
        wanted = max(1, JOBS_PER_WORKER * sum(client.ncores().values())) - len(under_way)
        for job in itertools.islice(remaining, max(0, wanted)):
            elsewhere = work is grade_elsewhere
            versions = (fingerprint(job.assignment.root, job.assignment.lab),) if elsewhere else ()
            future = client.submit(work, job, *versions, pure=False)
            under_way[future.key] = job
            finished.add(future)

    supply()
    for future in finished:
        yield _result(future, under_way.pop(future.key))
        supply()


def grade_elsewhere(job: Job, expected: str) -> Result:
    """Grade a job on a worker that someone else started, if the course there is the one here."""
    if fingerprint(job.assignment.root, job.assignment.lab) != expected:
        raise CourseError(
            f"A worker has another version of the course, in {PROJECT_DIR}. Install the same one everywhere, under the "
            "same path, and restart the workers."
        )
    return grade_one(job)


@functools.cache
def fingerprint(root: Path, lab: str) -> str:
    """Return a hash of grading, its tools and a lab's cases, equal where a submission gets the same grade."""
    tools = [*(PROJECT_DIR / "labsupport").rglob("*.py"), *(PROJECT_DIR / "course" / "grading").glob("*.py")]
    files = sorted(file for file in tools if not re.fullmatch(r"lab\d\d", file.parent.name))
    digest = hashlib.sha256()
    for file in [*files, *exercises.read(lab, root).case_files]:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _result(future: "Future", job: Job) -> Result:
    """Return what a worker returned, or say that the job could not be graded."""
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker:
        reason = "the process that graded it ended, several times: out of memory, or killed; try again with one worker"
        return job.lost(reason)
