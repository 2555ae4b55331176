"""What a chart's feed is: the protocol, and the records it may answer with.

Plain mappings, tuples and frames will do in place of the records. Imports nothing of the package; called by users
and by its room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

Moment = datetime | date | float | str
"""A time: aware or naive (in the symbol's time zone), a date, seconds since 1970, or ISO 8601 text."""


class Feed(Protocol):
    """Where an advanced chart's bars come from: any object with a method ``history``, and more if it likes.

    Every method may be ``async``. Each is called with the keywords it names, of those listed; the first two
    raise :exc:`LookupError` (or return None) for a symbol that they do not know.

    ``history(symbol, resolution, start, end, countback)``
        Bars from ``start`` to before ``end``, both aware datetimes in UTC: :class:`Bars`, an iterable of
        :class:`Bar`, mappings or ``(time, open, high, low, close, volume)``, or a frame. ``resolution`` is one of
        the feed's own: ``"1"``, ``"60"``, ``"1D"``. A feed that names ``countback`` returns the last so many bars
        before ``end``, however early, if it is a number; without it an earlier ``start`` is asked.
    ``symbol(symbol)``
        A :class:`SymbolInfo`, or a mapping of its fields. Asked with every request for bars.
    ``search(query, type, exchange, limit)``
        The symbols for a text in capitals: infos, mappings or names. ``symbols()`` or an attribute ``symbols``
        with all of them will do as well, and are searched here.
    ``config()``
        A :class:`FeedConfig`, or a mapping of its fields; or only an attribute ``resolutions``.
    ``marks(symbol, start, end, resolution)``, ``timescale_marks(symbol, start, end, resolution)``
        :class:`Mark` and :class:`TimescaleMark` records; without these methods the chart does not ask.
    ``quotes(symbols)``
        :class:`Quote` records, or a mapping of them by symbol; made of the last two daily bars otherwise.
    ``time()``
        The server's time; this machine's otherwise.

    Source: TradingView's documentation of the Charting Library, UDF.

    .. versionadded:: 0.1
    """

    @property
    def history(self) -> Callable[..., Any]:
        """The one method a feed needs."""


@dataclass(frozen=True)
class Bar:
    """One bar.

    .. versionadded:: 0.1
    """

    time: Moment
    """When it begins; of a day, week or month its trading day."""
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    """A bar without it is left out."""
    volume: float | None = None


@dataclass(frozen=True)
class Bars:
    """Bars by columns, all equally long.

    .. versionadded:: 0.1
    """

    time: Sequence[Moment]
    close: Sequence[float | None]
    open: Sequence[float | None] | None = None
    high: Sequence[float | None] | None = None
    low: Sequence[float | None] | None = None
    volume: Sequence[float | None] | None = None


@dataclass(frozen=True, kw_only=True)
class SymbolInfo:
    """One symbol, as a chart needs to know it.

    Source: TradingView's documentation, Symbology.

    .. versionadded:: 0.1
    """

    name: str = field(kw_only=False)
    """What the user sees, e.g. ``"AAPL"``."""
    description: str = ""
    exchange: str = ""
    listed_exchange: str | None = None
    """The exchange again, where it is listed on another."""
    type: str = "stock"
    ticker: str | None = None
    """What the chart asks bars with; the name, unless given."""
    timezone: str = "Etc/UTC"
    """IANA name of the exchange's zone."""
    session: str = "24x7"
    """When it trades, in that zone: ``"0930-1600"``; hours are counted from there."""
    pricescale: int | None = None
    """100 for two decimals; read from the last bars, unless given."""
    minmov: int = 1
    volume_precision: int | None = None
    currency: str | None = None
    resolutions: Sequence[str] | None = None
    """What ``history`` answers itself for this symbol; the feed's, unless given."""
    data_status: Literal["streaming", "endofday", "delayed_streaming"] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Other fields of TradingView's ``LibrarySymbolInfo``, by their wire names."""


@dataclass(frozen=True, kw_only=True)
class FeedConfig:
    """What a feed can do.

    .. versionadded:: 0.1
    """

    resolutions: Sequence[str] = ("1D",)
    """What ``history`` answers itself; longer bars are made of these."""
    exchanges: Sequence[str | Mapping[str, str]] = ()
    """Choices of the symbol search: names, or ``{"value", "name", "desc"}``."""
    symbol_types: Sequence[str | Mapping[str, str]] = ()
    """Choices of the symbol search: values, or ``{"value", "name"}``."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Other fields of TradingView's ``DatafeedConfiguration``, by their wire names."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A letter on a bar, with a text behind it.

    .. versionadded:: 0.1
    """

    id: str | int = field(kw_only=False)
    time: Moment = field(kw_only=False)
    text: str = ""
    """What the pointer shows."""
    label: str = ""
    """One letter or two."""
    color: str | Mapping[str, str] = "blue"
    """red, green, blue, yellow, or ``{"border", "background"}``."""
    label_font_color: str = "white"
    min_size: int = 14
    """Pixels."""
    image_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class TimescaleMark:
    """A letter below the chart, on its time scale.

    .. versionadded:: 0.1
    """

    id: str | int = field(kw_only=False)
    time: Moment = field(kw_only=False)
    label: str = ""
    tooltip: str | Sequence[str] = ""
    """Its lines."""
    color: str = "blue"
    shape: str | None = None
    """circle, earningUp, earningDown, earning."""
    image_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Quote:
    """The last price of one symbol.

    .. versionadded:: 0.1
    """

    symbol: str = field(kw_only=False)
    last: float | None = field(kw_only=False)
    prev_close: float | None = None
    """Yesterday's close; the change is worked out from it, unless given."""
    change: float | None = None
    change_percent: float | None = None
    open: float | None = None
    high: float | None = None
    low: float | None = None
    volume: float | None = None
    bid: float | None = None
    ask: float | None = None
    description: str | None = None
    exchange: str | None = None
