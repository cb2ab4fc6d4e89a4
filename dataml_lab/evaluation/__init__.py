"""Evaluation, lesson 05: splits of rows, metrics from first principles, thresholds, and how sure a score is."""
