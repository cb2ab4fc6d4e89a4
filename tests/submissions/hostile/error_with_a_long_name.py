"""Raises an exception whose class has a name of 200 MB: its message is cut, its name isn't.

exercise: revenue
goal: limits
deserves: 0
"""

def revenue(orders):
    raise type("<b>" + "A" * 200_000_000, (Exception,), {})("short")
