"""Does its work, and lets fifty threads go on calling the handles while it works, after it has returned, and in later
calls.

exercise: fetch_all
goal: batch
deserves: ?
"""

import threading
import time


def meddle(api, state, until):
    """Calls without end, bounded to three minutes."""
    while time.monotonic() < until:
        for call in (state.load, lambda: api.wait(0), lambda: api.get("9999"), lambda: state.write({})):
            try:
                call()
            except BaseException:
                time.sleep(0.01)


def fetch_all(api, state):
    right(api, state)
    for _ in range(2):
        threading.Thread(target=meddle, args=(api, state, time.monotonic() + 180), daemon=True).start()


def right(api, state):
    """An honest answer."""
    since, page = state.load(), 1
    while True:
        answer = api.get(since, page)
        if answer["status"] != 200:
            api.wait(answer.get("retry_after", 1))
            continue
        rows = answer["rows"]
        state.write({row["delivery_id"]: row for row in rows})
        if len(rows) < 20:
            return
        newest = rows[-1]["updated_at"]
        since, page = (since, page + 1) if newest == since else (newest, 1)
        state.save(since)
