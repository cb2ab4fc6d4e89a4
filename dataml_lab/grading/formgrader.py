"""An extension of Jupyter's server: nbgrader's button Autograde grades with our engine, in a sandbox, and Validate runs
the checks, both in a process of their own, while the server goes on. Formgrader's list of parts says which are
released, and essays are marked on a page of ours."""

import asyncio
import html
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader.apihandlers import (
    AssignmentCollectionHandler,
    BaseApiHandler,
    check_notebook_dir,
    check_xsrf,
)
from tornado import web

from dataml_lab.grading import marking

AUTOGRADE = r"/formgrader/api/submission/([^/]+)/([^/]+)/autograde"
VALIDATE = "/assignments/validate"
LIST = "/formgrader/api/assignments"


class GradeHandler(BaseApiHandler):
    """What the button Autograde asks for."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    async def post(self, part: str, student: str) -> None:
        """Grades a student's submission of a part, and answers with what `dataml-lab grade` says."""
        done = await asyncio.to_thread(_said, "grade", "--again", f"--course={self.coursedir.root}",
                                       f"--student={student}", "--", part)
        self.write(json.dumps({"success": done.returncode == 0, "log": done.stderr + done.stdout, "error": ""}))


class ValidateHandler(JupyterHandler):
    """What the button Validate asks for."""

    @web.authenticated
    async def post(self) -> None:
        """Runs the checks of a notebook, and answers with what lacks points."""
        path = Path(self.contents_manager.root_dir, self.get_argument("path"))
        self.write(json.dumps(await asyncio.to_thread(validated, path)))


def validated(notebook: Path) -> dict[str, Any]:
    """What `dataml-lab check` finds wrong in a notebook, as the dialogue of the button takes it: each as a first line
    and, as HTML, the others."""
    done = _said("check", "--json", "--", str(notebook))
    if done.returncode not in (0, 1):
        return {"success": False, "value": done.stderr}
    texts = [said["text"].partition("\n") for said in json.loads(done.stdout) if not said["is_whole"]]
    failed = [{"source": first, "error": html.escape(others)} for first, _, others in texts]
    return {"success": True, "value": {"failed": failed} if failed else {}}


def _said(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command of `dataml-lab` to its end."""
    return subprocess.run([sys.executable, "-m", "dataml_lab.cli", *arguments], capture_output=True, encoding="utf-8",
                          errors="replace")


class ListHandler(AssignmentCollectionHandler):
    """What the list of parts asks for."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def get(self) -> None:
        """Answers as nbgrader does, which calls released what is in its exchange; where there is no exchange, what
        `dataml-lab release` has made is."""
        parts = self.api.get_assignments()
        for part in parts:
            if part["release_path"] and not part["releaseable"]:
                part["status"] = "released"
        self.write(json.dumps(parts))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Answers these addresses. Extensions are loaded by name, so that nbgrader's come later and are not asked."""
    handlers = {AUTOGRADE: GradeHandler, VALIDATE: ValidateHandler, LIST: ListHandler, **marking.HANDLERS}
    server.web_app.add_handlers(".*$", [(url_path_join(server.base_url, at), handler)
                                        for at, handler in handlers.items()])
