import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dataml_lab.store.draws import exponential, normal, pick, stream, uniforms

RNG = np.random.default_rng(0)


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_longer_table_begins_with_a_shorter_ones_luck(short, more):
    first = uniforms(stream(1, "orders", 0), short, 3)
    second = uniforms(stream(1, "orders", 0), short + more, 3)
    assert (second[:, :short] == first).all()


def test_streams_differ_by_seed_stage_and_place():
    places = [(1, "users"), (2, "users"), (1, "orders"), (1, "users", 0), (1, "users", 1), (1, "users", 0, 0)]
    assert len({stream(*place).random() for place in places}) == len(places)


def test_uniforms_become_the_distributions_they_should():
    u = RNG.random(100_000)
    assert abs(exponential(u, 3.0).mean() - 3) < 0.05
    assert abs(normal(u).std() - 1) < 0.01 and abs(normal(u).mean()) < 0.01
    assert np.isfinite(normal(np.array([0.0, 1.0]))).all()
    shares = np.bincount(pick(u, [2, 1, 0, 1])) / len(u)
    np.testing.assert_allclose(shares, [0.5, 0.25, 0, 0.25], atol=0.01)
