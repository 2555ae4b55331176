"""Reading of single JSON values with a place: what is wrong is said as :class:`RowRequestError`, never anything else.

Owns the checks of text, integers, numbers, lists and mappings, the count of what a request may hold, and how a place
and a value are written in a message. Imports :mod:`.columns`, :mod:`.request` and the package's errors; called by
:mod:`.parse` and :mod:`.filters`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..errors import RowRequestError
from .columns import ONLY_SHOWN, ORDERED, CastError, RowColumn, RowColumns, cast_key
from .request import DEFAULT_LIMITS, Limits

FORMULA = "formula_"
"""What the names of columns begin with that a user adds in the client, which sends them as if they were the source's.

Source: CLIENT components/General/Table/hooks/useTableContext.tsx.
"""


def at(place: str, key: str | int) -> str:
    """Write the place of a key below a place: ``filterModel.price.conditions[1]``."""
    if isinstance(key, int):
        return f"{place}[{key}]"
    shown = key if key.isidentifier() and len(key) <= 80 else f"[{shorten(key)}]"
    return f"{place}.{shown}" if place and not shown.startswith("[") else place + shown


def shorten(value: Any) -> str:
    """Show a value on one line, however large or deep it is."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int) and value.bit_length() > 128:
        return f"an integer of {value.bit_length()} bits"
    text = repr(value[:80] if isinstance(value, str) else value)
    return text if len(text) <= 80 else text[:79] + "…"


def read_text(value: Any, place: str, most: int = DEFAULT_LIMITS.text) -> str:
    """Read text that every database can take: no NUL, no half of a surrogate pair, not too long.

    :raises RowRequestError: If it is none.
    """
    if not isinstance(value, str):
        raise RowRequestError(place, f"expected text, not {shorten(value)}.")
    if len(value) > most:
        raise RowRequestError(place, f"text of {len(value):,} characters is too long: at most {most:,}.")
    if "\0" in value:
        raise RowRequestError(place, "text may not hold a NUL character.")
    if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
        raise RowRequestError(place, "text may not hold half of a surrogate pair.")
    return value


class Reader:
    """What one request may still hold, and how its values are read.

    :param columns: The allow-list.
    :param now: The time of the request, in the zone of the row model; presets and dates are relative to it.
    """

    def __init__(self, columns: RowColumns, limits: Limits, zone: ZoneInfo, now: datetime) -> None:
        self.columns = columns
        self.limits = limits
        self.zone = zone
        self.now = now
        self.conditions = 0
        self.set_values = 0

    def refuse(self, place: str, problem: str) -> RowRequestError:
        """Make the error that says what is wrong where."""
        return RowRequestError(place, problem)

    def mapping(self, value: Any, place: str) -> dict[str, Any]:
        """Read an object."""
        if not isinstance(value, dict):
            raise self.refuse(place, f"expected an object, not {shorten(value)}.")
        return value

    def listing(self, value: Any, place: str) -> list[Any]:
        """Read a list; null is an empty one."""
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refuse(place, f"expected a list, not {shorten(value)}.")
        return value

    def text(self, value: Any, place: str) -> str:
        """Read text that every database can take."""
        return read_text(value, place, self.limits.text)

    def integer(self, value: Any, place: str) -> int:
        """Read an integer of a row's place."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(place, f"expected an integer, not {shorten(value)}.")
        if not 0 <= value <= self.limits.offset:
            raise self.refuse(place, f"expected 0 to {self.limits.offset:,}, not {shorten(value)}.")
        return value

    def flag(self, value: Any, place: str) -> bool:
        """Read true or false; null is false."""
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self.refuse(place, f"expected true or false, not {shorten(value)}.")
        return value

    def choice(self, value: Any, place: str, allowed: Iterable[str], what: str) -> str:
        """Read one of some words."""
        words = tuple(allowed)
        if not isinstance(value, str) or value not in words:
            raise self.refuse(place, f"{shorten(value)} is no {what}. Allowed: {', '.join(words)}.")
        return value

    def column(self, value: Any, place: str) -> RowColumn:
        """Read the name of a column."""
        name = self.text(value, place)
        column = self.columns.get(name)
        if column is None and name.startswith(FORMULA):
            problem = "a formula is worked out by Workspace for the rows it has"
            raise self.refuse(place, f"{problem}: it cannot be sorted, filtered or summed here.")
        if column is None:
            raise self.refuse(place, f"there is no column {shorten(name)}. {self.columns.nearest(name)}")
        return column

    def ordered(self, value: Any, place: str, what: str) -> RowColumn:
        """Read the name of a column whose values have an order."""
        column = self.column(value, place)
        if column.type not in ORDERED:
            problem = f"column {shorten(column.name)} has no order: it cannot be {what}. {ONLY_SHOWN}"
            raise self.refuse(place, problem)
        return column

    def key(self, value: Any, place: Callable[[], str], column: RowColumn) -> Any:
        """Read a group key or a value of a set filter, as a value of its column's type."""
        if isinstance(value, str):
            value = self.text(value, place()) if not value.isascii() or "\0" in value else value
            if len(value) > self.limits.text:
                self.text(value, place())
        elif isinstance(value, dict | list):
            raise self.refuse(place(), f"expected one value, not {shorten(value)}.")
        try:
            return cast_key(column, value, self.zone)
        except CastError as error:
            problem = f"{shorten(value)} is no value of column {shorten(column.name)}: {error}."
            raise self.refuse(place(), problem) from None

    def count_condition(self, place: str, depth: int) -> None:
        """Count one more filter.

        :raises RowRequestError: If there are too many, or one is too deep.
        """
        self.conditions += 1
        if self.conditions > self.limits.conditions:
            raise self.refuse(place, f"more than {self.limits.conditions:,} conditions.")
        if depth > self.limits.depth:
            raise self.refuse(place, f"filters within filters deeper than {self.limits.depth}.")
