"""Row models over rows that are hard on a grid: NULL groups, dates, flags, large numbers, names and values with "_"."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import sqlalchemy as sa
from flask import Flask

from flask_openbb import Column, OpenBB

FOLDER = os.environ.get("GRID_ROWS", "")

DESKS = ("fx", "fx_price", None)
REGIONS = ("us", "us_east", 'e"u', None)

ROWS: list[dict[str, Any]] = [
    {
        "id": number,
        "desk": DESKS[number % 3],
        "region": REGIONS[number % 4],
        "price": None if number % 7 == 0 else number * 1.25,
        "price_usd": number * 2.5,
        "day": None if number % 5 == 0 else date(2026, 1, 1) + timedelta(number % 5),
        "at": datetime(2026, 1, 1, 9, 30) + timedelta(hours=number % 6 * 7),
        "flag": (True, False, None)[number % 3],
        "big": 9007199254740990 + number % 8,
        "last_update_by": f"user_{number % 4}%",
    }
    for number in range(60)
]

_metadata = sa.MetaData()
_table = sa.Table(
    "odd",
    _metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("desk", sa.String(20)),
    sa.Column("region", sa.String(20)),
    sa.Column("price", sa.Float),
    sa.Column("price_usd", sa.Float),
    sa.Column("day", sa.Date),
    sa.Column("at", sa.DateTime),
    sa.Column("flag", sa.Boolean),
    sa.Column("big", sa.BigInteger),
    sa.Column("last_update_by", sa.String(20)),
)


def sqlite_path(folder: str) -> str:
    return f"{folder}/odd.sqlite"


def sqlite_engine(folder: str) -> sa.Engine:
    return sa.create_engine(f"sqlite:///{sqlite_path(folder)}")


def duckdb_file(folder: str) -> str:
    return f"{folder}/odd.duckdb"


def fill(folder: str) -> None:
    """Write the rows into a file of each database."""
    engine = sqlite_engine(folder)
    _metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(_table), ROWS)
    engine.dispose()
    with duckdb.connect(duckdb_file(folder)) as connection:
        connection.execute(
            "CREATE TABLE odd (id BIGINT PRIMARY KEY, desk VARCHAR, region VARCHAR, price DOUBLE, price_usd DOUBLE, "
            'day DATE, "at" TIMESTAMP, flag BOOLEAN, big BIGINT, last_update_by VARCHAR)'
        )
        connection.executemany(f"INSERT INTO odd VALUES ({', '.join('?' * 10)})", [tuple(row.values()) for row in ROWS])


def create_app() -> Flask:
    app = Flask(__name__)
    openbb = OpenBB(app)
    columns = [Column("price", header_name="Price")]

    @app.post("/duckdb")
    @openbb.row_model(source=duckdb_file(FOLDER), table="odd", key="id", columns=columns)
    def odd_duckdb():
        """The rows in DuckDB."""

    grouped = [Column("desk", row_group=True), Column("price_usd", agg_func="sum")]

    @app.post("/grouped")
    @openbb.row_model(source=duckdb_file(FOLDER), table="odd", key="id", columns=grouped)
    def odd_grouped():
        """The rows by desk from the start."""

    @app.post("/sqlite")
    @openbb.row_model(source=_table, bind=sqlite_engine(FOLDER), columns=columns)
    def odd_sqlite():
        """The rows in SQLite."""

    return app
