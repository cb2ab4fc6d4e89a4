"""Files that are links: to /etc/passwd, the gradebook, a device, themselves, the salt, and a folder above.

exercise: revenue
goal: secret
deserves: 0
"""

from tests.submissions.making import cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = (
        "from pathlib import Path\n\n\ndef revenue(orders):\n"
        "    raise LookupError(' '.join(Path(name).read_text()[:60] for name in ('passwd', 'salt', 'book')))\n"
    )
    return {
        "00_start_here.ipynb": encoded(notebook),
        "passwd": "/etc/passwd",
        "salt": "../../../.salt",
        "zero": "/dev/zero",
        "book": "../../../gradebook.db",
        "self": "self",
        "up": "../..",
        "other.ipynb": "../../alice/00_start_here/00_start_here.ipynb",
    }
