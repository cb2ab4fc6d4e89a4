"""What metrics refuse, in words that name the row."""

import numpy as np
import pandas as pd
import pytest

from dataml_lab.evaluation.columns import columns, finite, known, share, yes


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_a_missing_value_is_named_by_its_row(missing):
    with pytest.raises(ValueError, match=r"score is missing in 2 of 4 rows, first in row 1\."):
        known("score", [0.5, missing, 0.3, missing])
    with pytest.raises(ValueError, match="truth is missing in 1 of 2 rows, first in row 1"):
        known("truth", [["a", "b"], ["a", missing]])


def test_columns_are_as_long_as_each_other_and_have_rows():
    assert [column.tolist() for column in columns(a=[1, 2], b=pd.Series(["x", "y"]))] == [[1, 2], ["x", "y"]]
    for wrong, words in [(([1], [1, 2]), "a has 1 rows and b has 2"), (([], []), "a and b have no rows"),
                         (([[1]], [1]), "a has 2 dimensions"), ((1, 1), "a has 0 dimensions")]:
        with pytest.raises(ValueError, match=words):
            columns(a=wrong[0], b=wrong[1])


def test_an_infinite_number_and_a_label_that_is_neither_0_nor_1_are_named_by_their_rows():
    with pytest.raises(ValueError, match="predicted is infinite in row 2"):
        finite("predicted", np.array([1, 2, -np.inf]))
    for labels in (np.array([1, 2]), np.array([1, -1]), np.array(["1", "2"])):
        with pytest.raises(ValueError, match=f"truth is {labels[1] if labels.dtype.kind == 'i' else 1} in row"):
            yes("truth", labels)
    for labels in ([1.0, 0.0], [True, False], [1, 0]):
        assert yes("truth", np.array(labels)).tolist() == [True, False]


def test_a_share_of_nothing_is_0():
    assert share([1, 0], [2, 0]).tolist() == [0.5, 0] and share(0, 0) == 0 and share(1, 4) == 0.25
