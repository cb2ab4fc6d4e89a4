"""What tests of serving share: at which steps something is killed."""

import pytest


@pytest.fixture(params=[37, pytest.param(1, marks=pytest.mark.full)], ids=["some steps", "all steps"])
def steps(request):
    """The numbers of steps at which a process is killed, which takes a process each: fewer than elsewhere."""
    return range(1, 1_000, request.param)
