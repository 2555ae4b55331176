import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb.manifest.apps import COLUMNS, lay_out
from flask_openbb.manifest.specs import Placement

SIZES = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 30)), max_size=30)


@given(SIZES)
@settings(max_examples=100, deadline=None)
def test_nothing_overlaps_or_leaves_the_grid(sizes):
    placed = lay_out([(str(number), size) for number, size in enumerate(sizes)])
    assert [item.widget for item in placed] == [str(number) for number in range(len(sizes))]
    for number, one in enumerate(placed):
        assert one.x >= 0
        assert one.x + one.w <= COLUMNS
        assert one.h == sizes[number][1]
        for other in placed[:number]:
            apart_x = one.x + one.w <= other.x or other.x + other.w <= one.x
            apart_y = one.y + one.h <= other.y or other.y + other.h <= one.y
            assert apart_x or apart_y


@pytest.mark.parametrize(
    ("sizes", "places"),
    [
        ([], []),
        ([(20, 5), (20, 9), (10, 2)], [(0, 0), (20, 0), (0, 9)]),
        ([(50, 5), (1, 1)], [(0, 0), (0, 5)]),
    ],
    ids=["none", "wraps below the tallest", "cut to the grid"],
)
def test_reading_order(sizes, places):
    placed = lay_out([("w", size) for size in sizes])
    assert [(item.x, item.y) for item in placed] == places
    assert all(isinstance(item, Placement) for item in placed)
