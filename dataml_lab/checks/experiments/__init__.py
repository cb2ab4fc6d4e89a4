"""Lesson 09: what an assignment, a size, a decision and an analysis of an experiment must do."""

from dataml_lab.checks.exercise import Exercise

EXERCISES: list[Exercise] = []
