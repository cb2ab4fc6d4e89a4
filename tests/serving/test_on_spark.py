"""Spark gives each row the score and the problem that a folder on one machine gives it."""

import numpy as np
import pandas as pd
import pytest

from dataml_lab.serving import ModelError, load, save
from dataml_lab.serving.batch import score_folder
from dataml_lab.serving.on_spark import score_on_spark
from dataml_lab.streaming.spark import SparkError
from tests.conftest import needs
from tests.serving.worlds import boosted, payments, schema

needs_spark = needs("spark")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model, and payments in two files, of which some can't be scored."""
    folder = tmp_path_factory.mktemp("serving")
    save(folder / "model", boosted("lightgbm"), schema(), "fraud", 3)
    table = payments().assign(order_id=range(len(payments())), note="not for the model")
    table.loc[::7, "amount"] = -1.0
    table.loc[::11, "amount"] = np.nan
    for name, part in {"day=1/a.parquet": table[:120], "b.parquet": table[120:]}.items():
        (folder / "payments" / name).parent.mkdir(parents=True, exist_ok=True)
        part.to_parquet(folder / "payments" / name, index=False)
    return folder


def test_what_can_not_be_asked_needs_no_spark(folder):
    with pytest.raises(ValueError, match="model: there is something already: name a new folder"):
        score_on_spark(folder / "model", folder / "payments", folder / "model", ["order_id"])
    with pytest.raises(ModelError, match="there is no such folder"):
        score_on_spark(folder / "none", folder / "payments", folder / "scores", ["order_id"])


@needs_spark
def test_spark_scores_as_one_machine_does(folder):
    left = folder / ".on spark.spark"
    left.mkdir()
    (left / "part.parquet").write_bytes(b"of a killed run")
    keep = ["order_id", "note"]
    found = score_on_spark(folder / "model", folder / "payments", folder / "on spark", keep)
    assert found == score_folder(load(folder / "model"), folder / "payments", folder / "here", keep)
    here, there = (pd.read_parquet(folder / name).sort_values("order_id", ignore_index=True)[
        [*keep, "score", "problem", "model", "version"]] for name in ("here", "on spark"))
    pd.testing.assert_frame_equal(there, here, check_exact=True)
    assert not left.exists()


@needs_spark
def test_spark_names_a_missing_column(folder):
    with pytest.raises(SparkError, match=r"payments: there is no column user_id, only "):
        score_on_spark(folder / "model", folder / "payments", folder / "no scores", ["user_id"])
    assert not (folder / "no scores").exists()
