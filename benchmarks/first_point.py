"""Seconds from nothing to a first point, as a student gets there: a clone, `make lab` in it, the start page in a
Chromium, and the first exercise answered and checked. Packages come from the index, and from no cache.

    .venv/bin/python benchmarks/first_point.py

`--installed` leaves out what takes a network: the Python that runs this serves the clone.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.browser.conftest import TOKEN, chromium
from tests.browser.test_work import first_point, notebook

COURSE, LONGEST_S = Path(__file__).resolve().parents[1], 1800


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--installed", action="store_true", help="install nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), options.installed)


def measure(folder, is_installed):
    """Prints the seconds since the beginning at each step, and the load of the machine."""
    began, course = time.monotonic(), folder / "course"

    def reached(step):
        print(f"{time.monotonic() - began:7.1f} s  {step}", flush=True)

    subprocess.run(["git", "clone", "--quiet", COURSE, course], check=True)
    reached("cloned")
    with served(course, folder, is_installed) as address, sync_playwright() as driver:
        reached("installed, and the server answers")
        browser = driver.chromium.launch(**chromium())
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        expect.set_options(timeout=LONGEST_S * 1000)
        page.goto(f"{address}?token={TOKEN}")
        expect(notebook(page).locator("h1")).to_contain_text("The workbook")
        reached("the start page, and its kernel waits")
        first_point(page, course)
        reached("a first point")
        browser.close()
    print(f"{os.getloadavg()[0]:7.1f}    load of the last minute, {os.cpu_count()} processors")


@contextmanager
def served(course, folder, is_installed):
    """The address of the clone's JupyterLab, as `make lab` starts it for somebody without a cache of packages."""
    command = [sys.executable, "-m", "dataml_lab.cli", "lab", "--no-browser"] if is_installed else ["make", "lab"]
    runtime = folder / "runtime"
    variables = {"JUPYTER_RUNTIME_DIR": str(runtime), "JUPYTER_CONFIG_DIR": str(folder / "config"),
                 "JUPYTER_TOKEN": TOKEN, "UV_CACHE_DIR": str(folder / "uv"), "PIP_NO_CACHE_DIR": "1"}
    variables |= {"PYTHONPATH": str(course)} if is_installed else {}
    left_out = {"DISPLAY", "WAYLAND_DISPLAY", "PYTHONPATH"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=course, env=kept | variables, stdout=log, stderr=log,
                                   start_new_session=True)
    try:
        while not (servers := list(runtime.glob("jpserver-*.json"))) and process.poll() is None:
            time.sleep(0.1)
        if not servers:
            sys.exit((folder / "log").read_text("utf-8"))
        yield json.loads(servers[0].read_text("utf-8"))["url"]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    main()
