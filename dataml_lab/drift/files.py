"""Tables and profiles read from files; what can't be read is said in a sentence that names the file."""

from pathlib import Path

import pandas as pd
from pyarrow import ArrowInvalid

from dataml_lab.drift.compare import compare
from dataml_lab.drift.engines import profile_by_duckdb
from dataml_lab.drift.profile import Profile
from dataml_lab.drift.report import Report
from dataml_lab.drift.windows import Windows

LARGE = 500_000_000  # bytes of a Parquet file that isn't read into memory, but profiled where it is


class UnreadableError(Exception):
    """A file that can't be read, in words."""


def read(path: Path) -> pd.DataFrame | Profile:
    """The table in a CSV or Parquet file, or the profile in a JSON file, by the end of its name; the profile of a large
    Parquet file."""
    readers = {".csv": read_csv, ".parquet": read_parquet,
               ".json": lambda path: Profile.from_json(path.read_text("utf-8"))}
    if path.suffix.lower() not in readers:
        raise UnreadableError(f"{path}: the name ends in {path.suffix!r}, where .csv, .parquet or .json is expected")
    try:
        found = readers[path.suffix.lower()](path)
    except FileNotFoundError:
        raise UnreadableError(f"{path}: there is no such file") from None
    except pd.errors.EmptyDataError:
        raise UnreadableError(f"{path}: the file is empty") from None
    except (OSError, ValueError, ArrowInvalid) as error:
        raise UnreadableError(f"{path}: it can't be read: {' '.join(str(error).split())}") from error
    if isinstance(found, pd.DataFrame) and not len(found):
        raise UnreadableError(f"{path}: the file has no rows, only the names of {len(found.columns)} columns")
    return found


def read_csv(path: Path) -> pd.DataFrame:
    """A CSV file with a line of names; a column has one type, and is of text where any value is no number."""
    return pd.read_csv(path, low_memory=False, encoding="utf-8")


def read_parquet(path: Path) -> pd.DataFrame | Profile:
    """A Parquet file, or the profile of a large one."""
    return pd.read_parquet(path) if path.stat().st_size < LARGE else profile_by_duckdb(path)


def compared(reference: Path, current: Path, day: str | None = None, week: str | None = None,
             group: str | None = None) -> Report:
    """The report on two files, with windows of the reference by the column of one of the three, if any."""
    then, now = read(reference), read(current)
    windows = {Windows.by_day: day, Windows.by_week: week, Windows.by_group: group}
    try:
        for make, column in windows.items():
            if column is not None:
                return compare(make(as_table(reference, then), column), now)
        return compare(then, now)
    except ValueError as error:
        raise UnreadableError(f"{reference} and {current} can't be compared: {error}") from error


def as_table(path: Path, found: pd.DataFrame | Profile) -> pd.DataFrame:
    """A table, where a profile won't do."""
    if isinstance(found, Profile):
        large = f" of a file of {LARGE / 1e6:,.0f} MB or more" if path.suffix.lower() == ".parquet" else ""
        raise UnreadableError(f"{path}: a profile{large} has no rows to make windows of: give the table")
    return found


def kept(path: Path) -> str:
    """The profile of a file, as text."""
    found = read(path)
    return (found if isinstance(found, Profile) else Profile.of(found)).to_json()
