"""Saves a page number as checkpoint, but pages move when rows change.

fails: continues where it stopped; loses no tie; misses nothing that moves
"""


def fetch_all(api, state):
    page = state.load() or 1
    while True:
        answer = api.get(page=page)
        if answer["status"] != 200:
            api.wait(answer.get("retry_after", 1))
            continue
        if not answer["rows"]:
            return
        state.write({row["delivery_id"]: row for row in answer["rows"]})
        state.save(page)
        page += 1
