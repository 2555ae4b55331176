"""AG Grid's date presets, and the dates of its filters, as half-open ranges of time.

Owns the table of presets, what a date or the beginning of one covers, and what a range means for a column of dates or
of times. Imports :mod:`.columns` and :mod:`.request`; called by :mod:`.filters`.

Source: AG Grid docs, Date Filter, preset options; weeks start on Monday unless said otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from .columns import RowColumn, in_zone
from .request import And, Compare, Filter, Operator, Or

Range = tuple[date, date]

FIRST_MONTH = 12 * date.min.year
LAST_MONTH = 12 * date.max.year + 11


def add_months(day: date, months: int) -> date:
    """Give the day so many months on; one that the month lacks rolls over into the next, as in JavaScript."""
    count = min(max(day.year * 12 + day.month - 1 + months, FIRST_MONTH), LAST_MONTH)
    return date(count // 12, count % 12 + 1, 1) + timedelta(day.day - 1)


def _month(day: date, months: int = 0, length: int = 1) -> Range:
    first = add_months(day.replace(day=1), months)
    return first, add_months(first, length)


def _quarter(day: date, quarters: int = 0) -> Range:
    return _month(day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1), 3 * quarters, 3)


def _year(day: date, years: int = 0) -> Range:
    return _month(day.replace(month=1, day=1), 12 * years, 12)


def _days(day: date, first: int, last: int) -> Range:
    return day + timedelta(first), day + timedelta(last)


def _since(day: date, months: int) -> Range:
    return add_months(day, -months), day + timedelta(1)


def _week(day: date, weeks: int, first_weekday: int) -> Range:
    start = day - timedelta((day.weekday() - first_weekday) % 7) + timedelta(7 * weeks)
    return start, start + timedelta(7)


PRESETS: Mapping[str, Callable[[date, int], Range]] = {
    "today": lambda day, _: _days(day, 0, 1),
    "yesterday": lambda day, _: _days(day, -1, 0),
    "tomorrow": lambda day, _: _days(day, 1, 2),
    "thisWeek": lambda day, first: _week(day, 0, first),
    "lastWeek": lambda day, first: _week(day, -1, first),
    "nextWeek": lambda day, first: _week(day, 1, first),
    "thisMonth": lambda day, _: _month(day),
    "lastMonth": lambda day, _: _month(day, -1),
    "nextMonth": lambda day, _: _month(day, 1),
    "thisQuarter": lambda day, _: _quarter(day),
    "lastQuarter": lambda day, _: _quarter(day, -1),
    "nextQuarter": lambda day, _: _quarter(day, 1),
    "thisYear": lambda day, _: _year(day),
    "lastYear": lambda day, _: _year(day, -1),
    "nextYear": lambda day, _: _year(day, 1),
    "yearToDate": lambda day, _: (_year(day)[0], day + timedelta(1)),
    "last7Days": lambda day, _: _days(day, -7, 1),
    "last30Days": lambda day, _: _days(day, -30, 1),
    "last90Days": lambda day, _: _days(day, -90, 1),
    "last6Months": lambda day, _: _since(day, 6),
    "last12Months": lambda day, _: _since(day, 12),
    "last24Months": lambda day, _: _since(day, 24),
}
"""Each preset as ``(today, first weekday) -> [first day, day after the last)``."""


def span(value: datetime, whole_days: bool) -> tuple[datetime, datetime | None]:
    """Give what a date of a filter covers, without its end: its day, or its second where it has a time of day.

    AG Grid sends midnight for a date that was picked without a time. After the last one there is none.
    """
    if whole_days and value.time() == time():
        return value, _later(value, timedelta(1))
    return value, _later(value, timedelta(seconds=1))


_BEGINNING = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d))?)?)?)?)?", re.ASCII)
_LENGTHS = (timedelta(1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))


def beginning(text: str) -> tuple[datetime, datetime | None] | None:
    """Give what the beginning of an ISO date covers, without its end: a year, a month, and so on to a second.

    :return: None if the text begins no date.
    """
    match = _BEGINNING.fullmatch(text)
    if match is None:
        return None
    parts = [int(part) for part in match.groups() if part is not None]
    try:
        start = datetime(*(parts + [1] * (3 - len(parts))))  # type: ignore[arg-type] # three parts to six
    except ValueError:
        return None
    if len(parts) > 2:
        return start, _later(start, _LENGTHS[len(parts) - 3])
    months = 12 if len(parts) == 1 else 1
    if 12 * start.year + start.month - 1 + months > LAST_MONTH:
        return start, None
    return start, datetime.combine(add_months(start, months), time())


def _later(value: datetime, by: timedelta) -> datetime | None:
    return None if datetime.max - value < by else value + by


class Bounds:
    """Makes comparisons of one column with wall-clock times of a zone."""

    def __init__(self, column: RowColumn, zone: ZoneInfo) -> None:
        self.column = column
        self.zone = zone

    def compare(self, op: Operator, value: datetime) -> Filter:
        """Compare the column with a time; a column of dates with its day."""
        if self.column.type == "date":
            return Compare(self.column.name, op, value.date())
        return Compare(self.column.name, op, in_zone(value, self.column, self.zone))

    def before(self, end: datetime | None) -> Filter:
        """Give ``column < end``; without an end, all that are not past the year 9999."""
        return self._last("le") if end is None else self.compare("lt", end)

    def since(self, end: datetime | None) -> Filter:
        """Give ``column >= end``; without an end, all that are past the year 9999."""
        return self._last("gt") if end is None else self.compare("ge", end)

    def _last(self, op: Operator) -> Filter:
        last = datetime.max.replace(tzinfo=timezone.utc if self.column.aware else None)
        return Compare(self.column.name, op, last.date() if self.column.type == "date" else last)

    def between(self, start: datetime | None, end: datetime | None) -> Filter:
        """Give ``start <= column < end``."""
        return And((self.since(start), self.before(end)))

    def days(self, days: Range) -> Filter:
        """Give the range of whole days as times."""
        start, end = (datetime.combine(day, time()) for day in days)
        return self.between(start, end)

    def condition(self, kind: str, start: datetime, end: datetime | None) -> Filter:
        """Give one condition of the date filter, for a value that covers ``[start, end)``."""
        if kind == "equals":
            return self.between(start, end)
        if kind == "notEqual":
            return Or((self.compare("lt", start), self.since(end)))
        if kind in {"lessThan", "greaterThanOrEqual"}:
            return self.compare("lt" if kind == "lessThan" else "ge", start)
        return self.before(end) if kind == "lessThanOrEqual" else self.since(end)
