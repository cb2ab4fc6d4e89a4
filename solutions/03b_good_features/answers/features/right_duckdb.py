"""One query of DuckDB."""

import duckdb

QUERY = """
SELECT user_id,
       count(*) FILTER (occurred_at >= $as_of - INTERVAL 20 DAY) AS orders_20d,
       count(*) AS orders,
       date_diff('second', max(occurred_at), $as_of) / 86400 AS days_since_last,
       count(DISTINCT category) AS categories,
       arg_max(amount, occurred_at) AS newest_amount,
       median(amount) AS median_amount
FROM tx WHERE occurred_at < $as_of GROUP BY user_id
"""


def features(tx, users, as_of):
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("tx", tx)
        found = connection.execute(QUERY, {"as_of": as_of.to_pydatetime()}).df().set_index("user_id")
    return found.reindex(users).fillna({"days_since_last": 500}).fillna(0).astype(float)
