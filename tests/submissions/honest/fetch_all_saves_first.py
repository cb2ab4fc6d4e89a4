"""Partly right: saves the checkpoint before the rows are written, so that a crash between the two loses them.

exercise: fetch_all
deserves: 7
"""

def fetch_all(api, state):
    since, page = state.load(), 1
    while True:
        answer = api.get(since, page)
        if answer["status"] != 200:
            api.wait(answer.get("retry_after", 1))
            continue
        rows = answer["rows"]
        if not rows:
            return
        newest = rows[-1]["updated_at"]
        if newest == since:
            page += 1
        else:
            since, page = newest, 1
            state.save(since)
        state.write({row["delivery_id"]: row for row in rows})
        if len(rows) < 20:
            return
