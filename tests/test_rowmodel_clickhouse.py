"""ClickHouse itself, in this process: the types it alone has, values compared exactly, and names of its own columns."""

import datetime as dt
import math
import unicodedata
import uuid
from decimal import Decimal

import pytest
import sqlalchemy as sa
from rowmodel_data import sa_engine

from flask_openbb.rowmodel import answer, open_source, parse_request
from flask_openbb.rowmodel.request import fold
from flask_openbb.rowmodel.warehouses import ClickHouse

COLUMNS = {
    "id": "Int64",
    "fixed": "Nullable(FixedString(4))",
    "kind": "Nullable(Enum8('x' = 1, 'y' = 2))",
    "key": "Nullable(UUID)",
    "word": "LowCardinality(Nullable(String))",
    "seconds": "Nullable(DateTime)",
    "seen": "Nullable(DateTime64(3, 'America/New_York'))",
    "day": "Date",
    "single": "Float32",
    "odd": "Float64",
    "big": "Int64",
    "exact": "Nullable(Decimal(38, 10))",
    "g": "Int32",
    "m0": "Int32",
    "c0": "Int32",
    "n0": "Int32",
}
"""The last four are what statements call their own columns."""

KEY = "61f0c404-5cb3-11e7-907b-a6006ad3dba0"
VALUES = f"""
    number, if(number = 0, NULL, 'ab'), if(number < 2, 'x', NULL), if(number < 2, '{KEY}', NULL),
    if(number < 2, 'Ab', NULL), if(number < 2, '2026-07-01 12:00:00', NULL), '2026-01-01 00:00:00.123',
    '1970-01-01', 0.1, [nan, inf, -inf][number + 1],
    9223372036854775807, '12345678901234567.12', number, -number, number % 2, 7
"""


@pytest.fixture(scope="module")
def source():
    bind = sa_engine("clickhouse")
    table, metadata = f"openbb_{uuid.uuid4().hex[:12]}", sa.MetaData()
    with bind.connect() as connection:
        columns = ", ".join(map(" ".join, COLUMNS.items()))
        connection.exec_driver_sql(f"CREATE TABLE {table} ({columns}) ENGINE = MergeTree ORDER BY id")
        connection.exec_driver_sql(f"INSERT INTO {table} SELECT {VALUES} FROM numbers(3)")
    yield open_source(sa.Table(table, metadata, autoload_with=bind), "id", bind=bind)
    metadata.drop_all(bind)
    bind.dispose()


def ask(source, body):
    return answer(source, parse_request(body, source.columns))


def test_types_of_its_own_are_text_and_times(source):
    types = {name: (column.type, column.aware) for name, column in source.columns.items()}
    assert {name: types[name] for name in ("fixed", "kind", "key", "word", "seconds", "seen")} == {
        **dict.fromkeys(("fixed", "kind", "key", "word"), ("text", False)),
        "seconds": ("datetime", False),
        "seen": ("datetime", True),
    }
    assert ask(source, {}).rows[1] == {
        "id": 1,
        "fixed": "ab",
        "kind": "x",
        "key": KEY,
        "word": "Ab",
        "seconds": dt.datetime(2026, 7, 1, 12),
        "seen": dt.datetime(2026, 1, 1, 5, 0, 0, 123_000, tzinfo=dt.timezone.utc),
        "day": dt.date(1970, 1, 1),
        "single": 0.10000000149011612,
        "odd": math.inf,
        "big": 2**63 - 1,
        "exact": Decimal("12345678901234567.12"),
        **{"g": 1, "m0": -1, "c0": 1, "n0": 7},
    }


@pytest.mark.parametrize(
    ("column", "model", "expected"),
    [
        ("fixed", {"type": "equals", "filter": "AB"}, 2),
        ("fixed", {"type": "blank"}, 1),
        ("kind", {"filterType": "set", "values": ["x", None]}, 3),
        ("key", {"type": "startsWith", "filter": KEY[:4].upper()}, 2),
        ("word", {"type": "notContains", "filter": "B"}, 1),
        ("seconds", {"type": "equals", "dateFrom": "2026-07-01 00:00:00"}, 2),
        ("seconds", {"filterType": "set", "values": ["2026-07-01T12:00:00", None]}, 3),
        ("seconds", {"filterType": "set", "values": ["2026-07-01T12:00:00.5"]}, 0),
        ("seen", {"filterType": "set", "values": ["2026-01-01T05:00:00.123Z"]}, 3),
        ("day", {"type": "equals", "dateFrom": "1960-01-01 00:00:00"}, 0),
        ("single", {"type": "equals", "filter": 0.10000000149011612}, 3),
        ("exact", {"filterType": "set", "values": ["12345678901234567.12"]}, 3),
        ("exact", {"filterType": "set", "values": ["12345678901234567.13"]}, 0),
        ("odd", {"filterType": "set", "values": ["NaN", "Infinity"]}, 2),
        ("odd", {"filterType": "set", "values": ["NaN"], "type": "isNoneOf"}, 2),
    ],
)
def test_values_are_compared_exactly(source, column, model, expected):
    assert ask(source, {"filterModel": {column: model}}).row_count == expected


@pytest.mark.parametrize("group", ["kind", "key", "seconds", "seen", "exact", "odd", "g", "m0", "c0", "n0"])
def test_groups_open_whatever_a_column_is_called(source, group):
    values = [{"field": name, "aggFunc": "last"} for name in ("g", "m0", "c0", "n0", "seen", "kind") if name != group]
    body = {"rowGroupCols": [{"field": group}, {"field": "id"}], "valueCols": values}
    page = ask(source, {**body, "sortModel": [{"colId": group, "sort": "desc"}]})
    for row in page.rows:
        key = row[group].isoformat() if isinstance(row[group], dt.datetime) else str(row[group])
        inside = ask(source, {**body, "groupKeys": [key]}).rows
        assert [inside[-1][name] for name in row if name != group] == [row[name] for name in row if name != group]
    assert page.row_count == len({row[group] for row in ask(source, {}).rows})


def test_sums_past_64_bits_are_exact(source):
    values = [{"field": "big", "aggFunc": "sum"}]
    assert ask(source, {"rowGroupCols": [{"field": "n0"}], "valueCols": values}).rows == [
        {"n0": 7, "big": 3 * (2**63 - 1)}
    ]


def test_text_is_folded_letter_by_letter():
    engine = sa_engine("clickhouse")
    letters = [chr(point) for point in range(1, 0x110000) if unicodedata.category(chr(point)) in {"Lu", "Lt", "Ll"}]
    text = "ΑΣ ΌΔΟΣ " + "".join(letters)
    with engine.connect() as connection:
        assert connection.execute(sa.select(ClickHouse().folded(sa.literal(text)))).scalar_one() == fold(text)
    engine.dispose()
