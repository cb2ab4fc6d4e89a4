"""What is refused, in words with the number of rows, an example and what to do."""

import re

import numpy as np
import pandas as pd
import pytest

from dataml_lab.experiments.analyse import analyse, analyse_table
from dataml_lab.experiments.metrics import mean, proportion, ratio
from dataml_lab.experiments.plan import Plan
from dataml_lab.experiments.refusals import refuse
from dataml_lab.experiments.source import Unreadable
from dataml_lab.experiments.statistics import statistics

SPENT = [mean("spent")]


def changed(users, name, value, rows=3):
    """The table with another value of a column in the first rows."""
    return users.assign(**{name: [value] * rows + users[name].tolist()[rows:]})


def both_arms(users):
    other = users.iloc[:2].assign(arm=users["arm"].iloc[:2].map({"control": "treatment", "treatment": "control"}))
    return pd.concat([users, other])


CASES = [
    (both_arms, SPENT, "The user 0 is in both arms (and so is 1 more): leave none of them out"),
    (lambda users: pd.concat([users, users[7:8]]), SPENT, "The user 7 has 2 rows: a row for each user is expected."),
    (lambda users: changed(users, "user_id", None), SPENT, "The column user_id is missing in 3 of 4,000 rows"),
    (lambda users: changed(users, "arm", None), SPENT, "The column arm is missing in 3 of 4,000 rows"),
    (lambda users: users[users["arm"] == "control"], SPENT,
     "has 1 arm, and two are compared: control (2,000 rows). The other arm is missing."),
    (lambda users: changed(users, "arm", "c"), SPENT, "has 3 arms, and two are compared: c (3 rows), control ("),
    (lambda users: users[:0], SPENT, "The table has no rows."),
    (lambda users: users.drop(columns="spent"), SPENT, "The table has no column spent; it has: user_id, arm, day"),
    (lambda users: changed(users, "spent", np.inf), SPENT,
     "The metric spent is infinite or not a number in 3 rows: mend the division that made it. Such is user "
     "0, who has inf."),
    (lambda users: changed(users, "spent", -np.inf), SPENT, "who has -inf."),
    (lambda users: changed(users, "spent", np.nan), SPENT,
     "The metric spent is missing in 3 rows. A user without an event has a 0"),
    (lambda users: changed(users.astype({"spent": object}), "spent", "12 EUR").astype({"spent": str}), SPENT,
     "The metric spent holds varchar, and numbers are expected. Such is user 0, who has 12 EUR."),
    (lambda users: changed(users, "bought", 2), [proportion("bought")],
     "The metric bought is a proportion, and other than 0 and 1 in 3 rows. Such is user 0, who has 2."),
    (lambda users: changed(users, "orders", -1), [ratio("spent", "orders")],
     "The metric orders divides, and is negative in 3 rows. Such is user 0, who has -1."),
    (lambda users: users.assign(orders=0), [ratio("spent", "orders")], "The column orders is 0 in all rows"),
    (lambda users: changed(users, "spent_before", np.nan), [mean("spent", before="spent_before")],
     "The metric spent_before is missing in 3 rows.")]


@pytest.mark.parametrize(("broken", "metrics", "words"), CASES, ids=[words[:40] for _, _, words in CASES])
def test_a_broken_table_is_refused_in_words(users, broken, metrics, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        analyse_table(broken(users), metrics)


def test_a_sound_table_is_not_refused(users):
    refuse(users, [*SPENT, proportion("bought"), ratio("spent", "orders")], day="day", cluster="cluster")
    refuse(users.astype({"bought": bool}), [proportion("bought")])


def test_a_cluster_in_both_arms_is_refused(users):
    with pytest.raises(ValueError, match=r"The cluster 0 is in both arms \(and so are 39 more\)"):
        refuse(users.assign(cluster=users["cluster"] // 2), SPENT, cluster="cluster")


def test_files_that_can_not_be_read_are_another_error(tmp_path):
    (tmp_path / "text.parquet").write_text("no")
    (tmp_path / "empty.csv").write_text("")
    for name, words in (("none.csv", "There is no file"), ("table.xlsx", "neither a CSV"),
                        ("text.parquet", "can't be read")):
        with pytest.raises(Unreadable, match=words):
            refuse(tmp_path / name, SPENT)
    with pytest.raises(ValueError, match=r"empty\.csv|no column"):
        refuse(tmp_path / "empty.csv", SPENT)


@pytest.mark.parametrize(("metrics", "words"), [
    ([mean("spent", margin=1)], "No metric decides"),
    ([mean("spent"), mean("spent")], "The metric spent is named twice"),
    ([mean("spent"), mean("errors", margin=0)], "The margin of errors is 0")])
def test_metrics_that_can_not_decide_are_refused(users, metrics, words):
    with pytest.raises(ValueError, match=words):
        refuse(users, metrics)


@pytest.mark.parametrize(("plan", "words"), [
    (Plan(looks="weekly"), "The looks are 'weekly'"), (Plan(looks="daily"), "say how many units"),
    (Plan(units=2), "each arm needs two"), (Plan(alpha=5), "alpha is 5"), (Plan(share=1), "share of treatment 1"),
    (Plan(control="a"), "one of them must be the control"),
    (Plan(units=100, looks="daily"), "name the column of the day")])
def test_plans_that_can_not_be_followed_are_refused(users, plan, words):
    with pytest.raises(ValueError, match=words):
        analyse(statistics(users, SPENT), SPENT, plan)


def test_statistics_of_other_metrics_or_of_infinite_ones_are_refused(users):
    table = statistics(users, SPENT)
    with pytest.raises(ValueError, match='no column "mean bought"'):
        analyse(table, [proportion("bought")])
    with pytest.raises(ValueError, match="infinite or missing in the statistics"):
        analyse(table.assign(**{"mean spent": np.inf}), SPENT)
    with pytest.raises(ValueError, match="one unit"):
        analyse(statistics(users.groupby("arm").head(1), SPENT), SPENT)
