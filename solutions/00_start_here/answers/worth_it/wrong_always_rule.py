"""Takes a rule whatever the brief says, even where none is known.

fails: weighs what a mistake costs; expects little of a model with few labels; asks how many cases there are; asks how good rule and model are; weighs what rule and model cost; does nothing where nothing pays; copes where no rule is known
says: no rule to choose
"""

def worth_it(brief):
    return "rule"
