"""Waits five seconds after any refusal, whatever retry_after says.

fails: waits and tries again
says: too soon
"""


def fetch_all(api, state):
    since, page = state.load(), 1
    while True:
        response = api.get(since=since, page=page)
        if response["status"] != 200:
            api.wait(5)
            continue
        rows = response["rows"]
        if not rows:
            return
        state.write({row["delivery_id"]: row for row in rows})
        newest = rows[-1]["updated_at"]
        state.save(newest)
        since, page = newest, page + 1 if newest == since else 1
