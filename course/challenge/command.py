"""`python -m course challenge`: `submit FILE` is what a student sees of one file, `rank FOLDER` ranks a class.

`rank` writes to `build/challenge/SEED/`: results/ (one file a student, what a stopped run goes on from), leaderboard/
(index.html and leaderboard.csv, with aliases alone, to be published), students/ (a page each), ranking.csv (for the
instructor). All but the first follow from the results and the seed.
"""

import argparse
import contextlib
import hashlib
import io
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from course import CourseError
from course.grading.ready import require_bubblewrap
from course.grading.store import Store, file_name, write
from course.grading.submissions import MAX_NAMES, NETWORK, Submission, find, left_beside
from course.notebooks import BUILD_DIR
from labsupport import challenge, shown

if TYPE_CHECKING:
    import numpy as np

    from course.challenge.images import Images
    from course.challenge.ranking import Placed
    from course.challenge.work import Job, Ran

Run = Callable[["Iterable[Job]"], "Iterator[Ran]"]
STEM = Path(challenge.FILE_NAME).stem
NOT_HANDED_IN = "nothing was handed in"
DATA = ("cifar10", "cifar10_mini")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `challenge`."""
    commands = parser.add_subparsers(dest="what", required=True)
    submit = commands.add_parser("submit", help="hold one file against the rule, and give its public score")
    submit.add_argument("file", type=Path, metavar="FILE", help="an ONNX file")
    rank = commands.add_parser("rank", help="run the files of a class and rank them")
    rank.add_argument("folder", type=Path, metavar="FOLDER", help="one ONNX file, folder or zip file a student")
    rank.add_argument(
        "--seed", type=int, required=True, metavar="N", help="changes the images, draws the aliases; large, and secret"
    )
    rank.add_argument(
        "--data",
        choices=DATA,
        default=DATA[0],
        help="the 7,500 test images that do not come with the labs (default; fetched once), or the 2,500 that do",
    )
    rank.add_argument("--aliases", type=Path, metavar="FILE", help="a table with the columns student and alias")
    rank.add_argument("--workers", type=int, default=1, metavar="N", help="processes on this machine (default: 1)")
    for one in (submit, rank):
        one.add_argument("--no-sandbox", action="store_true", help="run the files unprotected, as this user")


def main(args: argparse.Namespace) -> int:
    """Carry out `submit` or `rank`; 1 where a file is refused, or is to be tried again."""
    if args.no_sandbox:
        print("Without the sandbox: a file that attacks the runtime can read and change all that you can.")
    else:
        require_bubblewrap()
    return submit(args) if args.what == "submit" else rank(args)


def submit(args: argparse.Namespace) -> int:
    """Print what a student reads of a file; it runs in the sandbox."""
    from course.challenge.work import ask
    from course.grading.sandbox import SandboxError
    from labsupport.challenge import score

    name = shown.line(args.file.name)
    try:
        challenge_file = args.file.read_bytes() if args.file.stat().st_size <= challenge.MAX_BYTES else None
        size = args.file.stat().st_size
    except OSError as error:
        raise CourseError(f"{name} cannot be read: {error.strerror}.") from None
    images, labels = score.public_images()
    try:
        if challenge_file is None:
            raise challenge.RefusedError(f"it has {size:,} bytes, more than {challenge.MAX_BYTES:,}")
        with stored(images) as path:
            counts, logits = ask(challenge_file, path, sandbox=not args.no_sandbox)
    except challenge.RefusedError as error:
        print(f"{name} is not within the rule: {error}.")
        return 1
    except SandboxError as error:
        raise CourseError(f"{name} was not run: {error}. Try again.") from None
    print(f"{name} is within the rule.\n\n{score.public_report(size, counts, logits, labels)}")
    return 0


def rank(args: argparse.Namespace) -> int:
    """Rank a folder, print the ranking, say where everything is."""
    from course.challenge import aliases, images, work
    from course.grading import scale

    if args.folder.is_dir() and (beside := left_beside(args.folder)):
        print(f"no submissions, left out: {', '.join(beside[:MAX_NAMES])}{', ...' * (len(beside) > MAX_NAMES)}")
    given = aliases.read(args.aliases) if args.aliases else {}
    drawn = images.draw(args.seed, args.data)
    several = args.workers > 1
    with (
        scale.runner(args.workers, work=work.examine_one) if several else contextlib.nullcontext(in_this_process)
    ) as run:
        results = run_folder(
            args.folder, drawn, BUILD_DIR / "challenge" / str(args.seed), run=run, sandbox=not args.no_sandbox
        )
    return show(results, drawn, aliases.of((ran.student for ran in results), args.seed, given), args.seed)


def in_this_process(jobs: "Iterable[Job]") -> "Iterator[Ran]":
    """Run one file after the other."""
    from course.challenge.work import examine_one

    return map(examine_one, jobs)


def run_folder(
    folder: Path,
    images: "Images",
    target: Path,
    *,
    run: Run = in_this_process,
    sandbox: bool = True,
) -> "list[Ran]":
    """Run what is new or changed in a folder; return what came of every student's file.

    Args:
        folder: one ONNX file, folder or zip file a student.
        images: what the files are asked about.
        target: where results/ goes.
        run: carries out the jobs. Each result is kept as soon as it is there.
        sandbox: False runs the files as this user.

    Raises:
        CourseError: it cannot be told whose files are; nothing was run then. Or a result could not be kept.
    """
    from course.challenge.work import Ran

    store = Store(target / "results", Ran)
    found = find(folder, STEM, kind=NETWORK)
    for result in list(store.all()):
        if result.student not in {shown.line(student) for student in found}:
            store.remove(result.student)
    with stored(images.all) as path:
        jobs = _jobs(found, path, version(images), store, sandbox)
        try:
            with tqdm(total=len(found), unit="file", desc="running", smoothing=0.1, disable=None) as progress:
                for ran in run(_counted(jobs, progress)):
                    store.save(ran)
                    progress.update()
        except OSError as error:
            raise CourseError(
                f"A result could not be kept ({error}). What ran before is there: make room, start again to go on."
            ) from error
    return sorted(store.all(), key=lambda ran: ran.student)


def version(images: "Images") -> str:
    """Return a hash of all but the file that a result depends on: rule, images, processor, runtime."""
    from labsupport.measure.stamp import machine

    folder = Path(challenge.__file__).parent
    digest = hashlib.sha256(f"{images.sha256} {machine()}".encode())
    for path in sorted([*folder.glob("*.py"), Path(__file__).with_name("work.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def stored(images: "np.ndarray") -> Iterator[Path]:
    """Give a file that holds these images, for as long as files are asked about them."""
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npy"
        np.save(path, images, allow_pickle=False)
        yield path


def _jobs(
    found: dict[str, Callable[[], Submission]], path: Path, of: str, store: "Store[Ran]", sandbox: bool
) -> "Iterator[Job | None]":
    """Yield a job for each file that has no result yet, None for each other one; only what is asked for is read."""
    from course.challenge.work import Job

    for student, load in found.items():
        submission = load()
        problem = submission.problem or ("" if submission.file else NOT_HANDED_IN)
        content = submission.content[: challenge.MAX_BYTES + 1]
        if len(submission.content) > challenge.MAX_BYTES:
            problem = f"it has {len(submission.content):,} bytes, more than {challenge.MAX_BYTES:,}"
        job = Job(student, submission.file, content, problem, submission.notes, path, of, sandbox)
        earlier = store.load(student)
        yield job if earlier is None or earlier.key != job.key or earlier.try_again else None


def _counted(jobs: "Iterable[Job | None]", progress: tqdm) -> "Iterator[Job]":
    for job in jobs:
        if job is None:
            progress.update()
        else:
            yield job


def show(results: "list[Ran]", images: "Images", aliases: dict[str, str], seed: int) -> int:
    """Write all pages and tables, print the ranking, and say where they are."""
    from course.challenge import pages, pareto, ranking
    from labsupport.measure.stamp import machine

    target = BUILD_DIR / "challenge" / str(seed)
    placed = ranking.place(results, images, aliases)
    others = [ran for ran in results if ran.reason]
    here = machine()
    sets = ", ".join(here.instruction_sets) or "no instructions for int8"
    version = here.versions["onnxruntime"]
    about = pages.About(
        f"{len(placed)} files are ranked{f', {len(others)} are not' if others else ''}.",
        images.says,
        f"{here.cpu}, with {sets}; ONNX Runtime {version}, one thread",
    )
    board = target / "leaderboard"
    write(board / "index.html", pages.board(placed, about, pareto.draw(placed) if placed else b""))
    write(board / "leaderboard.csv", pages.public_csv(placed))
    write(target / "ranking.csv", pages.instructors_csv(placed, others))
    shutil.rmtree(target / "students", ignore_errors=True)
    for ran in results:
        write(target / "students" / f"{file_name(ran.student)}.html", pages.student(ran, placed, about))
    print(text(placed, others))
    print(f"\n{about.machine}; {about.images}")
    print(f"to publish: {board}; for you: {target / 'ranking.csv'}, {target / 'students'}")
    return 1 if any(ran.try_again for ran in results) else 0


def text(placed: "list[Placed]", others: "list[Ran]") -> str:
    """Return the ranking for a terminal: ranks with names, what to look at, and which files are not ranked."""
    lines = io.StringIO()
    width = max((len(one.ran.student) for one in placed), default=0)
    for one in placed:
        shares = f"{100 * one.hidden.value:6.2f} %  ({100 * one.hidden.low:.1f} to {100 * one.hidden.high:.1f})"
        counts = f"{one.ran.num_bytes:>7,} bytes  {one.ran.macs:>11,} MACs"
        print(f"{one.rank:>4}  {one.ran.student:<{width}}  {shares}  {counts}  {one.alias}", file=lines)
    for one in placed:
        for mark in one.marks:
            print(f"look at {one.ran.student}: {mark}", file=lines)
    risky = sum(one.ran.saturates for one in placed)
    if risky:
        print(f"{risky} of {len(placed)} files can saturate on x86 processors without VNNI", file=lines)
    for ran in others:
        print(f"not ranked: {ran.student}: {ran.reason}", file=lines)
    return lines.getvalue().rstrip("\n") or "No file is ranked."
