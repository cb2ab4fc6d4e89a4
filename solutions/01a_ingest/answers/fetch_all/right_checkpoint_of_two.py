"""Keeps time and page of the next request in its checkpoint, and stores row by row."""


def fetch_all(api, state):
    since, page = state.load() or (None, 1)
    while True:
        answer = api.get(since=since, page=page)
        if answer["status"] in (429, 500):
            api.wait(answer.get("retry_after", 1.5))
        elif answer["rows"]:
            last = answer["rows"][-1]["updated_at"]
            for row in answer["rows"]:
                state.write({f"delivery {row['delivery_id']}": row})
            since, page = (since, page + 1) if last == since else (last, 1)
            state.save((since, 1))
        else:
            return
