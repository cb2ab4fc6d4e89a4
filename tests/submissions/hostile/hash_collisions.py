"""Returns dicts and sets of a hundred thousand numbers that share one hash, so that whoever rebuilds them takes
minutes.

exercise: clean_payments
goal: limits
deserves: 0
"""

MERSENNE = (1 << 61) - 1


def clean(raw):
    return {number * MERSENNE: number for number in range(1, 50_000)}
