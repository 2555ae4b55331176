"""What a statement is run on: a database that is kept to reading, and the source a judged statement becomes there.

Owns :class:`SqlDatabase`, the half that DuckDB (:mod:`.sql_duckdb`) and SQLAlchemy's databases (:mod:`.sql_servers`)
share: a statement is described once, its columns get names of their own, and a :class:`.pages.Source` over it answers
row-model requests by the same translation as any other. Imports :mod:`.statement`, :mod:`.pages`, SQLAlchemy and
sqlglot; called by :mod:`.sql_answer`, made by :mod:`.sql_sources`.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import sqlalchemy as sa

from ..errors import RowRequestError
from .columns import ORDERED
from .engines import Engine, Guard
from .kept import Kept
from .pages import Source
from .reflect import kind_of_type
from .sql_caps import SqlCaps
from .sql_catalog import SqlCatalog
from .statement import PARSERS, PLACE, Statement

LISTED = 8
"""How many times the bytes it has in a database a list takes in Python."""
ROW = "openbb_row"
"""The hidden column that keeps the order a statement asked for."""
MAX_COLUMNS = 500
CATALOG_SECONDS = 60.0
"""How long the tables of a database are believed."""


@dataclass(frozen=True)
class Opened:
    """A statement that was described, as a source of rows."""

    source: Source
    hidden: str | None
    """The column that is not shown."""


class SqlDatabase(ABC):
    """A database that statements are run on.

    :param caps: What one of them may take.
    """

    name: str
    """SQLAlchemy's name of the database, or ``duckdb``."""

    def __init__(self, caps: SqlCaps) -> None:
        self.caps = caps
        self.kept = Kept()
        """The statements of row-model requests on top of what users type."""
        self.version = 0
        """Counts how often it was opened anew: what was learnt of a statement before is of other rows."""
        self._lock = threading.Lock()
        self._catalog: tuple[float, int, SqlCatalog] | None = None
        """Until when it is believed, of which version, and what it is."""
        self._failed: tuple[float, Exception] | None = None
        """When it could not be read last, and why."""

    def catalog(self) -> SqlCatalog:
        """Give the relations that may be read, as they were at most a minute ago."""
        return self._believed() or self._read()

    def last_catalog(self) -> SqlCatalog:
        """Give the relations as they were last read: while a connection is held, no second one is asked for."""
        return self._read() if self._catalog is None else self._catalog[2]

    def _believed(self) -> SqlCatalog | None:
        known = self._catalog
        return known[2] if known is not None and known[0] > monotonic() and known[1] == self.version else None

    def _read(self) -> SqlCatalog:
        asked = monotonic()
        with self._lock:
            catalog = self._believed()  # another thread may have read it meanwhile
            if catalog is None:
                if self._failed is not None and self._failed[0] >= asked:
                    raise self._failed[1]  # or all who waited would wait again, one after another
                version = self.version
                try:
                    catalog = self.read_catalog()
                except Exception as error:
                    self._failed = (monotonic(), error)
                    raise
                self._catalog, self._failed = (monotonic() + CATALOG_SECONDS, version, catalog), None
        return catalog

    @abstractmethod
    def read_catalog(self) -> SqlCatalog:
        """Read the relations that may be read."""

    @abstractmethod
    def describe(self, text: str, statement: Statement, guard: Guard) -> list[tuple[str, Any]]:
        """Give the name and SQLAlchemy type of each column of a statement.

        :raises RowRequestError: If the database refuses it.
        """

    @abstractmethod
    def engine(self, text: str, columns: Sequence[sa.Column[Any]], key: Sequence[str], statement: Statement) -> Engine:
        """Give an engine over the text of a statement."""

    def open(self, statement: Statement, guard: Guard) -> Opened:
        """Make a source of a statement.

        Its rows are in the order it asks for, then by its columns, so that pages do not overlap. Columns of one name
        get numbers.

        :raises RowRequestError: If the database refuses it, or it has too many columns.
        """
        limit = self.caps.max_rows + 1
        found = self.describe(statement.sql(limit=0), statement, guard)
        if not found or len(found) > MAX_COLUMNS:
            raise RowRequestError(PLACE, f"the statement has {len(found):,} columns: 1 to {MAX_COLUMNS} are shown.")
        names = unique([name for name, _ in found])
        columns = [
            sa.Column(name, sa.types.NullType() if given.casefold() in statement.heavy else kind)
            for name, (given, kind) in zip(names, found, strict=True)
        ]
        most = self.longest(len(statement.collected)) + 1
        cut = {
            name: self.bounded(self._quote(name), kind, most)
            for name, (given, kind) in zip(names, found, strict=True)
            if statement.collected & {given.casefold(), ""}  # one without a name may have any
        }
        ordered = [at for at, column in enumerate(columns) if kind_of_type(column.type, self.name)[0] in ORDERED]
        text = statement.sql(limit=limit, ties=[at + 1 for at in ordered])
        if not statement.ordered and ordered:
            key = tuple(names[at] for at in ordered)
            engine = self.engine(self._named(text, names, cut=cut), columns, key, statement)
            return Opened(Source(engine.columns, key, engine, identity=(self.version, text)), None)  # type: ignore[attr-defined]
        hidden = unique([*names, ROW])[-1]
        extra, over = [], ""
        if PARSERS[self.name] == "mysql" and statement.ordered and (kept := statement.with_order(names)):
            # MariaDB does not number the rows of a subquery in its order, unless it is told again.
            extra = [name for name, _ in kept[1] if name not in names]
            text = kept[0].sql(limit=limit, ties=[at + 1 for at in ordered])
            terms = [*kept[1], *((names[at], False) for at in ordered)]
            over = "ORDER BY " + ", ".join(f"{self._quote(name)}{' DESC' if down else ''}" for name, down in terms)
        columns.append(sa.Column(hidden, sa.BigInteger(), nullable=False))
        number = f", row_number() OVER ({over}) AS {self._quote(hidden)}"
        engine = self.engine(self._named(text, names, number, extra, cut=cut), columns, (hidden,), statement)
        return Opened(Source(engine.columns, (hidden,), engine, identity=(self.version, text)), hidden)  # type: ignore[attr-defined]

    def _named(
        self, text: str, names: Sequence[str], number: str = "", extra: Sequence[str] = (), *, cut: Mapping[str, str]
    ) -> str:
        """Write a statement as one whose columns have these names, whatever the database calls them.

        :param cut: What stands for columns that may be long.
        """
        given = ", ".join(map(self._quote, [*names, *extra]))
        listed = ", ".join(
            f"{cut[name]} AS {self._quote(name)}" if name in cut else self._quote(name) for name in names
        )
        return f"WITH openbb_statement({given}) AS ({text}) SELECT {listed}{number} FROM openbb_statement"  # noqa: S608

    def bounded(self, column: str, kind: Any, most: int) -> str:
        """Give an expression for a column that may be made of a whole group: too long a value shall not be sent.

        :param column: Its quoted name.
        :param most: The most characters of a text, one too many.
        """
        return column

    def longest(self, columns: int) -> int:
        """Give the most characters of one text, where so many columns may hold one of a whole group."""
        return self.caps.max_bytes // max(1, columns)

    def _quote(self, name: str) -> str:
        quote = '"' if PARSERS[self.name] != "mysql" else "`"
        return quote + name.replace(quote, quote * 2) + quote


def unique(names: Sequence[str]) -> list[str]:
    """Number the names that are there already, and name those that are empty."""
    taken: set[str] = set()
    found = []
    for place, given in enumerate(names, 1):
        name = given or f"column_{place}"
        number = 2
        while name.casefold() in taken:
            name = f"{given or 'column'}_{number}"
            number += 1
        taken.add(name.casefold())
        found.append(name)
    return found
