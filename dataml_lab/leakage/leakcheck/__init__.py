"""A static reader of notebooks and scripts that finds data leakage in them, without running them."""
