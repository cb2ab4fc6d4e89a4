"""Goes by the number of cases alone.

fails: weighs what a mistake costs; expects little of a model with few labels; asks how many cases there are; asks how good rule and model are; weighs what rule and model cost; does nothing where nothing pays; copes where no rule is known
"""

def worth_it(brief):
    return "model" if brief["cases_per_year"] >= 6_000 else "rule"
