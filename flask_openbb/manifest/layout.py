"""Where widgets lie on a tab: a first-fit packer for Workspace's 40-column grid.

Owns the grid's rules and nothing of widgets. Imports nothing of the package; called by :mod:`.apps` while apps.json
is built, and :mod:`.lint_apps` for what Workspace makes of a size.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

COLUMNS = 40
"""Width of Workspace's grid in cells. Source: OpenBB docs, apps.json reference, ``layout``."""

SMALLEST = (8, 4)
"""The least width and height Workspace draws where the widget allows no less. Source: CLIENT lib/utils/app.ts,
``getGridData``."""

NAVIGATION_ROWS = 2
"""Rows that the navigation bar takes on every tab of an app with several. Source: CLIENT lib/utils/createTemplates.ts,
which adds the bar; the exported apps in OpenBB's docs begin below it."""


class Box(NamedTuple):
    """A rectangle of cells."""

    x: float
    y: float
    w: float
    h: float

    def covers(self, other: Box) -> bool:
        """Tell whether two boxes share a cell."""
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )


class Piece(NamedTuple):
    """What is to be placed: a size, and what was chosen of its place."""

    w: int
    h: int
    x: int | None = None
    """Its column, where chosen."""
    y: int | None = None
    """Its row, where chosen; without a column, the first row it may be in."""


def pack(pieces: Sequence[Piece], *, top: int = 0) -> list[Box]:
    """Place pieces in the order given, each as high as there is room and then as far left, so that none overlap.

    A piece with a column and a row stays there, and the others go around it, so that only such pieces can overlap,
    where both were put on the same cells.

    :param pieces: Sizes in cells; a width over 40 is cut to 40.
    :param top: The first row for pieces whose row was not chosen.
    :return: One box a piece, in the order given.

    .. versionadded:: 0.1
    """
    placed = {
        number: Box(piece.x, piece.y, piece.w, piece.h)
        for number, piece in enumerate(pieces)
        if piece.x is not None and piece.y is not None
    }
    shelf = Shelf(placed.values(), top)
    for number, piece in enumerate(pieces):
        if number not in placed:
            placed[number] = shelf.place(piece)
    return [placed[number] for number in range(len(pieces))]


class Shelf:
    """The boxes placed so far, and from which row on there may be room for a size."""

    def __init__(self, placed: Iterable[Box], top: int) -> None:
        self.top = top
        self.boxes = list(placed)
        self.ends = sorted({int(box.y + box.h) for box in self.boxes})
        """The rows below the boxes, ascending."""
        self.found: dict[tuple[int, int], float] = {}
        """The row last found for a size. Room only gets less: nothing as large fits above it any more."""

    def place(self, piece: Piece) -> Box:
        """Place one more piece."""
        width = min(piece.w, COLUMNS)
        first = self.top if piece.y is None else piece.y
        start: float = first
        if first >= self.top and (piece.x is None or piece.x + width <= COLUMNS):
            smaller = [row for (w, h), row in self.found.items() if w <= width and h <= piece.h]
            start = max([first, *smaller])
        # A widget can only come to lie at the top or directly below another: anywhere else it could be higher.
        for row in (start, *self.ends[bisect_right(self.ends, start) :]):
            bottom = row + piece.h
            beside = [box for box in self.boxes if box[1] < bottom and row < box[1] + box[3]]
            column = _column(piece.x, width, beside)
            if column is not None:
                return self._put(Box(column, row, width, piece.h), free=piece.x is None and piece.y is None)
        raise AssertionError("below the lowest box there is always room")  # pragma: no cover

    def _put(self, box: Box, *, free: bool) -> Box:
        end = int(box.y + box.h)
        place = bisect_left(self.ends, end)
        if self.ends[place : place + 1] != [end]:
            self.ends.insert(place, end)
        self.boxes.append(box)
        if free:
            self.found[int(box.w), int(box.h)] = box.y
        return box


def _column(chosen: int | None, width: int, beside: Iterable[Box]) -> int | None:
    """Find the leftmost column with room between the boxes that reach into the same rows."""
    if chosen is not None:
        free = all(box.x >= chosen + width or box.x + box.w <= chosen for box in beside)
        return chosen if free else None
    column = 0
    for box in sorted(beside):
        if box.x >= column + width:
            break
        column = max(column, int(box.x + box.w))
    return column if column + width <= COLUMNS else None


def drawn_size(w: float, h: float, *, min_w: float | None = None, min_h: float | None = None) -> tuple[float, float]:
    """Work out the size Workspace gives a placed widget: at least the smallest, one row high if minimised.

    :param min_w: The widget's own least width, which replaces Workspace's.

    Source: CLIENT lib/utils/app.ts, ``getGridData``.
    """
    return max(w, min_w or SMALLEST[0]), h if h == 1 else max(h, min_h or SMALLEST[1])
