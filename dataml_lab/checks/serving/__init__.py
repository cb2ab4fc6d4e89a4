"""Lesson 07: what batch scoring, the choice of a serving pattern and a client of a model must do."""

EXERCISES = []
