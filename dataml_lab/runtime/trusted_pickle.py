"""Values as bytes, for a reader that trusts the writer: pickle, which keeps all types and is fast.

Only the judge writes such bytes, and only workers read them. A worker, which runs what students wrote and is trusted by
nobody, replies in the bytes of `safe_codec`.

Functions and handles stay in the writer's process. A `Reference` is written in their place: `refer` makes it from the
thing, and the reader's `resolve` makes of it what the student's code gets instead.
"""

import copyreg
import io
import pickle
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.runtime import is_hidden
from dataml_lab.runtime.forms import FORMS, CodecError

# Their classes and functions, by name, are how pickle puts data together again.
LIBRARIES = frozenset({"builtins", "copyreg", "datetime", "decimal", "zoneinfo", "numpy", "pandas", "pyarrow"})


class Reference(NamedTuple):
    """What is written for a thing that stays where it is: its number there, its name, and the names of its methods."""

    number: int
    name: str
    methods: tuple[str, ...] = ()


def dumps(value: Any, refer: Callable[[Any], Reference | None]) -> bytes:
    """The bytes of a value; CodecError naming the type of what can't be written."""
    return _written(value, _Writer, refer)


def _written(value: Any, kind: type["_Writer"], refer: Callable[[Any], Reference | None]) -> bytes:
    buffer = io.BytesIO()
    try:
        kind(buffer, refer).dump(value)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        raise CodecError(str(error)) from None
    return buffer.getvalue()


def surely_same(one: Any, other: Any) -> bool:
    """Whether two values are the same to the last bit, as can be told quickly. False says nothing: values that are
    alike can be written in several ways, and some can't be written."""
    try:
        return _written(one, _Comparer, lambda _: None) == _written(other, _Comparer, lambda _: None)
    except Exception:  # objects of a student's may raise anything
        return False


def loads(message: bytes, resolve: Callable[[Reference], Any]) -> Any:
    """The value of such bytes. Reading them can run any code: they must come from the judge."""
    return _Reader(io.BytesIO(message), resolve).load()


class _Writer(pickle.Pickler):
    """Writes data, exceptions, and objects of the package that a worker can import; a reference for all else."""

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
        if not can_be_imported(type(thing)):
            raise CodecError(f"an object of type {type(thing).__name__[:60]}, where plain data was expected")
        if isinstance(thing, BaseException):  # by no `__init__`, which may take other arguments
            return copyreg.__newobj__, (type(thing), *thing.args), vars(thing) or None
        return NotImplemented


class _Comparer(_Writer):
    """Writes frames by their columns: how pandas lays those out in memory is no difference."""

    def reducer_override(self, thing: Any) -> Any:
        """How a thing is written that is no list, dict or scalar of Python's own."""
        if type(thing) is not pd.DataFrame:
            return super().reducer_override(thing)
        parts = _by_type(thing)  # each by itself: that two of them share an object is no difference
        return list, ([_written(part, _Comparer, self.refer) for part in parts],)


def _by_type(frame: pd.DataFrame) -> list:
    """What a frame holds, columns of numbers of a type together: to take them one by one would take long."""
    kinds = list(frame.dtypes)
    parts = [frame.index, frame.columns, frame.attrs, list(map(repr, kinds))]
    for kind in dict.fromkeys(kinds):
        places = [place for place, other in enumerate(kinds) if other == kind]
        if isinstance(kind, np.dtype) and kind != np.dtype(object):
            parts.append(np.array(frame.iloc[:, places], order="C"))
        else:
            arrays = [frame.iloc[:, place].array for place in places]
            parts += [array.__arrow_array__() if hasattr(array, "__arrow_array__") else array for array in arrays]
    return parts


class _Reader(pickle.Unpickler):
    """Reads what a writer wrote."""

    def __init__(self, buffer: io.BytesIO, resolve: Callable[[Reference], Any]) -> None:
        super().__init__(buffer)
        self.resolve = resolve

    def find_class(self, module: str, name: str) -> Any:
        """The class or function of this name; for references, what resolves them."""
        found = super().find_class(module, name)
        return (lambda *parts: self.resolve(Reference(*parts))) if found is Reference else found


def can_be_imported(kind: type) -> bool:
    """Whether a worker can import a class, and may know of it: one of the libraries, or of a room that it sees."""
    module = str(getattr(kind, "__module__", None))
    return _is_of_libraries(kind) or (module.partition(".")[0] == "dataml_lab" and not is_hidden(module))


def _is_of_libraries(code: Any) -> bool:
    return str(getattr(code, "__module__", None)).partition(".")[0] in LIBRARIES


def _is_name(thing: Any) -> bool:
    """Whether this is a class or function by whose name data is put together again."""
    if isinstance(thing, type):
        return can_be_imported(thing)
    bound = getattr(thing, "__self__", None)
    if isinstance(bound, type):
        return _is_of_libraries(bound)
    is_free = hasattr(thing, "__qualname__") and (bound is None or isinstance(bound, ModuleType))
    return is_free and _is_of_libraries(thing)
