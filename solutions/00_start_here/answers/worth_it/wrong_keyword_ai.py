"""Goes by the words of the request.

fails: weighs what a mistake costs; expects little of a model with few labels; asks how many cases there are; asks how good rule and model are; weighs what rule and model cost; does nothing where nothing pays; copes where no rule is known
"""

def worth_it(brief):
    return "model" if "AI" in brief["what"] or "real-time" in brief["what"] else "rule"
