import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import nbformat
import psutil
import pytest
from sample_lab import find, markdown, sample_lab

from course import CourseError, cli, kernel
from course.notebooks import find_labs
from course.rules import RULES
from labsupport import PROJECT_DIR

SLOW_MODULES = ("torch", "torchvision", "pandas", "matplotlib", "onnxruntime")


class Project:
    """A copy of the package in a folder of its own, with the notebooks a test gives it."""

    def __init__(self, folder: Path):
        self.folder = folder
        package = folder / "labsupport"
        for name in ("course", "labsupport/checks"):
            shutil.copytree(PROJECT_DIR / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("__init__.py", "claims.py", "files.py", "shown.py"):
            shutil.copy(PROJECT_DIR / "labsupport" / name, package)
        shutil.copy(PROJECT_DIR / "pyproject.toml", folder)
        (folder / "notebooks").mkdir()
        (folder / "tests").mkdir()
        (folder / "tests" / "test_nothing.py").write_text("def test_nothing():\n    assert True\n")
        (folder / "elsewhere").mkdir()
        self.runtime = folder / "runtime"

    def add(self, name: str, notebook: nbformat.NotebookNode) -> Path:
        path = self.folder / "notebooks" / name
        path.write_text(nbformat.writes(notebook).rstrip("\n") + "\n")
        return path

    def add_code(self, name: str, *sources: str) -> Path:
        notebook = nbformat.v4.new_notebook(cells=[markdown("title", "# A lab\n\n5 minutes")])
        for number, source in enumerate(sources):
            notebook.cells.append(nbformat.v4.new_code_cell(source, id=f"cell-{number}"))
        return self.add(name, notebook)

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen:
        """Start the command line in another folder, without standard input."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.folder),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            **variables,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "course", *arguments],
            cwd=self.folder / "elsewhere",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A background job ignores Ctrl-C, and so would its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def course(self, *arguments: str, **variables: str) -> tuple[int, str]:
        process = self.start(*arguments, **variables)
        text, _ = process.communicate()
        assert self.kernels() == []
        return process.returncode, text

    def kernels(self) -> list[int]:
        """The kernels that still run, given the second they may take to notice that they are on their own."""
        found: list[int] = []
        for _ in range(50):
            found = [
                p.pid
                for p in psutil.process_iter(["cmdline"])
                if str(self.runtime) in " ".join(p.info["cmdline"] or [])
            ]
            if not found:
                break
            time.sleep(0.1)
        return found

    def stored(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.folder / "notebooks").iterdir()}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_its_two_functions(name, capsys):
    assert cli.COMMANDS[name][1]
    with pytest.raises(SystemExit, match="0"):
        cli.main([name, "--help"])
    assert f"course {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("from course import cli", (*SLOW_MODULES, "nbgrader", "nbclient", "nbformat")),
        (
            "import importlib\nfrom course import cli\n"
            "for module, _ in cli.COMMANDS.values(): importlib.import_module(module)",
            SLOW_MODULES,
        ),
    ],
    ids=["the command line", "every command"],
)
def test_nothing_slow_is_loaded_early(code, absent):
    code += f"\nimport sys\nsys.exit(', '.join(name for name in {absent} if name in sys.modules))"
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert finished.stderr.strip() == ""


def test_the_first_line_comes_before_the_command_is_imported(monkeypatch, capsys):
    monkeypatch.setitem(cli.COMMANDS, "slow", ("course.missing", "do something slow"))
    with pytest.raises(ModuleNotFoundError):
        cli.main(["slow"])
    assert capsys.readouterr().out == "slow: do something slow\n"


@pytest.mark.parametrize(("own", "used"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_idle_threads_sleep_in_every_command_unless_the_user_says_otherwise(own, used, monkeypatch):
    seen = []
    command = types.SimpleNamespace(
        add_arguments=lambda parser: None, main=lambda args: seen.append(os.environ["OMP_WAIT_POLICY"]) or 0
    )

    def load(name):
        assert name == "course.given"
        seen.append(os.environ["OMP_WAIT_POLICY"])
        return command

    monkeypatch.setenv("OMP_WAIT_POLICY", own) if own else monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    monkeypatch.setitem(cli.COMMANDS, "given", ("course.given", "show the environment"))
    monkeypatch.setattr(cli.importlib, "import_module", load)
    assert cli.main(["given"]) == 0
    assert seen == [used, used]


@pytest.mark.parametrize(("own", "used"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_idle_threads_sleep_in_a_kernel_unless_the_user_says_otherwise(own, used, monkeypatch, tmp_path):
    monkeypatch.setenv("OMP_WAIT_POLICY", own) if own else monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    source = "import os\n\nprint(os.environ['OMP_WAIT_POLICY'])"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, id="policy")])
    assert kernel.execute(notebook, tmp_path, cell_timeout=60) is None
    assert notebook.cells[0].outputs[0].text == f"{used}\n"


def test_an_unknown_command_and_none_show_all_of_them(capsys):
    assert cli.main(["grdae"]) == 2
    assert "There is no command 'grdae'" in capsys.readouterr().err
    assert cli.main([]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in cli.COMMANDS)


@pytest.fixture
def labs_folder(tmp_path, monkeypatch):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr("course.notebooks.PROJECT_DIR", tmp_path)
    return folder


def test_a_lab_that_is_not_there_is_said_without_a_traceback(labs_folder, capsys):
    (labs_folder / "00_sample.ipynb").touch()
    assert cli.main(["run", "--lab", "17"]) == 2
    assert capsys.readouterr().err == "run: There is no lab 17. The labs in notebooks/ are: 00.\n"


def test_run_without_labs_says_so(labs_folder, capsys):
    assert cli.main(["run"]) == 0
    assert "There are no labs" in capsys.readouterr().out


def test_labs_are_found_in_order_by_number(labs_folder):
    for name in ("10_last.ipynb", "02_second.ipynb", "draft.ipynb", "02_second.py"):
        (labs_folder / name).touch()
    assert [path.name for path in find_labs()] == ["02_second.ipynb", "10_last.ipynb"]
    assert [path.name for path in find_labs("2")] == ["02_second.ipynb"]
    with pytest.raises(CourseError, match="02, 10"):
        find_labs("3")


def test_run_goes_on_after_every_kind_of_failure(project):
    project.add_code("00_raises.ipynb", "x = 1", "print('before')\nraise RuntimeError('the reason')", "y = 2")
    project.add_code("01_dies.ipynb", "import os\n\nos._exit(1)")
    project.add_code("02_hangs.ipynb", "import time\n\ntime.sleep(600)")
    project.add_code("03_asks.ipynb", "input('what now?')")
    (project.folder / "notebooks" / "04_broken.ipynb").write_text("{")
    project.add("05_sample.ipynb", sample_lab())
    before = project.stored()
    status, text = project.course("run", "--cell-timeout", "3")
    assert status == 1
    lines = text.splitlines()
    told = [match.groups() for line in lines if (match := re.match(r" \d of 6  (\w+) +[\d.]+ s  (\w+)", line))]
    outcome = dict(told)
    assert [line[:6] for line in lines if " of 6  " in line] == [f" {number} of 6"[:6] for number in range(1, 7)]
    assert outcome == {
        "00_raises": "FAILED",
        "01_dies": "FAILED",
        "02_hangs": "FAILED",
        "03_asks": "FAILED",
        "04_broken": "FAILED",
        "05_sample": "ok",
    }
    for part in (
        "cell cell-1:\n\nprint('before')\nraise RuntimeError('the reason')",
        "RuntimeError: the reason",
        "The kernel died in this cell",
        "longer than 3 s",
        "StdinNotImplementedError",
        "04_broken.ipynb cannot be read as a notebook",
        "Failed: 00_raises, 01_dies, 02_hangs, 03_asks, 04_broken.",
    ):
        assert part in text
    assert "\x1b" not in text
    table = text[text.index("lab  claim") :]
    assert "a byte is 8 bits" in table
    assert "holds when it has 32 bits" in table
    assert "Live rows were measured on: a test machine" in table
    assert "A page of each lab, with its figures: " in table
    assert project.stored() == before
    pages = project.folder / "build" / "run"
    assert nbformat.read(pages / "00_raises.ipynb", 4).cells[2].outputs[0].text == "before\n"
    assert "one grey pixel" in (pages / "05_sample.html").read_text()


def test_run_of_one_lab_ends_well(project):
    project.add("00_sample.ipynb", sample_lab())
    project.add_code("01_other.ipynb", "raise SystemExit")
    status, text = project.course("run", "--lab", "00")
    assert status == 0
    assert "01_other" not in text
    assert list((project.folder / "elsewhere").iterdir()) == []


def test_ctrl_c_stops_the_run_and_its_kernel(project):
    marker = project.folder / "started"
    project.add_code("00_long.ipynb", f"import pathlib, time\n\npathlib.Path({str(marker)!r}).touch()\ntime.sleep(600)")
    project.add_code("01_next.ipynb", "x = 1")
    process = project.start("run")
    while not marker.exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert text.endswith("run: stopped\n")
    assert "01_next" not in text
    assert project.kernels() == []


def test_execute_writes_the_same_notebook_whatever_it_found(project):
    notebook = sample_lab()
    expected = nbformat.writes(notebook).rstrip("\n") + "\n"
    notebook.metadata = {"language_info": {"name": "python", "version": "3.0"}, "widgets": {"state": {}}}
    find(notebook, "value").update(outputs=[], execution_count=77)
    find(notebook, "value").metadata["execution"] = {"iopub.execute_input": "2001-01-01"}
    path = project.add("00_sample.ipynb", notebook)
    status, text = project.course("execute", "--lab", "00")
    assert status == 0, text
    assert path.read_text() == expected
    assert [item.name for item in path.parent.iterdir()] == ["00_sample.ipynb"]


def test_execute_joins_streams_and_leaves_the_working_folder_alone(project):
    path = project.add_code(
        "00_streams.ipynb",
        "import os\n\nfor part in 'abc':\n    print(part, flush=True)\n    os.sched_yield()",
        "print(sorted(name for name in os.environ if name.startswith('LABS_')))",
    )
    status, _ = project.course("execute", "--lab", "00")
    assert status == 0
    outputs = [cell.outputs for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    assert [[output.text for output in cell] for cell in outputs] == [["a\nb\nc\n"], ["['LABS_STRICT']\n"]]
    assert list(json.loads(path.read_text())) == ["cells", "metadata", "nbformat", "nbformat_minor"]


def test_a_failed_execute_leaves_the_file_untouched(project):
    project.add_code("00_fails.ipynb", "print(1)", "1 / 0")
    before = project.stored()
    status, text = project.course("execute", "--lab", "00")
    assert status == 1
    assert "ZeroDivisionError" in text
    assert project.stored() == before


def test_lint_names_what_is_wrong_in_code_and_notebooks(project):
    project.add("00_sample.ipynb", sample_lab())
    notebook = sample_lab()
    find(notebook, "value").source = "import sys\nimport os\nbits=8\nbits"
    find(notebook, "reading").source = "It took 12 ms."
    project.add("01_bad.ipynb", notebook)
    status, text = project.course("lint")
    assert status == 1
    assert "F401" in text
    assert "unformatted: File would be reformatted\n --> notebooks/01_bad.ipynb" in text
    assert "01_bad.ipynb: cell reading types '12 ms' into prose" in text
    assert "00_sample.ipynb" not in text


def test_test_compares_stored_outputs_with_new_ones(project):
    project.add("00_sample.ipynb", sample_lab())
    notebook = sample_lab()
    find(notebook, "value").outputs[0].data["text/plain"] = "9"
    project.add("01_wrong.ipynb", notebook)
    status, text = project.course("test")
    assert status == 1
    assert f"2 labs, {len(RULES)} rules, none broken" in text
    assert "nbval: 2 labs" in text
    assert "1 failed, 35 passed" in text
    assert "notebooks/01_wrong.ipynb::Cell 1" in text
    assert text.splitlines()[-1] == "failed: nbval"


def test_test_without_labs_says_so(labs_folder, monkeypatch, capsys):
    monkeypatch.setattr("course.lint.main", lambda args: 0)
    monkeypatch.setattr("course.test._pytest", lambda *arguments: 0)
    assert cli.main(["test"]) == 0
    said = capsys.readouterr().out
    assert "nbval: no labs in notebooks/ yet" in said
    assert "all passed: lint, unit tests" in said
