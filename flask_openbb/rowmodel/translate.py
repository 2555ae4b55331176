"""Plans to SQLAlchemy Core statements: the only place in the package where SQL is made.

Owns :class:`Translator`. It sees plans without values (:mod:`.shape`), so a statement holds bound parameters, names of
columns the source itself has, quoted by SQLAlchemy, and names of its own (``c0``, ``openbb_page``); text of a request
cannot get into one. Imports :mod:`.shape`, :mod:`.plan`, :mod:`.dialects` and SQLAlchemy; called by the SQL engines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timezone
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from .columns import RowColumn
from .dialects import Dialect, Expression
from .kept import Kept, weight_of
from .plan import Groups, Leaves, Measure, Order, Plan
from .reflect import Relation
from .request import EVERYTHING, And, Blank, Compare, Constant, Filter, OneOf, Or, TextMatch
from .shape import Paging, Slot

Convert = Callable[[Any], Any]
Statement = sa.Select[Any]


def in_utc(value: Any) -> Any:
    """Give a time with a time zone in UTC; one without was UTC, as is DuckDB's text of a year past 9999."""
    if isinstance(value, str):
        return value
    return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


def wall_clock(value: Any) -> Any:
    """Give a time of the server's own zone without that zone."""
    return value.replace(tzinfo=None)


CONVERT: Mapping[str, Convert] = {
    "integer": int,
    "number": float,
    "decimal": lambda value: value if isinstance(value, Decimal) else Decimal(str(value)),
    "boolean": bool,
}
"""What drivers give in kinds of their own, such as MariaDB's sum of integers as a Decimal."""


def loosely(to: Convert | None) -> Convert | None:
    """Convert what stays the same value, and leave all other as it is."""
    if to is None:
        return None

    def read(value: Any) -> Any:
        try:
            found = to(value)
        except (TypeError, ValueError, OverflowError, ArithmeticError):
            return value
        return found if found == value else value

    return read


class Translator:
    """Makes the statements of one source.

    :param source: A table, or a subquery of the user's own ``select()``, and its allow-list.
    :param key: The columns that tell rows apart.
    :param kept: Keeps statements by the shape of their question, for this source and others.
    """

    def __init__(
        self,
        source: Relation,
        key: Sequence[str],
        dialect: Dialect,
        *,
        kept: Kept | None = None,
    ) -> None:
        self.source = source
        self.relation = source.selectable
        self.expressions = source.expressions()
        self.columns = source.columns
        self.key = tuple(key)
        self.dialect = dialect
        self._kept = Kept() if kept is None else kept
        self._own = object()

    def page(self, plan: Plan, paging: Paging) -> Statement:
        """Give the statement of a page, by shape and paging."""
        return self._kept.get(
            (self._own, "page", plan, paging),
            lambda: self._page(plan, paging),
            lambda: weight_of(plan.where, len(self.columns), plan),
        )

    def count(self, plan: Plan) -> Statement:
        """Give the statement that counts a level, by shape."""
        return self._kept.get((self._own, "count", plan), lambda: self._count(plan), lambda: weight_of(plan.where, 1))

    def points(self, names: tuple[str, ...], where: Filter, limit: Slot) -> Statement:
        """Give the statement of the values some columns have, by columns, filter and limit."""
        return self._kept.get(
            (self._own, "points", names, where, limit),
            lambda: self._points(names, where, limit),
            lambda: weight_of(where, len(names)),
        )

    def marks(self, name: str, where: Filter, parts: int, percent: int) -> Statement:
        """Give the statement of a sample of a column, by filter, parts and percent; for engines that take one."""
        return self._kept.get(
            (self._own, "marks", name, where, parts, percent),
            lambda: self._marks(name, where, parts, percent),
            lambda: weight_of(where, 1),
        )

    def converters(self, plan: Plan) -> list[Convert | None]:
        """Give, for each column of a page, what turns the driver's value into one of the column's type."""
        if not isinstance(plan, Groups):
            return self.read(self.columns.names)
        group = [] if plan.column is None else self.read([plan.column])
        found = [self._converter(self._measured(measure), self._aware(measure)) for measure in plan.measures]
        return group + (list(map(loosely, found)) if self.dialect.loose else found)

    def read(self, names: Sequence[str]) -> list[Convert | None]:
        """Give what turns the driver's values of some columns into those of the columns' types."""
        found = [self.columns[name] for name in names]
        return [self._converter("datetime", column.aware) if column.type == "datetime" else None for column in found]

    def _converter(self, kind: str, aware: bool) -> Convert | None:
        if kind == "datetime" and not aware:
            return wall_clock if self.dialect.zoned_driver else None
        return in_utc if aware else CONVERT.get(kind)

    def _aware(self, measure: Measure) -> bool:
        return self.columns[measure.column].aware and measure.aggregate != "count"

    def _measured(self, measure: Measure) -> str:
        if measure.aggregate == "count":
            return "integer"
        return "number" if measure.aggregate == "avg" else self.columns[measure.column].type

    def _page(self, plan: Plan, paging: Paging) -> Statement:
        if isinstance(plan, Groups):
            return self._groups(plan, paging)
        return self._leaves(plan, paging)

    def _count(self, plan: Plan) -> Statement:
        if isinstance(plan, Groups) and plan.column is not None:
            group = self._comparable(plan.column).label("g")
            level = self._narrow(sa.select(group).select_from(self.relation), plan.where).group_by(group)
            return sa.select(sa.func.count()).select_from(level.subquery("openbb_level"))
        return self._narrow(sa.select(sa.func.count()).select_from(self.relation), plan.where)

    def _points(self, names: tuple[str, ...], where: Filter, limit: Slot) -> Statement:
        values = [self._comparable(name).label(f"c{index}") for index, name in enumerate(names)]
        found = (
            sa.select(*values).select_from(self.relation).where(self._where(where)).distinct().subquery("openbb_points")
        )
        order = [
            term
            for name, column in zip(names, found.c, strict=True)
            for term in self._order(column, self.columns[name], False)
        ]
        shown = [
            self.dialect.shown(column, self.columns[name].aware) for name, column in zip(names, found.c, strict=True)
        ]
        return sa.select(*shown).order_by(*order).limit(self._bind(limit))

    def _marks(self, name: str, where: Filter, parts: int, percent: int) -> Statement:
        column = self._comparable(name)
        divided = self.dialect.divided(self.dialect.shown(column, self.columns[name].aware), parts)
        found: list[Any] = [divided, sa.func.count(column), sa.func.count()]
        return self.dialect.sampled(self._narrow(sa.select(*found).select_from(self.relation), where), percent)

    def _leaves(self, plan: Leaves, paging: Paging) -> Statement:
        orders = [order.reversed() for order in plan.order] if paging.backwards else list(plan.order)
        limit, offset = self._bind(paging.limit), self._bind(paging.offset)
        if not paging.key_first:
            found = sa.select(*self._labelled(self.expressions)).select_from(self.relation)
            return self._narrow(found, plan.where).order_by(*self._orders(orders)).limit(limit).offset(offset)
        keys = [self._comparable(name).label(f"k{index}") for index, name in enumerate(self.key)]
        page = self._narrow(sa.select(*keys).select_from(self.relation), plan.where)
        page_of_keys = page.order_by(*self._orders(orders)).limit(limit).offset(offset).subquery("openbb_page")
        whole = self.relation.alias("openbb_whole")
        moved = self.source.expressions(whole)
        same = [self._comparable(name, moved) == column for name, column in zip(self.key, page_of_keys.c, strict=True)]
        found = sa.select(*self._labelled(moved)).select_from(whole.join(page_of_keys, sa.and_(*same)))
        return found.order_by(*self._orders(orders, moved))

    def _groups(self, plan: Groups, paging: Paging) -> Statement:
        scope = self.expressions
        relation, where = self.relation, plan.where
        ranked = not self.dialect.own_first and any(each.aggregate in {"first", "last"} for each in plan.measures)
        if ranked:
            relation, scope = self._ranked(plan)
            where = EVERYTHING
        measures = [
            self._measure(measure, plan, scope, relation).label(f"m{index}")
            for index, measure in enumerate(plan.measures)
        ]
        if plan.column is None:
            return self._narrow(sa.select(*self._shown(plan, measures)).select_from(relation), where)
        group = self._comparable(plan.column, scope).label("g")
        grouped = self._narrow(sa.select(group, *measures).select_from(relation), where).group_by(group)
        level = grouped.subquery("openbb_level")
        order = [
            term
            for each in plan.order
            for term in self._order(
                level.c.g if isinstance(each.by, str) else level.c[f"m{each.by}"],
                self.columns[plan.column] if isinstance(each.by, str) else self._result(plan.measures[each.by]),
                each.descending,
            )
        ]
        limit, offset = self._bind(paging.limit), self._bind(paging.offset)
        key = self.dialect.shown(level.c.g, self.columns[plan.column].aware)
        results = [level.c[f"m{index}"] for index in range(len(measures))]
        return sa.select(key, *self._shown(plan, results)).order_by(*order).limit(limit).offset(offset)

    def _shown(self, plan: Groups, results: Sequence[Expression]) -> list[Expression]:
        return [
            self.dialect.shown(result, self._aware(measure))
            for result, measure in zip(results, plan.measures, strict=True)
        ]

    def _result(self, measure: Measure) -> RowColumn:
        kind: Any = self._measured(measure)
        return RowColumn(measure.column, "integer" if kind == "boolean" else kind)

    def _ranked(self, plan: Groups) -> tuple[sa.FromClause, Mapping[str, Expression]]:
        """Number the rows of each group, and of each point of a pivot, in the order of the key and backwards."""
        names = {measure.column for measure in plan.measures} | set(plan.pivots) | set(plan.key)
        names |= set() if plan.column is None else {plan.column}
        ordered = [name for name in self.columns.names if name in names]
        parts = [self._comparable(name) for name in (*([plan.column] if plan.column else []), *plan.pivots)]
        numbers = [
            sa.func.row_number().over(
                partition_by=parts or None,
                order_by=[term for order in self._by_key(plan, last) for term in self._orders([order])],
            )
            for last in (False, True)
        ]
        columns = [self.expressions[name].label(f"c{index}") for index, name in enumerate(ordered)]
        labelled = [*columns, numbers[0].label("n0"), numbers[1].label("n1")]
        ranks = self._narrow(sa.select(*labelled).select_from(self.relation), plan.where).subquery("openbb_ranks")
        return ranks, {name: ranks.c[f"c{index}"] for index, name in enumerate(ordered)}

    def _by_key(self, plan: Groups, last: bool) -> list[Order]:
        return [Order(name, last) for name in plan.key]

    def _measure(
        self, measure: Measure, plan: Groups, scope: Mapping[str, Expression], relation: sa.FromClause
    ) -> Expression:
        column = self.columns[measure.column]
        value = self._comparable(measure.column, scope) if column.type == "text" else scope[measure.column]
        tests = [
            self._at_point(name, each, scope) for name, each in zip(plan.pivots, measure.point or (), strict=False)
        ]
        if measure.aggregate == "count":
            return sa.func.count(sa.case((sa.and_(*tests), 1))) if tests else sa.func.count()
        if column.type == "boolean":
            value = sa.case((value.is_(True), 1), (value.is_(False), 0))
        if measure.aggregate in {"first", "last"}:
            last = measure.aggregate == "last"
            if self.dialect.own_first:
                found = self.dialect.first(value, [self._comparable(name, scope) for name in plan.key], last)
                return found.filter(sa.and_(*tests)) if tests else found
            tests.append(relation.c["n1" if last else "n0"] == 1)
            return sa.func.max(sa.case((sa.and_(*tests), value)))
        if tests:
            value = sa.case((sa.and_(*tests), value))
        if measure.aggregate == "sum":
            return self.dialect.total(value, column.type)
        if measure.aggregate == "avg":
            return self.dialect.mean(value)
        return self.dialect.extreme(value, measure.aggregate == "max")

    def _at_point(self, name: str, value: Slot | None, scope: Mapping[str, Expression]) -> Expression:
        column = self._comparable(name, scope)
        return column.is_(None) if value is None else self.dialect.compared("eq", column, self._bind(value, name))

    def _narrow(self, statement: Statement, where: Filter) -> Statement:
        return statement if where == EVERYTHING else statement.where(self._where(where))

    def _where(self, where: Filter) -> Expression:
        if isinstance(where, Constant):
            return sa.true() if where.value else sa.false()
        if isinstance(where, And):
            return sa.and_(sa.true(), *map(self._where, where.parts))
        if isinstance(where, Or):
            return sa.or_(sa.false(), *map(self._where, where.parts))
        if isinstance(where, Compare):
            value = self._bind(where.value, where.column)
            return self.dialect.compared(where.op, self._comparable(where.column), value)
        if isinstance(where, TextMatch):
            return self._text(where)
        return self._blank(where) if isinstance(where, Blank) else self._one_of(where)

    def _text(self, where: TextMatch) -> Expression:
        column = self.expressions[where.column]
        folded = self.dialect.folded(column)
        text, length = self._bind(where.text[0]), self._bind(where.text[1])
        if where.op == "equals":
            test: Expression = folded == text
        elif where.op == "contains":
            test = self.dialect.contains(folded, text)
        else:
            test = (self.dialect.starts if where.op == "startsWith" else self.dialect.ends)(folded, text, length)
        return sa.or_(column.is_(None), sa.not_(test)) if where.negated else test

    def _blank(self, where: Blank) -> Expression:
        column = self.expressions[where.column]
        if self.columns[where.column].type != "text":
            return column.is_not(None) if where.negated else column.is_(None)
        empty = self.dialect.empty(column)
        return sa.and_(column.is_not(None), sa.not_(empty)) if where.negated else sa.or_(column.is_(None), empty)

    def _one_of(self, where: OneOf) -> Expression:
        column = self._comparable(where.column)
        binds = [self._bind(value, where.column) for value in where.values]
        if not where.negated:
            parts = [self.dialect.among(column, binds)] if binds else []
            return sa.or_(sa.false(), *parts, *([column.is_(None)] if where.null else []))
        present = sa.not_(self.dialect.among(column, binds)) if binds else sa.true()
        if where.null:
            return sa.and_(column.is_not(None), present)
        return sa.or_(column.is_(None), present)

    def _bind(self, slot: Slot, column: str | None = None) -> Expression:
        kind = self.dialect.bind_types[slot.type]
        if column is not None and self.columns[column].aware:
            kind = sa.DateTime(timezone=True)
        # Not required, so that a statement compiles before its values are there.
        value = sa.bindparam(slot.name, type_=kind, required=False)
        return value if column is None else self.dialect.bound(value, self._comparable(column))

    def _comparable(self, name: str, scope: Mapping[str, Expression] | None = None) -> Expression:
        """Give a column as it is compared: text by code point."""
        expression = (self.expressions if scope is None else scope)[name]
        return self.dialect.text(expression) if self.columns[name].type == "text" else expression

    def _labelled(self, expressions: Mapping[str, Expression]) -> list[sa.Label[Any]]:
        return [
            self.dialect.shown(expressions[name], column.aware).label(f"c{index}")
            for index, (name, column) in enumerate(self.columns.items())
        ]

    def _orders(self, orders: Sequence[Order], scope: Mapping[str, Expression] | None = None) -> list[Any]:
        return [
            term
            for order in orders
            for term in self._order(
                (self.expressions if scope is None else scope)[str(order.by)],
                self.columns[str(order.by)],
                order.descending,
            )
        ]

    def _order(self, expression: Expression, column: RowColumn, descending: bool) -> list[Any]:
        if column.type == "text":
            expression = self.dialect.text(expression)
        return self.dialect.order(expression, descending, column.nullable)
