"""Lesson 08: what a verdict on drift and a plan for monitoring must do."""

from dataml_lab.checks.drift.drifted import drifted

EXERCISES = [drifted]
