"""A feed made of data that is there: frames of pandas, polars or Arrow, or rows, of one symbol or of many.

Owns how symbols, bars, their length, time zone and session are read from a frame. Libraries are recognised, never
imported. Imports its room, ``errors`` and ``shape``; called by users.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from ..errors import RegistrationError, ResolutionError, UnknownSymbolError
from ..shape.cells import as_list
from ..shape.frames import frame_opener
from .bars import NAMES, Columns, made, named_columns, pick, stamps, table_of
from .calendars import Calendar, calendar_of, zone_of
from .feed import Bar, Bars, FeedConfig, SymbolInfo
from .resample import resample
from .resolutions import DAY, Resolution, parse_resolution, supported
from .sources import info_of
from .symbols import pricescale_of, ranked

_SYMBOLS = ("symbol", "ticker", "code", "instrument", "asset", "sym")
"""What the column of symbols may be called."""
_DAYS = (("12M", 360), ("3M", 85), ("1M", 27), ("1W", 5))
"""The shortest gap, in days, between bars of this length."""
_SAMPLE = 1_000
"""Bars that the number of decimals is read from."""
_SHOWN = 20_000
"""Bars, at either end, that the session is read from."""

_Table = Mapping[str, Any]


class DataFrameFeed:
    """Prices that are in memory, as a feed for :meth:`~flask_openbb.OpenBB.udf`.

    :param data: A frame of pandas, polars or Arrow, rows, or a mapping of columns: with a column of symbols, or of
        the one named by ``symbol``. Or a mapping of these by symbol. Columns are found by their names, whatever
        the case: time (or any index or column of dates), open, high, low, close, volume.
    :param symbol: The symbol of data that names none.
    :param resolution: How long a bar is, ``"1D"``; read from the times, unless given.
    :param resolutions: What the chart may show; all that can be made of the bars, unless given.
    :param timezone: IANA name of the exchange's zone, in which naive times are; that of the data's times, or UTC.
    :param session: When it trades, ``"0930-1600"``: bars of hours are counted from there. Read from intraday bars.
    :param info: More of the symbols: a description, a mapping of fields, or a :class:`~flask_openbb.SymbolInfo`
        for each.
    :raises RegistrationError: If no symbols are named.
    :raises ShapeError: If no time or close is found in it, or a cell of them is none.
    :raises ResolutionError: If its bars make none of ``resolutions``.

    .. versionadded:: 0.1
    """

    def __init__(
        self,
        data: Any,
        *,
        symbol: str = "",
        resolution: str | None = None,
        resolutions: Sequence[str] | None = None,
        timezone: str | None = None,
        session: str | None = None,
        exchange: str = "",
        type: str = "stock",
        info: Mapping[str, SymbolInfo | Mapping[str, Any] | str] | None = None,
    ) -> None:
        self._symbol = symbol
        self._resolution = None if resolution is None else parse_resolution(resolution)
        self._offered = None if resolutions is None else tuple(map(parse_resolution, resolutions))
        self._timezone = timezone
        self._session = session
        self._info = {key: _described(value, key) for key, value in (info or {}).items()}
        self._exchange = exchange
        self._type = type
        self._series: Mapping[str, _Series] = {}
        self.load(data)

    def load(self, data: Any) -> None:
        """Put other data in place of what there is, at once for all requests that follow."""
        series = {}
        for name, (table, zone) in _tables(data, self._symbol).items():
            series[name] = self._read(name, table, self._timezone or zone)
        self._series = series

    def symbols(self) -> list[SymbolInfo]:
        """All symbols, in the order of the data."""
        return [series.info for series in self._series.values()]

    def symbol(self, symbol: str) -> SymbolInfo:
        """One symbol, whatever the case.

        :raises UnknownSymbolError: If there is none of that name.
        """
        return self._find(symbol).info

    def search(self, query: str, type: str = "", exchange: str = "", limit: int = 30) -> list[SymbolInfo]:
        """The symbols that a text is found in, the best first."""
        return ranked(self.symbols(), query=query, type=type, exchange=exchange)[:limit]

    def config(self) -> FeedConfig:
        """Every resolution, exchange and type that some symbol has."""
        infos = self.symbols()
        offered = {parse_resolution(text) for info in infos for text in info.resolutions or ()}
        return FeedConfig(
            resolutions=tuple(str(one) for one in sorted(offered, key=lambda one: one.seconds)),
            exchanges=tuple(dict.fromkeys(info.exchange for info in infos if info.exchange)),
            symbol_types=tuple(dict.fromkeys(info.type for info in infos if info.type)),
        )

    def history(
        self, symbol: str, resolution: str, start: datetime, end: datetime, countback: int | None = None
    ) -> Columns:
        """Bars from ``start`` to before ``end``, or the last ``countback`` before ``end``.

        :raises UnknownSymbolError: If there is no such symbol.
        """
        bars = self._find(symbol).bars(parse_resolution(resolution))
        stop = int(end.timestamp())
        if countback is not None:
            return bars.last(countback, end=stop)
        return bars.between(int(start.timestamp()), stop)

    def _find(self, symbol: str) -> _Series:
        series = self._series
        if symbol in series:
            return series[symbol]
        folded = symbol.casefold()
        for name, one in series.items():
            if folded in (name.casefold(), (one.info.ticker or name).casefold()):
                return one
        raise UnknownSymbolError(symbol)

    def _read(self, name: str, table: _Table, zone_name: str | None) -> _Series:
        given = self._info.get(name, SymbolInfo(name))
        zone_name = zone_name or given.timezone
        zone = zone_of(zone_name)
        if table:
            table = {**table, "time": stamps(table["time"], zone)}
        base = self._resolution or _resolution_of(table.get("time", ()))
        bars = made(table, zone=zone, daily=not base.intraday)
        session = self._session or (given.session if given.session != "24x7" else _session_of(bars, base, zone_name))
        offered = self._offers(tuple(map(parse_resolution, given.resolutions or ())) or self._offered, base, name)
        info = replace(
            given,
            ticker=given.ticker or given.name,
            timezone=zone_name,
            session=session,
            pricescale=given.pricescale or pricescale_of([*bars.close[-_SAMPLE:], *bars.open[-_SAMPLE:]]),
            resolutions=tuple(map(str, offered)),
            data_status=given.data_status or ("delayed_streaming" if base.intraday else "endofday"),
            exchange=given.exchange or self._exchange,
            type=given.type if given.type != "stock" else self._type,
        )
        return _Series(info, bars, base, calendar_of(zone_name, session))

    def _offers(self, wanted: tuple[Resolution, ...] | None, base: Resolution, name: str) -> tuple[Resolution, ...]:
        """What the chart may show of bars: of what was said, all that they make."""
        if not wanted:
            return supported([base])
        found = tuple(one for one in wanted if one == base or base.makes(one))
        if not found:
            asked = ", ".join(map(str, wanted))
            raise ResolutionError(f"The bars of {name!r} are of {str(base)!r}, which make none of {asked}.")
        return found


@dataclass(eq=False)
class _Series:
    """One symbol's bars, and the longer ones made of them so far."""

    info: SymbolInfo
    own: Columns
    base: Resolution
    calendar: Calendar
    longer: dict[Resolution, Columns] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def bars(self, resolution: Resolution) -> Columns:
        if resolution == self.base:
            return self.own
        with self.lock:
            if resolution not in self.longer:
                daily = not self.base.intraday
                self.longer[resolution] = resample(self.own, resolution, self.calendar, daily=daily)
            return self.longer[resolution]


def _described(value: Any, name: str) -> SymbolInfo:
    return SymbolInfo(name, description=value) if isinstance(value, str) else info_of(value, name=name)


def _tables(data: Any, symbol: str) -> dict[str, tuple[_Table, str | None]]:
    """The named columns of every symbol, and the zone its times have."""
    if isinstance(data, Mapping) and not _is_columns(data):
        collected = {str(name): _collected(one) for name, one in data.items()}
        return {name: (named_columns(one), _zone_name(one)) for name, one in collected.items()}
    data = _collected(data)
    if hasattr(data, "iloc") and data.columns.nlevels == 2:
        return {name: (named_columns(one), _zone_name(one)) for name, one in _by_level(data).items()}
    zone = _zone_name(data)
    table = None if isinstance(data, Bars) else table_of(data)
    if table is None and not isinstance(data, Bars) and isinstance(data, list | tuple) and data:
        first = data[0]
        names = list(first) if isinstance(first, Mapping) else []
        table = {str(name): [row.get(name) for row in data] for name in names} or None
    column = None if table is None else _symbol_column(table)
    if table is not None and column is not None:
        return {name: (part, zone) for name, part in _by_symbol(table, column).items()}
    if not symbol:
        columns = ", ".join(map(repr, list(table)[:12])) if table else type(data).__name__
        raise RegistrationError(
            f"DataFrameFeed: there are no symbols in {columns}. Give symbol='AAPL', a column 'symbol', or a mapping "
            "of frames by symbol."
        )
    return {symbol: (named_columns(data) if table is None else pick(table), zone)}


def _collected(data: Any) -> Any:
    """A LazyFrame of polars as the frame that it promises, and a Series of pandas as the closes that it holds."""
    cls = type(data)
    if hasattr(cls, "iloc") and not hasattr(cls, "columns"):
        return data.to_frame("close")
    lazy = hasattr(cls, "collect_schema") and not hasattr(cls, "iter_slices")
    return data.collect() if lazy else data


def _is_columns(data: Mapping[Any, Any]) -> bool:
    """Whether a mapping is of columns: it has a close and a time, and cells where one of symbols has bars of each."""
    keys = {str(key).strip().lower() for key in data}
    named = bool(keys & set(NAMES["close"])) and bool(keys & set(NAMES["time"]))
    return named and not any(map(_is_bars, data.values()))


def _is_bars(value: Any) -> bool:
    """Whether it has bars of its own, as the values of ``{"C": frame, "T": frame}`` have, two stocks of New York."""
    if isinstance(value, list | tuple):
        return bool(value) and isinstance(value[0], Mapping | Bar | list | tuple)
    return isinstance(value, Mapping | Bars) or frame_opener(type(value)) is not None


def _symbol_column(table: _Table) -> str | None:
    lower = {name.strip().lower(): name for name in reversed(list(table))}
    return next((lower[name] for name in _SYMBOLS if name in lower), None)


def _by_symbol(table: _Table, column: str) -> dict[str, _Table]:
    cells = as_list(table[column]) if not isinstance(table[column], list) else table[column]
    places: dict[str, list[int]] = {}
    for place, name in enumerate(cells):
        if name is not None:
            places.setdefault(str(name), []).append(place)
    named = pick(_without(table, column))
    return {name: {key: _chosen(part, chosen) for key, part in named.items()} for name, chosen in places.items()}


def _chosen(cells: Any, places: list[int]) -> Any:
    return [cells[place] for place in places] if isinstance(cells, list) else cells[places]


def _by_level(frame: Any) -> dict[str, Any]:
    """Split a pandas frame with columns by price and symbol, in either order."""
    level = 1 if _likeness(frame, 0) >= _likeness(frame, 1) else 0
    symbols = dict.fromkeys(frame.columns.get_level_values(level))
    return {str(one): frame.xs(one, axis=1, level=level) for one in symbols}


def _likeness(frame: Any, level: int) -> tuple[bool, bool, float]:
    """How much the names of a level are those of prices; symbols may be C, T or OPEN."""
    names = {str(name).strip().lower() for name in frame.columns.get_level_values(level)}
    closes = names & set(NAMES["close"])
    known = names & {alias for aliases in NAMES.values() for alias in aliases}
    return any(len(name) > 1 for name in closes), bool(closes), len(known) / max(len(names), 1)


def _without(table: _Table, column: str) -> _Table:
    return {name: cells for name, cells in table.items() if name != column}


def _zone_name(data: Any) -> str | None:
    """The IANA name of the zone that a frame's times carry."""
    candidates: list[Any] = []
    if hasattr(data, "iloc"):
        candidates = [data.index, *(data.iloc[:, place] for place in range(data.shape[1]))]
        found = [getattr(getattr(one, "dtype", None), "tz", None) for one in candidates]
    elif hasattr(data, "schema"):
        schema = data.schema
        types = schema.values() if callable(getattr(schema, "values", None)) else getattr(schema, "types", ())
        found = [getattr(one, "time_zone", None) or getattr(one, "tz", None) for one in types]
    else:
        return None
    for zone in found:
        if zone is not None and _is_name(str(zone)):
            return "Etc/UTC" if str(zone) == "UTC" else str(zone)
    return None


def _is_name(text: str) -> bool:
    try:
        return bool(ZoneInfo(text))
    except (KeyError, ValueError, OSError):
        return text == "UTC"


def _resolution_of(times: Sequence[int | None]) -> Resolution:
    """How long bars are: the gap that most of them have, or of days the shortest."""
    known = sorted({stamp for stamp in times if stamp is not None})
    gaps = Counter(later - earlier for earlier, later in pairwise(known))
    if not gaps:
        return parse_resolution("1D" if not known or known[0] % DAY == 0 else "1")
    shortest = min(gaps)
    # A day may have 23 hours; two markets' closes on one day are not a day apart.
    if shortest >= DAY - 4 * 3600:
        text = next((text for text, days in _DAYS if shortest >= days * DAY), "1D")
        return parse_resolution(text)
    seconds = max(gaps.items(), key=lambda item: (item[1], -item[0]))[0]
    seconds = seconds if seconds < DAY else shortest
    return Resolution(seconds // 60, "min") if seconds % 60 == 0 else Resolution(seconds, "S")


def _session_of(bars: Columns, base: Resolution, zone_name: str) -> str:
    """When the symbol trades, as its intraday bars show: always, if they come on weekends or around the clock."""
    if not base.intraday or not len(bars):
        return "24x7"
    zone = zone_of(zone_name)
    shown = bars.time if len(bars) <= 2 * _SHOWN else bars.time[:_SHOWN] + bars.time[-_SHOWN:]
    local = [datetime.fromtimestamp(stamp, zone) for stamp in shown]
    if any(moment.weekday() > 4 for moment in local):
        return "24x7"
    minutes = [moment.hour * 60 + moment.minute for moment in local]
    first, stop = min(minutes), max(minutes) + max(base.seconds // 60, 1)
    if stop - first >= 23 * 60 or stop >= 1440:
        return "24x7"
    return f"{first // 60:02}{first % 60:02}-{stop // 60:02}{stop % 60:02}"
