"""A stream where the worth halves within an hour, whatever it is and whatever that costs.

fails: settles the cases of the lesson; weighs how fast a result loses its worth; weighs what a fresh result is worth; weighs how many events there are; weighs how often history is computed again; weighs what a run costs; weighs what a day of streaming costs
"""

def choose(brief):
    return 0 if brief["half_life_s"] < 3600 else 3600 if brief["half_life_s"] < 86400 else 86400
