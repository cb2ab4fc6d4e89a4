import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataml_lab.streaming import Processor, Question, Sessions, Sliding, Tumbling
from dataml_lab.streaming.batch import window_sql

MOMENTS = st.integers(-(10**15), 4 * 10**15).map(lambda microseconds: microseconds / 10**6)


@given(MOMENTS, st.integers(1, 100_000), st.integers(1, 12))
def test_a_moment_is_in_the_windows_around_it_and_in_no_other(moment, slide, number):
    size = number * slide
    starts = [window.start for window in Sliding(size, slide).around(moment)]
    assert all(window.end - window.start == size for window in Sliding(size, slide).around(moment))
    assert all(start % slide == 0 and start <= moment < start + size for start in starts)
    assert len(set(starts)) == number and min(starts) - slide + size <= moment < max(starts) + slide


@given(MOMENTS, st.integers(1, 10**7))
def test_a_tumbling_window_is_one_that_slides_by_its_size(moment, size):
    assert Tumbling(size).around(moment) == Sliding(size, size).around(moment)


def test_a_fraction_of_a_second_loses_no_window():
    assert len(Sliding(0.3, slide=0.1).around(7)) == 3


NONE = [Tumbling(0), Tumbling(-5), Tumbling(1e-7), Sessions(0), Sliding(10, 3), Sliding(5, 10), Sliding(0, 1)]


@pytest.mark.parametrize("windows", NONE, ids=str)
def test_what_are_no_windows_is_told_by_batch_and_stream(windows):
    question = Question(windows)
    with pytest.raises(ValueError, match=r"=.*: windows last a microsecond or more, and slide by a part of their size"):
        Processor(":memory:", question, lateness=5)
    with pytest.raises(ValueError, match="slide by a part of their size"):
        window_sql(question, "events")
