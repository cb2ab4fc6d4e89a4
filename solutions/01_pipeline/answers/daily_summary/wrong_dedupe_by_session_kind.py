"""Primary key on session, kind and time instead of the event id.

fails: counts each event once
"""

import sqlite3
from datetime import date, datetime, timedelta, UTC

import pandas as pd

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
US = timedelta(microseconds=1)
DAY_US = 86_400_000_000

QUERY = """
WITH seen AS (SELECT * FROM events WHERE at < :end),
users AS (SELECT DISTINCT user_id FROM seen),
purchases AS (
    SELECT user_id, COUNT(*) AS n FROM seen
    WHERE kind = 'purchase' AND at >= :end - 30 * :day
    GROUP BY user_id),
sessions AS (
    SELECT user_id, session_id, MIN(at) AS began, MAX(at) AS ended FROM seen
    GROUP BY user_id, session_id),
averages AS (
    SELECT user_id, AVG((ended - began) / 1e6) AS seconds FROM sessions
    WHERE began >= :end - 7 * :day
    GROUP BY user_id),
logins AS (
    SELECT user_id, :end / :day - 1 - MAX(at) / :day AS ago FROM seen
    WHERE kind = 'login'
    GROUP BY user_id)
SELECT u.user_id, COALESCE(p.n, 0) AS total_purchases_30d,
       a.seconds AS avg_session_duration_7d, l.ago AS last_login_days_ago
FROM users u
LEFT JOIN purchases p ON p.user_id = u.user_id
LEFT JOIN averages a ON a.user_id = u.user_id
LEFT JOIN logins l ON l.user_id = u.user_id
"""


def us(t):
    return (t - EPOCH) // US


class Pipeline:
    def __init__(self):
        self.db = sqlite3.connect(":memory:")
        self.db.execute(
            "CREATE TABLE events (event_id, session_id, user_id, kind TEXT, at INTEGER, received INTEGER, PRIMARY KEY (session_id, kind, at))")

    def ingest(self, batch):
        rows = [(e["event_id"], e["session_id"], e["user_id"], e["kind"], us(e["occurred_at"]), us(e["received_at"]))
                for e in batch]
        with self.db:
            self.db.executemany("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)

    def summary(self, day):
        end = (day + timedelta(days=1) - date(1970, 1, 1)).days * DAY_US
        return pd.read_sql_query(QUERY, self.db, params={"end": end, "day": DAY_US})
