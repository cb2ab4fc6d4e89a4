"""Saves the checkpoint before the rows are written: a crash in between loses a page.

fails: survives a crash
says: the checkpoint was saved before
"""


def fetch_all(api, state):
    since, page = state.load(), 1
    while True:
        response = api.get(since=since, page=page)
        if response["status"] != 200:
            api.wait(response.get("retry_after", 1))
            continue
        rows = response["rows"]
        if not rows:
            return
        newest = rows[-1]["updated_at"]
        state.save(newest)
        state.write({row["delivery_id"]: row for row in rows})
        since, page = newest, page + 1 if newest == since else 1
