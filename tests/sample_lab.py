"""A lab in small that keeps every rule, for the tests of the machinery around labs."""

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from labsupport.claims import Ledger
from labsupport.report import REPORT_MIME

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


IMPORTS = """\
from labsupport.claims import Ledger
from labsupport.predictions import predict
from labsupport.report import report"""


def sample_lab() -> NotebookNode:
    """Return the lab as `execute` leaves it."""
    cells = [
        markdown(
            "title", "# Lab 00: Counting\n\nClaims under test: a byte is 8 bits, 4x a nibble.\n\n33 minutes, 11 points."
        ),
        code("imports", IMPORTS, []),
        markdown("reading", "The lecture says that it is 3x faster. A setting is written `10 %`, or $10$ %."),
        code("value", "bits = 8\nbits", [result("8")]),
        code("figure", figure_source(), [figure(), stream("one grey pixel\n")]),
        code("timed", 'print("quick")', [stream("quick\n")], tags=["nbval-ignore-output", "timing"]),
        code("noisy", 'print("about", bits)', [stream("about 8\n")], tags=["nbval-ignore-output"]),
        code(
            "noisy-fact",
            'assert bits == 8, "a byte has 8 bits"\nprint("8 bits, as it must be")',
            [stream("8 bits, as it must be\n")],
        ),
        *(cell for number in range(1, 5) for cell in exercise(number)),
        code("use", "doubled = add_1(bits)\nprint(doubled)", [stream("9\n")], tags=["uses-exercise"]),
        *own(),
        markdown("verdict", "## Verdict"),
        code("ledger", ledger_source(), [display(ledger().mime_bundle())]),
        markdown("take-home", "## Take home\n\n" + "\n".join(f"- A byte has {n} bits." for n in "8" * 5)),
        markdown("questions", "## Questions\n\n### Question 1 (1 point, about 3 minutes)\n\nWhy 8?"),
        question(),
        markdown("minutes", "How many minutes did this lab take you?"),
        code("minutes-taken", 'taken = ...\npredict("minutes this lab took", taken)', []),
    ]
    count = 0
    for cell in cells:
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def find(notebook: NotebookNode, identity: str) -> NotebookNode:
    """Return the cell of this id."""
    return next(cell for cell in notebook.cells if cell.id == identity)


def markdown(identity: str, source: str) -> NotebookNode:
    return new_markdown_cell(source, id=identity)


def code(identity: str, source: str, outputs: list[NotebookNode], tags: list[str] | None = None) -> NotebookNode:
    return new_code_cell(source, id=identity, outputs=outputs, metadata={"tags": tags} if tags else {})


def exercise(number: int) -> list[NotebookNode]:
    name = f"add-{number}"
    function = f"add_{number}"
    source = f"def {function}(x: int) -> int:\n    ### BEGIN SOLUTION\n    return x + {number}\n    ### END SOLUTION"
    check = f'assert {function}(1) == {number + 1}\nprint("{function}: agrees")'
    cells = [
        markdown(f"{name}-text", f"### Exercise {number}: add {number} (2 points, about 3 minutes)"),
        code(name, source, []),
        code(f"{name}-check", check, [stream(f"{function}: agrees\n")]),
    ]
    common = {"schema_version": 3, "cell_type": "code"}
    cells[1].metadata["nbgrader"] = {**common, "grade_id": name, "grade": False, "solution": True, "locked": False}
    checked = {"grade_id": f"{name}-check", "grade": True, "solution": False, "locked": True, "points": 2}
    cells[2].metadata["nbgrader"] = {**common, **checked}
    return cells


def own() -> list[NotebookNode]:
    source = (
        "### BEGIN SOLUTION\nwide = 16\n### END SOLUTION\n"
        'report(change="16 bits", control=bits, result=wide, conclusion="more")'
    )
    parts = {"change": "16 bits", "control": "8", "result": "16", "conclusion": "more"}
    reported = {REPORT_MIME: parts, "text/plain": "\n".join(f"{name:<10}  {text}" for name, text in parts.items())}
    cells = [
        markdown("own-text", "### Your own: more bits (2 points, about 6 minutes)"),
        code("own-more-bits", source, [display(reported)], tags=["nbval-ignore-output"]),
        markdown("rubric-more-bits", "Rubric: two points."),
    ]
    cells[1].metadata["nbgrader"] = person_graded("own-more-bits", 2)
    cells[2].metadata["tags"] = ["instructor"]
    return cells


def question() -> NotebookNode:
    cell = markdown("question-why", "### BEGIN SOLUTION\nBecause.\n### END SOLUTION")
    cell.metadata["nbgrader"] = person_graded("question-why", 1)
    return cell


def person_graded(identity: str, points: int) -> dict[str, object]:
    common = {"schema_version": 3, "grade": True, "solution": True, "locked": False}
    return {**common, "grade_id": identity, "points": points}


def stream(text: str) -> NotebookNode:
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def result(text: str) -> NotebookNode:
    return nbformat.v4.new_output("execute_result", data={"text/plain": text})


def display(data: dict[str, object]) -> NotebookNode:
    return nbformat.v4.new_output("display_data", data=data)


def figure_source() -> str:
    return (
        f'from IPython.display import display\n\npixel = "{PIXEL}"\n'
        'display({"image/png": pixel, "text/plain": "<Figure>"}, raw=True)\nprint("one grey pixel")'
    )


def figure() -> NotebookNode:
    return display({"image/png": PIXEL, "text/plain": "<Figure>"})


def ledger() -> Ledger:
    sample = Ledger("00", hardware="a test machine", recorded_on="an older machine")
    sample.record("a byte is 8 bits", 8, "holds", basis="live")
    sample.record("a word is 4 bytes", "2 to 8 bytes", "holds when it has 32 bits", basis="recorded", source="lab 00")
    return sample


def ledger_source() -> str:
    return (
        'ledger = Ledger("00", hardware="a test machine", recorded_on="an older machine")\n'
        'ledger.record("a byte is 8 bits", bits, "holds", basis="live")\n'
        'ledger.record("a word is 4 bytes", "2 to 8 bytes", "holds when it has 32 bits", '
        'basis="recorded", source="lab 00")\n'
        "ledger.show()"
    )
