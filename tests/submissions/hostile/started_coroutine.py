"""Returns a coroutine that has begun, and that refuses to be closed for as long as it can.

exercise: revenue
goal: batch
deserves: 0
"""

import time
import types

END = time.monotonic() + 600  # of all calls together


@types.coroutine
def pause():
    yield


async def stubborn():
    until = min(time.monotonic() + 170, END)
    while time.monotonic() < until:
        try:
            await pause()
        except BaseException:
            time.sleep(1)


def revenue(orders):
    found = stubborn()
    found.send(None)
    return found
