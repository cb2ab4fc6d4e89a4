"""SQL in DuckDB, with the event id as key."""

import duckdb
import pandas as pd


class Pipeline:
    def __init__(self):
        self.db = duckdb.connect(config={"threads": 1})
        self.db.execute("SET TimeZone = 'UTC'")
        self.db.execute("CREATE TABLE events (event_id BIGINT PRIMARY KEY, session_id BIGINT, user_id BIGINT, "
                        "kind TEXT, occurred_at TIMESTAMPTZ)")

    def ingest(self, batch):
        if batch:
            self.db.register("batch", pd.DataFrame(batch))
            self.db.execute("INSERT OR IGNORE INTO events "
                            "SELECT event_id, session_id, user_id, kind, occurred_at FROM batch")

    def summary(self, day):
        return self.db.execute("""
            WITH known AS (FROM events WHERE occurred_at < $day::DATE + INTERVAL 1 DAY),
            sessions AS (SELECT user_id, min(occurred_at) AS started, epoch(max(occurred_at) - min(occurred_at)) AS lasted
                         FROM known GROUP BY user_id, session_id),
            week AS (SELECT user_id, avg(lasted) AS lasted FROM sessions
                     WHERE started >= $day::DATE - INTERVAL 6 DAY GROUP BY user_id)
            SELECT user_id,
                   count(*) FILTER (kind = 'purchase' AND occurred_at >= $day::DATE - INTERVAL 29 DAY)
                       AS total_purchases_30d,
                   any_value(week.lasted) AS avg_session_duration_7d,
                   $day::DATE - max(occurred_at::DATE) FILTER (kind = 'login') AS last_login_days_ago
            FROM known LEFT JOIN week USING (user_id) GROUP BY user_id""", {"day": day}).df()
