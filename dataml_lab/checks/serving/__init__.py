"""Lesson 07: what batch scoring, the choice of a serving pattern and a client of a model must do."""

from dataml_lab.checks.serving.predict_with_fallback import predict_with_fallback
from dataml_lab.checks.serving.score_all import score_all
from dataml_lab.checks.serving.serving_pattern import serving_pattern
from dataml_lab.checks.serving.without_gaps import without_gaps

EXERCISES = [predict_with_fallback, serving_pattern, score_all, without_gaps]
