"""Where an answer in another language is built and run: a sandbox of its own, which may start a compiler.

The student's Python has ended when it comes to that: what arrives here is the text that it returned, as plain data. The
sandbox is closed as the students' is (no network, nothing to be read but Python, package and data), except that it may
start programs. Of the student's code nothing runs on this machine's processor; the emulator reads it.
"""

import base64
import contextlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from course.grading.jobs import Limits
from course.grading.sandbox import FOR_COMPILERS, Answer, Sandbox
from labsupport.checks.protocol import Case, to_source

SENT = ("inputs", "then")


class Workshop:
    """A sandbox for compilers that is started when it is first needed. Use it in a `with` block.

    Args:
        warm: import statements of the cases, carried out once.
        limits: of a student's own process; a request may take four times as long here, and each program four times the
            memory.
        protected: False runs it as this user, without bubblewrap.
    """

    def __init__(self, warm: Iterable[str], limits: Limits, protected: bool) -> None:
        self._stack = contextlib.ExitStack()
        more = {name: 4 * getattr(limits, name) for name in ("cpu_seconds", "wall_seconds", "memory_bytes")}
        self._described = ((), list(warm), replace(limits, **more), protected)
        self._sandbox: Sandbox | None = None

    def __enter__(self) -> "Workshop":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def go_on(self, answers: Sequence[Answer], cases: Sequence[Case], function: str) -> list[Answer]:
        """Return the answers with those of cases that have a `then` replaced by what it makes of them.

        Args:
            answers: one a case, in the cases' order; those of the last cases may be missing.

        Raises:
            SandboxError: the sandbox does not start, or ended.
        """
        wanted = [
            at
            for at, (answer, case) in enumerate(zip(answers, cases, strict=False))
            if case.then and answer.kind == "data"
        ]
        answers = list(answers)
        if not wanted:
            return answers
        results = [(to_source(cases[at], SENT), base64.b64encode(answers[at].payload).decode()) for at in wanted]
        ended, built = self._started().run({"results": results, "function": function})
        for place, at in enumerate(wanted):
            answers[at] = built[place] if place < len(built) else _stopped(ended, function)
        return answers

    def _started(self) -> Sandbox:
        if self._sandbox is None:
            self._sandbox = self._stack.enter_context(Sandbox(*self._described, profile=FOR_COMPILERS))
        return self._sandbox


def _stopped(ended: str, function: str) -> Answer:
    """Return an answer that says that building or running came to no end."""
    what = "was not built and run in time" if ended == "time" else "could not be built and run"
    mistake = ["takes-too-long" if ended == "time" else "takes-too-much", f"What {function} returned {what}."]
    return Answer("mistake", {}, json.dumps(mistake).encode())
