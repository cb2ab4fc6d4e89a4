"""Takes what is right more often.

fails: weighs what a mistake costs; asks how many cases there are; weighs what rule and model cost; does nothing where nothing pays; copes where no rule is known
says: Each wrong decision costs
"""

def learned(brief):
    labels, best = brief["labels"], brief["model_best"]
    return best - (best - 0.5) * (100 / labels) ** 0.5 if labels > 100 else 0.5


def worth_it(brief):
    if brief["rule_right"] is None:
        return "model"
    return "model" if learned(brief) > brief["rule_right"] else "rule"
