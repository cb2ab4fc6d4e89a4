"""Lesson 05: what splits, metrics, thresholds and the choice of a metric must do."""

from dataml_lab.checks.evaluation.four_metrics import four_metrics
from dataml_lab.checks.evaluation.metric_for import metric_for
from dataml_lab.checks.evaluation.pick_threshold import pick_threshold
from dataml_lab.checks.evaluation.split import split

EXERCISES = [split, four_metrics, pick_threshold, metric_for]
