import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from course import cli
from labsupport import PROJECT_DIR

PROJECT = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())["project"]
ENVIRONMENT = yaml.safe_load((PROJECT_DIR / "environment.yml").read_text())
EXTRAS = ("labs", "course", "scale", "device", "site", "dev")
EXACT = re.compile(r"[a-z0-9-]+==[0-9][0-9.]*")

# Stands in for Python: answers the version check, makes a .venv with another stand-in, writes down what it is told.
STAND_IN = """#!/bin/sh
echo "$@" >> {log}
case "$1 $2" in
  "-c "*) exec {python} -c "import sys; sys.version_info = {version}; exec(sys.argv[1])" "$2" ;;
  "-m venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
  "-m pip") exit {pip_status} ;;
esac
"""


def pins(extras):
    return {line for extra in extras for line in PROJECT["optional-dependencies"][extra]}


def test_every_dependency_has_an_exact_pin():
    assert [pin for pin in pins(PROJECT["optional-dependencies"]) if not EXACT.fullmatch(pin)] == []


def test_every_pin_has_its_reason():
    lines = (PROJECT_DIR / "pyproject.toml").read_text().splitlines()
    pinned = [line for line in lines if "==" in line and line.startswith("    ")]
    assert len(pinned) == len(pins(PROJECT["optional-dependencies"]))
    assert [line for line in pinned if not re.search(r'", # \w', line)] == []


def test_conda_installs_what_the_makefile_installs():
    python, _, pip = ENVIRONMENT["dependencies"]
    assert pip == {"pip": [f"-e .[{','.join(EXTRAS)}]"]}
    assert f"'.[{','.join(EXTRAS)}]'" in (PROJECT_DIR / "Makefile").read_text()
    assert SpecifierSet(PROJECT["requires-python"]).contains(f"{python.removeprefix('python=')}.0")


@pytest.mark.parametrize("pin", sorted(pins(EXTRAS)))
def test_the_installed_version_is_the_pinned_one(pin):
    requirement = Requirement(pin)
    installed = importlib.metadata.version(requirement.name)
    assert requirement.specifier.contains(installed), f"{requirement.name} {installed} is installed, the pin is {pin}"


def test_the_pins_accept_a_cpu_build():
    for pin in pins(["labs"]):
        if pin.startswith("torch"):
            assert Requirement(pin).specifier.contains(pin.split("==")[1] + "+cpu")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "Makefile").write_bytes((PROJECT_DIR / "Makefile").read_bytes())
    (tmp_path / "pyproject.toml").touch()
    os.utime(tmp_path / "pyproject.toml", (1, 1))
    return tmp_path


def make(folder, *arguments, version=(3, 11), pip_status=0):
    """Run make with a stand-in for Python; return what make said and what the stand-ins were told."""
    log, stand_in = folder / "log", folder / "stand-in"
    log.write_text("")
    stand_in.write_text(STAND_IN.format(log=log, python=sys.executable, version=version, pip_status=pip_status))
    stand_in.chmod(0o755)
    if (folder / ".venv/bin/python").exists():
        (folder / ".venv/bin/python").write_bytes(stand_in.read_bytes())
    finished = subprocess.run(
        ["make", f"PYTHON={stand_in}", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "LAB", "SEED")},
    )
    told = [line for line in log.read_text().splitlines() if not line.startswith("-c")]
    return finished, told


def installs(told):
    """Return how often packages were installed."""
    return sum("pip install" in line for line in told)


def test_make_sets_up_once_and_again_when_the_pins_change(folder):
    told = make(folder, "run")[1]
    assert (installs(told), told[-1]) == (1, "-m course run")
    assert make(folder, "run", "LAB=00")[1] == ["-m course run --lab 00"]
    os.utime(folder / "pyproject.toml")
    told = make(folder, "lint")[1]
    assert (installs(told), told[-1]) == (1, "-m course lint")


def test_make_does_not_trust_an_interrupted_installation(folder):
    finished, told = make(folder, "run", pip_status=1)
    assert finished.returncode != 0
    assert (installs(told), "-m course run" in told) == (1, False)
    told = make(folder, "run")[1]
    assert (installs(told), told[-1]) == (1, "-m course run")


def test_make_keeps_an_environment_that_was_prepared_by_hand(folder):
    make(folder, "run", pip_status=1)
    (folder / ".venv" / "prepared").touch()
    make(folder, "run")
    assert (folder / ".venv" / "prepared").exists()


@pytest.mark.parametrize("version", [(3, 9), (3, 10), (3, 13)])
def test_make_says_which_python_it_needs(folder, version):
    finished, told = make(folder, "run", version=version)
    assert finished.returncode != 0
    assert "needs Python 3.11 or 3.12" in finished.stdout
    assert "make run PYTHON=python3.11" in finished.stdout
    assert told == []


def test_make_without_python_says_the_same(folder):
    finished, _ = make(folder, "run", "PYTHON=no-such-python")
    assert finished.returncode != 0
    assert '"no-such-python" is not one of them' in finished.stdout


@pytest.mark.parametrize("target", [["test"], ["lab"], ["student"], ["lint"], ["execute", "LAB=03"]])
def test_a_target_is_a_command_of_the_course(folder, target):
    command = make(folder, *target)[1][-1].split()
    assert command[:2] == ["-m", "course"]
    assert command[2] in cli.COMMANDS


@pytest.mark.parametrize("arguments", [["execute"], ["record"], ["record", "LAB=05"]])
def test_a_target_that_needs_more_says_what(folder, arguments):
    finished, told = make(folder, *arguments)
    assert finished.returncode != 0
    assert "Say wh" in finished.stderr
    assert told == []


def test_make_alone_lists_the_targets_and_installs_nothing(folder):
    finished, told = make(folder)
    assert "make run " in finished.stdout
    assert told == []


@pytest.fixture
def ci(tmp_path):
    """A copy of .ci/run and a PATH with nothing on it but what the script may count on, and stand-ins that log."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "run").write_bytes((PROJECT_DIR / ".ci" / "run").read_bytes())
    path = tmp_path / "bin"
    path.mkdir()
    for tool in ("bash", "dirname", "mkdir", "tail"):
        (path / tool).symlink_to(shutil.which(tool))

    def run(**stand_ins):
        for name, status in stand_ins.items():
            script = (
                f'#!{path / "bash"}\necho "{name} $@" >> {tmp_path / "log"}\necho "{name} says this"\nexit {status}\n'
            )
            (path / name.replace("_", "-")).write_text(script)
            (path / name.replace("_", "-")).chmod(0o755)
        command = [shutil.which("bash"), str(tmp_path / ".ci" / "run")]
        finished = subprocess.run(
            command, cwd="/", env={"PATH": str(path)}, capture_output=True, text=True, check=False
        )
        return finished, (tmp_path / "log").read_text().splitlines()

    return run


TESTS = ["make test", "make test-system"]


def installed(told):
    """Return which of the two programs were installed."""
    return {name for line in told for name in ("chromium", "bubblewrap") if line.startswith("apt_get") and name in line}


@pytest.mark.parametrize(
    ("there", "missing"),
    [((), {"chromium", "bubblewrap"}), (("chromium",), {"bubblewrap"}), (("chromium", "bwrap"), set())],
)
def test_ci_installs_what_is_missing_and_runs_every_test(ci, there, missing):
    finished, told = ci(apt_get=0, make=0, **dict.fromkeys(there, 0))
    assert finished.returncode == 0
    assert installed(told) == missing
    assert told[-2:] == TESTS


def test_ci_fails_with_the_log_when_the_installation_does(ci):
    finished, told = ci(apt_get=7, make=0)
    assert finished.returncode != 0
    assert "apt_get says this" in finished.stdout
    assert not set(told) & set(TESTS)


def test_ci_fails_when_a_test_does(ci):
    assert ci(make=1, chromium=0, bwrap=0)[0].returncode != 0
