"""The patterns are rows of an sqlite3 table, and ORDER BY finds the cheapest."""

import sqlite3

QUERY = """
with stored(pattern, runs, rows_scored) as (values ('batch', 1.0, :keys), ('precomputed', 96.0, :changes_per_day)),
     aged as (select *, (:fresh_s - rows_scored / runs / 1000.0) * runs / 86400.0 as fresh from stored),
     answered(pattern, paid, share) as (
         select pattern, runs * 0.2 + rows_scored / 100000.0,
                (1 - :unknown) * case when fresh > 1 then 1 when fresh < 0 then 0 else fresh end from aged
         union all
         select 'online', 12.0 * :instances, :answer_ms <= :allowed_ms)
select pattern from answered order by paid + (1 - share) * :requests_per_day * :worth limit 1
"""


def serving_pattern(scenario):
    busy = scenario["peak_per_s"] * scenario["answer_ms"] / 600
    values = {**scenario, "instances": max(2, -(-busy // 1))}
    with sqlite3.connect(":memory:") as db:
        return db.execute(QUERY, values).fetchone()[0]
