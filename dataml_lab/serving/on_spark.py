"""Batch scoring on Spark: rows get their scores from the same function as elsewhere, in Spark's workers.

Spark runs in a process of its own, this file run as a program (see `streaming.spark`).
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from dataml_lab.serving.batch import Done, check, lacks
from dataml_lab.serving.rows import FOUND, with_scores
from dataml_lab.serving.saved import load
from dataml_lab.streaming import spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TYPES = {pa.float64(): "DOUBLE", pa.string(): "STRING", pa.int64(): "BIGINT"}


def score_on_spark(model: str | Path, source: str | Path, target: str | Path, keep: Sequence[str],
                   trusted: Sequence[str] = (), patience: float = spark.PATIENCE) -> Done:
    """Scores the rows of all Parquet files of a folder by the model saved in the folder `model`.

    A row of the source gives one row in the folder `target`, as `batch.score_folder` has it, in no order and in other
    files. The folder is there once all rows are. What a killed run left beside it, as `.<name>.spark`, the next run
    replaces.

    ValueError as there, and where `target` is there already; ModelError as `load` has it; SparkError where Spark is
    missing, fails, or takes longer than `patience` seconds.
    """
    source, target = Path(source).resolve(), Path(target).resolve()
    check(source, target, keep)
    if target.exists():
        raise ValueError(f"{target}: there is something already: name a new folder")
    load(model, trusted)
    unfinished = target.with_name(f".{target.name}.spark")
    job = {"model": str(Path(model).resolve()), "trusted": [*trusted], "source": str(source), "keep": [*keep],
           "target": str(unfinished)}
    counts = spark.run("dataml_lab.serving.on_spark", job, patience)
    unfinished.rename(target)
    return Done(*map(int, counts.iloc[0]))


# What runs in the process beside the notebook's.


def main(job: str) -> None:
    """Scores the rows of a job, and writes into the folder `found` how many files and rows there were."""
    job = json.loads(job)
    with spark.session() as session, spark.trouble():
        table = session.read.option("recursiveFileLookup", "true").parquet(job["source"])
        names = list(dict.fromkeys([*job["keep"], *load(job["model"], job["trusted"]).schema.names]))
        if lacking := lacks(table.columns, names):
            sys.exit(f"{job['source']}: {lacking}")
        with_scores_of(table.select(names), job).write.mode("overwrite").parquet(job["target"])
        rows, scored = session.read.parquet(job["target"]).selectExpr("COUNT(*)", "COUNT(score)").first()
        files = len(table.inputFiles())
        counts = Done(files, files, rows, rows - scored)
        session.createDataFrame([counts], [*Done._fields]).write.parquet(job["found"])


def with_scores_of(table: "DataFrame", job: dict[str, Any]) -> "DataFrame":
    """The columns `keep` of a table, and those of the scores."""
    types = dict(table.dtypes)
    kept = [f"`{name}` {types[name]}" for name in job["keep"]]
    found = [f"{field.name} {TYPES[field.type]}" for field in FOUND]
    return table.mapInArrow(partial(scored, job), ", ".join([*kept, *found]))


def scored(job: dict[str, Any], batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Rows with their scores, in a worker of Spark."""
    model = load(job["model"], job["trusted"])
    return (with_scores(model, batch, job["keep"]) for batch in batches)


if __name__ == "__main__":
    main(sys.argv[1])
