from hypothesis import given, settings

from dataml_lab.features.windows import compute
from tests.features.oracle import alike, slow, worlds


@settings(deadline=None, max_examples=400)
@given(worlds())
def test_what_is_computed_is_what_the_slow_way_finds(world):
    alike(compute(*world), slow(*world))
