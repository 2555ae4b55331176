"""TradingView's Universal Data Feed: a request's endpoint and query in, the body out.

Owns what is asked (names, types, limits) and how a failure is said. No HTTP here: ``web/udf.py`` brings the query and
sends the body. Imports its room and ``errors``.
"""

from __future__ import annotations

import dataclasses
import math
import time as clock
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timezone
from typing import Any

from ..errors import RequestError, ShapeError, UnknownSymbolError
from .bars import Columns, stamp_of
from .feed import Mark, Quote, TimescaleMark
from .history import bars_of, last_before
from .resolutions import Resolution, parse_resolution, supported
from .sources import Known, Source, info_of, moment, own_resolutions
from .symbols import found_body, search, symbol_body

LIMIT = 30
"""Symbols of a search where the request says nothing."""
_MAX_LIMIT = 500
_MAX_QUOTES = 200
_MAX_COUNT = 10_000_000
_MAX_TEXT = 200

Query = Mapping[str, str]


def answer(source: Source, endpoint: str, query: Query) -> Any:
    """The body of one request.

    :param endpoint: One of :data:`.endpoints.ENDPOINTS`.
    :param query: The items of the request's query, one of a name.
    :raises RequestError: For a wrong or missing item, an unknown symbol or resolution.
    :raises ShapeError: If the feed answered what no chart can show.

    Source: TradingView's documentation of the Charting Library, UDF.
    """
    return _ANSWERS[endpoint](source, query)


def error_body(error: RequestError) -> dict[str, Any]:
    """How the client is told of a refusal: it reads ``s`` and ``errmsg``, whatever the status.

    Source: CLIENT components/Widgets/datafeed/src/requester.ts; history-provider.ts.
    """
    unknown = isinstance(error, LookupError)
    return {"s": "error", "errmsg": "unknown_symbol" if unknown else error.detail, "detail": error.detail}


def config(source: Source, query: Query) -> dict[str, Any]:
    """``/config``: what the feed can do.

    The client wants ``supports_search`` or a group request; the latter would ask for three exchanges it knows by
    heart, so a search is always promised, and made here where the feed has none.

    Source: CLIENT components/Widgets/datafeed/src/udf-compatible-datafeed-base.ts; symbols-storage.ts.
    """
    given = source.config()
    native = own_resolutions(given.resolutions)
    exchanges = [
        one if isinstance(one, Mapping) else {"value": one, "name": one, "desc": one} for one in given.exchanges
    ]
    types = [one if isinstance(one, Mapping) else {"value": one, "name": one} for one in given.symbol_types]
    return {
        "supported_resolutions": [str(resolution) for resolution in supported(native)],
        "exchanges": _with_all(exchanges, {"value": "", "name": "All exchanges", "desc": ""}),
        "symbols_types": _with_all(types, {"value": "", "name": "All types"}),
        **given.extra,
        "supports_search": True,
        "supports_group_request": False,
        "supports_marks": source.has("marks"),
        "supports_timescale_marks": source.has("timescale_marks"),
        "supports_time": True,
    }


def symbols(source: Source, query: Query) -> dict[str, Any]:
    """``/symbols``: one symbol."""
    return symbol_body(source, source.symbol(_text(query, "symbol")))


def searched(source: Source, query: Query) -> list[dict[str, Any]]:
    """``/search``: the symbols for a text, 30 unless the request says otherwise."""
    limit = _integer(query, "limit", lowest=1, highest=_MAX_LIMIT, default=LIMIT, cut=True)
    found = search(
        source,
        query=query.get("query", "")[:_MAX_TEXT].upper(),
        type=query.get("type", ""),
        exchange=query.get("exchange", ""),
        limit=limit,
    )
    return [found_body(info) for info in found]


def history(source: Source, query: Query) -> dict[str, Any]:
    """``/history``: bars, ``no_data`` with the time of the last bar before the range, or an error."""
    known, resolution, start, end, count = _range(source, query)
    bars = bars_of(source, known, resolution, start=start, end=end, countback=count)
    if len(bars):
        return {"s": "ok", **_wire_bars(bars)}
    body: dict[str, Any] = {"s": "no_data"}
    if count is None and (before := last_before(source, known, resolution, start)) is not None:
        body["nextTime"] = before
    return body


def marks(source: Source, query: Query) -> dict[str, list[Any]]:
    """``/marks``: marks on bars, as a table by columns; empty where the feed has none."""
    found = [_mark(one, Mark) for one in _marked(source, "marks", query)]
    rows = [
        {
            "id": mark.id,
            "time": stamp_of(mark.time, timezone.utc),
            "color": mark.color,
            "text": mark.text,
            "label": mark.label,
            "labelFontColor": mark.label_font_color,
            "minSize": mark.min_size,
            "imageUrl": mark.image_url,
        }
        for mark in found
    ]
    names = [*_MARK_COLUMNS, *(["imageUrl"] if any(row["imageUrl"] for row in rows) else [])]
    return {name: [row[name] for row in rows] for name in names}


_MARK_COLUMNS = ("id", "time", "color", "text", "label", "labelFontColor", "minSize")


def timescale_marks(source: Source, query: Query) -> list[dict[str, Any]]:
    """``/timescale_marks``: marks on the time scale; empty where the feed has none."""
    found = [_mark(one, TimescaleMark) for one in _marked(source, "timescale_marks", query)]
    rows = [
        {
            "id": mark.id,
            "time": stamp_of(mark.time, timezone.utc),
            "color": mark.color,
            "label": mark.label,
            "tooltip": [mark.tooltip] if isinstance(mark.tooltip, str) else list(mark.tooltip),
            "shape": mark.shape,
            "imageUrl": mark.image_url,
        }
        for mark in found
    ]
    return [{key: value for key, value in row.items() if value is not None} for row in rows]


def server_time(source: Source, query: Query) -> int:
    """``/time``: seconds since 1970."""
    if source.has("time"):
        stamp = stamp_of(source.ask("time"), timezone.utc)
        if stamp is not None:
            return stamp
    return int(clock.time())


def quotes(source: Source, query: Query) -> dict[str, Any]:
    """``/quotes``: last prices; a symbol without one is an error of its own among them."""
    names = [name for name in _text(query, "symbols", longest=_MAX_TEXT * _MAX_QUOTES).split(",") if name]
    if len(names) > _MAX_QUOTES:
        raise RequestError(422, f"symbols= names {len(names)} symbols. Ask for {_MAX_QUOTES} at once at most.")
    if source.has("quotes"):
        given = source.ask("quotes", symbols=names)
        every = given.items() if isinstance(given, Mapping) else ((None, one) for one in given or ())
        by_name = {quote.symbol: quote for quote in (_quote(one, symbol) for symbol, one in every)}
        found = {name: by_name.get(name) for name in names}
    else:
        found = {name: _last_quote(source, name) for name in names}
    return {"s": "ok", "d": [_wire_quote(name, quote) for name, quote in found.items()]}


_ANSWERS: Mapping[str, Callable[[Source, Query], Any]] = {
    "config": config,
    "symbols": symbols,
    "search": searched,
    "history": history,
    "marks": marks,
    "timescale_marks": timescale_marks,
    "time": server_time,
    "quotes": quotes,
}


@dataclass(frozen=True)
class _Range:
    known: Known
    resolution: Resolution
    start: int
    end: int
    count: int | None

    def __iter__(self) -> Any:
        return iter((self.known, self.resolution, self.start, self.end, self.count))


def _range(source: Source, query: Query) -> _Range:
    resolution = parse_resolution(_text(query, "resolution"))
    count = _integer(query, "countback", lowest=0, highest=_MAX_COUNT, default=0) or None
    end = _integer(query, "to", default=int(clock.time()) + 1)
    start = _integer(query, "from", default=None if count is None else 0)
    return _Range(source.symbol(_text(query, "symbol")), resolution, start, end, count)


def _wire_bars(bars: Columns) -> dict[str, list[Any]]:
    prices = {"o": bars.open, "h": bars.high, "l": bars.low, "c": bars.close, "v": bars.volume}
    return {"t": bars.time.tolist(), **{name: column.tolist() for name, column in prices.items() if column is not None}}


def _marked(source: Source, method: str, query: Query) -> Iterable[Any]:
    if not source.has(method):
        return ()
    known, resolution, start, end, _ = _range(source, query)
    found = source.ask(method, symbol=known.ticker, start=moment(start), end=moment(end), resolution=str(resolution))
    return found or ()


def _mark(given: Any, cls: type[Any]) -> Any:
    if isinstance(given, cls):
        return given
    if not isinstance(given, Mapping):
        raise ShapeError(f"A feed's mark is {type(given).__name__}. Return {cls.__name__}(id, time), or a mapping.")
    wire = {"labelFontColor": "label_font_color", "minSize": "min_size", "imageUrl": "image_url"}
    fields = {wire.get(key, key): value for key, value in given.items()}
    known = {field.name for field in dataclasses.fields(cls)}
    return cls(**{key: value for key, value in fields.items() if key in known})


def _quote(given: Any, symbol: str | None) -> Quote:
    if isinstance(given, Quote):
        return given if symbol is None else dataclasses.replace(given, symbol=symbol)
    if isinstance(given, Mapping):
        known = {field.name for field in dataclasses.fields(Quote)}
        fields = {key: value for key, value in given.items() if key in known}
        return Quote(**({"symbol": symbol, "last": None} | fields))
    if symbol is not None and isinstance(given, int | float):
        return Quote(symbol, given)
    raise ShapeError(f"A feed's quote is {type(given).__name__}. Return Quote(symbol, last), or a mapping.")


def _last_quote(source: Source, name: str) -> Quote | None:
    """A quote made of the last two bars of a day, or of what is nearest to one."""
    try:
        return _quote_of(source, source.symbol(name), name)
    except UnknownSymbolError:
        return None


def _quote_of(source: Source, known: Known, name: str) -> Quote | None:
    offered = supported(known.native)
    day = min(offered, key=lambda one: abs(one.seconds - 86_400), default=None)
    if day is None:
        return None
    bars = bars_of(source, known, day, start=0, end=int(clock.time()) + 1, countback=2)
    if not len(bars):
        return None
    return Quote(
        name,
        bars.close[-1],
        prev_close=bars.close[-2] if len(bars) > 1 else None,
        open=bars.open[-1],
        high=bars.high[-1],
        low=bars.low[-1],
        volume=None if bars.volume is None else bars.volume[-1],
        description=info_of(known.info).description or None,
        exchange=known.info.exchange or None,
    )


def _wire_quote(name: str, quote: Quote | None) -> dict[str, Any]:
    if quote is None or quote.last is None:
        return {"s": "error", "n": name, "v": {}}
    change, percent = quote.change, quote.change_percent
    if change is None and quote.prev_close is not None:
        change = quote.last - quote.prev_close
    if percent is None and change is not None and (before := quote.last - change):
        percent = 100 * change / before
    values = {
        "ch": change,
        "chp": percent,
        "short_name": name.rpartition(":")[2],
        "exchange": quote.exchange or "",
        "original_name": name,
        "description": quote.description or name,
        "lp": quote.last,
        "ask": quote.ask,
        "bid": quote.bid,
        "open_price": quote.open,
        "high_price": quote.high,
        "low_price": quote.low,
        "prev_close_price": quote.prev_close,
        "volume": quote.volume,
    }
    return {"s": "ok", "n": name, "v": {key: value for key, value in values.items() if value is not None}}


def _with_all(choices: list[Any], everything: dict[str, str]) -> list[Any]:
    """Choices of a search, with one for no choice; none at all where there is nothing to choose."""
    if not choices or any(not choice.get("value") for choice in choices):
        return choices
    return [everything, *choices]


def _text(query: Query, name: str, *, longest: int = _MAX_TEXT) -> str:
    text = query.get(name, "").strip()
    if not text:
        raise RequestError(422, f"{name}= is missing. Send it in the query.")
    if len(text) > longest:
        raise RequestError(422, f"{name}= is {len(text)} characters long, more than {longest}.")
    return text


def _integer(
    query: Query,
    name: str,
    *,
    default: int | None,
    lowest: int = -(10**11),
    highest: int = 10**11,
    cut: bool = False,
) -> int:
    text = query.get(name, "").strip()
    if not text and default is not None:
        return default
    try:
        value = math.ceil(float(text))
    except (ValueError, OverflowError):
        raise RequestError(422, f"{name}={text[:40]!r} is not a number. Send whole seconds or bars.") from None
    if cut:
        return min(max(value, lowest), highest)
    if not lowest <= value <= highest:
        raise RequestError(422, f"{name}={text[:40]!r} is out of range. Send seconds since 1970, or a number of bars.")
    return value
