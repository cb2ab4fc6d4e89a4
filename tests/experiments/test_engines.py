"""Sufficient statistics by Spark, if it is there, are those of DuckDB, and so is what is read from them."""

import pandas as pd
import pytest

from dataml_lab.experiments.analyse import analyse
from dataml_lab.experiments.engines import statistics_on_spark
from dataml_lab.experiments.metrics import mean, proportion, ratio
from dataml_lab.experiments.statistics import statistics
from tests.conftest import needs

needs_spark = needs("spark")
METRICS = [mean("spent", before="spent_before"), proportion("bought"), ratio("spent", "orders", before="spent_before"),
           mean("errors", better="lower", margin=0.1)]


@pytest.fixture(scope="module")
def folder(users, tmp_path_factory):
    """A folder of two Parquet files, with the users of both."""
    found = tmp_path_factory.mktemp("users")
    for number, some in enumerate((users[:1500], users[1500:])):
        some.assign(day=some["day"].astype("datetime64[us]")).to_parquet(found / f"{number}.parquet", index=False)
    return found


@needs_spark
@pytest.mark.parametrize("by", [{"day": "day"}, {"cluster": "cluster", "day": "day"}])
def test_spark_finds_the_statistics_of_duckdb_and_the_same_is_read_from_them(folder, users, by):
    found, expected = statistics_on_spark(folder, METRICS, **by), statistics(users, METRICS, **by)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9)
    assert str(analyse(found, METRICS)) == str(analyse(expected, METRICS))
