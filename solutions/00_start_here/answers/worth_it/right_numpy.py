"""With numpy, an unknown rule as not a number; returns a text of numpy."""

import numpy as np

NAMES = np.array(["nothing", "rule", "model"])


def worth_it(brief):
    labels = max(brief["labels"], 100)
    learned = brief["model_best"] - (brief["model_best"] - 0.5) * np.sqrt(100 / labels)
    right = np.array([brief["rule_right"], learned], dtype=float)
    costs = np.array([brief["rule_cost"], brief["model_cost"]])
    worths = brief["cases_per_year"] * (right * (brief["gain"] + brief["loss"]) - brief["loss"]) - costs
    return NAMES[np.nanargmax([0, *worths])]
