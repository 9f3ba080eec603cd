"""Grade on several processes of this machine, or on a cluster: the same jobs, handed out by dask.

Jobs are independent, so a worker gets one at a time and returns its result; the process that gave it out keeps it. At
most two jobs a worker are under way, so memory stays flat however many there are.
"""

import functools
import hashlib
import itertools
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import labsupport
from labsupport.course import CourseError
from labsupport.course.grading.command import Runner
from labsupport.course.grading.grade import grade_one
from labsupport.course.grading.jobs import FAILED, Job, Result

if TYPE_CHECKING:
    from distributed import Client, Future

JOBS_PER_WORKER = 2
CONNECT_SECONDS = 15
JOIN_SECONDS = 30


@contextmanager
def runner(workers: int = 1, cluster: str | None = None) -> Iterator[Runner]:
    """Give a function that grades jobs on several processes, and stop those that it started.

    Args:
        workers: processes to start on this machine.
        cluster: the address of a dask scheduler to use instead, such as tcp://10.0.0.1:8786.

    Raises:
        CourseError: dask is not installed, or the cluster does not answer.
    """
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise CourseError(
            "Grading on several processes needs dask, which is not installed. Install it with: "
            'python -m pip install -e ".[scale]". Without --workers and --cluster one process grades.'
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    # Students' code has its limits in the sandbox. A worker that dask ends for its memory would take a result along.
    settings = {"distributed.worker.memory.terminate": False, "distributed.worker.memory.pause": False}
    with dask.config.set(settings):
        if cluster is None:
            with (
                LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    memory_limit=0,
                    dashboard_address=None,
                    silence_logs=logging.CRITICAL,
                ) as local,
                Client(local) as client,
            ):
                yield functools.partial(_grade, client)
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
            yield functools.partial(_grade, client)


def _grade(client: "Client", jobs: Iterable[Job]) -> Iterator[Result]:
    """Keep every worker supplied with jobs and yield results as they come."""
    from distributed import as_completed

    remaining, under_way, finished = iter(jobs), {}, as_completed()

    def supply() -> None:
        wanted = max(1, JOBS_PER_WORKER * sum(client.ncores().values())) - len(under_way)
        for job in itertools.islice(remaining, max(0, wanted)):
            future = client.submit(_grade_there, job, fingerprint(), pure=False)
            under_way[future.key] = job
            finished.add(future)

    supply()
    for future in finished:
        yield _result(future, under_way.pop(future.key))
        supply()


def _grade_there(job: Job, expected: str) -> Result:
    """Grade a job on a worker, if the course there is the one here."""
    if fingerprint() != expected:
        raise CourseError(
            f"A worker has another version of the course, in {Path(labsupport.__file__).parents[1]}. Install the same "
            "one everywhere and restart the workers."
        )
    return grade_one(job)


@functools.cache
def fingerprint() -> str:
    """Return a hash of the package's source, equal where the same submission gets the same grade."""
    folder = Path(labsupport.__file__).parent
    files = sorted(folder.rglob("*.py"))
    return hashlib.sha256(b"".join(str(f.relative_to(folder)).encode() + f.read_bytes() for f in files)).hexdigest()


def _result(future: "Future", job: Job) -> Result:
    """Return what a worker returned, or say that the job could not be graded.

    Raises:
        CourseError: no job can be graded: the scheduler is gone, or the course is not installed on a worker.
    """
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker:
        # Without the job's key, so that the next run tries again.
        reason = "The process that graded it ended, several times: out of memory, or killed. Grade it again alone."
        return Result(student=job.student, file=job.file, key="", status=FAILED, reason=reason, notes=job.notes)
    except CancelledError as error:
        raise CourseError(
            "The connection to the dask scheduler was lost. What is graded is kept: start again to go on."
        ) from error
    except ModuleNotFoundError as error:
        raise CourseError(f"A worker cannot import the course ({error}). Install it there as it is here.") from error
