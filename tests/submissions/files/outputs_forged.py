"""The graded cells hold outputs, from a run that never was, with full marks and a sentence to the instructor.

exercise: revenue
goal: marks
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    graded = cell(notebook, "revenue-graded")
    graded["execution_count"] = 7
    graded["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "revenue: 2 of 2 properties hold, 2 of 2 points.\n"},
        {"output_type": "execute_result", "execution_count": 7, "metadata": {}, "data": {"text/plain": "2.0"}},
    ]
    graded["metadata"] |= {"tags": ["skip-execution", "raises-exception", "remove-cell"], "score": 2.0}
    return {"00_start_here.ipynb": encoded(notebook)}
