"""Flink: the question of a stream in Flink SQL, on an engine made for many machines.

The lesson doesn't need it: it wants Java 17 and a Python environment of its own (0.85 GB). It runs there in a process
that ends with the notebook. A stream is here a file of JSON lines, which Flink reads from beginning to end.
"""

import json
from pathlib import Path

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_float_dtype, is_integer_dtype

from dataml_lab.store.elsewhere import Elsewhere
from dataml_lab.store.java import java_version, missing_java
from dataml_lab.store.program import finished, workplace
from dataml_lab.streaming import flink_process
from dataml_lab.streaming.batch import text
from dataml_lab.streaming.spark import fields, tidy
from dataml_lab.streaming.windows import Question, Tumbling, micros

FLINK = Elsewhere("Flink", "apache-flink", "0.85 GB")
PATIENCE = 300  # seconds that an answer may take
LONGEST_DAYS = 999  # of a span, as Flink can write it


class FlinkError(RuntimeError):
    """Flink is missing or has failed: what is said where, and what to do about it."""


def missing() -> str:
    """What Flink lacks on this machine and how to get it, or nothing: then it can run."""
    return FLINK.missing() or missing_java("Flink")


def version() -> str:
    """Which Flink there is, and on which Java."""
    return f"{FLINK.version()} on Java {java_version()}"


def on_flink(question: Question, events: pd.DataFrame, lateness: float, patience: float = PATIENCE) -> pd.DataFrame:
    """The answer for clean events in the order of the frame, by start, then key; times count to the millisecond.

    Columns: the key under its own name, start, end (datetime64[us, UTC]), events (int64), total (EUR float64). The
    watermark is the latest moment so far minus `lateness` seconds. An event counts unless the watermark had reached
    the end of its window: Flink drops what is too late for its window, not all that is behind the watermark. At the
    end of the file every window closes.

    ValueError for windows that aren't tumbling. FlinkError where Flink is missing, fails, or takes longer than
    `patience` seconds.
    """
    if not isinstance(question.windows, Tumbling):
        raise ValueError(f"on_flink({question.windows}): tumbling windows are needed")
    if lacking := missing():
        raise FlinkError(lacking)
    with workplace() as work:
        write(events[fields(question)], work / "events.jsonl")
        job = work / "job.json"
        job.write_text(json.dumps(statements(question, types(events), lateness, work)), "utf-8")
        command = [str(FLINK.python()), "-I", flink_process.__file__, str(job)]
        with finished("Flink", command, work, patience, FlinkError):
            return read(work / "windows", question, events)


def write(events: pd.DataFrame, path: Path) -> None:
    """Writes the events as lines of JSON, their times as Flink reads them."""
    events.to_json(path, orient="records", lines=True, date_format="iso", date_unit="ms")


def types(events: pd.DataFrame) -> dict[str, str]:
    """The type of each column, as SQL names it."""
    kinds = {"TIMESTAMP_LTZ(3)": is_datetime64_any_dtype, "DOUBLE": is_float_dtype, "BIGINT": is_integer_dtype}
    return {name: next((sql for sql, fits in kinds.items() if fits(events[name].dtype)), "STRING") for name in events}


def statements(question: Question, types: dict[str, str], lateness: float, folder: Path) -> list[str]:
    """The SQL that reads the events of a folder, and writes their windows there."""
    return [events_sql(question, types, lateness, folder), windows_sql(question, types, folder), answer_sql(question)]


def events_sql(question: Question, types: dict[str, str], lateness: float, folder: Path) -> str:
    """The SQL that says what the events are, and how far they may be behind."""
    # Flink's watermark says that nothing up to it will come, ours that nothing before it will: one tick less.
    return f"""\
CREATE TABLE events (
    {", ".join(f"`{name}` {types[name]}" for name in fields(question))},
    WATERMARK FOR `{question.time}` AS `{question.time}` - {span(lateness)} - INTERVAL '0.001' SECOND
) WITH (
    'connector' = 'filesystem', 'path' = '{folder}/events.jsonl',
    'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'
)"""


def windows_sql(question: Question, types: dict[str, str], folder: Path) -> str:
    """The SQL that says where the answer goes."""
    key = f"`{question.key}` {types[question.key]}, " if question.key else ""
    total = ", cents BIGINT" if question.value else ""
    return f"""\
CREATE TABLE windows (
    {key}`start` TIMESTAMP(3), `end` TIMESTAMP(3), events BIGINT{total}
) WITH ('connector' = 'filesystem', 'path' = '{folder}/windows', 'format' = 'json')"""


def answer_sql(question: Question) -> str:
    """The SQL of the answer: each event once in its window, by its identity, then what each window holds."""
    key = f"`{question.key}`, " if question.key else ""
    # Money is added in whole cents: the sum is the same in any order of the rows.
    cents = f", SUM(CAST(ROUND(`{question.value}` * 100) AS BIGINT))" if question.value else ""
    only = f" AND `{question.where[0]}` = {text(question.where[1])}" if question.where else ""
    return f"""\
INSERT INTO windows
SELECT {key}window_start, window_end, COUNT(*){cents}
FROM (
    SELECT *, ROW_NUMBER() OVER (
        PARTITION BY window_start, window_end, `{question.identity}` ORDER BY `{question.time}`
    ) AS number
    FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(`{question.time}`), {span(question.windows.size)}))
)
WHERE number = 1{only}
GROUP BY {key}window_start, window_end"""


def span(seconds: float) -> str:
    """So many seconds, to the millisecond, as SQL writes them. ValueError for more days than that takes.

    >>> span(86_400.25)
    "INTERVAL '1 00:00:00.250' DAY(3) TO SECOND(3)"
    """
    whole, thousandths = divmod(micros(seconds) // 1_000, 1_000)
    days, rest = divmod(whole, 86_400)
    if days > LONGEST_DAYS:
        raise ValueError(f"{seconds:,} s: Flink takes spans of up to {LONGEST_DAYS} days")
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}.{thousandths:03}"
    return f"INTERVAL '{days} {clock}' DAY(3) TO SECOND(3)"


def read(folder: Path, question: Question, events: pd.DataFrame) -> pd.DataFrame:
    """The windows that Flink has written."""
    rows = [json.loads(row) for file in folder.glob("part-*") for row in file.read_text("utf-8").splitlines()]
    names = [*([question.key] if question.key else []), "start", "end", "events"]
    found = pd.DataFrame(rows, columns=[*names, *(["cents"] if question.value else [])])
    times = {name: pd.to_datetime(found[name], utc=True).astype("datetime64[us, UTC]") for name in ("start", "end")}
    keys = {question.key: found[question.key].astype(events[question.key].dtype)} if question.key else {}
    total = {"total": found.pop("cents") / 100} if question.value else {}
    return tidy(found.assign(**times, **keys, **total), question)
