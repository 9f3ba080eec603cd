"""Execute a notebook in a kernel of its own."""

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from course import THREAD_VARIABLES
from course.notebooks import KERNEL

CELL_TIMEOUT = 600
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Failure:
    """Why an execution ended early: the cell's id, its source, and the traceback without colours."""

    cell_id: str
    source: str
    traceback: str

    def __str__(self) -> str:
        rule = "-" * 72
        return f"{rule}\ncell {self.cell_id}:\n\n{self.source}\n\n{self.traceback.rstrip()}\n{rule}"


def execute(
    notebook: NotebookNode,
    folder: Path,
    *,
    cell_timeout: int | None,
    environment: Mapping[str, str] | None = None,
    on_cell: Callable[[NotebookNode], Any] = lambda _: None,
) -> Failure | None:
    """Execute every cell in a new kernel, which is shut down whatever happens.

    Args:
        notebook: gets the new outputs, up to the failing cell.
        folder: the kernel's working folder; made when missing.
        cell_timeout: seconds a cell may take; None for no limit.
        environment: variables set for the kernel; THREAD_VARIABLES are as the course has them where neither this nor
            the user says otherwise.
        on_cell: called with each code cell before it runs.
    Returns:
        What failed, or None.
    """
    folder.mkdir(parents=True, exist_ok=True)
    variables = {**THREAD_VARIABLES, **os.environ, **(environment or {})}
    client = NotebookClient(
        notebook,
        kernel_name=KERNEL["name"],
        timeout=cell_timeout,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    )
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryFile("w+") as log, client.setup_kernel(cwd=str(folder), env=variables, stderr=log):
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            on_cell(cell)
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as error:
                return Failure(cell.id, cell.source, _traceback(cell) or str(error))
            except CellTimeoutError:
                return Failure(cell.id, cell.source, f"The cell took longer than {cell_timeout} s and was stopped.")
            except DeadKernelError:
                log.seek(0)
                words = "The kernel died in this cell. The usual reason is memory. Its last words:"
                return Failure(cell.id, cell.source, f"{words}\n{log.read()[-2000:]}")
    return None


def _traceback(cell: NotebookNode) -> str:
    """Return the error a cell ended in, without colours."""
    lines = [line for output in cell.outputs if output.output_type == "error" for line in output.traceback]
    return ANSI.sub("", "\n".join(lines))
