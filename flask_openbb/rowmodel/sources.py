"""What a user gives as ``source=`` to a :class:`.pages.Source`.

Owns :func:`open_source`, which tells tables, statements, files, frames and rows apart by what they are, importing no
optional package unless it is needed. Imports this room; called by the web half when a row model is declared.

============================================  ==============================================================
``source=``                                   engine
============================================  ==============================================================
a SQLAlchemy table, mapped class, select()    ``bind``'s database
``"data/trades.parquet"``, a glob, a CSV      DuckDB
``"s3://lake/trades.parquet"``                DuckDB with httpfs
``"data/trades.duckdb"`` with ``table=``      DuckDB, opened read-only
a DuckDB connection with ``table=``           that connection's database
a function that opens one, with ``table=``    the same, opened in each worker
a pandas, polars or Arrow frame               DuckDB
a list of dicts, dataclasses, …               plain Python
============================================  ==============================================================
"""

from __future__ import annotations

import glob
import importlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..errors import ConfigError, MissingExtraError
from ..shape.frames import is_row_numbers
from ..shape.rows import to_rows
from .columns import RowColumns, columns_of_rows
from .engine_python import PythonEngine
from .pages import Source
from .sql_paths import NEEDS_HTTPFS, STORES

if TYPE_CHECKING:
    from .engine_duckdb import Database

NARROWED = 128
"""How many narrowed sources are kept with their statements, of each source."""
_NARROWED: WeakKeyDictionary[Any, OrderedDict[Hashable, Source]] = WeakKeyDictionary()
_LOCK = threading.Lock()

DATABASES = (".duckdb", ".db", ".ddb")
READERS = {".parquet": "read_parquet", ".pq": "read_parquet", ".csv": "read_csv", ".tsv": "read_csv"}
RELATION = "openbb_source"
"""The name files and frames have in DuckDB."""


def open_source(
    source: Any,
    key: str | Sequence[str],
    *,
    bind: Any = None,
    table: str | None = None,
    schema: str | None = None,
    columns: RowColumns | None = None,
) -> Source:
    """Make a source of whatever rows are in.

    :param source: See the table of this module.
    :param key: The column(s) that tell each row from every other, never NULL.
    :param bind: The SQLAlchemy engine, for a SQLAlchemy source.
    :param table: The table, for a DuckDB file or connection.
    :param schema: Its schema.
    :param columns: The allow-list of rows in memory; read from them where it is not given.
    :raises ConfigError: If it is no source, or the key is not of its columns.
    :raises MissingExtraError: If the package it needs is not installed.

    .. versionadded:: 0.1
    """
    root = type(source).__module__.split(".")[0]
    if isinstance(source, str | Path):
        _refuse_url(str(source))
        return _duckdb(_of_path(os.fspath(source), table), key, table or RELATION, schema)
    if root in {"duckdb", "_duckdb"}:
        return _of_duckdb(source, key, table, schema)
    if callable(source) and table is not None:
        return _of_opener(source, key, table, schema)
    if root in {"pandas", "polars", "pyarrow"}:
        return _of_frame(source, key)
    if root == "sqlalchemy" or _is_mapped(source):
        return _of_sqlalchemy(source, key, bind)
    return rows_source(source, key, columns=columns)


def rows_source(rows: Any, key: str | Sequence[str], *, columns: RowColumns | None = None) -> Source:
    """Make a source of rows in memory: anything a table widget takes.

    .. versionadded:: 0.1
    """
    found = to_rows(rows)
    columns = columns or columns_of_rows(found)
    return Source(columns, columns.check_key(key), PythonEngine(found, columns), identity=object())


def narrow(source: Source, to: Any) -> Source:
    """Give a source over a ``select()`` of the user's, on the same engine and with the same key.

    :param to: What a view returned: a ``select()`` that narrows the source's table, or the table itself.
    :raises ConfigError: If the source's engine takes no statements, or the key is not among the columns.

    .. versionadded:: 0.1
    """
    narrowed = getattr(source.engine, "narrowed", None)
    if narrowed is None:
        msg = f"a source of {source.engine.name} cannot be narrowed by a {type(to).__name__}. Filter its rows instead."
        raise ConfigError(msg)
    key = source.engine.identify(to)  # type: ignore[attr-defined]  # every engine that can be narrowed has it
    if key is None:
        engine = narrowed(to)
        return Source(engine.columns, source.key, engine)
    with _LOCK:
        kept = _NARROWED.setdefault(source.engine, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    engine = narrowed(to)
    made = Source(engine.columns, source.key, engine, identity=object())
    with _LOCK:
        kept[key] = made
        while len(kept) > NARROWED:
            kept.popitem(last=False)
    return made


def engine_of(url: Any) -> Any:
    """Make an engine of ours from a URL of SQLAlchemy's.

    A SQLite file is opened for each question. Another may take its place, and connections of a pool would answer from
    either, as they come.
    """
    from sqlalchemy import NullPool, QueuePool, create_engine

    if url.get_backend_name() == "sqlite" and url.get_dialect().get_pool_class(url) is QueuePool:
        return create_engine(url, poolclass=NullPool)
    return create_engine(url, pool_pre_ping=True)


def _is_mapped(source: Any) -> bool:
    return hasattr(source, "__mapper__") or hasattr(source, "__clause_element__")


def _of_sqlalchemy(source: Any, key: str | Sequence[str], bind: Any) -> Source:
    try:
        from .engine_sql import SQLEngine
    except ImportError as error:
        raise MissingExtraError("sql", feature="A row model over a database") from error

    if bind is None or not hasattr(bind, "dialect"):
        msg = "a SQLAlchemy source needs bind=, the engine its rows are in: create_engine(url), or db.engine."
        raise ConfigError(msg)
    engine = SQLEngine(bind, source, (key,) if isinstance(key, str) else tuple(key))
    return Source(engine.columns, engine.key, engine, identity=object())


def _duckdb(database: Database, key: str | Sequence[str], name: str, schema: str | None) -> Source:
    from .engine_duckdb import DuckDBEngine, table_of

    engine = DuckDBEngine(database, table_of(database, name, schema=schema), (key,) if isinstance(key, str) else key)
    return Source(engine.columns, engine.key, engine, identity=object())


def _import_duckdb() -> Any:
    try:
        import duckdb
        import sqlalchemy  # noqa: F401 -- both come with the extra
    except ImportError as error:
        raise MissingExtraError("duckdb", feature="A row model over files and frames") from error
    return duckdb


def _open_memory() -> Any:
    """Open the database that files and frames of this process share: each of its own would have threads of its own."""
    with _LOCK:  # what connects while another does finds no readers of frames
        return _import_duckdb().connect(f":memory:openbb_{os.getpid()}")


def _refuse_url(source: str) -> None:
    scheme, mark, _ = source.partition("://")
    if mark and not source.startswith(STORES):
        msg = (
            f"source= is a {scheme}:// URL. A database's goes into bind=, with table=; for files elsewhere, give a "
            "function that opens a DuckDB connection with a view of them, and table=."
        )
        raise ConfigError(msg)


def _of_path(path: str, table: str | None) -> Database:
    duckdb = _import_duckdb()
    from .engine_duckdb import Database, own_view

    ending = Path(path.removesuffix(".gz")).suffix
    if ending in DATABASES:
        if table is None:
            msg = f"{path!r} is a database: say which of its tables with table=."
            raise ConfigError(msg)
        _check_files(path)
        return Database(lambda: duckdb.connect(path, read_only=True))
    reader = READERS.get(ending)
    if os.path.isdir(path):
        msg = f"{path!r} is a folder. Give a glob of its files, such as {os.path.join(path, '*.parquet')!r}."
        raise ConfigError(msg)
    if reader is None:
        shown = path.rpartition("@")[2]  # a URL without its beginning may hold a password
        msg = f"{shown!r} is no file a row model reads. Endings: {', '.join([*READERS, *DATABASES])}."
        raise ConfigError(msg)
    _check_files(path)
    # A file that is there is meant, not those its name would be a pattern of.
    view = own_view(RELATION, reader, glob.escape(path) if os.path.exists(path) else path)

    def prepare(cursor: Any) -> None:
        try:
            cursor.execute(view)
        except duckdb.Error as error:
            first = NEEDS_HTTPFS if "extension 'httpfs" in str(error) else str(error).partition("\n")[0]
            msg = f"{path!r} cannot be read: {first}"
            raise ConfigError(msg) from error

    return Database(_open_memory, prepare)


def _check_files(path: str) -> None:
    if not any(mark in path for mark in "*?[") and not path.startswith(STORES) and not os.path.exists(path):
        where = "" if os.path.isabs(path) else f" The working directory is {os.getcwd()!r}."
        msg = f"there is no file {path!r}.{where}"
        raise ConfigError(msg)


def with_index(frame: Any) -> Any:
    """Give a pandas frame with its index as columns, as a table has them; any other frame as it is.

    :raises ConfigError: If a column has the name already.
    """
    index = getattr(frame, "index", None)
    if index is None or not hasattr(frame, "reset_index") or is_row_numbers(index):
        return frame
    for name in index.names:
        if name in frame.columns:
            msg = f"the frame's index has the name of a column, {name!r}. Drop it with reset_index(drop=True)."
            raise ConfigError(msg)
    return frame.reset_index()


def _of_frame(frame: Any, key: str | Sequence[str]) -> Source:
    _import_duckdb()
    from .engine_duckdb import Database

    frame = with_index(frame)
    if type(frame).__module__.split(".")[0] == "polars" and hasattr(frame, "__arrow_c_stream__"):
        # Once, and by this way: polars' own makes a process that forked wait forever for threads it has not.
        frame = importlib.import_module("pyarrow").table(frame)
    return _duckdb(Database(_open_memory, lambda cursor: cursor.register(RELATION, frame)), key, RELATION, None)


def _of_opener(opened: Callable[[], Any], key: str | Sequence[str], table: str, schema: str | None) -> Source:
    _import_duckdb()
    from .engine_duckdb import Database

    return _duckdb(Database(opened), key, table, schema)


def _of_duckdb(source: Any, key: str | Sequence[str], table: str | None, schema: str | None) -> Source:
    _import_duckdb()
    from .engine_duckdb import Database

    if not hasattr(source, "cursor"):
        msg = "a DuckDB relation belongs to its connection: give the connection, and the table or view with table=."
        raise ConfigError(msg)
    if table is None:
        msg = "a DuckDB connection needs table=, the table or view its rows are in."
        raise ConfigError(msg)
    return _duckdb(Database(lambda: source, lent=True), key, table, schema)
