"""dataml-lab: the package behind ten executable lessons, from raw data to an A/B-tested model.

The floors, from the ground: `runtime` (what runs an answer), `store` (one simulated shop), a module per lesson,
`checks` (what each exercise must satisfy), `grading` (how notebooks are made and scored), `cli`. Nothing heavy is
imported here.
"""

__version__ = "0.1.0"
