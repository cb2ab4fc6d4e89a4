"""Keeps the checkpoint in a global variable, which a crashed process loses.

points: 0
"""

CHECKPOINT = {}


def fetch_all(api, state):
    since, page = CHECKPOINT.get("since"), 1
    while True:
        answer = api.get(since=since, page=page)
        if answer["status"] != 200:
            api.wait(answer.get("retry_after", 1))
            continue
        rows = answer["rows"]
        if not rows:
            return
        state.write({row["delivery_id"]: row for row in rows})
        CHECKPOINT["since"] = rows[-1]["updated_at"]
        page += 1
