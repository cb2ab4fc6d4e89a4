"""What a process and all that it started use, read from /proc."""

import contextlib
import os
import time
from pathlib import Path

PAUSE = 2  # how many times as long as an exact measurement took, none is taken


def family(pid: int) -> list[int]:
    """The ids of a process and of all below it."""
    found = [pid]
    for member in found:  # which grows meanwhile
        with contextlib.suppress(OSError):  # it ended
            for thread in Path(f"/proc/{member}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
    return found


def cpu_seconds(pid: int) -> float:
    """Seconds of processor time of a process and of its children that ended; 0 where it ended itself."""
    try:
        numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    except OSError:
        return 0
    return sum(map(int, numbers)) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """MB of a process's memory that aren't a file's, those that it shares with others too."""
    return _megabytes(f"/proc/{pid}/status", ("RssAnon:", "RssShmem:"))


def share(pid: int) -> float:
    """MB of a process's memory that aren't a file's; what n processes share counts for each of them 1/n. Slow."""
    try:
        return _megabytes(f"/proc/{pid}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))
    except PermissionError:  # a process that hides itself pays for all that it sees
        return resident(pid)


def _megabytes(file: str, names: tuple[str, ...]) -> float:
    try:
        with Path(file).open() as lines:
            return sum(int(line.split()[1]) for line in lines if line.startswith(names)) / 1024
    except (FileNotFoundError, ProcessLookupError):
        return 0


class Meter:
    """Measures a process with all below it."""

    def __init__(self, pid: int) -> None:
        self.pid, self._not_before = pid, 0.0

    def cpu_seconds(self) -> float:
        """Seconds of processor time, all processes together."""
        return sum(map(cpu_seconds, family(self.pid)))

    def exceeds(self, megabytes: float) -> bool:
        """Whether all processes together have more memory. What they share is told apart from what each has only
        where that matters, and not each time: it takes a millisecond or more for each process."""
        sizes = {pid: resident(pid) for pid in family(self.pid)}
        start = time.monotonic()
        if sum(sizes.values()) <= megabytes or start < self._not_before:
            return False
        for pid in sorted(sizes, key=sizes.get, reverse=True):
            megabytes -= share(pid)
            if megabytes < 0:
                return True
        now = time.monotonic()
        self._not_before = now + PAUSE * (now - start)
        return False
