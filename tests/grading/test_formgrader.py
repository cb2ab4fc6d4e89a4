"""nbgrader's buttons: what they answer, and that the server goes on meanwhile."""

import asyncio
import json
import threading
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace

from dataml_lab.grading import formgrader


def said(*found, code=1, error=""):
    """A command that ended, and said for each (text, whether it is whole)."""
    rows = json.dumps([{"text": text, "is_whole": is_whole} for text, is_whole in found])
    return CompletedProcess([], code, rows, error)


def whole():
    return said(("revenue: 2 of 2 properties hold.", True), code=0)


def validated(monkeypatch, done):
    monkeypatch.setattr(formgrader, "_said", lambda *arguments: done)
    return formgrader.validated(Path("part.ipynb"))


def test_validate_lists_what_is_not_whole_as_harmless_html(monkeypatch):
    found = validated(monkeypatch, said(("revenue: 2 of 2 hold.", True), ("Cell 3 raised E: x\n  a < b", False)))
    assert found == {"success": True, "value": {"failed": [{"source": "Cell 3 raised E: x", "error": "  a &lt; b"}]}}


def test_validate_says_nothing_of_a_whole_notebook_and_why_another_cannot_be_read(monkeypatch):
    assert validated(monkeypatch, whole()) == {"success": True, "value": {}}
    assert validated(monkeypatch, said(code=2, error="no notebook")) == {"success": False, "value": "no notebook"}


def test_the_server_goes_on_while_a_notebook_is_validated(monkeypatch):
    goes_on, written = threading.Event(), []

    def slow(*arguments):
        assert goes_on.wait(60), "the server waited"
        return whole()

    async def validate():
        asked = asyncio.create_task(formgrader.ValidateHandler.post.__wrapped__(handler))
        await asyncio.sleep(0)  # it begins
        goes_on.set()
        await asked

    monkeypatch.setattr(formgrader, "_said", slow)
    handler = SimpleNamespace(contents_manager=SimpleNamespace(root_dir="."), write=written.append,
                              get_argument=lambda name: "part.ipynb")
    asyncio.run(validate())
    assert json.loads(written[0]) == {"success": True, "value": {}}
