"""No calculus; the mean over the wait is taken over 2000 midpoints (slow and obvious)."""

def kept_after(wait, half_life):
    return 0.5 ** (wait / half_life)


def mean_kept(s, half_life, n=2000):
    return sum(kept_after((i + 0.5) * s / n, half_life) for i in range(n)) / n


def choose(brief):
    events = brief["events_per_day"]
    best, cheapest = 0, None
    for s in [0, 60, 300, 900, 3600, 21600, 86400, 604800]:
        if s == 0:
            cost = brief["stream_day"] + 0.00002 * events + 40 * brief["reruns_per_day"]
            lost = 1 - kept_after(2, brief["half_life_s"])
        else:
            cost = brief["run_cost"] * (86400 / s) + 0.000002 * events + 2 * brief["reruns_per_day"]
            lost = 1 - mean_kept(s, brief["half_life_s"])
        cost += events * brief["worth"] * lost
        if cheapest is None or cost < cheapest:
            best, cheapest = s, cost
    return best
