"""How notebooks are made and scored: build, release, the catalogue of answers, and what stock nbgrader needs."""

from pathlib import Path

COURSE = Path(__file__).resolve().parents[2]  # the checkout: solutions/, notebooks/, nbgrader_config.py
