"""What tests of serving share: at which steps something is killed, and a folder of payments."""

import numpy as np
import pytest

from tests.serving.worlds import PARTS, payments


@pytest.fixture(params=[37, pytest.param(1, marks=pytest.mark.full)], ids=["some steps", "all steps"])
def steps(request):
    """The numbers of steps at which a process is killed, which takes a process each: fewer than elsewhere."""
    return range(1, 1_000, request.param)


@pytest.fixture
def source(tmp_path):
    """A folder of files with 60 payments each, of which some can't be scored."""
    table = payments()[:60 * len(PARTS)].assign(order_id=range(60 * len(PARTS)), note="not for the model")
    table.loc[::7, "amount"] = -1.0
    table.loc[::11, "amount"] = np.nan
    for number, name in enumerate(PARTS):
        path = tmp_path / "payments" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        table[number * 60:(number + 1) * 60].to_parquet(path, index=False)
    return tmp_path / "payments"
