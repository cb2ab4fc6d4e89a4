"""Baselines and thresholds as numbers: twice as far from the middle as any day of the reference was, and for a mean
15% of it at least."""

from dataml_lab.drift import Monitor


def missing(values):
    return values.isna().mean()


def monitor(daily, metric, column, action, least=0.0):
    middle = (daily.max() + daily.min()) / 2
    allowed = max(2 * (daily.max() - middle), least)
    return Monitor(metric, column, float(middle), f"±{allowed:.6f}", 1, action)


def monitoring_plan(reference):
    days = reference.groupby("day")
    plan = []
    for column in ("distance_km", "items", "courier_load", "error_min"):
        plan.append(monitor(days[column].agg(missing), "missing", column, "fix_data", least=0.05))
    for column in ("distance_km", "items", "courier_load"):
        plan.append(monitor(days[column].std(ddof=0), "spread", column, "fix_data"))
    for column, action in (("distance_km", "fix_data"), ("latency_ms", "rollback"), ("predicted_min", "rollback"),
                           ("error_min", "retrain")):
        means = days[column].mean()
        plan.append(monitor(means, "mean", column, action, least=0.15 * means.mean()))
    return plan
