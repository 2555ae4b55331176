"""Columns of the types that databases have and JSON has not, by the wire: what a browser is shown finds its rows."""

import contextlib
import uuid
from enum import Enum, IntEnum

import pytest
import sqlalchemy as sa
from flask import Flask
from rowmodel_data import sa_engine

from flask_openbb import OpenBB


def client_of(**options):
    app = Flask(__name__)
    openbb = OpenBB(app)

    def rows():
        """Rows."""

    app.add_url_rule("/rows", view_func=openbb.row_model(errors="status", **options)(rows), methods=["POST"])
    return app.test_client()


@contextlib.contextmanager
def made(engine, kind, values):
    """A client of a table with these values, written as SQL, in the column ``v``; nothing is left of it."""
    rows = ", ".join(f"({number}, {value})" for number, value in enumerate(values))
    if engine == "duckdb":
        import duckdb

        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE t (id BIGINT PRIMARY KEY, v {kind})")
            connection.execute(f"INSERT INTO t VALUES {rows}")
            yield client_of(source=connection, table="t", key="id")
        return
    bind, name = sa_engine(engine), f"openbb_{uuid.uuid4().hex[:12]}"
    try:
        with bind.begin() as connection:
            if engine == "mariadb":
                connection.exec_driver_sql("SET SESSION sql_mode = ''")
            connection.exec_driver_sql(f"CREATE TABLE {name} (id BIGINT PRIMARY KEY, v {kind})")
            connection.exec_driver_sql(f"INSERT INTO {name} VALUES {rows}")
            if engine == "mariadb":
                connection.exec_driver_sql("SET SESSION sql_mode = DEFAULT")
        yield client_of(bind=bind, table=name)
    finally:
        with bind.begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
        bind.dispose()


def ask(client, **body):
    answer = client.post("/rows", json=body)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def refused(client, **body):
    answer = client.post("/rows", json=body)
    assert answer.status_code == 422, answer.get_json()
    return answer.get_json()["detail"]


def numbers(found):
    return {row["id"] for row in found["rowData"]}


def sent(cell):
    """The key AG Grid makes of a cell: JavaScript's text of it."""
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e21 else str(cell)


def filtered(client, model):
    return numbers(ask(client, filterModel={"v": model}))


def check_groups(client):
    """Open every group as a browser would, and choose every value; give the cells of the groups."""
    everything = numbers(ask(client))
    group, count = [{"field": "v"}], [{"field": "id", "aggFunc": "count"}]
    groups = ask(client, rowGroupCols=group, valueCols=count)["rowData"]
    keys = [sent(row["v"]) for row in groups]
    assert len(set(keys)) == len(keys)
    opened = [ask(client, rowGroupCols=group, groupKeys=[key]) for key in keys]
    assert [found["rowCount"] for found in opened] == [row["id"] for row in groups]
    assert sorted(number for found in opened for number in numbers(found)) == sorted(everything)
    (pivoted,) = ask(client, pivotMode=True, pivotCols=group, valueCols=count)["rowData"]
    assert sum(pivoted.values()) == len(everything)
    values = client.get("/openbb/widgets/rows/values/v").get_json()
    chosen = [filtered(client, {"filterType": "set", "values": [value]}) for value in values]
    assert sorted(map(len, chosen)) == sorted(row["id"] for row in groups)
    assert set.union(*chosen) == everything
    return [row["v"] for row in groups]


SPECIAL = ["'NaN'", "'Infinity'", "'-Infinity'", "'NaN'", "0.1", "NULL"]
LONG = "12345678901234567890.123456789012345678"
GROUPS = [
    ("duckdb", "DOUBLE", SPECIAL, ["(Blanks)", "-Infinity", 0.1, "Infinity", "NaN"]),
    ("duckdb", "FLOAT", SPECIAL[:4], ["-Infinity", "Infinity", "NaN"]),
    ("postgresql", "double precision", SPECIAL, ["(Blanks)", "-Infinity", 0.1, "Infinity", "NaN"]),
    ("postgresql", "numeric", [*SPECIAL, LONG], ["(Blanks)", "-Infinity", 0.1, LONG, "Infinity", "NaN"]),
    ("sqlite", "REAL", ["9e999", "-9e999", "0.5"], ["-Infinity", 0.5, "Infinity"]),
    ("postgresql", "numeric", ["0.1", "0.1000000000000000055", "1e40"], [0.1, "0.1000000000000000055", 1e40]),
    ("duckdb", "DECIMAL(38, 20)", ["0.1", "0.10000000000000000001"], [0.1, "0.10000000000000000001"]),
    ("duckdb", "DECIMAL(38, 0)", ["1", "9" * 38], [1.0, "9" * 38]),
    ("mariadb", "DECIMAL(65, 0)", ["-1", "9" * 65], [-1.0, "9" * 65]),
    ("mariadb", "BIGINT UNSIGNED", ["1", str(2**63), str(2**64 - 1)], [1, str(2**63), str(2**64 - 1)]),
    ("duckdb", "UBIGINT", ["1", str(2**64 - 1)], [1, str(2**64 - 1)]),
    ("duckdb", "HUGEINT", ["1", str(-(2**127)), str(2**127 - 1)], [str(-(2**127)), 1, str(2**127 - 1)]),
    ("duckdb", "UHUGEINT", ["1", str(2**128 - 1), "NULL"], ["(Blanks)", 1, str(2**128 - 1)]),
    ("postgresql", "citext", ["'a'", "'A'", "'b'"], ["A", "a", "b"]),
    ("postgresql", '"char"', ["'a'", "'b'", "''", "NULL"], ["(Blanks)", "", "a", "b"]),
    ("postgresql", "char(4)", ["'a'", "'a   '", "''"], ["", "a"]),
]


@pytest.mark.parametrize(("engine", "kind", "values", "expected"), GROUPS, ids=[f"{e[0]}-{e[1]}" for e in GROUPS])
def test_groups_open_by_the_text_of_their_cells(engine, kind, values, expected):
    if kind == "citext":
        bind = sa_engine(engine)
        with bind.begin() as connection:
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS citext")
        bind.dispose()
    with made(engine, kind, values) as client:
        assert check_groups(client) == expected


PAST = [
    ("duckdb", "HUGEINT", [str(-(2**127)), "1", str(2**127 - 1)]),
    ("duckdb", "UHUGEINT", ["0", "1", str(2**128 - 1)]),
    ("duckdb", "UBIGINT", ["0", "1", str(2**64 - 1)]),
    ("duckdb", "DECIMAL(38, 0)", ["-" + "9" * 38, "1", "9" * 38]),
    ("duckdb", "DECIMAL(38, 37)", ["-9." + "9" * 37, "1", "9." + "9" * 37]),
    ("mariadb", "BIGINT UNSIGNED", ["0", "1", str(2**64 - 1)]),
    ("mariadb", "DECIMAL(65, 30)", ["-" + "9" * 35, "1", "9" * 35]),
    ("postgresql", "numeric(38, 2)", ["-" + "9" * 36, "1", "9" * 36]),
    ("postgresql", "numeric", ["-1e60", "1", "1e60"]),
]


@pytest.mark.parametrize(("engine", "kind", "values"), PAST, ids=[f"{e[0]}-{e[1]}" for e in PAST])
def test_numbers_past_64_bits_are_filtered_by_any_number(engine, kind, values):
    with made(engine, kind, [*values, "NULL"]) as client:

        def those(kind, number):
            return filtered(client, {"filterType": "number", "type": kind, "filter": number})

        for number in (-1e300, -5e19, -1, 0.5, 1, 1e19, 2**64 - 1, 5e19, 1e36, 2e38, 1e300):
            assert those("lessThan", number) | those("greaterThanOrEqual", number) == {0, 1, 2}
            assert not those("lessThan", number) & those("greaterThanOrEqual", number)
            assert those("equals", number) | those("notEqual", number) == {0, 1, 2}
        assert (those("equals", 1), those("lessThan", 1), those("greaterThan", 1)) == ({1}, {0}, {2})
        assert those("greaterThan", 1e300) == those("lessThan", -1e300) == those("equals", 1e300) == set()
        top = {"filterType": "bigint", "type": "equals", "filter": values[2]}
        assert filtered(client, top) == {2}


@pytest.mark.parametrize("engine", ["mariadb", "duckdb", "sqlite", "postgresql"])
@pytest.mark.parametrize("key", ["NaN", "Infinity", "-Infinity", "1e400", "0.105", "1e-390", "1e390"])
def test_keys_that_a_column_cannot_hold_are_refused_or_find_nothing(engine, key):
    for kind in ("DECIMAL(10, 2)", "DOUBLE PRECISION"):
        with made(engine, kind, ["0.1", "0.11"]) as client:
            for body in (
                {"rowGroupCols": [{"field": "v"}], "groupKeys": [key]},
                {"filterModel": {"v": {"filterType": "set", "values": [key]}}},
            ):
                answer = client.post("/rows", json=body)
                assert answer.status_code in {200, 422}, answer.get_json()
                assert answer.status_code == 422 or answer.get_json()["rowCount"] == 0


@pytest.mark.parametrize("kind", ["HUGEINT", "DECIMAL(38, 0)"])
def test_a_sum_past_128_bits_is_refused(kind):
    with made("duckdb", kind, ["9" * 38, "9" * 38]) as client:
        body = {"pivotMode": True, "valueCols": [{"field": "v", "aggFunc": "sum"}]}
        assert "Choose avg" in refused(client, **body)


def test_a_list_of_decimals_of_duckdb_is_shown():
    with made("duckdb", "DECIMAL(38, 2)[]", ["[1.5]", "NULL"]) as client:
        assert [row["v"] for row in ask(client)["rowData"]] == [[1.5], None]


LAST_DAYS = [
    (engine, kind, f"'9999-12-31{when}'")
    for engine, kind, when in [
        *((engine, "DATE", "") for engine in ("duckdb", "sqlite", "postgresql", "mariadb")),
        *((engine, "TIMESTAMP", " 23:59:59.999999") for engine in ("duckdb", "sqlite", "postgresql")),
        ("mariadb", "DATETIME(6)", " 23:59:59.999999"),
        ("duckdb", "TIMESTAMPTZ", " 23:59:59.999999Z"),
        ("postgresql", "TIMESTAMPTZ", " 23:59:59.999999Z"),
    ]
]


@pytest.mark.parametrize(("engine", "kind", "last"), LAST_DAYS, ids=[f"{e[0]}-{e[1]}" for e in LAST_DAYS])
def test_the_last_day_of_the_calendar_is_a_day_like_others(engine, kind, last):
    before = last.replace("9999", "2026")
    with made(engine, kind, [last, before, "NULL"]) as client:

        def those(kind, day="9999-12-31", to=None):
            return filtered(client, {"filterType": "date", "type": kind, "dateFrom": day, "dateTo": to})

        for day in ("9999-12-31 00:00:00", last[1:20].replace("'", "")):
            assert (those("equals", day), those("notEqual", day)) == ({0}, {1})
            assert (those("lessThan", day), those("greaterThanOrEqual", day)) == ({1}, {0})
            assert (those("lessThanOrEqual", day), those("greaterThan", day)) == ({0, 1}, set())
        assert those("inRange", "2026-12-31", "9999-12-31") == {0, 1}
        assert those("inRange", "9999-12-31", "9999-12-31") == {0}
        check_groups(client)


class Level(IntEnum):
    LOW = 1


class Side(Enum):
    BUY = "buy"
    SELL = "sell"


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([Level.LOW, 2], [1, 2]),
        ([type("Number", (int,), {})(2**53), None], ["9007199254740992", None]),
        ([Side.BUY, Side.SELL], ["buy", "sell"]),
        (["a\ud800b", "é"], ["a?b", "é"]),
        ([[1], None], [[1], None]),
    ],
    ids=["IntEnum", "int", "Enum", "surrogate", "list"],
)
def test_values_of_rows_of_any_class(values, shown):
    client = client_of(source=[{"id": number, "v": value} for number, value in enumerate(values)], key="id")
    assert [row["v"] for row in ask(client)["rowData"]] == shown
    assert filtered(client, {"filterType": "set", "values": [None]}) == {
        number for number, value in enumerate(values) if value is None
    }
    for name in ("export.csv", "export.xlsx"):
        assert client.get(f"/openbb/widgets/rows/{name}").status_code == 200


ANYTHING = ["1", "1.5", "'text'", "x'00ff'", "NULL", "9e999"]


@pytest.mark.parametrize("kind", ["INTEGER", "REAL", "DECIMAL(10, 2)", "TEXT", "", "DATE", "DATETIME", "STRING"])
def test_columns_of_sqlite_hold_anything(kind):
    with made("sqlite", kind, ANYTHING) as client:
        assert ask(client)["rowCount"] == len(ANYTHING)
        for path in ("values/v", "export.csv", "export.xlsx"):
            assert client.get(f"/openbb/widgets/rows/{path}").status_code == (
                422 if path == "values/v" and not kind else 200
            )
        if kind:
            groups = ask(client, rowGroupCols=[{"field": "v"}], valueCols=[{"field": "v", "aggFunc": "max"}])
            assert groups["rowCount"] == len(ANYTHING)


ODD = [
    ("postgresql", "date", ["'-infinity'", "'infinity'", "'4713-01-01 BC'", "'5874897-12-31'"]),
    ("postgresql", "timestamp", ["'-infinity'", "'infinity'", "'0044-03-15 12:00 BC'", "'294276-12-31'"]),
    ("postgresql", "timestamptz", ["'infinity'", "'0044-03-15 12:00Z BC'", "'294276-12-31Z'"]),
    ("mariadb", "DATE", ["'0000-00-00'", "'2026-00-00'"]),
    ("mariadb", "DATETIME", ["'0000-00-00 00:00:00'", "'2026-00-01 10:00:00'"]),
    ("duckdb", "DATE", ["'4713-01-01 (BC)'", "'5874897-12-31'"]),
    ("duckdb", "TIMESTAMP", ["'0044-03-15 (BC) 12:00:00'", "'294247-01-01'"]),
]


@pytest.mark.parametrize(("engine", "kind", "values"), ODD, ids=[f"{e[0]}-{e[1]}" for e in ODD])
def test_times_that_python_has_none_for_are_shown_and_open(engine, kind, values):
    with made(engine, kind, [*values, "'2026-01-02'", "'9999-12-31'", "NULL"]) as client:
        found = check_groups(client)
        assert len(found) == len(values) + 3
        after = {"filterType": "date", "type": "greaterThan", "dateFrom": "2026-01-02"}
        assert len(values) in filtered(client, {**after, "type": "equals"})
        assert len(values) + 1 in filtered(client, after)
        for name in ("export.csv", "export.xlsx"):
            assert client.get(f"/openbb/widgets/rows/{name}").status_code == 200


def test_times_of_the_end_of_a_day_do_not_end_a_page_and_a_connection_reads_as_before():
    engine = sa_engine("postgresql")
    with made("postgresql", "time", ["'24:00:00'", "'10:00:00'"]) as client:
        assert [row["v"] for row in ask(client)["rowData"]] == ["24:00:00", "10:00:00"]
    with engine.connect() as connection:
        name = f"openbb_{uuid.uuid4().hex[:12]}"
        connection.exec_driver_sql(f"CREATE TABLE {name} (id BIGINT PRIMARY KEY, v date)")
        connection.exec_driver_sql(f"INSERT INTO {name} VALUES (0, 'infinity')")
        connection.commit()
    try:
        assert ask(client_of(bind=engine, table=name))["rowData"] == [{"id": 0, "v": "infinity"}]
        with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="date too large"):
            connection.exec_driver_sql("SELECT 'infinity'::date").all()
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE {name}")
        engine.dispose()


LOOSE = [
    ("DECIMAL(10, 2)", ["1.5", "9007199254740993", "'n/a'", "NULL"]),
    ("UNSIGNED BIG INT", ["0", "18446744073709551615", "'n/a'", "''"]),
    ("STRING", ["'a'", "'007'", "1.5"]),
    ("DATE", ["'2026-01-02'", "'n/a'", "20260102", "'2026-01-02 10:00:00'"]),
    (
        "DATETIME",
        [
            "'2026-01-02 10:00:00'",
            "'2026-01-02T10:00:01'",
            "'2026-01-02T10:00:02.123Z'",
            "'2026-01-02 11:00:00.000000'",
            "'2026-01-02 11:00:00.500'",
            "'2026-01-02 11:00:00.7'",
            "'2026-01-02 11:00:01.000'",
            "'2026-01-02T11:00:00.250'",
            "'2026-01-02 11:00:00.125000'",
            "'2026-01-02T11:00:01.125000'",
            "'2026-01-02T11:00:02.000000'",
            "'2026-01-02T11:00:00.12345Z'",
            "'2026-01-02 12:00'",
            "'2026-01-02'",
        ],
    ),
    ("TIMESTAMP", ["1767348000", "'2026-01-02 10:00:00.000000'", "NULL"]),
]


@pytest.mark.parametrize(("kind", "values"), LOOSE, ids=[each[0] for each in LOOSE])
def test_groups_of_mixed_columns_of_sqlite_open(kind, values):
    with made("sqlite", kind, values) as client:
        check_groups(client)


def test_text_of_sqlite_that_is_no_utf_8_is_shown(tmp_path):
    bind = sa.create_engine(f"sqlite:///{tmp_path}/texts.sqlite")
    with bind.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
        connection.exec_driver_sql("INSERT INTO t VALUES (0, CAST(x'61ff' AS TEXT)), (1, 'a')")
    assert [row["v"] for row in ask(client_of(bind=bind, table="t"))["rowData"]] == ["a\ufffd", "a"]
    with bind.connect() as connection, pytest.raises(sa.exc.OperationalError, match="UTF-8"):
        connection.exec_driver_sql("SELECT v FROM t").all()
    bind.dispose()


@pytest.mark.parametrize(("kind", "value"), [("JSON", "'{'"), ("TIME", "'24:00:00'")])
def test_cells_of_sqlite_that_are_not_of_their_type_are_text(kind, value):
    with made("sqlite", kind, [value]) as client:
        assert ask(client)["rowData"] == [{"id": 0, "v": value.strip("'")}]


def test_times_of_nanoseconds_are_filtered_by_any_day():
    values = ["'2026-01-02 10:00:00'", "'2262-04-11 23:47:16'", "'1677-09-23'", "NULL"]
    with made("duckdb", "TIMESTAMP_NS", values) as client:

        def those(kind, day, to=None):
            return filtered(client, {"filterType": "date", "type": kind, "dateFrom": day, "dateTo": to})

        assert (those("greaterThan", "1500-01-01"), those("lessThan", "1500-01-01")) == ({0, 1, 2}, set())
        assert (those("lessThan", "9999-12-31"), those("greaterThan", "9999-12-31")) == ({0, 1, 2}, set())
        assert (those("equals", "9999-12-31"), those("notEqual", "0001-01-01")) == (set(), {0, 1, 2})
        assert those("inRange", "0001-01-01", "2026-01-02") == {0, 2}
        check_groups(client)


@pytest.mark.parametrize(
    "body",
    [
        {"sortModel": [{"colId": "v", "sort": "asc"}]},
        {"rowGroupCols": [{"field": "v"}]},
        {"filterModel": {"v": {"filterType": "set", "values": ["x"]}}},
    ],
    ids=["sort", "group", "set"],
)
def test_what_is_only_shown_says_so_and_what_to_do(body):
    with made("duckdb", "INTEGER[]", ["[1]"]) as client:
        said = refused(client, **body)
        assert "'v'" in said
        assert "cast it in the select()" in said
