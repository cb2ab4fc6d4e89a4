"""A loop over three questions, each with the time that is left; one entry for each delivery, with its time and version."""

import math
from contextlib import suppress


def predict_with_fallback(row, version, model, cache, clock):
    began = clock.now()
    key = (row["zone"], row["distance_m"], row["weather"])
    for _ in range(3):
        left = began + 0.5 - clock.now()
        if left <= 0:
            break
        try:
            reply = model.ask(row, left)
        except ConnectionError:
            continue
        except TimeoutError:
            break
        except ValueError:
            return {"minutes": None, "source": "refused"}
        minutes = reply["minutes"]
        if reply["version"] != version or minutes is None or not math.isfinite(minutes) or minutes <= 0:
            break
        with suppress(ConnectionError):
            cache.put(key, {"minutes": minutes, "at": clock.now(), "version": version})
        return {"minutes": minutes, "source": "model"}
    try:
        kept = cache.get(key)
    except ConnectionError:
        kept = None
    if kept is not None and kept["version"] == version:
        age = clock.now() - kept["at"]
        if age <= 600:
            return {"minutes": kept["minutes"], "source": "cache", "age": age}
    return {"minutes": 60, "source": "default"}
