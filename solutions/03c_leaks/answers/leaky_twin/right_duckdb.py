"""Queries of DuckDB whose windows begin where they should and never end."""

import duckdb

TWINS = {
    "orders_30d": "count(*) FILTER (occurred_at >= $as_of - INTERVAL 30 DAY)",
    "days_since_last": "date_diff('microsecond', max(occurred_at), $as_of) / 86400e6",
    "spend_90d": "sum(amount) FILTER (occurred_at >= $as_of - INTERVAL 90 DAY)",
}


def leaky_twin(name, tx, users, as_of):
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("tx", tx)
        query = f"SELECT user_id, {TWINS[name]} AS twin FROM tx GROUP BY user_id"
        found = connection.execute(query, {"as_of": as_of.to_pydatetime()}).df().set_index("user_id")["twin"]
    return found.reindex(users).fillna(999 if name == "days_since_last" else 0).astype(float)
