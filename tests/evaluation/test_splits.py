"""Splits by time, by group and by both: what they promise of each row, in scikit-learn as well, and what they
refuse."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV, cross_validate

from dataml_lab.evaluation.splits import GroupSplit, GroupTimeSplit, TimeSplit

WEEK, DAY = pd.Timedelta(days=7), pd.Timedelta(days=1)


def rows(seed, users=40, weeks=12, n=400):
    """Rows of users on Mondays, in no order, with a label."""
    random = np.random.default_rng(seed)
    monday = pd.Timestamp("2025-03-03", tz="UTC")
    return pd.DataFrame({"user_id": random.integers(0, users, n), "as_of": monday + WEEK * random.integers(0, weeks, n),
                         "label": random.integers(0, 2, n)})


@pytest.mark.parametrize("seed", range(5))
def test_groups_stay_whole_and_folds_are_of_a_size(seed):
    table = rows(seed)
    splits = list(GroupSplit(5, random_state=seed).split(table, groups=table["user_id"]))
    tested = [set(test) for _, test in splits]
    assert set.union(*tested) == set(range(len(table))) and sum(map(len, tested)) == len(table)
    assert max(map(len, tested)) - min(map(len, tested)) <= table["user_id"].value_counts().max()
    for fitted, test in splits:
        assert set(fitted) | set(test) == set(range(len(table)))
        assert not set(table["user_id"].iloc[fitted]) & set(table["user_id"].iloc[test])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("horizon", [0 * DAY, WEEK, 10 * DAY])
def test_time_goes_forward_and_labels_are_known(seed, horizon):
    table = rows(seed)
    splits = list(TimeSplit(4, horizon).split(table, groups=table["as_of"]))
    starts = [table["as_of"].iloc[test].min() for _, test in splits]
    assert starts == sorted(set(starts)) and len(splits) == 4
    tested = np.concatenate([test for _, test in splits])
    assert sorted(tested) == np.flatnonzero(table["as_of"] >= starts[0]).tolist()
    for start, (fitted, test) in zip(starts, splits, strict=True):
        as_of = table["as_of"]
        assert fitted.tolist() == np.flatnonzero((as_of < start) & (as_of + horizon <= start)).tolist()
        assert 40 < len(test) < 130


@pytest.mark.parametrize("seed", range(5))
def test_both_at_once_share_no_group_and_know_each_label(seed):
    table = rows(seed)
    for fitted, test in GroupTimeSplit(4, WEEK).split(table, groups=table):
        assert not set(table["user_id"].iloc[fitted]) & set(table["user_id"].iloc[test])
        assert (table["as_of"].iloc[fitted] + WEEK).max() <= table["as_of"].iloc[test].min()


@pytest.mark.parametrize(("cv", "groups"), [(GroupSplit(3), "user_id"), (TimeSplit(3, WEEK), "as_of"),
                                            (GroupTimeSplit(3, WEEK), ["user_id", "as_of"])])
def test_scikit_learn_takes_them(cv, groups):
    table = rows(0)
    X = table[["user_id"]]
    scores = cross_validate(DummyClassifier(), X, table["label"], groups=table[groups], cv=cv, scoring="accuracy")
    assert len(scores["test_score"]) == 3 == cv.get_n_splits() and np.isfinite(scores["test_score"]).all()
    search = GridSearchCV(DummyClassifier(), {"strategy": ["prior", "uniform"]}, cv=cv)
    assert search.fit(X, table["label"], groups=table[groups]).n_splits_ == 3


def of(cv, X, groups):
    return list(cv.split(X, groups=groups))


TEN = pd.date_range("2025-03-03", periods=10, tz="UTC")


@pytest.mark.parametrize(("cv", "groups", "words"), [
    (GroupSplit(5), [1, 2, 3, 4] * 2 + [1, 2], "There are 4 groups, too few for 5 folds"),
    (GroupSplit(5), None, "needs the group of each row"),
    (GroupSplit(1), [1] * 10, "at least 2"),
    (GroupSplit(2), [1.0, np.nan] * 5, "5 rows have no group, the first of them in place 1"),
    (GroupSplit(2), [1, 2], "There are 10 rows, and groups has 2 groups"),
    (TimeSplit(3), [TEN[0], TEN[1]] * 5, "There are 2 different moments"),
    (TimeSplit(3), [TEN[0]] * 7 + [TEN[1], TEN[2], TEN[3]], "so many rows"),
    (TimeSplit(3, 30 * DAY), TEN, "With a horizon of 30 days 00:00:00, no label was known at 2025-03-05"),
    (TimeSplit(3, -DAY), TEN, "isn't known before"),
    (TimeSplit(3), [*TEN[:9], pd.NaT], "1 rows have no moment, the first of them in place 9"),
    (GroupTimeSplit(2), [1] * 10, "must be a DataFrame with the columns 'user_id' and 'as_of'"),
    (GroupTimeSplit(2), pd.DataFrame({"user_id": [1] * 5 + [2] * 5, "as_of": TEN}), "leave nothing to"),
])
def test_what_cannot_be_split_is_refused_in_words(cv, groups, words):
    with pytest.raises(ValueError, match=words):
        of(cv, range(10), groups)
