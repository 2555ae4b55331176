"""Feeds that the browser tests draw, and the bars that a chart must hold of them, made without the package."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from flask import Flask

from flask_openbb import DataFrameFeed, OpenBB

NEW_YORK = ZoneInfo("America/New_York")
DAYS = [dt.date(2024, 1, 8) + dt.timedelta(days=7 * week + day) for week in range(40) for day in range(5)]
"""Mondays to Fridays of forty weeks."""
OPENINGS = [dt.datetime.combine(day, dt.time(9, 30), NEW_YORK) for day in DAYS[40:50]]
"""Of two weeks, between which the clocks go forward."""

Bar = tuple[str | int, float, float, float, float]


def price(place: int) -> Bar:
    """Open, high, low and close of the bar at a place; the first item is the place."""
    start = 100 + place % 17 - place % 5 / 4
    return place, start, start + 2.5, start - 1.25, start + 0.75 - place % 3


DAILY: list[Bar] = [(day.isoformat(), *price(place)[1:]) for place, day in enumerate(DAYS)]
WEEKLY: list[Bar] = [
    (week[0][0], week[0][1], max(bar[2] for bar in week), min(bar[3] for bar in week), week[-1][4])
    for week in (DAILY[first : first + 5] for first in range(0, len(DAILY), 5))
]
HALF_HOURS = [opening + dt.timedelta(minutes=30 * step) for opening in OPENINGS for step in range(13)]
HALF_HOURLY: list[Bar] = [(int(at.timestamp()), *price(place)[1:]) for place, at in enumerate(HALF_HOURS)]


def rows(times: list[dt.date] | list[dt.datetime]) -> list[dict[str, object]]:
    names = ("open", "high", "low", "close")
    return [{"time": at, **dict(zip(names, price(place)[1:], strict=True))} for place, at in enumerate(times)]


def create_app() -> Flask:
    app = Flask(__name__)
    openbb = OpenBB(app)
    openbb.udf("/days", DataFrameFeed(rows(DAYS), symbol="ACME", exchange="NYSE"))
    openbb.udf("/hours", DataFrameFeed(rows(HALF_HOURS), symbol="ACME", timezone="America/New_York"))
    return app
