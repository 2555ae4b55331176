"""The mandates of the clients, and the limits of the portfolio, in SQLite: what the service stores itself.

The only module that knows the tables. One connection a request, opened and closed by who needs it; SQLite has one
writer at a time, and the others wait for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

WAIT = 30.0
"""Seconds to wait for another writer."""
VERSION = 1

_TABLES = """
CREATE TABLE mandates (
    name TEXT PRIMARY KEY,
    strategy TEXT NOT NULL,
    volume REAL NOT NULL,
    started TEXT NOT NULL,
    instruments TEXT NOT NULL,
    discretionary INTEGER NOT NULL
);
CREATE TABLE limits (symbol TEXT PRIMARY KEY, percent REAL NOT NULL);
"""
_FIRST_MANDATES = [
    ("Balanced model", "balanced", 120.0, "2014-01-02", "SP500,NASDAQ,WTI", 1),
    ("Equity model", "equity", 80.0, "2015-01-02", "SP500,NASDAQ", 1),
    ("Commodity model", "commodities", 15.5, "2016-01-04", "WTI", 0),
]
_FIRST_LIMITS = [("SP500", 50.0), ("NASDAQ", 30.0), ("WTI", 20.0)]


@dataclass(frozen=True)
class Mandate:
    """What a client asked to be done with how much money, in millions of US dollars."""

    name: str
    strategy: str
    volume: float
    started: date
    instruments: tuple[str, ...]
    discretionary: bool


@contextmanager
def connected(path: Path | str, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the database, with its tables in place.

    :param writing: Begin a transaction that no other writer can be inside of, from the first look to the last word;
        what was written is kept unless the block raises.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        if _version(connection) < VERSION:
            _create(connection)
        if writing:
            connection.execute("BEGIN IMMEDIATE")
        yield connection
        if writing:
            connection.execute("COMMIT")
    finally:
        connection.close()


def mandates(connection: sqlite3.Connection) -> list[Mandate]:
    """Return every mandate, by name."""
    return [_mandate(row) for row in connection.execute("SELECT * FROM mandates ORDER BY name")]


def mandate(connection: sqlite3.Connection, name: str) -> Mandate | None:
    """Return one mandate, or None."""
    row = connection.execute("SELECT * FROM mandates WHERE name = ?", [name]).fetchone()
    return _mandate(row) if row else None


def save(connection: sqlite3.Connection, given: Mandate) -> None:
    """Store a mandate in place of the one that has its name, if there is one."""
    values = (
        given.name,
        given.strategy,
        given.volume,
        given.started.isoformat(),
        ",".join(given.instruments),
        given.discretionary,
    )
    connection.execute("INSERT OR REPLACE INTO mandates VALUES (?, ?, ?, ?, ?, ?)", values)


def limits(connection: sqlite3.Connection) -> dict[str, float]:
    """Return the largest share of the portfolio that each symbol may have, in per cent."""
    return {row["symbol"]: row["percent"] for row in connection.execute("SELECT * FROM limits")}


def set_limit(connection: sqlite3.Connection, symbol: str, percent: float) -> None:
    """Store the limit of one symbol."""
    connection.execute("INSERT OR REPLACE INTO limits VALUES (?, ?)", (symbol, percent))


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    # Of two workers that find a new file, the second one waited at the line above.
    if _version(connection) < VERSION:
        for statement in filter(str.strip, _TABLES.split(";")):
            connection.execute(statement)
        connection.executemany("INSERT INTO mandates VALUES (?, ?, ?, ?, ?, ?)", _FIRST_MANDATES)
        connection.executemany("INSERT INTO limits VALUES (?, ?)", _FIRST_LIMITS)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _mandate(row: sqlite3.Row) -> Mandate:
    return Mandate(
        name=row["name"],
        strategy=row["strategy"],
        volume=row["volume"],
        started=date.fromisoformat(row["started"]),
        instruments=tuple(filter(None, row["instruments"].split(","))),
        discretionary=bool(row["discretionary"]),
    )
