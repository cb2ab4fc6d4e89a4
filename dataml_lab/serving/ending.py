"""The end of a server, which is told to those who ask before it comes."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def forewarned(leave: Callable[[], None], seconds: float) -> Iterator[None]:
    """Meanwhile the first SIGTERM or SIGINT calls `leave`, and so many seconds later does what it did before; a second
    one does that at once. To be entered in an event loop; outside the main thread, where no signal comes, it does
    nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop, left = asyncio.get_running_loop(), threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def heard(number: int, frame: FrameType | None) -> None:
        pause = 0 if left.is_set() else seconds
        left.set()
        leave()
        loop.call_soon_threadsafe(loop.call_later, pause, before[number], number, frame)

    for number in before:
        signal.signal(number, heard)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
