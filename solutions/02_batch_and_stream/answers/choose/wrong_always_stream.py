"""A stream, because it is the modern way.

fails: settles the cases of the lesson; weighs how fast a result loses its worth; weighs what a fresh result is worth; weighs how many events there are; weighs how often history is computed again; weighs what a run costs; weighs what a day of streaming costs
"""

def choose(brief):
    return 0
