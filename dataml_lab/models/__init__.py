"""The models of lesson 04: families of them, and worlds to try them in whose best possible score is known.

`compare` measures models in worlds: their scores beside the best possible ones, and what they cost.
"""

from dataml_lab.models.compare import Family, compare, families
from dataml_lab.models.worlds import WORLDS, World

__all__ = ["WORLDS", "Family", "World", "compare", "families"]
