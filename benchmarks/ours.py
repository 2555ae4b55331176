"""Apps with the extension: the views of ``bare`` as widgets, and an app of many widgets for its manifest.

gunicorn calls :func:`create_app` and :func:`many_widgets`, each in a process of its own; ``peer`` and ``startup``
use the second one too.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from flask import Flask

from flask_openbb import Column, OpenBB, Param, days_ago

from .data import flat_rows, nested_rows

FRAMES = ("pandas", "polars")


def create_app() -> Flask:
    """The views of ``bare``, nested rows, and frames where their libraries are installed."""
    app = Flask("ours")
    openbb = OpenBB(app)
    rows, nested = flat_rows(), nested_rows()

    @app.get("/hello")
    @openbb.markdown
    def hello():
        """A text that never changes."""
        return "# Hello World"

    @app.get("/greet")
    @openbb.markdown
    def greet(name: str = "", times: int = 1):
        """A text with two parameters."""
        return f"# Hello {name} {times}"

    for name, table in (("rows", rows), ("nested", nested), *_frames(rows)):
        app.get(f"/{name}")(openbb.table(_returning(table, name)))
    return app


def many_widgets(count: int = 50) -> Flask:
    """Tables, metrics, charts and texts in turn, each with four parameters, the tables with eight columns."""
    app = Flask("many_widgets")
    openbb = OpenBB(app)
    columns = [Column(name) for name in flat_rows(1)[0]]
    kinds = (openbb.table(columns=columns), openbb.metric, openbb.chart, openbb.markdown)
    for number in range(count):
        view = _with_params(f"widget_{number}")
        app.get(f"/widget_{number}")(kinds[number % len(kinds)](view))
    return app


def _frames(rows: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    frames = []
    for name in FRAMES:
        try:
            frames.append((name, importlib.import_module(name).DataFrame(rows)))
        except ImportError:
            continue
    return frames


def _returning(answer: Any, name: str) -> Callable[[], Any]:
    def view():
        """A table of ten thousand rows."""
        return answer

    view.__name__ = name
    return view


def _with_params(name: str) -> Callable[..., Any]:
    def view(
        symbol: Annotated[str, Param(label="Symbol", description="What to show")] = "AAPL",
        start: date = days_ago(365),
        interval: Literal["1d", "1w", "1m"] = "1d",
        adjusted: bool = True,
    ):
        """One of many widgets, with a description of about the usual length."""
        return [{"symbol": symbol, "start": start, "interval": interval, "adjusted": adjusted}]

    view.__name__ = name
    return view
