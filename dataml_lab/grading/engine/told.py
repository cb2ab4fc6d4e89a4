"""Values as bytes for a process that believes the other: by pickle, which keeps all types and takes little time.

Only what the judge says is written so; a student's process says all it has to say in the bytes of `wire`. What stays
where it is, a function or a handle, is passed by reference here: `refer` names it, and the reader's `resolve` finds
what stands for it.
"""

import copyreg
import io
import pickle
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from dataml_lab.grading.engine.forms import FORMS, WireError

# Of these come the classes and functions by which pickle puts data together again.
LIBRARIES = frozenset({"builtins", "copyreg", "datetime", "decimal", "zoneinfo", "numpy", "pandas", "pyarrow"})
OWN = frozenset({"dataml_lab"})


class Reference(NamedTuple):
    """What is written for a thing that stays where it is: its number there, its name, and the names of its methods."""

    number: int
    name: str
    methods: tuple[str, ...] = ()


def told(value: Any, refer: Callable[[Any], Reference | None]) -> bytes:
    """The bytes of a value; WireError naming the type of what can't be written."""
    buffer = io.BytesIO()
    try:
        _Writer(buffer, refer).dump(value)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        raise WireError(str(error)) from None
    return buffer.getvalue()


def heard(message: bytes, resolve: Callable[[Reference], Any]) -> Any:
    """The value of such bytes, which run whatever code their writer likes."""
    return _Reader(io.BytesIO(message), resolve).load()


class _Writer(pickle.Pickler):
    """Writes data, objects of this package, and exceptions; of all else a reference."""

    def __init__(self, buffer: io.BytesIO, refer: Callable[[Any], Reference | None]) -> None:
        super().__init__(buffer, protocol=5)
        self.refer = refer

    def reducer_override(self, thing: Any) -> Any:
        """How a thing is written that is no list, dict or scalar of Python's own."""
        if type(thing) in FORMS or _is_name(thing):
            return NotImplemented
        reference = thing if type(thing) is Reference else self.refer(thing)
        if reference:
            return Reference, tuple(reference)
        if not _is_of(type(thing), LIBRARIES | OWN):
            raise WireError(f"an object of type {type(thing).__name__[:60]}, where plain data was expected")
        if isinstance(thing, BaseException):  # by no `__init__`, which may take other arguments
            return copyreg.__newobj__, (type(thing), *thing.args), vars(thing) or None
        return NotImplemented


class _Reader(pickle.Unpickler):
    """Reads what a writer wrote."""

    def __init__(self, buffer: io.BytesIO, resolve: Callable[[Reference], Any]) -> None:
        super().__init__(buffer)
        self.resolve = resolve

    def find_class(self, module: str, name: str) -> Any:
        """The class or function of this name; for references, what resolves them."""
        found = super().find_class(module, name)
        return (lambda *parts: self.resolve(Reference(*parts))) if found is Reference else found


def _is_name(thing: Any) -> bool:
    """Whether this is a class or function by whose name data is put together again."""
    if isinstance(thing, type):
        return _is_of(thing, LIBRARIES | OWN)
    bound = getattr(thing, "__self__", None)
    if isinstance(bound, type):
        return _is_of(bound, LIBRARIES)
    is_free = hasattr(thing, "__qualname__") and (bound is None or isinstance(bound, ModuleType))
    return is_free and _is_of(thing, LIBRARIES)


def _is_of(code: Any, packages: frozenset[str]) -> bool:
    """Whether a class or function is of one of these packages."""
    return str(getattr(code, "__module__", None)).partition(".")[0] in packages
