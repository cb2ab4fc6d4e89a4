import pytest

from dataml_lab.store import Store


@pytest.fixture(scope="session")
def store():
    return Store()


@pytest.fixture(scope="session")
def large():
    return Store(users=12_000, seed=3)
