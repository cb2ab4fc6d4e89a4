"""What a template imports, so that no kernel has to: what lessons use, as they find it in a kernel, and the kernel."""

import builtins
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from dataml_lab.grading.engine import shell

KERNEL = (
    "ipykernel.debugger", "ipykernel.zmqshell", "IPython.core.completerlib", "IPython.core.debugger",
    "IPython.core.historyapp", "IPython.core.magics", "IPython.core.oinspect", "IPython.core.pylabtools",
    "IPython.extensions.storemagic", "tornado.platform.asyncio",
)  # fmt: skip


def preload() -> None:
    """Imports it."""
    with replaced(builtins, "get_ipython", lambda: SimpleNamespace(kernel=True)):
        importlib.import_module("pandas")  # which shows 20 columns in a kernel, and in a terminal what fits
    with replaced(shell, "shell", lambda: None):  # the engine's shell: a process can have one, and a kernel is another
        importlib.import_module("dataml_lab.grading.engine.warm")
    for module in KERNEL:
        importlib.import_module(module)
    importlib.import_module("threadpoolctl").threadpool_info()  # looks for the libraries, which it does once
    importlib.import_module("duckdb").execute("SELECT 1").fetchall()  # the first statement takes its time


@contextmanager
def replaced(owner: object, name: str, value: object) -> Iterator[None]:
    """In the block, an object has another attribute, or one more."""
    before = vars(owner).get(name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if before is None:
            delattr(owner, name)
        else:
            setattr(owner, name, before)
