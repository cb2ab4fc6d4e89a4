"""The Store as files: streamed Parquet, and the lesson-size export of `datasets/`."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dataml_lab.store.raw import write_whole
from dataml_lab.store.schema import TABLES, Shop

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

DATASETS = Path(__file__).parents[2] / "datasets"  # in a checkout
RAW_TABLES = ("orders", "payments", "users", "products")


def export(store: Shop, folder: Path) -> Path:
    """Write `tables/<table>.parquet`, `raw/<table>.jsonl` of RAW_TABLES, and the plan in `raw/faults.csv`."""
    stream_parquet(store, folder / "tables")
    (folder / "raw").mkdir(exist_ok=True)
    raws = [store.raw(table) for table in RAW_TABLES]
    for raw in raws:
        raw.write(folder / "raw" / f"{raw.table}.jsonl")
    plans = [raw.plan.assign(table=raw.table) for raw in raws]
    plan = pd.concat(plans, ignore_index=True)[["table", *plans[0].columns[:-1]]]
    write_whole(folder / "raw" / "faults.csv", plan.to_csv(index=False, lineterminator="\n"))
    return folder


def stream_parquet(store: Shop, folder: Path) -> Path:
    """Write each table to `<table>.parquet`, a row group per block of users; all files or none appear."""
    with whole_folder(folder) as part, progress(len(store.settings.blocks)) as done:
        writers = {}
        try:
            write_table(writers, part, "products", store.products)
            for number, tables in enumerate(store.blocks(), 1):
                for name in TABLES:
                    if name in tables:
                        write_table(writers, part, name, tables[name])
                done(number)
        finally:
            for writer in writers.values():
                writer.close()
    return folder


def write_table(writers: dict, folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Append a frame to a table's file as one row group, opening the file at first."""
    import pyarrow as pa

    if name not in writers:
        writers[name] = open_parquet(folder / f"{name}.parquet", pa.Schema.from_pandas(frame, preserve_index=False))
    rows = pa.Table.from_pandas(frame, schema=writers[name].schema, preserve_index=False)
    writers[name].write_table(rows, row_group_size=max(len(frame), 1))


def open_parquet(path: Path, schema: "pa.Schema") -> "parquet.ParquetWriter":
    """A writer of zstd Parquet that stores ids and times as differences, which halves the file."""
    import pyarrow as pa
    from pyarrow import parquet

    steady = [field.name for field in schema if pa.types.is_integer(field.type) or pa.types.is_timestamp(field.type)]
    return parquet.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=[name for name in schema.names if name not in steady],
        column_encoding=dict.fromkeys(steady, "DELTA_BINARY_PACKED"),
    )


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into: at the end its files move to `folder`, after an error they are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / ".part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        yield part
        for file in sorted(part.iterdir()):
            file.replace(folder / file.name)
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def progress(total: int) -> Iterator:
    """A function to call with the number done: after two seconds a terminal shows how it goes."""
    begun, shown = time.monotonic(), False

    def done(number: int) -> None:
        nonlocal shown
        spent = time.monotonic() - begun
        if sys.stderr.isatty() and (shown or spent > 2):
            shown = True
            left = spent / number * (total - number)
            sys.stderr.write(f"\rwriting block {number:,} of {total:,}, about {left:,.0f} s left \033[K")

    try:
        yield done
    finally:
        if shown:
            sys.stderr.write("\r\033[K")
