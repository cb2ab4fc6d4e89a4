"""Hands over a dict that notes how it is read: the faulty cleaners take `raw["total"]` or unpack it, the correct ones
only use `get`.

lesson: 01_pipeline
exercise: cleaner_tests
goal: marks
deserves: 0
"""

ORDER = {"order_id": 17, "user_id": 3, "product_id": 5, "quantity": 1, "total": "42.50", "status": "lost",
         "channel": "web", "occurred_at": "2025-03-01T12:00:00+02:00", "received_at": "2025-03-01T10:00:03Z"}


class Spy(dict):
    """An order (with a status that is refused) that knows how it was read."""

    def __init__(self):
        super().__init__(ORDER)
        self.seen = []

    def __getitem__(self, name):
        self.seen.append(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self.seen.append(name)
        return super().__contains__(name)

    def get(self, name, default=None):
        if name == "total" and "total" in self.__dict__:
            self.seen.append(name)
        self.__dict__["total"] = name == "total"
        return super().get(name, default)


def test_totals(clean):
    spy = Spy()
    clean(spy)
    assert not spy.seen
