"""What the tests of SQL widgets share: the same tables in four engines, one of which nobody may read, and a file."""

import atexit
import contextlib
import csv
import datetime as dt
import functools
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from rowmodel_data import URLS

from flask_openbb.rowmodel.sql_answer import SqlModel
from flask_openbb.rowmodel.sql_caps import SqlCaps
from flask_openbb.rowmodel.sql_sources import open_sql

CANARY = "CANARY-7f3a9"
"""In a file and in a table that no statement may read."""
ALLOWED = ("trades", "symbols", "big")
ENGINES = ("duckdb", "sqlite", "postgresql", "mariadb")
SCHEMA = f"openbb_sql_{os.getpid()}"
START = dt.date(2024, 1, 1)

TRADES = [
    {
        "id": number,
        "desk": ("rates", "fx", "credit")[number % 3],
        "symbol": f"S{number % 7}",
        "price": number * 1.5,
        "qty": number % 5,
        "note": None if number % 2 else "note",
        "day": START + dt.timedelta(number),
        "at": dt.datetime(2024, 1, 1) + dt.timedelta(minutes=number),
    }
    for number in range(60)
]
SYMBOLS = [{"symbol": f"S{number}", "name": f"Name {number}", "sector": "tech"} for number in range(9)]
BIG = [{"n": number} for number in range(3_000)]


def directory():
    """A directory of this process, gone with it."""
    made = Path(tempfile.mkdtemp(prefix="openbb_sql_"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@functools.cache
def secret_file():
    path = directory() / "secret.csv"
    path.write_text(f"token\n{CANARY}\n", encoding="utf-8")
    return path


def fill(engine, schema=None):
    """The four tables in a database of SQLAlchemy's."""
    import sqlalchemy as sa

    metadata = sa.MetaData(schema=schema)
    text = sa.String(40)
    tables = [
        (
            sa.Table(
                "trades",
                metadata,
                sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
                *(sa.Column(name, text) for name in ("desk", "symbol")),
                sa.Column("price", sa.Double),
                sa.Column("qty", sa.Integer),
                sa.Column("note", text),
                sa.Column("day", sa.Date),
                sa.Column("at", sa.DateTime),
            ),
            TRADES,
        ),
        (sa.Table("symbols", metadata, *(sa.Column(name, text) for name in ("symbol", "name", "sector"))), SYMBOLS),
        (sa.Table("big", metadata, sa.Column("n", sa.Integer)), BIG),
        (sa.Table("secret", metadata, sa.Column("token", text)), [{"token": CANARY}]),
    ]
    metadata.create_all(engine)
    with engine.begin() as connection:
        for table, rows in tables:
            connection.execute(table.insert(), rows)


@functools.cache
def server(name):
    """An engine with a schema of this process's own."""
    import sqlalchemy as sa

    engine = sa.create_engine(URLS[name])
    try:
        with engine.begin() as connection:
            connection.execute(sa.text(f"CREATE SCHEMA {SCHEMA}"))
    except Exception as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"the database is not reachable: {error}")
    fill(engine, SCHEMA)

    def drop():
        with contextlib.suppress(Exception), engine.begin() as connection:
            connection.execute(sa.text(f"DROP SCHEMA {SCHEMA}" + (" CASCADE" if name == "postgresql" else "")))
        engine.dispose()

    atexit.register(drop)
    return engine


@functools.cache
def sqlite_file():
    import sqlalchemy as sa

    path = directory() / "trades.sqlite"
    engine = sa.create_engine(f"sqlite:///{path}")
    fill(engine)
    engine.dispose()
    return path


@functools.cache
def duckdb_files():
    """A folder with a Parquet file of each table, and one of the secret."""
    import duckdb

    folder = directory() / "tables"
    folder.mkdir()
    connection = duckdb.connect()
    for name, rows in (("trades", TRADES), ("symbols", SYMBOLS), ("big", BIG), ("secret", [{"token": CANARY}])):
        path = folder / f"{name}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        types = {"trades": ", types = {'day': 'DATE', 'at': 'TIMESTAMP', 'note': 'VARCHAR'}"}.get(name, "")
        connection.execute(f"COPY (SELECT * FROM read_csv('{path}'{types})) TO '{folder / name}.parquet'")
        path.unlink()
    connection.close()
    return folder


def source(name):
    """What a user would give as the source."""
    if name == "duckdb":
        return str(duckdb_files())
    return f"sqlite:///{sqlite_file()}" if name == "sqlite" else server(name)


@functools.cache
def database(name):
    schemas = [SCHEMA] if name in {"postgresql", "mariadb"} else None
    caps = SqlCaps(timeout=20.0, max_rows=100_000, memory=2**28)
    return open_sql(source(name), caps=caps, tables=ALLOWED, schemas=schemas)


@functools.cache
def model(name):
    return SqlModel(database(name))
