"""What holds for all tests of checks: they are outside of a notebook, whatever shell another test has left."""

import pytest
from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture(autouse=True)
def no_notebook(monkeypatch):
    """There is no shell that would show a verdict as a table: it is printed."""
    monkeypatch.setattr(InteractiveShell, "initialized", lambda: False)
