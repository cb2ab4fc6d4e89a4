import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder, TargetEncoder
from sklearn.utils.estimator_checks import parametrize_with_checks

from dataml_lab.features.encode import Categories, ShrunkRatio

NAMES = st.sampled_from(["books", "toys", "other", "missing", "'other'", "", "1"]) | st.none()
COLUMN = st.lists(NAMES, min_size=1, max_size=8)


@parametrize_with_checks([Categories(), Categories(min_count=3), ShrunkRatio(), ShrunkRatio(strength=0.5)])
def test_scikit_learn_finds_nothing_wrong(estimator, check):
    check(estimator)


# Categories


def frame(values, dtype="str"):
    return pd.DataFrame({"category": pd.Series(values, dtype=dtype)})


def fitted(values, min_count=1, dtype="str"):
    return Categories(min_count).set_output(transform="pandas").fit(frame(values, dtype))


@given(COLUMN, COLUMN, st.integers(1, 3))
def test_each_value_is_in_its_own_column_in_that_of_others_or_in_that_of_the_missing(train, served, min_count):
    encoder = fitted(train, min_count)
    kept = sorted({value for value in train if value is not None and train.count(value) >= min_count})
    assert encoder.categories_ == [kept]
    place = [len(kept) + 1 if value is None else kept.index(value) if value in kept else len(kept) for value in served]
    assert encoder.transform(frame(served)).to_numpy().tolist() == np.eye(len(kept) + 2)[place].tolist()


@given(COLUMN, COLUMN)
def test_served_columns_are_those_of_training_and_a_row_alone_is_its_row_in_the_batch(train, served):
    encoder, batch = fitted(train), frame(served)
    copy, names = batch.copy(), list(encoder.transform(frame(train)))
    rows = [encoder.transform(batch.iloc[[row]]) for row in range(len(batch))]
    assert_frame_equal(pd.concat(rows), encoder.transform(batch))
    assert names == list(rows[0]) == encoder.get_feature_names_out().tolist() and len(set(names)) == len(names)
    assert names[-2:] == ["category=other", "category=missing"]
    assert list(encoder.transform(batch.head(0))) == names and not len(encoder.transform(batch.head(0)))
    assert_frame_equal(batch, copy)


@given(st.lists(st.sampled_from("abc"), min_size=1), st.lists(st.sampled_from("abcd"), min_size=1))
def test_the_known_categories_are_encoded_as_scikit_learn_does(train, served):
    theirs = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(frame(train))
    ours = fitted(train).transform(frame(served)).to_numpy()
    assert ours[:, :-2].tolist() == theirs.transform(frame(served)).tolist()


def test_a_category_that_is_called_other_or_missing_is_not_taken_for_them():
    encoder = fitted(["other", "missing", "'other'", '"', "books"])
    names = ["category='\"'", "category=\"'other'\"", "category=books", "category='missing'", "category='other'"]
    assert encoder.get_feature_names_out().tolist() == [*names, "category=other", "category=missing"]
    served = encoder.transform(frame(["other", "garden", "missing", None]))
    assert served.idxmax(axis=1).tolist() == [names[4], "category=other", names[3], "category=missing"]


@pytest.mark.parametrize("dtype", ["str", "object", "category", "string"])
@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA, pd.NaT])
def test_what_is_missing_is_so_in_any_type_of_text(dtype, nothing):
    encoder = fitted(["a", "b"])
    assert encoder.transform(frame(["b", nothing], dtype)).to_numpy().tolist() == [[0, 1, 0, 0], [0, 0, 0, 1]]
    assert fitted([nothing], dtype=dtype).categories_ == [[]]


def test_numbers_are_categories_whatever_type_has_to_hold_them_and_whatever_columns_are_beside():
    train = pd.DataFrame({"size": [38, 40], "price": [0.5, 1.5], "gift": [True, False]})
    encoder = Categories().set_output(transform="pandas").fit(train)
    assert list(encoder.get_feature_names_out()[:2]) == ["size=38", "size=40"]
    for size in ([40, None], pd.array([40, None], "Int64")):
        served = pd.DataFrame({"size": size, "price": [1.5, np.nan], "gift": [False, None]})
        assert encoder.transform(served).idxmax(axis=1).tolist() == ["size=40", "size=missing"]
        assert encoder.transform(served).to_numpy().sum(axis=1).tolist() == [3, 3]


def test_one_and_its_text_are_two_categories():
    encoder = fitted([1, "1", 2, 1], dtype="object")
    assert encoder.categories_ == [[1, 2, "1"]]
    assert encoder.get_feature_names_out().tolist()[:3] == ["category=1", "category=2", "category='1'"]


def test_names_that_two_columns_would_have_are_refused():
    with pytest.raises(ValueError, match="two columns would be called 'a=b=c'"):
        Categories().fit(pd.DataFrame({"a": ["b=c"], "a=b": ["c"]}))


# ShrunkRatio

PAIRS = st.lists(st.tuples(st.integers(0, 20) | st.none(), st.integers(0, 20) | st.none()), min_size=1, max_size=8)


def pairs(values):
    return pd.DataFrame(values, columns=["returns", "orders"], dtype="float64")


def learnt(values, strength=10.0):
    return ShrunkRatio(strength).set_output(transform="pandas").fit(pairs(values))


@given(PAIRS, PAIRS, st.sampled_from([0.1, 1.0, 10.0]))
def test_the_shrunk_ratio_is_its_formula(train, served, strength):
    known = [(n, d) for n, d in [*train, (1, 4)] if n is not None and d is not None]
    prior = sum(n for n, _ in known) / sum(d for _, d in known)
    expected = [prior if n is None or d is None else (n + strength * prior) / (d + strength) for n, d in served]
    encoder, batch = learnt([*train, (1, 4)], strength), pairs(served)
    copy, ratios = batch.copy(), encoder.transform(batch)
    assert list(ratios) == ["returns_per_orders"]
    np.testing.assert_allclose(ratios["returns_per_orders"], expected, rtol=1e-12)
    rows = [encoder.transform(batch.iloc[[row]]) for row in range(len(batch))]
    assert_frame_equal(pd.concat(rows), ratios)
    assert_frame_equal(batch, copy)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=2, max_size=20), st.floats(0.5, 50))
def test_it_is_the_encoding_of_scikit_learns_target_encoder(orders, strength):
    orders = pd.DataFrame([*orders, ("a", True), ("b", False)], columns=["user", "returned"])
    theirs = TargetEncoder(smooth=strength, target_type="continuous").fit(orders[["user"]], orders["returned"] * 1.0)
    counts = orders.groupby("user")["returned"].agg(["sum", "count"])
    np.testing.assert_allclose(ShrunkRatio(strength).fit_transform(counts)[:, 0], theirs.encodings_[0], rtol=1e-9)


def test_several_numerators_share_the_denominator_and_each_has_its_own_prior():
    train = pd.DataFrame({"returns": [1, 3, np.nan], "refunds": [10, 30, 60], "orders": [10, 10, 5]})
    ratios = ShrunkRatio(strength=5).set_output(transform="pandas").fit_transform(train)
    for name in ("returns", "refunds"):
        alone = ShrunkRatio(strength=5).fit_transform(train[[name, "orders"]])
        assert ratios[f"{name}_per_orders"].tolist() == alone[:, 0].tolist()
    assert ratios["returns_per_orders"].tolist() == [2 / 15, 4 / 15, 0.2]


@pytest.mark.parametrize("strength", [0, -1, np.nan])
def test_a_prior_counts_for_something(strength):
    with pytest.raises(ValueError, match=f"strength={strength}, where a number above 0"):
        learnt([(1, 2)], strength)


def test_what_nothing_can_be_learnt_from_is_refused():
    with pytest.raises(ValueError, match=r"add up to 0 in the training data \(n_samples=2\)"):
        learnt([(3, 0), (None, 7)])
    for negative in ([(-1, None)], [(1, -1)]):
        with pytest.raises(ValueError, match="Negative values"):
            learnt([(1, 2)]).transform(pairs(negative))


def test_both_work_by_the_names_of_columns():
    users = pd.DataFrame({"orders": [4, 0], "country": ["DE", None], "returns": [1, 0]})
    parts = [("country", Categories(), ["country"]), ("rates", ShrunkRatio(), ["returns", "orders"])]
    features = ColumnTransformer(parts, verbose_feature_names_out=False).set_output(transform="pandas")
    expected = ["country=DE", "country=other", "country=missing", "returns_per_orders"]
    assert list(features.fit_transform(users)) == expected
    assert features.transform(users.iloc[[1]]).to_numpy().tolist() == [[0, 0, 1, 0.25]]
