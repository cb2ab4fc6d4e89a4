"""Moves `since` on after every page; pages only inside a tie longer than a page."""


def fetch_all(api, state):
    since, page = state.load(), 1
    while rows := _get(api, since, page):
        state.write({r["delivery_id"]: r for r in rows})
        last = rows[-1]["updated_at"]
        if last == since:
            page += 1
        else:
            since, page = last, 1
            state.save(since)


def _get(api, since, page):
    delay = 1
    while True:
        a = api.get(since, page)
        if a["status"] == 200:
            return a["rows"]
        api.wait(a.get("retry_after", delay))
        delay = min(delay * 2, 60)
