"""The allow list of system calls: what was measured is in it, what leads out is not, and a program follows it."""

import struct

import pytest

from course.grading import syscalls
from course.grading.syscalls import ABSENT, DONE_WITHOUT, STUDENT, WHOLE, WITH_ARGUMENTS

LEADS_OUT = [
    "add_key",
    "request_key",
    "keyctl",
    "shmget",
    "shmat",
    "msgget",
    "msgsnd",
    "semget",
    "semop",
    "mq_open",
    "memfd_create",
    "memfd_secret",
    "io_uring_setup",
    "inotify_init",
    "inotify_init1",
    "fanotify_init",
    "timer_create",
    "timerfd_create",
    "signalfd4",
    "socket",
    "connect",
    "bind",
    "execve",
    "execveat",
    "fork",
    "vfork",
    "clone3",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_getfd",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "mount",
    "umount2",
    "unshare",
    "setns",
    "pivot_root",
    "chroot",
    "setuid",
    "setgid",
    "chown",
    "fchownat",
    "mknod",
    "mknodat",
    "kill",
    "tkill",
    "sched_setaffinity",
    "setpriority",
    "ioprio_set",
    "quotactl",
    "swapon",
    "reboot",
    "init_module",
    "kexec_load",
    "seccomp",
    "personality",
    "name_to_handle_at",
    "open_by_handle_at",
]


def actions(code):
    """Return what a program may answer: the values of its return instructions."""
    instructions = [struct.unpack("HBBI", code[at : at + 8]) for at in range(0, len(code), 8)]
    return {value for operation, _, _, value in instructions if operation == 0x06}


def test_what_was_measured_is_allowed_or_known_to_be_done_without():
    assert len(syscalls.measured()) > 60
    assert syscalls.measured() <= WHOLE | WITH_ARGUMENTS | DONE_WITHOUT
    assert not DONE_WITHOUT & WHOLE


@pytest.mark.parametrize("name", LEADS_OUT)
def test_what_leads_out_is_not_for_students(name):
    assert name in syscalls.names_of("x86_64")
    assert name not in STUDENT


def test_the_sandbox_itself_has_little_more():
    assert STUDENT < WHOLE
    assert len(WHOLE - STUDENT) < 10


@pytest.mark.parametrize("architecture", syscalls.ARCHITECTURES)
@pytest.mark.parametrize("allowed", [STUDENT, WHOLE])
def test_a_program_allows_refuses_and_hides(architecture, allowed):
    code = syscalls.program(allowed, architecture)
    assert len(code) % 8 == 0
    assert actions(code) == {0x7FFF0000, 0x50000 | 1, 0x50000 | 38, 0}  # allow, EPERM, ENOSYS, another architecture


def test_both_architectures_have_the_same_list():
    """arm64 has fewer names: each that it lacks has a younger one that x86-64 allows as well."""
    lacks = STUDENT - syscalls.names_of("aarch64")
    assert lacks == set(YOUNGER)
    assert set(YOUNGER.values()) - {""} <= STUDENT & syscalls.names_of("aarch64")
    assert syscalls.names_of("x86_64") >= STUDENT


YOUNGER = {
    "access": "faccessat", "alarm": "setitimer", "arch_prctl": "", "chmod": "fchmodat", "creat": "openat",
    "dup2": "dup3", "epoll_create": "epoll_create1", "epoll_wait": "epoll_pwait", "eventfd": "eventfd2",
    "getdents": "getdents64",
    "getpgrp": "getpgid", "link": "linkat", "lstat": "newfstatat", "mkdir": "mkdirat", "open": "openat",
    "pause": "ppoll", "pipe": "pipe2", "poll": "ppoll", "readlink": "readlinkat", "rename": "renameat",
    "rmdir": "unlinkat", "select": "pselect6", "stat": "newfstatat", "symlink": "symlinkat", "time": "clock_gettime",
    "unlink": "unlinkat", "utime": "utimensat", "utimes": "utimensat",
}  # fmt: skip


def test_every_name_exists():
    assert syscalls.names_of("x86_64") >= WHOLE | DONE_WITHOUT | ABSENT | WITH_ARGUMENTS
