"""`python -m course grade FOLDER --lab NN`: a folder of submissions to grades and feedback.

Everything goes to `build/grades/NN/`: results/ (one file a student, what a stopped run goes on from), grades.csv,
feedback/, formgrader/ with the gradebook, summary.png, lecture.html. All but the first follow from the results and the
gradebook.
"""

import argparse
import contextlib
import hashlib
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from course import CourseError, exercises
from course.grading import (
    apart,
    export,
    feedback,
    grade,
    judging,
    lecture,
    platforms,
    reading,
    released,
    repair,
    roster,
    texts,
    workshop,
)
from course.grading.changes import Change, changes
from course.grading.changes import text as changes_text
from course.grading.gradebook import Gradebook
from course.grading.jobs import Assignment, Job, Result, Runner, Status
from course.grading.ready import require_bubblewrap
from course.grading.roster import Joined, Person
from course.grading.sandbox import PROGRAM
from course.grading.store import Store, file_name, write
from course.grading.submissions import MAX_NAMES, Submission, find, left_beside
from course.grading.texts import Reading
from course.minutes import minutes
from course.notebooks import BUILD_DIR, find_labs, read
from labsupport import PROJECT_DIR, shown
from labsupport.checks import pieces, protocol, wire

NOT_HANDED_IN = "no submission"


def assignment(lab: str, build: Path, *, root: Path = PROJECT_DIR, sandbox: bool = True) -> Assignment:
    """Release a lab and describe it to the grader.

    Args:
        build: the folder for everything that is generated.

    Raises:
        CourseError: there is no such lab, or it cannot be released.
    """
    from course.release import release  # imports nbgrader

    path = find_labs(lab, root)[0]
    known = exercises.read(path.name[:2], root)
    text = release(path, build).read_text(encoding="utf-8")
    rules = (protocol, wire, pieces, shown, grade, apart, judging, reading, released, repair, texts, workshop)
    files = [*known.case_files, *(Path(module.__file__) for module in rules), PROGRAM]
    digest = hashlib.sha256(text.encode())
    for file in files:
        digest.update(file.read_bytes())
    return Assignment(known.number, root, text, digest.hexdigest(), sandbox=sandbox)


class Graded(NamedTuple):
    """What came of a folder.

    Attributes:
        results: of all students, by name, with the points that people gave in the gradebook. Students graded from
            another folder before are among them.
        joined: the class list and the submissions put together.
        changes: who was graded again and has other points now.
        said: sentences on who reads what students wrote in words.
    """

    results: list[Result]
    joined: Joined
    changes: list[Change]
    said: list[str]


def in_this_process(jobs: Iterable[Job]) -> Iterator[Result]:
    """Grade one submission after the other."""
    return map(grade.grade_one, jobs)


def grade_folder(
    folder: Path,
    task: Assignment,
    target: Path,
    *,
    run: Runner = in_this_process,
    database: str = "",
    people: Sequence[Person] = (),
    without: Collection[str] = (),
    reading: Reading = texts.EVERYTHING,
) -> Graded:
    """Grade what is new or changed in a folder and write everything anew that depends on it.

    Args:
        folder: one notebook, folder or zip file a student.
        target: where results, grades.csv, feedback/ and the gradebook go: build/grades/NN.
        run: grades the jobs. Each result is kept as soon as it is there.
        database: the gradebook's address for SQLAlchemy; a SQLite file in target without it.
        people: the class list; who handed in nothing is in grades.csv as missing.
        without: students of an earlier run to take out of all that was written.
        reading: who reads what students wrote in words.

    Raises:
        CourseError: it cannot be told whose files are, or one to take out is still in the folder or was never there;
            nothing was graded then. Or a result could not be kept, as on a full disk.
    """
    store = Store(target / "results")
    path = find_labs(task.lab, task.root)[0]
    release = released.parse(task.release)
    found = find(folder, path.stem, release.grade_ids)
    before = {result.student: result for result in store.all()}
    roster.join(people, found)
    for student in without:
        if student in found:
            raise CourseError(
                f"{student} cannot be taken out: the folder {folder} still has a submission of that name."
            )
        if student not in before:
            raise CourseError(f"{student} cannot be taken out: grades.csv has no such student.")
    try:
        with tqdm(total=len(found), unit="student", desc="grading", smoothing=0.1, disable=None) as progress:
            for result in run(_jobs(found, task, store, progress.update)):
                store.save(result)
                progress.update()
    except OSError as error:
        raise CourseError(
            f"A result could not be kept ({error}). What was graded before is there: make room, start again to go on."
        ) from error
    book = Gradebook(target / "formgrader", task.lab, path.stem, release, read(path), database)
    for student in without:
        remove(student, store, book, target)
    joined = _one_row_a_person(store, book, target, people, found)
    results = sorted(store.all(), key=lambda result: result.student)
    results, said = texts.settle(results, reading, target)
    book.enter(results)
    results = book.read_back(results)
    write(target / "grades.csv", export.grades_csv(results, release.points))
    title = f"Lab {task.lab}: {path.stem[3:].replace('_', ' ')}"
    for result in results:
        if result.status != Status.MISSING:
            write(_page(target, result.student), feedback.page(result, title))
    own = exercises.read(task.lab, task.root)
    known = {name: [cell.source] for name, cell in pieces.exercise_cells(own.notebook).items()}
    known = {name: [*sources, *own.right_answers.get(name, {}).values()] for name, sources in known.items()}
    write(target / lecture.FILE_NAME, lecture.page(results, title, minutes(own.notebook), known))
    return Graded(results, joined, changes(before, results), said)


def _one_row_a_person(
    store: Store, book: Gradebook, target: Path, people: Sequence[Person], found: Collection[str]
) -> Joined:
    """Enter who is missing, and take out what another row stands for: a late file's "missing", a file's older name.

    Without a class list those who were missing before stay, except who has handed in since.
    """
    results = {result.student: result for result in store.all()}
    listed = {name for name, result in results.items() if result.reason == NOT_HANDED_IN}
    if not people:
        for name in listed:
            if any(roster.join([Person(name)], [student]).matches for student in results.keys() - listed):
                store.remove(name)
        return Joined({}, [], [])
    for name in listed:
        store.remove(name)
    taken = {id(person) for person, _ in roster.join(people, found).matches.values()}
    for name in results.keys() - listed - set(found):
        earlier = roster.join(people, [name]).matches.get(name)
        if earlier and id(earlier[0]) in taken:
            remove(name, store, book, target)
    joined = roster.join(people, sorted(result.student for result in store.all()))
    for person in joined.without:
        store.save(Result(roster.missing_as(person, people), "", "", Status.MISSING, NOT_HANDED_IN))
    return joined


def remove(student: str, store: Store, book: Gradebook, target: Path) -> None:
    """Take a student out of results, gradebook and feedback."""
    store.remove(student)
    book.remove(student)
    _page(target, student).unlink(missing_ok=True)


def _page(target: Path, student: str) -> Path:
    return target / "feedback" / f"{file_name(student)}.html"


def _jobs(
    found: dict[str, Callable[[], Submission]], task: Assignment, store: Store, skip: Callable[[], object]
) -> Iterator[Job]:
    """Yield a job for each submission that has no result yet; only what a runner asks for is read."""
    for student, load in found.items():
        earlier, submission = store.load(student), load()
        job = Job(task, student, submission.file, submission.content, submission.problem, submission.notes)
        if not submission.file and not submission.problem:
            if earlier is None:
                store.save(Result(student, "", job.key, Status.MISSING, "nothing was handed in"))
        elif earlier is None or earlier.key != job.key or earlier.try_again:
            yield job
            continue
        skip()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `grade`."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="one notebook, folder or zip file a student")
    parser.add_argument("--lab", required=True, metavar="NN", help="the lab's number")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes on this machine (default: 1)")
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="a dask scheduler to use instead, such as tcp://10.0.0.1:8786"
    )
    parser.add_argument(
        "--students", type=Path, metavar="FILE", help="the class list: one name a line, or a platform's export (CSV)"
    )
    parser.add_argument(
        "--remove",
        action="append",
        default=[],
        metavar="NAME",
        help="take a student out, as grades.csv spells the name",
    )
    parser.add_argument(
        "--to", choices=platforms.PLATFORMS, help="also write grades and feedback as this platform takes them"
    )
    parser.add_argument(
        "--texts", choices=texts.MODES, default="all", help="who reads what students wrote in words (default: all)"
    )
    parser.add_argument("--sample", type=int, default=10, metavar="N", help="with --texts sample: students to read")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="draws the sample, or the peers")
    parser.add_argument("--reviews", type=Path, metavar="FILE", help="with --texts peers: the table, filled in")
    parser.add_argument("--db", default="", metavar="URL", help="the gradebook's database (default: a SQLite file)")
    parser.add_argument("--no-sandbox", action="store_true", help="run students' code unprotected, as this user")


def main(args: argparse.Namespace) -> int:
    """Grade a folder, print the summary, say where everything is."""
    from course.grading import scale, summary  # import dask and matplotlib

    if args.no_sandbox:
        print("Without the sandbox: students' code can read and change all that you can.")
    else:
        require_bubblewrap()
    if args.to and not args.students:
        raise CourseError(f"--to {args.to} fills in the platform's own table: give its export as --students FILE.")
    if args.reviews and args.texts != "peers":
        raise CourseError("--reviews takes in what peers gave: say --texts peers as well.")
    people = roster.read(args.students) if args.students else []
    who = Reading(args.texts, args.sample, args.seed, args.reviews)
    task = assignment(args.lab, BUILD_DIR, sandbox=not args.no_sandbox)
    target = BUILD_DIR / "grades" / task.lab
    if args.folder.is_dir() and (beside := left_beside(args.folder)):
        print(f"no submissions, left out: {', '.join(beside[:MAX_NAMES])}{', ...' * (len(beside) > MAX_NAMES)}")
    several = args.workers > 1 or args.cluster
    with scale.runner(args.workers, args.cluster) if several else contextlib.nullcontext(in_this_process) as run:
        graded = grade_folder(
            args.folder, task, target, run=run, database=args.db, people=people, without=args.remove, reading=who
        )
    results = graded.results
    print(f"\n{summary.write(results, target)}\n")
    if people:
        print(graded.joined)
    print("".join(f"{line}\n" for line in graded.said), end="")
    if graded.changes:
        print(changes_text(graded.changes))
    if args.to:
        path = find_labs(task.lab, task.root)[0]
        lab = platforms.Lab(task.lab, path.stem, sum(released.parse(task.release).points.values()))
        print(platforms.write(args.to, args.students, lab, graded.joined, results, target))
    print(f"grades and feedback: {target}; for the next lecture: {lecture.FILE_NAME}")
    if any(result.status == Status.NEEDS_MANUAL for result in results):
        print(f"questions to read: cd {target / 'formgrader'} && {Path(sys.executable).parent / 'jupyter'} lab")
        print("then the menu Nbgrader, Formgrader; their points are in grades.csv when this command has run again")
    return 1 if any(result.try_again for result in results) else 0
