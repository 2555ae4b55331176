"""The relations a typed statement may read: the allow-list, and how a name in a statement finds its relation.

Owns :class:`SqlTable` and :class:`SqlCatalog`. Imports the package's errors; no SQLAlchemy, no parser. Made by
:mod:`.sql_sources` from what a database has, called by :mod:`.statement_names` and for the editor's ``/table-schemas``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ..errors import ConfigError


@dataclass(frozen=True)
class SqlTable:
    """One relation a statement may read.

    .. versionadded:: 0.1
    """

    name: str
    """As the database has it."""
    columns: tuple[tuple[str, str], ...] = ()
    """Name and type of each column, the type in the database's words."""
    schema: str = ""
    """The schema it is in, always written into the statement; empty where the database has none."""
    database: str = ""
    """The database, for the editor alone unless :attr:`attached`."""
    attached: bool = False
    """Whether the database must be written into the statement too."""
    default: bool = True
    """Whether it is found by its name alone."""
    comment: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The parts of its name that a statement is given."""
        parts = (self.database if self.attached else "", self.schema, self.name)
        return tuple(part for part in parts if part)

    @property
    def shown(self) -> str:
        """Its name for people: as short as it can be written."""
        return self.name if self.default else ".".join(self.path)


class SqlCatalog:
    """An allow-list of relations.

    :param tables: The relations.
    :param exact: Whether names differ by case (PostgreSQL, once unquoted names are lower case).

    .. versionadded:: 0.1
    """

    def __init__(self, tables: Iterable[SqlTable], *, exact: bool = False) -> None:
        self.tables = tuple(tables)
        self._exact = exact
        if not self.tables:
            msg = "the source has no tables. Name at least one that statements may read."
            raise ConfigError(msg)

    def __iter__(self) -> Iterator[SqlTable]:
        return iter(self.tables)

    def find(self, path: tuple[str, ...]) -> SqlTable | None:
        """Find the relation of a name of one to three parts, or None.

        A name that fits several relations fits none: it must be written longer.
        """
        for same in (str, str.casefold) if not self._exact else (str,):
            found = [table for table in self.tables if self._fits(table, path, same)]
            if len(found) == 1:
                return found[0]
        return None

    def _fits(self, table: SqlTable, path: tuple[str, ...], same: Any) -> bool:
        full = (table.database, table.schema, table.name)
        if len(path) == 1:
            return table.default and same(path[0]) == same(table.name)
        given = tuple(map(same, path))
        if given == tuple(map(same, full))[-len(path) :]:
            return True
        # A database without schemas, such as SQLite's, may be written before the name.
        return len(path) == 2 and not table.schema and given == (same(table.database), same(table.name))

    def nearest(self, path: tuple[str, ...]) -> str:
        """Say which relations there are, the one most like a name first, as the end of a sentence."""
        names = {table.shown.casefold(): table.shown for table in self.tables}
        close = get_close_matches(path[-1][:100].casefold(), names, n=1, cutoff=0.5)
        shown = [table.shown for table in self.tables]
        listed = ", ".join(map(repr, shown[:20])) + (", …" if len(shown) > 20 else "")
        return (f"Did you mean {names[close[0]]!r}? " if close else "") + f"Tables: {listed}."

    def schemas(self) -> dict[str, dict[str, Any]]:
        """Give what Workspace's editor completes from, by the name a statement would use.

        Source: Workspace's front end, ``lib/state/backendConnector.ts``, ``Source.schemas``.
        """
        found: dict[str, dict[str, Any]] = {}
        for table in self.tables:
            columns = [{"name": name, "type": kind} for name, kind in table.columns]
            full = (table.database, table.schema, table.name)
            # By its short name a table is what is completed first; by its full one, what a database and schema hold.
            if table.default:
                found[table.name] = {"database": table.name, "schema": "", "tableName": table.name, "columns": columns}
            if not table.default or all(full):
                database, schema, name = full
                known = {"database": database or schema, "schema": schema, "tableName": name, "columns": columns}
                found[".".join(part for part in full if part)] = known
        return found
