"""Dates as Workspace and Excel write them, and defaults that move with the calendar.

Owns the ``$currentDate`` grammar and the ISO forms a request may hold. Imports the errors and this room's naming,
no Flask. Called by users (``days_ago(365)`` as a default) and by :mod:`.fields` at request time.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from ..errors import ParamError
from .naming import echo

UNITS = {
    "h": "hours",
    "d": "days",
    "w": "weeks",
    "M": "months",
    "y": "years",
    "b": "business days",
    "q": "quarters",
}
"""Units of the ``$currentDate`` grammar, as written, and their names.

Source: the client's dateModRegex; OpenBB docs, widgets.json reference, "Date Modifier", has h d w M y.
"""

_GRAMMAR = re.compile(r"\$currentdate(?:\s*([+-]|\s)\s*(\d+)\s*([a-z]+))?", re.ASCII | re.IGNORECASE)
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"(?:\s?([Zz]|[+-]\d{2}(?::?\d{2})?)|\s(\d{2}:\d{2}))?)?",
    re.ASCII,
)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_MOST_DIGITS = 7
_LONGEST = 100
_MONTHS = {"M": 1, "q": 3, "y": 12}
_DAYS = {"d": 1, "w": 7}


@dataclass(frozen=True)
class RelativeDate:
    """A date relative to the day of the request, for defaults: ``start: date = days_ago(365)``.

    In the manifest it is ``$currentDate-365d``; the view gets a real date, worked out anew for each request.
    Calling it gives that date, so marshmallow takes it as a ``load_default``.

    :param amount: How many units from today; negative is the past.
    :param unit: One of :data:`UNITS`: ``h d w M y b q``.
    :raises ParamError: For another unit or an amount that is no whole number.

    Source: OpenBB docs, widgets.json reference, "Date Modifier"; the client's currentDateModifier.

    .. versionadded:: 0.1
    """

    amount: int = 0
    unit: str = "d"

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            allowed = ", ".join(f"{unit} ({name})" for unit, name in UNITS.items())
            raise ParamError(f"A relative date has no unit {self.unit!r}. Use one of {allowed}.")
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            what = f"a whole number of {UNITS[self.unit]}"
            raise ParamError(f"A relative date needs {what}, not {self.amount!r}.")
        if abs(self.amount) >= 10**_MOST_DIGITS:
            raise ParamError(f"A relative date of {self.amount} {UNITS[self.unit]} leaves the calendar.")

    def __str__(self) -> str:
        """Write the wire form; quarters become months, because Excel does not know ``q``."""
        amount, unit = (3 * self.amount, "M") if self.unit == "q" else (self.amount, self.unit)
        return f"$currentDate{amount:+d}{unit}" if amount else "$currentDate"

    def __call__(self) -> date:
        """Work out the date by the server's local time."""
        return self.resolve()

    def resolve(self, now: datetime | None = None) -> date:
        """Work out the date.

        :param now: The moment of the request; the server's local time where not given.
        :raises ValueError: If the result is before year 1 or after year 9999.
        """
        moment = datetime.now() if now is None else now
        try:
            return self._shift(moment)
        except (OverflowError, ValueError):
            raise ValueError(f"'{self}' is outside the years 1 to 9999; use a smaller number.") from None

    def _shift(self, moment: datetime) -> date:
        if self.unit == "h":
            return (moment + timedelta(hours=self.amount)).date()
        today = moment.date()
        if self.unit == "b":
            return _add_business_days(today, self.amount)
        if self.unit in _MONTHS:
            return _add_months(today, self.amount * _MONTHS[self.unit])
        return today + timedelta(days=self.amount * _DAYS[self.unit])

    @classmethod
    def parse(cls, text: str) -> RelativeDate:
        """Read ``$currentDate`` or ``$currentDate-30d``.

        The word may be in any case, and so may ``m`` and ``q``, as in the client. The other units are lower case
        only: the client takes ``$currentDate-1D`` for today, so it is refused rather than read either way.

        :raises ValueError: With a sentence that says what is wrong; also for numbers that leave the calendar.

        Source: the client's dateModRegex and currentDateModifier; Excel add-in: lower-case b h d w y, m or M.
        """
        match = _GRAMMAR.fullmatch(text.strip()) if len(text) <= _LONGEST else None
        if match is None:
            raise ValueError(f"{echo(text)} is not a relative date; use $currentDate or $currentDate-30d.")
        sign, digits, unit = match.groups()
        if digits is None:
            return cls()
        unit = {"m": "M", "Q": "q"}.get(unit, unit)
        if unit not in UNITS:
            hint = f" Did you mean {unit.lower()!r}?" if unit.lower() in UNITS else ""
            raise ValueError(f"{echo(text)} has an unknown unit; use one of {' '.join(UNITS)}.{hint}")
        digits = digits.lstrip("0") or "0"
        if len(digits) > _MOST_DIGITS:
            raise ValueError(f"{echo(text)} leaves the calendar; use a smaller number.")
        # An unescaped '+' in a query string arrives as a space.
        return cls(-int(digits) if sign == "-" else int(digits), unit)


def today() -> Any:
    """Give the day of the request, as the default of a date argument.

    .. versionadded:: 0.1
    """
    return RelativeDate()


def days_ago(n: int) -> Any:
    """Give the day ``n`` calendar days before the request as a default.

    :param n: Days; negative is the future.

    .. versionadded:: 0.1
    """
    return RelativeDate(-n, "d")


def business_days_ago(n: int) -> Any:
    """Give the day ``n`` Mondays-to-Fridays before the request as a default; holidays count as business days.

    .. versionadded:: 0.1
    """
    return RelativeDate(-n, "b")


def months_ago(n: int) -> Any:
    """Give the same day ``n`` months before the request, or that month's last day.

    .. versionadded:: 0.1
    """
    return RelativeDate(-n, "M")


def years_ago(n: int) -> Any:
    """Give the same day ``n`` years before the request; February 29th becomes the 28th.

    .. versionadded:: 0.1
    """
    return RelativeDate(-n, "y")


def is_relative(text: str) -> bool:
    """Tell whether text means to be a ``$currentDate`` form, well written or not.

    .. versionadded:: 0.1
    """
    return text.lstrip()[:12].lower() == "$currentdate"


def parse_date(text: str, *, now: datetime | None = None) -> date:
    """Read a date as Workspace, Excel or a person writes it.

    :param text: ``YYYY-MM-DD``; an ISO date and time, whose date is taken as written, not moved between time
        zones; ``M/D/YYYY``, which the client passes on as it is; or the ``$currentDate`` grammar.
    :param now: The moment of the request, for ``$currentDate``.
    :raises ValueError: With a sentence that says what is wrong.

    Source: the client's isDate and currentDateModifier; Excel sends ``$currentDate`` forms literally.

    .. versionadded:: 0.1
    """
    if is_relative(text):
        return RelativeDate.parse(text).resolve(now)
    return _parse_absolute(text, "date").date()


def parse_datetime(text: str, *, now: datetime | None = None) -> datetime:
    """Read a date and time; a date alone, ``$currentDate`` forms included, is its midnight.

    :param text: As for :func:`parse_date`; with an offset or ``Z`` the result is aware, otherwise naive.
    :param now: The moment of the request, for ``$currentDate``.
    :raises ValueError: With a sentence that says what is wrong.

    .. versionadded:: 0.1
    """
    if is_relative(text):
        return datetime.combine(RelativeDate.parse(text).resolve(now), time.min)
    return _parse_absolute(text, "date and time")


def _parse_absolute(text: str, what: str) -> datetime:
    stripped = text.strip() if len(text) <= _LONGEST else ""
    try:
        if match := _ISO.fullmatch(stripped):
            return _from_iso(match)
        if match := _SLASHED.fullmatch(stripped):
            month, day, year = map(int, match.groups())
            return datetime(year, month, day)
    except ValueError:
        raise ValueError(f"{echo(text)} is not on the calendar; use a real {what}.") from None
    raise ValueError(f"{echo(text)} is not a {what}; use YYYY-MM-DD or $currentDate-30d.")


def _from_iso(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second, fraction, signed, unsigned = match.groups()
    moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    moment = moment.replace(microsecond=int((fraction or "0")[:6].ljust(6, "0")))
    zone = signed or unsigned
    if zone is None:
        return moment
    if zone in {"Z", "z"}:
        return moment.replace(tzinfo=timezone.utc)
    # An unescaped '+' in a query string arrives as a space: no sign means plus.
    digits = zone.lstrip("+-").replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return moment.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset))


def _add_months(day: date, months: int) -> date:
    # As dayjs: the day of the month is kept, or becomes the month's last.
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _add_business_days(day: date, amount: int) -> date:
    # As dayjs-business-days: step day by day and count only Mondays to Fridays, here in whole weeks at once.
    step = 1 if amount > 0 else -1
    weeks, rest = divmod(abs(amount), 5)
    weekday = day.weekday()
    if amount and weekday > 4:
        day -= timedelta(days=weekday - 4) if step > 0 else timedelta(days=weekday - 7)
    day += timedelta(days=7 * weeks * step)
    for _ in range(rest):
        day += timedelta(days=step)
        while day.weekday() > 4:
            day += timedelta(days=step)
    return day
