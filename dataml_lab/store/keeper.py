"""The sidecar that keeps a server: it starts the server, restarts it, and at the end stops it and clears up.

The server's process is the keeper's child, not the notebook's: so it can drop root's rights, it is stopped in
an orderly way when the notebook is killed, and the folder of its data goes with it.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

PATIENCE = 10  # seconds a server has to end
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before the fork: the child can't read all
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


class Keeper:
    """A server that runs `command` as the user `uid` (None: our own), writing to `log`."""

    def __init__(self, command: list[str], env: dict[str, str], uid: int | None, log: Path) -> None:
        self.command, self.env, self.uid, self.log = command, env, uid, log
        self.process: subprocess.Popen | None = None

    def start(self) -> int:
        """Start the server unless it runs; returns its process id."""
        if not self.alive():
            user = {} if self.uid is None else {"user": self.uid, "group": self.uid, "extra_groups": []}
            follow = {"preexec_fn": die_with_keeper} if LIBC else {}
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.log.parent,
                    env={**os.environ, **self.env}, **user, **follow,
                )  # fmt: skip
        return self.process.pid

    def alive(self) -> bool:
        """Whether the server runs; one that ended is reaped."""
        return self.process is not None and self.process.poll() is None

    def code(self) -> int | None:
        """The exit code of the server; None while it runs."""
        return self.process.poll()

    def kill(self) -> None:
        """End the server as a crash would: at once, with no time to write anything down."""
        if self.alive():
            self.process.kill()
            self.process.wait()
            reap_orphans()

    def stop(self) -> None:
        """End the server; its data is thrown away, so that it may be quick."""
        if not self.alive():
            return
        self.process.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGQUIT)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
        reap_orphans()


def reap_orphans() -> None:
    """On Linux, wait for the processes that the server left behind, and which are the keeper's now."""
    with contextlib.suppress(ChildProcessError):
        while LIBC:
            os.waitpid(-1, 0)


def die_with_keeper() -> None:
    """In the server's process before its program starts: Linux shall stop it when the keeper is killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


@contextlib.contextmanager
def commands(
    command: list[str], env: dict[str, str], uid: int | None, log: str, folder: str
) -> Iterator[dict[str, Callable]]:
    """The commands of a keeper; at the end the server and `folder` are gone."""
    keeper = Keeper(command, env, uid, Path(log))
    if LIBC:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield {"start": keeper.start, "alive": keeper.alive, "code": keeper.code, "kill": keeper.kill}
    finally:
        keeper.stop()
        shutil.rmtree(folder, ignore_errors=True)
