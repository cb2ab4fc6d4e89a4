"""Saves its checkpoint only when all is done: a crash on the last page costs all pages.

fails: continues where it stopped
says: after each page
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
            state.save(since)
            return
        state.write({row["delivery_id"]: row for row in rows})
        newest = rows[-1]["updated_at"]
        since, page = newest, page + 1 if newest == since else 1
