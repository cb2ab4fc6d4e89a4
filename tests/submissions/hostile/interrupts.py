"""Raises KeyboardInterrupt, as if the instructor had pressed Ctrl+C to end the batch.

exercise: revenue
goal: batch
deserves: 0
"""

import signal


def revenue(orders):
    try:
        signal.raise_signal(signal.SIGINT)
    finally:
        raise KeyboardInterrupt
