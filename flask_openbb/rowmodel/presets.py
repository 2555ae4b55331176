"""AG Grid's date presets, and the dates of its filters, as half-open ranges of time.

Owns the table of presets, the reading of ``dateFrom`` and ``dateTo``, and what a range means for a column of dates or
of times. Imports :mod:`.columns` and :mod:`.request`; called by :mod:`.filters`.

Source: AG Grid docs, Date Filter, preset options; weeks start on Monday unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
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


def span(value: datetime, whole_days: bool) -> tuple[datetime, datetime]:
    """Give what a date of a filter covers: its day, or its second where it has a time of day.

    AG Grid sends midnight for a date that was picked without a time.
    """
    if whole_days and value.time() == time():
        return value, _later(value, timedelta(1))
    return value, _later(value, timedelta(seconds=1))


def _later(value: datetime, by: timedelta) -> datetime:
    try:
        return value + by
    except OverflowError:
        return datetime.max


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

    def between(self, start: datetime, end: datetime) -> Filter:
        """Give ``start <= column < end``."""
        return And((self.compare("ge", start), self.compare("lt", end)))

    def days(self, days: Range) -> Filter:
        """Give the range of whole days as times."""
        start, end = (datetime.combine(day, time()) for day in days)
        return self.between(start, end)

    def condition(self, kind: str, start: datetime, end: datetime) -> Filter:
        """Give one condition of the date filter, for a value that covers ``[start, end)``."""
        if kind == "equals":
            return self.between(start, end)
        if kind == "notEqual":
            return Or((self.compare("lt", start), self.compare("ge", end)))
        if kind in {"lessThan", "greaterThanOrEqual"}:
            return self.compare("lt" if kind == "lessThan" else "ge", start)
        return self.compare("lt" if kind == "lessThanOrEqual" else "ge", end)
