"""The choices are rows of an sqlite3 table, and ORDER BY finds the cheapest."""

import math
import sqlite3


def choose(brief):
    db = sqlite3.connect(":memory:")
    db.create_function("kept", 1, lambda x: 1.0 if x == 0 else (1 - math.exp(-x)) / x)
    q = """with c(s) as (values (60), (300), (900), (3600), (21600), (86400), (604800)),
           b(s, eur) as (
             select s, :run_cost * 86400.0 / s + :events_per_day * 0.000002 + :reruns_per_day * 2.0
                       + :events_per_day * :worth * (1 - kept(:ln2 * s / :half_life_s)) from c
             union all
             select 0, :stream_day + :events_per_day * 0.00002 + :reruns_per_day * 40.0
                       + :events_per_day * :worth * :stream_lost)
           select s from b order by eur limit 1"""
    got = db.execute(q, dict(brief, ln2=math.log(2), stream_lost=1 - 2 ** (-2 / brief["half_life_s"]))).fetchone()[0]
    db.close()
    return got
