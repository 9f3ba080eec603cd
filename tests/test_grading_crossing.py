"""Nothing crosses from one submission to the next: for each kind of kernel object one leaves, the next one looks.

Each pair runs twice: in two sandboxes, one after the other and at the same time, and in one sandbox for two exercises.
"""

import pytest
from grading_kit import LIMITS
from test_grading_sandbox import DRIVER, value

from course.grading.sandbox import Sandbox
from labsupport.checks.pieces import Piece

pytestmark = pytest.mark.system

SYSCALL = """import ctypes, os
    libc = ctypes.CDLL(None, use_errno=True)
    def call(number, *arguments):
        result = libc.syscall(number, *arguments)
        return result if result >= 0 else -ctypes.get_errno()
"""
PAIRS = {
    "key": (
        SYSCALL + "    return call(248, b'user', b'labs', b'secret', 6, -4)",
        SYSCALL + "    return call(249, b'user', b'labs', None, -4)",
    ),
    "key in /proc": (
        SYSCALL + "    return call(248, b'user', b'labs', b'secret', 6, -4)",
        "return int('labs' in open('/proc/keys').read())",
    ),
    "System V shared memory": (
        SYSCALL + "    return call(29, 0x1AB5, 4096, 0o1666)",
        SYSCALL + "    return call(29, 0x1AB5, 4096, 0)",
    ),
    "System V messages": (SYSCALL + "    return call(68, 0x1AB5, 0o1666)", SYSCALL + "    return call(68, 0x1AB5, 0)"),
    "System V semaphores": (
        SYSCALL + "    return call(64, 0x1AB5, 1, 0o1666)",
        SYSCALL + "    return call(64, 0x1AB5, 1, 0)",
    ),
    "POSIX messages": (
        SYSCALL + "    return call(240, b'labs', 0o102, 0o666, None)",
        SYSCALL + "    return call(240, b'labs', 0, 0, None)",
    ),
    "POSIX shared memory": (
        "return os.open('/dev/shm/labs', os.O_CREAT | os.O_RDWR)",
        "return int(os.path.exists('/dev/shm/labs'))",
    ),
    "abstract socket": (
        "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0labs'); s.listen(); return 1",
        "import socket; s = socket.socket(socket.AF_UNIX); s.connect('\\0labs'); return 1",
    ),
    "memory file": ("return os.memfd_create('labs')", "return int('labs' in os.popen('ls /proc/*/fd').read())"),
    "inotify": (SYSCALL + "    return call(294, 0)", SYSCALL + "    return call(254, 3, b'/', 2)"),
    "timer": (
        SYSCALL + "    return call(222, 1, None, ctypes.byref(ctypes.c_int()))",
        SYSCALL + "    return call(224, 0, None)",
    ),
    "process": ("return os.fork()", "return len([n for n in os.listdir('/proc') if n.isdigit()]) - 2"),
    "file at home": (
        "open(os.path.expanduser('~/labs'), 'w').write('x'); return 1",
        "return int(os.path.exists(os.path.expanduser('~/labs')))",
    ),
    **{
        f"file in {place}": (
            f"open('{place}/labs', 'w').write('x'); return 1",
            f"return int(os.path.exists('{place}/labs'))",
        )
        for place in ("/", "/tmp", "/var/tmp", "/run", "/dev", "/dev/shm", "/proc/self", "/sandbox", "/usr", "/etc")
    },
    "host name": ("import socket; socket.sethostname('labs'); return 1", "return int(os.uname().nodename == 'labs')"),
    "priority": ("os.setpriority(os.PRIO_USER, 0, 19); return 1", "return int(os.getpriority(os.PRIO_USER, 0) == 19)"),
}
LEAVES_IN_ITS_FOLDER = {"file at home", "file in /sandbox"}


def put(box, body):
    about = {"exercise": "e", "function": "answer", "pieces": 1, "skip": []}
    _, answers = box.run({**about, "cases": [{"name": "c", "driver": DRIVER}]})
    return value(answers[-1]) if answers else None


def sandbox(body):
    return Sandbox([Piece("p", "solution", f"import os\ndef answer():\n    {body}")], (), LIMITS)


def found(result):
    """Tell whether the second submission found something: a number above 0 says so, an error does not."""
    return isinstance(result, int) and result > 0


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "at the same time"])
def test_the_next_submission_finds_nothing(kind, together):
    leave, look = PAIRS[kind]
    with sandbox(leave) as first:
        left = put(first, leave)
        if together:
            with sandbox(look) as second:
                assert not found(put(second, look))
    if not together:
        with sandbox(look) as second:
            assert not found(put(second, look))
    assert found(left) == (kind in LEAVES_IN_ITS_FOLDER)


@pytest.mark.parametrize("kind", sorted(LEAVES_IN_ITS_FOLDER))
def test_the_next_exercise_finds_nothing(kind):
    leave, look = PAIRS[kind]
    pieces = [
        Piece(f"p{n}", "solution", f"import os\ndef answer_{n}():\n    {body}") for n, body in enumerate((leave, look))
    ]
    with Sandbox(pieces, (), LIMITS) as box:
        results = []
        for number in range(2):
            about = {"exercise": "e", "function": f"answer_{number}", "pieces": number + 1, "skip": []}
            results.append(value(box.run({**about, "cases": [{"name": "c", "driver": DRIVER}]})[1][-1]))
    assert found(results[0])
    assert not found(results[1])


def test_the_pairs_would_see_what_crosses():
    """Without a sandbox the pairs find what was left, so they can fail."""
    import os
    from pathlib import Path

    place = Path("/dev/shm/labs")
    place.touch()
    try:
        names = {"os": os}
        exec(f"def look():\n    {PAIRS['POSIX shared memory'][1]}", names)
        assert found(names["look"]())
    finally:
        place.unlink()


BREAKS = {
    "premade folders": "[os.makedirs(f'/sandbox/{n}', exist_ok=True) for n in range(50)]; return 7",
    "premade files": "[open(f'/sandbox/{n}', 'w').close() for n in range(50)]; return 7",
    "premade links": "[os.symlink('/etc', f'/sandbox/{n}') for n in range(50)]; return 7",
    "closed folder": "os.chmod('/sandbox', 0); return 7",
    "closed folder inside": "os.makedirs('a/b/c'); os.chmod('a/b', 0); os.chmod('a', 0); return 7",
    "a deep nest": "[(os.mkdir('d'), os.chdir('d')) for _ in range(1500)]; return 7",
    "odd names": "[open(b'/sandbox/' + bytes([n]), 'w').close() for n in range(1, 256) if n not in b'/.']; return 7",
}


@pytest.mark.parametrize("kind", BREAKS)
def test_a_submission_cannot_break_its_folder(kind):
    pieces = [
        Piece("p0", "solution", f"import os\ndef answer_0():\n    {BREAKS[kind]}"),
        Piece("p1", "solution", "import os\ndef answer_1():\n    open('x', 'w').close(); return os.listdir('.')"),
    ]
    with Sandbox(pieces, (), LIMITS) as box:
        results = []
        for number in range(2):
            about = {"exercise": "e", "function": f"answer_{number}", "pieces": number + 1, "skip": []}
            results.append(value(box.run({**about, "cases": [{"name": "c", "driver": DRIVER}]})[1][-1]))
    assert results == [7, ["x"]]


CROWDS = {
    "files": "[open(f'{n}', 'w').close() for n in range(10**6)]; return 7",
    "links": "[os.symlink('/etc', f'{n}') for n in range(10**6)]; return 7",
    "threads": "import threading, time; threading.stack_size(65536)\n"
    "    [threading.Thread(target=time.sleep, args=(9,)).start() for _ in range(999)]\n    return 7",
}


@pytest.mark.parametrize("kind", CROWDS)
def test_a_crowd_costs_its_exercise_alone(kind):
    pieces = [
        Piece("p0", "solution", f"import os\ndef answer_0():\n    {CROWDS[kind]}"),
        Piece("p1", "solution", "def answer_1():\n    return 8"),
    ]
    with Sandbox(pieces, (), LIMITS) as box:
        about = {"exercise": "e", "skip": [], "cases": [{"name": "c", "driver": DRIVER}]}
        assert box.run({**about, "function": "answer_0", "pieces": 1})[0] == "crowd"
        ended, answers = box.run({**about, "function": "answer_1", "pieces": 2, "skip": [0]})
        assert (ended, value(answers[-1])) == ("exit", 8)
