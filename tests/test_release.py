"""The student version: how it is released, packed, offered and run."""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest
import yaml
from sample_course import FIXTURE_ROOT
from traitlets.config import PyFileConfigLoader

from course import CourseError, kernel, lab, proofs, student
from course import release as release_module
from course.cells import check_cells
from course.exercises import read as read_lab
from course.release import release
from labsupport import PROJECT_DIR
from labsupport.checks.pieces import exercise_cells, tags

NAME = "90_small_lists.ipynb"


@pytest.fixture
def root(tmp_path):
    return shutil.copytree(FIXTURE_ROOT, tmp_path / "course")


@pytest.fixture
def released(root):
    return release(root / "notebooks" / NAME, root / "build")


def cells_of(path):
    return {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}


def test_solutions_give_way_to_a_stub_that_raises(released):
    cells = cells_of(released)
    assert cells["mean"].source.splitlines()[-1] == f"    {release_module.CODE_STUB}"
    assert cells["mean"].source.startswith('def mean(values: list[float]) -> float:\n    """Return')
    assert cells["why-remainder"].source.splitlines()[-1] == release_module.TEXT_STUB
    assert "note-timing" not in cells


def test_only_checks_and_users_of_an_exercise_may_fail(released):
    may_fail = {name for name, cell in cells_of(released).items() if "raises-exception" in tags(cell)}
    assert may_fail == {"mean-check", "clip-pixels-check", "split-batches-check", "batch-means-check", "mean-of-three"}
    assert tags(cells_of(released)["mean-of-three"]) == ["raises-exception", "uses-exercise"]


def test_cell_ids_and_points_stay(root, released):
    before, after = (nbformat.read(path, as_version=4) for path in (root / "notebooks" / NAME, released))
    assert exercise_cells(after).keys() == exercise_cells(before).keys()
    assert [cell.metadata.nbgrader.points for cell in check_cells(after).values()] == [1, 2, 2, 3]


def test_a_release_is_the_same_every_time_and_leaves_the_lab_alone(root, released):
    source = root / "notebooks" / NAME
    before, first = source.read_bytes(), released.read_bytes()
    assert release(source, root / "build").read_bytes() == first
    assert source.read_bytes() == before


def test_what_nbgrader_refuses_is_told(root, monkeypatch):
    def refuse(self):
        raise RuntimeError("it cannot be")

    monkeypatch.setattr(release_module.GenerateAssignment, "start", refuse)
    with pytest.raises(CourseError, match=rf"nbgrader refused {NAME}:\n[\s\S]*it cannot be"):
        release(root / "notebooks" / NAME, root / "build")


def test_release_is_silent_and_stays_in_build(root, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    code = (
        "import sys; from pathlib import Path; from course.release import release\n"
        f"release(Path(sys.argv[1]) / 'notebooks' / {NAME!r}, Path(sys.argv[1]) / 'build')"
    )
    before = {path for path in root.rglob("*") if "build" not in path.parts}
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", code, str(root)], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(home.iterdir()) == []
    assert {path for path in root.rglob("*") if "build" not in path.parts} == before


def test_the_commands_release_what_is_asked_for(root, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(release_module, "find_labs", lambda number: asked.append(number) or [root / "notebooks" / NAME])
    monkeypatch.setattr(release_module, "release", lambda path: PROJECT_DIR / "build" / "release" / path.name)
    parser = argparse.ArgumentParser()
    release_module.add_arguments(parser)
    assert release_module.main(parser.parse_args(["--lab", "90"])) == 0
    assert asked == ["90"]
    assert capsys.readouterr().out == f"build/release/{NAME}\n"


# The zip file.


@pytest.fixture
def unpacked(root, tmp_path):
    with zipfile.ZipFile(student.build_zip(root / "build" / "student.zip", root)) as archive:
        archive.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked" / student.FOLDER


def test_the_zip_is_the_same_every_time(root):
    first = student.build_zip(root / "build" / "student.zip", root).read_bytes()
    for path in root.rglob("*"):
        os.utime(path, (10**9, 10**9))
    assert student.build_zip(root / "build" / "student.zip", root).read_bytes() == first


def test_the_zip_holds_what_a_student_needs(root):
    for unwanted in ("data/cache/full.npz", "data/.DS_Store", "data/half.png.part", "data/x.lock"):
        (root / unwanted).parent.mkdir(exist_ok=True)
        (root / unwanted).write_text("unwanted")
    names = dict(student.members(root / "build", root)).keys()
    assert {f"notebooks/{NAME}", "data/README.md", "labsupport/checks/protocol.py", "LICENSE", "README.md"} <= names
    assert not [name for name in names if "course" in name or "cache" in name or "DS_Store" in name]
    assert not [name for name in names if name.endswith((".part", ".lock", ".pyc"))]


def two_labs(root):
    """Give the course a second lab, and checks of both beside those of the small one."""
    shutil.copy(root / "notebooks" / NAME, root / "notebooks" / "91_again.ipynb")
    for number in ("90", "91"):
        folder = root / "labsupport" / "checks" / f"lab{number}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "x.py").write_text("")
    return root


def test_a_short_course_has_its_labs_alone(root):
    names = dict(student.members(root / "build", two_labs(root), ["91"])).keys()
    assert [name for name in names if name.startswith("notebooks/")] == ["notebooks/91_again.ipynb"]
    assert "labsupport/checks/lab91/x.py" in names
    assert not [name for name in names if "lab90" in name]
    assert "data/README.md" in names
    with pytest.raises(CourseError, match="99"):
        dict(student.members(root / "build", root, ["91", "99"]))


def test_a_folder_for_a_repository_holds_what_the_zip_holds(root, tmp_path, unpacked):
    target = tmp_path / "public"
    (target / ".git").mkdir(parents=True)
    (target / ".git" / "config").write_text("mine")
    student.write_tree(target, root / "build", root)
    files = {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert files.pop(".git/config") == b"mine"
    assert ".venv/" in files.pop(".gitignore").decode().splitlines()
    assert files.pop(student.MANIFEST)
    packed = {
        path.relative_to(unpacked).as_posix(): path.read_bytes() for path in unpacked.rglob("*") if path.is_file()
    }
    assert files == packed
    assert proofs.leaks(read_lab("90", FIXTURE_ROOT), files) == []


def test_a_folder_written_again_loses_what_the_release_lost_and_nothing_else(root, tmp_path):
    target = tmp_path / "public"
    student.write_tree(target, root / "build", two_labs(root))
    (target / "CONTRIBUTING.md").write_text("mine")
    _, gone = student.write_tree(target, root / "build", root, ["90"])
    assert gone >= 2
    assert not list(target.rglob("lab91/*.py"))
    assert not (target / "notebooks" / "91_again.ipynb").exists()
    assert (target / "CONTRIBUTING.md").read_text() == "mine"


def test_a_folder_of_something_else_is_refused(root, tmp_path):
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "thesis.tex").write_text("mine")
    with pytest.raises(CourseError, match=r"holds thesis\.tex"):
        student.write_tree(tmp_path / "public", root / "build", root)


def test_solutions_are_a_zip_of_their_own_without_notes_for_instructors(root, tmp_path):
    with zipfile.ZipFile(student.build_solutions(tmp_path / "solutions.zip", root)) as archive:
        [name] = archive.namelist()
        notebook = nbformat.reads(archive.read(name).decode(), as_version=4)
    assert name == f"{student.FOLDER}/solutions/{NAME}"
    cells = {cell.id: cell for cell in notebook.cells}
    assert cells["mean"].source.endswith("    return total_of_values / len(values)")
    assert "SOLUTION" not in str(notebook)
    assert "note-timing" not in cells


def test_the_student_installs_the_labs_alone(unpacked):
    assert (unpacked / "pyproject.toml").read_bytes() == (PROJECT_DIR / "pyproject.toml").read_bytes()
    environment = yaml.safe_load((unpacked / "environment.yml").read_text())
    assert environment["dependencies"][-1] == {"pip": ["-e .[labs,device]"]}


@pytest.mark.parametrize(("own", "used"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_idle_threads_sleep_in_the_students_kernels_unless_they_say_otherwise(unpacked, monkeypatch, own, used):
    monkeypatch.setenv("OMP_WAIT_POLICY", own) if own else monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    config = unpacked / "jupyter" / "jupyter_lab_config.py"
    settings = PyFileConfigLoader(config.name, path=str(config.parent)).load_config()
    assert os.environ["OMP_WAIT_POLICY"] == used
    assert settings.LabApp.app_settings_dir == str(config.parent)


def test_run_all_goes_to_the_end_and_a_solved_check_turns_green(unpacked):
    notebook = nbformat.read(unpacked / "notebooks" / NAME, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    stub = release_module.CODE_STUB
    cells["mean"].source = cells["mean"].source.replace(stub, "return sum(values) / len(values)")
    cells["clip-pixels"].source = cells["clip-pixels"].source.replace(stub, "return np.clip(pixels, 0, PIXEL_MAX)")
    environment = {"PYTHONPATH": str(unpacked)}
    assert kernel.execute(notebook, unpacked / "notebooks", cell_timeout=60, environment=environment) is None
    assert cells["mean-check"].outputs[0].text == "mean: the one visible case agrees; grading tries more\n"
    assert cells["mean-of-three"].outputs[0].data["text/plain"] == "'the mean of 1, 2, 6 is 3.0'"
    for name in ("split-batches-check", "batch-means-check"):
        assert cells[name].outputs[0].ename == "NotImplementedError"
    failure = cells["clip-pixels-check"].outputs[0]
    assert failure.ename == "CheckFailed"
    assert failure.traceback == [
        "CheckFailed: A pixel fits in one byte: store it so. Got dtype int64, expected uint8.  [keeps-wide-type]"
    ]
    assert cells["end"].outputs[0].text == "the end\n"


# The folder work/.


@pytest.fixture
def work(tmp_path):
    return tmp_path / "work"


def contents(work):
    return {path.name: path.read_text() for path in work.iterdir() if path.name != lab.RECORD}


def test_a_lab_is_copied_where_there_is_none(released, work):
    assert lab.offer(released, work) == f"{NAME}: copied to work/"
    assert (work / NAME).read_bytes() == released.read_bytes()


def test_a_students_work_is_kept(released, work):
    lab.offer(released, work)
    (work / NAME).write_text("answers")
    (work / "notes.ipynb").write_text("notes")
    assert lab.offer(released, work) == f"{NAME}: yours is kept"
    assert contents(work) == {NAME: "answers", "notes.ipynb": "notes"}


def test_a_changed_release_is_put_beside_it_once(released, work):
    lab.offer(released, work)
    (work / NAME).write_text("answers")
    (work / "90_small_lists_new_version.ipynb").write_text("the student's too")
    released.write_text("second")
    sentence = lab.offer(released, work)
    assert "the lab has changed" in sentence
    assert "90_small_lists_new_version_2.ipynb" in sentence
    expected = {
        NAME: "answers",
        "90_small_lists_new_version.ipynb": "the student's too",
        "90_small_lists_new_version_2.ipynb": "second",
    }
    assert contents(work) == expected
    assert lab.offer(released, work) == f"{NAME}: yours is kept"
    assert contents(work) == expected


def test_a_file_from_elsewhere_is_kept(released, work):
    work.mkdir()
    (work / NAME).write_text("brought along")
    lab.offer(released, work)
    assert contents(work)[NAME] == "brought along"
    assert len(contents(work)) == 2


def test_a_link_to_nowhere_is_kept(released, work):
    work.mkdir()
    (work / NAME).symlink_to(work / "gone")
    assert "the lab has changed" in lab.offer(released, work)
    assert (work / NAME).is_symlink()
    assert not (work / "gone").exists()


def test_a_file_that_appears_meanwhile_is_kept(released, work, monkeypatch):
    def late(source, target):
        target.write_text("meanwhile")
        raise FileExistsError(target)

    work.mkdir()
    monkeypatch.setattr(lab.os, "link", late)
    with pytest.raises(FileExistsError):
        lab.offer(released, work)
    assert contents(work) == {NAME: "meanwhile"}


@pytest.mark.parametrize("record", ["{", "[]", '{"90_small_lists.ipynb": 3}'])
def test_a_damaged_record_is_named(released, work, record):
    work.mkdir()
    (work / lab.RECORD).write_text(record)
    with pytest.raises(CourseError, match=r"\.offered\.json is damaged"):
        lab.offer(released, work)


def test_the_record_holds_what_was_offered(released, work):
    lab.offer(released, work)
    digest = hashlib.sha256(released.read_bytes()).hexdigest()
    assert json.loads((work / lab.RECORD).read_text()) == {NAME: [digest]}


def test_jupyter_keeps_to_build(tmp_path):
    environment = lab.jupyter_environment(tmp_path)
    assert all(path.startswith(str(tmp_path)) for path in environment.values())
    page = json.loads((tmp_path / "config" / "page_config.json").read_text())
    assert page == {"disabledExtensions": {"@jupyter/nbgrader": True}}


def test_lab_offers_then_opens_the_lab(released, tmp_path, monkeypatch, capsys):
    started = {}

    class Server:
        def __init__(self, command, **options):
            started.update(command=command, **options)
            self.signals = [KeyboardInterrupt, None]

        def wait(self):
            if self.signals.pop(0):
                raise KeyboardInterrupt
            return 3

    monkeypatch.setattr(lab, "PROJECT_DIR", tmp_path)
    monkeypatch.setattr(lab, "BUILD_DIR", tmp_path / "build")
    monkeypatch.setattr(lab, "find_labs", lambda number: [released])
    monkeypatch.setattr(lab, "release", lambda path: path)
    monkeypatch.setattr(lab.subprocess, "Popen", Server)
    monkeypatch.setattr(lab.os, "geteuid", lambda: 0)
    parser = argparse.ArgumentParser()
    lab.add_arguments(parser)
    assert lab.main(parser.parse_args(["--lab", "90", "--no-browser", "--port", "9000"])) == 3
    copied, points = capsys.readouterr().out.splitlines()
    assert copied == f"{NAME}: copied to work/"
    assert points == f"your points so far: {sys.executable} -m labsupport.check work/{NAME}"
    work = tmp_path / "work"
    assert started["command"][1:] == [
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={work}",
        "--ServerApp.port=9000",
        "--no-browser",
        "--allow-root",
        str(work / NAME),
    ]
    assert started["env"]["JUPYTER_CONFIG_DIR"] == str(tmp_path / "build" / "jupyter" / "config")
