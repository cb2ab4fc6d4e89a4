"""Opening the workbook: the command line of a JupyterLab that is quiet, offline and knows the course."""

import json
import os
import sys
from pathlib import Path

# JupyterLab would ask about news and look for updates, which needs a network.
SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


def command(port: int, no_browser: bool) -> list[str]:
    """The program and arguments that serve the course folder, to be run in it, opened at its notebooks."""
    _write_settings(Path(sys.prefix, "share", "jupyter", "lab", "settings", "overrides.json"))
    arguments = [sys.executable, "-m", "jupyterlab", f"--ServerApp.port={port}", "-y",
                 "--LabApp.default_url=/lab/tree/notebooks", "--LabApp.extension_manager=readonly"]
    arguments += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return arguments + (["--no-browser"] if no_browser or not _has_screen() else [])


def _has_screen() -> bool:
    """Whether a browser could show a window here."""
    return sys.platform in ("win32", "darwin") or bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ))


def _write_settings(path: Path) -> None:
    """Sets the defaults of this environment's JupyterLab; what a user chose stays stronger."""
    if not path.exists() and os.access(sys.prefix, os.W_OK):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(SETTINGS))
