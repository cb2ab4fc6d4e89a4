"""Lesson 06: what honest inputs, honest estimates and a search for leaks must do."""

EXERCISES = []
