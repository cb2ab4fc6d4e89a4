"""Slow and obvious references for lesson 02: what an answer is compared with when it is graded."""

from datetime import timedelta


def spending(orders):
    """For each order, in the order in which they are received, what has to be told when it has been taken: a set of
    (user_id, start, total); and the same for the end of the stream."""
    told, answers = set(), []
    for number in [*range(1, len(orders) + 1), None]:
        known = orders[:number]
        newest = max((order["occurred_at"] for order in known), default=None)
        found = {}
        for place, order in enumerate(known):
            before = max(earlier["occurred_at"] for earlier in known[:place + 1])
            if before - order["occurred_at"] > timedelta(minutes=2) or order["status"] != "completed":
                continue
            moment = order["occurred_at"]
            start = moment - timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
            if number is None or newest >= start + timedelta(minutes=7):
                found.setdefault((order["user_id"], start), []).append(order["total"])
        answers.append({(*window, round(sum(totals), 2)) for window, totals in found.items() if window not in told})
        told |= set(found)
    return answers


ORACLES = {"spending": spending}
