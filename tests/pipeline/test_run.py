import json

import pandas as pd
import pytest

from dataml_lab.pipeline import RawZone, Warehouse, daily_revenue, load_file, pull, run
from dataml_lab.pipeline.clean import ORDER_TYPES
from dataml_lab.store import Store

DAYS = ["2025-03-01", "2025-03-02"]
TABLES = ("orders", "daily_revenue", "wide_orders", "quarantine")


def held(path):
    """What the warehouse holds, table by table, whatever the order of rows."""
    with Warehouse(path) as warehouse:
        frames = {table: warehouse.query(f"FROM {table}") for table in TABLES}
    return {table: sorted(map(repr, frame.values.tolist())) for table, frame in frames.items()}


@pytest.fixture
def zone(tmp_path, raw):
    zone = RawZone(tmp_path / "zone")
    changes = [{}, {"order_id": 18, "user_id": 99}, {"order_id": 19, "total": -5}, {}, {"order_id": 20}]
    lines = [json.dumps(raw(**some)) for some in changes] + ['{"order_id": 21, "us']
    zone.land("a.jsonl", [line.encode() + b"\n" for line in lines])
    return zone


def test_a_run_tells_what_became_of_every_line(zone, users, products, tmp_path):
    with Warehouse(tmp_path / "shop.duckdb") as warehouse:
        report = run(zone, warehouse, users, products, DAYS)
        counts = {table: len(warehouse.query(f"FROM {table}")) for table in TABLES}
    assert counts == {"orders": 3, "daily_revenue": 2, "wide_orders": 2, "quarantine": 3}
    assert (report.received, report.kept, report.orphans) == (6, 3, 1)
    assert report.quarantined == {"total: negative": 1, "order: repeated": 1, "line: not JSON": 1}
    assert repr(report).splitlines()[:3] == [
        "received             6",
        "kept                 3  (orphans among them: 1)",
        "quarantined          3",
    ]
    assert repr(report).endswith("published            2  days: 2025-03-01 to 2025-03-02")


def test_a_rerun_changes_nothing(zone, users, products, tmp_path):
    states = []
    for _ in range(2):
        with Warehouse(tmp_path / "shop.duckdb") as warehouse:
            run(zone, warehouse, users, products, DAYS)
        states.append(held(tmp_path / "shop.duckdb"))
    assert states[0] == states[1]


def test_a_late_order_corrects_its_day(zone, raw, users, products, tmp_path):
    with Warehouse(tmp_path / "shop.duckdb") as warehouse:
        run(zone, warehouse, users, products, DAYS)
        zone.land("b.jsonl", [json.dumps(raw(order_id=30, received_at="2025-03-05T00:00:00Z")).encode()])
        run(zone, warehouse, users, products, DAYS)
        revenue = warehouse.query("SELECT orders, revenue FROM daily_revenue ORDER BY day")
    assert revenue.values.tolist() == [[4, 170.0], [0, 0.0]]


def test_days_not_asked_for_are_left_as_they_are(zone, raw, users, products, tmp_path):
    with Warehouse(tmp_path / "shop.duckdb") as warehouse:
        run(zone, warehouse, users, products, DAYS)
        zone.land("b.jsonl", [json.dumps(raw(order_id=30, occurred_at="2025-03-02T00:00:00Z")).encode()])
        for days, orders in ((["2025-03-01"], 3), ([], 3), (["2025-03-02"], 4)):
            run(zone, warehouse, users, products, days)
            assert len(warehouse.query("FROM orders")) == orders


def test_a_file_landed_anew_takes_back_what_it_said(zone, raw, users, products, tmp_path):
    with Warehouse(tmp_path / "shop.duckdb") as warehouse:
        run(zone, warehouse, users, products, DAYS)
        zone.land("a.jsonl", [json.dumps(raw(occurred_at="2025-03-02T00:00:00Z")).encode()])
        run(zone, warehouse, users, products, DAYS)
        assert len(warehouse.query("FROM quarantine")) == 0
        assert warehouse.query("SELECT orders FROM daily_revenue ORDER BY day").values.tolist() == [[0], [1]]
        assert len(warehouse.query("FROM orders")) == len(warehouse.query("FROM wide_orders")) == 1


def test_an_empty_zone(users, products, tmp_path):
    with Warehouse(":memory:") as warehouse:
        report = run(RawZone(tmp_path / "zone"), warehouse, users, products, [])
    assert (report.received, report.quarantined) == (0, {})
    assert repr(report).endswith("published            0  days: none")


def test_a_crash_at_any_step_after_the_pull_is_healed_by_a_rerun(raw, users, products, tmp_path, fused, steps):
    source = tmp_path / "more.jsonl"
    source.write_text(json.dumps(raw()) + "\n{")

    def everything(folder):
        zone = RawZone(folder / "zone")
        load_file(source, zone)
        with Warehouse(folder / "shop.duckdb") as warehouse:
            run(zone, warehouse, users, products, DAYS)
            warehouse.export("orders", folder / "out")

    def state(folder):
        landed = {path.name: path.read_bytes() for path in (folder / "zone").iterdir()}
        exported = {path.name: pd.read_parquet(path).to_csv() for path in (folder / "out").iterdir()}
        return landed, exported, held(folder / "shop.duckdb")

    everything(tmp_path / "undisturbed")
    expected = state(tmp_path / "undisturbed")
    for n in steps:
        with fused(n) as fuse:
            everything(tmp_path / str(n))
        if not fuse.blew:
            break
        everything(tmp_path / str(n))
        assert state(tmp_path / str(n)) == expected, f"after a crash at step {n}"
    assert n > 10


# the Store, from end to end


def test_the_store_s_api_and_file_end_in_the_same_warehouse(tmp_path):
    store = Store(users=300, days=60)
    days = pd.date_range("2025-01-01", periods=60)
    export = store.raw("orders")
    quarantined = (export.plan["expected"] == "quarantine").sum()
    reports = []
    with store.serve(busy_every=4, fail_every=3, retry_after=0) as server:
        zone = RawZone(tmp_path / "api")
        assert pull(server.url, zone, limit=100).rows == len(export.lines)
        reports.append((zone, tmp_path / "api.duckdb"))
    zone = RawZone(tmp_path / "file")
    load_file(export.write(tmp_path / "orders.jsonl"), zone)
    reports.append((zone, tmp_path / "file.duckdb"))
    for zone, path in reports:
        with Warehouse(path) as warehouse:
            report = run(zone, warehouse, store.users, store.products, days)
            published = warehouse.query("FROM daily_revenue ORDER BY day")
            kept = warehouse.query("SELECT order_id FROM orders")["order_id"]
        assert (report.received, report.kept) == (len(export.lines), len(export.lines) - quarantined)
        assert report.orphans == 0
        assert len(kept) == report.kept
        true = store.orders.astype({"order_id": "str", "status": "str"}).query("order_id in @kept")
        pd.testing.assert_frame_equal(published, daily_revenue(true, days), check_exact=True)


def test_types_are_those_promised(zone, users, products, tmp_path):
    with Warehouse(tmp_path / "shop.duckdb") as warehouse:
        run(zone, warehouse, users, products, DAYS)
        types = warehouse.query("FROM orders").dtypes.astype(str)
    assert types[list(ORDER_TYPES)].to_dict() == ORDER_TYPES
