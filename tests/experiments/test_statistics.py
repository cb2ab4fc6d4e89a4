"""Sufficient statistics: by arm, by day, by DuckDB, by PostgreSQL, and from the rows, the analysis is the same."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from sqlglot import parse_one

from dataml_lab.experiments.analyse import analyse, difference, looks
from dataml_lab.experiments.effects import difference_of_means, difference_with_cuped, sample
from dataml_lab.experiments.metrics import ROWS, columns_of, mean, proportion, ratio
from dataml_lab.experiments.plan import Plan
from dataml_lab.experiments.statistics import UP_TO, days_of, samples, statistics, statistics_sql, terms

METRICS = [mean("spent", before="spent_before"), proportion("bought"), ratio("spent", "orders", before="spent_before"),
           mean("errors", better="lower", margin=0.1)]
COLUMNS = ["spent", "spent_before", "bought", "orders", "errors"]


def numbers(report):
    """All numbers of a report, of each metric."""
    return report.frame().drop(columns="role").to_numpy(float)


def by_hand(users, metrics, day=False):
    """The statistics, computed by pandas."""
    keys = ["arm", "day"] if day else ["arm"]
    found = []
    for key, rows in users.groupby(keys):
        row = dict(zip(keys, key, strict=True)) | {"units": len(rows)}
        for left in COLUMNS:
            row[f"mean {left}"] = rows[left].mean()
            row |= {f"cov {left}, {right}": rows[left].cov(rows[right], ddof=0) for right in COLUMNS}
        found.append(row)
    return pd.DataFrame(found)


def test_duckdb_finds_what_pandas_does(users):
    for day in (None, "day"):
        found, expected = statistics(users, METRICS, day=day), by_hand(users, METRICS, bool(day))
        assert list(found.columns[:2 if day else 1]) == (["arm", "day"] if day else ["arm"])
        pd.testing.assert_frame_equal(found, expected[found.columns], check_dtype=False, rtol=1e-9)


def test_the_analysis_by_arm_and_day_is_that_of_the_rows(users):
    whole = analyse(statistics(users, METRICS), METRICS)
    by_day = analyse(statistics(users, METRICS, day="day"), METRICS)
    assert numbers(by_day) == pytest.approx(numbers(whole), rel=1e-9, nan_ok=True)
    arms = [sample(users.loc[users["arm"] == arm, COLUMNS]) for arm in ("control", "treatment")]
    for metric in METRICS[:3:2] + METRICS[3:]:
        term, before = terms(metric, COLUMNS)
        rows = difference_with_cuped(*arms, term, before)[0] if before else difference_of_means(*arms, term)
        assert whole[metric.name].difference == pytest.approx(float(rows.value), rel=1e-9)
        assert whole[metric.name].p == pytest.approx(float(rows.p_value()), rel=1e-7)


def test_days_add_up_to_the_rows_so_far(users):
    columns = ["spent", "orders"]
    table = statistics(users, [ratio("spent", "orders")], day="day")
    found = samples(table, "control", columns)
    for place, day in enumerate(sorted(users["day"].unique())):
        so_far = sample(users.loc[(users["arm"] == "control") & (users["day"] <= day), columns])
        assert found.units[place] == so_far.units
        assert found.means[place] == pytest.approx(so_far.means)
        assert found.covariances[place] == pytest.approx(so_far.covariances)


def test_a_day_without_units_of_an_arm_adds_nothing(users):
    some = users[(users["arm"] == "control") | (users["day"] != users["day"].min())]
    found = samples(statistics(some, [mean("spent")], day="day"), "treatment", ["spent"])
    assert found.units[0] == 0 and found.units[-1] == (some["arm"] == "treatment").sum()
    assert found.means[-1, 0] == pytest.approx(some.loc[some["arm"] == "treatment", "spent"].mean())


def test_large_values_lose_no_digits(users):
    far = users.assign(spent=users["spent"] + 1e9)
    near, distant = (analyse(statistics(rows, [mean("spent")], day="day"), [mean("spent")])["spent"]
                     for rows in (users, far))
    assert distant.difference == pytest.approx(near.difference, abs=1e-5)
    assert distant.high - distant.low == pytest.approx(near.high - near.low, rel=1e-5)


def test_clusters_are_reduced_to_their_sums(users):
    metrics = [mean("spent", before="spent_before"), ratio("spent", "orders")]
    table = statistics(users, metrics, cluster="cluster")
    sums = users.assign(count=1).groupby(["arm", "cluster"])[["spent", "spent_before", "orders", "count"]].sum()
    arms = tuple(sample(sums.loc[arm]) for arm in ("control", "treatment"))
    columns = ["spent", "spent_before", "orders", ROWS]
    for metric in metrics:
        found = difference(tuple(samples(table, arm, columns) for arm in ("control", "treatment")), metric, columns)[0]
        expected = difference(arms, metric, columns)[0]
        assert found.value == pytest.approx(float(expected.value))
        assert found.error == pytest.approx(float(expected.error))
    plain = analyse(table, metrics[1:])["spent / orders"]
    assert plain.treatment == pytest.approx(users[users.arm == "treatment"].spent.sum()
                                            / users[users.arm == "treatment"].orders.sum())


def test_files_are_as_frames(users, tmp_path):
    users.to_csv(tmp_path / "it's.csv", index=False)
    users.to_csv(tmp_path / "users.csv.gz", index=False)
    users.to_parquet(tmp_path / "users.parquet")
    expected = statistics(users, METRICS, day="day")
    for name in ("it's.csv", "users.csv.gz", "users.parquet"):
        found = statistics(tmp_path / name, METRICS, day="day")
        pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9)


def test_names_may_be_any(users):
    odd = users.rename(columns={"arm": "the arm", "spent": 'EUR "net"'})
    found = statistics(odd, [mean('EUR "net"')], arm="the arm")
    assert found['mean EUR "net"'].tolist() == statistics(users, [mean("spent")])["mean spent"].tolist()


def test_arms_are_text_whatever_their_type(users):
    table = statistics(users.assign(arm=(users["arm"] == "treatment").astype(int)), [mean("spent")])
    assert table["arm"].tolist() == ["0", "1"]


def test_the_query_is_one_of_spark_too():
    sql = statistics_sql("users", METRICS, day="day", dialect="spark")
    assert "`mean spent`" in sql and parse_one(sql, read="spark").named_selects[:3] == ["arm", "day", "units"]


@pytest.mark.full
def test_postgresql_finds_the_same(users):
    import psycopg

    from dataml_lab.store.postgres import Server

    server = Server()
    try:
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE users (arm text, spent float, spent_before float, bought float, "
                               "orders float, errors float)")
            with connection.cursor().copy("COPY users FROM STDIN") as copy:
                for row in users[["arm", *COLUMNS]].to_numpy().tolist():
                    copy.write_row(row)
            cursor = connection.execute(statistics_sql("users", METRICS, dialect="postgres"))
            found = pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])
    finally:
        server.stop()
    expected = statistics(users, METRICS)
    assert numbers(analyse(found, METRICS)) == pytest.approx(numbers(analyse(expected, METRICS)), rel=1e-8, nan_ok=True)


@pytest.mark.full
def test_ten_million_rows_made_by_duckdb_are_dozens():
    sql = statistics_sql(
        "(SELECT CASE WHEN hash(range) % 2 = 0 THEN 'control' ELSE 'treatment' END AS arm, range % 14 AS day, "
        "CAST(hash(range + 7) % 10 = 0 AS INT) AS bought FROM range(10000000)) AS users",
        [proportion("bought")], day="day")
    found = duckdb.sql(sql).df()
    report = analyse(found, [proportion("bought")])
    assert len(found) == 28 and found["units"].sum() == 10**7 and not report.split.broken
    assert np.abs(report["bought"].control - 0.1) < 0.001


def test_clusters_by_day_are_sums_of_all_rows_up_to_the_end_of_each_day(users):
    metrics = [mean("spent", before="spent_before"), ratio("spent", "orders"), mean("errors", better="lower", margin=1)]
    found = statistics(users, metrics, day="day", cluster="cluster")
    assert list(found)[:3] == ["arm", UP_TO, "units"] and len(found) == 20
    for place, day in enumerate(days_of(found)):
        expected = statistics(users[users["day"] <= day], metrics, cluster="cluster")
        for arm in ("control", "treatment"):
            ours, whole = (samples(one, arm, [*columns_of(metrics), ROWS]) for one in (found, expected))
            assert ours.units[place] == whole.units[0]
            np.testing.assert_allclose(ours.means[place], whole.means[0])
            np.testing.assert_allclose(ours.covariances[place], whole.covariances[0], atol=1e-9)
    report = analyse(found, metrics)
    assert str(report) == str(analyse(statistics(users, metrics, cluster="cluster"), metrics))


def test_an_arm_without_new_rows_on_a_day_has_the_clusters_of_the_day_before(users):
    late = users[(users["arm"] == "treatment") | (users["day"] < users["day"].max())]
    found = statistics(late, [mean("spent")], day="day", cluster="cluster")
    last = samples(found[~((found["arm"] == "control") & (found[UP_TO] == found[UP_TO].max()))], "control", ["spent"])
    assert len(last.units) == 10 and last.units[-1] == last.units[-2]


def test_clusters_by_day_are_shown_as_days_end_and_are_read_once(users):
    found = statistics(users, [mean("spent")], day="day", cluster="cluster")
    seen = looks(found, [mean("spent")], Plan())
    assert len(seen) == 10 and (seen["high"] - seen["low"]).iloc[-1] < (seen["high"] - seen["low"]).iloc[0]
    with pytest.raises(ValueError, match="Plan to read them once"):
        analyse(found, [mean("spent")], Plan(units=80, looks="daily"))
