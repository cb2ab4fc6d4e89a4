"""A heuristic by half-life alone: a stream if it is short, else the longest interval below it.

fails: settles the cases of the lesson; weighs how fast a result loses its worth; weighs what a fresh result is worth; weighs how many events there are; weighs how often history is computed again; weighs what a run costs; weighs what a day of streaming costs
"""

def choose(brief):
    h = brief["half_life_s"]
    if h < 600:
        return 0
    return max((s for s in (60, 300, 900, 3600, 21600, 86400, 604800) if s <= h), default=0)
