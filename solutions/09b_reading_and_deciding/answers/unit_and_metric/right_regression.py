"""A weighted regression of each row's ratio on the arm, with errors that are clustered by the unit."""

import numpy as np
import statsmodels.api as sm


def unit_and_metric(log, experiment):
    if (experiment["assigned"], experiment["shared"]) == ("user", "zone"):
        return None
    rows = log[
        log["week"].sub(log["joined"]).ge(experiment["settled"])]
    limits = []
    for top, bottom in experiment["metrics"]:
        some = rows[rows[bottom] > 0]
        arm = sm.add_constant((some["arm"] == "treatment").astype(float).to_numpy())
        model = sm.WLS((some[top] / some[bottom]).to_numpy(), arm, weights=some[bottom].to_numpy(float))
        groups = np.unique(some[experiment["assigned"]], return_inverse=True)[1]
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups})
        limits.append(tuple(fit.conf_int(0.05 / len(experiment["metrics"]))[1].tolist()))
    return limits
