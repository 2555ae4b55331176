"""A plan without its values: what the translation to SQL sees, and the key its statements are kept under.

Owns :func:`lift`, which takes every value out of a plan and leaves a numbered :class:`Slot` in its place, so that no
text of a user can get into a statement: the translation never has it. Imports :mod:`.plan`, :mod:`.request` and
:mod:`.columns`; called by the SQL engines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .columns import ColumnType, RowColumns
from .plan import Groups, Measure, Plan
from .request import And, Compare, Filter, OneOf, Or, TextMatch

EXACT = 8
"""Up to so many values a set has a shape by its length."""
FILLED = 512
"""Up to so many its shape is worth sharing; statements of more values are seldom kept."""


@dataclass(frozen=True)
class Slot:
    """The place of one value: a bound parameter ``openbb_<index>`` of a type."""

    index: int
    type: ColumnType

    @property
    def name(self) -> str:
        """The name of the bound parameter, which no statement of a user's has: theirs would get the request's value."""
        return f"openbb_{self.index}"


@dataclass(frozen=True)
class Paging:
    """How the rows of a page are found."""

    limit: Slot
    offset: Slot
    backwards: bool = False
    """From the last row on, in opposite order."""
    key_first: bool = False
    """The keys of the rows first, then their columns."""


@dataclass(frozen=True)
class Lifted:
    """A plan whose values are slots, how it is paged, and the values."""

    plan: Plan
    paging: Paging
    values: Mapping[str, Any]


class Lifter:
    """Takes values out of a plan, in one order."""

    def __init__(self, columns: RowColumns) -> None:
        self.columns = columns
        self.values: dict[str, Any] = {}

    def slot(self, value: Any, kind: ColumnType) -> Slot:
        """Put a value away, and give its place."""
        slot = Slot(len(self.values), kind)
        self.values[slot.name] = value
        return slot

    def filter(self, where: Filter) -> Filter:
        """Take the values out of a filter."""
        if isinstance(where, And | Or):
            return type(where)(tuple(map(self.filter, where.parts)))
        if isinstance(where, Compare):
            return replace(where, value=self.slot(where.value, self.columns[where.column].type))
        if isinstance(where, TextMatch):
            # Its length too: ends of text are compared by length where there is no function for it.
            return replace(where, text=(self.slot(where.text, "text"), self.slot(len(where.text), "integer")))
        if isinstance(where, OneOf):
            kind = self.columns[where.column].type
            return replace(where, values=tuple(self.slot(value, kind) for value in _filled(where.values)))
        return where

    def measure(self, measure: Measure, pivots: tuple[str, ...]) -> Measure:
        """Take the values of the pivot columns out of a measure."""
        if measure.point is None:
            return measure
        point = tuple(
            None if value is None else self.slot(value, self.columns[name].type)
            for name, value in zip(pivots, measure.point, strict=True)
        )
        return replace(measure, point=point)


def _filled(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Repeat the last value of a set up to four lengths for each power of two, so that few are shapes of their own."""
    count = len(values)
    if not EXACT < count <= FILLED:
        return values
    step = 1 << ((count - 1).bit_length() - 3)
    return values + values[-1:] * (-count % step)


def lift(plan: Plan, columns: RowColumns) -> Lifted:
    """Take every value out of a plan, and choose how its page is found.

    A deep page is found by its keys first; one in the second half from the other end, in opposite order.
    """
    lifter = Lifter(columns)
    where = lifter.filter(plan.where)
    start, end = plan.start, plan.end
    backwards = key_first = False
    if isinstance(plan, Groups):
        measures = tuple(lifter.measure(measure, plan.pivots) for measure in plan.measures)
        shape: Plan = replace(plan, where=where, measures=measures, start=0, end=0)
    else:
        shape = replace(plan, where=where, start=0, end=0, total=None, deep=None)
        if plan.deep is not None and start >= plan.deep:
            if plan.total is not None and start > plan.total // 2:
                backwards = True
                start, end = max(plan.total - end, 0), max(plan.total - start, 0)
            key_first = start >= plan.deep
    limit, offset = lifter.slot(end - start, "integer"), lifter.slot(start, "integer")
    return Lifted(shape, Paging(limit, offset, backwards, key_first), lifter.values)


def lift_filter(where: Filter, columns: RowColumns, limit: int) -> tuple[Filter, Slot, Mapping[str, Any]]:
    """Take every value out of a filter, for a question that is no page."""
    lifter = Lifter(columns)
    shape = lifter.filter(where)
    return shape, lifter.slot(limit, "integer"), lifter.values
