"""A library in an environment of its own: where it is looked for."""

import sys
from pathlib import Path

from dataml_lab.store.elsewhere import Elsewhere

PIP = Elsewhere("Pip", "pip", "2 MB")


def test_its_environment_is_beside_this_one_unless_another_is_named(monkeypatch):
    monkeypatch.delenv("DATAML_LAB_PIP", raising=False)
    assert PIP.python().parents[1].name == f"{Path(sys.prefix).name}-pip"
    assert PIP.missing().endswith(
        "has no Pip: `make pip` installs it (2 MB), or name the Python of another with DATAML_LAB_PIP")
    monkeypatch.setenv("DATAML_LAB_PIP", sys.executable)
    assert not PIP.missing() and PIP.version().startswith("Pip ")
