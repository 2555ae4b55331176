"""Screens: the same quotes, asked in every way in which Workspace lets somebody choose.

A row of buttons, dropdowns that depend on each other, several choices, values typed one by one, and editors for SQL
and Markdown.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from flask import Blueprint, abort

from flask_openbb import Column, Param, green_red

from .. import analytics, store
from ..extensions import openbb
from .symbols import MARKETS, Market, instruments, quotes_or_404, symbols

bp = Blueprint("screens", __name__, url_prefix="/widgets/screens")

Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri"]
CHOSEN, MOVES = ["SP500", "WTI"], ["-2", "2"]
WEEKDAYS: list[Weekday] = ["Mon", "Fri"]
DIRECTIONS = {"Up or down": "both", "Up": "up", "Down": "down"}
EXAMPLE_SQL = """\
SELECT year(vix.date) AS year, max(vix.close) AS highest_vix, round(corr(vix.close, sp500.close), 2) AS correlation
FROM vix JOIN sp500 ON sp500.date = vix.date
GROUP BY year ORDER BY year"""
EXAMPLE_MEMO = "## Memo\n\nIn 2018 oil moved by **{WTI} %** and the S&P 500 by {SP500} %."


@bp.get("/days")
@openbb.table(
    name="Screen of days",
    category="Screens",
    grid=(40, 14),
    columns=[
        Column("date", cell_data_type="dateString", chart_data_type="time", pinned="left"),
        Column("symbol", chart_data_type="category"),
        Column("weekday", chart_data_type="category"),
        Column("close"),
        Column("change", formatter_fn="percent", render=green_red()),
    ],
    # Three rows of inputs. What each of them is, the view's arguments say.
    params=[
        [Param("direction")],
        [Param("market"), Param("chosen"), Param("weekdays")],
        [Param("least"), Param("start"), Param("end"), Param("newest_first"), Param("rows", extra={"hidden": True})],
    ],
    exportable=True,
)
def days(
    *,
    direction: Annotated[str, Param(type="tabs", label="Direction", options=DIRECTIONS)] = "both",
    market: Annotated[Market, Param(label="Market", options=MARKETS, description="Shortens the next list")] = "all",
    chosen: Annotated[
        list[str],
        Param(label="Instruments", options=symbols, options_params={"market": "$market"}, style={"popupWidth": 320}),
    ] = CHOSEN,
    weekdays: Annotated[list[Weekday], Param(label="Weekdays")] = WEEKDAYS,
    least: Annotated[float, Param(label="At least, %", min=0, max=100, step=0.25)] = 2,
    start: Annotated[date, Param(label="From")] = date(2018, 1, 1),
    end: Annotated[date, Param(label="To")] = store.LAST_DAY,
    newest_first: Annotated[bool, Param(label="Newest first")] = True,
    rows: int = 500,
) -> list[dict[str, Any]]:
    """Days on which an instrument moved by so much, on these weekdays, in this direction."""
    found: list[dict[str, Any]] = [
        {
            "date": new.date,
            "symbol": symbol,
            "weekday": f"{new.date:%a}",
            "close": new.close,
            "change": analytics.change(new.close, old.close),
        }
        for symbol in chosen
        for old, new in pairwise(quotes_or_404(symbol, end=end))
        if new.date >= start and f"{new.date:%a}" in weekdays
    ]
    signs = {"both": (-1, 1), "up": (1,), "down": (-1,)}[direction]
    kept = [row for row in found if any(row["change"] * sign >= least for sign in signs)]
    return sorted(kept, key=lambda row: row["date"], reverse=newest_first)[:rows]


@bp.get("/levels")
@openbb.table(
    name="Days beyond a move",
    category="Screens",
    grid=(20, 12),
    columns=[Column("year", cell_data_type="text", chart_data_type="category")],
    show_all=True,
)
def levels(
    symbol: Annotated[str, Param(label="Instrument", options=instruments)] = "SP500",
    moves: Annotated[
        list[str],
        Param(label="Moves, %", multiple=True, placeholder="-1.5", description="Type any number of moves"),
    ] = MOVES,
) -> list[dict[str, Any]]:
    """On how many days of each year an instrument moved by so much or more; one column a move that was typed."""
    limits = _numbers(moves)
    changes: dict[int, list[float]] = {}
    for old, new in pairwise(quotes_or_404(symbol)):
        changes.setdefault(new.date.year, []).append(analytics.change(new.close, old.close))
    return [
        {"year": str(year), **{name: _beyond(moved, limit) for name, limit in limits.items()}}
        for year, moved in changes.items()
    ]


sql = openbb.sql(
    "/widgets/screens/sql",
    store.DATA,
    id="screens_sql",
    name="SQL",
    description="A SELECT over the files as they are: sp500, nasdaq, vix, wti and core_cpi.",
    category="Screens",
    grid=(20, 12),
    default_query=EXAMPLE_SQL,
    timeout=10,
    max_rows=100_000,
    memory_limit="256MB",
)


@bp.get("/memo")
@openbb.markdown(name="Memo", category="Screens", grid=(20, 10), disable_retrieval_for_copilot=True)
def memo(
    text: Annotated[str, Param(label="Memo", language="markdown")] = EXAMPLE_MEMO,
    year: Annotated[str, Param(show=False)] = "2018",
) -> str:
    """A memo with figures filled in: {WTI} is oil's change in the year. It stays out of the agent's sight."""
    for item in store.instruments():
        moves = analytics.yearly_returns(store.quotes(item.symbol))
        text = text.replace(f"{{{item.symbol}}}", f"{moves.get(int(year), 0):+.2f}" if year.isdecimal() else "")
    return text


def _numbers(typed: list[str]) -> dict[str, float]:
    try:
        limits = {name: float(name) for name in typed}
    except ValueError:
        abort(400, f"A move in per cent is a number such as -1.5, not {', '.join(map(repr, typed))}.")
    if not all(abs(limit) <= 1000 for limit in limits.values()):
        abort(400, "A move in per cent is a number from -1000 to 1000.")
    return limits


def _beyond(moved: list[float], limit: float) -> int:
    return sum(1 for move in moved if (move >= limit if limit > 0 else move <= limit))
