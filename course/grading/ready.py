"""Can this machine make a sandbox, and if not, what is to be done: asked once, before the first submission."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from course import CourseError
from course.grading.jobs import Limits
from course.grading.sandbox import bubblewrap

OLDEST = (0, 8)
SETTINGS = Path("/proc/sys")
CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
MAX_SAID = 500

# As Ubuntu's own profiles allow a program user namespaces: https://documentation.ubuntu.com/security/security-features
APPARMOR = """\
    sudo tee /etc/apparmor.d/bwrap <<'END'
    abi <abi/4.0>,
    include <tunables/global>
    profile bwrap {program} flags=(unconfined) {{
      userns,
      include if exists <local/bwrap>
    }}
    END
    sudo systemctl reload apparmor"""


def require_bubblewrap() -> None:
    """Find out whether a sandbox can be made here.

    Raises:
        CourseError: bubblewrap is missing, or this system does not let it work; what was found, and what to do.
    """
    with tempfile.TemporaryFile() as program:
        command = [*bubblewrap(Limits(), program), sys.executable, "-I", "-c", "import numpy"]
        pass_fds = (program.fileno(),)
        tried = subprocess.run(command, capture_output=True, text=True, check=False, pass_fds=pass_fds)
    if tried.returncode:
        raise CourseError(_advice(command[0], tried.stderr.strip()[-MAX_SAID:]))


def _advice(program: str, said: str) -> str:
    asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    version = tuple(map(int, re.findall(r"\d+", asked)[:2]))
    found = f"bubblewrap {'.'.join(map(str, version))}" if version else f"{program}, which does not say its version,"
    steps = list(_steps(program, version, said)) or [
        "It needs user namespaces; nothing on this system was recognised that forbids them."
    ]
    return "\n".join(
        [
            f"{found} cannot make a sandbox here: {said}",
            *steps,
            "Without a change to this machine: grade in a container, docs/instructors.md, 'Where bubblewrap fails'.",
            "Without any protection: --no-sandbox; students' code can then read and change all that you can.",
        ]
    )


def _steps(program: str, version: tuple[int, ...], said: str) -> list[str]:
    steps = []
    if version and version < OLDEST:
        steps.append("It needs bubblewrap 0.8 or newer, as Debian 12 and Ubuntu 24.04 have it.")
    if _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        steps.append(f"AppArmor closes user namespaces. To open them for bubblewrap alone:\n{_profile(program)}")
    if _setting("kernel/unprivileged_userns_clone") == "0":
        steps.append(
            "User namespaces are switched off. To open them: sudo sysctl -w kernel.unprivileged_userns_clone=1"
        )
    if _setting("user/max_user_namespaces") == "0":
        steps.append("No user namespace is allowed. To allow some: sudo sysctl -w user.max_user_namespaces=15000")
    if any(mark.exists() for mark in CONTAINER_MARKS):
        steps.append(
            "This is a container whose engine forbids namespaces. Start it with --security-opt seccomp=unconfined "
            "--security-opt apparmor=unconfined --security-opt systempaths=unconfined."
        )
    if not steps and re.search("uid map|RTM_NEWADDR|Operation not permitted|Permission denied", said):
        steps.append(f"Something closes user namespaces. Where it is AppArmor, this opens them:\n{_profile(program)}")
    return steps


def _profile(program: str) -> str:
    return APPARMOR.format(program=program)


def _setting(name: str) -> str:
    try:
        return (SETTINGS / name).read_text().strip()
    except OSError:
        return ""
