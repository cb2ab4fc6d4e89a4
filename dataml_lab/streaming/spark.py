"""Spark: the question of a stream on Spark Structured Streaming, an engine made for many machines.

The lesson doesn't need it: it wants Java 17 and half a gigabyte. Spark runs in a process of its
own, this file run as a program, as one would submit it to a cluster: it writes a lot, and it ends with the notebook
(see `keeper`). A stream is here a folder of files that arrive one by one.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from dataml_lab.store.java import java_version, missing_java
from dataml_lab.store.program import finished, workplace
from dataml_lab.streaming.windows import Question, Sessions, Sliding, Tumbling, micros

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

PATIENCE = 300  # seconds that an answer may take
TICK = 0.000001  # seconds: as fine as times are
LAST = "end.parquet"  # the file that ends a stream
END = pd.Timestamp("9999-01-01", tz="UTC")
SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
}


class SparkError(RuntimeError):
    """Spark is missing or has failed: what is said where, and what to do about it."""


def missing() -> str:
    """What Spark lacks on this machine and how to get it, or nothing: then it can run."""
    if importlib.util.find_spec("pyspark") is None:
        return "Spark needs the package pyspark: `make spark` installs it (half a gigabyte)"
    return missing_java("Spark")


def version() -> str:
    """Which Spark there is, and on which Java."""
    return f"PySpark {importlib.metadata.version('pyspark')} on Java {java_version()}"


def land(question: Question, events: pd.DataFrame, folder: str | Path, rows: int = 1_000, more: bool = False) -> None:
    """Adds clean events to the stream in `folder`, in the order of the frame: files of so many rows.

    They hold the columns that the question needs. Unless `more` events are to come, the end of the stream follows:
    a row that is no event, at a time by which every window has closed. Raises SparkError after the end.
    """
    arrivals = Path(folder, "events")
    arrivals.mkdir(parents=True, exist_ok=True)
    if (arrivals / LAST).exists():
        raise SparkError(f"{folder}: its stream has ended: land in another folder, and with more=True until the last")
    table = pa.Table.from_pandas(events[fields(question)], preserve_index=False)
    for start in range(0, len(table), rows):
        add(table.slice(start, rows), arrivals)
    if not more:
        # Spark shows a window once a newer event, by the lateness, has come: for the last windows none would.
        add(pa.Table.from_pylist([{question.time: END}], schema=table.schema), arrivals, LAST)


def fields(question: Question) -> list[str]:
    """The columns that the question needs, each once."""
    where = question.where[0] if question.where else None
    named = [question.identity, question.time, question.key, question.value, where]
    return list(dict.fromkeys(name for name in named if name))


def add(table: pa.Table, arrivals: Path, name: str | None = None) -> None:
    """Writes the next file of a stream, named by its number, if by nothing else."""
    number = len(list(arrivals.iterdir())) + 1
    path = arrivals / (name or f"{number:06}.parquet")
    parquet.write_table(table, path)
    os.utime(path, (number, number))  # Spark takes files in the order of these times


def on_spark(question: Question, folder: str | Path, lateness: float, patience: float = PATIENCE) -> pd.DataFrame:
    """The answer for the stream in `folder` (see `land`): the windows closed so far, by start, then key.

    Columns: the key under its own name, start, end (datetime64[us, UTC]), events (int64), total (EUR float64). Each
    file is a micro-batch. An event that is `lateness` seconds or more behind the newest of the files before its own
    is not sure to count: Spark drops what belongs to windows it has closed, but looks one file behind, so that a
    late event in the very next file still counts. Events before 1970 are late for it. What it has counted is kept
    in `folder`, by question and lateness: asked again, it goes on from there.

    Raises SparkError where Spark is missing, fails, or takes longer than `patience` seconds.
    """
    if not list(Path(folder).glob("events/*")):
        raise SparkError(f"{folder}: no event has arrived there yet: `land` some, then ask again")
    job = {"folder": str(Path(folder).resolve()), "lateness": lateness, **told(question)}
    return tidy(run("dataml_lab.streaming.spark", job, patience), question)


def run(module: str, job: dict[str, Any], patience: float = PATIENCE) -> pd.DataFrame:
    """What a program finds on Spark: the frame that `module`, given its job as JSON, writes into the folder `found`.

    That folder is named in the job that it gets. Raises SparkError where Spark is missing, fails, or takes longer than
    `patience` seconds.
    """
    if lacking := missing():
        raise SparkError(lacking)
    with workplace() as work:
        command = [sys.executable, "-m", module, json.dumps({**job, "found": str(work / "found")})]
        places = {"SPARK_LOCAL_DIRS": str(work), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
        with finished("Spark", command, work, patience, SparkError, **places):
            return pd.read_parquet(work / "found")


def told(question: Question) -> dict[str, Any]:
    """The question as JSON can hold it; `parse` isn't needed, the events are clean."""
    windows = question.windows
    return {"question": question._replace(windows=None, parse=None)._asdict(), "kind": type(windows).__name__,
            "seconds": windows}  # fmt: skip


def tidy(found: pd.DataFrame, question: Question) -> pd.DataFrame:
    """The rows as every engine gives them: by start, then key, times in UTC."""
    order = ["start", question.key] if question.key else ["start"]
    times = dict.fromkeys(["start", "end"], "datetime64[us, UTC]")
    return found.astype(times).sort_values(order, ignore_index=True)


# What runs in the process beside the notebook's.


def main(job: str) -> None:
    """Answers the question of a job from the files that have come, into the folder `found`."""
    job = json.loads(job)
    windows = {"Tumbling": Tumbling, "Sliding": Sliding, "Sessions": Sessions}[job["kind"]](*job["seconds"])
    question = Question(**job["question"])._replace(windows=windows)
    asked = json.dumps([job["question"], job["kind"], job["seconds"], job["lateness"]])
    state = Path(job["folder"], f"state-{hashlib.sha256(asked.encode()).hexdigest()[:12]}")
    with session() as spark, trouble():
        windows = counted(arriving(spark, f"{job['folder']}/events"), question, job["lateness"])
        keep(windows, state)
        kept = spark.read.schema(windows.schema).parquet(f"{state}/windows")  # by the sink's list of whole batches
        kept.coalesce(1).write.parquet(job["found"])


@contextmanager
def session() -> Iterator["SparkSession"]:
    """A Spark of this process, with two workers."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config(map=SETTINGS)
    with builder.getOrCreate() as spark:
        yield spark


@contextmanager
def trouble() -> Iterator[None]:
    """Ends the program with what Spark says is wrong, the first line: plans and stacks of its insides follow it."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        sys.exit(f"{error}".splitlines()[0])


def arriving(spark: "SparkSession", folder: str) -> "DataFrame":
    """The events of a folder as a stream, each file a micro-batch."""
    schema = spark.read.parquet(folder).schema
    return spark.readStream.schema(schema).option("maxFilesPerTrigger", 1).parquet(folder)


def counted(events: "DataFrame", question: Question, lateness: float) -> "DataFrame":
    """The windows of a stream of events, as columns of the answer."""
    from pyspark.sql import functions as F  # noqa: N812

    once = events.withWatermark(question.time, span(lateness)).dropDuplicatesWithinWatermark([question.identity])
    if question.where:
        field, value = question.where
        once = once.where(F.col(field) == value)
    measures = [F.count("*").alias("events")]
    if question.value:
        # Money is added in whole cents: the sum is the same in any order of the rows.
        measures.append((F.sum(F.rint(F.col(question.value) * 100).cast("long")) / 100).alias("total"))
    # Sessions want a key: without one, events share that they have an identity, which the end of a stream has not.
    key = F.col(question.key or question.identity)
    key = key if question.key else key.isNotNull()
    found = once.groupBy(key.alias("key"), placed(question).alias("window")).agg(*measures)
    return found.select(
        *([F.col("key").alias(question.key)] if question.key else []), "window.start", ended(question).alias("end"),
        *found.columns[2:],
    )  # fmt: skip


def placed(question: Question) -> "Column":
    """The windows that an event is in."""
    from pyspark.sql import functions as F  # noqa: N812

    windows = question.windows
    if isinstance(windows, Sessions):
        # For Spark an event exactly `gap` after another is of the same session: here it starts the next.
        return F.session_window(question.time, span(windows.gap - TICK))
    slide = windows.slide if isinstance(windows, Sliding) else windows.size
    return F.window(question.time, span(windows.size), span(slide))


def ended(question: Question) -> "Column":
    """The end of a window."""
    from pyspark.sql import functions as F  # noqa: N812

    shortened = isinstance(question.windows, Sessions)
    return F.col("window.end") + F.expr(f"INTERVAL '{int(shortened)}' MICROSECOND")


def span(seconds: float) -> str:
    """So many seconds as Spark writes them.

    >>> span(0.25)
    '250000 microseconds'
    """
    return f"{micros(seconds)} microseconds"


def keep(windows: "DataFrame", state: Path) -> None:
    """Takes the files that have come since the last time; the windows that close are added to those kept."""
    files = windows.writeStream.format("parquet").option("path", f"{state}/windows")
    query = files.option("checkpointLocation", f"{state}/checkpoint").trigger(availableNow=True).start()
    query.awaitTermination()


if __name__ == "__main__":
    main(sys.argv[1])
