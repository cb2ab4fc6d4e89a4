"""Sufficient statistics made where the users are: by Spark, from Parquet files of any number of rows."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dataml_lab.experiments.metrics import Metric
from dataml_lab.experiments.statistics import statistics_sql
from dataml_lab.streaming import spark


def statistics_on_spark(source: str | Path, metrics: Sequence[Metric], *, arm: str = "arm", day: str | None = None,
                        cluster: str | None = None, patience: float = spark.PATIENCE) -> pd.DataFrame:
    """The sufficient statistics of a Parquet file, or a folder of such, as `statistics` gives them: some dozens of
    rows, however many users there are. SparkError where Spark is missing, fails, or takes longer than `patience`
    seconds."""
    sql = statistics_sql("users", metrics, arm=arm, day=day, cluster=cluster, dialect="spark")
    job = {"source": str(Path(source).resolve()), "sql": sql}
    found = spark.run("dataml_lab.experiments.engines", job, patience)
    return found.sort_values(list(found.columns[:2 if day else 1]), ignore_index=True)


# What runs in the process beside the notebook's.


def main(job: str) -> None:
    """Writes the statistics of a job into the folder `found`."""
    job = json.loads(job)
    with spark.session() as session, spark.trouble():
        session.read.parquet(job["source"]).createOrReplaceTempView("users")
        session.sql(job["sql"]).coalesce(1).write.parquet(job["found"])


if __name__ == "__main__":
    main(sys.argv[1])
