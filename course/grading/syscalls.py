"""Which system calls students' code may make: an allow list, turned into a filter program by libseccomp.

Two programs. `WHOLE` holds for everything in a sandbox, from its start: bubblewrap loads it. `STUDENT` is narrower and
holds for the process that runs a submission: no process, no new program, no socket. Every other call that libseccomp
knows is "not permitted" (EPERM), and what a newer kernel adds does not exist (ENOSYS). Nor does `clone3`: the C library
then takes `clone`. Further lists are for further programs, such as a compiler.

Each call that Python, torch, numpy and ONNX Runtime were seen to make stands in `syscalls.txt`; a test holds it against
the lists. `python -m course.grading.trace` measures it anew, with strace.
"""

import base64
import contextlib
import errno
import tempfile
from functools import cache
from pathlib import Path

from course import CourseError

MEASURED = Path(__file__).with_name("syscalls.txt")
ARCHITECTURES = ("x86_64", "aarch64")
CLONE_THREAD = 0x10000
AF_UNIX = 1

MEMORY = "brk get_mempolicy madvise mbind mincore mlock mmap mprotect mremap msync munlock munmap membarrier"
FILES = (
    "access chdir chmod close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64 fallocate "
    "fchdir fchmod fchmodat fchown fcntl fdatasync flock fstat fstatfs fsync ftruncate getcwd getdents getdents64 "
    "ioctl link linkat lseek lstat mkdir mkdirat newfstatat open openat pipe pipe2 pread64 preadv pwrite64 pwritev "
    "read readahead readlink readlinkat readv rename renameat renameat2 rmdir sendfile stat statfs statx symlink "
    "symlinkat truncate umask unlink unlinkat utime utimensat utimes write writev"
)
WAITING = (
    "alarm clock_getres clock_gettime clock_nanosleep epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_wait "
    "eventfd eventfd2 futex futex_waitv getitimer gettimeofday nanosleep pause poll ppoll pselect6 restart_syscall "
    "select setitimer time times"
)
SIGNALS = "rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigtimedwait sigaltstack tgkill"
ITSELF = (
    "arch_prctl capget exit exit_group get_robust_list getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid "
    "getppid getpriority getrandom getresgid getresuid getrlimit getrusage getsid gettid getuid prctl rseq "
    "sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min "
    "sched_yield set_robust_list set_tid_address setrlimit sysinfo uname"
)
STUDENT = frozenset(" ".join((MEMORY, FILES, WAITING, SIGNALS, ITSELF)).split())
"""Calls allowed whatever their arguments."""

WITH_ARGUMENTS = frozenset({"clone", "prlimit64", "socketpair"})
"""Calls allowed for a thread, for its own limits, and for a pair inside the process."""

WHOLE = STUDENT | {"clone", "execve", "kill", "pidfd_open", "seccomp", "wait4", "waitid"}
"""What the sandbox's own program needs beside: it forks a process for each exercise, waits for it and ends it."""

COMPILER = WHOLE | {"fork", "vfork"}
"""What a sandbox needs beside whose program starts a compiler, which starts others."""

DONE_WITHOUT = frozenset(
    ["clone3", "connect", "recvfrom", "sched_setaffinity", "sendto", "setsockopt", "socket", "vfork"]
)
"""What the measured programs try, are refused, and do without; `test_grading_syscalls` and solved labs show it."""

ABSENT = frozenset({"clone3"})
HIGHEST = 600
"""Above the number of every call that libseccomp knows."""


@cache
def program(allowed: frozenset[str], architecture: str = "x86_64") -> bytes:
    """Return the filter as the kernel takes it: a list of 8-byte BPF instructions.

    Args:
        allowed: `STUDENT` or `WHOLE`.
        architecture: "x86_64" or "aarch64", as `platform.machine` calls it.

    Raises:
        CourseError: libseccomp is not installed.
    """
    seccomp = _library()
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    wanted = {"x86_64": seccomp.Arch.X86_64, "aarch64": seccomp.Arch.AARCH64}[architecture]
    if wanted != seccomp.system_arch():
        rules.add_arch(wanted)
        rules.remove_arch(seccomp.system_arch())
    for name in sorted(allowed & names_of(architecture)):
        rules.add_rule(seccomp.ALLOW, name)
    if "clone" not in allowed:
        is_thread = (0, seccomp.MASKED_EQ, CLONE_THREAD)
        rules.add_rule(seccomp.ALLOW, "clone", seccomp.Arg(*is_thread, CLONE_THREAD))
        rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(*is_thread, 0))
    for name, value in {"prlimit64": 0, "socketpair": AF_UNIX}.items():  # its own limits; an event loop wakes itself
        rules.add_rule(seccomp.ALLOW, name, seccomp.Arg(0, seccomp.EQ, value))
        rules.add_rule(seccomp.ERRNO(errno.EPERM), name, seccomp.Arg(0, seccomp.NE, value))
    ruled = allowed | ABSENT | WITH_ARGUMENTS
    for name in sorted(names_of(architecture) - ruled):
        rules.add_rule(seccomp.ERRNO(errno.EPERM), name)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


@cache
def names_of(architecture: str) -> frozenset[str]:
    """Return every system call that libseccomp knows of an architecture: arm64 has no `open`, only `openat`."""
    seccomp = _library()
    arch = {"x86_64": seccomp.Arch.X86_64, "aarch64": seccomp.Arch.AARCH64}[architecture]
    names = set()
    for number in range(HIGHEST):
        with contextlib.suppress(ValueError, OSError):
            names.add(seccomp.resolve_syscall(arch, number).decode())
    return frozenset(names)


def as_text(code: bytes) -> str:
    """Return a program as text, to be sent in JSON."""
    return base64.b64encode(code).decode()


def measured() -> frozenset[str]:
    """Return the calls that were seen, from `syscalls.txt`."""
    lines = MEASURED.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _library() -> object:
    try:
        import pyseccomp
    except (ImportError, RuntimeError) as error:
        raise CourseError(
            f"The sandbox needs libseccomp ({error}). Install it (apt install libseccomp2), and the course's packages "
            "with: python -m pip install -e '.[course]'."
        ) from error
    return pyseccomp
