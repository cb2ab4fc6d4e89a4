"""A program that runs to its end beside the notebook; it ends with the notebook, too, and what it started with it."""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dataml_lab.store import keeper
from dataml_lab.store.sidecar import Sidecar

LOOK = 0.1  # seconds between looks whether it has ended
QUIET_S = 2
LAST_WORDS = 2_000  # characters of the log that an error shows


@contextmanager
def workplace() -> Iterator[Path]:
    """A temporary folder for a program, which may have left something open in it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


@contextmanager
def finished(
    name: str, command: list[str], folder: Path, patience: float, error: type[Exception], **environment: str
) -> Iterator[None]:
    """Runs the command in a folder, which is its own for temporary files as well; after the block the folder is gone.

    Raises `error`, with the end of what the program wrote, if it takes longer than `patience` seconds, or fails.
    """
    log = folder / "program.log"
    environment = {"TMPDIR": str(folder), **environment}
    kept = {"command": command, "env": environment, "uid": None, "log": str(log), "folder": str(folder)}
    sidecar = Sidecar(Path(keeper.__file__), **kept)
    try:
        sidecar.ask("start")
        wait(sidecar, name, log, patience, error)
        if sidecar.ask("code"):
            raise error(f"{name} ended without an answer. {last_words(log)}")
        yield
    finally:
        sidecar.stop()


def wait(sidecar: Sidecar, name: str, log: Path, patience: float, error: type[Exception]) -> None:
    """Waits until what the sidecar keeps has ended. Raises `error` after `patience` seconds."""
    started = time.monotonic()
    while sidecar.ask("alive"):
        if (seconds := time.monotonic() - started) > patience:
            raise error(f"{name} took longer than {patience:,.0f} s and was stopped. {last_words(log)}")
        show_progress(name, seconds)
        time.sleep(LOOK)


def show_progress(name: str, seconds: float) -> None:
    """Rewrites one line on a terminal, once a program has taken longer than QUIET_S."""
    if seconds > QUIET_S and sys.stderr.isatty():
        print(f"{name} is at work, {seconds:,.0f} s ", end="\r", file=sys.stderr, flush=True)


def last_words(log: Path) -> str:
    """The end of the log."""
    return f"Its log ends:\n{log.read_text('utf-8', 'replace')[-LAST_WORDS:]}"
