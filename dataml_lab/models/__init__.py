"""The models of lesson 04, and worlds to try them in whose best possible score is known."""

from dataml_lab.models.worlds import WORLDS, World

__all__ = ["WORLDS", "World"]
