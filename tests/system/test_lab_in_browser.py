"""`make lab` as a student meets it: in a browser, from the first page to the last cell of lab 00."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from chromium import CONTROL, Chromium, wait_for

from course.cells import check_cells
from labsupport import PROJECT_DIR
from labsupport.checks.pieces import tags

NAME = "00_measure_first.ipynb"
POP_UPS = "[...document.querySelectorAll('.jp-Dialog, .Toastify__toast')].map(e => e.innerText)"
RUN_MENU = "[...document.querySelectorAll('.lm-MenuBar-item')].find(e => e.innerText.trim() === 'Run')"
RUN_ALL = "[...document.querySelectorAll('.lm-Menu-item')].find(e => e.innerText.startsWith('Run All Cells'))"
KERNEL_NAME = "document.querySelector('.jp-Toolbar-kernelName')?.innerText"

pytestmark = pytest.mark.system


@pytest.fixture
def project(tmp_path):
    """A checkout of its own, so that nothing is opened in the reader's work/."""
    folder = tmp_path / "project"
    shutil.copytree(PROJECT_DIR / "labsupport", folder / "labsupport", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT_DIR / "notebooks", folder / "notebooks")
    (folder / "data").symlink_to(PROJECT_DIR / "data")
    return folder


def stop(process):
    """End the command and the server it started; the group is gone when the last of them is."""
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(30)
    with contextlib.suppress(ProcessLookupError):
        for _ in range(50):
            os.killpg(process.pid, 0)
            time.sleep(0.2)
        os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def server(project, tmp_path):
    """The address and token of a running `lab` command."""
    home = tmp_path / "home"
    home.mkdir()
    command = [sys.executable, "-m", "course", "lab", "--lab", "00", "--no-browser", "--port", "18888"]
    environment = os.environ | {"PYTHONPATH": str(project), "HOME": str(home)}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=project, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    runtime = project / "build" / "jupyter" / "data" / "runtime"
    try:
        info = wait_for(lambda: next(iter(runtime.glob("jpserver-*.json")), None), 60, "JupyterLab")
        found = wait_for(lambda: json.loads(info.read_text() or "null"), 10, "its address")
        yield f"http://127.0.0.1:{found['port']}", found["token"]
    finally:
        stop(process)
        print((tmp_path / "log").read_text())
    assert not [path for path in home.iterdir() if path.name in (".jupyter", ".ipython", ".local")]


@pytest.fixture
def browser(tmp_path):
    chromium = Chromium(tmp_path / "chromium")
    yield chromium
    chromium.close()


def unexpected_errors(cells):
    return [
        (cell.id, output.ename, output.evalue)
        for cell in cells
        for output in cell.outputs
        if output.output_type == "error" and "raises-exception" not in tags(cell)
    ]


def test_run_all_in_jupyterlab(project, server, browser):
    path = project / "work" / NAME
    address, token = server

    def kernel_idle():
        with urllib.request.urlopen(f"{address}/api/sessions?token={token}") as answer:
            return [session["kernel"]["execution_state"] for session in json.load(answer)] == ["idle"]

    browser.open(f"{address}/lab/tree/{NAME}?token={token}")
    wait_for(kernel_idle, 120, "the kernel")
    wait_for(lambda: "Python 3" in (browser.evaluate(KERNEL_NAME) or ""), 60, "the kernel's name")
    assert browser.evaluate(POP_UPS) == []
    browser.click(RUN_MENU)
    browser.click(RUN_ALL)

    def finished():
        assert browser.evaluate(POP_UPS) == []
        browser.press("s", CONTROL)
        with contextlib.suppress(ValueError):  # read while it was written
            code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
            assert unexpected_errors(code) == []
            return code[-1].execution_count

    wait_for(finished, 1200, "the last cell", pause=3)
    browser.screenshot(PROJECT_DIR / "build" / "lab.png")
    assert "nbgrader" not in browser.evaluate("document.body.innerHTML").lower()
    assert browser.hosts <= {"127.0.0.1", ""}
    for cell in check_cells(nbformat.read(path, as_version=4)).values():
        assert [output.ename for output in cell.outputs] == ["NotImplementedError"]
