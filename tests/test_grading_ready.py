"""What is said where no sandbox can be made: what was found, what to do, and the ways out."""

import pytest

from course import CourseError
from course.grading import ready


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Make a machine whose bubblewrap fails; return what is said there."""

    def said(
        version="bubblewrap 0.9.0", error="bwrap: setting up uid map: Permission denied", container=False, **settings
    ):
        fake = tmp_path / "bwrap"
        fake.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{version}" && exit 0\necho "{error}" >&2\nexit 1\n')
        fake.chmod(0o755)
        for name, value in settings.items():
            path = tmp_path / "sys" / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{value}\n")
        mark = tmp_path / "mark"
        if container:
            mark.touch()
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
        monkeypatch.setattr(ready, "SETTINGS", tmp_path / "sys")
        monkeypatch.setattr(ready, "CONTAINER_MARKS", (mark,))
        with pytest.raises(CourseError) as raised:
            ready.require_bubblewrap()
        return str(raised.value).replace(str(fake), "BWRAP")

    return said


def test_ubuntus_apparmor_gets_the_profile_to_add(machine):
    said = machine(kernel__apparmor_restrict_unprivileged_userns=1, error="bwrap: loopback: Failed RTM_NEWADDR")
    assert said.startswith("bubblewrap 0.9 cannot make a sandbox here: bwrap: loopback: Failed RTM_NEWADDR")
    assert "AppArmor closes user namespaces" in said
    assert "/etc/apparmor.d/bwrap" in said
    assert "profile bwrap BWRAP flags=(unconfined) {" in said
    assert "userns," in said


@pytest.mark.parametrize(
    ("machine_has", "words"),
    [
        ({"version": "bubblewrap 0.6.1"}, "needs bubblewrap 0.8 or newer"),
        ({"version": "bubblewrap 0.10.0"}, "Where it is AppArmor"),
        ({"version": "nonsense"}, "BWRAP, which does not say its version, cannot make a sandbox"),
        ({"kernel__unprivileged_userns_clone": 0}, "sysctl -w kernel.unprivileged_userns_clone=1"),
        ({"user__max_user_namespaces": 0}, "sysctl -w user.max_user_namespaces=15000"),
        ({"container": True}, "--security-opt seccomp=unconfined"),
        ({"error": "bwrap: something new"}, "nothing on this system was recognised"),
        ({"error": "bwrap: setting up uid map: Permission denied"}, "/etc/apparmor.d/bwrap"),
    ],
)
def test_each_cause_gets_its_way_out(machine, machine_has, words):
    said = machine(**machine_has)
    assert words in said
    assert "grade in a container, docs/instructors.md" in said
    assert said.endswith("students' code can then read and change all that you can.")


def test_a_newer_version_is_not_called_old(machine):
    assert "needs bubblewrap 0.8" not in machine(version="bubblewrap 0.10.0")
    assert "needs bubblewrap 0.8" not in machine(version="bubblewrap 1.0.0")
