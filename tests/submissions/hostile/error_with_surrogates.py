"""Raises an exception with lone surrogates and NULs, which can't be encoded when the notebook is saved or the terminal
is written to.

exercise: revenue
goal: batch
deserves: 0
"""

def revenue(orders):
    raise ValueError("\ud800\udfff was here \0 \uffff \udc80")
