import subprocess
import sys

import numpy as np
import pytest

from labsupport.checks import check
from labsupport.device import build, call_c
from labsupport.device import errors as device

pytestmark = pytest.mark.skipif(not build.is_here(), reason="no compiler or emulator for this machine")

PROTOTYPE = "int32_t total(const int8_t *x, int8_t *y, int n)"
GOOD = """int32_t total(const int8_t *x, int8_t *y, int n) {
  int32_t sum = 0;
  for (int i = 0; i < n; i++) {
    y[i] = x[i] / 2;
    sum += x[i];
  }
  return sum;
}"""


def call(source, n=37, **options):
    x = np.arange(-20, 17, dtype=np.int8)
    options = {"writes": ("y",)} | options
    return call_c(source, PROTOTYPE, {"x": x, "y": np.zeros(37, np.int8), "n": n}, **options)


def test_a_function_returns_its_value_its_arrays_and_its_instructions():
    called = call(GOOD)
    assert called.value == sum(range(-20, 17))
    assert (called.arrays["y"] == np.trunc(np.arange(-20, 17) / 2)).all()
    assert 37 * 4 < called.instructions < 37 * 12
    assert call(GOOD).instructions == called.instructions


def test_arguments_beyond_the_fourth_and_other_types_arrive():
    prototype = "int32_t sum(const int32_t *a, int b, int c, const float *d, int e, const int16_t *f)"
    source = f"{prototype} {{ return a[1] + b + c + (int)d[0] + e + f[2]; }}"
    arrays = {"a": np.array([1, -70000], np.int32), "b": -3, "c": 4, "d": np.array([2.5], np.float32), "e": 1000}
    assert call_c(source, prototype, arrays | {"f": np.array([[1, 2, -300]], np.int16)}).value == -70000 + 1 + 2 + 700


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        ("i < n", "i <= n", device.OutOfBoundsError, "1 byte past the end of x, which has 37 bytes"),
        ("int i = 0", "int i = -1", device.OutOfBoundsError, "1 byte before the start of x"),
        ("y[i] =", "y[i + 1] =", device.OutOfBoundsError, "writes 1 byte past the end of y"),
        ("y[i] =", "y[i - 1] =", device.OutOfBoundsError, "writes 1 byte before the start of y"),
        ("y[i] =", "((int8_t *)x)[i] =", device.OutOfBoundsError, "writes 1 byte to x, which is for reading only"),
        ("y[i] =", "*(volatile int8_t *)4096 =", device.OutOfBoundsError, "0x00001000, where the part has no memory"),
        ("y[i] =", "*(volatile int8_t *)0x08000000 =", device.OutOfBoundsError, "in flash, which is for reading only"),
        ("i++", 'i += 0 * n, ({ __asm__ volatile(""); 0; })', device.EndlessLoopError, "A loop without an end"),
        (
            "int32_t sum = 0;",
            "volatile int8_t a[9000]; a[n] = 0; int32_t sum = a[n];",
            device.StackOverflowError,
            "stack",
        ),
        ("return sum;", "return sum", device.CompileError, "line 7: expected ';'"),
        ("sum += x[i]", "add += x[i]", device.CompileError, "line 5: use of undeclared identifier 'add'"),
        ("int32_t total", "float total", device.CompileError, "line 1: conflicting types for 'total'"),
        ("int32_t sum = 0", "int32_t sum", device.CompileError, "line 5: variable 'sum' is uninitialized"),
        ("  return sum;\n", "", device.CompileError, "does not return a value"),
        ("return sum;", "extern int puts(const char *); return puts(0);", device.CompileError, "puts cannot be called"),
        ("total", "sum_of", device.CompileError, "no function total"),
    ],
)
def test_wrong_c_is_refused_in_a_sentence(old, new, error, words):
    source = GOOD.replace(old, new)
    assert source != GOOD
    with pytest.raises(error) as refused:
        call(source, max_instructions=100_000)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_compiler_error_knows_its_line():
    with pytest.raises(device.CompileError) as refused:
        call(GOOD.replace("sum += x[i]", "sum += z[i]"))
    assert refused.value.line == 5


def test_memory_that_was_never_written_is_noticed():
    with pytest.raises(device.UnsettledError, match="never wrote"):
        call(GOOD.replace("int32_t sum = 0;", "int32_t a[64]; int32_t sum = ((volatile int32_t *)a)[n];"))


def test_the_compilers_own_copies_are_there():
    source = GOOD.replace("int32_t sum = 0;", "int8_t a[200] = {0}; __builtin_memcpy(a, x, n); int32_t sum = a[n - 1];")
    assert call(source).value == sum(range(-20, 17)) + 16


def test_an_empty_array_and_a_read_only_one():
    prototype = "void nothing(const int8_t *x, int n)"
    called = call_c(f"{prototype} {{}}", prototype, {"x": np.zeros(0, np.int8), "n": 0})
    assert called.arrays == {}


def test_what_is_not_installed_is_said(monkeypatch):
    monkeypatch.setattr(build, "PACKAGES", ("no_such_compiler",))
    build.build.cache_clear()
    assert not build.is_here()
    with pytest.raises(device.NotHereError, match="not on this machine: no_such_compiler"):
        call(GOOD)


def test_a_check_without_the_compiler_says_so_and_stops_nobody(monkeypatch, capsys):
    monkeypatch.setattr(build, "PACKAGES", ("no_such_compiler",))
    build.build.cache_clear()

    def dot_int8_c():
        return GOOD.replace("total", "dot_int8")

    check(dot_int8_c)
    said = capsys.readouterr().out
    assert said.startswith("dot_int8_c: not on this machine: no_such_compiler")
    assert "agree" not in said


MANY_BOARDS = """
import resource
from labsupport import device
from labsupport.device.board import Board
from labsupport.device.build import build
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
source = "int one(void); int one(void) { return 1; }"
for part in (device.LARGE, device.A53):
    program = build(source, "one", part)
    boards = [Board(program, part) for _ in range(12)]
    for board in boards:
        board.call("one")
        assert board.returned() == 1
"""


def test_many_boards_need_few_addresses():
    """An emulator that takes its usual 1 GB for each hangs where addresses are limited, as in grading."""
    ended = subprocess.run([sys.executable, "-c", MANY_BOARDS], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
