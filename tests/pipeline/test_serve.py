import errno
import os
import subprocess
import sys

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.pipeline import ServeError, Warehouse

SALES = pd.DataFrame({"day": [1, 1, 2], "total": [10.0, 20.0, 30.0]})


def rows(warehouse, table="sales"):
    return sorted(warehouse.query(f'FROM "{table}"').itertuples(index=False, name=None))


def table(values):
    return pd.DataFrame(values, columns=["day", "total"], dtype="int64")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "shop.duckdb"


# publishing


def test_publishing_twice_changes_nothing(path):
    for _ in range(2):
        with Warehouse(path) as warehouse:
            warehouse.publish("sales", SALES, "day")
            assert rows(warehouse) == [(1, 10.0), (1, 20.0), (2, 30.0)]


def test_only_the_days_published_are_replaced(path):
    with Warehouse(path) as warehouse:
        warehouse.publish("sales", SALES, "day")
        warehouse.publish("sales", pd.DataFrame({"day": [1], "total": [5.0]}), "day")
        assert rows(warehouse) == [(1, 5.0), (2, 30.0)]


def test_a_day_that_has_become_empty_is_emptied_when_covered(path):
    with Warehouse(path) as warehouse:
        warehouse.publish("sales", SALES, "day")
        warehouse.publish("sales", SALES.head(0), "day")
        assert len(rows(warehouse)) == 3
        warehouse.publish("sales", SALES.head(0), "day", covers=[1])
        assert rows(warehouse) == [(2, 30.0)]


@settings(deadline=None, max_examples=15)
@given(st.lists(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 9)), max_size=6), max_size=5))
def test_after_any_publications_a_day_is_as_last_published(frames):
    expected = {}
    with Warehouse(":memory:") as warehouse:
        warehouse.publish("sales", table([]), "day")
        for frame in frames:
            expected |= {day: sorted(row for row in frame if row[0] == day) for day, _ in frame}
            for _ in range(2):
                warehouse.publish("sales", table(frame), "day")
        assert rows(warehouse) == sorted(row for day in expected.values() for row in day)


def test_columns_may_come_in_another_order(path):
    with Warehouse(path) as warehouse:
        warehouse.publish("sales", SALES, "day")
        warehouse.publish("sales", SALES[["total", "day"]], "day")
        assert rows(warehouse) == [(1, 10.0), (1, 20.0), (2, 30.0)]


@pytest.mark.parametrize("name", ["frame", "keys", 'a "quoted" name', "select"])
def test_any_name_is_a_table_name(name):
    with Warehouse(":memory:") as warehouse:
        for _ in range(2):
            warehouse.publish(name, SALES, "day")
        assert len(warehouse.query('FROM "' + name.replace('"', '""') + '"')) == 3


@pytest.mark.parametrize(
    ("frame", "differing"),
    [
        (SALES.assign(total=["a", "b", "c"]), "total"),
        (SALES.assign(currency="EUR"), "currency"),
        (SALES[["day"]], "total"),
        (SALES.astype({"day": "float64"}), "day"),
    ],
)
def test_other_columns_are_refused_and_the_table_stays(path, frame, differing):
    with Warehouse(path) as warehouse:
        warehouse.publish("sales", SALES, "day")
        with pytest.raises(ServeError, match=f"sales and the frame differ in {differing}:"):
            warehouse.publish("sales", frame, "day")
        assert len(rows(warehouse)) == 3


def test_a_row_without_a_key_is_refused(path):
    with Warehouse(path) as warehouse, pytest.raises(ServeError, match="a row's day is missing"):
        warehouse.publish("sales", SALES.assign(day=[1, None, 2]), "day")


def test_a_row_outside_of_what_is_covered_is_refused(path):
    with Warehouse(path) as warehouse, pytest.raises(ServeError, match="not covered"):
        warehouse.publish("sales", SALES, "day", covers=[1])


def test_values_come_back_as_they_went(path, monkeypatch):
    frame = pd.DataFrame(
        {
            "id": ["a", "b"],
            "at": pd.to_datetime(["2025-03-30T00:59:00Z", "2025-03-30T01:00:00Z"]).as_unit("us"),
            "day": pd.to_datetime(["2025-03-30", "2025-03-30"]).as_unit("us"),
            "total": [0.1, None],
            "kind": pd.Series(["x", None], dtype="category"),
        }
    )
    with Warehouse(path) as warehouse:
        warehouse.publish("t", frame, "day")
        back = warehouse.query("FROM t ORDER BY id")
    pd.testing.assert_frame_equal(back, frame.astype({"id": "str", "kind": "str"}))


def test_a_new_category_is_no_new_type(path):
    with Warehouse(path) as warehouse:
        for kind in ("x", "y"):
            warehouse.publish("t", pd.DataFrame({"k": [kind], "c": pd.Categorical([kind])}), "k")
        assert rows(warehouse, "t") == [("x", "x"), ("y", "y")]


# exporting


def test_readers_get_the_table_as_parquet(path, tmp_path):
    with Warehouse(path) as warehouse:
        warehouse.publish("sales", SALES, "day")
        file = warehouse.export("sales", tmp_path / "for readers")
    pd.testing.assert_frame_equal(pd.read_parquet(file), SALES)
    assert [p.name for p in file.parent.iterdir()] == ["sales.parquet"]


def test_a_missing_table_is_named(path, tmp_path):
    with Warehouse(path) as warehouse, pytest.raises(ServeError, match="nothing does not exist"):
        warehouse.export("nothing", tmp_path)


# failures


def test_a_crash_before_the_commit_leaves_the_old_rows(path, fused):
    with Warehouse(path) as warehouse:
        warehouse.publish("sales", SALES, "day")
    with fused(1) as fuse, Warehouse(path) as warehouse:
        warehouse.publish("sales", SALES.head(1), "day")
    assert fuse.blew
    with Warehouse(path) as warehouse:
        assert len(rows(warehouse)) == 3


def test_a_process_killed_before_the_commit_leaves_the_old_rows(path):
    code = f"""
import os, signal
import pandas as pd
from dataml_lab.pipeline import Warehouse
with Warehouse({str(path)!r}) as warehouse:
    warehouse.publish("sales", pd.DataFrame({{"day": [1, 2], "total": [1.0, 2.0]}}), "day")
    insert = warehouse._replace
    def killed(*args):
        insert(*args)
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    warehouse._replace = killed
    warehouse.publish("sales", pd.DataFrame({{"day": [1], "total": [9.0]}}), "day")
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode != 0
    with Warehouse(path) as warehouse:
        assert rows(warehouse) == [(1, 1.0), (2, 2.0)]


def test_a_file_held_by_another_process_is_named(path):
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ServeError, match=rf"held by .*PID {holder.pid}\): close it there") as caught:
            Warehouse(path).__enter__()
        assert str(path) in str(caught.value)
        holder.stdin.close()
    with Warehouse(path) as warehouse:
        warehouse.publish("sales", SALES, "day")


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EACCES, "permission denied"), (errno.EROFS, "read-only")],
)
def test_storage_that_fails_is_named_and_nothing_changes(path, tmp_path, fused, code, words):
    with Warehouse(path) as warehouse:
        warehouse.publish("sales", SALES, "day")
    full = duckdb.IOException(f"IO Error: Could not write file: {os.strerror(code)}")
    with (
        fused(1, full),
        Warehouse(path) as warehouse,
        pytest.raises(ServeError, match=rf"shop\.duckdb: .*{words}"),
    ):
        warehouse.publish("sales", SALES.head(1), "day")
    with (
        fused(1, OSError(code, os.strerror(code))),
        Warehouse(path) as warehouse,
        pytest.raises(ServeError, match=rf"sales\.parquet: .*{words}"),
    ):
        warehouse.export("sales", tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())
    with Warehouse(path) as warehouse:
        assert len(rows(warehouse)) == 3


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_refuses_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ServeError, match="permission denied"):
        Warehouse(tmp_path / "shop.duckdb").__enter__()


def test_a_publication_leaves_no_frame_behind():
    with Warehouse(":memory:") as warehouse:
        warehouse.publish("sales", pd.DataFrame({"day": [1], "total": [10]}), key="day")
        with pytest.raises(ServeError):
            warehouse.publish("sales", pd.DataFrame({"day": [1]}), key="day")
        for name in ("incoming_rows", "replaced_keys"):
            with pytest.raises(duckdb.CatalogException):
                warehouse.query(f"FROM {name}")
