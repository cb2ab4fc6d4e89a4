"""The package's Reply, BadInput and Late, and a class that stands before the shop's cache."""

from numpy import isfinite

from dataml_lab.serving.fallback import BadInput, Late, Reply


class Kept:
    """The package's Cache on the shop's cache."""

    def __init__(self, cache, clock):
        self.cache, self.clock = cache, clock

    def put(self, key, reply):
        try:
            self.cache.put(key, (self.clock.now(), reply.value, reply.version))
        except ConnectionError:
            return

    def get(self, key, version):
        try:
            found = self.cache.get(key)
        except ConnectionError:
            return None
        if not found:
            return None
        at, minutes, of = found
        age = self.clock.now() - at
        return (minutes, age) if of == version and age <= 600 else None


def question(row, version, model, clock, end):
    broken = 0
    while broken < 3:
        try:
            reply = Reply(*model.ask(row, max(end - clock.now(), 0)).values())
        except TimeoutError as error:
            raise Late from error
        except ConnectionError:
            broken += 1
        except ValueError as error:
            raise BadInput(str(error)) from error
        else:
            if reply.version == version and reply.value is not None and isfinite(reply.value) and reply.value > 0:
                return reply
            raise Late("no answer of it")
    raise Late("broken")


def predict_with_fallback(row, version, model, cache, clock):
    key = "|".join(str(row[name]) for name in ("zone", "distance_m", "weather"))
    kept = Kept(cache, clock)
    try:
        reply = question(row, version, model, clock, clock.now() + 0.5)
    except BadInput:
        return dict(minutes=None, source="refused")
    except Late:
        found = kept.get(key, version)
        return dict(minutes=found[0], source="cache", age=found[1]) if found else dict(minutes=60, source="default")
    kept.put(key, reply)
    return dict(minutes=reply.value, source="model", age=0)
