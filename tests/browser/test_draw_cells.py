"""Cells of every render helper, drawn in AG Grid as Workspace draws them, sparklines by AG Charts."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Board
from .drawn_cells import ORANGE, ROWS, TEAL, VIOLET

pytestmark = pytest.mark.browser

GREEN, RED, BLUE = "rgb(34, 197, 94)", "rgb(239, 68, 68)", "rgb(0, 136, 204)"
YELLOW, NAVY = "rgb(255, 215, 0)", "rgb(18, 52, 86)"
WHITE = "rgb(255, 255, 255)"
ENOUGH = 20
"""Pixels of a sparkline's colour; those at its edges are mixed with the background's."""


def cell(text: str, color: str = "", fill: str = "") -> dict[str, str]:
    return {"text": text, "color": color, "fill": fill}


EXPECTED: list[dict[str, Any]] = [
    {
        "symbol": cell("AAPL"),
        "item": cell("Net Income"),
        "change": cell("$2.5 m", GREEN),
        "close": cell("10", GREEN),
        "score": cell("95", WHITE, GREEN),
        "grade": cell("5", BLUE),
        "note": cell("Strong buy", GREEN),
        "quote": cell("101.5"),
        "last": cell("7"),
        "owner": cell("Ann"),
        "ask": cell("Why?", GREEN),
    },
    {
        "symbol": cell("MSFT"),
        "item": cell("Gross Profit"),
        "change": cell("$-1.25 m", RED),
        "close": cell("20", RED),
        "score": cell("50", WHITE, NAVY),
        "grade": cell("12", YELLOW),
        "note": cell("hold", RED),
        "quote": {"text": "-"},
        "last": cell("8"),
        "owner": cell("Bob"),
        "ask": cell("How?", RED),
    },
]


@pytest.mark.parametrize(("theme", "corner"), [("dark", "#151518"), ("light", "#ffffff")])
def test_cells_are_drawn_by_their_render_helpers(board: Board, theme: str, corner: str) -> None:
    drawn = board.draw("cells", theme)
    assert drawn["rows"] == len(ROWS)
    found = [{name: row.get(name) for name in expected} for row, expected in zip(drawn["cells"], EXPECTED, strict=True)]
    assert found == EXPECTED
    assert {"code", "history"}.isdisjoint(drawn["cells"][0])
    # AG Grid Enterprise, which draws the sparklines, says that it has no licence: between asterisks.
    assert [text for text in board.complaints if not text.startswith("*")] == []
    assert board.look(drawn)["colours"] > 10


def test_a_click_sets_the_parameter_and_asks_the_agent(board: Board) -> None:
    board.draw("cells")
    for field in ("symbol", "ask"):
        board.page.locator(f'.ag-row[row-index="1"] .ag-cell[col-id="{field}"] p').click()
    assert board.page.evaluate("clicks") == {
        "params": {"symbol": "0002"},
        "messages": [["analyst", "Explain MSFT: How?"]],
    }


@pytest.mark.parametrize(
    ("field", "row", "text"),
    [
        ("quote", 0, "Quote\nNYSE bids 101"),
        ("last", 0, "Size: 300"),
        ("owner", 1, "Owner of MSFT: Bob"),
    ],
)
def test_a_hover_card_shows_the_rest_of_its_cell(board: Board, field: str, row: int, text: str) -> None:
    board.draw("cells")
    board.page.locator(f'.ag-row[row-index="{row}"] .ag-cell[col-id="{field}"] span').first.dispatch_event("mouseenter")
    board.page.locator("#hover > div").wait_for(timeout=20_000)
    shown = board.page.locator("#hover").inner_text().split("\n")
    assert [line for line in shown if line] == text.split("\n")


def test_a_changed_cell_shows_its_change(board: Board) -> None:
    board.draw("cells")
    board.page.evaluate("grid.getRowNode('0').setDataValue('live', 15)")
    assert board.page.locator(".ag-value-change-delta-up").inner_text() == "↑5"


@pytest.mark.parametrize(
    ("field", "colour"), [("trend", ORANGE), ("bars", VIOLET), ("area", TEAL)], ids=["line", "bar", "area"]
)
def test_a_sparkline_is_drawn_in_its_colour(board: Board, field: str, colour: str) -> None:
    board.draw("cells")
    assert board.page.evaluate("args => sparklinePixels(...args)", [field, 0, colour, ENOUGH]) >= ENOUGH
