"""Small functions: the version is part of a key in JSON, an answer's age counts from the beginning of its call."""

import json
import math
from contextlib import suppress


def predict_with_fallback(row, version, model, cache, clock):
    began = clock.now()
    fields = {name: value for name, value in sorted(row.items()) if name != "order_id"}
    key = json.dumps([version, fields])
    try:
        minutes = asked(row, version, model, clock, began + 0.5)
    except ValueError as error:
        return {"minutes": None, "source": "refused", "why": str(error), "age": None}
    if minutes is not None:
        with suppress(ConnectionError):
            cache.put(key, [minutes, began])
        return {"minutes": minutes, "source": "model", "age": 0.0}
    with suppress(ConnectionError):
        minutes, at = cache.get(key) or (None, -math.inf)
        if began - at <= 600:
            return {"minutes": minutes, "source": "cache", "age": began - at}
    return {"minutes": 60.0, "source": "default", "age": None}


def asked(row, version, model, clock, end, tries=3):
    """The minutes that the expected version gives until the end; None if it gives none."""
    if not tries:
        return None
    try:
        reply = model.ask(row, end - clock.now())
    except TimeoutError:
        return None
    except ConnectionError:
        return asked(row, version, model, clock, end, tries - 1)
    good = type(reply["minutes"]) is float and 0 < reply["minutes"] < math.inf and reply["version"] == version
    return reply["minutes"] if good else None
