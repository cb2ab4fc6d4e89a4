"""Wrong: always a model.

lesson: 00_start_here
exercise: worth_it
deserves: 0
"""

def worth_it(brief):
    return "model"
