"""Files, folders, globs and frames as relations of a locked DuckDB.

Owns :func:`open_files`: each file becomes a view that names it, so that it is the one path the database may open later;
a frame and a SQLite file become tables; a DuckDB file is attached read-only. Imports :mod:`.sql_duckdb` and the
package's errors; called by :mod:`.sql_sources`.
"""

from __future__ import annotations

import glob
import os
import re
import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..shape.rows import to_rows
from .sql_caps import SqlCaps
from .sql_database import SqlDatabase
from .sql_duckdb import Fill, LockedDuckDB, absolute, quoted, text
from .sql_paths import REMOTE, SQLITE

READERS = {
    ".parquet": "read_parquet",
    ".pq": "read_parquet",
    ".csv": "read_csv",
    ".tsv": "read_csv",
    ".json": "read_json",
    ".ndjson": "read_json",
    ".jsonl": "read_json",
}
DATABASES = frozenset({".duckdb", ".ddb", ".db"})
PART = 10_000


def open_files(
    source: Any, *, caps: SqlCaps, tables: Sequence[str] | None, secrets: Mapping[str, Mapping[str, Any]]
) -> SqlDatabase:
    """Open files, frames, or a mapping of names to them.

    :raises ConfigError: If a file does not exist, or is none that is read.
    """
    named = dict(source) if isinstance(source, Mapping) else _named(str(source).removeprefix("duckdb:///"))
    fills: list[Fill] = []
    if secrets:
        fills.append(partial(_fill_secrets, secrets))
    for name, given in named.items():
        _check(given)
        fills.append(partial(_fill, name, given))
    paths = [os.fspath(given) for given in named.values() if isinstance(given, str | os.PathLike)]
    return LockedDuckDB(fills, partial(_stamp, source, paths), caps=caps, tables=tables)


def _named(path: str) -> dict[str, Any]:
    """Give the relations of a path: of a folder, one for each file and for each folder of Parquet files in it."""
    if not os.path.isdir(path):
        stem = Path(path).name.split(".")[0]
        return {re.sub(r"\W+", "_", stem).strip("_") or "data": path}
    found: dict[str, Any] = {}
    for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
        name = re.sub(r"\W+", "_", entry.name.split(".")[0]).strip("_")
        if entry.is_dir():
            inside = next(
                (end for end in READERS if glob.glob(f"{glob.escape(entry.path)}/**/*{end}", recursive=True)), None
            )
            given = f"{glob.escape(entry.path)}/**/*{inside}" if inside else None
        else:
            given = entry.path if _ending(entry.name) in {*READERS, *DATABASES, *SQLITE} else None
        if given is not None and name and not entry.name.startswith("."):
            number = 2
            unique = name
            while unique.casefold() in {each.casefold() for each in found}:
                unique, number = f"{name}_{number}", number + 1
            found[unique] = given
    if not found:
        raise ConfigError(
            f"the folder {path!r} holds no files that are read: {', '.join([*READERS, *DATABASES, *SQLITE])}."
        )
    return found


def _ending(path: str) -> str:
    plain = path.lower().removesuffix(".gz").removesuffix(".zst")
    return Path(plain).suffix


def _check(given: Any) -> None:
    if not isinstance(given, str | os.PathLike):
        return
    path = os.fspath(given)
    if _ending(path) not in {*READERS, *DATABASES, *SQLITE}:
        endings = ", ".join([*READERS, *DATABASES, *sorted(SQLITE)])
        raise ConfigError(f"{path!r} is no file that is read. Endings: {endings}.")
    if not path.startswith(REMOTE) and not _files(path):
        raise ConfigError(f"there is no file {path!r}.")


def _files(path: str) -> list[str]:
    return sorted(map(absolute, [path] if os.path.exists(path) else glob.glob(path, recursive=True)))


def _stamp(source: Any, paths: Sequence[str]) -> Any:
    """Give what changes when files come and go, or are replaced."""
    names = tuple(sorted(_named(source))) if isinstance(source, str) and os.path.isdir(source) else ()
    files = [file for path in paths if not path.startswith(REMOTE) for file in _files(path)]
    return names, tuple((file, os.stat(file).st_mtime_ns) for file in files if os.path.exists(file))


def _fill(name: str, given: Any, connection: Any) -> Sequence[str]:
    """Make one relation, and give the paths it reads."""
    if not isinstance(given, str | os.PathLike):
        return _fill_frame(name, given, connection)
    path, ending = os.fspath(given), _ending(os.fspath(given))
    if path.startswith(REMOTE):
        return _fill_remote(name, path, connection)
    if ending in SQLITE:
        return _fill_sqlite(name, path, connection)
    if ending in DATABASES:
        connection.execute(f"ATTACH {text(absolute(path))} AS {quoted(name)} (READ_ONLY)")
        return []
    files = _files(path)
    listed = ", ".join(map(text, files))
    more = ", union_by_name = true" if len(files) > 1 else ""
    connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM {READERS[ending]}([{listed}]{more})")  # noqa: S608
    return files


def _fill_frame(name: str, frame: Any, connection: Any) -> Sequence[str]:
    if type(frame).__module__.split(".")[0] not in {"pandas", "polars", "pyarrow"}:
        return _fill_rows(name, frame, connection)
    connection.register("openbb_frame", frame)
    connection.execute(f"CREATE TABLE {quoted(name)} AS SELECT * FROM openbb_frame")  # noqa: S608
    connection.unregister("openbb_frame")
    return []


def _fill_rows(name: str, given: Any, connection: Any) -> Sequence[str]:
    rows = to_rows(given)
    if not rows:
        raise ConfigError(f"{name!r} has no rows, so that it has no columns. Give a frame, or a file.")
    columns = list(rows[0])
    _fill_table(name, columns, [[row.get(column) for column in columns] for row in rows], connection)
    return []


def _fill_sqlite(name: str, path: str, connection: Any) -> Sequence[str]:
    """Copy the tables of a SQLite file; DuckDB's own reader of them is an extension that must be installed."""
    database = sqlite3.connect(f"{Path(absolute(path)).as_uri()}?mode=ro", uri=True)
    try:
        known = (
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
        connection.execute(f"CREATE SCHEMA {quoted(name)}")
        for (table,) in database.execute(known).fetchall():
            cursor = database.execute(f"SELECT * FROM {quoted(table)}")  # noqa: S608
            columns = [each[0] for each in cursor.description]
            _fill_table(f"{name}.{table}", columns, cursor, connection, into=f"{quoted(name)}.{quoted(table)}")
    finally:
        database.close()
    return []


def _fill_table(name: str, columns: Sequence[str], rows: Any, connection: Any, *, into: str | None = None) -> None:
    into = into or quoted(name)
    rows = iter(rows)
    first = list(islice(rows, PART))
    types = [_type([row[at] for row in first]) for at in range(len(columns))]
    declared = ", ".join(f"{quoted(column)} {kind}" for column, kind in zip(columns, types, strict=True))
    connection.execute(f"CREATE TABLE {into} ({declared})")
    marks = ", ".join("?" * len(columns))
    while first:
        connection.executemany(f"INSERT INTO {into} VALUES ({marks})", [list(row) for row in first])  # noqa: S608
        first = list(islice(rows, PART))


TYPES = (("bool", "BOOLEAN"), ("int", "BIGINT"), ("float", "DOUBLE"), ("datetime", "TIMESTAMP"), ("date", "DATE"))


def _type(values: Sequence[Any]) -> str:
    kinds = {type(value).__name__ for value in values if value is not None}
    if kinds == {"int", "float"}:
        return "DOUBLE"
    return dict(TYPES).get(kinds.pop(), "VARCHAR") if len(kinds) == 1 else "VARCHAR"


def _fill_remote(name: str, path: str, connection: Any) -> Sequence[str]:
    """Make a view of files of an object store."""
    _load_remote(connection)
    reader = READERS[_ending(path)]
    try:
        connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM {reader}({text(path)})")  # noqa: S608
    except Exception as error:
        first = str(error).partition("\n")[0]
        raise ConfigError(f"{path!r} cannot be read: {first}") from error
    fixed = re.split(r"[*?\[]", path, maxsplit=1)[0]
    return [path] if fixed == path else [fixed.rpartition("/")[0] + "/"]


def _load_remote(connection: Any) -> None:
    """Load DuckDB's httpfs, which must be there, since nothing is installed here."""
    try:
        connection.execute("LOAD httpfs")
    except Exception as error:
        raise ConfigError(
            "files of an object store need DuckDB's httpfs: run INSTALL httpfs once, in duckdb, on this machine."
        ) from error


def _fill_secrets(secrets: Mapping[str, Mapping[str, Any]], connection: Any) -> Sequence[str]:
    """Make secrets, which only this connection's own views use."""
    connection.execute("SET allow_persistent_secrets = false")
    _load_remote(connection)  # it knows what a secret of type s3 is
    for name, options in secrets.items():
        parts = []
        for key, value in options.items():
            if not re.fullmatch(r"[A-Za-z_]+", key):
                raise ConfigError(f"the secret {name!r} has an option {key!r}, which is no name.")
            parts.append(f"{key} {text(str(value))}")
        try:
            connection.execute(f"CREATE SECRET {quoted(name)} ({', '.join(parts)})")
        except Exception as error:
            # The message may hold the secret.
            problem = f"DuckDB does not take the secret {name!r} of options {sorted(options)}: {type(error).__name__}."
            raise ConfigError(problem) from None
    return []
