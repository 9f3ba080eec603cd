"""How many minutes a lab takes a student, by one ruler for all labs.

Prose is read at 160 words a minute, given code at 20 lines, output at 400 words, a figure in half a minute. An exercise
or a question takes what its heading states; an exercise at least 4 minutes and one more for each line of its solution.
What folds away on the page counts like the rest: it is there to be read.
"""

import re

from nbformat import NotebookNode

from course.cells import solution_lines
from labsupport.checks.pieces import graded

WORDS_OF_PROSE, LINES_OF_CODE, WORDS_OF_OUTPUT, FIGURES = 160, 20, 400, 2
"""What a student takes in within a minute."""

LEAST, LEAST_A_LINE = 4, 1
"""Minutes of an exercise, and of each line of its solution."""

ALLOWED = 0.05
"""How far what a lab states may lie from the count, as a fraction of the count."""

_STATED = re.compile(r"^##+ .*?(\d+) min", re.MULTILINE)
_NOT_READ = ("import ", "from ", "#", "%")


def minutes(notebook: NotebookNode) -> int:
    """Count a student's minutes from the instructor's notebook, outputs included."""
    words = lines = seen = figures = 0
    total, stated = 0.0, 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            words += 0 if graded(cell).get("solution") else len(cell.source.split())
            for found in _STATED.findall(cell.source):
                stated = int(found)
                total += stated
        elif cell.cell_type == "code":
            if graded(cell).get("solution"):
                solved = sum(bool(line.strip()) for line in solution_lines(cell.source))
                total += max(0, LEAST + LEAST_A_LINE * solved - stated)
                stated = 0
            else:
                given = (line.strip() for line in cell.source.splitlines())
                lines += sum(bool(line) and not line.startswith(_NOT_READ) for line in given)
            for output in cell.outputs:
                data = output.get("data", {})
                figures += "image/png" in data
                seen += len(output.get("text", data.get("text/plain", "")).split())
    return round(total + words / WORDS_OF_PROSE + lines / LINES_OF_CODE + seen / WORDS_OF_OUTPUT + figures / FIGURES)
