"""What the tests of row models do with a grid on the page; knows the page ``rows.html`` and its script."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from servers import Gunicorn

from .conftest import WORKSPACE


@contextmanager
def grid_page(page: Page, server: Gunicorn) -> Iterator[Page]:
    """A page with the grid's library and a backend connected; it must not complain of anything."""
    complaints: list[str] = []
    page.on("console", lambda said: said.type in {"warning", "error"} and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size({"width": 1_500, "height": 900})
    page.goto(f"{WORKSPACE}/rows.html")
    found = page.evaluate("base => workspace.connect(base)", server.url)
    assert found["widgets"].get("status") == 200, found
    yield page
    # Its notice that nobody paid for it stands in stars.
    assert [text for text in complaints if not text.startswith("*")] == []


def settle(page: Page, count: int = 1) -> list[dict[str, Any]]:
    """Wait for as many requests and for the rows they bring; give the requests."""
    page.wait_for_function("count => asked.length >= count && settled()", arg=count, timeout=20_000)
    return page.evaluate("asked.slice()")


def seen(page: Page) -> list[dict[str, Any]]:
    """Give the rows on the screen, in their order."""
    found: list[dict[str, Any]] = page.evaluate("onScreen()")
    return sorted(found, key=lambda row: row["place"])


def photo(page: Page, name: str) -> None:
    """Take a screenshot, where ``SCREENSHOTS`` names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder, f"rows-{name}.png"))
