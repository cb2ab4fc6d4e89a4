"""dbt: the daily summary as a project of SQL with tests, as analysts keep theirs, on DuckDB or PostgreSQL.

The lesson doesn't need it: it wants libraries of its own, and so a Python environment of its own (0.2 GB). It runs
there in a process that starts with its first use, in some seconds, and ends with the notebook. `PROJECT` is the
project's folder, which dbt's own commands take as well.
"""

from datetime import date, datetime
from pathlib import Path

from psycopg.pq import Conninfo

from dataml_lab.pipeline import dbt_process
from dataml_lab.store.elsewhere import Elsewhere
from dataml_lab.store.sidecar import Sidecar

DBT = Elsewhere("dbt", "dbt-core", "0.2 GB")
missing, version = DBT.missing, DBT.version
PROJECT = Path(__file__).with_name("dbt_project")


class DbtError(RuntimeError):
    """dbt is missing, a model can't be made, or a test of one fails: which, and why."""


class Dbt:
    """The project on the table `orders` of a DuckDB file, or of a PostgreSQL database that a DSN names; used by `with`.

    Between builds a DuckDB file is free for others.
    """

    def __init__(self, target: str | Path) -> None:
        self.target, self._process = target, None

    def __repr__(self) -> str:
        return f"Dbt on {'DuckDB' if isinstance(self.target, Path) else 'PostgreSQL'}"

    def __enter__(self) -> "Dbt":
        return self

    def __exit__(self, *error: object) -> None:
        if self._process is not None:
            self._process.stop()

    def build(self, day: date, known_at: datetime | None = None, lookback_days: int = 4) -> dict[str, str]:
        """Brings the table `daily_summary` up to a day (see `summary_sql`), and runs its tests; how each went, by name.

        The first time it makes all days from the first order on; later the days that are missing, and so many days
        before them again. Only orders received before `known_at` count, or all. DbtError if anything fails.
        """
        known = {"known_at": known_at.isoformat()} if known_at else {}
        variables = {"day": f"{day:%Y-%m-%d}", "lookback_days": lookback_days, **known}
        name, settings = target(self.target)
        try:
            return self._running().ask("build", target=name, settings=settings, variables=variables)
        except RuntimeError as error:
            raise DbtError(f"{self}: {error}") from error

    def _running(self) -> Sidecar:
        """The process, which is started if need be."""
        if self._process is None or not self._process.alive:
            if lacking := missing():
                raise DbtError(lacking)
            self._process = DBT.start(dbt_process.__file__, project=str(PROJECT))
        return self._process


def target(place: str | Path) -> tuple[str, dict[str, str]]:
    """What the project's profile calls a place, and the variables of the environment that say where it is.

    >>> target("postgresql://ada@db.example:5433/shop")
    ('postgres', {'PGUSER': 'ada', 'PGDATABASE': 'shop', 'PGHOST': 'db.example', 'PGPORT': '5433'})
    """
    if isinstance(place, Path):
        return "duckdb", {"SHOP_DUCKDB": str(place)}
    options = [option for option in Conninfo.parse(place.encode()) if option.val and option.envvar]
    return "postgres", {option.envvar.decode(): option.val.decode() for option in options}
