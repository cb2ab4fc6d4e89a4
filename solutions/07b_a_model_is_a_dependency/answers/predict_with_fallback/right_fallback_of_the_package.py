"""The package's Fallback, for which questions, cache and deadline are made to fit: the limits of `model.ask` are enough."""

from contextlib import suppress

from numpy import isfinite

from dataml_lab.serving.fallback import BadInput, Breaker, Fallback, Reply


class Direct:
    """In place of the package's Deadline."""

    def call(self, function, *arguments):
        return function(*arguments)


class Kept:
    """In place of the package's Cache: the shop's cache, for one version."""

    def __init__(self, cache, clock, version):
        self.cache, self.clock, self.version = cache, clock, version

    def put(self, key, reply):
        with suppress(ConnectionError):
            self.cache.put(key, (self.clock.now(), *reply))

    def get(self, key):
        with suppress(ConnectionError):
            at, *reply = self.cache.get(key) or (float("-inf"), None, None)
            age = self.clock.now() - at
            if age <= 600 and reply[1] == self.version:
                return Reply(*reply), age
        return None


def predict_with_fallback(row, version, model, cache, clock):
    end = clock.now() + 0.5

    def ask(row, questions=3):
        try:
            return Reply(*model.ask(row, max(end - clock.now(), 0)).values())
        except ConnectionError:
            if questions == 1:
                raise
            return ask(row, questions - 1)
        except ValueError as error:
            raise BadInput(str(error)) from error

    def wrong(reply):
        good = reply.value is not None and isfinite(reply.value) and reply.value > 0 and reply.version == version
        return "" if good else "it is no answer"

    fallback = Fallback(ask, lambda row: 60, Direct(), Breaker(), Kept(cache, clock, version), wrong)
    try:
        answer = fallback("|".join(str(row[name]) for name in ("zone", "distance_m", "weather")), row)
    except BadInput:
        return {"minutes": None, "source": "refused"}
    return {"minutes": answer.value, "source": answer.source, "age": answer.age}
