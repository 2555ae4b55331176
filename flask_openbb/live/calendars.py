"""When a symbol trades: its time zone and session, trading days, and where a bar of a day begins.

A trading day is a date: bars of an overnight session belong to the date it ends on. Imports ``errors`` and its
room; called by :mod:`.resample` and :mod:`.history`. Times are seconds since 1970, UTC.
"""

from __future__ import annotations

import functools
import re
from calendar import timegm
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from ..errors import ConfigError
from .resolutions import DAY, Resolution

_RANGE = re.compile(r"(\d{2})(\d{2})(?:F\d)?-(\d{2})(\d{2})(?:F\d)?")
_ALWAYS = {"24x7", "0000-0000", "0000-2400"}
_MONDAY = date(1970, 1, 5).toordinal()
_EPOCH = date(1970, 1, 1).toordinal()

Ranges = tuple[tuple[int, int], ...]


@functools.cache
def zone_of(name: str) -> tzinfo:
    """Find a time zone by its IANA name.

    :raises ConfigError: If the machine knows none of that name.
    """
    if name in ("UTC", "Etc/UTC"):
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(
            f"No time zone {name!r} is known here. Use an IANA name such as 'America/New_York'; where the system has "
            "no zones, pip install tzdata."
        ) from error


def midnight(day: date) -> int:
    """00:00 UTC of a date, as daily bars are stamped."""
    return (day.toordinal() - _EPOCH) * DAY


def day_of(stamp: int) -> date:
    """The date of a daily bar's stamp."""
    return date.fromordinal(stamp // DAY + _EPOCH)


@dataclass(frozen=True)
class Calendar:
    """One symbol's trading days and what they are divided by.

    :param timezone: IANA name of the exchange's time zone.
    :param session: As TradingView writes it: ``"24x7"``, ``"0930-1600"``, ``"0900-1130,1230-1500"``,
        ``"1700-1600:23456"``, several for other weekdays joined by ``|``.
    :raises ConfigError: If either cannot be read.

    Source: TradingView's documentation, Trading sessions; days are numbered from 1, Sunday.
    """

    timezone: str = "Etc/UTC"
    session: str = "24x7"
    zone: tzinfo = field(init=False, repr=False, compare=False)
    ranges: dict[int, Ranges] = field(init=False, repr=False, compare=False)
    """Minutes of the day, by weekday from Monday 0."""
    rollover: int | None = field(init=False, repr=False, compare=False)
    """The minute at which the next trading day begins, where that is not midnight."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone", zone_of(self.timezone))
        ranges = _parse_session(self.session)
        object.__setattr__(self, "ranges", ranges)
        overnight = [start for found in ranges.values() for start, end in found if start >= end]
        object.__setattr__(self, "rollover", min(overnight, default=None))

    def trading_day(self, stamp: int) -> date:
        """The trading day that a moment belongs to."""
        local = datetime.fromtimestamp(stamp, self.zone)
        if self.rollover is not None and local.hour * 60 + local.minute >= self.rollover:
            return local.date() + timedelta(days=1)
        return local.date()

    def opens(self, day: date) -> int:
        """The first second of a trading day."""
        if self.rollover is None:
            return self._moment(day, 0)
        return self._moment(day - timedelta(days=1), self.rollover)

    def starts(self, day: date) -> list[int]:
        """Where the session's ranges begin on a trading day; bars are counted from there."""
        ranges = self.ranges.get(day.weekday()) or ((0, 1440),)
        found = {self._moment(day - timedelta(days=1) if self._is_eve(start) else day, start) for start, _ in ranges}
        return sorted(found)

    def _is_eve(self, minute: int) -> bool:
        return self.rollover is not None and minute >= self.rollover

    def _moment(self, day: date, minute: int) -> int:
        local = datetime.combine(day, time(minute // 60, minute % 60), self.zone)
        return timegm(local.utctimetuple())


def period_start(day: date, resolution: Resolution) -> date:
    """The first date of the days, weeks or months that a date is in.

    Weeks begin on Monday; several months are counted from January.
    """
    count, unit = resolution.count, resolution.unit
    if unit == "M":
        months = (day.year * 12 + day.month - 1) // count * count
        return date(months // 12, months % 12 + 1, 1)
    length, anchor = (7 * count, _MONDAY) if unit == "W" else (count, _EPOCH)
    ordinal = day.toordinal()
    return date.fromordinal(max(ordinal - (ordinal - anchor) % length, 1))


def next_period(day: date, resolution: Resolution) -> date:
    """The first date after the days, weeks or months that a date is in."""
    first = period_start(day, resolution)
    count, unit = resolution.count, resolution.unit
    if unit == "M":
        months = first.year * 12 + first.month - 1 + count
        return date(months // 12, months % 12 + 1, 1)
    return first + timedelta(days=7 * count if unit == "W" else count)


@functools.lru_cache(256)
def calendar_of(timezone: str, session: str) -> Calendar:
    """A calendar, made once for all symbols that share it."""
    return Calendar(timezone, session)


def _parse_session(session: str) -> dict[int, Ranges]:
    found: dict[int, Ranges] = {}
    text = session.strip() if isinstance(session, str) else ""
    if text in _ALWAYS:
        return found
    for part in text.partition(";")[0 if ";" not in text else 2].split("|"):
        hours, _, days = part.partition(":")
        matches = [_RANGE.fullmatch(one.strip()) for one in hours.split(",")]
        if not all(matches) or not re.fullmatch(r"[1-7]*", days):
            raise ConfigError(
                f"session={session!r} is not a session. Write '24x7', '0930-1600' or '0900-1130,1230-1500:23456'."
            )
        if hours in _ALWAYS:
            continue
        ranges = tuple(_minutes(match) for match in matches if match is not None)
        if any(start >= 1440 or end > 1440 for start, end in ranges):
            raise ConfigError(f"session={session!r} has an hour that no day has. Write '0930-1600'.")
        # Sunday is 1 there, and 6 for Python.
        weekdays = [(int(digit) + 5) % 7 for digit in days] if days else range(7)
        found |= dict.fromkeys(weekdays, tuple(sorted(ranges)))
    return found


def _minutes(match: re.Match[str]) -> tuple[int, int]:
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    return start_hour * 60 + start_minute, end_hour * 60 + end_minute
