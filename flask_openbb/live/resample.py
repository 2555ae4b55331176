"""Longer bars made of shorter ones: open of the first, highest high, lowest low, close of the last, sum of volumes.

A bar of hours is counted from the beginning of the session and never reaches into the next trading day; one of days,
weeks or months holds whole trading days. Pure; imports its room only; called by :mod:`.history` and :mod:`.frames`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from datetime import timedelta

from .bars import Columns
from .calendars import Calendar, day_of, midnight, next_period, period_start
from .resolutions import Resolution


def resample(bars: Columns, resolution: Resolution, calendar: Calendar, *, daily: bool) -> Columns:
    """Make longer bars.

    A day's bar is stamped 00:00 UTC of its trading day, a week's of its Monday, a month's of its first trading day.
    Times without trades have no bar.

    :param daily: Whether the bars given are stamped so already, one for each trading day or more.

    Source: TradingView's documentation, UDF, Bars: bar times of days and months.
    """
    if resolution.intraday:
        parts = _within_days(bars, resolution.seconds, calendar)
    else:
        parts = _whole_days(bars, resolution, calendar, daily=daily)
    times, opens, highs, lows, closes, volumes = [], [], [], [], [], []
    for stamp, first, stop in parts:
        times.append(stamp)
        opens.append(bars.open[first])
        highs.append(max(bars.high[first:stop]))
        lows.append(min(bars.low[first:stop]))
        closes.append(bars.close[stop - 1])
        if bars.volume is not None:
            volumes.append(_sum(bars.volume[first:stop]))
    volume = None if bars.volume is None else array("d", volumes)
    return Columns(
        array("q", times), array("d", opens), array("d", highs), array("d", lows), array("d", closes), volume
    )


def _within_days(bars: Columns, seconds: int, calendar: Calendar) -> Iterator[tuple[int, int, int]]:
    """``(stamp, first, stop)`` of each bar, by positions."""
    times, count, place = bars.time, len(bars), 0
    while place < count:
        day = calendar.trading_day(times[place])
        # At least one bar, also where the clocks were put back past the hour at which a day begins.
        opens, closes = calendar.opens(day), max(calendar.opens(day + timedelta(days=1)), times[place] + 1)
        starts = calendar.starts(day)
        while place < count and times[place] < closes:
            current = bisect_right(starts, times[place]) - 1
            anchor = starts[max(current, 0)]
            begin = anchor + (times[place] - anchor) // seconds * seconds
            end = begin + seconds
            if current + 1 < len(starts):
                end = min(end, starts[current + 1])
            first = place
            while place < count and times[place] < min(end, closes):
                place += 1
            yield max(begin, opens), first, place


def _whole_days(
    bars: Columns, resolution: Resolution, calendar: Calendar, *, daily: bool
) -> Iterator[tuple[int, int, int]]:
    times, count, place = bars.time, len(bars), 0
    while place < count:
        day = day_of(times[place]) if daily else calendar.trading_day(times[place])
        following = next_period(day, resolution)
        end = max(midnight(following) if daily else calendar.opens(following), times[place] + 1)
        first = place
        while place < count and times[place] < end:
            place += 1
        yield midnight(period_start(day, resolution) if resolution.unit == "W" else day), first, place


def _sum(volumes: array[float]) -> float:
    known = [volume for volume in volumes if volume == volume]  # noqa: PLR0124 - only NaN differs from itself
    return float(sum(known)) if known else float("nan")
