"""The widgets of the example are drawn by the libraries that Workspace draws them with, charts in both themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error
from servers import Gunicorn

from .conftest import KEY, Board
from .test_browser import start_example

pytestmark = pytest.mark.browser

THEMED = {"chart", "chart-highcharts", "chart-vegalite", "html"}
"""Kinds whose answer depends on the theme."""
LIKE_PAPER = {"pdf", "multi_file_viewer"}
"""Kinds that are white in either theme."""
DRAWN_HERE = {"markdown", "metric", "newsfeed"} | THEMED | LIKE_PAPER
BACKGROUNDS = {"dark": "#151518", "light": "#ffffff"}
DRAWN = 0.0005
"""The least part of a card that something is drawn on."""


def fault(board: Board, widget: str, kind: str, theme: str) -> Any:
    """What is wrong with a drawing; None if nothing is."""
    try:
        drawn = board.draw(widget, theme)
    except Error as error:
        return error.message
    seen = board.look(drawn)
    if board.complaints:
        return list(board.complaints)
    background = "#ffffff" if kind in LIKE_PAPER else BACKGROUNDS[theme]
    return None if seen["corner"] == background and seen["drawn"] > DRAWN else seen


def test_every_picture_of_the_example_is_drawn(
    gunicorn: Callable[..., Gunicorn], environment: dict[str, str], open_board: Callable[[], Board]
) -> None:
    server = start_example(gunicorn, environment)
    board = open_board()
    widgets = board.connect(server.url, {"X-API-KEY": KEY})["widgets"]["body"]
    kinds = {name: widget.get("type", "table") for name, widget in widgets.items()}
    assert set(kinds.values()) >= DRAWN_HERE
    faults = {
        (name, theme): fault(board, name, kind, theme)
        for name, kind in kinds.items()
        if kind in DRAWN_HERE
        for theme in (BACKGROUNDS if kind in THEMED else ["dark"])
    }
    assert len(faults) > 30
    assert {drawing: found for drawing, found in faults.items() if found} == {}
