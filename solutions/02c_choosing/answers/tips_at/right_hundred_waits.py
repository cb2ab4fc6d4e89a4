"""Bisection with a mean over a hundred waits, the first of them 0: a little off where a result fades at once."""

EVERY = (60, 300, 900, 3600, 21600, 86400, 604800)


def bill(brief, every):
    """EUR a day."""
    waits = [every * number / 99 for number in range(100)] if every else [2]
    left = sum(0.5 ** (wait / brief["half_life_s"]) for wait in waits) / len(waits)
    event, history = (0.000002, 2) if every else (0.00002, 40)
    run = brief["run_cost"] * 86400 / every if every else brief["stream_day"]
    return run + history * brief["reruns_per_day"] + brief["events_per_day"] * (event + brief["worth"] * (1 - left))


def tips_at(brief, field):
    """Where the cheaper side changes."""
    def streams(value):
        changed = {**brief, field: value}
        return bill(changed, 0) < min(bill(changed, every) for every in EVERY)

    low, high = brief[field] / 100, brief[field] * 100
    first = streams(low)
    if first == streams(high):
        return None
    while high / low > 1.001:
        middle = (low * high) ** 0.5
        if streams(middle) == first:
            low = middle
        else:
            high = middle
    return middle
