"""A feed, served by gunicorn to Workspace's origin, drawn by TradingView's Lightweight Charts: the same bars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from servers import Gunicorn

from .conftest import Board
from .drawn_feed import DAILY, HALF_HOURLY, WEEKLY, Bar

pytestmark = pytest.mark.browser

BACKGROUNDS = {"dark": "#151518", "light": "#ffffff"}


@pytest.fixture
def feeds(open_board: Callable[[], Board], gunicorn: Callable[..., Gunicorn]) -> Board:
    opened = open_board()
    server = gunicorn("drawn_feed:create_app()", env={"OPENBB_API_KEYS": "k"})
    assert opened.connect(server.url, {"X-API-KEY": "k"})["widgets"].get("status") == 200
    return opened


def held(drawn: dict[str, Any]) -> list[Bar]:
    return [(bar["time"], bar["open"], bar["high"], bar["low"], bar["close"]) for bar in drawn["bars"]]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(
    ("widget", "resolution", "count", "expected"),
    [
        ("days", "1D", 300, DAILY),
        ("days", "1D", 7, DAILY),
        ("days", "1W", 9, WEEKLY),
        ("hours", "30", 25, HALF_HOURLY),
    ],
    ids=["days at once", "days by sevens", "weeks", "half hours"],
)
def test_the_chart_holds_the_bars_of_the_feed(
    feeds: Board, widget: str, resolution: str, count: int, expected: list[Bar], theme: str
) -> None:
    drawn = feeds.draw(widget, theme, names=["ACME", resolution, count])  # type: ignore[list-item]
    assert held(drawn) == expected
    assert drawn["shown"]["to"] - drawn["shown"]["from"] >= len(expected) - 1
    seen = feeds.look(drawn)
    assert (seen["corner"], seen["drawn"] > 0.02) == (BACKGROUNDS[theme], True)
    assert feeds.complaints == []


def test_a_symbol_with_its_exchange_and_an_unknown_one(feeds: Board) -> None:
    assert feeds.draw("days", names=["NYSE:ACME", "1M", 5])["symbol"]["full_name"] == "NYSE:ACME"  # type: ignore[list-item]
    with pytest.raises(Exception, match="unknown_symbol"):
        feeds.draw("days", names=["NASDAQ:ACME", "1D", 5])  # type: ignore[list-item]
