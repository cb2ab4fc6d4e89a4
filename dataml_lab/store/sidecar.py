"""A sidecar: a child process that serves commands, and ends when the process that started it has ended.

It is told of the end by its standard input, which closes with the last process that holds the other side, and,
where another holds it too (a forked worker), by its parent's id, which it looks at twice a second. (The
parent-death signal of Linux is no help: it comes when the *thread* that started a child ends.) It has a session
of its own, so that the interrupt of a terminal or of Jupyter doesn't reach it.

This file is also the program of the child, `python -IS sidecar.py <parent> <file> <arguments as JSON>`: that file
defines `commands(**arguments)`, a context manager that gives functions by name. Commands and answers are lines of
JSON. Both files need only the standard library: a sidecar starts in a few hundredths of a second.
"""

import contextlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

LOOK = 0.5  # seconds between looks at the parent's id
PATIENCE = 20  # seconds a sidecar has to end


class Sidecar:
    """A running sidecar; `ask()` sends it a command, `stop()` ends it, as does the end of this process."""

    def __init__(self, program: Path, python: tuple[str, ...] = (), name: str = "", **arguments: Any) -> None:
        """Start it, with this Python unless another is given; RuntimeError if the operating system refuses. The name
        is for messages."""
        self.name = name or program.stem
        self._words, self._lock = tempfile.TemporaryFile(), threading.Lock()  # noqa: SIM115 (`end` closes it)
        python = python or (sys.executable, "-IS")
        command = [*python, __file__, str(os.getpid()), str(program), json.dumps(arguments)]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._words, text=True, **apart()
            )
        except OSError as error:
            raise RuntimeError(f"{self.name} did not start: {error}") from None
        self.pid = self._process.pid
        self.stop = weakref.finalize(self, end, self._process, self._words, os.getpid())

    @property
    def alive(self) -> bool:
        """Whether it is still there."""
        return self._process.poll() is None

    def ask(self, command: str, **arguments: Any) -> Any:
        """What the command returns; RuntimeError with the reason if it fails or the sidecar has ended."""
        try:
            with self._lock:
                self._process.stdin.write(json.dumps([command, arguments]) + "\n")
                self._process.stdin.flush()
                line = self._process.stdout.readline()
        except (OSError, ValueError):  # ValueError: the pipe was closed by stop()
            line = ""
        if not line:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(PATIENCE)  # or it may be `alive` for a moment yet
            raise RuntimeError(f"{self.name} (process {self.pid}) has ended: start a new one. {self._last_words()}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def _last_words(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            self._words.seek(0)
            return self._words.read().decode(errors="replace")[-1000:]
        return ""


def apart() -> dict[str, Any]:
    """The arguments of Popen that keep interrupts meant for this process from a child."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def end(process: subprocess.Popen, words: IO[bytes], owner: int) -> None:
    """Let a sidecar end, and wait for it; a forked copy of the process that started it leaves it alone."""
    if os.getpid() != owner:
        return
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
    words.close()


def attend(commands: dict[str, Callable], parent: int) -> None:
    """In the child: answer commands until the parent has ended or closed its side."""
    for line in lines(parent):
        command, arguments = json.loads(line)
        try:
            answer = {"result": commands[command](**arguments)}
        except Exception as error:
            answer = {"error": f"{error}"}
        try:
            os.write(1, json.dumps(answer).encode() + b"\n")
        except OSError:
            return


def lines(parent: int) -> Iterator[bytes]:
    """The lines of standard input, until it closes or the parent has ended."""
    rest = b""
    while there(parent):
        if sys.platform != "win32" and not select.select([0], [], [], LOOK)[0]:
            continue
        text = os.read(0, 65536)
        if not text:
            return
        *whole, rest = (rest + text).split(b"\n")
        yield from whole


def there(parent: int) -> bool:
    """Whether the parent still runs; Windows gives an orphan no other parent, but closes its input."""
    return sys.platform == "win32" or os.getppid() == parent


def main(parent: str, program: str, arguments: str) -> None:
    """The life of a sidecar."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with runpy.run_path(program)["commands"](**json.loads(arguments)) as commands:
        attend(commands, int(parent))


if __name__ == "__main__":
    main(*sys.argv[1:])
