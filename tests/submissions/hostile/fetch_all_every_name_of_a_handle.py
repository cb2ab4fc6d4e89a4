"""Asks its handles for names that no exercise has (private ones, dunders, paths with dots and NULs) and calls what
comes back.

exercise: fetch_all
goal: secret
deserves: 0
"""

NAMES = [
    "__class__",
    "__dict__",
    "__init__",
    "__globals__",
    "__reduce_ex__",
    "__getattribute__",
    "__setattr__",
    "__del__",
    "_rows",
    "_disk",
    "_process",
    "_clock",
    "asked",
    "rows",
    "get.__func__.__globals__",
    "get.__self__",
    "__doc__",
    "oracle",
    "world",
    "salt",
    "seed",
    "close",
    "shutdown",
    "eval",
    "exec",
    "os.system",
    "../load",
    "load\0",
    "",
    "x" * 1_000_000,
    "\ud800",
    "__subclasses__",
    "__wrapped__",
    "__call__",
    "__enter__",
    "__exit__",
    "__len__",
]
ARGUMENTS = [(), (None,), ("_rows",), ("__class__",), ("_rows", []), (4,)]


def fetch_all(api, state):
    seen = []
    for handle in (api, state):
        for name in NAMES:
            try:
                value = getattr(handle, name)
                seen.append(f"{name}={value!r:.60}")
            except BaseException as error:
                seen.append(f"{name}:{type(error).__name__}")
                continue
            for arguments in ARGUMENTS:
                try:
                    seen.append(f"{name}{arguments}={value(*arguments)!r:.60}")
                except BaseException as error:
                    seen.append(f"{name}:{error!s:.40}")
    raise ValueError(
        " ".join(word for word in seen if "Delivery" in word or "delivery" in word or "salt" in word)[:190]
    )
