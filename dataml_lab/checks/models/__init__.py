"""Lesson 04: what choices among models, and a model made by hand, must do."""

from dataml_lab.checks.models.best_depth import best_depth
from dataml_lab.checks.models.boost import boost

EXERCISES = [boost, best_depth]
