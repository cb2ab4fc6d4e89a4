"""Lesson 00: what a sum of orders, and a decision between a rule, a model and nothing, must do."""

from dataml_lab.checks.start.revenue import revenue
from dataml_lab.checks.start.worth_it import worth_it

EXERCISES = [revenue, worth_it]
