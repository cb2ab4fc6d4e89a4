"""Stores rows under their position on the page.

fails: loses no tie; misses nothing that moves; survives a crash
"""


def fetch_all(api, state):
    since, page = state.load(), 1
    while True:
        answer = api.get(since=since, page=page)
        if answer["status"] != 200:
            api.wait(answer.get("retry_after", 1))
            continue
        rows = answer["rows"]
        if not rows:
            return
        state.write(dict(enumerate(rows, start=20 * (page - 1))))
        state.save(rows[-1]["updated_at"])
        page += 1
