"""Lesson 08: what a verdict on drift and a plan for monitoring must do."""

from dataml_lab.checks.drift.drifted import drifted
from dataml_lab.checks.drift.monitoring_plan import monitoring_plan

EXERCISES = [drifted, monitoring_plan]
