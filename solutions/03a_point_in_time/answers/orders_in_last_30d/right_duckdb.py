"""A query of DuckDB with a subquery per row."""

import duckdb


def orders_in_last_30d(tx):
    rows = tx.reset_index(drop=True).assign(row=range(len(tx)), us=tx["occurred_at"].dt.as_unit("us").astype("int64").values)
    connection = duckdb.connect()
    connection.register("rows", rows[["row", "user_id", "kind", "us"]])
    counts = connection.sql("""
        select a.row, count(b.row) as n from rows a left join rows b
          on b.user_id = a.user_id and b.kind = 'order' and b.us < a.us and b.us >= a.us - 2592000000000
        group by a.row order by a.row""").df()["n"]
    return counts.set_axis(tx.index)
