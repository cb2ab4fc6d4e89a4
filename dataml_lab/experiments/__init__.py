"""Experiments, lesson 09: assignment, size, tests and intervals from sufficient statistics, looks, and a decision."""
