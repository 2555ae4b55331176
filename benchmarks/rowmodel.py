"""Row-model questions over DuckDB against hand-written SQL: ``python -m benchmarks.rowmodel [--rows N] [--runs N]``.

Owns a table of trades in a DuckDB file of its own, the questions AG Grid asks of it, and the SQL one would write for
each. Ours is parsing, translation, the question and the rows as dicts; theirs is the question and its rows as dicts, on
the same database, taking turns. Each number is the best of the runs. Nothing here is a test: the exit code is 0 whether
or not a target is met.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from flask_openbb.rowmodel import Counts, Guard, Source, answer, open_source, parse_request

TABLE = """
CREATE TABLE trades AS SELECT
    i AS id,
    'S' || lpad((hash(i) % 500)::VARCHAR, 3, '0') AS symbol,
    ['rates', 'fx', 'credit', 'equity', 'macro'][1 + (hash(i * 7) % 5)::INTEGER] AS desk,
    round((hash(i * 13) % 1000000) / 100.0, 2)::DOUBLE AS price,
    (hash(i * 17) % 10000)::INTEGER AS qty,
    (hash(i * 3) % 2) = 0 AS buy,
    DATE '2020-01-01' + (hash(i * 5) % 2000)::INTEGER AS day,
    'trader ' || md5((hash(i * 11) % 20000)::VARCHAR) AS trader
FROM range({rows}) t(i)
"""
ALL = "SELECT * FROM trades"
COUNT = "SELECT count(*) FROM trades"
BY_PRICE = {"sortModel": [{"colId": "price", "sort": "desc"}]}
ABC = {"filterModel": {"trader": {"filterType": "text", "type": "contains", "filter": "ABC"}}}
GROUPS = {
    "rowGroupCols": [{"field": "symbol"}, {"field": "desk"}],
    "valueCols": [{"field": "qty", "aggFunc": "sum"}, {"field": "price", "aggFunc": "avg"}],
}
FIFTY = [f"S{number:03d}" for number in range(50)]

Question = tuple[str, dict[str, Any], list[str], float | None]


def questions(rows: int) -> Iterator[Question]:
    """Give each question: its name, the request, the hand-written statements, and the most ours may take of theirs.

    Deep pages are compared with plain OFFSET, of which they may take half.
    """
    half, last = rows // 2, rows - 500
    values = ", ".join(f"'{value}'" for value in FIFTY)
    like, order = "WHERE trader ILIKE '%abc%'", "ORDER BY price DESC, id LIMIT 500"
    yield "first page", {}, [f"{ALL} ORDER BY id LIMIT 500"], 1.25
    yield "price desc, first page", BY_PRICE, [f"{ALL} {order}"], 1.25
    yield "price desc, the middle", {**BY_PRICE, "startRow": half}, [f"{ALL} {order} OFFSET {half}"], 0.5
    yield "price desc, last page", {**BY_PRICE, "startRow": last}, [f"{ALL} {order} OFFSET {last}"], 0.5
    yield "no sort, the middle", {"startRow": half}, [f"{ALL} ORDER BY id LIMIT 500 OFFSET {half}"], None
    yield "contains, sort and count", {**ABC, **BY_PRICE}, [f"{ALL} {like} {order}", f"{COUNT} {like}"], 1.25
    totals = "sum(qty) AS qty, avg(price) AS price"
    yield "groups", GROUPS, [f"SELECT symbol, {totals} FROM trades GROUP BY symbol ORDER BY symbol LIMIT 500"], 1.25
    second = f"SELECT desk, {totals} FROM trades WHERE symbol = 'S001' GROUP BY desk ORDER BY desk LIMIT 500"
    yield "second level", {**GROUPS, "groupKeys": ["S001"]}, [second], 1.25
    leaf = f"{ALL} WHERE symbol = 'S001' AND desk = 'fx' ORDER BY id LIMIT 500"
    yield "rows of a group", {**GROUPS, "groupKeys": ["S001", "fx"]}, [leaf], 1.25
    listed = {"filterModel": {"symbol": {"filterType": "set", "values": FIFTY}}}
    yield "set of 50", listed, [f"{ALL} WHERE symbol IN ({values}) ORDER BY id LIMIT 500"], 1.25


def ours(source: Source, body: dict[str, Any], counts: Counts | None) -> Any:
    """Answer a request as the web half does, without its HTTP."""
    return answer(source, parse_request(body, source.columns), guard=Guard(120), counts=counts)


def theirs(connection: Any, statements: list[str]) -> list[Any]:
    """Ask hand-written statements."""
    found = []
    for statement in statements:
        cursor = connection.cursor().execute(statement)
        names = [column[0] for column in cursor.description]
        found.append([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])
    return found


def timed(runs: int, *asked: Callable[[], Any]) -> list[list[float]]:
    """Time functions that take turns, in milliseconds."""
    taken: list[list[float]] = [[] for _ in asked]
    for _ in range(runs):
        for times, ask in zip(taken, asked, strict=True):
            began = time.perf_counter()
            ask()
            times.append((time.perf_counter() - began) * 1e3)
    return taken


def main() -> None:
    """Print one line a question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "trades.duckdb")
        with duckdb.connect(path) as made:
            made.execute(TABLE.format(rows=given.rows))
        with duckdb.connect(path, read_only=True) as connection:
            compare(connection, given.rows, given.runs)


def compare(connection: Any, rows: int, runs: int) -> None:
    """Compare ours and theirs, question by question."""
    source = open_source(connection, "id", table="trades")
    print(f"{rows:,} rows; milliseconds, best of {runs}; totals of levels are known, as from the second page on")
    for name, body, statements, most in questions(rows):
        # Theirs that counts is compared with ours that counts.
        counts = None if len(statements) > 1 else Counts(seconds=3600)
        ours(source, body, counts)
        times = timed(
            runs,
            lambda body=body, counts=counts: ours(source, body, counts),  # type: ignore[misc]
            lambda statements=statements: theirs(connection, statements),  # type: ignore[misc]
        )
        mine, hand = map(min, times)
        target = "-" if most is None else f"<= {most} {'met' if mine <= most * hand else 'MISSED'}"
        print(f"  {name:26} {mine:8.1f} hand-written {hand:8.1f}  x {mine / hand:.2f}  {target}", flush=True)


if __name__ == "__main__":
    main()
