"""A library in a Python environment of its own, beside this one, where it runs in a sidecar."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from dataml_lab.store.sidecar import Sidecar

VERSION = "import importlib.metadata as m; print(m.version({!r}))"


class Elsewhere(NamedTuple):
    """A library as it is called, its package, and how much its environment weighs, in words."""

    library: str
    package: str
    weight: str

    @property
    def name(self) -> str:
        """What `make` calls it."""
        return self.library.lower()

    @property
    def variable(self) -> str:
        """The variable of the environment that may name a Python that has the library."""
        return f"DATAML_LAB_{self.name.upper()}"

    def python(self) -> Path:
        """The Python that has the library: the one that the variable names, or that of the environment beside ours."""
        program = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        return Path(os.environ.get(self.variable) or Path(f"{sys.prefix}-{self.name}", *program))

    def version(self) -> str:
        """The library and its version in its environment; empty without one."""
        command = [self.python(), "-I", "-c", VERSION.format(self.package)]
        try:
            asked = subprocess.run(command, capture_output=True, text=True, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return f"{self.library} {asked.stdout.strip()}" if asked.returncode == 0 else ""

    def missing(self) -> str:
        """What the library lacks on this machine and how to get it, or nothing: then it can run."""
        if self.version():
            return ""
        return (f"{self.library} needs an environment of its own, and {self.python()} has no {self.library}: "
                f"`make {self.name}` installs it ({self.weight}), or name the Python of another with {self.variable}")

    def start(self, program: str, **arguments: Any) -> Sidecar:
        """A sidecar that runs a file with the library's Python; RuntimeError if it doesn't start."""
        return Sidecar(Path(program), (str(self.python()), "-I"), self.library, **arguments)
