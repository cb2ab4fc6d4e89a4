"""The end is told before it comes; a second signal doesn't wait."""

import asyncio
import signal
import threading

import pytest

from dataml_lab.serving.ending import forewarned

LONG = 60.0  # seconds, never reached


@pytest.fixture
def ended():
    """The signals that came through, as what was there before hears them."""
    heard = []
    before = {number: signal.signal(number, lambda number, frame: heard.append(number))
              for number in (signal.SIGTERM, signal.SIGINT)}
    yield heard
    for number, handler in before.items():
        signal.signal(number, handler)


def told_of(ended, seconds, *signals):
    """How often it was told to leave, and what had come through by then, when the first of the signals has."""
    async def run():
        left = []
        with forewarned(lambda: left.append(len(ended)), seconds):
            for number in signals:
                signal.raise_signal(number)
            async with asyncio.timeout(LONG):
                while not ended:
                    await asyncio.sleep(0.001)
        return left

    return asyncio.run(run())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_first_it_is_told_then_it_ends(ended, number):
    assert told_of(ended, 0.01, number) == [0]
    assert ended == [number]


def test_a_second_signal_ends_it_at_once(ended):
    assert told_of(ended, 2 * LONG, signal.SIGTERM, signal.SIGINT) == [0, 0]
    assert ended == [signal.SIGINT]


def test_afterwards_signals_are_as_before(ended):
    told_of(ended, 0, signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)
    assert ended == [signal.SIGTERM, signal.SIGTERM]


def test_in_another_thread_signals_are_left_alone(ended):
    async def run():
        with forewarned(lambda: None, 0):
            return signal.getsignal(signal.SIGTERM)

    found = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(run())))
    thread.start()
    thread.join(LONG)
    assert found == [signal.getsignal(signal.SIGTERM)]
