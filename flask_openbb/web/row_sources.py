"""The source of one row model: opened when it is first needed, and narrowed by what its view returned.

Owns :class:`RowModel`, made with the binding of a widget. Imports the row-model room, no SQLAlchemy and no DuckDB.

What was opened is kept beside the declaration, so that a manifest and the requests after it share it; engines open
their connections anew in each process by themselves. Narrowed sources are kept by the room, by text and values of
their statements: no caller gets another's rows or totals, since a statement narrowed for one differs in a value.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

from ..errors import ConfigError, MissingExtraError
from ..manifest.near_misses import did_you_mean
from ..rowmodel import Counts, RowColumn, RowColumns, Source, narrow, open_source, rows_source
from ..rowmodel.columns import columns_of_rows
from ..shape.rows import to_rows
from .row_binds import Binds, check_process, is_duckdb, root_of, tables_of
from .row_options import Opened, OpenedSource, RowOptions, RowSettings

FRAMES = frozenset({"pandas", "polars", "pyarrow"})
KEPT = 64
"""Sources one row model keeps open, by the engine or file they are in."""


class RowModel:
    """Answers what a view returned as a source.

    :param options: The decorator's keywords.
    :param settings: The same, with what the app's settings add.
    :param opened: What the declaration's source became, in any app.
    """

    def __init__(self, options: RowOptions, settings: RowSettings, opened: Opened) -> None:
        self.options = options
        self.settings = settings
        self.counts = Counts(seconds=settings.count_seconds) if settings.count_seconds else None
        self.key_told = False
        """Whether the log has it that the key repeats."""
        self._opened = opened
        self._binds = Binds(options.bind, pid=options.pid)

    def forget(self) -> None:
        """Count anew: a form changed the rows."""
        if self.counts is not None:
            self.counts.clear()

    @property
    def declared(self) -> bool:
        """Whether the decorator says where the rows are."""
        return self.options.source is not None or self.options.table is not None

    def source(self) -> Source:
        """Open the declared source.

        :raises ConfigError: If it is none.
        :raises MissingExtraError: If the package it needs is not installed.
        """
        return self._open(self.options.source)

    def argument(self) -> Any:
        """Give what a view that takes ``source`` narrows: a selectable, or the frame or rows as they were given."""
        relation = getattr(self.source().engine, "relation", None)
        given = self.options.source
        in_memory = given is not None and root_of(given) in FRAMES
        return given if relation is None or in_memory else relation.selectable

    def answered(self, value: Any) -> Source:
        """Give the source that a view's answer is.

        :param value: A statement, a table, a path, a frame, rows, or nothing where the decorator says it all.
        :raises ConfigError: If it is none of these.
        """
        if isinstance(value, Source):
            return value
        if value is None or value is Ellipsis:
            if not self.declared:
                msg = "the view returned nothing. Return a select(), a table, a frame, a path or rows, or give source=."
                raise ConfigError(msg)
            return self._whole()
        if value is self.options.source:
            return self._whole()
        if type(value).__module__ in {"sqlalchemy.engine.result", "sqlalchemy.engine.cursor"}:
            what = f"the view returned rows that it fetched (a {type(value).__name__})"
            msg = f"{what}. Return the select() itself: the database finds the page."
            raise ConfigError(msg)
        if not is_statement(value):
            return self._open(value)
        if hasattr(value, "enable_eagerloads"):
            value = value.enable_eagerloads(False).statement  # a legacy query's, without the tables it would join
        return self._narrowed(value)

    def _whole(self) -> Source:
        """Give the declared source as this request sees it: a statement's values may be functions of the caller."""
        source, given = self.source(), self.options.source
        check_process(given, self.options.pid)
        return narrow(source, given) if hasattr(given, "selected_columns") else source

    def _narrowed(self, statement: Any) -> Source:
        # Without a declared source the first statement opens the engine, and those after it narrow the same one.
        return narrow(self.source() if self.declared else self._open(statement), statement)

    def _open(self, given: Any) -> Source:
        """Open a source, or find it open; rows and frames that a view made are opened each time."""
        if isinstance(given, Source):
            return given
        bind = self._binds.find(given) if given is None or is_statement(given) else None
        mark = self._mark(given, bind)
        if mark is None:
            return self._made(given, bind)
        with self._opened.lock:
            found = self._opened.sources.setdefault(mark, OpenedSource(bind))
            self._opened.sources.move_to_end(mark)
        try:
            source = found.get(lambda: self._made(given, bind))
        except BaseException:
            with self._opened.lock:
                if self._opened.sources.get(mark) is found:  # and not what a later request tries
                    del self._opened.sources[mark]
            raise
        with self._opened.lock:
            while len(self._opened.sources) > KEPT:
                self._opened.sources.popitem(last=False)
        return source

    def _mark(self, given: Any, bind: Any) -> Hashable:
        if given is None or is_statement(given):
            key = self.options.key or (None if given is None else _primary(given))
            return str(bind) if isinstance(bind, Path) else id(bind), key if isinstance(key, str | None) else tuple(key)
        if isinstance(given, str | Path):
            return str(given)
        return id(given) if given is self.options.source else None

    def _made(self, given: Any, bind: Any) -> Source:
        options = self.options
        if given is None or is_statement(given):
            return _of_database(given, bind, options)
        if given is options.source:
            check_process(given, options.pid)
        if isinstance(given, str | Path) or is_duckdb(given) or callable(given):
            return open_source(given, _key(options, ()), table=options.table, schema=options.schema)
        if given is options.source or root_of(given) in FRAMES:
            return open_source(given, _key(options, ()))
        return self._chosen(to_rows(given), _key(options, ()))

    def _chosen(self, rows: list[dict[str, Any]], key: str | Sequence[str]) -> Source:
        """Open rows that a view chose: a column has the type it has in the declared rows, and no rows have columns."""
        columns: dict[str, RowColumn] = {}
        if self.declared and self.source().engine.name == "python":
            columns.update(self.source().columns)
        for name, column in columns_of_rows(rows).items() if rows else ():
            columns.setdefault(name, column)
        names = (key,) if isinstance(key, str) else key
        return rows_source(rows, key, columns=RowColumns(columns.values() or map(RowColumn, names)))


def is_statement(value: Any) -> bool:
    """Whether a value is SQLAlchemy's: a table, a mapped class, a ``select()``, a legacy query."""
    if isinstance(value, type):
        return hasattr(value, "__mapper__") or hasattr(value, "__clause_element__")
    root = root_of(value)
    return root == "sqlalchemy" or (root == "flask_sqlalchemy" and hasattr(value, "statement"))


def _key(options: RowOptions, primary: tuple[str, ...]) -> Any:
    key = options.key or primary
    if not key:
        msg = "key= is missing: name the column(s) that tell each row from every other."
        raise ConfigError(msg)
    return key


def _of_database(given: Any, bind: Any, options: RowOptions) -> Source:
    if bind is None:
        what = "table=" if given is None else "A SQLAlchemy source"
        msg = f"{what} needs bind=, where its rows are: an engine, a URL or Flask-SQLAlchemy's db, or that in the app."
        raise ConfigError(msg)
    if isinstance(bind, Path) or is_duckdb(bind):
        return _of_duckdb(given, bind, options)
    if given is None:
        given = _reflected(bind, options)
    return open_source(given, _key(options, _primary(given)), bind=bind)


def _of_duckdb(given: Any, bind: Any, options: RowOptions) -> Source:
    if given is None:
        return open_source(bind, _key(options, ()), table=options.table, schema=options.schema)
    table = tables_of(given)[0]
    base = open_source(bind, _key(options, _primary(given)), table=table.name, schema=table.schema)
    engine = base.engine.narrowed(given)  # type: ignore[attr-defined]  # DuckDB's
    return Source(engine.columns, base.key, engine, identity=object())


def _reflected(engine: Any, options: RowOptions) -> Any:
    try:
        from sqlalchemy import MetaData, Table, inspect
        from sqlalchemy.exc import NoSuchTableError
    except ImportError as error:  # pragma: no cover - an engine is of it
        raise MissingExtraError("sql", feature="A row model over a database") from error
    try:
        return Table(str(options.table), MetaData(), schema=options.schema, autoload_with=engine)
    except NoSuchTableError:
        tables = inspect(engine).get_table_names(options.schema)
        schema, dot, name = str(options.table).rpartition(".")
        if dot and options.schema is None:
            msg = f"the database has no table {options.table!r}. Give schema={schema!r} and table={name!r}."
            raise ConfigError(msg) from None
        fix = did_you_mean(options.table, tables, otherwise="Check its name, and schema=.")
        msg = f"the database has no table {options.table!r}. {fix}"
        raise ConfigError(msg) from None


def _primary(given: Any) -> tuple[str, ...]:
    """The primary key of a table, or of the one table that a statement takes its rows from and shows the key of."""
    finals = getattr(given, "get_final_froms", None)
    found = [getattr(given, "__table__", given)] if finals is None else list(finals())
    table = found[0]
    if len(found) != 1 or not hasattr(getattr(table, "element", table), "indexes"):
        return ()  # of a join or a statement, whose rows may have one key of a table's several times
    key = list(table.primary_key)
    if finals is None:
        return tuple(column.key for column in key)
    shown = [[name for name, one in given.selected_columns.items() if one.shares_lineage(column)] for column in key]
    return tuple(names[0] for names in shown) if all(shown) else ()
