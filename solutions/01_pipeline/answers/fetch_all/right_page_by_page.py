"""Writes each page under the ids of its rows, then saves the updated_at of its last row."""


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
        state.save(rows[-1]["updated_at"])
        page += 1
