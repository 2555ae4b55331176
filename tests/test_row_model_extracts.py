"""What a row model serves beside its pages: a column's values, CSV and Excel, each as large as it needs to be."""

import csv
import datetime as dt
import io
import socket
import sys
import time
import tracemalloc
import uuid
from decimal import Decimal

import duckdb
import openpyxl
import pandas
import pytest
import sqlalchemy as sa
from rowmodel_data import ENGINES, sa_engine

from flask_openbb import OpenBB, RowTimeoutError
from flask_openbb.rowmodel import RowColumn, RowColumns, Source, engines
from flask_openbb.rowmodel.engine_python import PythonEngine
from flask_openbb.web.row_watch import watch_of_process

NIGHT = dt.timezone(dt.timedelta(hours=-5))
ROWS = [
    {"id": 1, "name": "=1+1", "price": 1.5, "fee": Decimal("0.10"), "day": dt.date(2026, 3, 1), "on": True},
    {"id": 2, "name": 'a "b", c\r\nd', "price": None, "fee": Decimal(2), "day": None, "on": False},
    {"id": 2**53 + 1, "name": "", "price": 0.1, "fee": None, "day": dt.date(1850, 1, 1), "on": None},
    {"id": -(10**16), "name": None, "price": 2.5e15, "fee": Decimal(1), "day": dt.date(2026, 3, 2), "on": True},
]
AT = [
    {"id": 1, "at": dt.datetime(2026, 3, 1, 22, 30, tzinfo=NIGHT), "raw": b"\x01\x02", "tags": [1, "a"]},
    {"id": 2, "at": dt.datetime(2026, 3, 2, 1, 0, tzinfo=NIGHT), "raw": None, "tags": {"a": Decimal("0.5")}},
]


@pytest.fixture
def trades(app, openbb):
    @app.post("/trades")
    @openbb.row_model(source=ROWS, key="id")
    def trades(source, least: int = -(10**17)):
        return [row for row in source if row["id"] >= least]

    @app.post("/times")
    @openbb.row_model(source=AT, key="id", time_zone="America/New_York")
    def times(): ...


def read(answer):
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True), newline="")))


def test_csv_holds_every_value_as_it_is(client, trades):
    answer = client.post("/openbb/widgets/trades/export.csv", json={})
    assert answer.status_code == 200
    assert {name: answer.headers[name] for name in ("Content-Type", "Content-Disposition", "Cache-Control")} == {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": "attachment; filename=trades.csv",
        "Cache-Control": "no-store",
    }
    assert read(answer) == [
        ["id", "name", "price", "fee", "day", "on"],
        ["-10000000000000000", "", "2500000000000000.0", "1", "2026-03-02", "true"],
        ["1", "=1+1", "1.5", "0.10", "2026-03-01", "true"],
        ["2", 'a "b", c\r\nd', "", "2", "", "false"],
        ["9007199254740993", "", "0.1", "", "1850-01-01", ""],
    ]


def test_an_export_has_the_filters_sorts_and_parameters_of_the_grid(client, trades):
    asked = '{"filterModel":{"on":{"filterType":"boolean","type":"true"}},"sortModel":[{"colId":"id","sort":"desc"}]}'
    url = "/openbb/widgets/trades/export.csv"
    assert [row[0] for row in read(client.get(url, query_string={"request": asked}))] == [
        "id",
        "1",
        "-10000000000000000",
    ]
    assert [row[0] for row in read(client.get(url, query_string={"request": asked, "least": "0"}))] == ["id", "1"]
    assert [row[0] for row in read(client.post(f"{url}?least=0", data=asked))] == ["id", "1"]
    grouped = {"rowGroupCols": [{"field": "on"}], "groupKeys": ["false"], "startRow": 3, "endRow": 4}
    assert [row[0] for row in read(client.post(url, json=grouped))] == ["id", "2"]


def test_excel_holds_text_as_text_and_times_as_times(client, trades):
    answer = client.get("/openbb/widgets/trades/export.xlsx")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells == [
        ["id", "name", "price", "fee", "day", "on"],
        ["-10000000000000000", None, 2.5e15, 1, dt.datetime(2026, 3, 2), True],
        [1, "=1+1", 1.5, 0.1, dt.datetime(2026, 3, 1), True],
        [2, 'a "b", c_x000D_\nd', None, 2, None, False],  # how the format writes a CR, which openpyxl leaves
        ["9007199254740993", "", 0.1, None, "1850-01-01", None],
    ]
    assert sheet["B3"].data_type == "s"
    times = openpyxl.load_workbook(io.BytesIO(client.get("/openbb/widgets/times/export.xlsx").data)).active
    assert [[cell.value for cell in row] for row in times.iter_rows(min_row=2)] == [
        [1, dt.datetime(2026, 3, 1, 22, 30), "0x0102", '[1,"a"]'],
        [2, dt.datetime(2026, 3, 2, 1, 0), None, '{"a":0.5}'],
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/openbb/widgets/trades/values/on", [None, False, True]),
        ("/openbb/widgets/trades/values/name?search=B", ['a "b", c\r\nd']),
        ("/openbb/widgets/trades/values/day?least=2", [None, "1850-01-01"]),
        ("/openbb/widgets/trades/values/id?least=3", ["9007199254740993"]),
    ],
    ids=["all", "search", "parameter", "big"],
)
def test_the_values_of_a_column_are_those_that_pass(client, trades, url, expected):
    assert client.get(url).get_json() == expected


def test_values_are_filtered_as_the_grid_is(client, trades):
    body = {"filterModel": {"on": {"filterType": "boolean", "type": "true"}}}
    assert client.post("/openbb/widgets/trades/values/name", json=body).get_json() == [None, "=1+1"]


def test_the_values_of_a_column_are_the_options_of_a_parameter(app, openbb, client, trades):
    from typing import Annotated

    from flask_openbb import Param

    @app.get("/quotes")
    @openbb.table
    def quotes(name: Annotated[str, Param(options="openbb/widgets/trades/values/name")] = ""):
        return [{"name": name}]

    assert [fault for fault in openbb.validate(app) if fault.severity != "hint"] == []
    found = client.get("/widgets.json").get_json()["quotes"]["params"][0]["optionsEndpoint"]
    assert client.get(f"/{found}").status_code == 200


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("values/nope", 422, "there is no column 'nope'"),
        ("values/name?search=%00", 422, "search: text may not hold a NUL"),
        ("values/name?search=" + "x" * 10_001, 422, "search: text of 10,001 characters is too long"),
        ("values/", 404, "No widget"),
        ("export.pdf", 404, "No widget"),
        ("export.csv?request={", 422, "request is not JSON"),
        ("export.csv?request=[]", 422, "expected an object"),
        ("export.csv?least=x", 422, "least"),
        ('export.csv?request={"filterModel":{"nope":{}}}', 422, "nope"),
    ],
    ids=["column", "search", "long search", "no-column", "format", "json", "object", "parameter", "filter"],
)
def test_what_is_refused_has_a_status_and_says_why(client, trades, url, status, said):
    answer = client.get(f"/openbb/widgets/trades/{url}")
    assert answer.status_code == status
    assert said in answer.get_json()["detail"]


def test_too_many_rows_are_refused_not_cut(make_app):
    app = make_app(OPENBB_ROW_MODEL_EXPORT_ROWS=3)
    openbb = OpenBB(app)

    @app.post("/trades")
    @openbb.row_model(source=ROWS, key="id")
    def trades(): ...

    client = app.test_client()
    answer = client.get("/openbb/widgets/trades/export.csv")
    assert (answer.status_code, answer.get_json()["detail"]) == (
        422,
        "4 rows are too many for one file: at most 3. Filter more narrowly.",
    )
    fewer = '{"filterModel":{"on":{"filterType":"boolean","type":"true"}}}'
    assert client.get("/openbb/widgets/trades/export.csv", query_string={"request": fewer}).status_code == 200


def test_a_page_may_read_an_export_and_others_may_not(client, trades):
    for origin, allowed in (("https://pro.openbb.co", True), ("https://evil.example", False)):
        ask = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answers = [
            client.options("/openbb/widgets/trades/export.csv", headers=ask),
            client.get("/openbb/widgets/trades/export.csv", headers={"Origin": origin}),
        ]
        assert [answer.headers.get("Access-Control-Allow-Origin") for answer in answers] == [
            origin if allowed else None
        ] * 2
    assert client.delete("/openbb/widgets/trades/export.csv").status_code == 405


def test_an_argument_of_the_rule_and_a_prefix_reach_an_export(make_app):
    app = make_app(OPENBB_URL_PREFIX="/book")
    openbb = OpenBB(app)

    @app.post("/book/trades/<int:least>")
    @openbb.row_model(source=ROWS, key="id", id="all trades")
    def trades(source, least: int):
        return [row for row in source if row["id"] >= least]

    answer = app.test_client().get("/book/openbb/widgets/all trades/export.csv?least=2")
    assert answer.headers["Content-Disposition"] == "attachment; filename=all_trades.csv"
    assert [row[0] for row in read(answer)] == ["id", "2", "9007199254740993"]


def test_excel_without_its_package_names_it(app, openbb, client, trades, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    answer = client.get("/openbb/widgets/trades/export.xlsx")
    assert answer.status_code == 503
    assert "pip install 'Flask-OpenBB[excel]'" in caplog.text


class Counting:
    """An engine of a user's own, with as many rows as are wanted."""

    name = "counting"

    def __init__(self, total, fail_at=None):
        self.total, self.fail_at, self.closed = total, fail_at, False
        self.given = 0

    def rows(self, plan, guard):
        return [(number, "x" * 100) for number in range(plan.start, min(plan.end, self.total))]

    def count(self, plan, guard):
        return self.total

    def points(self, names, where, limit, guard):
        return []

    def stream(self, plan, guard):
        try:
            for number in range(self.total):
                if number == self.fail_at:
                    raise sa.exc.OperationalError("SELECT secret", {}, Exception("lost"))
                self.given += 1
                yield number, "x" * 100
        finally:
            self.closed = True


def counting(app, openbb, *, total, fail_at=None, **options):
    engine = Counting(total, fail_at)
    columns = RowColumns([RowColumn("id", "integer", nullable=False), RowColumn("text")])

    @app.post("/trades")
    @openbb.row_model(source=Source(columns, ("id",), engine), **options)
    def trades(): ...

    return engine


def test_an_export_whose_client_reads_no_more_ends_in_time(make_app, monkeypatch):
    app = make_app()
    engine = counting(app, OpenBB(app), total=10**9, export_rows=10**9, export_timeout=0.5)
    monkeypatch.setattr(engines, "monotonic", lambda: engine.given / 100_000)
    here, there = socket.socketpair()
    with here, there:
        url, environ = "/openbb/widgets/trades/export.csv", {"gunicorn.socket": here}
        answer = app.test_client().get(url, buffered=False, environ_overrides=environ)
        # The server is sending meanwhile, which ends now.
        there.settimeout(60)
        assert there.recv(1) == b""
        answer.close()
    assert engine.closed


def test_an_export_ends_in_time_and_when_its_client_is_gone(make_app, monkeypatch):
    app = make_app()
    engine = counting(app, OpenBB(app), total=10**9, export_rows=10**9, export_timeout=0.5)
    monkeypatch.setattr(engines, "monotonic", lambda: engine.given / 100_000)
    url = "/openbb/widgets/trades/export.csv"
    with pytest.raises(RowTimeoutError, match=r"longer than 0\.5 s"):
        app.test_client().get(url, buffered=True)
    assert engine.closed
    answer = app.test_client().get(url.replace("csv", "xlsx"))
    assert answer.status_code == 422

    engine.closed = False
    here, there = socket.socketpair()
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with here:
        answer = app.test_client().get(url, buffered=False, environ_overrides={"gunicorn.socket": here})
        parts = answer.iter_encoded()
        next(parts)
        there.close()
        watch_of_process().look()
        with pytest.raises(RowTimeoutError, match="nobody waits"):
            list(parts)
        answer.close()
    assert engine.closed


def test_an_export_that_was_sent_is_watched_no_more(app, openbb):
    counting(app, openbb, total=3)
    here, there = socket.socketpair()
    with here, there:
        answer = app.test_client().get("/openbb/widgets/trades/export.csv", environ_overrides={"gunicorn.socket": here})
        assert answer.get_data().count(b"\r\n") == 4
        answer.close()
        assert not watch_of_process()._watched


@pytest.fixture(params=ENGINES)
def numbers(request, tmp_path):
    """A million rows of a database of each kind: what to bind, and the name of the view."""
    table, view = (f"openbb_{uuid.uuid4().hex[:12]}" for _ in "ab")
    select = f"SELECT a.n * 1000 + b.n AS id, 'x' AS x FROM {table} a, {table} b"
    if request.param == "duckdb":
        bind = tmp_path / "numbers.duckdb"
        with duckdb.connect(str(bind)) as connection:
            connection.execute(f"CREATE TABLE {table} AS SELECT range AS n FROM range(1000)")
            connection.execute(f"CREATE VIEW {view} AS {select}")
        yield bind, view
        return
    engine = sa_engine(request.param)
    bind = sa.create_engine(engine.url, pool_size=1, max_overflow=0) if request.param != "sqlite" else engine
    with bind.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {table} (n BIGINT)")
        connection.execute(sa.text(f"INSERT INTO {table} VALUES (:n)"), [{"n": number} for number in range(1000)])
        if request.param == "sqlite":  # which knows no type of an expression in a view
            connection.exec_driver_sql("CREATE TABLE m (id BIGINT, x TEXT)")
            connection.exec_driver_sql(f"INSERT INTO m {select}")
            select = "SELECT id, x FROM m"
        connection.exec_driver_sql(f"CREATE VIEW {view} AS {select}")
    yield bind, view
    with bind.begin() as connection:
        connection.exec_driver_sql(f"DROP VIEW {view}")
        connection.exec_driver_sql(f"DROP TABLE {table}")
    bind.dispose()
    engine.dispose()


def test_an_export_of_any_database_ends_in_time_and_gives_its_connection_back(
    app, openbb, client, numbers, monkeypatch
):
    bind, view = numbers

    @app.post("/numbers")
    @openbb.row_model(table=view, key="id", bind=bind, export_timeout=60, timeout=60)
    def rows(): ...

    answer = client.get("/openbb/widgets/rows/export.csv", buffered=False)
    parts = answer.iter_encoded()
    assert next(parts).startswith(b"id,x\r\n0,x\r\n")
    monkeypatch.setattr(engines, "monotonic", lambda: time.monotonic() + 61)
    with pytest.raises(RowTimeoutError, match="longer than 60 s"):
        list(parts)
    answer.close()
    assert client.post("/numbers", json={"endRow": 1}).get_json() == {
        "rowData": [{"id": 0, "x": "x"}],
        "rowCount": 10**6,
    }


BYTES = bytes(range(256))
ODD = [
    {"id": 1, "raw": BYTES, "many": [BYTES], "number": float("inf"), "exact": Decimal("1.2345678901234567")},
    {"id": 2, "raw": None, "many": None, "number": float("-inf"), "exact": Decimal("Infinity")},
    {"id": 3, "raw": memoryview(b""), "many": {"a": b"x"}, "number": None, "exact": Decimal("123456789012345e-3")},
]


def test_an_export_loses_nothing_that_a_grid_need_not_show(app, openbb, client):
    kinds = {"id": "integer", "raw": "other", "many": "other", "number": "number", "exact": "decimal"}
    columns = RowColumns([RowColumn(name, kind) for name, kind in kinds.items()])

    @app.post("/odd")
    @openbb.row_model(source=Source(columns, ("id",), PythonEngine(ODD, columns)))
    def odd(): ...

    whole = f"0x{BYTES.hex()}"
    shown = client.post("/odd", json={}).get_json()["rowData"][0]
    assert shown["raw"] == f"0x{BYTES[:32].hex()}…"
    rows = read(client.get("/openbb/widgets/odd/export.csv"))
    assert rows[1:] == [
        ["1", whole, f'["{whole}"]', "Infinity", "1.2345678901234567"],
        ["2", "", "", "-Infinity", "Infinity"],
        ["3", "0x", '{"a":"0x78"}', "", "123456789012.345"],
    ]
    book = openpyxl.load_workbook(io.BytesIO(client.get("/openbb/widgets/odd/export.xlsx").get_data()))
    assert [[cell.value for cell in row] for row in book.active.iter_rows(min_row=2)] == [
        [1, whole, f'["{whole}"]', "Infinity", "1.2345678901234567"],
        [2, None, None, "-Infinity", "Infinity"],
        [3, "0x", '{"a":"0x78"}', None, 123456789012.345],
    ]


def test_what_no_cell_of_excel_can_hold_is_refused_not_cut(app, openbb, client):
    at = pandas.Timestamp("2026-03-01 12:30")

    @app.post("/long")
    @openbb.row_model(
        source=[{"id": 1, "text": "x" * 32_767, "at": at}, {"id": 2, "text": "y" * 32_768, "at": at}], key="id"
    )
    def long(): ...

    answer = client.get("/openbb/widgets/long/export.xlsx")
    assert (answer.status_code, answer.get_json()["detail"]) == (
        422,
        "row 2 has 32,768 characters in column 'text', and a cell of Excel holds 32,767. "
        "Take CSV, or filter the row out.",
    )
    body = {"filterModel": {"id": {"filterType": "number", "type": "equals", "filter": 1}}}
    answer = client.post("/openbb/widgets/long/export.xlsx", json=body)
    cells = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(answer.get_data())).active[2]]
    assert cells == [1, "x" * 32_767, dt.datetime(2026, 3, 1, 12, 30)]
    assert read(client.get("/openbb/widgets/long/export.csv"))[2][1] == "y" * 32_768


@pytest.mark.parametrize(("end", "rows", "least"), [("csv", 60_000, 6_000_000), ("xlsx", 6_000, 30_000)])
def test_a_large_export_is_streamed_in_bounded_memory(app, openbb, client, end, rows, least):
    engine = counting(app, openbb, total=rows)
    client.get(f"/openbb/widgets/trades/export.{end}").close()  # what is imported and kept
    tracemalloc.start()
    answer = client.get(f"/openbb/widgets/trades/export.{end}", buffered=False)
    size = sum(len(part) for part in answer.iter_encoded())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > least
    assert peak < 2_500_000
    assert engine.closed


def test_an_export_that_nobody_reads_further_lets_its_rows_go(app, openbb, client):
    engine = counting(app, openbb, total=60_000)
    answer = client.get("/openbb/widgets/trades/export.csv", buffered=False)
    next(answer.iter_encoded())
    assert not engine.closed
    answer.close()
    assert engine.closed


def test_a_failure_before_the_first_rows_is_an_answer_and_after_it_an_end(app, openbb, client, caplog):
    engine = counting(app, openbb, total=60_000, fail_at=10)
    answer = client.get("/openbb/widgets/trades/export.csv")
    assert (answer.status_code, answer.get_json()) == (
        503,
        {"detail": "The rows could not be read; the server's log says why."},
    )
    engine.fail_at = 5_000
    with pytest.raises(sa.exc.OperationalError):
        client.get("/openbb/widgets/trades/export.csv", buffered=True)
