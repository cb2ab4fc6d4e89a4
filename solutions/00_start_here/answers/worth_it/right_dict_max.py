"""No mistake: a dict of options, max by value, the labels clamped to at least 100."""

def worth_it(brief):
    def year(share, cost):
        return brief["cases_per_year"] * (share * brief["gain"] - (1 - share) * brief["loss"]) - cost

    n = max(brief["labels"], 100)
    share = brief["model_best"] - (brief["model_best"] - 0.5) * (100 / n) ** 0.5
    options = {"nothing": 0, "model": year(share, brief["model_cost"])}
    if brief["rule_right"] is not None:
        options["rule"] = year(brief["rule_right"], brief["rule_cost"])
    return max(options, key=options.get)
