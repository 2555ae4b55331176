"""What a user gives as the source of ``openbb.sql``, and the database it becomes.

================================================  ===============================================================
``source``                                        becomes
================================================  ===============================================================
a SQLAlchemy engine, its URL, a Flask-SQLAlchemy  that database: SQLite (opened read-only from a URL), PostgreSQL,
``db``                                            MariaDB, MySQL
``"warehouse.duckdb"``, ``duckdb:///…``           a locked DuckDB that has the file attached, read-only
``"trades.parquet"``, a CSV, a glob, a folder     a locked DuckDB with a view or table of each
``{name: any of these files, or a frame}``        a locked DuckDB with one relation of each name
``"prices.sqlite"``                               that file through SQLAlchemy, opened read-only
a DuckDB connection                               that connection, which stays as it is
================================================  ===============================================================

Owns :func:`open_sql`. Imports nothing optional until a source is opened, which is at the first request.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError, MissingExtraError
from .sources import engine_of
from .sql_paths import REMOTE, SQLITE

if TYPE_CHECKING:
    from .sql_caps import SqlCaps
    from .sql_database import SqlDatabase

DIALECTS = ("sqlite", "postgresql", "mysql", "mariadb")


def check_sql(source: Any) -> None:
    """Refuse, when it is declared, what is no source; nothing is opened.

    :raises ConfigError: If it is none, or its database is not one that statements are judged for.
    """
    kind_of_source(source)


def kind_of_source(source: Any) -> str:  # noqa: PLR0911
    """Tell what a source is: ``engine``, ``flask``, ``url``, ``duckdb`` or ``files``."""
    root = type(source).__module__.split(".")[0]
    if root == "sqlalchemy" and hasattr(source, "dialect"):
        _check_dialect(source.dialect.name)
        return "engine"
    if hasattr(source, "session") and hasattr(source, "Model"):
        return "flask"
    if root in {"duckdb", "_duckdb"} and hasattr(source, "cursor"):
        return "duckdb"
    if isinstance(source, Mapping):
        if not source or not all(isinstance(name, str) and name for name in source):
            raise ConfigError("a mapping of sources needs names: {'trades': 'data/trades.parquet'}.")
        return "files"
    if root == "sqlalchemy" and hasattr(source, "get_backend_name"):
        _check_dialect(source.get_backend_name())
        return "url"
    if isinstance(source, str | os.PathLike):
        text = os.fspath(source)
        if "://" in text and not text.startswith((*REMOTE, "duckdb:")):
            _check_dialect(text.split("://", 1)[0].split("+")[0])
            return "url"
        return "files"
    msg = (
        f"a {type(source).__name__} is no source of SQL. Give an engine, a URL, a file, a folder or a mapping of them."
    )
    raise ConfigError(msg)


def _check_dialect(name: str) -> None:
    if name not in DIALECTS:
        known = ", ".join(["duckdb", *DIALECTS])
        msg = f"statements are not judged for {name!r}, so that none are run there. Databases: {known}."
        raise ConfigError(msg)


def open_sql(
    source: Any,
    *,
    caps: SqlCaps,
    tables: Sequence[str] | None = None,
    schemas: Sequence[str] | None = None,
    secrets: Mapping[str, Mapping[str, Any]] | None = None,
) -> SqlDatabase:
    """Open what statements are run on.

    :param source: See the table of this module.
    :param tables: The relations that may be read, ``name`` or ``schema.name``; all of the source where none are named.
    :param schemas: The schemas of a server whose tables there are; its default one where none are named.
    :param secrets: DuckDB secrets by name, such as ``{"lake": {"type": "s3", "key_id": …, "secret": …}}``.
    :raises ConfigError: If it is no source.
    :raises MissingExtraError: If a package it needs is not installed.
    """
    need("sqlalchemy", "sqlglot", extra="sql")
    kind = kind_of_source(source)
    if kind == "duckdb":
        from .sql_duckdb import OwnDuckDB

        return OwnDuckDB(source, caps=caps, tables=tables)
    if kind == "files":
        path = os.fspath(source) if isinstance(source, str | os.PathLike) else None
        if path is not None and Path(path).suffix.lower() in SQLITE:
            if not os.path.exists(path):
                raise ConfigError(f"there is no file {path!r}.")
            return _server(lambda: _engine(f"sqlite:///{path}"), "sqlite", caps, tables, schemas)
        need("duckdb", extra="duckdb")
        from .sql_files import open_files

        return open_files(source if path is None else path, caps=caps, tables=tables, secrets=secrets or {})
    if kind == "engine":
        return _server(lambda: source, source.dialect.name, caps, tables, schemas)
    if kind == "flask":
        engine = source.engine
        _check_dialect(engine.dialect.name)
        return _server(lambda: engine, engine.dialect.name, caps, tables, schemas)
    from sqlalchemy import make_url

    url = make_url(source)
    return _server(lambda: _engine(url), url.get_backend_name(), caps, tables, schemas)


def need(*modules: str, extra: str) -> None:
    """Import packages.

    :raises MissingExtraError: If one is not installed.
    """
    import importlib

    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise MissingExtraError(extra, feature="A SQL widget") from error


def _server(
    bind: Callable[[], Any],
    name: str,
    caps: SqlCaps,
    tables: Sequence[str] | None,
    schemas: Sequence[str] | None,
) -> SqlDatabase:
    from .sql_servers import ServerStatements

    return ServerStatements(bind, name=name, caps=caps, tables=tables, schemas=schemas)


def _engine(given: Any) -> Any:
    """Open an engine of our own: a SQLite file only for reading."""
    from sqlalchemy import make_url

    url = make_url(given)
    file = url.database
    if url.get_backend_name() == "sqlite" and file and not file.startswith("file:") and file != ":memory:":
        url = make_url(f"sqlite:///{Path(file).absolute().as_uri()}?mode=ro&uri=true")
    return engine_of(url)
