"""The student version in `work/`, opened in JupyterLab as a student sees it: no pop-ups, no instructor's panels.

`work/` belongs to the student. A lab is copied where there is none; a release that has changed since is put beside the
student's file; nothing is overwritten or deleted. Jupyter's own files go to `build/jupyter/`, not to the home folder.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

from course import CourseError
from course.notebooks import BUILD_DIR, find_labs
from course.release import release
from course.student import JUPYTER_FILES
from labsupport import PROJECT_DIR, files

RECORD = ".offered.json"


def offer(released: Path, work: Path) -> str:
    """Put a released notebook into the student's folder, never over a file that is there.

    Args:
        released: the notebook as `release` made it.
        work: the student's folder, made when missing; RECORD in it holds the sha256 of every release put there.
    Returns:
        One sentence that says what was done.

    Raises:
        CourseError: the record of earlier releases cannot be read.
    """
    work.mkdir(parents=True, exist_ok=True)
    record_path = work / RECORD
    try:
        record = json.loads(record_path.read_text(encoding="utf-8")) if record_path.exists() else {}
        offered = list(record.get(released.name, []))
    except (ValueError, TypeError, AttributeError) as error:
        raise CourseError(f"{record_path} is damaged ({error}); delete this one file and start again") from error
    content = released.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    target = work / released.name
    if not os.path.lexists(target):
        sentence = f"{target.name}: copied to {work.name}/"
    elif digest in offered or (target.is_file() and target.read_bytes() == content):
        sentence = f"{target.name}: yours is kept"
        target = None
    else:
        names = (work / f"{released.stem}_new_version{'' if n == 1 else f'_{n}'}.ipynb" for n in count(1))
        target = next(path for path in names if not os.path.lexists(path))
        sentence = f"{released.name}: the lab has changed. Yours is kept; the new version is {target.name} beside it"
    if target is not None:
        files.create(target, content)
    if digest not in offered:
        files.replace(record_path, json.dumps(record | {released.name: [*offered, digest]}, indent=1))
    return sentence


def jupyter_environment(home: Path) -> dict[str, str]:
    """Write Jupyter's settings for this run under `home` and return the environment variables that point there."""
    config = home / "config"
    servers = ("formgrader", "validate_assignment", "assignment_list", "course_list")
    settings = {
        **JUPYTER_FILES,
        "jupyter_server_config.json": json.dumps(
            {"ServerApp": {"jpserver_extensions": {f"nbgrader.server_extensions.{name}": False for name in servers}}}
        ),
        "page_config.json": json.dumps({"disabledExtensions": {"@jupyter/nbgrader": True}}),
    }
    config.mkdir(parents=True, exist_ok=True)
    for name, text in settings.items():
        (config / name).write_text(text, encoding="utf-8")
    return {
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "IPYTHONDIR": str(home / "ipython"),
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--lab", metavar="NN", help="open this lab")
    parser.add_argument("--port", type=int, default=8888, help="the first port to try")
    parser.add_argument("--no-browser", action="store_true", help="print the address, open no browser")


def main(args: argparse.Namespace) -> int:
    """Offer the labs, then serve JupyterLab until it is stopped."""
    work = PROJECT_DIR / "work"
    labs = find_labs(args.lab)
    for path in labs:
        print(offer(release(path), work), flush=True)
    work.mkdir(exist_ok=True)
    print(f"your points so far: {sys.executable} -m labsupport.check work/{labs[0].name}", flush=True)
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={work}", f"--ServerApp.port={args.port}"]
    command += ["--no-browser"] * args.no_browser
    command += ["--allow-root"] * (getattr(os, "geteuid", lambda: 1)() == 0)  # the usual user of a container
    command += [str(work / labs[0].name)] * (args.lab is not None)
    environment = os.environ | jupyter_environment(BUILD_DIR / "jupyter")
    server = subprocess.Popen(command, env=environment, cwd=work)
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:
            continue
