"""Lesson 04: what choices among models, an honest comparison of them, and models made by hand must do."""

from dataml_lab.checks.models.attend import attend
from dataml_lab.checks.models.best_depth import best_depth
from dataml_lab.checks.models.boost import boost
from dataml_lab.checks.models.choose_model import choose_model
from dataml_lab.checks.models.honest_scores import honest_scores

EXERCISES = [boost, best_depth, honest_scores, choose_model, attend]
