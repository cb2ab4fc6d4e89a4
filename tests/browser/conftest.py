"""What every test with a browser needs: a JupyterLab on a course, a window, and a folder for pictures."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from dataml_lab.lab import command

SECONDS = 180  # nothing here takes that long, even on a busy machine: a lesson runs in half a minute
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
TOKEN = "a-token"


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    """The folder for screenshots: `DATAML_LAB_SCREENSHOTS`, where that is set."""
    folder = Path(os.environ.get("DATAML_LAB_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    """The environment variables of somebody who never used Jupyter or a browser on this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON", "XDG"))}
    return {**kept, "HOME": str(tmp_path_factory.mktemp("home"))}


@pytest.fixture(scope="module")
def window(newcomer):
    """A browser's page, which remembers the hosts that it asks."""
    driver = pytest.importorskip("playwright.sync_api", reason="No playwright here: pip install dataml-lab[test]")
    driver.expect.set_options(timeout=SECONDS * 1000)
    with driver.sync_playwright() as started:
        browser = started.chromium.launch(**chromium(), env=newcomer)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(SECONDS * 1000)
        page.hosts = set()
        page.on("request", lambda request: page.hosts.add(urlsplit(request.url).hostname))
        page.on("websocket", lambda websocket: page.hosts.add(urlsplit(websocket.url).hostname))
        yield page
        browser.close()


@pytest.fixture(scope="module")
def opened(window, newcomer):
    """Opens a folder of a course in JupyterLab, as `dataml-lab lab --no-browser` starts it, in the window; further
    environment variables can be given. Returns the server's address."""
    with ExitStack() as running:
        def opened(course, tree="notebooks", **variables):
            address = running.enter_context(_served(course, {**newcomer, **variables}))
            window.goto(f"{address}/lab/tree/{tree}?reset&token={TOKEN}")  # as if nothing had been open before
            return address
        yield opened


def chromium():
    """What the driver needs to start the Chromium of this machine."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        pytest.skip("No Chromium on this machine: apt install chromium")
    return {"executable_path": found, "args": FLAGS}


@contextmanager
def _served(course, environment):
    port, said = _free_port(), Path(environment["HOME"], "log")
    with said.open("w") as log:
        process = subprocess.Popen(command(port, no_browser=True), cwd=course, stdout=log, stderr=log,
                                   env={**environment, "JUPYTER_TOKEN": TOKEN})
        try:
            _wait_until_up(f"http://127.0.0.1:{port}/api", process, said)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(SECONDS)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_up(address, process, log):
    """Returns once the address answers; fails with the log if its process ends or takes too long."""
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return httpx.get(address).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
    return pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")
