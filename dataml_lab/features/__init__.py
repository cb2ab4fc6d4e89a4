"""The features of lesson 03: numbers about a user at a moment, made of what was known by then and of nothing else."""
