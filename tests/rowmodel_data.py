"""What the tests of row models share: one table with everything that goes wrong, in every engine; and requests."""

import contextlib
import datetime as dt
import importlib
import math
import os
import random
import uuid
from decimal import Decimal

import pytest

from flask_openbb.rowmodel import Limits, RowColumn, RowColumns, Rules, Source
from flask_openbb.rowmodel.engine_python import PythonEngine
from flask_openbb.rowmodel.presets import PRESETS as ALL_PRESETS

EVIL = 'we"ird; drop--'
ODD = "o'd%d :d `x` [y]"
NOW = dt.datetime(2026, 3, 31, 12, 30, tzinfo=dt.timezone.utc)
RULES = Rules(limits=Limits(page=5_000))

COLUMNS = RowColumns(
    [
        RowColumn("id", "integer", nullable=False),
        RowColumn("desk", "text", nullable=False),
        RowColumn(EVIL, "text"),
        RowColumn(ODD, "integer"),
        RowColumn("big", "integer"),
        RowColumn("price", "number"),
        RowColumn("amount", "decimal"),
        RowColumn("active", "boolean"),
        RowColumn("day", "date"),
        RowColumn("at", "datetime"),
    ]
)

WORDS = (
    "",
    " ",
    " \t\n",
    "a",
    "A",
    "a ",
    " a",
    "ab",
    "aB%",
    "a_b",
    "a\\b",
    "AB/",
    "É",
    "é",
    "e\u0301",
    "ß",
    "ẞ",
    "ss",
    "İ",
    "ı",
    "i",
    "K",
    "k",
    "Σ",
    "σ",
    "ς",
    "Ǆ",
    "日本",
    "😀x",
    "\U00010400",
    "\ufffd",
    "(Blanks)",
    "(Blanks)\u200b",
    "\u00a0",
    "O'Brien",
    '"; DROP TABLE t; --',
    "%",
    "_",
    "null",
    "NULL",
    "0",
)


def rows_of(count, seed=7):
    rng = random.Random(seed)

    def maybe(value):
        return None if rng.random() < 0.15 else value

    return [
        {
            "id": number * 3 - count,
            "desk": rng.choice(("rates", "fx", "FX", "credit")),
            EVIL: maybe(rng.choice(WORDS)),
            ODD: maybe(rng.randint(-5, 5)),
            "big": maybe(rng.choice((2**63 - 1, -(2**63), 2**53, 2**53 + 1, -(2**53) - 1, 0))),
            "price": maybe(rng.randint(-20, 20) / 4),
            "amount": maybe(Decimal(rng.randint(-2_000, 2_000)) / 100 if rng.random() < 0.5 else Decimal("0.25")),
            "active": maybe(rng.random() < 0.5),
            "day": maybe(dt.date(2026, 3, 31) - dt.timedelta(rng.randint(-40, 800))),
            "at": maybe(
                dt.datetime(2026, 3, 31)
                - dt.timedelta(rng.randint(-3, 40), rng.choice((0, 1, 43_200)), rng.choice((0, 5)))
            ),
        }
        for number in range(count)
    ]


def python_source(rows):
    return Source(COLUMNS, ("id",), PythonEngine(rows, COLUMNS), identity="python")


def sa_table(name, metadata):
    import sqlalchemy as sa
    from sqlalchemy.dialects import mysql

    text = sa.String(200).with_variant(mysql.VARCHAR(200, charset="utf8mb4"), "mysql", "mariadb")
    moment = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
    return sa.Table(
        name,
        metadata,
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("desk", text, nullable=False),
        sa.Column(EVIL, text),
        sa.Column(ODD, sa.Integer),
        sa.Column("big", sa.BigInteger),
        sa.Column("price", sa.Double),
        sa.Column("amount", sa.Numeric(18, 2).with_variant(sa.Double(), "sqlite")),
        sa.Column("active", sa.Boolean),
        sa.Column("day", sa.Date),
        sa.Column("at", moment),
    )


def _reachable(connect):
    try:
        return connect()
    except Exception as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"the database is not reachable: {error}")


URLS = {
    "sqlite": "sqlite://",
    "postgresql": "postgresql+psycopg://root@127.0.0.1:5432/test",
    "mariadb": "mariadb+pymysql://root@127.0.0.1:3306/test?charset=utf8mb4",
    "clickhouse": "clickhousedb://",
}
ENGINES = ("sqlite", "postgresql", "mariadb", "duckdb")
WAREHOUSES = ("clickhouse",)
"""Engines that are asked everything, but can neither be bounded in time nor stopped."""


def sa_engine(name):
    import sqlalchemy as sa

    options = {}
    if name == "clickhouse":
        # ClickHouse itself, in this process.
        _reachable(lambda: [importlib.import_module(each) for each in ("chdb", "clickhouse_connect")])
        options = {"connect_args": {"interface": "chdb"}}
    engine = sa.create_engine(URLS[name], **options)
    _reachable(lambda: engine.connect().close())
    return engine


@contextlib.contextmanager
def made(name, rows):
    """A source with these rows in an engine, and nothing of it left afterwards."""
    if name == "spark":
        from rowmodel_spark import made_spark

        with made_spark(rows) as source:
            yield source
        return
    if name in {"duckdb", "clickhouse"}:
        with {"duckdb": made_duckdb, "clickhouse": made_clickhouse}[name](rows) as source:
            yield source
        return
    import sqlalchemy as sa

    from flask_openbb.rowmodel import open_source

    engine = sa_engine(name)
    metadata = sa.MetaData()
    table = sa_table(f"openbb_{uuid.uuid4().hex[:12]}", metadata)
    metadata.create_all(engine)
    try:
        with engine.begin() as connection:
            data = rows if name != "sqlite" else [{**row, "amount": _float(row["amount"])} for row in rows]
            if data:
                # Parameter names cannot hold what these columns' names do.
                insert = table.insert().values({c: sa.bindparam(f"v{i}") for i, c in enumerate(table.c)})
                connection.execute(insert, [{f"v{i}": row[c.key] for i, c in enumerate(table.c)} for row in data])
        yield open_source(table, "id", bind=engine)
    finally:
        metadata.drop_all(engine)
        engine.dispose()


def _float(value):
    return None if value is None else float(value)


@contextlib.contextmanager
def made_duckdb(rows):
    import duckdb
    import pyarrow as pa

    from flask_openbb.rowmodel import open_source

    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "decimal": pa.decimal128(18, 2),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us"),
    }
    frame = pa.table({name: pa.array([row[name] for row in rows], types[c.type]) for name, c in COLUMNS.items()})
    connection = duckdb.connect()
    connection.register("frame", frame)
    connection.execute("CREATE TABLE trades AS SELECT * FROM frame")
    yield open_source(connection, "id", table="trades")
    connection.close()


CLICKHOUSE_TYPES = {
    "text": "String",
    "integer": "Int64",
    "number": "Float64",
    "decimal": "Decimal(18, 2)",
    "boolean": "Bool",
    "date": "Date32",
    "datetime": "DateTime64(6)",
}


@contextlib.contextmanager
def made_clickhouse(rows):
    import sqlalchemy as sa

    from flask_openbb.rowmodel import open_source

    engine = sa_engine("clickhouse")
    table, metadata = f"openbb_{uuid.uuid4().hex[:12]}", sa.MetaData()
    with engine.connect() as connection:
        client = connection.connection.driver_connection.client
        types = [
            CLICKHOUSE_TYPES[c.type] if not c.nullable else f"Nullable({CLICKHOUSE_TYPES[c.type]})"
            for c in COLUMNS.values()
        ]
        names = ["`" + name.replace("`", "\\`") + "`" for name in COLUMNS]
        columns = ", ".join(map(" ".join, zip(names, types, strict=True)))
        client.command(f"CREATE TABLE {table} ({columns}) ENGINE = MergeTree ORDER BY id")
        if rows:
            client.insert(table, [list(row.values()) for row in rows], column_names=list(COLUMNS))
    yield open_source(sa.Table(table, metadata, autoload_with=engine), "id", bind=engine)
    metadata.drop_all(engine)
    engine.dispose()


def same(one, other):
    """Whether two values are one, beside the last bit of an average and SQLite's lack of decimals."""
    if isinstance(one, float) and isinstance(other, float | Decimal):
        return one == other or math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(one, Decimal) and isinstance(other, float | Decimal | int):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-9)
    return type(one) is type(other) and one == other


def difference(expected, found):
    """The first difference between two pages, or None."""
    if expected.row_count != found.row_count or expected.pivot_fields != found.pivot_fields:
        return expected.row_count, found.row_count, expected.pivot_fields, found.pivot_fields
    if len(expected.rows) != len(found.rows):
        return len(expected.rows), len(found.rows)
    for number, (one, other) in enumerate(zip(expected.rows, found.rows, strict=True)):
        if list(one) != list(other) or not all(same(one[name], other[name]) for name in one):
            return number, one, other
    return None


SORTABLE = tuple(COLUMNS.names)
GROUPABLE = ("desk", EVIL, ODD, "big", "price", "amount", "active", "day", "at")
PIVOTABLE = ("desk", EVIL, ODD, "active")
PRESETS = tuple(ALL_PRESETS)
NUMBER_TYPES = (
    *("equals", "notEqual", "lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"),
    *("inRange", "blank", "notBlank"),
)
TEXT_TYPES = ("equals", "notEqual", "contains", "notContains", "startsWith", "endsWith", "blank", "notBlank")


class Requests:
    """Random requests that are allowed, as AG Grid would send them."""

    def __init__(self, seed, rows):
        self.rng = random.Random(seed)
        self.rows = rows

    def cell(self, name):
        return self.rng.choice(self.rows)[name] if self.rows else None

    def make(self):
        rng = self.rng
        start = rng.choice((0, 0, 0, rng.randint(0, 30), rng.randint(0, len(self.rows) + 5)))
        body = {"startRow": start, "endRow": start + rng.choice((1, 5, 20, 500))}
        if rng.random() < 0.7:
            body["filterModel"] = self.filters()
        if rng.random() < 0.7:
            body["sortModel"] = [
                {"colId": name, "sort": rng.choice(("asc", "desc"))} for name in rng.sample(SORTABLE, rng.randint(1, 3))
            ]
        grouping = {}
        if rng.random() < 0.55:
            groups = rng.sample(GROUPABLE, rng.randint(1, 3))
            grouping["rowGroupCols"] = [{"id": name, "field": name, "displayName": name} for name in groups]
            keys = groups[: rng.randint(0, len(groups))]
            grouping["groupKeys"] = [self.key(name) for name in keys]
            grouping["valueCols"] = self.values()
        if rng.random() < 0.2:
            grouping["pivotMode"] = True
            pivots = rng.sample(PIVOTABLE, rng.randint(0, 2))
            grouping["pivotCols"] = [{"id": name, "field": name} for name in pivots]
            grouping.setdefault("valueCols", self.values()[:2])
        return {**body, "grouping": grouping} if rng.random() < 0.3 else {**body, **grouping}

    def values(self):
        rng = self.rng
        found = []
        for name in rng.sample(COLUMNS.names, rng.randint(0, 4)):
            allowed = ["min", "max", "count", "first", "last"]
            if COLUMNS[name].type in {"integer", "number", "decimal"} and name != "big":
                allowed += ["sum", "avg"]
            found.append({"id": name, "field": name, "aggFunc": rng.choice(allowed)})
        return found

    def key(self, name):
        value = self.cell(name)
        return RULES.labels.shown(self.json(value))

    def json(self, value):
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return self.rng.choice((str(value), float(value)))
        if isinstance(value, bool | int | float) and self.rng.random() < 0.5:
            return str(value).lower() if isinstance(value, bool) else str(value)
        return value

    def filters(self):
        rng = self.rng
        if rng.random() < 0.2:
            return self.join(0)
        return {name: self.filter(name, 0) for name in rng.sample(COLUMNS.names, rng.randint(0, 3))}

    def join(self, depth):
        if depth == 3 or self.rng.random() < 0.5:
            name = self.rng.choice(COLUMNS.names)
            return {"colId": name, **self.simple(name, advanced=True)}
        parts = [self.join(depth + 1) for _ in range(self.rng.randint(0, 3))]
        return {"filterType": "join", "type": self.rng.choice(("AND", "OR")), "conditions": parts}

    def filter(self, name, depth):
        choice = self.rng.random()
        if depth < 2 and choice < 0.1:
            return {"filterType": "multi", "filterModels": [None, self.filter(name, depth + 1)]}
        if depth < 2 and choice < 0.3:
            parts = [self.filter(name, depth + 1) for _ in range(2)]
            operator = self.rng.choice(("AND", "OR"))
            if self.rng.random() < 0.5:
                return {"operator": operator, "conditions": parts}
            return {"operator": operator, "condition1": parts[0], "condition2": parts[1]}
        return self.simple(name)

    def simple(self, name, *, advanced=False):
        rng, kind = self.rng, COLUMNS[name].type
        if rng.random() < 0.2:
            values = [self.json(self.cell(name)) for _ in range(rng.choice((0, 1, 2, 3, 4, 9, 17)))]
            model = {"filterType": "set", "values": values}
            return {**model, "type": rng.choice(("isAnyOf", "isNoneOf"))} if rng.random() < 0.5 else model
        if kind == "text":
            return {"filterType": "text", "type": rng.choice(TEXT_TYPES), "filter": self.needle(name)}
        if kind == "boolean":
            return {"filterType": "boolean", "type": rng.choice(("true", "false", "blank", "notBlank"))}
        if kind in {"date", "datetime"}:
            return self.dated(name, advanced)
        model = {"filterType": "number", "type": rng.choice(NUMBER_TYPES)}
        return {**model, "filter": self.number(name), "filterTo": self.number(name)}

    def needle(self, name):
        text = self.cell(name) or self.rng.choice(WORDS)
        if len(text) > 1 and self.rng.random() < 0.3:
            text = text[self.rng.randrange(len(text)) :]
        return self.rng.choice((text, text.upper(), text.lower()))

    def number(self, name):
        value = self.cell(name)
        if value is None or self.rng.random() < 0.2:
            return self.rng.choice((0, 0.5, -1.25, 2.5, 1e-7, 3))
        return float(value) if isinstance(value, Decimal) else value

    def dated(self, name, advanced):
        rng = self.rng
        if rng.random() < 0.3:
            return {"filterType": "date", "type": rng.choice(PRESETS)}
        found = []
        for _ in range(2):
            value = self.cell(name) or dt.datetime(2026, 3, 1)
            text = value.isoformat(sep=" ", timespec="seconds") if isinstance(value, dt.datetime) else value.isoformat()
            found.append(text[:10] + " 00:00:00" if rng.random() < 0.5 else text)
        names = ("filter", "filterTo") if advanced else ("dateFrom", "dateTo")
        kind = rng.choice(("date", "dateString", "dateTime", "dateTimeString")) if advanced else "date"
        return {"filterType": kind, "type": rng.choice(NUMBER_TYPES), **dict(zip(names, found, strict=True))}
