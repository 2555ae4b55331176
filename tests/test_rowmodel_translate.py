"""The statements themselves: golden SQL for warehouses, most of which nothing here can ask, and what one is made of."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.engine.default import DefaultDialect

from flask_openbb.rowmodel import parse_request
from flask_openbb.rowmodel.counts import Counts
from flask_openbb.rowmodel.dialects import Dialect, MariaDB, PostgreSQL
from flask_openbb.rowmodel.plan import Groups, Leaves, Measure, groups, leaves
from flask_openbb.rowmodel.protect import MariaDBProtection, Protection, protection_of
from flask_openbb.rowmodel.reflect import relation_of
from flask_openbb.rowmodel.request import EVERYTHING, Compare, Labels
from flask_openbb.rowmodel.shape import lift, lift_filter
from flask_openbb.rowmodel.translate import Translator
from flask_openbb.rowmodel.warehouses import DIALECTS, dialect_of

DIALECT = DefaultDialect(supports_native_boolean=True)
TABLE = sa.Table(
    "trades",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("desk", sa.String, nullable=False),
    sa.Column("price", sa.Double),
)


def sql(dialect, body, *, name="generic"):
    relation = relation_of(TABLE, name)
    translator = Translator(relation, ("id",), dialect)
    request = parse_request(body, relation.columns)
    plan = groups(request, ("id",), [], Labels())[0] if request.grouping else leaves(request, relation.columns, ("id",))
    lifted = lift(plan, relation.columns)
    statement = translator.page(lifted.plan, lifted.paging)
    return " ".join(str(statement.compile(dialect=DIALECT)).split()), lifted.values


CONTAINS = {"filterModel": {"desk": {"type": "contains", "filter": "F%X"}}}
STARTS = {"filterModel": {"desk": {"type": "startsWith", "filter": "f"}}}
ENDS = {"filterModel": {"desk": {"type": "endsWith", "filter": "x"}}}
SORTED = {"sortModel": [{"colId": "price", "sort": "asc"}]}
SPARK_FOLDED = "lower(replace(replace(trades.desk, 'İ', 'i'), 'Σ', 'σ'))"
CLICKHOUSE_FOLDED = "lowerUTF8(replaceAll(replaceAll(trades.desk, 'İ', 'i'), 'Σ', 'σ'))"
FIRST = {"rowGroupCols": [{"field": "desk"}], "valueCols": [{"field": "price", "aggFunc": "first"}]}


@pytest.mark.parametrize(
    ("name", "contains", "starts", "ends", "order"),
    [
        (
            "trino",
            "strpos(lower(trades.desk), :openbb_0) > :strpos_1",
            "substr(lower(trades.desk), :substr_1, :openbb_1) = :openbb_0",
            "length(lower(trades.desk)) >= :openbb_1"
            " AND substr(lower(trades.desk), (length(lower(trades.desk)) - :openbb_1) + :param_1) = :openbb_0",
            "trades.price ASC NULLS FIRST, trades.id ASC",
        ),
        (
            "snowflake",
            "contains(lower(trades.desk), :openbb_0)",
            "startswith(lower(trades.desk), :openbb_0)",
            "endswith(lower(trades.desk), :openbb_0)",
            "trades.price ASC NULLS FIRST, trades.id ASC",
        ),
        (
            "databricks",
            f"contains({SPARK_FOLDED}, :openbb_0)",
            f"startswith({SPARK_FOLDED}, :openbb_0)",
            f"endswith({SPARK_FOLDED}, :openbb_0)",
            "trades.price ASC, trades.id ASC",
        ),
        (
            "clickhouse",
            f"position({CLICKHOUSE_FOLDED}, :openbb_0) > :position_1",
            f"startsWith({CLICKHOUSE_FOLDED}, :openbb_0)",
            f"endsWith({CLICKHOUSE_FOLDED}, :openbb_0)",
            "trades.price ASC NULLS FIRST, trades.id ASC",
        ),
        (
            "oracle",
            "lower(trades.desk) LIKE (:param_1 || replace(replace(replace(:openbb_0, :param_2, :param_3), :param_4, "
            ":param_5), :param_6, :param_7) || :param_1) ESCAPE '/'",
            "substr(lower(trades.desk), :substr_1, :openbb_1) = :openbb_0",
            None,
            "trades.price ASC NULLS FIRST, trades.id ASC",
        ),
    ],
)
def test_what_warehouses_are_asked(name, contains, starts, ends, order):
    dialect = dialect_of(name)
    assert dialect.tested is (name == "clickhouse")
    for body, expected in ((CONTAINS, contains), (STARTS, starts), (ENDS, ends)):
        text, values = sql(dialect, body)
        if expected is not None:
            assert text == (
                "SELECT trades.id AS c0, trades.desk AS c1, trades.price AS c2 FROM trades WHERE "
                f"{expected} ORDER BY trades.id ASC LIMIT :openbb_2 OFFSET :openbb_3"
            )
        assert values == {
            "openbb_0": body["filterModel"]["desk"]["filter"].lower(),
            "openbb_1": values["openbb_1"],
            "openbb_2": 500,
            "openbb_3": 0,
        }
    text, _ = sql(dialect, SORTED)
    assert text.endswith(f"ORDER BY {order} LIMIT :openbb_0 OFFSET :openbb_1")
    text, _ = sql(dialect, FIRST)
    assert text == (
        "SELECT openbb_level.g, openbb_level.m0 FROM (SELECT openbb_ranks.c1 AS g, "
        "max(CASE WHEN (openbb_ranks.n0 = :n0_1) THEN openbb_ranks.c2 END) AS m0 "
        "FROM (SELECT trades.id AS c0, trades.desk AS c1, trades.price AS c2, "
        "row_number() OVER (PARTITION BY trades.desk ORDER BY trades.id ASC) AS n0, "
        "row_number() OVER (PARTITION BY trades.desk ORDER BY trades.id DESC) AS n1 FROM trades) AS openbb_ranks "
        "GROUP BY openbb_ranks.c1) AS openbb_level ORDER BY openbb_level.g ASC LIMIT :openbb_0 OFFSET :openbb_1"
    )


def test_clickhouse_reads_values_by_functions_and_sums_in_128_bits():
    """Its driver writes a decimal as a double and a time without its fraction; a sum of 64 bits wraps around."""
    table = sa.Table(
        "trades",
        sa.MetaData(),
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("amount", sa.Numeric(18, 2)),
        sa.Column("at", sa.DateTime),
        sa.Column("seen", sa.DateTime(timezone=True)),
        sa.Column("day", sa.Date),
        sa.Column("kind", sa.Enum("a", "b")),
    )
    relation = relation_of(table, "clickhousedb")
    translator = Translator(relation, ("id",), dialect_of("clickhousedb"))
    model = {
        "amount": {"filterType": "set", "values": ["1.5"]},
        "at": {"filterType": "set", "values": ["2026-03-01T12:00:00.5", "2026-03-01"]},
        "seen": {"filterType": "set", "values": ["2026-03-01T12:00:00.5Z"]},
        "day": {"filterType": "set", "values": ["2026-03-01"]},
        "kind": {"filterType": "set", "values": ["a"]},
    }
    values = [{"id": name, "field": "id", "aggFunc": name} for name in ("sum", "avg")]
    request = parse_request({"filterModel": model, "pivotMode": True, "valueCols": values}, relation.columns)
    lifted = lift(groups(request, ("id",), [], Labels())[0], relation.columns)
    compiled = translator.page(lifted.plan, lifted.paging).compile(dialect=DIALECT)
    assert " ".join(str(compiled).split()) == (
        "SELECT sumOrNull(toInt128(trades.id)) AS m0, avgOrNull(toFloat64(trades.id)) AS m1 FROM trades "
        "WHERE trades.amount IN (toDecimal256(:openbb_0, 2)) "
        "AND (trades.at = toDateTime64(:openbb_1, 6) OR trades.at = toDateTime64(:openbb_2, 6)) "
        "AND trades.seen = toDateTime64(:openbb_3, 6, 'UTC') AND trades.day IN (toDate32(:openbb_4)) "
        "AND toString(trades.kind) IN (:openbb_5)"
    )
    written = {name: kind.process_bind_param(lifted.values[name], DIALECT) for name, kind in _own(compiled).items()}
    assert written == {
        "openbb_0": "1.5",
        "openbb_1": "2026-03-01 12:00:00.500000",
        "openbb_2": "2026-03-01 00:00:00",
        "openbb_3": "2026-03-01 12:00:00.500000",
        "openbb_4": "2026-03-01",
    }


def test_clickhouse_gives_times_the_zone_of_its_server_which_is_taken_off():
    table = sa.table("t", sa.column("id", sa.Integer), sa.column("at", sa.DateTime))
    translator = Translator(relation_of(table, "clickhousedb"), ("id",), dialect_of("clickhousedb"))
    at = dt.datetime(2026, 7, 1, 12)
    keep, strip = translator.read(["id", "at"])
    assert keep is None
    assert strip(at.replace(tzinfo=ZoneInfo("Europe/Berlin"))) == strip(at) == at
    greatest = Groups(None, EVERYTHING, (Measure("at", "max"), Measure("at", "count")), (), 0, 1)
    assert translator.converters(greatest) == [strip, int]


def _own(compiled):
    return {name: bind.type for name, bind in compiled.binds.items() if isinstance(bind.type, sa.TypeDecorator)}


def test_hooks_by_name():
    assert {name: make().name for name, make in DIALECTS.items() if make().tested} == {
        "sqlite": "sqlite",
        "postgresql": "postgresql",
        "mysql": "mariadb",
        "mariadb": "mariadb",
        "duckdb": "duckdb",
        "clickhouse": "clickhouse",
        "clickhousedb": "clickhouse",
    }
    assert type(dialect_of("mssql")) is Dialect
    with pytest.raises(NotImplementedError):
        Dialect().first(TABLE.c.price, [TABLE.c.id], False)
    without_order = type("Old", (Dialect,), {"null_order": False})()
    assert [str(term) for term in without_order.order(TABLE.c.price, True, True)] == [
        "CASE WHEN (trades.price IS NULL) THEN :param_1 ELSE :param_2 END DESC",
        "trades.price DESC",
    ]


def test_statements_are_kept_by_the_shape_of_a_question():
    relation = relation_of(TABLE, "postgresql")
    translator = Translator(relation, ("id",), PostgreSQL())
    made = set()
    for number in range(50):
        model = {
            "price": {"type": "equals", "filter": number},
            "desk": {"filterType": "set", "values": [f"d{number}", "x"]},
        }
        request = parse_request({"startRow": number, "endRow": number + 10, "filterModel": model}, relation.columns)
        lifted = lift(leaves(request, relation.columns, ("id",)), relation.columns)
        assert lifted.values == {
            "openbb_0": float(number),
            "openbb_1": f"d{number}",
            "openbb_2": "x",
            "openbb_3": 10,
            "openbb_4": number,
        }
        made.add(translator.page(lifted.plan, lifted.paging))
    assert len(made) == 1


def test_sets_of_many_lengths_share_a_few_shapes():
    relation = relation_of(TABLE, "postgresql")
    translator = Translator(relation, ("id",), PostgreSQL())
    made = {}
    for size in range(1, 513):
        model = {"desk": {"filterType": "set", "values": [f"d{number}" for number in range(size)]}}
        request = parse_request({"filterModel": model}, relation.columns)
        lifted = lift(leaves(request, relation.columns, ("id",)), relation.columns)
        *values, _limit, _offset = lifted.values.values()
        assert set(values) == {f"d{number}" for number in range(size)}
        made[translator.page(lifted.plan, lifted.paging)] = len(values)
    filled = [length << power for power in range(1, 7) for length in (5, 6, 7, 8)]
    assert list(made.values()) == [1, 2, 3, 4, 5, 6, 7, 8, *filled]


def test_binds_have_the_types_of_their_columns():
    relation = relation_of(TABLE, "postgresql")
    translator = Translator(relation, ("id",), PostgreSQL())
    model = {"id": {"filterType": "set", "values": [0, "2"]}, "price": {"type": "equals", "filter": 2}}
    request = parse_request({"filterModel": model}, relation.columns)
    shape, slot, values = lift_filter(request.filter, relation.columns, 5)

    text = str(translator.points(("desk",), shape, slot).compile(dialect=psycopg.dialect()))
    assert "IN (%(openbb_0)s::BIGINT, %(openbb_1)s::BIGINT)" in text
    assert {name: type(value) for name, value in values.items()} == {
        "openbb_0": int,
        "openbb_1": int,
        "openbb_2": float,
        "openbb_3": int,
    }
    assert 'COLLATE "C"' in text


class Server:
    """A connection to a server of some version."""

    def __init__(self, mariadb, version):
        self.dialect = type("D", (), {"is_mariadb": mariadb, "server_version_info": version})


@pytest.mark.parametrize(
    ("mariadb", "version", "binary", "lower"),
    [
        (True, (10, 11, 19), "utf8mb4_nopad_bin", "utf8mb4_uca1400_nopad_as_cs"),
        (True, (10, 6), "utf8mb4_nopad_bin", "utf8mb4_nopad_bin"),
        (False, (8, 0), "utf8mb4_0900_bin", "utf8mb4_0900_as_cs"),
    ],
)
def test_collations_by_the_version_of_the_server(mariadb, version, binary, lower):
    found = MariaDBProtection("mariadb").dialect(Server(mariadb, version))
    assert isinstance(found, MariaDB)
    assert (found.binary, found.lower) == (binary, lower)


def test_other_databases_are_asked_without_bounds():
    protection = protection_of("trino")
    assert type(protection) is Protection
    assert protection.dialect(None).name == "trino"
    with protection.around(None, None):
        protection.stopper(None)()
    assert not protection.stopped(None)
    assert not protection.overflowed(None)
    assert protection.values({"openbb_0": 1}) == {"openbb_0": 1}


def test_totals_are_forgotten_in_time_and_in_number():
    now = [0.0]
    counts = Counts(seconds=10, size=2, clock=lambda: now[0])
    plans = [Leaves(Compare("id", "eq", number), (), 0, 10) for number in range(3)]
    for plan in plans[:2]:
        counts.put("s", plan, 5)
    assert counts.get("s", plans[0]) == 5
    counts.put("s", plans[2], 7)
    assert [counts.get("s", plan) for plan in plans] == [5, None, 7]
    assert counts.get("other", plans[0]) is None
    now[0] = 10.5
    assert counts.get("s", plans[0]) is None
    counts.put(None, plans[0], 5)
    assert counts.get(None, plans[0]) is None


def test_a_type_that_wraps_another_is_that_one():
    """As clickhouse-sqlalchemy's Nullable and LowCardinality do."""

    class Nullable(sa.types.UserDefinedType):
        def __init__(self, nested_type):
            self.nested_type = nested_type

    wrapped = {"text": sa.String(), "integer": sa.BigInteger(), "decimal": sa.Numeric(18, 2), "datetime": sa.DateTime()}
    table = sa.table("t", *(sa.column(name, Nullable(Nullable(kind))) for name, kind in wrapped.items()))
    relation = relation_of(table, "clickhouse")
    assert [column.type for column in relation.columns.values()] == list(wrapped)
    assert relation.columns["decimal"].scale == 2


def test_columns_without_a_type_are_only_shown():
    relation = relation_of(sa.table("t", sa.column("id", sa.Integer), sa.column("x")), "postgresql")
    assert [column.type for column in relation.columns.values()] == ["integer", "other"]
