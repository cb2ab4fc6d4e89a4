"""Leakage, lesson 06: what a score claims beside what production gives, and detectors for it."""
