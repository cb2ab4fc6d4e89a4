"""The package's sample and difference of ratios, for sums of each unit."""

from scipy.stats import t

from dataml_lab.experiments.effects import Term, difference_of_means, sample


def unit_and_metric(log, experiment):
    unit = experiment["assigned"]
    if experiment["shared"] and experiment["shared"] != unit:
        return None
    since = log["week"].to_numpy() - log["joined"].to_numpy()
    rows = log.loc[since >= experiment["settled"]]
    alpha, found = 0.05 / len(experiment["metrics"]), []
    for top, bottom in experiment["metrics"]:
        arms = [sample(rows[rows["arm"] == arm].groupby(unit)[[top, bottom]].sum())
                for arm in ("control", "treatment")]
        effect = difference_of_means(*arms, Term(0, 1))
        low, high = effect.interval(t.isf(alpha / 2, effect.freedom))
        found.append((float(low), float(high)))
    return found
