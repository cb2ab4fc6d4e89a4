"""Asks through a function that retries, and begins anew at the checkpoint after each page."""


def asked(api, since, page):
    while (response := api.get(since=since, page=page))["status"] != 200:
        api.wait(response.get("retry_after", 2))
    return response["rows"]


def fetch_all(api, state):
    page = 1
    while rows := asked(api, state.load(), page):
        for row in rows:
            state.write({("delivery", row["delivery_id"]): row})
        newest = max(row["updated_at"] for row in rows)
        page = page + 1 if newest == state.load() else 1
        if rows[-1]["updated_at"] == state.load() and len(rows) < 20:
            return
        state.save(newest)
