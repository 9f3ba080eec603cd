"""Files are there whole or not at all."""

import os
import stat
import subprocess
import sys

import pytest

from labsupport import PROJECT_DIR, files

# Dies when the content is written and not yet in its place.
DIES_HALF_WAY = """
import os, sys
from pathlib import Path
from labsupport import files
os.fsync = lambda descriptor: os._exit(9)
files.replace(Path(sys.argv[1]), "new")
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_the_place_of_another(tmp_path):
    path = tmp_path / "new" / "folder" / "a.csv"
    files.replace(path, b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"
    files.replace(path, "ä\r\n")
    assert path.read_bytes() == b"\xc3\xa4\r\n"
    assert names(path.parent) == ["a.csv"]


def test_its_permissions_are_those_of_any_new_file(tmp_path):
    files.replace(tmp_path / "a", "x")
    (tmp_path / "b").write_text("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode
    assert stat.S_ISREG((tmp_path / "a").stat().st_mode)


@pytest.mark.parametrize("write", [files.replace, files.create])
@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_fault_leaves_the_earlier_file_and_no_other(tmp_path, monkeypatch, write, fault):
    def fail(descriptor):
        raise fault

    (tmp_path / "a").write_text("old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(fault)):
        write(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_a_process_that_dies_leaves_the_earlier_file(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    command = [sys.executable, "-c", DIES_HALF_WAY, str(path)]
    assert subprocess.run(command, cwd=PROJECT_DIR, check=False).returncode == 9
    assert path.read_text() == "old"
    assert all(name == "a" or name.startswith(".") for name in names(tmp_path))
    files.replace(path, "new")
    assert path.read_text() == "new"


def test_text_that_has_no_bytes_harms_nothing(tmp_path):
    files.replace(tmp_path / "a", "old")
    with pytest.raises(UnicodeEncodeError):
        files.replace(tmp_path / "a", "\ud800")
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_create_never_writes_over_a_file(tmp_path):
    files.create(tmp_path / "a", "mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("a", "link"):
        with pytest.raises(FileExistsError):
            files.create(tmp_path / name, "other")
    assert (tmp_path / "a").read_text() == "mine"
    assert names(tmp_path) == ["a", "link"]
