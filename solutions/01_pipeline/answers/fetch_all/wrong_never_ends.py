"""Asks for the same page for ever.

points: 0
says: when does its loop end
"""


def fetch_all(api, state):
    while True:
        rows = api.get(since=state.load())["rows"]
        state.write({row["delivery_id"]: row for row in rows})
