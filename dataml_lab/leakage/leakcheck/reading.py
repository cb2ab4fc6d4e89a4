"""Reads a notebook or a script as one program, and knows for each of its lines the cell and the line in it."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SHELL = re.compile(r"""(?x)^(\s*)(?: %{1,2}\w | !(?!=) | \? | [\w.,\s\[\]]+=\s*(?:%\w|!(?!=)) | [\w.]+\?+\s*$
    | (?:ls|cd|cat|pip3?|conda|mkdir|rm|cp|mv|head|wget|unzip|git)\s )""")  # magics, `!` lines, `name = !cmd`, `name?`
FOREIGN = re.compile(r"^%%(?!time|timeit|capture|prun|memit)\w+")  # cells that aren't Python: %%bash, %%html, …


class UnreadableError(Exception):
    """A file, or a cell of it, that can't be read; the message names the place."""


class Place(NamedTuple):
    """Where a line of a program stands: the cell, None in a script, and the line in it; both count from 1."""

    cell: int | None
    line: int

    def __str__(self) -> str:
        return f"line {self.line}" if self.cell is None else f"cell {self.cell}, line {self.line}"


class Program(NamedTuple):
    """The statements of a file in their order, and the place of each line of them."""

    tree: ast.Module
    places: list[Place]

    def place(self, line: int) -> Place:
        """The place of a line of the program, which counts from 1."""
        return self.places[line - 1]


def read(path: Path) -> Program:
    """The program in a notebook or a script; UnreadableError says which file, cell and line can't be read."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path}: can't be read: {reason(error)}") from None
    return program(str(path), cells(path, text) if path.suffix == ".ipynb" else [(None, text)])


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Why a file could not be read, in words."""
    return "it isn't text in UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)


def cells(path: Path, text: str) -> list[tuple[int, str]]:
    """The code cells of a notebook with their numbers, which count all its cells from 1."""
    try:
        notebook = json.loads(text)
        found = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        return [(number, source(cell)) for number, cell in enumerate(found, 1) if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        raise UnreadableError(f"{path}: isn't a notebook: no JSON with a list of cells") from None


def source(cell: dict) -> str:
    """The source of a cell, which nbformat allows to be one text or a list of lines."""
    lines = cell["source"] if "source" in cell else cell["input"]
    return lines if isinstance(lines, str) else "".join(lines)


def program(name: str, parts: list[tuple[int | None, str]]) -> Program:
    """The statements of all parts after one another, as if they were one script."""
    body, places = [], []
    for cell, text in parts:
        tree = parsed(name, cell, text)
        body += ast.increment_lineno(tree, len(places)).body
        places += [Place(cell, line) for line in range(1, text.count("\n") + 2)]
    return Program(ast.Module(body, []), places)


def parsed(name: str, cell: int | None, text: str) -> ast.Module:
    """The statements of a part; UnreadableError where it isn't Python."""
    try:
        return ast.parse(text if parses(text) else plain(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        about = getattr(error, "msg", None) or str(error) or "too deeply nested"
        raise UnreadableError(f"{name}, {Place(cell, line)}: can't be parsed: {about}") from None


def parses(text: str) -> bool:
    """Whether a text is Python as it stands."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def plain(text: str) -> str:
    """The text with magics, shell lines and cells of other languages made empty; each line stays where it was."""
    lines = text.splitlines()
    if next((FOREIGN.match(line) for line in lines if line.strip()), None):
        return ""
    return "\n".join(emptied_lines(lines))


def emptied_lines(lines: list[str]) -> Iterator[str]:
    """The lines with magics and shell lines emptied, and with them the lines that a backslash joins to one."""
    joined = False
    for line in lines:
        new = "" if joined else line if parses(line) else emptied(line)
        joined = line.rstrip().endswith("\\") and (joined or new != line)
        yield new


def emptied(line: str) -> str:
    """`pass` in place of a magic or a shell line, at its indentation; `%time` and `%timeit` leave their statement."""
    timed = re.match(r"^(\s*)%time(?:it)?\s+(?!-)(\S.*)$", line)
    if timed and parses(timed[2]):
        return timed[1] + timed[2]
    shell = SHELL.match(line)
    return f"{shell[1]}pass" if shell else line
