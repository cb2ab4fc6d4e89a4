"""Profiles made where the rows are: by DuckDB over Parquet files larger than memory, and by Spark.

One query, in the SQL that both know, counts the different numbers of a column, adds the counts up, and picks the values
that a profile keeps; another one counts categories. So a profile is the same as of a frame in memory, to the last row;
profiles of files merge as all do. What doesn't fit into memory, the engines keep on disk.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from dataml_lab.drift.numbers import KEPT, Numbers
from dataml_lab.drift.profile import Column, Moments, Profile
from dataml_lab.drift.words import Words
from dataml_lab.streaming import spark

Run = Callable[[str], pd.DataFrame]  # the rows that a query of DuckDB's SQL finds in the table `source`
KINDS = {"numbers": ("TINYINT", "SMALLINT", "INT", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
                     "FLOAT", "DOUBLE", "DECIMAL"),
         "truth": ("BOOLEAN",), "words": ("VARCHAR", "STRING", "DATE", "ENUM"), "moments": ("TIMESTAMP",)}
A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def profile_by_duckdb(source: str | Path | Sequence[str | Path], memory: str | None = None,
                      kept: int = KEPT) -> Profile:
    """The profile of a Parquet file, of several, or of all that a pattern such as "days/*.parquet" fits.

    `memory` is what DuckDB may use of it, such as "1GB"; otherwise 80 % of the machine's. The profile equals that of
    the frame which `pandas.read_parquet` makes. ValueError for files without rows, and for columns of lists and the
    like.
    """
    paths = [str(path) for path in ([source] if isinstance(source, str | Path) else source)]
    with tempfile.TemporaryDirectory() as folder:
        settings = {"temp_directory": folder, **({"memory_limit": memory} if memory else {})}
        with duckdb.connect(config=settings) as connection:
            connection.read_parquet(paths).create_view("source")
            types = dict(connection.sql("SELECT column_name, column_type FROM (DESCRIBE source)").fetchall())
            return profile_of(lambda sql: connection.sql(sql).df(), types, written(paths[0]), kept)


def profiles_on_spark(sources: Sequence[str | Path], kept: int = KEPT, patience: float = spark.PATIENCE,
                      ) -> list[Profile]:
    """The profile of each Parquet file or folder of such, made by one Spark, as `profile_by_duckdb` makes it.

    ValueError as there; SparkError where Spark is missing, fails, or takes longer than `patience` seconds.
    """
    job = {"sources": [str(Path(source).resolve()) for source in sources], "kept": kept}
    found = spark.run("dataml_lab.drift.engines", job, patience).sort_values("place")
    for wrong in found["wrong"].dropna():
        raise ValueError(wrong)
    return [Profile.from_json(text) for text in found["profile"]]


def written(path: str) -> dict[str, pa.DataType]:
    """The types of the columns that Arrow wrote into a Parquet file, the first of a pattern or folder: Parquet has no
    durations, and an engine sees whole numbers. None where the file isn't a local one."""
    place = Path(path)
    files = sorted(place.rglob("*.parquet") if place.is_dir() else
                   Path(place.anchor).glob(str(place.relative_to(place.anchor))))
    return {field.name: field.type for field in parquet.read_schema(files[0])} if files else {}


def profile_of(run: Run, types: Mapping[str, str], by_arrow: Mapping[str, pa.DataType], kept: int) -> Profile:
    """The profile of the table `source` of an engine, with these types of columns as the engine and Arrow call them."""
    kinds = {name: kind_of(name, of_engine, by_arrow.get(name)) for name, of_engine in types.items()}
    counts = ", ".join(f"COUNT({quoted(name)}) AS c{place}" for place, name in enumerate(kinds))
    rows, *known = map(int, run(f"SELECT COUNT(*) AS n, {counts} FROM source").iloc[0])
    if not rows:
        raise ValueError("the table has no rows, and nothing can be said of its columns")
    return Profile({name: column_of(run, name, kind, rows, here, kept)
                    for (name, kind), here in zip(kinds.items(), known, strict=True)}, rows)


def kind_of(name: str, of_engine: str, by_arrow: pa.DataType | None) -> str:
    """What a column of this type holds: of durations the unit; ValueError for a type that has no distribution."""
    if by_arrow is not None and pa.types.is_null(by_arrow):
        return "words"
    if by_arrow is not None and pa.types.is_duration(by_arrow):
        return by_arrow.unit
    plain = of_engine.upper().split("(")[0]
    for kind, beginnings in KINDS.items():
        if plain.startswith(beginnings) and not plain.endswith("]"):
            return kind
    raise ValueError(f"{name} holds {of_engine}, of which no profile is made: leave the column out")


def column_of(run: Run, name: str, kind: str, rows: int, known: int, kept: int) -> Column:
    """A column's distribution."""
    column = quoted(name)
    if kind == "moments":
        return Moments(known, rows - known)
    if kind == "numbers":
        return numbers_of(run, f"CAST({column} AS DOUBLE)", rows, kept)
    if kind in A_SECOND:
        return numbers_of(run, f"CAST({column} AS DOUBLE) / {A_SECOND[kind]}", rows, kept)
    if kind == "truth":
        column = f"CASE WHEN {column} THEN 'True' WHEN NOT {column} THEN 'False' END"
    return words_of(run, f"CAST({column} AS VARCHAR)", rows, known, kept)


def numbers_of(run: Run, number: str, rows: int, kept: int) -> Numbers:
    """The distribution of an expression of SQL, as `Numbers.kept` has it: of the values, ascending, those at which the
    rows up to a value pass another multiple of 1 / kept of all rows. NaN and infinite ones count as missing."""
    found = run(f"""
        WITH counted AS (
            SELECT v, CAST(COUNT(*) AS DOUBLE) AS n FROM (SELECT {number} AS v FROM source) AS every
            WHERE ABS(v) < CAST('Infinity' AS DOUBLE) GROUP BY v),
        summed AS (
            SELECT v, n, SUM(n) OVER (ORDER BY v) AS upto, SUM(n) OVER () AS known, COUNT(*) OVER () AS levels
            FROM counted)
        SELECT v, n, upto FROM summed
        WHERE levels <= {kept} OR upto = n OR FLOOR(upto * {kept} / known) > FLOOR((upto - n) * {kept} / known)
        ORDER BY v""")
    values, n, upto = (found[name].to_numpy(float) for name in ("v", "n", "upto"))
    below, upto = (upto - n).astype("int64"), upto.astype("int64")
    gap = float((below[1:] - upto[:-1]).max(initial=0))
    return Numbers(values, below, upto, rows - int(upto[-1] if len(upto) else 0), gap=gap)


def words_of(run: Run, text: str, rows: int, known: int, kept: int) -> Words:
    """The distribution of an expression of SQL, as `Words.kept` has it."""
    found = run(f"""
        WITH counted AS (
            SELECT w, COUNT(*) AS n FROM (SELECT {text} AS w FROM source) AS every WHERE w IS NOT NULL GROUP BY w)
        SELECT w, n, COUNT(*) OVER () AS levels FROM counted ORDER BY n DESC, w LIMIT {kept}""")
    counts = dict(zip(found["w"], map(int, found["n"]), strict=True))
    lengths = numbers_of(run, f"CAST(LENGTH({text}) AS DOUBLE)", rows, kept)
    return Words(counts, lengths._replace(missing=0), rows - known, known - sum(counts.values()),
                 int(found["levels"].max()) if len(found) else 0)


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


# What runs in the process beside the notebook's.


def main(job: str) -> None:
    """Makes the profiles of a job, into the folder `found`: a row for each, with what is wrong where there is none."""
    job = json.loads(job)
    with spark.session() as session, spark.trouble():
        sources = enumerate(job["sources"])
        found = [(place, *profile_or_wrong(session, source, job["kept"])) for place, source in sources]
        table = session.createDataFrame(found, "place INT, profile STRING, wrong STRING")
        table.coalesce(1).write.parquet(job["found"])


def profile_or_wrong(session: "spark.SparkSession", source: str, kept: int) -> tuple[str | None, str | None]:
    """The profile of a Parquet file as text, or what is wrong."""
    from sqlglot import transpile

    def run(sql: str) -> pd.DataFrame:
        found = session.sql(transpile(sql, read="duckdb", write="spark")[0])
        return pd.DataFrame(found.collect(), columns=found.columns)

    table = session.read.parquet(source)
    table.createOrReplaceTempView("source")
    try:
        return profile_of(run, dict(table.dtypes), written(source), kept).to_json(), None
    except ValueError as error:
        return None, f"{source}: {error}"


if __name__ == "__main__":
    main(sys.argv[1])
