"""An extension of Jupyter's server: formgrader's button Autograde grades with our engine, in a sandbox."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, STDOUT

from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader.apihandlers import BaseApiHandler, check_notebook_dir, check_xsrf
from tornado import web

BUTTON = r"/formgrader/api/submission/([^/]+)/([^/]+)/autograde"


class GradeHandler(BaseApiHandler):
    """What the button asks for."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    async def post(self, part: str, student: str) -> None:
        """Grades a student's submission of a part, and answers with what `dataml-lab grade` says."""
        command = [sys.executable, "-m", "dataml_lab.cli", "grade", "--again", f"--course={self.coursedir.root}",
                   f"--student={student}", "--", part]
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT)
        said, _ = await process.communicate()
        self.write(json.dumps({"success": process.returncode == 0, "log": said.decode(errors="replace"), "error": ""}))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Answers the button. Extensions are loaded by name, so that nbgrader's comes later and is not asked."""
    server.web_app.add_handlers(".*$", [(url_path_join(server.base_url, BUTTON), GradeHandler)])
