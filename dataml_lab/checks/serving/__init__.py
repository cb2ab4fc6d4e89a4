"""Lesson 07: what batch scoring, the choice of a serving pattern and a client of a model must do."""

from dataml_lab.checks.serving.predict_with_fallback import predict_with_fallback

EXERCISES = [predict_with_fallback]
