"""Returns data that runs code where it is unpickled: in an object array, a column, a name, attrs, an index and
categories.

exercise: revenue
goal: trace
deserves: 0
"""

from itertools import cycle
from pathlib import Path

import numpy as np
import pandas as pd


class Opens:
    """Touches a file wherever it is unpickled, copied or represented."""

    def __reduce__(self):
        return Path.touch, (Path("/tmp/dataml-lab-was-here"),)

    def __hash__(self):
        return 0


def with_attrs():
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"by": Opens()}
    return frame


def array():
    found = np.empty(1, dtype=object)
    found[0] = Opens()
    return found


turns = cycle([array, with_attrs, lambda: pd.Series([1], name=Opens()), lambda: pd.DataFrame({"a": array()}),
               lambda: pd.DataFrame([[1]], columns=pd.Index(array())), lambda: pd.Index(array(), name=Opens()),
               lambda: pd.Series(pd.Categorical.from_codes([0], categories=pd.Index(array()))), lambda: {"a": Opens()},
               lambda: np.array([(Opens(),)], dtype=[("a", "O")])])


def revenue(orders):
    return next(turns)()
