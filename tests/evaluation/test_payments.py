"""Payments: as many as asked for, the same from a seed, frauds as probable as they say."""

from dataml_lab.evaluation.payments import FEATURES, payments


def test_about_one_in_a_hundred_is_a_fraud_and_as_many_as_the_probabilities_say():
    table = payments(200_000, seed=1)
    assert 0.009 < table["probability"].mean() < 0.013
    assert abs(table["is_fraud"].mean() - table["probability"].mean()) < 3 * (0.012 / 200_000) ** 0.5
    likely = table[table["probability"] > 0.1]
    assert abs(likely["is_fraud"].mean() - likely["probability"].mean()) < 0.03


def test_a_seed_gives_the_same_payments_and_nothing_is_missing():
    assert payments(50, seed=3).equals(payments(50, seed=3)) and not payments(50, seed=3).equals(payments(50, seed=4))
    table = payments(1_000)
    assert list(table[FEATURES]) == FEATURES and not table.isna().to_numpy().any() and payments(0).empty
