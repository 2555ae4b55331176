"""The bars of one request: which of the feed's own are asked, how far back, and what is made of them.

A feed is asked for whole periods, so that every bar that is answered is complete, whatever range was asked: pages put
together are the whole. Imports its room and ``errors``; called by :mod:`.udf`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, timezone

from ..errors import ResolutionError, UnknownSymbolError
from .bars import Columns, columns_of
from .calendars import day_of, midnight, next_period, period_start
from .resample import resample
from .resolutions import DAY, Resolution, base_for
from .sources import FIRST, LAST, Known, Source, moment

_SLACK = (2, 12)
"""How many times the nominal span of the bars wanted is asked, first and then; at last, everything."""


def bars_of(
    source: Source, known: Known, resolution: Resolution, *, start: int, end: int, countback: int | None
) -> Columns:
    """The bars of a request, ascending.

    :param start: Seconds since 1970 of the first bar wanted; not regarded where ``countback`` is given.
    :param end: Bars begin before this.
    :param countback: How many bars are wanted, the last ones before ``end``.
    :raises ResolutionError: If the feed has no such bars, and none that these can be made of.
    """
    between, last = _reader(source, known, resolution)
    if not countback:
        return between(start, end)
    if last is not None:
        return last(countback, end)
    return _last(between, resolution, countback, end)


def last_before(source: Source, known: Known, resolution: Resolution, end: int) -> int | None:
    """The time of the last bar before ``end``, or None."""
    found = bars_of(source, known, resolution, start=FIRST, end=end, countback=1)
    return found.time[-1] if len(found) else None


Between = Callable[[int, int], Columns]
Last = Callable[[int, int], Columns]


def _reader(source: Source, known: Known, resolution: Resolution) -> tuple[Between, Last | None]:
    """How bars of a resolution are read: between two times, and if the feed can, the last ones before a time."""
    if resolution in known.native:

        def between(start: int, end: int) -> Columns:
            return _native(source, known, resolution, start=start, end=end)

        def last(count: int, end: int) -> Columns:
            return _native(source, known, resolution, start=FIRST, end=end, count=count)

        return between, last if "countback" in source.takes["history"] else None
    base = base_for(resolution, known.native)
    if base is None:
        have = ", ".join(map(str, known.native)) or "no others"
        raise ResolutionError(f"{known.info.name!r} has no bars of {str(resolution)!r}, and {have} make none.")

    def made(start: int, end: int) -> Columns:
        lower, upper = _whole_periods(known, base, resolution, start, end)
        finer = _native(source, known, base, start=lower, end=upper)
        return resample(finer, resolution, known.calendar, daily=not base.intraday).between(start, end)

    return made, None


def _native(
    source: Source, known: Known, resolution: Resolution, *, start: int, end: int, count: int | None = None
) -> Columns:
    """Ask the feed. Stamps of days that are no UTC midnights are asked for from a day before to a day after."""
    start, end = max(start, FIRST), min(end, LAST)
    if start >= end:
        return columns_of(None, zone=timezone.utc, daily=False)
    daily = not resolution.intraday
    pad = DAY if daily and known.calendar.zone is not timezone.utc else 0
    try:
        answer = source.ask(
            "history",
            symbol=known.ticker,
            resolution=str(resolution),
            start=moment(start - pad),
            end=moment(end + pad),
            countback=None if count is None else count + (3 if pad else 0),
        )
    except LookupError as error:
        if isinstance(error, IndexError):
            raise
        raise UnknownSymbolError(known.info.name) from error
    bars = columns_of(answer, zone=known.calendar.zone, daily=daily)
    return bars.between(start, end) if count is None else bars.last(count, end=end)


def _last(between: Between, resolution: Resolution, count: int, end: int) -> Columns:
    """The last bars of a feed that cannot count: a longer and longer time before is asked for."""
    end = min(end, LAST)
    for slack in _SLACK:
        found = between(max(end - resolution.seconds * count * slack - 7 * DAY, FIRST), end)
        if len(found) >= count:
            return found.last(count, end=end)
    return between(FIRST, end).last(count, end=end)


def _whole_periods(known: Known, base: Resolution, wanted: Resolution, start: int, end: int) -> tuple[int, int]:
    """The time to ask the shorter bars of, so that every longer bar in a range is complete."""
    calendar = known.calendar
    start, end = max(start, FIRST), min(end, LAST)
    if wanted.intraday:
        return calendar.opens(calendar.trading_day(start)), calendar.opens(
            calendar.trading_day(end) + timedelta(days=1)
        )
    # The stamp of a month is its first trading day: the bar of a range's first day may have begun before it.
    first, following = period_start(day_of(start), wanted), next_period(day_of(end), wanted)
    if base.intraday:
        return calendar.opens(first), calendar.opens(following)
    return midnight(first), midnight(following)
