"""The notebook itself is a link to that of another student, and a second one to an endless device.

exercise: revenue
goal: secret
deserves: 0
"""


def files(notebook):
    return {
        "00_start_here.ipynb": "../../alice/00_start_here/00_start_here.ipynb",
        "00_start_here (1).ipynb": "/dev/zero",
        "feedback.html": "/etc/passwd",
    }
