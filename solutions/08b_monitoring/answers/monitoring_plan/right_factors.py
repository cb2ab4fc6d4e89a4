"""Thresholds that a person would write down: shares, halves and doubles."""

from dataml_lab.drift import Monitor

FEATURES = ("distance_km", "items", "courier_load")


def monitoring_plan(reference):
    plan = []
    for feature in FEATURES:
        plan.append(Monitor("missing", feature, "reference", "+0.2", 1, "fix_data"))
        plan.append(Monitor("distinct", feature, "reference", "×0.5", 1, "fix_data"))
    plan.append(Monitor("missing", "error_min", "reference", "+0.3", 2, "fix_data"))
    plan.append(Monitor("median", "distance_km", "reference", "×0.75", 2, "fix_data"))
    plan.append(Monitor("p95", "latency_ms", "reference", "×2", 1, "rollback"))
    plan.append(Monitor("median", "predicted_min", "weekday", "×1.25", 1, "rollback"))
    plan.append(Monitor("mean", "error_min", "reference", "×1.5", 7, "retrain"))
    return plan
