"""Thresholds in standard deviations of the reference's days, wide enough for a dozen rows on each day."""

from dataml_lab.drift import Monitor

FEATURES = ["distance_km", "items", "courier_load"]


def monitoring_plan(reference):
    wide = "±6 sd"
    return [
        *(Monitor("missing", feature, "reference", wide, 1, "fix_data") for feature in FEATURES),
        *(Monitor("spread", feature, "reference", wide, 1, "fix_data") for feature in FEATURES),
        Monitor("missing", "error_min", "reference", wide, 1, "fix_data"),
        Monitor("mean", "distance_km", "reference", wide, 1, "fix_data"),
        Monitor("mean", "latency_ms", "reference", wide, 1, "rollback"),
        Monitor("mean", "predicted_min", "reference", wide, 1, "rollback"),
        Monitor("mean", "error_min", "reference", wide, 1, "retrain"),
    ]
