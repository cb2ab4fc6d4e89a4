"""The mean kept over [0, s] is computed by halving: mean(s) = mean(s/2) (1 + 2^(-s/2h)) / 2."""

def mean_kept(s, h):
    if s < h * 1e-5:
        return 1 - 0.34657359 * s / h
    return mean_kept(s / 2, h) * (1 + 2.0 ** (-s / 2 / h)) / 2


def cheapest(brief, choices):
    first, *rest = choices
    mine = first, bill(brief, first)
    if not rest:
        return mine
    other = cheapest(brief, rest)
    return mine if mine[1] <= other[1] else other


def bill(b, s):
    value = b["events_per_day"] * b["worth"]
    if s == 0:
        return b["stream_day"] + b["events_per_day"] / 50_000 + 40 * b["reruns_per_day"] + value * (1 - 2.0 ** (-2 / b["half_life_s"]))
    return b["run_cost"] * 86400 / s + b["events_per_day"] / 500_000 + 2 * b["reruns_per_day"] + value * (1 - mean_kept(s, b["half_life_s"]))


def choose(brief):
    return cheapest(brief, [0, 60, 300, 900, 3600, 21600, 86400, 604800])[0]
