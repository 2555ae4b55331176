"""The pictures of README.rst and docs/example.rst, made from the example under gunicorn and looked at.

They are kept where ``SCREENSHOTS`` names a folder; to make those of the documentation anew::

    SCREENSHOTS=docs/images python -m pytest tests/browser/test_pictures.py
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import Gunicorn

from .conftest import KEY, Board
from .test_browser import start_example

pytestmark = pytest.mark.browser

LARGEST = 150_000  # bytes, of one picture
COLOURS = 12
"""The least number of colours of a picture on which something is drawn."""
CARD = (900, 420)
WIDGETS = {
    "positions": ("portfolio_positions", (1690, 178)),
    "value": ("portfolio_value", CARD),
    "closes": ("trading_closes", CARD),
    "seasons": ("trading_seasons", CARD),
    "chart": ("trading_chart", CARD),
    "report": ("research_report", (595, 480)),
}
"""What is drawn, as Workspace draws it, and how large; by the name of the picture."""
BARS = ["SP500", "1W", 2_000]
"""What an advanced chart is asked for: a symbol, a resolution, and so many bars at once."""


@pytest.fixture
def server(gunicorn: Callable[..., Gunicorn], environment: dict[str, str]) -> Gunicorn:
    return start_example(gunicorn, environment)


def keep(name: str, picture: bytes, board: Board) -> None:
    """Look whether something is on a picture that is not too large, and keep it where that is wanted."""
    seen = board.page.evaluate("png => pixels(png)", base64.b64encode(picture).decode())
    assert (name, seen["colours"] >= COLOURS, len(picture) <= LARGEST) == (name, True, True)
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder, f"{name}.png").write_bytes(picture)


def test_widgets(server: Gunicorn, open_board: Callable[[], Board]) -> None:
    board = open_board()
    board.page.set_viewport_size({"width": 2000, "height": 1200})
    assert board.connect(server.url, {"X-API-KEY": KEY})["widgets"].get("status") == 200
    for name, (widget, (width, height)) in WIDGETS.items():
        board.page.add_style_tag(content=f"#card {{ height: {height}px !important; }}")
        board.draw(widget, names=BARS if name == "chart" else None)
        if name == "positions":
            # Sparklines are drawn some frames after their table.
            assert board.page.evaluate("sparklinePixels('closes', 2, '#2563eb', 5)") >= 5
        keep(name, board.page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height}), board)


def test_pages(server: Gunicorn, open_board: Callable[[], Board]) -> None:
    board = open_board()
    visitor = board.page.context.new_page()
    visitor.set_viewport_size({"width": 1240, "height": 400})
    answer = visitor.goto(server.url)
    assert answer is not None
    assert answer.status == 200
    keep("pages", visitor.screenshot(), board)
