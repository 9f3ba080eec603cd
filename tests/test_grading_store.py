"""Results on disk: whole or not at all, one a student."""

import os
import stat

import pytest
from grading_kit import result

from course.grading.store import Store, file_name, write

NAMES = [
    "ada",
    "Ada",
    "Zoë Núñez",
    "王小明",
    "a/b",
    "a_b",
    "..",
    ".",
    ".hidden",
    "",
    " ",
    "a\nb",
    "x" * 300,
    "x" * 301,
    "é" * 200,
    "-rf",
    "<b>&\"'",
]


def test_a_result_comes_back_as_it_was(tmp_path):
    folder = Store(tmp_path / "results")
    made = result(notes=("one", "two"), reason="ä\u2028")
    folder.save(made)
    assert folder.load("ada") == made
    assert folder.load("bo") is None
    assert list(folder.all()) == [made]


def test_the_latest_result_replaces_the_earlier_one(tmp_path):
    folder = Store(tmp_path)
    folder.save(result(key="1"))
    folder.save(result(key="2"))
    assert [each.key for each in folder.all()] == ["2"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b'{"exercises": [{"x": 1}]}', b"null"])
def test_a_damaged_result_is_none(tmp_path, content):
    folder = Store(tmp_path)
    folder.save(result())
    (tmp_path / "ada.json").write_bytes(content)
    assert folder.load("ada") is None
    assert list(folder.all()) == []


def test_a_stop_in_the_middle_leaves_the_earlier_result(tmp_path, monkeypatch):
    folder = Store(tmp_path)
    folder.save(result(key="1"))

    def stop(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        folder.save(result(key="2"))
    assert folder.load("ada").key == "1"
    assert [path.name for path in tmp_path.iterdir()] == ["ada.json"]


def test_names_of_files_are_safe_and_differ():
    names = [file_name(name) for name in NAMES]
    assert len(set(names)) == len(NAMES)
    for name in names:
        assert name.strip(". ") == name != ""
        assert not set(name) & set("/\\\n<>&\"'") - {"'"}
        assert len(f"{name}.json".encode()) <= 255
    assert file_name("Zoë Núñez") == "Zoë Núñez"


def test_an_unchanged_file_is_not_written_again(tmp_path):
    path = tmp_path / "a"
    write(path, "x\r\n")
    before = path.stat()
    write(path, "x\r\n")
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.read_bytes() == b"x\r\n"
    assert stat.S_IMODE(before.st_mode) == 0o644
