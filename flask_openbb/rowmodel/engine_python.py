"""The engine over rows in memory, in plain Python: the default for small data, and every other's oracle.

Owns the meaning of every filter, sort and aggregate where another engine is in doubt. Imports :mod:`.plan`,
:mod:`.request`, :mod:`.columns` and :mod:`.engines`; no Flask, no SQLAlchemy.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any

from .columns import RowColumns, plain
from .engines import Guard, Row
from .plan import Groups, Measure, Order, Plan
from .request import COMPARE, WHITE_SPACE, And, Blank, Compare, Constant, Filter, OneOf, Or, TextMatch, fold

Test = Callable[[Row], bool]

MATCH: Mapping[str, Callable[[str, str], bool]] = {
    "equals": operator.eq,
    "contains": operator.contains,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
}


class PythonEngine:
    """Answers from rows in memory.

    :param rows: One mapping per row; a key that lacks is NULL.
    :param columns: Their columns, in the order of the answer.

    .. versionadded:: 0.1
    """

    name = "python"

    def __init__(self, rows: Iterable[Mapping[str, Any]], columns: RowColumns) -> None:
        self.columns = columns
        self._place = {name: index for index, name in enumerate(columns.names)}
        names = columns.names
        convert = [float if columns[name].type == "number" else None for name in names]
        self._rows: list[Row] = [
            tuple(
                value if value is None or to is None else plain(to(value))
                for value, to in zip((plain(row.get(name)) for name in names), convert, strict=True)
            )
            for row in rows
        ]

    def rows(self, plan: Plan, guard: Guard) -> list[Row]:
        """Give a page of rows or groups."""
        guard.remaining()
        return self._level(plan)[plan.start : plan.end]

    def count(self, plan: Plan, guard: Guard) -> int:
        """Count the rows of the level."""
        guard.remaining()
        rows = self._where(plan.where)
        if isinstance(plan, Groups):
            place = None if plan.column is None else self._place[plan.column]
            return 1 if place is None else len({row[place] for row in rows})
        return len(rows)

    def points(self, names: Sequence[str], where: Filter, limit: int, guard: Guard) -> list[Row]:
        """Give the combinations of values that occur."""
        guard.remaining()
        places = [self._place[name] for name in names]
        found = {tuple(row[place] for place in places) for row in self._where(where)}
        return sorted(found, key=lambda point: tuple(map(_sortable, point)))[:limit]

    def stream(self, plan: Plan, guard: Guard) -> Iterator[Row]:
        """Give all rows of a plan one by one."""
        yield from self.rows(plan, guard)

    def _where(self, where: Filter) -> list[Row]:
        return list(filter(self.test(where), self._rows))

    def _level(self, plan: Plan) -> list[Row]:
        rows = self._where(plan.where)
        if not isinstance(plan, Groups):
            return _sorted(rows, plan.order, lambda by: self._place[str(by)])
        rows = _sorted(rows, [Order(name) for name in plan.key], lambda by: self._place[str(by)])
        if plan.column is None:
            return [tuple(self._measure(measure, plan.pivots, rows) for measure in plan.measures)]
        members: dict[Any, list[Row]] = {}
        for row in rows:
            members.setdefault(row[self._place[plan.column]], []).append(row)
        found: list[Row] = [
            (value, *(self._measure(measure, plan.pivots, rows) for measure in plan.measures))
            for value, rows in members.items()
        ]
        return _sorted(found, plan.order, lambda by: by + 1 if isinstance(by, int) else 0)

    def _measure(self, measure: Measure, pivots: tuple[str, ...], rows: list[Row]) -> Any:
        if measure.point is not None:
            places = [self._place[name] for name in pivots]
            rows = [row for row in rows if tuple(row[place] for place in places) == measure.point]
        if measure.aggregate == "count":
            return len(rows)
        values = [row[self._place[measure.column]] for row in rows]
        if measure.aggregate in {"first", "last"}:
            return values[0 if measure.aggregate == "first" else -1] if values else None
        present = [value for value in values if value is not None]
        return AGGREGATE[measure.aggregate](present) if present else None

    def test(self, where: Filter) -> Test:
        """Make the test of a filter."""
        if isinstance(where, Constant):
            return lambda _: where.value
        if isinstance(where, And | Or):
            tests = [self.test(part) for part in where.parts]
            if isinstance(where, And):
                return lambda row: all(test(row) for test in tests)
            return lambda row: any(test(row) for test in tests)
        return self._leaf(where, self._place[where.column])

    def _leaf(self, where: Compare | TextMatch | OneOf | Blank, place: int) -> Test:
        if isinstance(where, Compare):
            compare, value = COMPARE[where.op], where.value
            return lambda row: row[place] is not None and compare(row[place], value)
        if isinstance(where, TextMatch):
            match, text, negated = MATCH[where.op], where.text, where.negated
            return lambda row: negated if row[place] is None else match(fold(row[place]), text) is not negated
        if isinstance(where, Blank):
            return lambda row: _blank(row[place]) is not where.negated
        values, null = frozenset(where.values), where.null
        # Values of a column that is only shown, such as lists, may have no hash; such a filter has none of them.
        return lambda row: (null if row[place] is None else bool(values) and row[place] in values) is not where.negated


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip(WHITE_SPACE))


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value)


def _sorted(rows: list[Row], orders: Sequence[Order], place_of: Callable[[str | int], int]) -> list[Row]:
    for order in reversed(orders):
        place = place_of(order.by)
        rows = sorted(rows, key=lambda row, place=place: _sortable(row[place]), reverse=order.descending)  # type: ignore[misc] # mypy cannot type a lambda's default
    return rows


def _sum(values: list[Any]) -> Any:
    with localcontext() as context:
        context.prec = 100
        return sum(values)


def _mean(values: list[Any]) -> float:
    total = _sum(values)
    return float(total) / len(values) if isinstance(total, Decimal) else float(total / len(values))


AGGREGATE: Mapping[str, Callable[[list[Any]], Any]] = {"sum": _sum, "avg": _mean, "min": min, "max": max}
