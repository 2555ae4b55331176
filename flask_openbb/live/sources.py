"""A feed as it is asked here: which methods it has, which keywords they take, and what a symbol's info lacks.

Made when a feed is declared, so that what it cannot be asked is told then. Imports its room and ``errors``; called by
:mod:`.history`, :mod:`.symbols` and :mod:`.udf`.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ..errors import RegistrationError, ResolutionError, ShapeError, UnknownSymbolError
from .calendars import Calendar, calendar_of
from .feed import FeedConfig, SymbolInfo
from .resolutions import Resolution, parse_resolution

Call = Callable[..., Any]
"""Calls one of a feed's methods with keywords, sync or async."""

_METHODS: Mapping[str, tuple[str, ...]] = {
    "history": ("symbol", "resolution", "start", "end", "countback"),
    "symbol": ("symbol",),
    "search": ("query", "type", "exchange", "limit"),
    "symbols": (),
    "config": (),
    "marks": ("symbol", "start", "end", "resolution"),
    "timescale_marks": ("symbol", "start", "end", "resolution"),
    "quotes": ("symbols",),
    "time": (),
}
_DATA = ("symbols", "config", "resolutions")
"""What may be an attribute instead."""
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

FIRST, LAST = -8_520_336_000, 9_214_646_400
"""Seconds since 1970 that feeds are asked about at most: 1700 to 2262, which pandas can compare."""


@dataclass(frozen=True, eq=False)
class Source:
    """One feed, and how its methods are called during one request."""

    feed: Any
    takes: Mapping[str, frozenset[str]]
    """The keywords of each method it has."""
    call: Call

    def has(self, name: str) -> bool:
        """Whether the feed has a method."""
        return name in self.takes

    def ask(self, name: str, **keywords: Any) -> Any:
        """Call one of the feed's methods with the keywords it takes."""
        takes = self.takes[name]
        return self.call(getattr(self.feed, name), **{key: value for key, value in keywords.items() if key in takes})

    def data(self, name: str) -> Any:
        """What a method without keywords returns, or the attribute of that name; None without either."""
        if self.has(name):
            return self.ask(name)
        return getattr(self.feed, name, None)

    def config(self) -> FeedConfig:
        """The feed's configuration, or what its attribute ``resolutions`` says."""
        given = self.data("config")
        if given is None:
            found = self.data("resolutions")
            return FeedConfig() if found is None else FeedConfig(resolutions=_several(found, "resolutions"))
        if isinstance(given, FeedConfig):
            return given
        if not isinstance(given, Mapping):
            raise ShapeError(f"A feed's config() is {type(given).__name__}. Return FeedConfig(...), or a mapping.")
        fields = dict(given)
        if "supported_resolutions" in fields:
            fields["resolutions"] = fields.pop("supported_resolutions")
        if "symbols_types" in fields:
            fields["symbol_types"] = fields.pop("symbols_types")
        return FeedConfig(**_fields(FeedConfig, fields))

    def symbol(self, name: str) -> Known:
        """What is known of a symbol; an exchange before it is tried with, and without if the symbol is listed there.

        :raises UnknownSymbolError: If the feed does not know it.
        """
        info = self._find(name)
        if info is None and ":" in name:
            exchange, _, bare = name.partition(":")
            info = self._find(bare)
            if info is not None and info.exchange and info.exchange.casefold() != exchange.casefold():
                info = None
        if info is None:
            raise UnknownSymbolError(name)
        return Known(info, calendar_of(info.timezone, info.session), self._native(info))

    def _native(self, info: SymbolInfo) -> tuple[Resolution, ...]:
        texts = self.config().resolutions if info.resolutions is None else info.resolutions
        return own_resolutions(texts)

    def _find(self, name: str) -> SymbolInfo | None:
        if not name:
            return None
        if self.has("symbol"):
            try:
                given = self.ask("symbol", symbol=name)
            except LookupError as error:
                if isinstance(error, IndexError):
                    raise
                return None
            return None if given is None else info_of(given, name=name)
        every = self.data("symbols")
        if every is None:
            return SymbolInfo(name)
        infos = (info_of(one) for one in every)
        return next((info for info in infos if name in (info.name, info.ticker)), None)


@dataclass(frozen=True, eq=False)
class Known:
    """One symbol of a feed."""

    info: SymbolInfo
    calendar: Calendar
    native: tuple[Resolution, ...]
    """What the feed answers itself."""

    @property
    def ticker(self) -> str:
        """What the feed is asked with."""
        return self.info.ticker or self.info.name


def methods_of(feed: Any) -> dict[str, frozenset[str]]:
    """Find the methods of a feed, and the keywords each takes.

    :raises RegistrationError: If it is no feed, or one of its methods wants what it will not be given.
    """
    if isinstance(feed, type):
        raise RegistrationError(f"udf() was given the class {feed.__name__}. Give an instance: {feed.__name__}().")
    if not callable(getattr(feed, "history", None)):
        raise RegistrationError(
            f"udf() was given {type(feed).__name__}, which has no method history(symbol, resolution, start, end). "
            "Give a feed, such as DataFrameFeed(frame)."
        )
    found: dict[str, frozenset[str]] = {}
    problems: list[str] = []
    for name, known in _METHODS.items():
        method = getattr(feed, name, None)
        if not callable(method):
            if method is not None and name not in _DATA:
                problems.append(f"its {name} is {type(method).__name__}, not a method")
            continue
        takes, unknown = _keywords(method, known)
        found[name] = takes
        if unknown:
            named = ", ".join(known) or "nothing"
            problems.append(f"{name}() wants {', '.join(unknown)}, and is called with {named}")
    problems += _wrong_resolutions(feed)
    if problems:
        raise RegistrationError(f"The feed {type(feed).__name__} cannot be asked: {'; '.join(problems)}.")
    return found


def _wrong_resolutions(feed: Any) -> list[str]:
    """What is wrong with an attribute ``resolutions``, of which the chart would only tell its user."""
    given = getattr(feed, "resolutions", None)
    if given is None or callable(given):
        return []
    try:
        own_resolutions(given)
    except ShapeError as error:
        return [str(error).rstrip(".")]
    return []


def info_of(given: Any, *, name: str = "") -> SymbolInfo:
    """A symbol's info of what a feed said of it: an info, a mapping of its fields or of wire names, or its name.

    :raises ShapeError: If it is none of these.
    """
    if isinstance(given, SymbolInfo):
        return given
    if isinstance(given, str):
        return SymbolInfo(given)
    if not isinstance(given, Mapping):
        raise ShapeError(f"A feed's symbol is {type(given).__name__}. Return SymbolInfo(...), or a mapping.")
    fields = dict(given)
    for wire, ours in (("symbol", "name"), ("currency_code", "currency"), ("supported_resolutions", "resolutions")):
        if wire in fields:
            value = fields.pop(wire)
            fields.setdefault(ours, value)
    fields.setdefault("name", name)
    return SymbolInfo(**_fields(SymbolInfo, fields))


def own_resolutions(given: Any) -> tuple[Resolution, ...]:
    """Read what a feed says of itself.

    :raises ShapeError: If it is no list or one is none: who asked the feed is not to blame.
    """
    try:
        return tuple(map(parse_resolution, _several(given, "resolutions")))
    except ResolutionError as error:
        raise ShapeError(f"A feed's resolutions: {error}") from None


def moment(seconds: int) -> datetime:
    """Seconds since 1970 as feeds get them: an aware datetime."""
    return _EPOCH + timedelta(seconds=min(max(seconds, FIRST), LAST))


def _fields(cls: type[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    known = {field.name for field in dataclasses.fields(cls)}
    found = {key: value for key, value in given.items() if key in known and value is not None}
    more = {key: value for key, value in given.items() if key not in known}
    if more:
        found["extra"] = {**dict(found.get("extra", {})), **more}
    return found


def _several(value: Any, what: str) -> tuple[Any, ...]:
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise ShapeError(f"A feed's {what} are {value!r}. Give a list, such as ['1', '60', '1D'].")
    return tuple(value)


def _keywords(method: Any, known: tuple[str, ...]) -> tuple[frozenset[str], list[str]]:
    """The keywords of ours that a method takes, and those it wants beside them."""
    try:
        parameters = inspect.signature(method).parameters.values()
    except (TypeError, ValueError):
        return frozenset(known), []
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return frozenset(known), []
    takes, unknown = set(), []
    for parameter in parameters:
        positional = parameter.kind in (parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL)
        if parameter.name in known and not positional:
            takes.add(parameter.name)
        elif parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL:
            unknown.append(parameter.name)
    return frozenset(takes), unknown
