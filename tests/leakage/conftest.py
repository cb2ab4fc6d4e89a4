"""The programs in leakcheck/ are read, never run: none of them is a test, whatever its name."""

collect_ignore = ["leakcheck"]
