"""Metrics, Markdown, HTML and news, drawn as Workspace draws them, in both themes."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Board

pytestmark = pytest.mark.browser

BACKGROUNDS = {"dark": "#151518", "light": "#ffffff"}

both_themes = pytest.mark.parametrize("theme", ["dark", "light"])


def check_seen(board: Board, drawn: dict[str, Any]) -> None:
    assert board.complaints == []
    seen = board.look(drawn)
    assert seen["corner"] == BACKGROUNDS[drawn["theme"]]
    assert seen["colours"] > 2
    assert seen["drawn"] > 0


@both_themes
@pytest.mark.parametrize(
    ("widget", "lines"),
    [
        ("metric_scalar", ["Metric_Scalar", "1234.5"]),
        ("metric_tuple", ["Users", "1,234", "↓ -2.5"]),
        ("metric_dict", ["Price", "$10", " 0.0"]),
        ("metric_list", ["Up", "1", "↑ +12.5", "Down", "2", "↓ -3", "None", "3"]),
        ("metric_key", ["Up", "1"]),
    ],
)
def test_metrics_are_drawn(board: Board, widget: str, lines: list[str], theme: str) -> None:
    drawn = board.draw(widget, theme)
    assert drawn["lines"] == lines
    check_seen(board, drawn)


@both_themes
@pytest.mark.parametrize("widget", ["report", "report_key"])
def test_markdown_is_drawn(board: Board, widget: str, theme: str) -> None:
    drawn = board.draw(widget, theme)
    check_seen(board, drawn)
    assert board.page.title() != "hacked"
    assert {key: drawn[key] for key in ("heading", "strong", "link", "cells", "items", "code", "image", "scripts")} == {
        "heading": ["Report"],
        "strong": ["widened"],
        "link": "https://example.org/note",
        "cells": [["desk", "weight"], ["Rates", "50"], ["FX & gold", "20"]],
        "items": ["first", "second, as price = 10"],
        "code": ["if a and b: pass"],
        "image": 1,
        "scripts": 0,
    }


@both_themes
def test_html_is_drawn_in_the_colours_of_the_theme(board: Board, theme: str) -> None:
    drawn = board.draw("page", theme)
    assert drawn["type"] == "text/html; charset=utf-8"
    frame = board.page.frame_locator("#card iframe")
    assert frame.locator("h1").inner_text() == "Desks & “weights”"
    assert frame.locator("p").inner_text() == "<escaped>"
    check_seen(board, drawn)
    assert board.raw("page") == [{"desk": "Rates"}]


@both_themes
def test_news_are_drawn(board: Board, theme: str) -> None:
    drawn = board.draw("news", theme)
    check_seen(board, drawn)
    assert drawn["titles"] == ["Rates rise", "A day alone", "Seconds", "As RSS writes it"]
    # The first in UTC, in which it is the next day already.
    assert drawn["days"] == ["2026-01-06", "2026-01-06", "2026-01-09", "2026-01-07"]
    assert (drawn["strong"], drawn["items"]) == (["rose"], ["by 25 points"])
