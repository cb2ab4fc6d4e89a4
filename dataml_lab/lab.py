"""Opening the workbook: the command line of a JupyterLab that is quiet, offline and knows the course."""

import json
import os
import sys
from pathlib import Path

from dataml_lab.checks.reached import VARIABLE

# What this environment's JupyterLab does unless its user chose otherwise: it asks no network for news and updates,
# wraps long lines of code, has no tool for making assignments, which this course makes from sources, and nbgrader's
# buttons grade in sandboxes and run the checks.
SETTINGS = {
    Path("share", "jupyter", "lab", "settings", "overrides.json"):
        {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
         "@jupyterlab/notebook-extension:tracker": {"codeCellConfig": {"lineNumbers": False, "lineWrap": True}}},
    Path("etc", "jupyter", "labconfig", "page_config.json"):
        {"disabledExtensions": {"@jupyter/nbgrader:create-assignment": True}},
    Path("etc", "jupyter", "jupyter_server_config.d", "dataml_lab.json"):
        {"ServerApp": {"jpserver_extensions": {"dataml_lab.grading.formgrader": True}}},
    # What students have no use for; read only where `environment` names the folder.
    Path("etc", "dataml_lab", "student", "labconfig", "page_config.json"):
        {"disabledExtensions": {f"@jupyter/nbgrader:{menu}": True
                                for menu in ("menu", "formgrader", "assignment-list", "course-list")}},
}
FIRST = "notebooks/00_start_here/00_start_here.ipynb"


def command(port: int, no_browser: bool, page: str = FIRST) -> list[str]:
    """The program and arguments that serve the course folder, to be run in it, opened at a page."""
    for path, settings in SETTINGS.items():
        _write_once(Path(sys.prefix) / path, json.dumps(settings))
    arguments = [sys.executable, "-m", "jupyterlab", f"--ServerApp.port={port}", "-y", "--Application.log_level=WARN",
                 f"--LabApp.default_url=/lab/tree/{page}", "--LabApp.extension_manager=readonly",
                 "--KernelManager.transport_encryption=auto"]
    arguments += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return arguments + (["--no-browser"] if no_browser or not _has_screen() else [])


def environment(progress: Path) -> dict[str, str]:
    """The variables with which a student's JupyterLab starts: without the instructor's menus, and with the file that
    keeps what was reached."""
    student = Path(sys.prefix, "etc", "dataml_lab", "student")
    paths = [str(student), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    return {VARIABLE: str(progress), "JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}


def _has_screen() -> bool:
    """Whether a browser could show a window here."""
    return sys.platform in ("win32", "darwin") or bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ))


def _write_once(path: Path, text: str) -> None:
    """Writes a file of this environment where there is none."""
    if not path.exists() and os.access(sys.prefix, os.W_OK):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
