"""Runs the cells of a notebook as a kernel would, without a kernel; keeps what they write, up to a limit."""

import io
import sys
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from dataml_lab.runtime.deadline import TimeOut

MOST, ROOM_FOR_ERRORS = 100_000, 5_000  # characters of output that are kept of a cell
EACH = 500  # characters that an output counts for besides its text: a page takes as many to show it

Output = list[Any]  # ["stream", name, text] | ["result", text] | ["display", text] | ["error", name, message, lines]


def size_of(outputs: list[Output]) -> int:
    """The characters that outputs count for."""
    return sum(EACH + sum(map(len, output)) for output in outputs)


class Outputs:
    """What a cell has written, as outputs of a notebook, in text."""

    def __init__(self) -> None:
        self.found: list[Output] = []
        self.room, self.spare = MOST, ROOM_FOR_ERRORS

    def add(self, kind: str, *details: str) -> None:
        """Keeps an output up to the limit of MOST; errors have ROOM_FOR_ERRORS more."""
        if kind == "stream" and self.room <= 0:
            return
        if kind == "error":
            self.room, self.spare = self.room + self.spare, 0
        *head, text = details
        head, kept = [detail[:ROOM_FOR_ERRORS] for detail in head], text[:max(self.room, 0)]
        self.room -= len(kept) + (sum(map(len, head)) if kind == "error" else 0)
        last = self.found[-1] if self.found else []
        if kind == "stream" and last[:2] == [kind, *head]:
            last[-1] += kept
        elif kept:
            self.found.append([kind, *head, kept])
            self.room -= EACH


class Stream(io.TextIOBase):
    """Standard output or error of a cell."""

    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        """Keeps what is written."""
        self.outputs.add("stream", self.name, str(text))
        return len(text)


class Publisher(DisplayPublisher):
    """Keeps what a cell displays, as text."""

    def publish(self, data: dict, *_: Any, **__: Any) -> None:
        """Keeps what is displayed."""
        self.shell.outputs.add("display", str(data.get("text/plain", "")))


class Hook(DisplayHook):
    """Keeps the value of a cell's last expression, as text."""

    def write_output_prompt(self) -> None:
        """Writes no prompt."""

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        """Keeps the value."""
        self.shell.outputs.add("result", str(format_dict.get("text/plain", "")))

    def finish_displayhook(self) -> None:
        """Writes no line end."""


class Shell(InteractiveShell):
    """An interactive shell whose output is kept."""

    display_pub_class = Type(Publisher)
    displayhook_class = Type(Hook)
    outputs = Outputs()
    missing = ""

    def enable_gui(self, gui: str | None = None) -> None:
        """Does nothing, so that `%matplotlib` changes nothing: there is no screen."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.missing = getattr(evalue, "name", None) or "" if isinstance(evalue, NameError) else ""
        self.outputs.add("error", etype.__name__, str(evalue), "\n".join(stb))

    def run(self, source: str) -> dict:
        """Runs a cell: its outputs, and the name that was not defined, if that ended it."""
        self.outputs, self.missing = Outputs(), ""
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = Stream("stdout", self.outputs), Stream("stderr", self.outputs)
        try:
            ended = self.run_cell(source).error_in_exec
            if type(ended) is TimeOut and not any(kind == "error" for kind, *_ in self.outputs.found):
                self.outputs.add("error", "TimeOut", "", "TimeOut")  # a second one cut the traceback short
        finally:
            sys.stdout, sys.stderr = before
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
        return {"outputs": self.outputs.found, "missing": self.missing}


def shell() -> Shell:
    """The shell of this process, made once: it starts no thread and leaves no file."""
    return Shell.instance(config=Config(HistoryManager={"enabled": False}, InteractiveShell={"colors": "nocolor"}))
