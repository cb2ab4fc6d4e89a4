"""Skips rows with the very updated_at of the checkpoint it began with, as if it had seen them all.

fails: loses no tie; survives a crash
says: shares its updated_at
"""


def fetch_all(api, state):
    start = since = state.load()
    page = 1
    while True:
        response = api.get(since=since, page=page)
        if response["status"] != 200:
            api.wait(response.get("retry_after", 1))
            continue
        rows = response["rows"]
        if not rows:
            return
        state.write({row["delivery_id"]: row for row in rows if start is None or row["updated_at"] > start})
        newest = rows[-1]["updated_at"]
        state.save(newest)
        since, page = newest, page + 1 if newest == since else 1
