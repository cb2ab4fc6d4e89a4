"""Tests that share something dear run in one process, where tests run side by side."""

import os

import pytest


@pytest.mark.xdist_group("one-process")
def test_a_test_of_a_group_is_known_to_be_one(request):
    side_by_side = os.environ.get("PYTEST_XDIST_WORKER") and request.config.getvalue("loadgroup")
    assert request.node.nodeid.endswith("@one-process") == bool(side_by_side)
