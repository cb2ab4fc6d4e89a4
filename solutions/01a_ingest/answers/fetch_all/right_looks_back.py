"""Always asks for page 1 from the newest time on, for more pages only in a tie, and looks back at its end."""
def fetch_all(api, state):
    """Stores every delivery once, in its newest version, whatever happened to earlier runs."""

    def ask(since, page):
        pause = 1
        while True:
            answer = api.get(since=since, page=page)
            if answer["status"] == 200:
                return answer["rows"]
            if answer["status"] == 429:
                api.wait(answer["retry_after"])
            else:
                api.wait(pause)
                pause = min(2 * pause, 60)

    since, page = state.load(), 1
    while True:
        rows = ask(since, page)
        if page > 1 and (not rows or rows[0]["updated_at"] != since):
            # The tie ended with the page before. If a row has left it meanwhile, others moved up there.
            back = page - 1
            before = ask(since, back)
            while back > 1 and (not before or before[0]["updated_at"] != since):
                back -= 1
                before = ask(since, back)
            if back < page - 1 or before and before[-1]["updated_at"] != since:
                rows, page = before, back
        if not rows:
            return
        state.write({row["delivery_id"]: row for row in rows})
        last = rows[-1]["updated_at"]
        if last == since:
            page += 1
        else:
            since, page = last, 1
            state.save(since)
