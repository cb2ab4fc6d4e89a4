"""Lesson 06: what honest inputs, honest estimates and a search for leaks must do."""

from dataml_lab.checks.leakage.churn_model import churn_model
from dataml_lab.checks.leakage.honest_estimate import honest_estimate
from dataml_lab.checks.leakage.suspects import suspects

EXERCISES = [churn_model, honest_estimate, suspects]
