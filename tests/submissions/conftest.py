"""The corpus is read as text by those who grade it: pytest, which looks for doctests, imports none of it."""

collect_ignore_glob = ["making.py", "hostile/*", "files/*", "honest/*"]
