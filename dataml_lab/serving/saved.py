"""A model as a folder: the estimator in skops's format, what its rows hold, the versions of its libraries, checksums.

Nothing is unpickled. A folder is whole or absent, and never changes: a file with another checksum is refused by name,
and so is a type that is not trusted.
"""

import hashlib
import io
import json
import re
import uuid
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dataml_lab.pipeline.durable import storage_errors, sync_file, sync_folder
from dataml_lab.serving.quick import Quick, quick
from dataml_lab.serving.schema import Rows, Schema

ESTIMATOR, TOLD, SUMS = "model.skops", "model.json", "SHA256SUMS"
FORMAT = 1
LIBRARIES = ("lightgbm", "numpy", "scipy", "sklearn", "xgboost")  # by the names that are imported
NAME = re.compile(r"[a-z][a-z0-9_]*")
# Types that skops asks about. Those of scikit-learn, LightGBM and XGBoost hold a fitted model and run no code of the
# file; a partial function is of functions that are asked about in their turn.
TRUSTED = frozenset({
    "collections.OrderedDict", "functools.partial", "numpy.dtype", "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier", "lightgbm.sklearn.LGBMRegressor",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor", "sklearn.tree._tree.Tree",
    "sklearn.utils.validation.check_array", "xgboost.core.Booster", "xgboost.sklearn.XGBClassifier",
    "xgboost.sklearn.XGBRegressor",
})  # fmt: skip


class ModelError(RuntimeError):
    """A model that can't be saved or loaded, in words that name the file or the type."""


@dataclass(frozen=True, repr=False)
class Model:
    """A model that was saved, or loaded after its checks.

    `libraries` are the versions of those that its types are of, by the name that is imported; `digest` is the checksum
    of its checksums: two folders with the same one hold the same.
    """

    name: str
    version: int
    schema: Schema
    libraries: dict[str, str]
    digest: str
    estimator: Any = field(compare=False)

    def __repr__(self) -> str:
        return f"{self.name} {self.version}: {type(self.estimator).__name__} of {', '.join(self.schema.names)}"

    @property
    def classifies(self) -> bool:
        """Whether a score is a probability."""
        return hasattr(self.estimator, "predict_proba")

    def score(self, rows: Rows) -> np.ndarray:
        """A float for each row: the probability of the second class, or the predicted number. SchemaError where the
        schema finds a problem."""
        if self._quick and len(rows) and not isinstance(rows, pd.DataFrame):
            self.schema.check(rows)
            return self._quick(rows)
        table = self.schema.table(rows)
        if not len(table):
            return np.empty(0)
        found = self.estimator.predict_proba(table)[:, 1] if self.classifies else self.estimator.predict(table)
        return np.asarray(found, float)

    @cached_property
    def _quick(self) -> Quick | None:
        """The scores of rows without a frame, where that is known to be the same."""
        return quick(self.estimator, self.schema)


def save(folder: str | Path, estimator: Any, schema: Schema, name: str, version: int = 1,
         trusted: Iterable[str] = ()) -> Model:
    """Saves a fitted estimator in a new folder, all of it or, if that fails or is killed, nothing under that name.

    Parameters
    ----------
    folder : that isn't there yet: ModelError otherwise.
    estimator : a classifier of two classes with `predict_proba`, or a regressor.
    schema : of the rows that it takes.
    name : small letters, digits and _; it begins with a letter.
    version : a whole number from 1 on.
    trusted : further types, by name, that may be in the file.
    """
    import skops.io

    folder = Path(folder)
    check(estimator, schema, name, version)
    data = skops.io.dumps(estimator)
    refuse_untrusted(data, trusted, str(folder))
    told = {"format": FORMAT, "name": name, "version": version, "schema": schema.as_data(),
            "libraries": libraries(data)}
    files = {ESTIMATOR: data, TOLD: json.dumps(told, indent=1, ensure_ascii=False).encode()}
    with storage_errors(ModelError, folder), whole_folder(folder) as new:
        for file, content in {**files, SUMS: sums(files)}.items():
            (new / file).write_bytes(content)
    return Model(name, version, schema, told["libraries"], digest(sums(files)), estimator)


def load(folder: str | Path, trusted: Iterable[str] = (), any_version: bool = False) -> Model:
    """The model in a folder, if it may be trusted.

    ModelError names the file that is missing or has changed since it was saved, a type that is not trusted, or a
    library whose release series (2.4 of 2.4.6) is another than at saving, unless `any_version`.
    """
    import skops.io

    folder = Path(folder)
    files = intact(folder)
    with readable(folder / TOLD):
        told = json.loads(files[TOLD])
        if told["format"] != FORMAT:
            raise ModelError(f"{folder / TOLD}: format {told['format']}, where {FORMAT} is known: save the model again")
        schema = Schema.from_data(told["schema"])
    if not any_version:
        refuse_versions(folder, told["libraries"])
    with readable(folder / ESTIMATOR), warnings.catch_warnings(action="ignore"):  # of other versions: examined above
        types = refuse_untrusted(files[ESTIMATOR], trusted, str(folder / ESTIMATOR))
        estimator = in_one_thread(skops.io.loads(files[ESTIMATOR], trusted=types))
    return Model(told["name"], told["version"], schema, told["libraries"], digest(files[SUMS]), estimator)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turns what a file that isn't `save`'s leads to into a ModelError that names it."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(f"{path}: it can't be read as `save` writes it: {type(error).__name__}: {error}; restore the "
                         "folder, or save the model again") from error


def check(estimator: Any, schema: Schema, name: str, version: int) -> None:
    """ValueError for what can't be saved."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of small letters, digits and _ that begins with a letter")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise ValueError(f"the version {version!r} is no whole number from 1 on")
    if not hasattr(estimator, "predict_proba") and hasattr(estimator, "classes_"):
        raise ValueError(f"{type(estimator).__name__} has no predict_proba: give a classifier that has probabilities")
    classes = getattr(estimator, "classes_", None)
    if classes is not None and len(classes) != 2:
        raise ValueError(f"there are {len(classes)} classes, where a score is for two")
    known = getattr(estimator, "feature_names_in_", None)
    if known is not None and list(known) != schema.names:
        raise ValueError(f"the estimator was fitted on {list(known)}, and the schema has {schema.names}")


# Files


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A new folder that gets its name when the block ends well, and its files are on the disk."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        raise ModelError(f"{folder}: there is something already, and a saved model never changes: name a new folder")
    new = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
    try:
        new.mkdir()
        yield new
        for file in new.iterdir():
            sync_file(file)
        sync_folder(new)
        new.rename(folder)
    except BaseException:
        remove(new)
        raise
    sync_folder(folder.parent)


def remove(folder: Path) -> None:
    """Removes a folder of files, if it is there."""
    for file in folder.glob("*"):
        file.unlink(missing_ok=True)
    if folder.exists():
        folder.rmdir()


def sums(files: Mapping[str, bytes]) -> bytes:
    """The SHA-256 of each file, as `sha256sum --check` reads it."""
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()).encode()


def digest(sums: bytes) -> str:
    """The checksum of checksums."""
    return hashlib.sha256(sums).hexdigest()


def intact(folder: Path) -> dict[str, bytes]:
    """The files of a saved model by name; ModelError that names one that is missing or isn't what was saved."""
    if not folder.is_dir():
        raise ModelError(f"{folder}: there is no such folder: `save` makes it")
    files = {name: content_of(folder / name) for name in (ESTIMATOR, TOLD)}
    kept, made = content_of(folder / SUMS), sums(files)
    if kept != made:
        wrong = [line.split()[1].decode() for line in made.splitlines() if line not in kept.splitlines()]
        raise ModelError(f"{folder / (*wrong, SUMS)[0]}: the file is not what was saved: its SHA-256 is not that in "
                         f"{SUMS}; restore the folder, or save the model again")
    return {**files, SUMS: kept}


def content_of(path: Path) -> bytes:
    """The bytes of a file; ModelError where they can't be read."""
    with storage_errors(ModelError, path):
        return path.read_bytes()


# What is in a file


def refuse_untrusted(data: bytes, trusted: Iterable[str], where: str) -> list[str]:
    """The types in a skops file that skops asks about; ModelError that names those that aren't trusted."""
    import skops.io

    asked = skops.io.get_untrusted_types(data=data)
    if foreign := sorted(set(asked) - TRUSTED - set(trusted)):
        raise ModelError(f"{where}: not trusted: {', '.join(foreign)}. If you know that they do no harm, name them in "
                         "`trusted`")
    return asked


def libraries(data: bytes) -> dict[str, str]:
    """The versions of the `LIBRARIES` whose types are in a skops file."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        names = set(re.findall(r'"__module__": "(\w+)', file.read("schema.json").decode()))
    return {name: version_of(name) for name in LIBRARIES if name in names}


def version_of(library: str) -> str:
    """The version of one of the `LIBRARIES`; "none" if it isn't installed."""
    try:
        return import_module(library).__version__
    except ImportError:
        return "none"


def refuse_versions(folder: Path, saved_with: Mapping[str, str]) -> None:
    """ModelError that names the libraries whose release series is another than at saving."""
    here = {name: version_of(name) for name in saved_with if name in LIBRARIES}
    other = [f"{name} {saved_with[name]} ({version} is here)" for name, version in here.items()
             if version.split(".")[:2] != saved_with[name].split(".")[:2]]
    if other:
        raise ModelError(f"{folder}: the model was saved with {', '.join(other)}, and may predict otherwise: install "
                         "that, or fit and save it again; `any_version=True` loads it nevertheless")


def in_one_thread(estimator: Any) -> Any:
    """The estimator, whose parts predict in one thread each: for one row, a second thread costs more than it saves."""
    many = [name for name in estimator.get_params() if name.rpartition("__")[2] == "n_jobs"]
    return estimator.set_params(**dict.fromkeys(many, 1))
