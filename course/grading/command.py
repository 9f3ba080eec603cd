"""`python -m course grade FOLDER --lab NN`: a folder of submissions to grades and feedback.

Everything goes to `build/grades/NN/`: results/ (one file a student, what a stopped run goes on from), grades.csv,
feedback/, formgrader/ with the gradebook, summary.png. All but the first follow from the results and the gradebook.
"""

import argparse
import hashlib
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

from tqdm import tqdm

from course import CourseError, exercises
from course.grading import apart, export, feedback, grade, judging, reading, released, repair
from course.grading.gradebook import Gradebook
from course.grading.jobs import Assignment, Job, Result, Runner, Status
from course.grading.sandbox import PROGRAM, require_bubblewrap
from course.grading.store import Store, file_name, write
from course.grading.submissions import MAX_NAMES, Submission, find, left_beside
from course.notebooks import BUILD_DIR, find_labs, read
from labsupport import PROJECT_DIR, shown
from labsupport.checks import pieces, protocol, wire


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
    rules = (protocol, wire, pieces, shown, grade, apart, judging, reading, released, repair)
    files = [*known.case_files, *(Path(module.__file__) for module in rules), PROGRAM]
    digest = hashlib.sha256(text.encode())
    for file in files:
        digest.update(file.read_bytes())
    return Assignment(known.number, root, text, digest.hexdigest(), sandbox=sandbox)


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
    students: Iterable[str] = (),
) -> list[Result]:
    """Grade what is new or changed in a folder and write everything anew that depends on it.

    Args:
        folder: one notebook, folder or zip file a student.
        target: where results, grades.csv, feedback/ and the gradebook go: build/grades/NN.
        run: grades the jobs. Each result is kept as soon as it is there.
        database: the gradebook's address for SQLAlchemy; a SQLite file in target without it.
        students: names that must be in grades.csv, submission or not.
    Returns:
        The results of all students, by name, with the points that people gave in the gradebook. Students graded from
        another folder before are among them.
    """
    store = Store(target / "results")
    path = find_labs(task.lab, task.root)[0]
    release = released.parse(task.release)
    found = find(folder, path.stem, release.grade_ids)
    with tqdm(total=len(found), unit="student", desc="grading", smoothing=0.1, disable=None) as progress:
        for result in run(_jobs(found, task, store, progress.update)):
            store.save(result)
            progress.update()
    for name in _without_submission(students, {result.student for result in store.all()}):
        store.save(Result(name, "", "", Status.MISSING, "no submission"))
    results = sorted(store.all(), key=lambda result: result.student)
    book = Gradebook(target / "formgrader", task.lab, path.stem, release, read(path), database)
    book.enter(results)
    results = book.read_back(results)
    write(target / "grades.csv", export.grades_csv(results, release.points))
    title = f"Lab {task.lab}: {path.stem[3:].replace('_', ' ')}"
    for result in results:
        if result.status != Status.MISSING:
            write(target / "feedback" / f"{file_name(result.student)}.html", feedback.page(result, title))
    return results


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


def _without_submission(students: Iterable[str], known: set[str]) -> Iterator[str]:
    """Yield the names on a list that no student of a submission has, with or without the LMS's number."""
    names = known | {re.sub(r"_\d+$", "", name) for name in known}
    for name in students:
        wanted = shown.line(unicodedata.normalize("NFC", name).strip())
        if wanted and wanted not in names:
            yield wanted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `grade`."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="one notebook, folder or zip file a student")
    parser.add_argument("--lab", required=True, metavar="NN", help="the lab's number")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes on this machine (default: 1)")
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="a dask scheduler to use instead, such as tcp://10.0.0.1:8786"
    )
    parser.add_argument("--students", type=Path, metavar="FILE", help="one name a line: who is to be in grades.csv")
    parser.add_argument("--db", default="", metavar="URL", help="the gradebook's database (default: a SQLite file)")
    parser.add_argument("--no-sandbox", action="store_true", help="run students' code unprotected, as this user")


def main(args: argparse.Namespace) -> int:
    """Grade a folder, print the summary, say where everything is."""
    from course.grading import scale, summary  # import dask and matplotlib

    if args.no_sandbox:
        print("Without the sandbox: students' code can read and change all that you can.")
    else:
        require_bubblewrap()
    students = _read_list(args.students) if args.students else []
    task = assignment(args.lab, BUILD_DIR, sandbox=not args.no_sandbox)
    target = BUILD_DIR / "grades" / task.lab
    if args.folder.is_dir() and (beside := left_beside(args.folder)):
        print(f"no submissions, left out: {', '.join(beside[:MAX_NAMES])}{', ...' * (len(beside) > MAX_NAMES)}")
    several = args.workers > 1 or args.cluster
    with scale.runner(args.workers, args.cluster) if several else nullcontext(in_this_process) as run:
        results = grade_folder(args.folder, task, target, run=run, database=args.db, students=students)
    print(f"\n{summary.write(results, target)}\n")
    print(f"grades and feedback: {target}")
    if any(result.status == Status.NEEDS_MANUAL for result in results):
        print(f"questions to read: cd {target / 'formgrader'} && {Path(sys.executable).parent / 'jupyter'} lab")
        print("then the menu Nbgrader, Formgrader; their points are in grades.csv when this command has run again")
    return 1 if any(result.try_again for result in results) else 0


def _read_list(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read as a list of names: {error}") from None
