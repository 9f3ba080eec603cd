"""`build/student.zip` on a machine that has nothing: unzip, install, run lab 00, solve one exercise."""

import os
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest

from course import student
from course.cells import check_cells
from course.notebooks import find_labs, read
from labsupport.checks.pieces import exercise_cells, tags

NUMBER = "00"
RUN = """
import sys
import nbformat
from nbclient import NotebookClient

path = sys.argv[1]
notebook = nbformat.read(path, as_version=4)
NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
nbformat.write(notebook, path)
"""

pytestmark = pytest.mark.system


@pytest.fixture
def course(tmp_path):
    """The unzipped folder with an environment of its own, removed afterwards since it takes gigabytes."""
    with zipfile.ZipFile(student.build_zip(tmp_path / "build" / "student.zip")) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / student.FOLDER
    subprocess.run([sys.executable, "-m", "venv", folder / ".venv"], check=True)
    subprocess.run([folder / ".venv/bin/pip", "install", "--quiet", "-e", ".[labs,device]"], cwd=folder, check=True)
    yield folder
    shutil.rmtree(folder / ".venv")


def test_a_student_installs_runs_and_solves(course):
    python = course / ".venv/bin/python"
    absent = "import importlib.util as u; print(u.find_spec('nbgrader'), u.find_spec('course'))"
    printed = subprocess.run([python, "-c", absent], cwd=course, capture_output=True, text=True, check=True).stdout
    assert printed == "None None\n"

    stored = find_labs(NUMBER)[0]
    path = course / "notebooks" / stored.name
    released, solved = read(path), read(stored)
    first = next(iter(exercise_cells(released)))
    exercise_cells(released)[first].source = exercise_cells(solved)[first].source
    nbformat.write(released, path)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([python, "-c", RUN, path], cwd=path.parent, env=environment, check=True)

    done = nbformat.read(path, as_version=4)
    code = [cell for cell in done.cells if cell.cell_type == "code"]
    assert code[-1].execution_count == len(code)
    for name, cell in check_cells(done).items():
        if name == first:
            assert "agree" in cell.outputs[0].text
        else:
            assert [output.ename for output in cell.outputs] == ["NotImplementedError"]
    for cell in code:
        errors = {output.ename for output in cell.outputs if output.output_type == "error"}
        assert not errors or "raises-exception" in tags(cell), (cell.id, errors)
