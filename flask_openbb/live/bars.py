"""Whatever a feed answers with becomes columns of plain numbers: ascending, unique, without holes.

Owns the names that columns go by, the forms of a time, and what a bar without some price is. Imports ``shape`` for
frames, which are recognised without importing their libraries; called by :mod:`.history` and :mod:`.frames`.
"""

from __future__ import annotations

import dataclasses
import math
import sys
from array import array
from bisect import bisect_left
from calendar import timegm
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone, tzinfo
from itertools import islice
from operator import lt
from typing import Any, TypeGuard, cast

from ..errors import ShapeError
from ..shape.cells import Zoned, as_list
from ..shape.frames import columns_frame, frame_names, frame_opener
from .calendars import midnight
from .feed import Bar, Bars
from .resolutions import DAY

NAMES: Mapping[str, tuple[str, ...]] = {
    "time": ("time", "t", "timestamp", "datetime", "date", "day", "ts", "start", "period"),
    "open": ("open", "o"),
    "high": ("high", "h"),
    "low": ("low", "l"),
    "close": ("close", "c", "adj close", "adj_close", "price", "last", "value", "nav"),
    "volume": ("volume", "v", "vol"),
}
"""What columns may be called, best first; the case does not matter."""

NAN = math.nan
_MILLISECONDS = 10**11


@dataclass(frozen=True, eq=False)
class Columns:
    """Bars as arrays of equal length, by ascending time, each time once; every bar has all four prices."""

    time: array[int]
    open: array[float]
    high: array[float]
    low: array[float]
    close: array[float]
    volume: array[float] | None
    """NaN where it is not known; None where it never is."""

    def __len__(self) -> int:
        return len(self.time)

    def between(self, start: int, end: int) -> Columns:
        """The bars from ``start`` to before ``end``."""
        return self.cut(bisect_left(self.time, start), bisect_left(self.time, end))

    def last(self, count: int, *, end: int) -> Columns:
        """The last so many bars before ``end``."""
        stop = bisect_left(self.time, end)
        return self.cut(max(0, stop - count), stop)

    def cut(self, first: int, stop: int) -> Columns:
        """The bars of these positions."""
        if first <= 0 and stop >= len(self.time):
            return self
        part = slice(first, max(first, stop))
        volume = None if self.volume is None else self.volume[part]
        return Columns(self.time[part], self.open[part], self.high[part], self.low[part], self.close[part], volume)


def columns_of(value: Any, *, zone: tzinfo, daily: bool) -> Columns:
    """Read what a feed answered with.

    A bar without a close, or a time, is left out; of several at one time the last counts; an open, high or low
    that is missing is taken from the other prices.

    :param value: Bars, a frame, a mapping of columns, or an iterable of Bar, mappings or sequences; None is empty.
    :param zone: Where naive times are.
    :param daily: Whether bars are stamped with 00:00 UTC of their trading day.
    :raises ShapeError: If it is none of these.
    """
    if type(value) is Columns:
        return value
    return made(named_columns(value), zone=zone, daily=daily)


def made(named: Mapping[str, Any], *, zone: tzinfo, daily: bool) -> Columns:
    """Make columns of some that :data:`NAMES` names, of cells as they came."""
    if not named:
        return _columns([], [])
    times = stamps(named["time"], zone)
    if daily:
        times = [None if stamp is None else trading_day_stamp(stamp, zone) for stamp in times]
    close = _numbers(named["close"])
    parts = [_numbers(named[name]) if name in named else close for name in ("open", "high", "low")]
    volume = _numbers(named["volume"]) if "volume" in named else None
    if _is_whole(times, [*parts, close, *([] if volume is None else [volume])]):
        start, high, low, last = (array("d", column) for column in (*parts, close))
        return Columns(array("q", times), start, high, low, last, None if volume is None else array("d", volume))
    volumes = [NAN] * len(close) if volume is None else volume
    rows = {
        stamp: _whole(*prices)
        for stamp, *prices in zip(times, *parts, close, volumes, strict=True)
        if stamp is not None and prices[3] == prices[3]
    }
    ascending = sorted(rows)
    return _columns(ascending, [rows[stamp] for stamp in ascending], with_volume="volume" in named)


def named_columns(value: Any) -> dict[str, Any]:
    """Find time, open, high, low, close and volume in a feed's answer.

    :return: Cells by these names; nothing where there are no bars.
    :raises ShapeError: If there is no time or no close among its columns, or it has none.
    """
    if value is None or (isinstance(value, Mapping) and value.get("s") == "no_data"):
        return {}
    if isinstance(value, Bars):
        found = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        value = {name: cells for name, cells in found.items() if cells is not None}
        if not len(value["time"]):
            return {}
    table = table_of(value)
    if table is None:
        rows = _rows(value)
        if not rows:
            return {}
        table = {name: [row.get(name) for row in rows] for name in dict.fromkeys(key for row in rows for key in row)}
    return pick(table)


def table_of(value: Any) -> dict[str, Any] | None:
    """The columns of a frame, or of a mapping of columns, by their names as text; None if it is neither."""
    opener = frame_opener(type(value))
    if opener is None and isinstance(value, Mapping):
        frame = columns_frame({name: _column(cells) for name, cells in value.items() if _is_many(cells)})
    elif opener is None:
        return None
    else:
        frame = opener(value)
    names = frame_names(frame)
    batches = list(frame.batches)
    if len(batches) == 1:
        return dict(zip(names, batches[0], strict=True))
    columns = [_joined([batch[place] for batch in batches]) for place in range(len(names))]
    return dict(zip(names, columns, strict=True))


def pick(table: Mapping[str, Any]) -> dict[str, Any]:
    """Choose among a table's columns by :data:`NAMES`.

    :raises ShapeError: If there is no time or no close, with the names there are.
    """
    lower: dict[str, str] = {}
    for name in table:
        lower.setdefault(name.strip().lower(), name)
    found = {}
    for wanted, names in NAMES.items():
        chosen = next((lower[name] for name in names if name in lower), None)
        if chosen is None and wanted == "time":
            chosen = next((name for name, cells in table.items() if _holds_times(cells)), None)
        if chosen is not None:
            found[wanted] = table[chosen]
    for needed in ("time", "close"):
        if needed not in found:
            raise ShapeError(
                f"The bars have no {needed}: their columns are {', '.join(map(repr, list(table)[:12]))}. "
                f"Name one of them {' or '.join(map(repr, NAMES[needed][:2]))}."
            )
    return found


def stamps(cells: Any, zone: tzinfo) -> list[int | None]:
    """Times as seconds since 1970, None for a null.

    :raises ShapeError: If one is no time.
    """
    if type(cells) is Zoned:
        wall = cells.wall.astype("datetime64[s]").astype("int64")
        return list((wall - cells.offsets).tolist())
    if getattr(getattr(cells, "dtype", None), "kind", "") == "M":
        missing = cells != cells  # noqa: PLR0124 - only NaT differs from itself
        if not missing.any():
            return _of_walls(cells.astype("datetime64[s]").astype("int64").tolist(), zone)
    listed = _listed(cells)
    if set(map(type, listed)) == {int} and max(map(abs, listed)) <= _MILLISECONDS:
        return list(listed)
    return [stamp_of(value, zone) for value in listed]


def stamp_of(value: Any, zone: tzinfo) -> int | None:
    """One time as seconds since 1970; milliseconds and finer are recognised by their size."""
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT
        return None
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=zone)
        return timegm(aware.utctimetuple())
    if isinstance(value, date):
        return midnight(value)
    written = _written(value)
    if written is not None:
        return stamp_of(written, zone)
    if isinstance(value, bool) or not hasattr(value, "__int__") or value in (math.inf, -math.inf):
        raise ShapeError(f"A bar's time is {type(value).__name__}, not a date, a datetime or seconds since 1970.")
    seconds = math.floor(value)
    while abs(seconds) > _MILLISECONDS:
        seconds //= 1000
    return int(seconds)


def _of_walls(walls: list[int], zone: tzinfo) -> list[int | None]:
    """Times of a zone's clocks, each written as if it were UTC.

    The zone is asked once an hour, and for every time in those hours in which the clocks are moved.
    """
    if zone is timezone.utc:
        return [*walls]
    offsets: dict[int, int | None] = {}
    found: list[int | None] = []
    for wall in walls:
        hour = wall // 3600
        if hour not in offsets:
            first, last = (_offset(moment, zone) for moment in (hour * 3600, hour * 3600 + 3599))
            offsets[hour] = first if first == last else None
        offset = offsets[hour]
        found.append(wall - (_offset(wall, zone) if offset is None else offset))
    return found


def _offset(wall: int, zone: tzinfo) -> int:
    local = datetime.fromtimestamp(wall, timezone.utc).replace(tzinfo=zone)
    return wall - timegm(local.utctimetuple())


def trading_day_stamp(stamp: int, zone: tzinfo) -> int:
    """00:00 UTC of the trading day: a stamp that is not there already is a moment of that day in the zone.

    Source: TradingView's documentation, UDF, Bars.
    """
    if stamp % DAY == 0:
        return stamp
    return midnight(datetime.fromtimestamp(stamp, zone).date())


def _columns(
    times: Sequence[int], rows: Sequence[tuple[float, float, float, float, float]], *, with_volume: bool = False
) -> Columns:
    start, high, low, close, volume = [array("d", column) for column in zip(*rows, strict=True)] or [
        array("d") for _ in range(5)
    ]
    return Columns(array("q", times), start, high, low, close, volume if with_volume else None)


def _is_whole(times: Sequence[int | None], columns: Sequence[Sequence[float]]) -> TypeGuard[Sequence[int]]:
    """Whether bars have all their prices, ascend and stand once each: most do, and nothing is to be done then."""
    if None in times or any(len(column) != len(times) for column in columns):
        return False
    # A sum is finite only where every number is.
    known = cast("Sequence[int]", times)
    return all(map(lt, known, islice(known, 1, None))) and all(math.isfinite(sum(column)) for column in columns)


def _whole(
    start: float, high: float, low: float, close: float, volume: float
) -> tuple[float, float, float, float, float]:
    if start != start:  # noqa: PLR0124
        start = close
    if high != high:  # noqa: PLR0124
        high = max(start, close)
    if low != low:  # noqa: PLR0124
        low = min(start, close)
    return start, high, low, close, volume


def _numbers(cells: Any) -> list[float]:
    listed = _listed(cells)
    if set(map(type, listed)) <= {int, float} and math.isfinite(sum(listed)):
        return list(map(float, listed))
    try:
        return [NAN if value is None else _finite(float(value)) for value in listed]
    except (TypeError, ValueError) as error:
        raise ShapeError(f"A bar's price or volume is not a number: {error}.") from None


def _finite(value: float) -> float:
    return value if math.isfinite(value) else NAN


def _listed(cells: Any) -> Any:
    return cells if isinstance(cells, list) else as_list(_plain(cells))


def _column(cells: Any) -> Any:
    """A column of some library as it is, any other sequence as a list."""
    cls = type(cells)
    return cells if hasattr(cls, "dtype") or hasattr(cls, "null_count") else list(cells)


def _joined(parts: Sequence[Any]) -> Any:
    """The cells of one column of several batches, or of none."""
    if parts and all(type(part) is Zoned for part in parts):
        return Zoned(_joined([part.wall for part in parts]), _joined([part.offsets for part in parts]))
    if len({str(getattr(part, "dtype", None)) for part in parts} | {"None"}) == 2:  # arrays of numpy, of one type
        return sys.modules["numpy"].concatenate(parts)
    return [cell for part in parts for cell in as_list(_plain(part))]


def _plain(cells: Any) -> Any:
    return cells.tolist() if type(cells) is Zoned else cells


def _is_many(cells: Any) -> bool:
    return hasattr(cells, "__len__") and not isinstance(cells, str | bytes | Mapping)


def _holds_times(cells: Any) -> bool:
    if type(cells) is Zoned or getattr(getattr(cells, "dtype", None), "kind", "") == "M":
        return True
    first = next((cell for cell in cells if cell is not None), None)
    return isinstance(first, date)


def _rows(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise ShapeError(f"A feed's history is {type(value).__name__}. Return Bars, a list of Bar, or a frame.")
    return [_row(row) for row in value if row is not None]


def _row(row: Any) -> dict[str, Any]:
    if isinstance(row, Bar):
        return vars(row)
    if isinstance(row, Mapping):
        return {str(name): cell for name, cell in row.items()}
    if hasattr(row, "_mapping"):  # a row of SQLAlchemy's
        return dict(row._mapping)
    if hasattr(row, "_asdict"):
        return dict(row._asdict())
    if isinstance(row, list | tuple) and len(row) in (5, 6):
        return dict(zip(NAMES, row, strict=False))
    found = {name: getattr(row, name) for name in NAMES if hasattr(row, name)}
    if "time" not in found:
        found |= {name: getattr(row, name) for name in NAMES["time"] if hasattr(row, name)}
    if not found:
        raise ShapeError(
            f"A bar of a feed's history is {type(row).__name__}. Return Bar, a mapping, or (time, open, high, low, "
            "close, volume)."
        )
    return found


def _written(value: Any) -> datetime | date | None:
    """A date or a moment that is text, numpy's or a Period of pandas; None if it is none of these."""
    if isinstance(value, str):
        return _parsed(value)
    if hasattr(value, "astype") and getattr(getattr(value, "dtype", None), "kind", "") == "M":
        moment: datetime = value.astype("datetime64[us]").item()
        return moment
    if hasattr(value, "to_timestamp"):
        began: datetime = value.to_timestamp().to_pydatetime()
        return began
    return None


def _parsed(text: str) -> datetime | date:
    try:
        if len(text) == len("2026-11-20"):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise ShapeError(f"A bar's time is {text[:40]!r}, which is not a date. Use ISO 8601, or a datetime.") from None
