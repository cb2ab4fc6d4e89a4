"""Hands the judge's cleaner cyclic, deep and lying records, dicts whose `clear` and `update` do something else, and
itself.

exercise: cleaner_tests
goal: batch
deserves: 0
"""

class Sticky(dict):
    """A record that can't be put back as it was."""

    def clear(self):
        raise SystemExit("no")

    def update(self, *arguments, **named):
        raise KeyboardInterrupt

    def __iter__(self):
        while True:
            yield "total"

    def keys(self):
        return iter(self)


def test_totals(clean):
    cyclic = {"total": []}
    cyclic["total"].append(cyclic)
    deep = {}
    for _ in range(50_000):
        deep = {"total": deep}
    for raw in (cyclic, deep, Sticky(total=1), {"total": clean}, {"order_id": 10**5_000}, {"order_id": "\ud800"},
                {"occurred_at": "2025-03-01T12:00:00+02:00" * 1_000_000}, {clean: clean}, clean, None, ...,
                {"quantity": float("nan")}, {"total": 1j}, {"total": True}, {(): {frozenset(): b"\0"}}):
        try:
            clean(raw)
        except BaseException:
            continue
