"""Moves both `since` and the page at the end of its loop."""


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
        state.write({row["delivery_id"]: row for row in rows})
        newest = rows[-1]["updated_at"]
        state.save(newest)
        since, page = newest, page + 1 if newest == since else 1
