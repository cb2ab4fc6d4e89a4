"""Returns a text of 300 MB instead of a dict: the judge quotes a result that is neither a dict nor None as it is.

exercise: clean_payments
goal: limits
deserves: 0
"""

def clean(raw):
    return "\x1b[31m<b>" + "\u0000" * 300_000_000
