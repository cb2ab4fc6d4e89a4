"""Lesson 09: what an assignment, a size, a decision and an analysis of an experiment must do."""

from dataml_lab.checks.experiments.assign import assign
from dataml_lab.checks.experiments.size import size

EXERCISES = [assign, size]
