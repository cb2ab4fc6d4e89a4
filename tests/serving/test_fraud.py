"""The model of payments: it takes the shop's payments, it knows frauds from others, and it can be saved."""

import numpy as np
import pandas as pd
import pytest

from dataml_lab.evaluation.payments import FEATURES
from dataml_lab.serving import load, save
from dataml_lab.serving.fraud import FLAG, SCHEMA, rows_of, trained
from dataml_lab.store import Store, mechanisms


@pytest.fixture(scope="module")
def store():
    return Store()


@pytest.fixture(scope="module")
def rows(store):
    return rows_of(store.payments, store.users)


def test_each_payment_has_a_row_that_the_model_takes(store, rows):
    assert rows.index.tolist() == store.payments["payment_id"].tolist()
    assert SCHEMA.names == FEATURES == list(rows)
    assert SCHEMA.table(rows).equals(rows) and SCHEMA.problems(rows.iloc[0].to_dict()) == {}


def test_with_the_rows_the_rule_of_the_shop_gives_the_true_probability(store, rows):
    hour = np.where(rows["night"] == 1, 3, 12)
    found = mechanisms.fraud_probability(rows["amount"], hour, rows["country_mismatch"], rows["account_days"],
                                         rows["attempts"], False)
    truth = store.truth.payments.set_index("payment_id")["fraud_probability"]
    assert np.allclose(found, truth.loc[rows.index], atol=1e-12)


def test_the_order_of_payments_decides_nothing(store, rows):
    mixed = store.payments.sample(200, random_state=0)
    assert rows_of(mixed, store.users).equals(rows.loc[mixed["payment_id"]])
    with pytest.raises(KeyError):
        rows_of(store.payments, store.users.head(5))


def test_it_flags_about_4_percent_and_more_frauds_than_others(store, rows):
    flagged = trained().predict_proba(rows)[:, 1] >= FLAG
    assert 0.03 < flagged.mean() < 0.055
    fraud = pd.Series(flagged).groupby(store.payments["is_fraud"]).mean()
    assert fraud[True] > 4 * fraud[False]


def test_it_can_be_saved_and_answers_the_same(tmp_path, rows):
    model, some = trained(), rows.head(50)
    save(tmp_path / "fraud", model, SCHEMA, "fraud")
    assert np.array_equal(load(tmp_path / "fraud").score(some), model.predict_proba(some)[:, 1])
