"""A graded notebook for people and nbgrader: the rebuilt submission with its outputs, as text, and its verdicts."""

import nbformat
from nbformat import NotebookNode

from dataml_lab.checks.exercise import Verdict


def with_outputs(book: NotebookNode, outputs: dict[str, list], verdicts: dict[str, Verdict]) -> NotebookNode:
    """The notebook, filled in: with the outputs that the engine noted by cell id, and in each graded cell the verdict
    and its score. Cells that ran are numbered."""
    noted, number = outputs | _said_by_graded_cells(verdicts), 0
    for cell in book.cells:
        if cell.cell_type == "code" and cell.id in noted:
            number += 1
            cell.execution_count = number
            cell.outputs = [_output(number, *output) for output in noted[cell.id]]
    return book


def _said_by_graded_cells(verdicts: dict[str, Verdict]) -> dict[str, list]:
    """By cell id, what `grade` would print and return there."""
    return {f"{name}-graded": [["stream", "stdout", f"{verdict}\n"], ["result", repr(verdict.score)]]
            for name, verdict in verdicts.items()}


def _output(number: int, kind: str, *details: str) -> NotebookNode:
    """An output as notebooks have it."""
    new = nbformat.v4.new_output
    if kind == "stream":
        return new("stream", name="stderr" if details[0] == "stderr" else "stdout", text=details[1])
    if kind == "error":
        return new("error", ename=details[0], evalue=details[1], traceback=details[2].split("\n"))
    data = {"text/plain": details[0]}
    return new("execute_result", data, execution_count=number) if kind == "result" else new("display_data", data)
