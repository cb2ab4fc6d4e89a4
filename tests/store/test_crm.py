import httpx
import pytest

from dataml_lab.store import Store

SMALL = Store(users=120, days=30, seed=4)


def customers(*users, segment="regular"):
    return [{"user_id": user, "segment": segment} for user in users]


@pytest.fixture(scope="module")
def calm():
    with SMALL.crm(busy_every=None, fail_every=None) as crm:
        yield crm


def put(crm, body):
    return httpx.put(crm.url + "/customers", **({"content": body} if isinstance(body, bytes) else {"json": body}))


def test_it_takes_segments_and_keeps_those_it_is_not_told():
    with SMALL.crm(busy_every=None, fail_every=None) as crm:
        assert put(crm, customers(*range(1, 101))).status_code == 204
        assert put(crm, customers(2, 120, segment="lapsed")).status_code == 204
        assert put(crm, []).status_code == 204
        assert crm.segments == dict.fromkeys(range(1, 101), "regular") | {2: "lapsed", 120: "lapsed"}
        assert (crm.puts, crm.requests) == (102, 3) and "knows 101 segments" in repr(crm)
    assert "stopped, knew 101 segments" in repr(crm)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (customers(1, 121), "Customer 2 of the list: there is no user 121."),
        (customers(1, 0), "there is no user 0."),
        (customers(True), "there is no user True."),
        (customers("1"), "Customer 1 of the list: "),
        (customers(1, segment=""), "is needed"),
        (customers(1, segment=None), "is needed"),
        ([*customers(1), {"user_id": 2}], "Customer 2 of the list: "),
        ([{**customers(1)[0], "note": ""}], "is needed"),
        (["regular"], 'and "regular" came'),
        (customers(*range(1, 102)), "A JSON list of up to 100 customers"),
        ({}, "A JSON list of up to 100"),
        (b"", "A JSON list of up to 100"),
        (b"[" * 100_000, "A JSON list of up to 100"),
        (b"\xff", "A JSON list of up to 100"),
    ],
)
def test_a_list_that_cannot_be_taken_changes_nothing_and_gets_a_sentence(calm, body, sentence):
    answer = put(calm, body)
    assert answer.status_code == 422 and sentence in answer.json()["detail"]
    assert calm.segments == {} and calm.puts == 0


def test_it_is_busy_and_fails_by_count_and_carries_out_every_second_failure():
    with SMALL.crm(busy_every=5, fail_every=3) as crm:
        answers = [put(crm, customers(number)) for number in range(1, 16)]
        found = {number: answer.status_code for number, answer in enumerate(answers, 1) if answer.status_code != 204}
        assert found == {3: 500, 5: 429, 6: 500, 9: 500, 10: 429, 12: 500, 15: 429}
        assert set(crm.segments) == set(range(1, 16)) - {5, 10, 15} - {6, 12}
        assert (crm.puts, crm.requests) == (10, 15)
    assert answers[4].headers["Retry-After"] == "0"


@pytest.mark.parametrize("arguments", [{"busy_every": 1}, {"fail_every": 0}])
def test_bad_arguments_are_named(arguments):
    name, value = next(iter(arguments.items()))
    with pytest.raises(ValueError, match=rf"crm\({name}={value}\)"):
        SMALL.crm(**arguments)
