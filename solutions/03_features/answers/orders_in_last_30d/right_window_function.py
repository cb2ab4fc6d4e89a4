"""A window of DuckDB by range, which ends a microsecond before the row."""

import duckdb


def orders_in_last_30d(tx):
    rows = tx.assign(row=range(len(tx)), us=tx["occurred_at"].dt.as_unit("us").astype("int64")).drop(columns="occurred_at")
    connection = duckdb.connect()
    connection.register("rows", rows)
    counts = connection.sql("""
        select row, count(*) filter (where kind = 'order') over (
            partition by user_id order by us range between 2592000000000 preceding and 1 preceding) as n
        from rows order by row""").df()["n"]
    counts.index = tx.index
    return counts
