"""Airflow: its scheduler catches up days, runs a failed one again, and fills in others, as our own rebuild does."""

import os
from datetime import date
from functools import partial

import pandas as pd
import pytest

from dataml_lab.pipeline import Warehouse, airflow, rebuild
from dataml_lab.pipeline.__main__ import main
from dataml_lab.pipeline.airflow import Airflow, AirflowError, dag
from dataml_lab.store import Store, program
from tests.conftest import needs

needs_airflow = needs("airflow")
DAYS = [date(2025, 1, day) for day in (10, 11, 12)]
COMMAND = "test -e arrived/{day}.parquet && {python} -m dataml_lab.pipeline shop.duckdb {day}"
AGAIN = [
    "tasks clear daily_summary --only-failed --yes",
    "backfill create --dag-id daily_summary --from-date 2025-01-12 --to-date 2025-01-12 --reprocess-behavior completed",
]


@pytest.fixture
def shop(tmp_path):
    """A folder with a file of orders for each day of January, and a warehouse that reads what is there of them."""
    orders = Store(users=120, days=20, seed=4).orders
    (tmp_path / "arrived").mkdir()
    for day, rows in orders.groupby(orders["occurred_at"].dt.strftime("%Y-%m-%d")):
        rows.to_parquet(tmp_path / "arrived" / f"{day}.parquet", index=False)
    with Warehouse(tmp_path / "shop.duckdb") as warehouse:
        warehouse.connection.execute(f"CREATE VIEW orders AS FROM '{tmp_path}/arrived/*.parquet'")
    return tmp_path


def summaries(shop):
    with Warehouse(shop / "shop.duckdb") as warehouse:
        return warehouse.query("FROM daily_summary ORDER BY day, user_id")


def rebuilt(shop):
    """What our own way makes of these days, with the orders that are there now."""
    with Warehouse(shop / "shop.duckdb") as warehouse:
        rebuild(warehouse.connection, DAYS, table="ours")
        return warehouse.query("FROM ours ORDER BY day, user_id")


# With Airflow


@needs_airflow
def test_days_are_caught_up_a_failed_one_is_run_again_and_later_ones_are_filled_in(shop):
    day = shop / "arrived" / "2025-01-11.parquet"
    day.rename(shop / "late")
    scheduler = Airflow(shop / "airflow", dag(DAYS[0], DAYS[-1], COMMAND, shop))
    runs = scheduler.run()
    assert runs.to_dict("list") == {"day": [f"{day}" for day in DAYS], "state": ["success", "failed", "success"],
                                    "tries": [1, 1, 1]}  # fmt: skip
    assert set(summaries(shop)["day"]) == {DAYS[0], DAYS[2]}
    (shop / "late").rename(day)
    runs = scheduler.run(*AGAIN)
    assert runs["state"].tolist() == ["success"] * 3 and runs["tries"].tolist() == [1, 2, 2]
    pd.testing.assert_frame_equal(summaries(shop), rebuilt(shop))


@needs_airflow
def test_what_takes_too_long_is_stopped_with_all_that_it_started(shop, processes, monkeypatch):
    family, running = partial(processes.family, os.getpid()), []
    monkeypatch.setattr(program, "LOOK", 2.1)
    # Its time begins to count once the servers are there: on a busy machine that alone takes longer.
    monkeypatch.setattr(program, "show_progress", lambda name, seconds: processes.until(lambda: len(family()) >= 4))
    monkeypatch.setattr(program, "last_words", lambda log: running.extend(family()))
    with pytest.raises(AirflowError, match="Airflow took longer than 2 s and was stopped"):
        Airflow(shop / "airflow", dag(DAYS[0], DAYS[-1], "sleep 2", shop)).run(patience=2)
    assert len(running) >= 4  # the keeper, the program, both servers
    processes.until(lambda: all(map(processes.gone, running)))


@needs_airflow
def test_what_airflow_refuses_is_told_in_its_words(shop):
    with pytest.raises(AirflowError, match=r"(?s)Airflow ended without an answer.*nothing"):
        Airflow(shop / "airflow", dag(DAYS[0], DAYS[-1], "true", shop)).run("dags delete nothing --yes")


# Without it


def test_what_is_missing_is_said_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("DATAML_LAB_AIRFLOW", str(tmp_path / "python"))
    with pytest.raises(AirflowError, match="no Airflow: `make airflow` installs it"):
        Airflow(tmp_path, dag(DAYS[0], DAYS[-1], "true", tmp_path)).run()
    monkeypatch.setattr(airflow.sys, "platform", "win32")
    assert airflow.missing() == "Airflow doesn't run on Windows: use WSL"


def test_the_dag_is_python_whatever_its_command(tmp_path):
    compile(dag(DAYS[0], DAYS[-1], "echo \"it's {day}\" {x}", tmp_path), "dag.py", "exec")


def test_its_task_makes_the_days_that_it_is_told(shop, capsys):
    main([str(shop / "shop.duckdb"), *map(str, DAYS)])
    pd.testing.assert_frame_equal(summaries(shop), rebuilt(shop))
    assert capsys.readouterr().out == f"{len(rebuilt(shop)):,} rows written\n"
