"""The bytes that a student handed in, read as a notebook: whatever editor, format or mishap made them."""

import json
from typing import NoReturn

from nbformat import NotebookNode, from_dict

MOST_BYTES = 100 * 2**20  # more than that is not read: figures of a whole lesson are a hundredth of it

DROPPED = ("widgets", "orig_nbformat", "orig_encoding")  # of a notebook's metadata; the last two would be hearsay


class SubmissionError(ValueError):
    """A file that no notebook can be read from; the message, a clause without a full stop, says why."""


def read(data: bytes) -> NotebookNode:
    """The notebook in a file, in format 4, without outputs and widgets; SubmissionError where there is none.

    UTF-8 and UTF-16 are read, with and without a byte order mark, and what Windows wrote before them; formats 3 and 4.
    What else is missing or wrong in it is nobody's concern until it is rebuilt. `metadata.orig_nbformat` and
    `metadata.orig_encoding` are there where the file had another format or encoding.

    >>> read(b'{"cells": [{"cell_type": "code", "source": ["a = 1"]}]}').cells[0].source
    'a = 1'
    >>> read(b'{"cells": [')
    Traceback (most recent call last):
    dataml_lab.grading.rebuild.reading.SubmissionError: the file ends in the middle, after 11 bytes
    """
    if len(data) > MOST_BYTES:
        raise SubmissionError(f"the file has {len(data) / 2**20:.0f} MB, and at most {MOST_BYTES // 2**20} are read")
    if not data.strip(b"\0 \t\r\n"):
        raise SubmissionError("the file is empty")
    try:
        return _notebook(*_parsed(data))
    except RecursionError:
        raise SubmissionError("the file is nested too deep to be a notebook") from None


def _parsed(data: bytes) -> tuple[object, str]:
    """What the JSON in the file says, and the encoding where that isn't one of JSON's."""
    encoding = json.detect_encoding(data)
    try:
        return _json(data.decode(encoding), len(data)), ""
    except UnicodeDecodeError as error:
        if error.reason in ("unexpected end of data", "truncated data"):
            _ends_early(len(data))
        return _parsed_as_windows_wrote(data, error), "cp1252"


def _parsed_as_windows_wrote(data: bytes, error: UnicodeDecodeError) -> object:
    try:
        return _json(data.decode("cp1252", "replace"), len(data))
    except SubmissionError:
        raise SubmissionError(f"the file is no text: its byte {error.start + 1} is neither UTF-8 nor UTF-16") from None


def _json(text: str, size: int) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        _explain(text, size, error)
    except ValueError:
        raise SubmissionError("the file holds a number of thousands of digits") from None


def _explain(text: str, size: int, error: json.JSONDecodeError) -> NoReturn:
    """Raises the SubmissionError for text that is no JSON."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(("<<<<<<< ", ">>>>>>> ")):
            raise SubmissionError(f"the file has marks of a conflict that git left, at line {number}") from None
    rest = text[error.pos:].rstrip()  # nothing, or where the file ends in a word, the beginning of that
    if text.lstrip("\ufeff \t\r\n").startswith("{") and (
            error.msg.startswith("Unterminated") or any(word.startswith(rest) for word in ("true", "false", "null"))):
        _ends_early(size)
    raise SubmissionError(f"the file is no notebook: it is no JSON from line {error.lineno}, column {error.colno}")


def _ends_early(size: int) -> NoReturn:
    raise SubmissionError(f"the file ends in the middle, after {size:,} bytes") from None


def _notebook(found: object, encoding: str) -> NotebookNode:
    """What was found in the file as a notebook of format 4."""
    if not isinstance(found, dict):
        raise SubmissionError("the file is JSON, but no notebook")
    form, cells = _format(found), _cells(found)
    kept = found.get("metadata") if isinstance(found.get("metadata"), dict) else {}
    metadata = from_dict({key: value for key, value in kept.items() if key not in DROPPED})
    metadata.update({"orig_nbformat": form} if form != 4 else {}, **{"orig_encoding": encoding} if encoding else {})
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=metadata, cells=[_cell(cell) for cell in cells])


def _format(found: dict) -> object:
    """The notebook's format, 3 or 4."""
    form = found.get("nbformat", 4 if "cells" in found else 3)
    if form not in (3, 4):
        raise SubmissionError(f"the notebook has format {str(form)[:20]!r}, and 3 and 4 are read: "
                              "open it in JupyterLab and save it")
    return form


def _cells(found: dict) -> list[dict]:
    """The notebook's cells; those of format 3 stand in worksheets."""
    sheets = [found, *(sheet for sheet in _list(found.get("worksheets")) if isinstance(sheet, dict))]
    if not any(isinstance(sheet.get("cells"), list) for sheet in sheets):
        raise SubmissionError("the file is JSON, but no notebook: it has no cells")
    return [cell for sheet in sheets for cell in _list(sheet.get("cells")) if isinstance(cell, dict)]


def _list(value: object) -> list:
    return value if isinstance(value, list) else []


def _cell(cell: dict) -> NotebookNode:
    """A cell in format 4 without its outputs."""
    kind, source = cell.get("cell_type"), text(cell.get("source", cell.get("input")))
    if kind == "heading":
        level = cell.get("level")
        source = "#" * (level if level in range(1, 7) else 1) + " " + " ".join(source.splitlines())
    node = NotebookNode(cell_type={"heading": "markdown", "html": "markdown"}.get(str(kind), kind), source=source)
    node.update({key: from_dict(cell[key]) for key in ("id", "metadata", "attachments") if key in cell})
    node.setdefault("metadata", NotebookNode())
    if kind == "code":
        node.update(execution_count=None, outputs=[])
    return node


def text(value: object) -> str:
    """A source, which may come as a list of lines, as text that can be written: with line feeds, in valid Unicode."""
    joined = "".join(line for line in value if isinstance(line, str)) if isinstance(value, list) else value
    if not isinstance(joined, str):
        return ""
    if "\r" in joined:
        joined = joined.replace("\r\n", "\n").replace("\r", "\n")
    return joined if joined.isascii() else joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
