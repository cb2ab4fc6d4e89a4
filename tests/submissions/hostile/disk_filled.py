"""Writes eight gigabytes, a sparse file of a petabyte and 20,000 empty files wherever it may, and takes them away again
at the end.

exercise: revenue
goal: limits
deserves: 0
"""

import os
import shutil
import tempfile
from pathlib import Path


def filled(folder):
    """Two gigabytes in a folder, in one file, and 5,000 files beside it."""
    with Path(folder, "large").open("wb") as file:
        for _ in range(2_000):
            file.write(os.urandom(1 << 10) * (1 << 10))
    with Path(folder, "sparse").open("wb") as file:
        file.truncate(1 << 50)
    for number in range(5_000):
        Path(folder, f"{number}" + "x" * 200).touch()


def revenue(orders):
    for place in ("/tmp", "/dev/shm", os.path.expanduser("~"), "."):
        try:
            folder = tempfile.mkdtemp("dataml-lab-was-here", dir=place)
        except OSError:
            continue
        try:
            filled(folder)
        except OSError:
            continue
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return 0
