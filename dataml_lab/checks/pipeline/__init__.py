"""Lesson 01: what a pull that survives crashes, tests of a cleaner, and a cleaner must do."""

from dataml_lab.checks.pipeline.clean_payments import clean_payments
from dataml_lab.checks.pipeline.cleaner_tests import cleaner_tests
from dataml_lab.checks.pipeline.fetch_all import fetch_all

EXERCISES = [fetch_all, cleaner_tests, clean_payments]
