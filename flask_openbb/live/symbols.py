"""Symbols on the wire: what the chart is told of one, and the search among many.

Owns the field names of TradingView's ``LibrarySymbolInfo`` and what is derived where a feed says nothing. Imports its
room and ``errors``; called by :mod:`.udf` and :mod:`.frames`.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .feed import SymbolInfo
from .history import bars_of
from .resolutions import Resolution, supported
from .sources import LAST, Known, Source, info_of

logger = logging.getLogger("flask_openbb")

_SAMPLE = 100
"""Bars that the number of decimals is read from."""
_DECIMALS = 8


def symbol_body(source: Source, known: Known) -> dict[str, Any]:
    """A symbol as the chart resolves it.

    ``ticker`` is there always: the client asks for bars with it alone.

    Source: CLIENT components/Widgets/datafeed/src/udf-compatible-datafeed-base.ts, ``resolveSymbol``;
    history-provider.ts; TradingView's documentation, Symbology.
    """
    info = known.info
    name = info.name
    offered = supported(known.native)
    units = {resolution.unit for resolution in offered}
    body: dict[str, Any] = {
        "name": name,
        "ticker": known.ticker,
        "full_name": f"{info.exchange}:{name}" if info.exchange else name,
        "description": info.description or name,
        "type": info.type,
        "exchange": info.exchange,
        "listed_exchange": info.exchange if info.listed_exchange is None else info.listed_exchange,
        "timezone": "Etc/UTC" if info.timezone == "UTC" else info.timezone,
        "session": info.session,
        "minmov": info.minmov,
        "pricescale": info.pricescale or _pricescale(source, known),
        "format": "price",
        "supported_resolutions": [str(resolution) for resolution in offered],
        "has_intraday": bool(units & {"S", "min"}),
        "has_seconds": "S" in units,
        "has_daily": "D" in units,
        "has_weekly_and_monthly": bool(units & {"W", "M"}),
        "data_status": info.data_status or ("streaming" if units & {"S", "min"} else "endofday"),
    }
    for unit, key in _MULTIPLIERS.items():
        counts = [str(resolution.count) for resolution in offered if resolution.unit == unit]
        if counts:
            body[key] = counts
    optional = {"volume_precision": info.volume_precision, "currency_code": info.currency}
    return {**body, **{key: value for key, value in optional.items() if value is not None}, **info.extra}


_MULTIPLIERS: Mapping[str, str] = {
    "S": "seconds_multipliers",
    "min": "intraday_multipliers",
    "D": "daily_multipliers",
    "W": "weekly_multipliers",
    "M": "monthly_multipliers",
}


def found_body(info: SymbolInfo) -> dict[str, Any]:
    """A symbol in the list of a search."""
    return {
        "symbol": info.name,
        "ticker": info.ticker or info.name,
        "full_name": f"{info.exchange}:{info.name}" if info.exchange else info.name,
        "description": info.description or info.name,
        "exchange": info.exchange,
        "type": info.type,
    }


def search(source: Source, *, query: str, type: str, exchange: str, limit: int) -> list[SymbolInfo]:
    """The symbols for what a user typed.

    The feed's own search decides; else its symbols are searched; else the text is taken for a symbol.
    """
    if source.has("search"):
        answer = source.ask("search", query=query, type=type, exchange=exchange, limit=limit)
        return [info_of(one) for one in answer or ()][:limit]
    every = source.data("symbols")
    if every is not None:
        return ranked((info_of(one) for one in every), query=query, type=type, exchange=exchange)[:limit]
    try:
        return [source.symbol(query).info] if query.strip() else []
    except LookupError:
        return []


def ranked(infos: Iterable[SymbolInfo], *, query: str, type: str, exchange: str) -> list[SymbolInfo]:
    """The infos that a text is found in, the best first: the name itself, its beginning, in it, in the description."""
    text = query.strip().casefold()
    prefix, _, bare = text.rpartition(":")
    found = []
    for place, info in enumerate(infos):
        if (type and info.type != type) or (exchange and info.exchange != exchange):
            continue
        if prefix and info.exchange.casefold() != prefix:
            continue
        rank = _rank(info, bare)
        if rank is not None:
            found.append((rank, place, info))
    return [info for _, _, info in sorted(found, key=lambda item: item[:2])]


def pricescale_of(prices: Sequence[float]) -> int:
    """10 to the number of decimals that prices have; of prices with many, what shows about five digits.

    >>> pricescale_of([189.25, 190.5]), pricescale_of([1.08765]), pricescale_of([100 / 3])
    (100, 100000, 100)
    """
    known = [abs(price) for price in prices if math.isfinite(price) and price]
    if not known:
        return 100
    decimals = max(_decimals(price) for price in known)
    if decimals > _DECIMALS - 2:
        decimals = min(4 - math.floor(math.log10(max(known))), _DECIMALS)
    return int(10 ** max(decimals, 2))


def _decimals(price: float) -> int:
    text = f"{price:.12f}".rstrip("0")
    return len(text.partition(".")[2])


def _rank(info: SymbolInfo, text: str) -> int | None:
    name = info.name.casefold()
    if not text or name == text:
        return 0
    if name.startswith(text):
        return 1
    if text in name:
        return 2
    return 3 if text in info.description.casefold() else None


def _pricescale(source: Source, known: Known) -> int:
    resolution: Resolution | None = max(known.native, key=lambda one: one.seconds, default=None)
    if resolution is None:
        return 100
    try:
        bars = bars_of(source, known, resolution, start=0, end=LAST, countback=_SAMPLE)
    except Exception:
        # The chart asks for the bars next, and is told then.
        logger.debug("No bars of %r to read its decimals from.", known.info.name, exc_info=True)
        return 100
    return pricescale_of([*bars.open, *bars.high, *bars.low, *bars.close])
