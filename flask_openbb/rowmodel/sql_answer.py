"""One request of a SQL widget: a typed statement is judged, opened as a source, and asked for a page.

Owns :class:`SqlModel`, which keeps what was learnt of a statement for a minute: its columns and how many rows it gives.
Imports :mod:`.statement` and :mod:`.sql_database`, and this room's :mod:`.pages` and :mod:`.parse`; no Flask. Called
once a request by the web half.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from ..errors import RowRequestError
from .counts import Counts
from .engines import Guard
from .pages import answer
from .parse import DEFAULT_RULES, Rules, parse_request
from .plan import leaves
from .request import EVERYTHING, RowRequest
from .sql_database import Opened, SqlDatabase
from .statement import PLACE, judge

KEPT = 200
"""Statements that are known at a time."""
SECONDS = 60.0


@dataclass
class _Known:
    """A statement that was opened."""

    opened: Opened
    until: float
    total: int | None = None


class SqlModel:
    """Answers the requests of one SQL widget.

    :param database: What statements run on.
    :param default: The statement of a request without one.
    :param rules: Those of the row model.
    """

    def __init__(self, database: SqlDatabase, *, default: str | None = None, rules: Rules = DEFAULT_RULES) -> None:
        self.database = database
        self.default = default
        self.rules = replace(rules, limits=replace(rules.limits, deep=rules.limits.offset))
        self.counts = Counts(seconds=SECONDS)
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[int, str], _Known] = OrderedDict()

    def answer(self, body: Any, *, guard: Guard | None = None) -> dict[str, Any]:
        """Answer a request.

        :param body: The JSON of the request: a row-model request with ``query``.
        :return: ``rowData``, ``rowCount`` and ``lastRow``; ``pivotResultFields`` where it pivots.
        :raises RowRequestError: If the statement or the request is refused.
        :raises RowTimeoutError: If it takes too long.
        """
        guard = guard or Guard(self.database.caps.timeout)
        given = body if isinstance(body, Mapping) else {}
        text = given.get("query")
        if text is None or (isinstance(text, str) and not text.strip()):
            text = self.default
        if text is None:
            raise RowRequestError(PLACE, f"write a SELECT. {self.database.catalog().nearest(('',))}")
        fresh = given.get("disableCache") is True
        known = self._open(text, guard, fresh=fresh)
        source, hidden = known.opened.source, known.opened.hidden
        request = parse_request(
            {key: given[key] for key in given if key != "query"} or None, source.columns, rules=self.rules
        )
        plain = not request.grouping and request.filter == EVERYTHING and not request.group_keys
        if not plain:
            self._check(known, guard)
        page = answer(source, request, rules=self.rules, guard=guard, counts=None if fresh else self.counts)
        if plain:
            known.total = page.row_count
            self._check(known, guard)
        if hidden is not None:
            for row in page.rows:
                row.pop(hidden, None)
        return {**page.body(), "lastRow": page.row_count}

    def check(self) -> None:
        """Open the database, and judge the default statement, unless it waits for the client's ``{{values}}``.

        :raises RowRequestError: If the default statement would be refused.
        """
        self.database.catalog()
        if self.default is not None and "{{" not in self.default:
            self._open(self.default, Guard(self.database.caps.timeout), fresh=True)

    def _open(self, text: Any, guard: Guard, *, fresh: bool) -> _Known:
        statement = judge(text, self.database.catalog(), self.database.name)
        key = (self.database.version, statement.sql())
        with self._lock:
            if self._known and next(iter(self._known))[0] != key[0]:
                self._known.clear()  # they keep the database that was closed
            known = self._known.get(key)
            if known is not None and known.until > monotonic() and not fresh:
                self._known.move_to_end(key)
                return known
        known = _Known(self.database.open(statement, guard), monotonic() + SECONDS)
        with self._lock:
            self._known[key] = known
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return known

    def _check(self, known: _Known, guard: Guard) -> None:
        """Refuse a statement whose whole result is too long: what is grouped or filtered is never a part of it."""
        source, most = known.opened.source, self.database.caps.max_rows
        if known.total is None:
            known.total = source.engine.count(leaves(RowRequest(), source.columns, source.key), guard)
        if known.total > most:
            problem = f"the statement gives more than {most:,} rows. Add WHERE, GROUP BY or LIMIT, or check its joins."
            raise RowRequestError(PLACE, problem)
