"""Scores for all rows of a folder of Parquet files, file by file, in bounded memory.

Each file of the source is a partition. Its scores are a file of the same name in the target, which is there and whole,
or isn't there; in it is noted which model made it, and of what. So a run that was killed goes on with the files that
are missing, and a run after a change scores what the change concerns. In the end the target is the same, to the byte,
as after one undisturbed run.
"""

import hashlib
import json
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
from pyarrow import parquet

from dataml_lab.pipeline.durable import replacing, storage_errors
from dataml_lab.pipeline.ingest import QUIET_S, IngestError
from dataml_lab.pipeline.push import sqlite_errors
from dataml_lab.serving.rows import FOUND, ModelFailsError, schema_of, with_scores
from dataml_lab.serving.saved import Model

ROWS = 100_000  # that are scored at a time
NOTE = b"dataml_lab.serving.batch"  # the entry of a file's metadata that says how it was made
LOCK = ".lock"
BUFFER = 1 << 20  # bytes of a column that are read at a time


class BatchError(RuntimeError):
    """A folder that can't be scored, in words that name the file."""


class Done(NamedTuple):
    """What a run found: partitions; those of them that it scored, because they weren't; the rows of all; and the rows
    among them without a score.

    >>> print(Done(partitions=30, fresh=2, rows=1_000_000, refused=7))
    30 partitions, 2 of them scored now; 1,000,000 rows, 7 of them without a score, for the reason in `problem`
    """

    partitions: int
    fresh: int
    rows: int
    refused: int

    def __str__(self) -> str:
        scored = (f"{self.refused:,} of them without a score, for the reason in `problem`" if self.refused else
                  "all with a score")
        return f"{self.partitions:,} partitions, {self.fresh:,} of them scored now; {self.rows:,} rows, {scored}"


def score_folder(model: Model, source: str | Path, target: str | Path, keep: Sequence[str], rows: int = ROWS) -> Done:
    """Scores the rows of all Parquet files in `source` and its folders, into files of the same names in `target`.

    A row of the source gives one row, in the same place: its columns `keep`, `score` (float64, as `Model.score` has
    it), `problem` (text), `model` and `version`. A row that the model doesn't take has no score, and a problem: the
    sentence that a request with this row is answered with. Where there is a score, the problem is null.

    Parameters
    ----------
    source : a folder. Columns of its files that neither the model takes nor `keep` names are left out, and so are files
        and folders whose names begin with "." or "_", as engines call what isn't finished.
    target : another folder, made when missing. Scores of files that are no longer in `source` are removed from it.
    keep : columns that name a row, such as its id.
    rows : that are scored at a time. Another number may change the last digit of a score, of a model that adds numbers
        in another order then, such as a linear one.

    BatchError for a file that can't be read or written, or lacks a column; for a Parquet file in `target` that no run
    made; while another run is at work there; and for a model that fails on many rows.
    """
    source, target = Path(source), Path(target)
    check(source, target, keep)
    paths = parquet_files(source)
    if not paths:
        raise BatchError(f"{source}: there is no Parquet file in it")
    with storage_errors(BatchError, target):
        target.mkdir(parents=True, exist_ok=True)
    with alone(target):
        remove_others(target, set(paths))
        found, started = [], time.monotonic()
        for path in paths:
            found.append(score_file(model, source / path, target / path, keep, rows))
            show_progress(len(found), len(paths), time.monotonic() - started)
    return Done(len(paths), *map(sum, zip(*found, strict=True)))


def check(source: Path, target: Path, keep: Sequence[str]) -> None:
    """ValueError for what can't be asked."""
    if isinstance(keep, str):
        raise ValueError(f"keep={keep!r}, where a list of columns is needed: [{keep!r}]")
    if taken := [field.name for field in FOUND if field.name in keep]:
        raise ValueError(f"the scores have a column {taken[0]!r} of their own: rename that of the source")
    inside, outside = target.resolve(), source.resolve()
    if inside.is_relative_to(outside) or outside.is_relative_to(inside):
        raise ValueError(f"{source} and {target}: one is in the other: scores need a folder of their own")


def score_file(model: Model, source: Path, target: Path, keep: Sequence[str], rows: int) -> tuple[bool, int, int]:
    """Whether the file had to be scored, its rows, and those without a score."""
    with storage_errors(BatchError, source), source.open("rb") as file:
        made_of = {"model": model.digest, "source": hashlib.file_digest(file, "sha256").hexdigest(), "keep": [*keep]}
        note = note_of(target) or {}
        fresh = {name: note.get(name) for name in made_of} != made_of
        if fresh:
            note = write(model, opened(file, source, [*keep, *model.schema.names]), source, target, made_of, rows)
    return fresh, note["rows"], note["refused"]


def opened(file: BinaryIO, source: Path, names: Sequence[str]) -> parquet.ParquetFile:
    """A Parquet file; BatchError unless it is one, and has columns of these names."""
    with readable(source):
        found = parquet.ParquetFile(file, buffer_size=BUFFER, pre_buffer=False)
    if lacking := lacks(found.schema_arrow.names, names):
        raise BatchError(f"{source}: {lacking}")
    return found


def lacks(there: Sequence[str], names: Sequence[str]) -> str:
    """Which columns of these names aren't there, in words; "" if all are.

    >>> lacks(["id", "amount"], ["id", "zone"])
    'there is no column zone, only id, amount'
    """
    absent = [name for name in names if name not in there]
    return f"there is no column {', '.join(absent)}, only {', '.join(there)}" if absent else ""


def write(model: Model, found: parquet.ParquetFile, source: Path, target: Path, made_of: dict[str, Any],
          rows: int) -> dict[str, Any]:
    """Writes the scores of a file, all of them or none; returns what is noted in them."""
    keep, note = made_of["keep"], {**made_of, "rows": 0, "refused": 0}
    with storage_errors(BatchError, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as new, parquet.ParquetWriter(new, schema_of(found.schema_arrow, keep)) as writer:
            for batch in batches(found, source, list(dict.fromkeys([*keep, *model.schema.names])), rows):
                scores = scores_of(model, batch, keep, source)
                writer.write_batch(scores)
                note["rows"] += len(scores)
                note["refused"] += scores["score"].null_count
            writer.add_key_value_metadata({NOTE: json.dumps(note)})
    return note


def batches(found: parquet.ParquetFile, source: Path, names: list[str], rows: int) -> Iterator[pa.RecordBatch]:
    """The rows of a file, so many at a time; BatchError where they can't be read."""
    with readable(source):
        yield from found.iter_batches(rows, columns=names)


def scores_of(model: Model, batch: pa.RecordBatch, keep: Sequence[str], source: Path) -> pa.RecordBatch:
    """The rows with their scores; BatchError where the model fails on many."""
    try:
        return with_scores(model, batch, keep)
    except ModelFailsError as error:
        raise BatchError(f"{source}: {error}") from error


@contextmanager
def readable(source: Path) -> Iterator[None]:
    """Turns what Arrow says of a Parquet file into a BatchError that names it."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise BatchError(f"{source}: it can't be read: {' '.join(str(error).split())}") from error


# The target


@contextmanager
def alone(target: Path) -> Iterator[None]:
    """Meanwhile no other run is at work in the folder; BatchError if one is. A lock ends with its process."""
    try:
        with sqlite_errors(target / LOCK, "lock"):
            lock = sqlite3.connect(target / LOCK, timeout=0, isolation_level=None)
            lock.execute("BEGIN EXCLUSIVE")
    except IngestError as error:
        busy = f"{target}: another run is at work there: wait until it has ended, then run again"
        raise BatchError(busy if "locked" in str(error) else str(error)) from error
    with closing(lock):
        yield


def parquet_files(folder: Path) -> list[Path]:
    """The Parquet files of a folder and its folders, as paths in it, in order; those being written are left out."""
    found = sorted(path.relative_to(folder) for path in folder.rglob("*.parquet"))
    return [path for path in found if not any(part.startswith((".", "_")) for part in path.parts)]


def remove_others(target: Path, paths: set[Path]) -> None:
    """Removes scores of other files, and what a killed run left; BatchError for a Parquet file that no run made."""
    made = {path: note_of(target / path) for path in parquet_files(target)}
    if strange := [path for path, note in made.items() if note is None and path not in paths]:
        raise BatchError(f"{target / strange[0]}: no run made this file: take it away, or name another folder")
    for path in [*(target / path for path in set(made) - paths), *target.rglob(".*.parquet.tmp")]:
        with storage_errors(BatchError, path):
            path.unlink()


def note_of(target: Path) -> dict[str, Any] | None:
    """What is noted in a file of scores; None if it isn't there, or isn't one."""
    try:
        return json.loads(parquet.read_metadata(target).metadata[NOTE])
    except (OSError, pa.ArrowException, KeyError, TypeError):
        return None


def show_progress(done: int, partitions: int, seconds: float) -> None:
    """Rewrites one line on a terminal, once a run has taken longer than QUIET_S."""
    if seconds > QUIET_S and sys.stderr.isatty():
        left = seconds / done * (partitions - done)
        told = f"scored {done:,} of {partitions:,} partitions, {left:,.0f} s left "
        print(told, end="\r", file=sys.stderr, flush=True)
