"""Escape sequences for the instructor's terminal, and formulas for their spreadsheet, in sources, names and ids.

exercise: revenue
goal: secret
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG + "# \x1b]0;was here\x07\x1b]52;c;d2FzIGhlcmU=\x07\x1b[2J\x1b[8m"
    cell(notebook, "revenue-answer")["id"] = '\x1b[2J=HYPERLINK("http://127.0.0.1")'
    notebook["cells"].append(own("raise ValueError('=cmd|\\'/c calc\\'!A1 \\x1b[2J\\x9b31m \\u202e')"))
    return {"00_start_here.ipynb": encoded(notebook), "=1+1\x1b[2J.txt": b"@SUM(1)"}
