"""One step towards JSON: what a single value, whose class orjson does not know, becomes.

Owns the conversions by class: numpy, pandas, Decimal, Enum, records, collections, and the refusal of what has no
JSON form. Imports :mod:`.rows` only; called by :mod:`.encode` for each such value.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite
from operator import attrgetter, methodcaller
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

from .rows import describe, listing, per_class, record_reader

SAFE_INT = 2**53 - 1
"""The last int that JavaScript tells from its neighbours.

Source: ECMA-262, ``Number.MAX_SAFE_INTEGER``.
"""

Decimals = Literal["exact", "number", "string"]
"""How a ``Decimal`` is written: ``exact``, a number if a float holds exactly that value and text if not; ``number``,
the nearest float, and text only beyond ±(2^53 - 1) where that would be another number; ``string``, its digits."""


class RefusedError(Exception):
    """A value without a JSON form; collects its place while the walk unwinds."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path: list[str | int] = []


def simplify(value: Any, decimals: Decimals) -> Any:
    """Take one step towards JSON: what comes back may need another.

    :raises RefusedError: If the value has no JSON form.
    """
    try:
        convert = _converter(type(value))
        return DECIMALS[decimals](value) if convert is _decimal else convert(value)
    except RefusedError:
        raise
    except Exception as error:
        msg = f"holds {describe(value)}, whose conversion to JSON failed with {type(error).__name__}."
        raise RefusedError(msg) from error


@per_class
def _converter(cls: type) -> Callable[[Any], Any]:
    for method in ("__json__", "to_plotly_json"):
        if hasattr(cls, method):
            return methodcaller(method)
    library, name = cls.__module__.partition(".")[0], cls.__name__
    if library == "numpy" and hasattr(cls, "dtype"):
        return _numpy
    if library == "ipaddress":  # what psycopg makes of inet and cidr
        return str
    if library == "pandas" and name in _PANDAS:
        return _PANDAS[name]
    for base, convert in _BASES:
        if issubclass(cls, base):
            return convert
    return record_reader(cls) or _items


def _numpy(value: Any) -> Any:
    if value.ndim:
        return listing(value)
    # An array of no dimensions holds a scalar; a scalar that is text must not be indexed.
    scalar = value if isinstance(value, sys.modules["numpy"].generic) else value[()]
    kind = scalar.dtype.kind
    if kind in "mM":
        return _numpy_moment(scalar, kind)
    if kind == "V" and scalar.dtype.names:
        return {name: scalar[name] for name in scalar.dtype.names}
    if kind in "cV":
        return _items(scalar)
    plain = scalar.tolist()
    # numpy's extended precision has no Python type: tolist() gives the same object again.
    return float(plain) if type(plain) is type(scalar) else plain


def _numpy_moment(scalar: Any, kind: str) -> Any:
    if str(scalar) == "NaT":
        return None
    if kind == "m":
        return _seconds(scalar / type(scalar)(1, "s"))
    plain = scalar.item()
    if isinstance(plain, date):
        return plain
    # Nanoseconds have no Python type; most are whole microseconds.
    micro = scalar.astype("datetime64[us]")
    plain = micro.item()
    return plain if isinstance(plain, date) and micro == scalar else str(scalar)


def _seconds(seconds: float) -> float:
    seconds = float(seconds)
    return int(seconds) if seconds.is_integer() else seconds


def _decimal(value: Decimal) -> float | str | None:
    if not value.is_finite():
        return None
    nearest = float(value)
    return nearest if isfinite(nearest) and Decimal(repr(nearest)) == value else str(value)


def _decimal_number(value: Decimal) -> float | str | None:
    exact = _decimal(value)
    if not isinstance(exact, str) or abs(value) > SAFE_INT:
        return exact
    return float(value)


def _decimal_text(value: Decimal) -> str | None:
    return str(value) if value.is_finite() else None


DECIMALS: Mapping[Decimals, Callable[[Decimal], Any]] = MappingProxyType(
    {"exact": _decimal, "number": _decimal_number, "string": _decimal_text}
)
"""The three ways to write a ``Decimal``."""


def _items(value: Any) -> list[Any]:
    items = listing(value)
    if items is not None:
        return items
    if isinstance(value, (bytes, bytearray, memoryview)):
        msg = f"holds {describe(value)}: JSON has text only. Decode it, or send base64 text."
    elif isinstance(value, Iterator):
        msg = f"holds {describe(value)}, which can be read only once. Make it a list."
    else:
        msg = (
            f"holds {describe(value)}, which has no JSON form. Return text, a number, a list or a mapping "
            "there, or give its class a __json__() method."
        )
    raise RefusedError(msg)


_PANDAS: dict[str, Callable[[Any], Any]] = {
    "NaTType": lambda _: None,
    "NAType": lambda _: None,
    "Period": str,
    "Interval": str,
}

_BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Enum, attrgetter("value")),
    (str, str.__str__),
    (int, int),
    (float, float),
    (Decimal, _decimal),
    (timedelta, lambda value: _seconds(value.total_seconds())),
    (date, methodcaller("isoformat")),
    (time, methodcaller("isoformat")),
    (UUID, str),
)
