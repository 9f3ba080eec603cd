"""What a submission can see and do inside the sandbox, asked of the sandbox itself; needs bubblewrap."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from grading_kit import LIMITS, assignment, job, solved

from course import CourseError
from course.grading import sandbox
from course.grading.grade import grade_one
from course.grading.jobs import Outcome
from course.grading.ready import require_bubblewrap
from course.grading.sandbox import Sandbox, SandboxError
from labsupport import DATA_DIR, PROJECT_DIR
from labsupport.checks.pieces import Piece

pytestmark = pytest.mark.system

FLOOD = """import os, stat
    pipes = [n for n in range(3, 99) if os.path.exists(f'/proc/self/fd/{n}') and stat.S_ISFIFO(os.fstat(n).st_mode)]
    while True:
        os.write(pipes[0], b'x' * 10**6)
"""
DRIVER = "def drive(answer):\n    return answer()"


def ask(*bodies, limits=LIMITS, warm=(), protected=True):
    """Run functions with these bodies, each in a process of its own, and return how each ended and what it returned."""
    found = []
    pieces = [Piece(f"p{n}", "solution", f"def answer_{n}():\n    {body}") for n, body in enumerate(bodies)]
    with Sandbox(pieces, warm, limits, protected) as box:
        for number in range(len(bodies)):
            about = {"exercise": "e", "function": f"answer_{number}", "pieces": number + 1, "skip": []}
            ended, answers = box.run({**about, "cases": [{"name": "c", "driver": DRIVER}]})
            found.append((ended, value(answers[-1])))
    return found


def value(answer):
    if answer.kind == "data":
        from labsupport.checks import wire

        return wire.loads(answer.payload)
    return answer.payload.decode() if answer.kind == "mistake" else answer.kind


def answer(body, **options):
    [(_, found)] = ask(body, **options)
    return found


def test_a_sandbox_can_be_made_here():
    require_bubblewrap()


def test_only_the_installation_the_package_and_the_data_are_there():
    listed = answer(f"import os; return [os.listdir({str(PROJECT_DIR)!r}), os.listdir('/'), os.listdir('.')]")
    inside, root, here = listed
    assert set(inside) <= {"labsupport", "course", "data", ".venv"}
    assert "home" not in root
    assert not {"var", "mnt", "srv", "run", "opt"} & set(root)
    assert here == []
    reachable = answer(
        f"import os; return [n for *_, names in os.walk({str(PROJECT_DIR / 'course')!r}) for n in names]"
    )
    assert reachable == ["inside.py"]
    assert answer(f"import os; return os.listdir({str(DATA_DIR)!r})")
    for name in ("tests", "labsupport.checks.lab00", "course.hidden", "course.exercises", "course.grading.grade"):
        assert "ModuleNotFoundError" in answer(f"import {name}")


@pytest.mark.parametrize(
    "path",
    [
        "/x",
        "/dev/shm/x",
        "/dev/x",
        "/usr/x",
        "/proc/sys/kernel/core_pattern",
        "/proc/self/oom_score_adj",
        str(DATA_DIR / "x"),
    ],
)
def test_nothing_can_be_written_elsewhere(path):
    assert "Read-only file system" in answer(f"open({path!r}, 'a')")


def test_its_own_folder_is_empty_each_time_and_limited():
    write = (
        "import tempfile; f = open('a', 'xb'); tempfile.NamedTemporaryFile(delete=False); return f.write(b'x' * 10**6)"
    )
    assert ask(write, write) == [("exit", 10**6)] * 2
    small = replace(LIMITS, disk_bytes=2_000_000)
    assert "File too large" in answer("open('a', 'wb').write(b'x' * 3 * 10**6)", limits=small)
    many = "for n in range(9): open(str(n), 'wb').write(b'x' * 10**6)"
    assert "No space left" in answer(many, limits=small)
    deep = "import os\n    for _ in range(3000):\n        os.mkdir('d'); os.chdir('d')\n    return 1"
    assert [found for _, found in ask(deep, write)] == [1, 10**6]


def test_it_has_no_network():
    assert "not permitted" in answer("import socket; socket.create_connection(('203.0.113.1', 80), 1)")
    interfaces = answer("return [line.split(':')[0].strip() for line in open('/proc/net/dev').readlines()[2:]]")
    assert interfaces == ["lo"]


def test_it_is_alone_and_has_no_rights():
    assert answer("import os; return sorted(int(p) for p in os.listdir('/proc') if p.isdigit())[0]") == 1
    assert answer("import os; return len([p for p in os.listdir('/proc') if p.isdigit()])") == 2
    status = answer("return open('/proc/self/status').read()")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert {fields[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert (fields["NoNewPrivs"], fields["Seccomp"]) == ("1", "2")


def test_the_environment_is_not_the_graders(monkeypatch):
    monkeypatch.setenv("LABS_SECRET", "secret")
    names = answer("import os; return sorted(os.environ)")
    assert "LABS_SECRET" not in names
    assert set(names) <= {*sandbox.ENVIRONMENT, "HOME", "TMPDIR", "PWD", "LC_CTYPE"}


@pytest.mark.parametrize(
    "body",
    [
        "import os; os.fork()",
        "import subprocess; subprocess.run(['true'])",
        "import multiprocessing as m; p = m.Process(target=int); p.start()",
        "import os; os.memfd_create('x')",
        "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0, 'Operation not permitted'",
        "import resource; resource.prlimit(1, resource.RLIMIT_AS, (1, 1))",
        "import os; os.setpriority(os.PRIO_PROCESS, 1, 19)",
        "import os; os.sched_setaffinity(1, [0])",
        "import ctypes; assert ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0, 'Operation not permitted'",
    ],
)
def test_system_calls_that_would_lead_out_are_refused(body):
    assert "Operation not permitted" in answer(body)


def test_its_own_limits_it_may_lower():
    lower = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9)); return resource.getrlimit(7)"
    assert answer(lower) == [9, 9]
    assert "not allowed" in answer("import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (999, 999))")


def test_threads_are_allowed():
    assert answer("import threading as t; x = []; t.Thread(target=x.append, args=[1]).start(); return x") == [1]


def test_it_can_neither_look_into_nor_stop_the_first_process():
    for name in ("fd/0", "fd/4", "mem", "environ"):
        assert "Permission denied" in answer(f"open('/proc/1/{name}', 'rb')")
    body = "import os, signal\n    for n in set(signal.Signals): os.kill(1, n)\n    return 7"
    assert "not permitted" in answer(body)
    assert ask("import signal; signal.raise_signal(9)", "return 8")[1] == ("exit", 8)


def test_a_killed_process_is_told_from_one_that_hides_its_end():
    assert ask("import signal; signal.raise_signal(9)", "return 8")[0][0] == "signal"
    assert ask("import os, time; os.closerange(3, 1024); time.sleep(60)", "return 8")[0][0] == "exit"


def test_one_process_pays_for_itself_alone():
    limits = replace(LIMITS, wall_seconds=3.0)
    found = ask(
        "return 1",
        "while True: pass",
        "import time; time.sleep(99)",
        "import os; os.abort()",
        "import os; os._exit(0)",
        "import os; os.closerange(0, 256); return 1",
        FLOOD,
        "return [0] * 10**9",
        "return 2",
        limits=limits,
    )
    assert [ended for ended, _ in found] == ["exit", "time", "time", "signal", "exit", "exit", "flood", "exit", "exit"]
    assert (found[0][1], found[-1][1]) == (1, 2)
    assert "MemoryError" in found[-2][1]


def test_frames_that_were_forged_are_harmless():
    forge = """import os, json
    for n in range(3, 30):
        try: os.write(n, FORGED)
        except OSError: pass
    os._exit(0)"""
    for forged in (
        b"\0" * 100,
        b'{"size": -1}\n',
        b'{"size": 10000000000}\n',
        b'{"size": "x"}\n',
        b"[]\n",
        b"[" * 9000 + b"\n",
    ):
        assert ask(forge.replace("FORGED", repr(forged)), "return 1") == [("exit", "defined"), ("exit", 1)]


def test_what_the_lab_imports_is_there_before_the_submission():
    assert answer("import sys; return 'fractions' in sys.modules", warm=["import fractions", "import no_such"]) is True


def test_the_sandbox_ends_with_the_grader(tmp_path):
    script = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from grading_kit import job, solved, assignment
from dataclasses import replace
from course.grading.grade import grade_one
from course.grading.jobs import Limits
grade_one(job(solved(mean="while True: pass"), replace(assignment(), limits=Limits(300, 300.0))))
"""
    grader = subprocess.Popen([sys.executable, "-c", script])
    children = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(children) < 3:
        children = psutil.Process(grader.pid).children(recursive=True)
        time.sleep(0.1)
    os.kill(grader.pid, signal.SIGKILL)
    grader.wait()
    assert len(children) >= 3
    assert psutil.wait_procs(children, timeout=30)[1] == []


def test_a_system_without_user_namespaces_is_told(monkeypatch, tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CourseError, match="setting up uid map"):
        require_bubblewrap()
    with pytest.raises(SandboxError, match="setting up uid map"):
        ask("return 1")


def test_another_machine_is_told(monkeypatch):
    monkeypatch.setattr(sandbox.platform, "machine", lambda: "riscv64")
    with pytest.raises(CourseError, match="x86_64 and aarch64"):
        require_bubblewrap()


def test_a_submission_that_uses_all_this_is_graded():
    result = grade_one(job(solved(mean="import os, json\ndef mean(values):\n    return sum(values) / len(values)")))
    assert {part.outcome for part in result.exercises} == {Outcome.PASSED}
    assert json.loads(result.to_json())["status"] == "graded"
    assert assignment().sandbox


def test_a_flood_of_small_frames_is_cut_in_a_moment():
    began = time.monotonic()
    found = list(sandbox._frames(b'{"kind": "piece", "size": 0}\n' * 500_000))
    assert len(found) == sandbox.MAX_FRAMES
    assert time.monotonic() - began < 2


FIND_TORCH = """import gc, time
    gc.disable()
    spans = [line.split()[0].split('-') for line in open('/proc/self/maps') if 'libtorch_cpu' in line]
    spans = [(int(first, 16), int(last, 16)) for first, last in spans]
"""
GIVE_BACK = """    import ctypes
    libc = ctypes.CDLL(None)
    for first, last in spans:
        libc.munmap(ctypes.c_void_p(first), ctypes.c_size_t(last - first))
    held = [b'x' * 10**6 for _ in range(350)]
    time.sleep(9)
"""


def test_address_space_that_it_gives_back_buys_no_memory():
    """The limit of the kernel counts address space, so what is unmapped could be taken again as real memory."""
    limits = replace(LIMITS, memory_bytes=100_000_000)
    size = FIND_TORCH + "    return sum(last - first for first, last in spans)"
    (_, given_back), (ended, _) = ask(size, FIND_TORCH + GIVE_BACK, limits=limits, warm=["import torch"])
    assert given_back > 300_000_000, "too little is there to be given back: this shows nothing"
    assert ended == "crowd"


def test_it_finds_no_program():
    """Where a compiler is found, importing torch asks it for a library, and it waits for a process for 15 seconds."""
    assert answer("import shutil; return [shutil.which(name) or 'none' for name in ('gcc', 'sh')]") == ["none", "none"]
