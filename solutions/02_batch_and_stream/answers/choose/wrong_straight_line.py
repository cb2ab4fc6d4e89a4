"""What is left falls in a straight line, to nothing after two half-lives.

fails: weighs how fast a result loses its worth
says: what an event loses on average
"""

EVERY = (60, 300, 900, 3600, 21600, 86400, 604800)


def bill(brief, s):
    n, worth, h = brief["events_per_day"], brief["worth"], brief["half_life_s"]
    if s == 0:
        kept = max(0, 1 - 1 / h)
        fixed, each, again = brief["stream_day"], 0.00002, 40.0
    else:
        kept = 1 - s / h / 4 if s < 2 * h else h / s
        fixed, each, again = brief["run_cost"] * 86400 / s, 0.000002, 2.0
    return fixed + each * n + again * brief["reruns_per_day"] + n * worth * (1 - kept)


def choose(brief):
    return min((0,) + EVERY, key=lambda s: bill(brief, s))
