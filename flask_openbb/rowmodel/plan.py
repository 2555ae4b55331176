"""One level of a request as every engine is asked it: rows of the source, or rows of groups.

Owns what follows from a request alone: which filter the open groups add, what a level is sorted by, and the columns a
pivot makes. Imports :mod:`.request` and :mod:`.columns`; called by :mod:`.pages`, read by every engine.

===============  =========================================================================================
level            order
===============  =========================================================================================
rows             the request's sorts, then the key, ascending
groups           the request's sorts of the group column or of a value by its result, then the group column;
                 sorts by anything else do not apply at this level
===============  =========================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .columns import RowColumns, key_text
from .request import EVERYTHING, Aggregate, And, Compare, Filter, Labels, OneOf, RowRequest

PIVOT_SEPARATOR = "_"
"""Between the parts of a pivot column's name; what AG Grid splits it by unless told otherwise.

Source: AG Grid docs, ``serverSidePivotResultFieldSeparator``.
"""
LOW_LINE = "\u02cd"
"""What is shown for the separator within a part: AG Grid would split there too, and lose a column whose name another
one begins with, such as ``fx_price`` beside ``fx_price_usd``.
"""


@dataclass(frozen=True)
class Order:
    """One sort of a plan: a column by name, or a measure by its place in a group's row."""

    by: str | int
    descending: bool = False

    def reversed(self) -> Order:
        """Give the opposite order."""
        return replace(self, descending=not self.descending)


@dataclass(frozen=True)
class Leaves:
    """Rows of the source: all of its columns."""

    where: Filter
    order: tuple[Order, ...]
    """Ends with the key: no two rows are equal in it."""
    start: int
    end: int
    total: int | None = None
    """How many rows there are, where known: the last pages are read from the other end."""
    deep: int | None = None
    """From which row on a page is deep; None where no page is."""


@dataclass(frozen=True)
class Measure:
    """One value of a group's row."""

    column: str
    aggregate: Aggregate
    point: tuple[Any, ...] | None = None
    """Values of the pivot columns the rows are narrowed to, or None for all rows of the group."""


@dataclass(frozen=True)
class Groups:
    """Rows of groups: the group column's value, then the measures; without a group column, one row."""

    column: str | None
    where: Filter
    measures: tuple[Measure, ...]
    order: tuple[Order, ...]
    """Ends with the group column, where there is one."""
    start: int
    end: int
    pivots: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    """The order ``first`` and ``last`` follow."""


Plan = Leaves | Groups


def where_of(request: RowRequest) -> Filter:
    """Give the filter of the request, narrowed to the open groups."""
    keys = tuple(
        OneOf(name, (), null=True) if value is None else Compare(name, "eq", value)
        for name, value in zip(request.groups, request.group_keys, strict=False)
    )
    if not keys:
        return request.filter
    return And(keys if request.filter == EVERYTHING else (*keys, request.filter))


def leaves(request: RowRequest, columns: RowColumns, key: Sequence[str], deep: int | None = None) -> Leaves:
    """Plan a page of the source's rows."""
    order = [Order(sort.column, sort.descending) for sort in request.sort if sort.column in columns]
    taken = {each.by for each in order}
    order += [Order(name) for name in key if name not in taken]
    return Leaves(where_of(request), tuple(order), request.start_row, request.end_row, deep=deep)


def groups(
    request: RowRequest, key: Sequence[str], points: Sequence[tuple[Any, ...]], labels: Labels
) -> tuple[Groups, tuple[str, ...], list[str] | None]:
    """Plan a page of groups.

    :param points: The values of the pivot columns that occur, in order; empty without a pivot.
    :return: The plan, the names of its measures, and the pivot's fields if there is a pivot.
    """
    column = request.groups[request.level] if request.level < len(request.groups) else None
    if request.pivots:
        fields = pivot_fields(request, points, labels)
        measures = tuple(Measure(value.column, value.aggregate, point) for point in points for value in request.values)
        names = tuple(fields)
    else:
        fields = None
        measures = tuple(Measure(value.column, value.aggregate) for value in request.values)
        names = tuple(value.name for value in request.values)
    places: dict[str, str | int] = {name: index for index, name in enumerate(names)}
    if column is not None:
        places[column] = column
    order = [Order(places[sort.column], sort.descending) for sort in request.sort if sort.column in places]
    if column is not None and all(each.by != column for each in order):
        order.append(Order(column))
    where, start, end = where_of(request), request.start_row, request.end_row
    plan = Groups(column, where, measures, tuple(order), start, end, request.pivots, tuple(key))
    return plan, names, fields


def pivot_fields(request: RowRequest, points: Sequence[tuple[Any, ...]], labels: Labels) -> list[str]:
    """Name the columns of a pivot: the values, then the value column; a name that is taken gets a number."""
    found: dict[str, None] = {}
    for point in points:
        texts = [_part(labels.null if value is None else key_text(labels.shown(value))) for value in point]
        for value in request.values:
            last = _part(value.name)
            name = PIVOT_SEPARATOR.join([*texts, last])
            number = 2
            while name in found or name in request.groups:
                name = PIVOT_SEPARATOR.join([*texts[:-1], f"{texts[-1]} ({number})", last])
                number += 1
            found[name] = None
    return list(found)


def _part(text: str) -> str:
    return text.replace(PIVOT_SEPARATOR, LOW_LINE)
