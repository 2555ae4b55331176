"""Files, folders, globs and frames as relations of a locked DuckDB.

Owns :func:`open_files`: each file becomes a view that names it, so that it is the one path the database may open later;
a frame and a SQLite file become tables (:mod:`.sql_copies`); a DuckDB file is attached read-only. What is in a folder
is looked up whenever the database is opened. Imports those, :mod:`.sql_duckdb` and the package's errors; called by
:mod:`.sql_sources`.
"""

from __future__ import annotations

import glob
import logging
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..shape.rows import to_rows
from .sources import with_index
from .sql_caps import SqlCaps
from .sql_copies import fill_rows, fill_sqlite
from .sql_database import SqlDatabase
from .sql_duckdb import Fill, LockedDuckDB, absolute, quoted, text
from .sql_paths import NEEDS_HTTPFS, REMOTE, SQLITE

logger = logging.getLogger("flask_openbb")

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


def open_files(
    source: Any, *, caps: SqlCaps, tables: Sequence[str] | None, secrets: Mapping[str, Mapping[str, Any]]
) -> SqlDatabase:
    """Open files, frames, or a mapping of names to them.

    :raises ConfigError: If a file does not exist, or is none that is read.
    """
    given = source if isinstance(source, Mapping) else str(source).removeprefix("duckdb:///")
    for each in _named(given).values():
        _check(each)
    return LockedDuckDB(partial(_fills, given, secrets), partial(_stamp, given), caps=caps, tables=tables)


def _fills(source: Any, secrets: Mapping[str, Mapping[str, Any]]) -> Sequence[Fill]:
    """Give what makes the relations there are now: files of a folder come and go."""
    first = [partial(_fill_secrets, secrets)] if secrets else []
    lenient = isinstance(source, str) and os.path.isdir(source)
    return [*first, *(partial(_fill, name, given, lenient=lenient) for name, given in _named(source).items())]


def _named(source: Any) -> Mapping[str, Any]:
    """Give the relations of a source by name: of a folder, one for each file and for each folder in it."""
    if isinstance(source, Mapping):
        return source
    if not os.path.isdir(source):
        stem = Path(source).name.split(".")[0]
        return {re.sub(r"\W+", "_", stem).strip("_") or "data": source}
    found: dict[str, Any] = {}
    for entry in sorted(os.scandir(source), key=lambda entry: entry.name):
        name = re.sub(r"\W+", "_", entry.name.split(".")[0]).strip("_")
        known = _ending(entry.name) in {*READERS, *DATABASES, *SQLITE}
        if entry.name.startswith(".") or not name or not (_files(entry.path) if entry.is_dir() else known):
            continue
        number = 2
        unique = name
        while unique.casefold() in {each.casefold() for each in found}:
            unique, number = f"{name}_{number}", number + 1
        found[unique] = entry.path
    if not found:
        raise ConfigError(
            f"the folder {source!r} holds no files that are read: {', '.join([*READERS, *DATABASES, *SQLITE])}."
        )
    return found


def _ending(path: str) -> str:
    plain = path.lower().removesuffix(".gz").removesuffix(".zst")
    return Path(plain).suffix


def _check(given: Any) -> None:
    if not isinstance(given, str | os.PathLike):
        return
    path = os.fspath(given)
    if not os.path.isdir(path) and _ending(path) not in {*READERS, *DATABASES, *SQLITE}:
        endings = ", ".join([*READERS, *DATABASES, *sorted(SQLITE)])
        shown = path.rpartition("@")[2]  # a database's URL may hold a password
        raise ConfigError(f"{shown!r} is no file that is read. Endings: {endings}.")
    if not path.startswith(REMOTE) and not _files(path):
        raise ConfigError(f"there is no file {path!r}.")


def _files(path: str) -> list[str]:
    """Give the files of a path: of a folder, those of one kind; a file that has several names there is given once."""
    if os.path.isdir(path):
        inside = glob.glob(f"{glob.escape(path)}/**/*", recursive=True)
        kinds = {file: READERS[_ending(file)] for file in inside if _ending(file) in READERS and os.path.isfile(file)}
        first = next((kind for kind in READERS.values() if kind in kinds.values()), None)
        found = [file for file, kind in kinds.items() if kind == first]
    else:
        found = [path] if os.path.exists(path) else glob.glob(path, recursive=True)
    once = {os.path.realpath(file): absolute(file) for file in sorted(found, reverse=True)}
    return sorted(once.values())


def _stamp(source: Any) -> Any:
    """Give what changes when files come and go, or are replaced."""
    found: list[Any] = []
    for name, given in _named(source).items():
        found.append(name)
        if isinstance(given, str | os.PathLike) and not os.fspath(given).startswith(REMOTE):
            for file in _files(os.fspath(given)):
                with suppress(OSError):
                    known = os.stat(file)
                    found.append((file, known.st_mtime_ns, known.st_size, known.st_ino))
    return found


def _fill(name: str, given: Any, connection: Any, *, lenient: bool) -> Sequence[str]:
    """Make one relation, and give the paths it reads.

    :param lenient: Whether what cannot be read is left out: one broken file of a folder shall not close the others.
    """
    try:
        return _filled(name, given, connection)
    except ConfigError:
        raise
    except Exception as error:
        what = repr(os.fspath(given)) if isinstance(given, str | os.PathLike) else f"what is given as {name!r}"
        problem = f"{what} cannot be read: {str(error).partition(chr(10))[0]}"
        if not lenient:
            raise ConfigError(problem) from error
        logger.warning("A file of a SQL widget's folder is left out: %s", problem)
        return []


def _filled(name: str, given: Any, connection: Any) -> Sequence[str]:
    if not isinstance(given, str | os.PathLike):
        return _fill_frame(name, given, connection)
    path, ending = os.fspath(given), _ending(os.fspath(given))
    if path.startswith(REMOTE):
        return _fill_remote(name, path, connection)
    if ending in SQLITE and not os.path.isdir(path):
        fill_sqlite(name, path, connection)
        return []
    if ending in DATABASES and not os.path.isdir(path):
        connection.execute(f"ATTACH {text(absolute(path))} AS {quoted(name)} (READ_ONLY)")
        return []
    files = _files(path)
    if not files:
        raise ConfigError(f"there is no file {path!r}.")
    # An empty file among others would add a column that none of them has.
    files = [file for file in files if os.path.getsize(file)] or files
    escaped = [glob.escape(file) for file in files]  # or a file named a[1].csv would be the one named a1.csv
    listed = ", ".join(map(text, escaped))
    more = ", union_by_name = true" if len(files) > 1 else ""
    reader = READERS[_ending(files[0])]
    found = f"{reader}([{listed}]{more})"
    # By name: the file may be replaced by one that has its columns in another order.
    described = connection.execute(f"DESCRIBE SELECT * FROM {found}").fetchall()  # noqa: S608
    columns = ", ".join(quoted(column) for column, *_ in described)
    connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT {columns} FROM {found}")  # noqa: S608
    return list(dict.fromkeys([*files, *escaped]))


def _fill_frame(name: str, frame: Any, connection: Any) -> Sequence[str]:
    if type(frame).__module__.split(".")[0] not in {"pandas", "polars", "pyarrow"}:
        return _fill_rows(name, frame, connection)
    connection.register("openbb_frame", with_index(frame))
    connection.execute(f"CREATE TABLE {quoted(name)} AS SELECT * FROM openbb_frame")  # noqa: S608
    connection.unregister("openbb_frame")
    return []


def _fill_rows(name: str, given: Any, connection: Any) -> Sequence[str]:
    rows = to_rows(given)
    if not rows:
        raise ConfigError(f"{name!r} has no rows, so that it has no columns. Give a frame, or a file.")
    fill_rows(name, rows, connection)
    return []


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
        raise ConfigError(NEEDS_HTTPFS) from error


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
