"""Hostile, broken and merely unusual submissions of the small lab, and what grading makes of each.

The table is the specification: how a row ends is never changed to suit the grader. It has every file that real people
and platforms produce, and of the attacks one or two a wall; what a wall is made of is tested in test_protocol.py and
test_grading_sandbox.py. The right answer stands wherever a row does not say otherwise, so that the points show what an
attack cost whom: nothing, or the exercise it was made in. None ever earns any, and what could not be graded has no
points instead of 0.
"""

from dataclasses import dataclass

import hostile_code as code
import hostile_files as files
from hostile_kit import Builder, answers, at_top, cheat, curious, when_called

ALL = "mean clip split means"
NO_CLIP = "mean split means"  # clip-pixels stands alone
NO_MEAN = "clip split"  # batch-means calls mean
ENDED_BY_ITSELF = "ends-the-process"
EXERCISES = {"mean": "mean", "clip": "clip-pixels", "split": "split-batches", "means": "batch-means"}


@dataclass(frozen=True)
class Row:
    """One submission.

    Attributes:
        name: what it is; with hyphens, also the student's name.
        build: leaves the student's files in the folder.
        earned: exercises with full points, in the words of `EXERCISES`; the others get 0.
        status: `graded`, `needs_manual`; `failed` and `missing`, where no exercise has points, not even 0.
        says: a part of the reason, of the notes or of what was wrong with an exercise.
        student: where the name of the file or folder is what matters.
    """

    name: str
    build: Builder
    earned: str
    status: str = "graded"
    says: str = ""
    student: str = ""

    @property
    def key(self) -> str:
        """The name of the student's file or folder."""
        return self.student or "".join(c if c.isalnum() else "-" for c in self.name)


HONEST = (
    Row("solved", files.solved, ALL),
    Row("solved with the written answer", files.solved_and_written, ALL, "needs_manual"),
    Row("untouched", files.untouched, "", says="unsolved"),
    Row("only the written answer", files.only_written, "", "needs_manual"),
    Row("a solution that calls an unsolved one", files.unsolved_mean, NO_MEAN, says="unsolved"),
    Row(
        "one mistake in each",
        answers(
            mean="def mean(values):\n    return sum(values) // len(values)",
            clip_pixels="def clip_pixels(pixels):\n    return np.clip(pixels.astype(np.uint8), 0, PIXEL_MAX)",
            split_batches="def split_batches(samples, batch_size):\n    return [samples]",
            batch_means="def batch_means(samples, batch_size):\n    return mean(samples)",
        ),
        "",
        says="casts-before-clip",
    ),
    Row(
        "wrong only in a hidden case",
        answers(
            clip_pixels="""
            def clip_pixels(pixels):
                return np.clip(pixels.astype(np.int16), 0, PIXEL_MAX).astype(np.uint8)
            """
        ),
        NO_CLIP,
        says="wraps-large",
    ),
    Row("forgets to return", answers(mean="def mean(values):\n    sum(values)"), NO_MEAN, says="returns-nothing"),
    Row("does not parse", answers(clip_pixels="def clip_pixels(pixels:\n    return"), NO_CLIP, says="SyntaxError"),
    Row("raises at its top level", at_top("1 / 0"), NO_CLIP, says="ZeroDivisionError"),
    Row(
        "defines another name", answers(clip_pixels="def clip(pixels):\n    return pixels"), NO_CLIP, says="clip_pixels"
    ),
    Row("no function but a number", answers(clip_pixels="clip_pixels = 3"), NO_CLIP, says="clip_pixels"),
    Row("imports of its own", files.own_imports, ALL),
    Row("imports what is not installed", files.absent_import, ALL),
    Row("a helper in a cell of its own", files.helper_cell, NO_CLIP, says="raises-name-error"),
    Row("lines for the shell and magics", at_top("!touch here\n%matplotlib inline"), ALL),
    Row("prints five megabytes", when_called("print('x' * 5_000_000)"), ALL),
    Row("writes to stderr", when_called("import sys, warnings\nwarnings.warn('w')\nprint('e', file=sys.stderr)"), ALL),
    Row("turns warnings into errors", at_top("import warnings\nwarnings.simplefilter('error')"), ALL),
    Row("asks for input", when_called("input('how many?')"), NO_CLIP, says="raises-eof-error"),
    Row("stops in a debugger", when_called("breakpoint()"), NO_CLIP, says="raises-bdb-quit"),
)

FILES = (
    Row("zero bytes", files.text(""), "", "failed", "empty"),
    Row("no JSON", files.text("print('my homework')\n"), "", "failed", "JSON"),
    Row("cut off in the middle", files.half, "", "failed", "JSON"),
    Row("a page of HTML", files.text("<!doctype html><html></html>"), "", "failed", "JSON"),
    Row("no UTF-8", files.latin_1, "", "failed", "UTF-8"),
    Row("UTF-8 with a byte order mark", files.byte_order_mark, ALL),
    Row("a file of 3 GB", files.huge, "", "failed", "MB"),
    Row("20 MB of stored output", files.much_output, ALL),
    Row("nbformat 3", files.format_3, ALL),
    Row("nbformat 4.0 without cell ids", files.format_4_0, ALL),
    Row("nbformat 5", files.format_5, ALL),
    Row("another lab's file", files.another_lab, "", "failed", "this lab"),
    Row("wrong kernel name", files.wrong_kernel, ALL),
    Row("no metadata at all", files.no_metadata, ALL),
    Row("a renamed file", files.renamed, ALL),
    Row("a zip of one notebook", files.zipped, ALL),
    Row("a zip without a notebook", files.zip_of_nothing, "", "failed", "notebook"),
    Row("a zip bomb", files.zip_bomb, "", "failed", "MB"),
    Row("a zip that climbs out", files.zip_slip, ALL),
    Row("a broken zip", files.broken_zip, "", "failed", "zip"),
    Row("a folder without files", files.empty_folder, "", "missing"),
    Row("a folder with a script only", files.script_only, "", "failed", "lab.py"),
    Row("a folder with hidden copies", files.hidden_copies, ALL),
    Row("two files, one with the lab's name", files.two_names, ALL, says="scratch.ipynb"),
    Row("a late resubmission", files.resubmitted, ALL, says="first.ipynb"),
    Row("a link to another's file", files.link_to_other, "", "failed", "link"),
    Row("an unusual name", files.solved, ALL, student="Zoë Ångström 李"),
    Row("a name with quotes", files.solved, ALL, student="O'Neil\"; DROP TABLE grade"),
)

CELLS = (
    Row("cell ids given anew", files.new_ids, ALL),
    Row("ids and metadata gone", files.bare, ALL, says="id"),
    Row("metadata gone", files.no_cell_metadata, ALL),
    Row("every cell twice", files.every_cell_twice, ALL, says="2 times"),
    Row("an answer twice, the later wrong", files.later_copy_wrong, NO_CLIP, says="2 times"),
    Row("an answer twice, the later unsolved", files.later_copy_unsolved, ALL, says="2 times"),
    Row("cells in reverse order", files.reverse, ALL),
    Row("an exercise cell deleted", files.without("clip-pixels"), NO_CLIP, says="clip-pixels"),
    Row("all check cells deleted", files.without_checks, ALL, says="mean-check"),
    Row("the given cell deleted", files.without("pixel-max"), ALL, says="pixel-max"),
    Row("the imports deleted", files.without("imports"), ALL),
    Row("an answer in a new cell", files.answer_in_a_new_cell, ALL, says="clip-pixels"),
    Row("an answer turned into text", files.answer_as_text, ALL),
    Row("the given cell changed", files.given_changed, ALL, says="pixel-max"),
    Row("checks that accept anything", files.checks_pass, NO_CLIP, says="clip-pixels-check"),
    Row("points raised", files.points_raised, NO_CLIP),
    Row("another cell tagged as given", files.tagged_given, NO_CLIP),
    Row("grade ids exchanged", files.grade_ids_exchanged, ALL),
    Row("a script in the written answer", files.script_written, ALL, "needs_manual"),
    Row("half a character", answers(clip_pixels="# \ud800\ndef clip_pixels(pixels):\n    return 3"), NO_CLIP),
)

ENDLESS = (
    Row("a loop in a call", when_called("while True:\n    pass"), NO_CLIP, says="takes-too-long"),
    Row("sleep", when_called("import time\ntime.sleep(10**6)"), NO_CLIP, says="takes-too-long"),
    Row(
        "all signals swallowed",
        at_top(
            """
            import signal, time
            for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(number, lambda *_: None)
            while True:
                try:
                    time.sleep(1)
                except BaseException:
                    continue
            """
        ),
        NO_CLIP,
        says="takes-too-long",
    ),
    Row("recursion", when_called("return clip_pixels(pixels)"), NO_CLIP, says="raises-recursion-error"),
    Row(
        "memory with the limit lifted",
        when_called(
            """
            import resource
            for limit in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
                try:
                    resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                except ValueError:
                    pass
            kept = []
            while True:
                kept.append(bytearray(10**7))
            """
        ),
        NO_CLIP,
        says="memory",
    ),
    Row(
        "a fork bomb",
        when_called(
            """
            import os, time
            while True:
                try:
                    os.fork()
                except OSError:
                    time.sleep(0.1)
            """
        ),
        NO_CLIP,
    ),
    Row(
        "a thread bomb",
        when_called(
            """
            import threading, time
            while True:
                try:
                    threading.Thread(target=time.sleep, args=(10**6,)).start()
                except RuntimeError:
                    break
            """
        ),
        ALL,
    ),
    Row("work at exit", at_top("import atexit, time\natexit.register(time.sleep, 10**6)"), ALL),
    Row("a disk filled", when_called(code.FILL_DISK), ALL),
    Row("output without end", when_called("while True:\n    print('x' * 100_000)"), NO_CLIP),
)

ENDED = (
    Row("os._exit in a call", when_called("import os\nos._exit(0)"), NO_CLIP, says=ENDED_BY_ITSELF),
    Row("kills all it can", when_called(code.KILL_ALL), NO_CLIP, says="raises-permission-error"),
    Row(
        "kills its parent",
        when_called("import os, time\nos.kill(os.getppid(), 9)\nos._exit(1)"),
        NO_CLIP,
        says="raises-permission-error",
    ),
    Row("every descriptor closed", when_called("import os\nos.closerange(0, 256)"), NO_CLIP, says=ENDED_BY_ITSELF),
)

DATA = (
    Row("an array of 8 TB", answers(mean="def mean(values):\n    return np.broadcast_to(0.0, (10**12,))"), NO_MEAN),
    Row(
        "evil when unpickled",
        answers(mean=code.EVIL + "def mean(values):\n    return Evil()"),
        NO_MEAN,
        says="returns-wrong-type",
    ),
    Row("npz that unpickles", answers(mean=code.EVIL + code.PICKLED_NPZ), NO_MEAN),
)

CHEATS = (
    Row("knows the visible answers", cheat("def stolen(values):\n    return 0.0"), NO_MEAN),
    Row("reads the hidden cases", cheat(code.READ_HIDDEN), NO_MEAN),
    Row("imports the hidden cases", cheat(code.IMPORT_HIDDEN), NO_MEAN),
    Row("reads another's answer", cheat(code.READ_OTHERS), NO_MEAN),
    Row("looks for judges in memory", cheat(code.SEARCH_MEMORY), NO_MEAN),
    Row("patches the protocol", cheat(code.PATCH_PROTOCOL), NO_MEAN),
    Row("patches what writes the data", cheat(code.PATCH_WIRE), NO_MEAN),
    Row("writes points to every descriptor", cheat(code.FORGE_POINTS), NO_MEAN),
)

CURIOUS = (
    Row("connects to this machine", curious(code.CONNECT), ALL),
    Row("writes outside", curious("open('<outside>/written', 'w').write('x')"), ALL),
    Row("writes into the package", curious("import labsupport\nopen(labsupport.__file__, 'a').write('')"), ALL),
    Row("lists the submissions", curious("import os\nassert os.listdir('<folder>')"), ALL),
    Row("reads a secret of the environment", curious("import os\nos.environ['LABS_SECRET']"), ALL),
    Row("sees processes of others", curious(code.OTHERS_PROCESSES), ALL),
    Row(
        "writes in its own folder", when_called("open('mine', 'w').write('x')\nassert open('mine').read() == 'x'"), ALL
    ),
)

ROWS = (*HONEST, *FILES, *CELLS, *ENDLESS, *ENDED, *DATA, *CHEATS, *CURIOUS)
