"""Where the SQL of a row model runs: the engine, found in what ``bind=`` was given or in the app's Flask-SQLAlchemy.

Owns :class:`Binds`. SQLAlchemy, Flask-SQLAlchemy and DuckDB are recognised without being imported. Called with an app
context, when a manifest is built and for each request.

=======================================  ===============================================================
``bind=``                                runs in
=======================================  ===============================================================
nothing                                  the app's Flask-SQLAlchemy, by the bind key of the table
a Flask-SQLAlchemy ``db``                likewise, of that object
a SQLAlchemy engine                      that engine
a URL, ``"postgresql+psycopg://..."``    an engine of ours, made when it is first needed
a DuckDB connection, or a file of one    DuckDB
a function                               what it returns, asked for each request
=======================================  ===============================================================
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

from flask import current_app

from ..errors import ConfigError, MissingExtraError
from ..rowmodel.pools import of_this_process
from ..rowmodel.sources import DATABASES, engine_of

_lock = threading.Lock()
KEPT = 64
"""Engines of ours for one row model; the connections of the one longest unused are closed."""


def root_of(value: Any) -> str:
    """The package that the class of a value is from."""
    return type(value).__module__.split(".")[0]


def is_duckdb(value: Any) -> bool:
    """Whether a value is a DuckDB connection."""
    return root_of(value) in {"duckdb", "_duckdb"}


def is_file(value: Any) -> bool:
    """Whether a bind is a database file of DuckDB, not a URL."""
    return isinstance(value, Path) or (isinstance(value, str) and "://" not in value and value.endswith(DATABASES))


class Binds:
    """Finds the engine for a source.

    :param bind: See the table of this module.
    :param pid: The process it was given in.
    """

    def __init__(self, bind: Any, *, pid: int) -> None:
        self._bind = bind
        self._pid = pid
        self._made: OrderedDict[Any, Any] = OrderedDict()
        """Engines of ours by their URL: a function may give each client its own, or new credentials each hour."""

    def find(self, source: Any) -> Any:
        """Give a SQLAlchemy engine, a DuckDB connection, or the path of a DuckDB file; None where there is none.

        :param source: A table, a mapped class or a ``select()``, whose metadata may name a bind key.
        :raises ConfigError: If it is none of these.
        """
        bind = self._bind
        if callable(bind) and not hasattr(bind, "engines") and not hasattr(bind, "dialect") and not is_duckdb(bind):
            bind = bind()
        if bind is None:
            bind = current_app.extensions.get("sqlalchemy")
            if not hasattr(bind, "engines"):
                return None
        if is_duckdb(bind):
            if bind is self._bind:
                check_process(bind, self._pid)
            return bind
        if is_file(bind):
            return Path(bind)
        if isinstance(bind, str) or type(bind).__name__ == "URL":
            return self._engine(bind)
        if hasattr(bind, "engines"):
            bind = _of_extension(bind, source)
        if not hasattr(bind, "dialect") or not hasattr(bind, "connect"):
            msg = (
                f"bind= is a {type(bind).__name__}, which runs no SQL. Give a SQLAlchemy engine, "
                "Flask-SQLAlchemy's db, a URL, a DuckDB connection or its file, or a function that gives one."
            )
            raise ConfigError(msg)
        return of_this_process(bind, self._pid)

    def _engine(self, url: Any) -> Any:
        try:
            from sqlalchemy import make_url
            from sqlalchemy.exc import ArgumentError, NoSuchModuleError
        except ImportError as error:
            raise MissingExtraError("sql", feature="A row model over a database") from error
        try:
            url = make_url(url)
            url.get_dialect()
        except NoSuchModuleError:
            msg = f"bind=: SQLAlchemy has no {url.drivername!r}. Check how the URL begins, or install what adds it."
            raise ConfigError(msg) from None
        except (ArgumentError, ValueError):  # without the text, which may hold a password
            msg = "bind= is no URL of a database. Write one such as 'postgresql+psycopg://user:password@host/database'."
            raise ConfigError(msg) from None
        with _lock:
            if url not in self._made:
                self._made[url] = engine_of(url)
            self._made.move_to_end(url)
            made = self._made[url]
            unused = self._made.popitem(last=False)[1] if len(self._made) > KEPT else None
        if unused is not None:
            of_this_process(unused, self._pid).dispose()
        return of_this_process(made, self._pid)


def check_process(given: Any, pid: int) -> None:
    """Refuse what has threads that another process started: a DuckDB connection, and a lazy frame of polars.

    :param pid: The process it was given in.
    :raises ConfigError: If ``pid`` is not this process.

    Source: polars' user guide, Multiprocessing.
    """
    if os.getpid() == pid:
        return
    if is_duckdb(given):
        what, instead = "DuckDB connection", "its file, or a function that opens it"
    elif root_of(given) == "polars" and hasattr(given, "collect_schema") and not hasattr(given, "rows"):
        what, instead = "polars LazyFrame", "its file, a DataFrame, or make it in the view"
    else:
        return
    msg = f"a {what} does not survive a fork, and this process is a child of the one that opened it. Give {instead}."
    raise ConfigError(msg)


def _of_extension(db: Any, source: Any) -> Any:
    """The engine of Flask-SQLAlchemy that a source belongs to.

    Source: Flask-SQLAlchemy docs, binds: ``metadata.info["bind_key"]``.
    """
    key = None
    for table in tables_of(source):
        key = getattr(getattr(table, "metadata", None), "info", {}).get("bind_key")
    engines = db.engines
    if key not in engines:
        known = ", ".join(map(repr, engines))
        msg = f"Flask-SQLAlchemy has no engine for the bind key {key!r}. It has: {known or 'none'}."
        raise ConfigError(msg)
    return engines[key]


def tables_of(source: Any) -> list[Any]:
    """The tables that a table, mapped class or ``select()`` takes its rows from."""
    if hasattr(source, "__table__"):
        return [source.__table__]
    finals = getattr(source, "get_final_froms", None)
    found = [source] if finals is None else list(finals())
    return [_leftmost(each) for each in found]


def _leftmost(selectable: Any) -> Any:
    while hasattr(selectable, "left") or hasattr(selectable, "element"):
        selectable = getattr(selectable, "left", None) if hasattr(selectable, "left") else selectable.element
    return selectable
