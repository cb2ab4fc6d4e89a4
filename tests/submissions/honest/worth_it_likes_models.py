"""Wrong: always a model.

exercise: worth_it
deserves: 0
"""

def worth_it(brief):
    return "model"
