"""How jupyter_client launches and holds a warm kernel: a provisioner, named by JUPYTER_DEFAULT_PROVISIONER_NAME."""

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from dataml_lab.grading.kernels import SOCKET
from dataml_lab.grading.kernels.client import QuickAsyncClient, QuickBlockingClient
from dataml_lab.grading.kernels.template import Launch

START = 120  # seconds that a template has for its imports, and a kernel to be ready
ENDING = 1  # seconds that are waited for a kernel to end, before others look every tenth of a second
KNOWN = {"env", "cwd", "stdout", "stderr", "extra_arguments", "kernel_id"}  # what a launch may say
QUICK = {AsyncKernelClient: QuickAsyncClient, BlockingKernelClient: QuickBlockingClient}


class NoKernel(Exception):
    """A warm kernel that is not to be had; the message says why."""


class KernelProcess:
    """A warm kernel, as a LocalProvisioner holds a process: by a connection to its template."""

    stdin = stdout = stderr = None

    def __init__(self) -> None:
        self.pid: int | None = None
        self.returncode: int | None = None
        self.ready, self.refused = False, ""
        self._leash = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def ask(self, address: str, launch: Launch, streams: list[int]) -> None:
        """Asks the template that listens there for the kernel."""
        self._leash.connect(address)
        socket.send_fds(self._leash, [json.dumps(launch).encode()], streams)
        self._leash.setblocking(False)

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        while self.returncode is None:
            try:
                news = json.loads(self._leash.recv(4096) or b'{"exit": -9}')  # a template takes its kernels along
            except BlockingIOError:
                break
            except ConnectionResetError:
                news = {"exit": -signal.SIGKILL}
            self._hear(**news)
        return self.returncode

    def _hear(self, pid: int | None = None, ready: bool = False, refused: str = "", exit: int | None = None) -> None:
        self.pid, self.ready, self.refused = pid or self.pid, ready or self.ready, refused or self.refused
        self.returncode = exit
        if exit is not None:
            self.close()

    def close(self) -> None:
        """Lets go of it: it is killed, where it hasn't ended."""
        self._leash.close()

    def wait(self) -> int:
        """The exit code, once it has ended."""
        while self.poll() is None:
            select.select([self._leash], [], [])
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Sends a signal to the kernel and its group, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._leash.send(json.dumps(int(number)).encode())

    def kill(self) -> None:
        """Ends it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Asks it to end."""
        self.send_signal(signal.SIGTERM)

    async def until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Waits until a condition holds, or it has ended, or the time is up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.poll() is None and not condition():
                    await self._news()

    async def _news(self) -> None:
        loop, came = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._leash, came.set)
        try:
            await came.wait()
        finally:
            loop.remove_reader(self._leash)


class WarmProvisioner(LocalProvisioner):
    """Launches kernels as forks of the template that DATAML_LAB_KERNELS names, and others as LocalProvisioner does:
    without a template, or where a fork would differ from what is to be launched. A warning says why."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Launches a kernel; returns how to connect to it."""
        try:
            await self._launch_warm(cmd, options)
        except (NoKernel, OSError) as error:
            self.log.warning("A kernel starts cold: %s.", error)
            return await super().launch_kernel(cmd, **options)
        if self.parent.client_factory in QUICK:
            self.parent.client_factory = QUICK[self.parent.client_factory]
        return self.connection_info

    async def _launch_warm(self, command: list[str], options: Mapping[str, Any]) -> None:
        launch, streams = _launch(command, options)
        if not (address := os.environ.get(SOCKET)):
            raise NoKernel(f"{SOCKET} names no template")
        process = KernelProcess()
        try:
            process.ask(address, launch, streams)
            await process.until(lambda: process.ready or process.refused, START)
            if not process.pid:
                raise NoKernel(process.refused or "its template has ended, or takes too long")
        except BaseException:
            process.close()
            raise
        self.process, self.pid, self.pgid, self.cwd = process, process.pid, None, launch.folder

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Waits a moment for the end that was asked for."""
        await self._ended()

    async def kill(self, restart: bool = False) -> None:
        """Kills the kernel."""
        await super().kill(restart)
        await self._ended()

    async def _ended(self) -> None:
        if isinstance(self.process, KernelProcess):
            await self.process.until(lambda: False, ENDING)


def _launch(command: list[str], options: Mapping[str, Any]) -> tuple[Launch, list[int]]:
    """What a launch asks for, and its output streams."""
    if other := sorted(name for name, value in options.items() if value and name not in KNOWN):
        raise NoKernel(f"{' and '.join(other)} can't be had warm")
    environment = {**options.get("env", os.environ), "JPY_PARENT_PID": str(os.getpid())}
    folder = str(Path(options.get("cwd") or "").absolute())
    streams = [_descriptor(options.get(name), usual) for name, usual in (("stdout", 1), ("stderr", 2))]
    return Launch(command, environment, folder, sorted(os.sched_getaffinity(0))), streams


def _descriptor(stream: Any, usual: int) -> int:
    number = usual if stream is None else stream if isinstance(stream, int) else stream.fileno()
    if number < 0:
        raise NoKernel("pipes can't be had warm")
    return number
