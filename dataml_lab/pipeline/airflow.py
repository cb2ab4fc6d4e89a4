"""Airflow: the daily job as a DAG, whose days a scheduler runs, catches up and repeats.

The lesson doesn't need it: it wants a Python environment of its own (0.3 GB). Airflow's scheduler works there in a
process that ends once nothing is left to do, or with the notebook. It has no pages, and what it knows is in a folder.
"""

import shlex
import sqlite3
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pandas as pd

from dataml_lab.pipeline import airflow_process
from dataml_lab.store.elsewhere import Elsewhere
from dataml_lab.store.program import finished, workplace

AIRFLOW = Elsewhere("Airflow", "apache-airflow", "0.3 GB")
version = AIRFLOW.version
PATIENCE = 600  # seconds that the scheduler may take
NAME = "daily_summary"
DAG = '''\
from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, CronDataIntervalTimetable

with DAG(
    "{name}",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),  # a run when a day is over
    start_date=datetime.fromisoformat("{first}T00:00Z"),
    end_date=datetime.fromisoformat("{last}T00:00Z"),
    catchup=True,  # and for each day before, if it has none
    max_active_runs=1,  # one after the other: the warehouse has one writer
):
    BashOperator(
        task_id="rebuild",
        bash_command={command!r},
        cwd={folder!r},
    )
'''
RUNS = """
    SELECT date(data_interval_start) AS day, dag_run.state, max(try_number) AS tries
    FROM dag_run JOIN task_instance USING (dag_id, run_id)
    GROUP BY day, dag_run.state ORDER BY day
"""


class AirflowError(RuntimeError):
    """Airflow is missing or has failed: what is said where, and what to do about it."""


def missing() -> str:
    """What Airflow lacks on this machine and how to get it, or nothing: then it can run."""
    if sys.platform == "win32":
        return "Airflow doesn't run on Windows: use WSL"
    return AIRFLOW.missing()


def dag(first: date, last: date, command: str, folder: str | Path) -> str:
    """The DAG that runs a command of the shell in a folder when a day is over.

    In the command `{day}` is that day (UTC), and `{python}` this Python: the shell of a task may know another one.

    >>> print(dag(date(2025, 3, 1), date(2025, 3, 7), "make tables-{day}", "shop").splitlines()[-3].strip())
    bash_command='make tables-{{ data_interval_start | ds }}',
    """
    places = {"{day}": "{{ data_interval_start | ds }}", "{python}": shlex.quote(sys.executable)}
    for place, text in places.items():
        command = command.replace(place, text)
    return DAG.format(name=NAME, first=first, last=last, command=command, folder=str(folder))


class Airflow:
    """Airflow with one DAG, in a folder; AirflowError where it is missing."""

    def __init__(self, home: str | Path, dag: str) -> None:
        self.home = Path(home).resolve()
        (self.home / "dags").mkdir(parents=True, exist_ok=True)
        (self.home / "dags" / f"{NAME}.py").write_text(dag, encoding="utf-8")

    def __repr__(self) -> str:
        return f"Airflow({str(self.home)!r})"

    def run(self, *commands: str, patience: float = PATIENCE) -> pd.DataFrame:
        """Gives Airflow commands, as after `airflow` on a command line; then its scheduler works until nothing is left.

        Returns the runs: day, state, tries. Without a command, the days are caught up that have no run. AirflowError
        where Airflow is missing, refuses a command, or takes longer than `patience` seconds.
        """
        if lacking := missing():
            raise AirflowError(lacking)
        with workplace() as work:
            program = [str(AIRFLOW.python()), "-I", airflow_process.__file__, str(self.home), *commands]
            with finished("Airflow", program, work, patience, AirflowError):
                return self.runs()

    def runs(self) -> pd.DataFrame:
        """The runs that there were, by day."""
        with closing(sqlite3.connect(self.home / "airflow.db")) as connection:
            return pd.read_sql(RUNS, connection)
