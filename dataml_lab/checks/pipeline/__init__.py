"""Lesson 01: what a pull, tests of a cleaner, a cleaner, a count, a pipeline and a plan must do."""

from dataml_lab.checks.pipeline.affected import affected
from dataml_lab.checks.pipeline.bought_30d import bought_30d
from dataml_lab.checks.pipeline.clean_payments import clean_payments
from dataml_lab.checks.pipeline.cleaner_tests import cleaner_tests
from dataml_lab.checks.pipeline.daily_summary import daily_summary
from dataml_lab.checks.pipeline.fetch_all import fetch_all
from dataml_lab.checks.pipeline.plan import plan

EXERCISES = [fetch_all, cleaner_tests, clean_payments, bought_30d, affected, daily_summary, plan]
