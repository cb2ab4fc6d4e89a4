"""A saved model answers as it did; a folder that isn't what was saved is refused, by the name of the file or type."""

import errno
import functools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sklearn
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from dataml_lab.models.boosting import Boosting
from dataml_lab.serving import ModelError, Schema, load, save, saved
from tests.serving import kills
from tests.serving.worlds import boosted, payments, pipeline, schema, target

NUMBERS = ["amount", "items"]
MAKERS = {"pipeline": pipeline, **{f"{library} {kind}": lambda library=library, kind=kind: boosted(library, kind)
          for library in ("sklearn", "lightgbm", "xgboost") for kind in ("Classifier", "Regressor")}}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    save(tmp_path / "fraud", pipeline(), schema(), "fraud", 3)
    return tmp_path / "fraud"


@pytest.mark.parametrize("maker", MAKERS)
def test_a_saved_model_answers_as_it_did_for_tables_and_rows(tmp_path, maker):
    estimator = MAKERS[maker]()
    made = save(tmp_path / "fraud", estimator, schema(), "fraud", 3)
    found = load(tmp_path / "fraud")
    assert found == made
    table = payments()
    direct = estimator.predict_proba(table)[:, 1] if hasattr(estimator, "predict_proba") else estimator.predict(table)
    assert np.array_equal(found.score(table), np.asarray(direct, float))
    rows = table.head(20).astype(object).where(table.notna(), None).to_dict("records")
    np.testing.assert_allclose([found.score([row])[0] for row in rows], found.score(table)[:20], rtol=1e-12)
    assert found.score([]).shape == (0,)
    assert found.classifies == hasattr(estimator, "predict_proba")


def test_what_is_kept_beside_the_estimator(folder):
    found = load(folder)
    assert (found.name, found.version, found.schema) == ("fraud", 3, schema())
    assert {"numpy", "sklearn"} <= set(found.libraries) <= set(saved.LIBRARIES)
    assert repr(found) == "fraud 3: Pipeline of amount, items, new, zone"


@pytest.mark.skipif(sys.platform != "linux", reason="sha256sum is a program of Linux")
def test_checksums_are_those_of_sha256sum(folder):
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("name", ["model.skops", "model.json", "SHA256SUMS"])
@pytest.mark.parametrize("change", ["flip", "cut", "append", "empty", "remove"])
def test_a_changed_file_is_refused_by_name(folder, name, change):
    path, content = folder / name, (folder / name).read_bytes()
    middle = len(content) // 3
    changed = {"flip": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:], "cut": content[:middle],
               "append": content + b"\n", "empty": b""}  # fmt: skip
    path.unlink() if change == "remove" else path.write_bytes(changed[change])
    named = "model.skops" if name == "SHA256SUMS" and change in ("flip", "cut", "empty") else name
    with pytest.raises(ModelError, match=rf"fraud/{named}: (the file is not what was saved|no such file)"):
        load(folder)


@pytest.mark.parametrize(("name", "content"), [
    ("model.skops", b"no archive"), ("model.json", b"{"), ("model.json", b"{}"), ("model.json", b"[]"),
    ("model.json", b'{"format": 1, "schema": [{"kind": "number"}]}')])
def test_a_file_that_save_did_not_write_is_named_although_its_checksum_is_right(folder, name, content):
    (folder / name).write_bytes(content)
    files = {name: (folder / name).read_bytes() for name in (saved.ESTIMATOR, saved.TOLD)}
    (folder / saved.SUMS).write_bytes(saved.sums(files))
    with pytest.raises(ModelError, match=rf"fraud/{name}: it can't be read as `save` writes it: \w+: .*; restore"):
        load(folder)


def test_another_folder_is_refused(tmp_path):
    with pytest.raises(ModelError, match="there is no such folder"):
        load(tmp_path / "none")


def test_a_type_that_is_not_trusted_is_named_and_never_made(tmp_path):
    estimator = make_pipeline(FunctionTransformer(np.log1p), Boosting(rounds=1)).fit(payments()[NUMBERS], target())
    numbers, own = Schema.of(payments()[NUMBERS]), "dataml_lab.models.boosting.Boosting"
    with pytest.raises(ModelError, match=f"own: not trusted: {own}. If you know that they do no harm"):
        save(tmp_path / "own", estimator, numbers, "own")
    assert not list(tmp_path.iterdir())
    save(tmp_path / "own", estimator, numbers, "own", trusted=[own])
    with pytest.raises(ModelError, match=f"own/model.skops: not trusted: {own}"):
        load(tmp_path / "own")
    found = load(tmp_path / "own", trusted=[own]).score(payments()[NUMBERS])
    assert found.tolist() == estimator.predict(payments()[NUMBERS]).tolist()


def test_a_function_in_a_file_is_not_run(tmp_path):
    harm = tmp_path / "harm"
    estimator = DummyRegressor().fit(payments(), target())
    estimator.harm = functools.partial(os.mkdir, str(harm))
    with pytest.raises(ModelError, match=r"not trusted: posix.mkdir|not trusted: nt.mkdir"):
        save(tmp_path / "bad", estimator, schema(), "bad")
    save(tmp_path / "bad", estimator, schema(), "bad", trusted=[f"{os.name}.mkdir"])
    with pytest.raises(ModelError, match=r"bad/model.skops: not trusted: \w+.mkdir"):
        load(tmp_path / "bad")
    assert not harm.exists()


def test_a_library_of_another_series_is_refused_unless_asked_for(folder, monkeypatch):
    monkeypatch.setattr(sklearn, "__version__", "1.7.2")
    with pytest.raises(ModelError, match=r"saved with sklearn 1\.9\.\d+ \(1.7.2 is here\), and may predict otherwise"):
        load(folder)
    assert load(folder, any_version=True).version == 3
    monkeypatch.setattr(sklearn, "__version__", "1.9.99")
    assert load(folder).version == 3


def test_it_is_loaded_to_predict_in_one_thread(tmp_path):
    forest = RandomForestRegressor(3, n_jobs=2).fit(payments()[NUMBERS], target())
    save(tmp_path / "forest", make_pipeline(forest), Schema.of(payments()[NUMBERS]), "forest")
    assert load(tmp_path / "forest").estimator[0].n_jobs == 1


@pytest.mark.parametrize(("made", "message"), [
    (lambda: RidgeClassifier().fit(payments()[NUMBERS], target()), "RidgeClassifier has no predict_proba"),
    (lambda: DummyClassifier().fit(payments()[NUMBERS], payments()["items"]), "there are 8 classes, where"),
    (pipeline, r"was fitted on \['amount', 'items', 'new', 'zone'\], and the schema has \['amount', 'items'\]"),
])  # fmt: skip
def test_what_has_no_score_is_refused(tmp_path, made, message):
    with pytest.raises(ValueError, match=message):
        save(tmp_path / "model", made(), Schema.of(payments()[NUMBERS]), "model")


@pytest.mark.parametrize(("name", "version", "message"), [
    ("../up", 1, "is no name of small letters"), ("", 1, "is no name"), ("fraud", 0, "the version 0 is no whole"),
    ("fraud", True, "the version True"), ("fraud", "1", "the version '1'"),
])  # fmt: skip
def test_a_name_or_version_that_cannot_be_is_refused(tmp_path, name, version, message):
    with pytest.raises(ValueError, match=message):
        save(tmp_path / "model", pipeline(), schema(), name, version)


def test_a_saved_model_is_not_saved_over(folder):
    before = load(folder).digest
    with pytest.raises(ModelError, match="there is something already, and a saved model never changes"):
        save(folder, boosted("sklearn"), schema(), "fraud", 4)
    assert load(folder).digest == before


def test_killed_at_any_step_the_folder_is_whole_or_absent(tmp_path, steps):
    mean = DummyRegressor().fit(payments(), target())
    for step in steps:
        folder = tmp_path / str(step) / "mean"
        killed = kills.killed_at(step, lambda folder=folder: save(folder, mean, schema(), "mean"))
        if killed and not folder.exists():
            save(folder, mean, schema(), "mean")
        assert load(folder).score(payments()).tolist() == mean.predict(payments()).tolist()
        if not killed:
            break
    assert step > 20


def test_a_full_disk_leaves_nothing_and_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ModelError, match=r"fraud: the disk is full: free some space"):
        save(tmp_path / "fraud", pipeline(), schema(), "fraud")
    assert not list(tmp_path.iterdir())


def full(path, content):
    path.touch()
    raise OSError(errno.ENOSPC, "No space left on device")
