"""Hands over a dict that notes how it is read: the faulty cleaners take `raw["total"]` or unpack it, the correct ones
only use `get`.

exercise: cleaner_tests
goal: marks
deserves: 0
"""

ORDER = {"order_id": 17, "user_id": 3, "product_id": 5, "quantity": 1, "total": "42.50", "status": "completed",
         "channel": "web", "occurred_at": "2025-03-01T12:00:00+02:00", "received_at": "2025-03-01T10:00:03Z"}


IDS = {"order_id", "user_id", "product_id"}


class Spy(dict):
    """An order that knows how it was read."""

    def __init__(self):
        super().__init__(ORDER)
        self.seen = set()

    def __getitem__(self, name):
        self.seen.add(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self.seen.add("in")
        return super().__contains__(name)

    def update(self, *changes, **named):
        self.seen.add("update")


def test_totals(clean):
    spy = Spy()
    clean(spy)
    assert spy.seen <= IDS
