"""Lesson 09: what an assignment, a size, a decision and an analysis of an experiment must do."""

from dataml_lab.checks.experiments.assign import assign
from dataml_lab.checks.experiments.decide import decide
from dataml_lab.checks.experiments.size import size
from dataml_lab.checks.experiments.unit_and_metric import unit_and_metric

EXERCISES = [assign, size, unit_and_metric, decide]
