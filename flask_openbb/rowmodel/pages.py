"""From a request to its page: the plans of one request, its counts, and the rows as AG Grid takes them.

Owns :class:`Source`, :func:`answer`, :func:`distinct_values` and :func:`export`. Imports this room's :mod:`.plan`,
:mod:`.engines` and :mod:`.counts`; no engine, no Flask, no SQLAlchemy. Called once a request by the web half.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..errors import RowRequestError
from .columns import RowColumns
from .counts import Counts
from .engines import Engine, Guard
from .parse import DEFAULT_RULES, Rules
from .plan import Groups, Leaves, Plan, groups, leaves, where_of
from .reading import read_text
from .request import And, Filter, Page, RowRequest, TextMatch, exact, fold, row_of

BETWEEN_LOOKS = 500
"""Rows of an export between two looks at its guard: its time runs while nobody reads, and no statement does."""


@dataclass(frozen=True)
class Source:
    """What a row model answers from: the allow-list, the key that orders it, and the engine.

    .. versionadded:: 0.1
    """

    columns: RowColumns
    key: tuple[str, ...]
    """Columns that tell each row from every other, never NULL."""
    engine: Engine
    identity: Hashable = None
    """What tells this source from a narrowed one, for cached counts; None is never cached."""


def answer(
    source: Source,
    request: RowRequest,
    *,
    rules: Rules = DEFAULT_RULES,
    guard: Guard | None = None,
    counts: Counts | None = None,
) -> Page:
    """Answer a request for a page.

    :param source: Where the rows are.
    :param request: What :func:`.parse_request` made of the body, with the same ``rules``.
    :param guard: Bounds and stops the statements; 30 s where none is given.
    :param counts: Keeps the totals of levels between requests.
    :raises RowRequestError: If a pivot would make too many columns.
    :raises RowTimeoutError: If the guard's time is over, or it was cancelled.

    .. versionadded:: 0.1
    """
    guard = guard or Guard()
    if not request.grouping:
        return _leaves(source, request, rules, guard, counts)
    points = _points(source, request, rules, guard) if request.pivots else []
    plan, names, fields = groups(request, source.key, points, rules.labels)
    # Neither groups nor values: the one row of such a pivot holds nothing to ask for.
    rows = source.engine.rows(plan, guard) if plan.column is not None or names else [()]
    total = 1 if plan.column is None else _total(source, plan, len(rows), guard, counts)
    fixed = {name: rules.labels.shown(value) for name, value in zip(request.groups, request.group_keys, strict=False)}
    if plan.column is None:
        return Page([row_of(names, row, fixed) for row in rows[plan.start : plan.end]], total, fields)
    page = [row_of((plan.column, *names), (rules.labels.shown(value), *measures), fixed) for value, *measures in rows]
    return Page(page, total, fields)


def _leaves(source: Source, request: RowRequest, rules: Rules, guard: Guard, counts: Counts | None) -> Page:
    plan = leaves(request, source.columns, source.key, rules.limits.deep)
    known = counts.get(source.identity, plan) if counts is not None else None
    if plan.start >= rules.limits.deep and (known is None or plan.start > known // 2):
        # It tells from which end a page is nearer, and where one lies that is read from the last row on: an old total
        # would give the rows of another page.
        known = _counted(source, plan, guard, counts)
    rows = source.engine.rows(replace(plan, total=known), guard)
    if known is None:
        total = _total(source, plan, len(rows), guard, counts)
    else:
        # More rows or fewer than the total has for this page: it is old.
        expected = max(min(plan.end, known) - plan.start, 0)
        total = known if len(rows) == expected else _counted(source, plan, guard, counts)
    names = source.columns.names
    return Page([dict(zip(names, row, strict=True)) for row in rows], total)


def _total(source: Source, plan: Plan, found: int, guard: Guard, counts: Counts | None) -> int:
    """Give the total of a level; a page that is not full tells it without a question."""
    if found < plan.end - plan.start and (found or not plan.start):
        return plan.start + found
    known = counts.get(source.identity, plan) if counts is not None else None
    return _counted(source, plan, guard, counts) if known is None or known < plan.start + found else known


def _counted(source: Source, plan: Plan, guard: Guard, counts: Counts | None) -> int:
    cleared = 0 if counts is None else counts.cleared
    total = source.engine.count(plan, guard)
    if counts is not None:
        counts.put(source.identity, plan, total, cleared=cleared)
    return total


def _points(source: Source, request: RowRequest, rules: Rules, guard: Guard) -> list[tuple[Any, ...]]:
    """Give the values that become columns; they are the same at every level, so the open groups do not narrow them."""
    most = rules.limits.pivot_columns
    width = max(1, len(request.values))
    points = source.engine.points(request.pivots, request.filter, most // width + 1, guard)
    if len(points) * width > most:
        names = ", ".join(map(repr, request.pivots))
        problem = f"pivoting by {names} makes more than {most:,} columns. Choose columns with fewer values, or filter."
        raise RowRequestError("pivotCols", problem)
    return points


def distinct_values(
    source: Source,
    column: str,
    request: RowRequest,
    *,
    search: str = "",
    limit: int = 10_000,
    guard: Guard | None = None,
) -> list[Any]:
    """Give the values of a column under the request's filter, for the list of a set filter.

    :param column: A column with an order.
    :param search: What the values must contain, for a column of text.
    :param limit: The most values to give.
    :return: In ascending order; None first if there are NULLs. Numbers that JSON would change are text.
    :raises RowRequestError: If the source has no such column, its values have no order, or ``search`` is no text.

    .. versionadded:: 0.1
    """
    if column not in source.columns or source.columns[column].type == "other":
        problem = f"there is no column {column[:80]!r} with values to choose from. {source.columns.nearest(column)}"
        raise RowRequestError("column", problem)
    where: Filter = request.filter
    if search and source.columns[column].type == "text":
        where = And((TextMatch(column, "contains", fold(read_text(search, "search"))), where))
    return [exact(value) for (value,) in source.engine.points((column,), where, limit, guard or Guard())]


def export(
    source: Source, request: RowRequest, *, limit: int = 1_000_000, guard: Guard | None = None
) -> Iterator[dict[str, Any]]:
    """Give the filtered and sorted rows of the source, whatever its groups, one by one.

    :param limit: The most rows to give.
    :param guard: Bounds and stops it until its last row; no bound where none is given.
    :raises RowTimeoutError: If the guard's time is over, or it was cancelled.

    .. versionadded:: 0.1
    """
    guard = guard or Guard(None)
    flat = replace(request, groups=(), group_keys=(), pivots=(), pivot_mode=False, start_row=0, end_row=limit)
    plan: Leaves | Groups = leaves(replace(flat, filter=where_of(request)), source.columns, source.key)
    names = source.columns.names
    rows = source.engine.stream(plan, guard)
    try:
        for number, row in enumerate(rows):
            if number % BETWEEN_LOOKS == 0:
                guard.remaining()
            yield dict(zip(names, row, strict=True))
    finally:
        getattr(rows, "close", lambda: None)()
