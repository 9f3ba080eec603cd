"""Reading what anybody may hand in, within time and memory; a file that is too much costs its own student alone."""

import functools
import io
import json
import resource
import time
import zipfile
from dataclasses import replace

import pytest
from grading_kit import FUNCTIONS, assignment, cell, packed, release, solved

from course.grading import command, grade, reading, submissions
from course.grading.apart import LostError
from course.grading.gradebook import readable
from course.grading.feedback import page
from course.grading.jobs import Status
from course.grading.repair import MAX_CELLS, MAX_SOURCE, NotGradableError
from course.grading.submissions import find
from labsupport.checks.pieces import imports
from test_grading_gradebook import result

OTHERS = {"91": frozenset({"other", "other-check"})}
SECONDS = 10
MEGABYTES = 500
MANY = {
    **{repr(one): one for one in "a\n\r\t [({\\\"'<#%!`\0\x1b\u202e\u2028"},
    "e acute": "é",
    "emoji": "🙂",
    "lines": "a\n",
    "Windows lines": "a\r\n",
    "opened": "[(",
    "links": "](",
    "pictures": "](data:image/png;base64,",
    "references": "] \n[",
    "tags": "<a",
    "magics": "\n%",
    "imports": "import a\n",
    "aliases": "import a as b;",
    "statements": "a=1;",
    "minus": "-",
    "not": "not ",
    "lambda": "lambda:",
    "functions": "def mean(x): return x\n",
    "def": "def ",
    "strings": "f'{",
    "backslashes": "\\\n",
    "attachments": "attachment:a",
}
PLACES = ("exercise", "own code", "answer", "own text")


@functools.cache
def lab():
    return release()


def read(content):
    return reading.read(content, lab(), FUNCTIONS, OTHERS)


@pytest.fixture
def measured():
    """Run something; it must stay within the time, and every process that it starts within the memory."""
    resource.getrusage(resource.RUSAGE_SELF)

    def run(work, *arguments):
        here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        peaks = []
        original = reading.apart

        started = time.monotonic()
        try:
            return work(*arguments)
        finally:
            seconds = time.monotonic() - started
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - here
            assert seconds < SECONDS
            assert peak - here < MEGABYTES * 1000
            assert grown < MEGABYTES * 1000

    return run
