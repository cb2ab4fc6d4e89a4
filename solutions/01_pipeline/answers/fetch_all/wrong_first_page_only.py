"""Stores the first page and takes it for all.

points: 0
says: are not stored
"""


def fetch_all(api, state):
    rows = api.get(since=state.load())["rows"]
    if rows:
        state.write({row["delivery_id"]: row for row in rows})
        state.save(rows[-1]["updated_at"])
