"""What a row-model request asks, after parsing: small, frozen, hashable, and free of anything a user may break.

Owns the request, the filter algebra that all of AG Grid's filters become, the limits, and the page that answers.
Imports nothing of the room, no Flask and no SQLAlchemy; made by :mod:`.parse`, read by every engine.

The filter algebra is two-valued: each leaf says itself what becomes of NULL, and there is no NOT above a leaf, so that
every engine answers alike:

================  ====================================================================================
Compare           ``eq ne lt le gt ge`` of typed values; NULL passes none of them
TextMatch         ``equals contains startsWith endsWith`` of folded text; NULL passes the negated ones only
OneOf             one of some values or NULL; negated, everything else
Blank             NULL, or text of nothing but ASCII white space; negated, everything else
Constant          all rows or none
And, Or           of any number of parts; no parts are all rows and none
================  ====================================================================================

Text is folded by the lower case that Unicode gives each code point alone (:func:`fold`): ``É`` finds ``é``, ``ß`` does
not find ``ss``. Order and equality of text are by code point. NULL is smaller than everything, as in AG Grid's own
sorting: first when ascending, last when descending.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite, isnan
from typing import Any, Literal

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge"]
TextOperator = Literal["equals", "contains", "startsWith", "endsWith"]
Aggregate = Literal["sum", "min", "max", "avg", "count", "first", "last"]

COMPARE: Mapping[Operator, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
"""What each operator does, to values and to SQLAlchemy's expressions alike."""

WHITE_SPACE = " \t\n\r\f\v"
"""What ``blank`` trims: every engine can, where Unicode's white space is known to few."""

_DOTTED = {"\u0130": "i"}


def fold(text: str) -> str:
    """Fold text for comparison without case: each code point's own lower case, as Unicode's table has it.

    The only code point whose lower case is longer in Python, ``İ``, becomes ``i`` as in that table.

    :param text: Any text; its length in code points stays.

    .. versionadded:: 0.1
    """
    if text.isascii():
        return text.lower()
    return "".join(_DOTTED.get(char) or char.lower() for char in text)


def exact(value: Any) -> Any:
    """Give a value as JSON keeps it: the text of a number that a double in a browser is not, so that a key finds it."""
    if isinstance(value, float) and not isfinite(value):
        return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Decimal):
        if not value.is_finite():
            return exact(float(value))
        return value if Decimal(repr(float(value))) == value else format(value, "f")
    return value


@dataclass(frozen=True)
class Compare:
    """One comparison of a column with a value of the column's type."""

    column: str
    op: Operator
    value: Any


@dataclass(frozen=True)
class TextMatch:
    """One comparison of folded text; ``text`` is folded already."""

    column: str
    op: TextOperator
    text: Any
    negated: bool = False


@dataclass(frozen=True)
class OneOf:
    """Membership in a list of values of the column's type, and of NULL with ``null``."""

    column: str
    values: tuple[Any, ...]
    null: bool = False
    negated: bool = False


@dataclass(frozen=True)
class Blank:
    """NULL, or text of white space alone."""

    column: str
    negated: bool = False


@dataclass(frozen=True)
class Constant:
    """All rows, or none."""

    value: bool


@dataclass(frozen=True)
class And:
    """Every part must hold."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class Or:
    """One part must hold."""

    parts: tuple[Filter, ...]


Filter = Compare | TextMatch | OneOf | Blank | Constant | And | Or

EVERYTHING = Constant(True)


@dataclass(frozen=True)
class Value:
    """One value column of a group: what is aggregated how, and the key of the result in a row."""

    column: str
    aggregate: Aggregate
    name: str


@dataclass(frozen=True)
class Sort:
    """One sort; ``column`` may name a pivot result while pivoting, and is then no column of the source."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class RowRequest:
    """One request for a page of one level.

    Source: AG Grid docs, Server-Side Row Model, ``IServerSideGetRowsRequest``.

    .. versionadded:: 0.1
    """

    start_row: int = 0
    end_row: int = 500
    groups: tuple[str, ...] = ()
    group_keys: tuple[Any, ...] = ()
    """The open groups from the root, each a value of its column's type, or None for the group of NULLs."""
    values: tuple[Value, ...] = ()
    pivots: tuple[str, ...] = ()
    """Columns whose values become columns; empty unless in pivot mode."""
    pivot_mode: bool = False
    filter: Filter = EVERYTHING
    sort: tuple[Sort, ...] = ()

    @property
    def level(self) -> int:
        """How many groups are open above the rows asked for."""
        return len(self.group_keys)

    @property
    def grouping(self) -> bool:
        """Whether rows of groups (or the one row of a pivot without groups) are asked for, not rows of the source."""
        return self.level < len(self.groups) or (self.pivot_mode and not self.groups)


@dataclass(frozen=True)
class Limits:
    """What one request may ask for; beyond it is refused, never cut.

    .. versionadded:: 0.1
    """

    page: int = 10_000
    """Rows in a page. Workspace asks for 500, 1,000 or 5,000."""
    default_page: int = 500
    """Rows where the request does not say."""
    depth: int = 16
    """Filters within filters."""
    conditions: int = 256
    """Conditions of all filters together."""
    set_values: int = 10_000
    """Values of all set filters together."""
    text: int = 10_000
    """Characters in one text."""
    columns: int = 64
    """Columns in each of sort, groups, values and pivots."""
    pivot_columns: int = 1_000
    """Columns a pivot may make."""
    offset: int = 2**53
    """The last row that may be asked for."""
    deep: int = 10_000
    """From this row on a page is deep: the total is counted first, and the keys of its rows are found first."""


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Page:
    """The answer to a :class:`RowRequest`.

    .. versionadded:: 0.1
    """

    rows: list[dict[str, Any]]
    """Every key in every row, in one order: Workspace takes its columns from the first row."""
    row_count: int
    """Rows of this level in total, not of this page."""
    pivot_fields: list[str] | None = None
    """The columns a pivot made, in order; None without a pivot."""

    def body(self) -> dict[str, Any]:
        """Give the JSON object AG Grid expects.

        Source: AG Grid docs, Server-Side Row Model, ``LoadSuccessParams``.
        """
        answer: dict[str, Any] = {"rowData": self.rows, "rowCount": self.row_count}
        if self.pivot_fields is not None:
            answer["pivotResultFields"] = self.pivot_fields
        return answer


@dataclass(frozen=True)
class Labels:
    """The text that stands for the group of NULLs, whose own key AG Grid cannot send back.

    Text that happens to equal the label is marked with a zero-width space, and the mark is taken off again in a key: no
    value is ever taken for NULL.
    """

    null: str = "(Blanks)"
    mark: str = field(default="\u200b", repr=False)

    def shown(self, value: Any) -> Any:
        """Give what a group row holds for a value."""
        if value is None:
            return self.null
        return value + self.mark if isinstance(value, str) and self._marked(value) else exact(value)

    def meant(self, key: Any) -> Any:
        """Give the value that a group key stands for, text still as text."""
        if key == self.null:
            return None
        return key[: -len(self.mark)] if isinstance(key, str) and self._marked(key) else key

    def _marked(self, text: str) -> bool:
        return text.startswith(self.null) and not text[len(self.null) :].strip(self.mark)


DEFAULT_LABELS = Labels()


def row_of(names: tuple[str, ...], values: tuple[Any, ...], fixed: Mapping[str, Any]) -> dict[str, Any]:
    """Make one row of a page from an engine's tuple."""
    return {**fixed, **dict(zip(names, values, strict=True))}
