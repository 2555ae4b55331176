"""The packer: nothing overlaps, what was chosen stays, and no widget could lie higher."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb.manifest.layout import COLUMNS, Box, Piece, Shelf, drawn_size, pack

PIECES = st.lists(
    st.builds(
        Piece,
        w=st.integers(1, 60),
        h=st.integers(1, 30),
        x=st.none() | st.integers(0, 45),
        y=st.none() | st.integers(0, 60),
    ),
    max_size=25,
)


def is_chosen(piece: Piece) -> bool:
    return piece.x is not None and piece.y is not None


@given(PIECES, st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_nothing_overlaps_and_what_was_chosen_stays(pieces: list[Piece], top: int) -> None:
    boxes = pack(pieces, top=top)
    assert len(boxes) == len(pieces)
    for number, (piece, box) in enumerate(zip(pieces, boxes, strict=True)):
        if is_chosen(piece):
            assert box == Box(piece.x, piece.y, piece.w, piece.h)
            continue
        assert box.h == piece.h
        assert box.w == min(piece.w, COLUMNS)
        assert box.x >= 0
        assert piece.x in (None, box.x)
        assert box.y >= (top if piece.y is None else piece.y)
        if piece.x is None:
            assert box.x + box.w <= COLUMNS
        others = (other for index, other in enumerate(boxes) if index != number)
        assert not any(box.covers(other) for other in others)


@given(st.lists(st.builds(Piece, w=st.integers(1, 40), h=st.integers(1, 12), x=st.none(), y=st.none()), max_size=20))
@settings(max_examples=100, deadline=None)
def test_no_widget_could_be_one_row_higher(pieces: list[Piece]) -> None:
    boxes = pack(pieces)
    for number, box in enumerate(boxes):
        if box.y > 0:
            higher = box._replace(y=box.y - 1)
            assert any(higher.covers(other) for index, other in enumerate(boxes) if index != number)


@pytest.mark.parametrize(
    ("pieces", "places"),
    [
        ([], []),
        ([Piece(20, 5), Piece(20, 9), Piece(10, 2)], [(0, 0), (20, 0), (0, 5)]),
        ([Piece(50, 5), Piece(1, 1)], [(0, 0), (0, 5)]),
        ([Piece(30, 9), Piece(20, 5), Piece(10, 4)], [(0, 0), (0, 9), (30, 0)]),
        ([Piece(20, 5), Piece(20, 5, 10, 0)], [(0, 5), (10, 0)]),
        ([Piece(10, 5), Piece(10, 5, x=30), Piece(10, 5, y=7)], [(0, 0), (30, 0), (0, 7)]),
        ([Piece(10, 5), Piece(40, 5, y=2)], [(0, 0), (0, 5)]),
        ([Piece(10, 5, x=5), Piece(10, 5, x=5)], [(5, 0), (5, 5)]),
    ],
    ids=["none", "below the first with room", "cut", "gap", "around chosen", "one chosen", "row or later", "column"],
)
def test_places(pieces: list[Piece], places: list[tuple[int, int]]) -> None:
    assert [(box.x, box.y) for box in pack(pieces)] == places


@pytest.mark.parametrize(
    ("size", "least", "drawn"),
    [
        ((20, 9), {}, (20, 9)),
        ((5, 3), {}, (8, 4)),
        ((5, 1), {}, (8, 1)),
        ((5, 3), {"min_w": 12, "min_h": 6}, (12, 6)),
        ((5, 3), {"min_w": 4, "min_h": 2}, (5, 3)),
    ],
)
def test_sizes_as_workspace_draws_them(size: tuple[int, int], least: dict[str, int], drawn: tuple[int, int]) -> None:
    assert drawn_size(*size, **least) == drawn


def reference(pieces: list[Piece], top: int) -> list[Box]:
    """Place pieces cell by cell: each in the first row, and there the first column, that is free."""
    placed: list[Box] = []
    for piece in pieces:
        width = min(piece.w, COLUMNS)
        spots = (Box(x, y, width, piece.h) for y in itertools.count(top) for x in range(COLUMNS - width + 1))
        placed.append(next(spot for spot in spots if not any(spot.covers(other) for other in placed)))
    return placed


@given(
    st.lists(st.builds(Piece, w=st.integers(1, 60), h=st.integers(1, 6), x=st.none(), y=st.none()), max_size=14),
    st.integers(0, 2),
)
@settings(max_examples=60, deadline=None)
def test_places_are_those_found_cell_by_cell(pieces: list[Piece], top: int) -> None:
    assert pack(pieces, top=top) == reference(pieces, top)


def test_a_widget_is_not_compared_with_every_row_that_was_full_before() -> None:
    """600 widgets on one tab took seconds: each began to look for room at the top again."""
    looked = 0

    class Counting(list[Box]):
        def __iter__(self) -> Iterator[Box]:
            nonlocal looked
            looked += 1
            return super().__iter__()

    shelf = Shelf((), 0)
    shelf.boxes = Counting()
    for _ in range(600):
        shelf.place(Piece(20, 12))
    assert looked < 2_000
