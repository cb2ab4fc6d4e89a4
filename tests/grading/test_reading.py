"""Reading what was handed in: every format and encoding in use, and a clause for what is no notebook."""

import codecs
import json
import time

import nbformat
import pytest

from dataml_lab.grading import COURSE
from dataml_lab.grading.rebuild import rebuilt
from dataml_lab.grading.rebuild.reading import MOST_BYTES, SubmissionError, read
from dataml_lab.grading.releases import release_path

LESSON = "00_start_here"
DATA = release_path(COURSE, LESSON).read_bytes()
TEXT = DATA.decode()
BOOK = nbformat.reads(TEXT, as_version=4)


def saved(change):
    """The released notebook as a file, after a change of its JSON."""
    raw = json.loads(TEXT)
    change(raw)
    return json.dumps(raw).encode()


def each_cell(change):
    return saved(lambda raw: [change(cell) for cell in raw["cells"]])


def in_format_3(raw):
    """Moves the cells where format 3 has them, and names their parts as it does."""
    raw.update(nbformat=3, nbformat_minor=0, worksheets=[{"cells": raw.pop("cells"), "metadata": {}}])
    for cell in raw["worksheets"][0]["cells"]:
        source = "".join(cell.pop("source"))
        cell.pop("id")
        if cell["cell_type"] == "code":
            cell.update(input=source, prompt_number=1, language="python")
        elif source.startswith("# ") and "\n" not in source:
            cell.update(cell_type="heading", level=1, source=source[2:])
        else:
            cell["source"] = source


@pytest.mark.parametrize("data", [
    DATA, codecs.BOM_UTF8 + DATA, TEXT.encode("utf-16"), TEXT.encode("utf-16-le"), TEXT.encode("utf-32"),
    DATA.replace(b"\n", b"\r\n"), each_cell(lambda cell: cell.update(source="".join(cell["source"]))),
    each_cell(lambda cell: cell.update(source="".join(cell["source"]).replace("\n", "\r\n"))),
    each_cell(lambda cell: cell.update(outputs=[{"nonsense": 1}], execution_count=7) if "outputs" in cell else None),
    saved(lambda raw: raw["metadata"].update(widgets={"state": {}}, orig_nbformat=4)),
    saved(lambda raw: raw.pop("nbformat")), saved(lambda raw: raw["cells"].append(None)),
])
def test_the_same_notebook_is_read_from_every_way_of_writing_it(data):
    assert read(data) == BOOK


def bare(cell):
    cell.pop("id")
    cell.pop("metadata")


@pytest.mark.parametrize("data", [saved(in_format_3), each_cell(bare), saved(lambda raw: raw.pop("metadata"))])
def test_a_notebook_in_an_old_format_or_without_metadata_is_rebuilt_whole(data):
    assert rebuilt(BOOK, read(data)).book == BOOK


def test_a_conversion_is_a_damage():
    old, windows = read(saved(in_format_3)), read(TEXT.replace("# Start", "# Stärt").encode("cp1252", "replace"))
    assert ("", "a notebook of format 3 was converted") in rebuilt(BOOK, old).damage
    assert ("", "the file was not in UTF-8, and was read as cp1252") in rebuilt(BOOK, windows).damage


def test_what_windows_wrote_keeps_its_umlauts():
    data = b'{"cells": [{"cell_type": "markdown", "source": "Erl\xf6s \x96 in \x80"}]}'
    assert read(data).cells[0].source == "Erlös – in €"


@pytest.mark.parametrize(("data", "why"), [
    (b"", "is empty"), (b" \r\n", "is empty"), (b"\0" * 10, "is empty"),
    (DATA[:5000], "ends in the middle, after 5,000 bytes"), (DATA[:-3], "ends in the middle"),
    (b'{"a": fal', "ends in the middle"), (b'{"a": nul ', "ends in the middle"), (b'{"a": fall}', "no JSON from"),
    (TEXT.encode("utf-16")[:1001], "ends in the middle"), ('{"é'.encode()[:-1], "ends in the middle"),
    (b"PK\3\4", "no JSON from line 1, column 1"), (b"x = 1\n", "no JSON from line 1"), (DATA + b"}", "no JSON from"),
    (b"\xff\xd8\xff\xe0 a photo", "its byte 1 is neither UTF-8 nor UTF-16"),
    (DATA.replace(b"\n", b"\n<<<<<<< HEAD\n", 1), "has marks of a conflict that git left, at line 2"),
    (b"[]", "no notebook"), (b"null", "no notebook"), (b'"cells"', "no notebook"), (b"{}", "it has no cells"),
    (b'{"nbformat": 4, "cells": {}}', "it has no cells"), (b'{"nbformat": 2, "worksheets": []}', "has format '2'"),
    (b'{"nbformat": [9], "cells": []}', "open it in JupyterLab and save it"),
    (b"[" * 10**6, "nested too deep"), (b'{"a":' * 10**5, "nested too deep"),
    (b'{"cells": [{"metadata": ' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}]}", "nested too deep"),
    (b'{"cells": [], "a": ' + b"1" * 5000 + b"}", "thousands of digits"),
    (b" " * (MOST_BYTES + 1), "has 100 MB, and at most 100 are read"),
])
def test_what_is_no_notebook_is_refused_in_a_clause(data, why):
    with pytest.raises(SubmissionError) as told:
        read(data)
    message = str(told.value)
    assert why in message and message.startswith("the ") and "\n" not in message and len(message) < 120


@pytest.mark.parametrize("cell", [
    {}, {"cell_type": ["code"], "source": {"a": 1}, "id": 3, "metadata": [1]}, {"source": [1, "a", None]},
    {"cell_type": "heading", "level": [1], "source": "a"},
    {"attachments": 3, "metadata": {"nbgrader": {"grade_id": []}}},
    {"cell_type": "code", "metadata": {"nbgrader": 1, "tags": "x"}, "input": "\ud800"},
])
def test_a_cell_may_be_anything(cell):
    made = rebuilt(BOOK, read(saved(lambda raw: raw["cells"].append(cell)))).book
    nbformat.validate(made)
    assert made.cells[:-1] == BOOK.cells


def test_fifty_megabytes_of_outputs_are_not_looked_at():
    output = {"output_type": "stream", "name": "stdout", "text": ["x" * 99 + "\n"] * 20_000}
    data = each_cell(lambda cell: cell.update(outputs=[output]) if cell["cell_type"] == "code" else None)
    assert len(data) > 50 * 10**6
    started = time.process_time()
    assert read(data) == BOOK
    assert time.process_time() - started < 5  # a fifth of a second on a quiet machine
