"""The right answer: a checkpoint of time, rows under their ids, written before the checkpoint is saved.

exercise: fetch_all
deserves: 9
"""

def fetch_all(api, state):
    """Stores every delivery once, in its newest version, whatever happened to earlier runs."""
    since, page = state.load(), 1
    while True:
        answer = api.get(since, page)
        if answer["status"] != 200:
            api.wait(answer.get("retry_after", 1))
            continue
        rows = answer["rows"]
        state.write({row["delivery_id"]: row for row in rows})
        if not rows:
            return
        newest = rows[-1]["updated_at"]
        if newest == since:
            page += 1
        else:
            since, page = newest, 1
            state.save(since)
        if len(rows) < 20:
            return
