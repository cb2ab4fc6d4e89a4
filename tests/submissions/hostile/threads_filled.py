"""Starts up to 20,000 threads, which sleep for two minutes.

exercise: revenue
goal: limits
deserves: 0
"""

import threading
import time


def revenue(orders):
    threading.stack_size(1 << 16)
    for _ in range(20_000):
        try:
            threading.Thread(target=time.sleep, args=(120,), daemon=True).start()
        except RuntimeError:
            time.sleep(0.001)
    return 0
