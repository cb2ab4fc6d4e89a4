"""Clients that are ready as soon as their kernel is, where jupyter_client waits for 0.2 s of silence as well."""

import math
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.client import KernelClient
from jupyter_client.utils import ensure_async, run_sync

ANSWER, ECHO = 1, 0.1  # seconds after which is asked again: without an answer, and without what is said to all


async def wait_for_ready(client: KernelClient, timeout: float | None = None) -> None:
    """Returns when the kernel has answered a question, and has told all who listen that it is done with it: then
    nothing older is left to be read. RuntimeError if it dies, or the time, in seconds, is up."""
    end = time.monotonic() + (math.inf if timeout is None else timeout)
    while time.monotonic() < end:
        asked = client.kernel_info()
        with suppress(Empty):
            reply = await _heard(client.shell_channel, ANSWER, lambda found: _answers(found, asked))  # noqa: B023
            await _heard(client.iopub_channel, ECHO, lambda found: _answers(found, asked, "idle"))  # noqa: B023
            client._handle_kernel_info_reply(reply)
            return
        if not await client._async_is_alive():
            raise RuntimeError("Kernel died before replying to kernel_info")
    raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")


def _answers(message: dict, asked: str, state: str | None = None) -> bool:
    return message["parent_header"].get("msg_id") == asked and message["content"].get("execution_state") == state


async def _heard(channel: Any, seconds: float, wanted: Callable[[dict], bool]) -> dict:
    """The first wanted message; Empty if none comes for so long."""
    while not wanted(message := await ensure_async(channel.get_msg(timeout=seconds))):
        pass
    return message


class QuickAsyncClient(AsyncKernelClient):
    """As nbclient uses it."""

    wait_for_ready = wait_for_ready


class QuickBlockingClient(BlockingKernelClient):
    """As nbval uses it."""

    wait_for_ready = run_sync(wait_for_ready)
