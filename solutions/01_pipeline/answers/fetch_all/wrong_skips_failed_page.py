"""Goes on to the next page after a 500.

fails: waits and tries again; misses nothing that moves
"""


def fetch_all(api, state):
    since, page = state.load(), 1
    while True:
        answer = api.get(since=since, page=page)
        if answer["status"] == 429:
            api.wait(answer["retry_after"])
            continue
        if answer["status"] == 500:
            api.wait(1)
            page += 1
            continue
        rows = answer["rows"]
        if not rows:
            return
        state.write({row["delivery_id"]: row for row in rows})
        state.save(rows[-1]["updated_at"])
        page += 1
