"""The summary in the dialects of warehouses: parsed back, each gives what the definition does."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from dataml_lab.pipeline import summary_sql
from dataml_lab.pipeline.dialects import WAREHOUSES, compiled, for_duckdb
from tests.pipeline.summaries import DAY, END, ZONES, oracle, orders


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        connection.execute("create table orders (user_id bigint, total decimal(10, 2), status text, "
                           "occurred_at timestamptz, received_at timestamptz)")
        yield connection


@settings(deadline=None, max_examples=30)
@given(world=st.lists(orders(), max_size=8), zone=st.sampled_from(ZONES), known_at=st.sampled_from([None, END]))
def test_parsed_back_each_gives_what_the_definition_does(connection, world, zone, known_at):
    connection.execute(f"DELETE FROM orders; SET TimeZone = '{zone}'")
    for order in world:
        connection.execute("INSERT INTO orders VALUES (?, ?::double / 100, ?, ?, ?)", order)
    for warehouse in WAREHOUSES:
        found = connection.execute(for_duckdb(compiled(summary_sql(DAY, known_at), warehouse), warehouse)).fetchall()
        assert found == oracle(world, DAY, known_at), warehouse


@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_what_a_warehouse_lacks_is_not_in_its_text(warehouse):
    tree = parse_one(compiled(summary_sql(DAY, END), warehouse), read=warehouse)
    assert not tree.find(exp.Filter) and not tree.find(exp.Sub)
