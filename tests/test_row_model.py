"""A row model over HTTP: its manifest, its pages from every engine, its refusals, and who sees which rows."""

import datetime as dt
import gc
import json
import logging
import weakref
from decimal import Decimal

import duckdb
import pandas as pd
import polars as pl
import pytest
import sqlalchemy as sa
from flask import abort, g, request
from flask_sqlalchemy import SQLAlchemy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rowmodel_data import ENGINES, WAREHOUSES, made, rows_of
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from flask_openbb import ApiKeyAuth, Column, ManifestError, OpenBB, RowRequestError, RowTimeoutError
from flask_openbb.rowmodel import Limits, RowColumn, RowColumns, Source
from flask_openbb.rowmodel.engine_python import PythonEngine
from flask_openbb.web import row_columns

TRADES = [
    {
        "id": number,
        "desk": ("fx", "rates", None)[number % 3],
        "price": number / 4,
        "day": dt.date(2026, 1, 1) + dt.timedelta(number),
        "big": 2**53 + number,
        "open": number % 2 == 0,
    }
    for number in range(12)
]
TEXT = {"filterType": "text"}


class Base(DeclarativeBase):
    pass


class Trade(Base):
    __tablename__ = "trades"
    id: Mapped[int] = mapped_column(primary_key=True)
    desk: Mapped[str | None]
    price: Mapped[float]
    day: Mapped[dt.date]
    big: Mapped[int] = mapped_column(sa.BigInteger)
    open: Mapped[bool]


@pytest.fixture
def engine():
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(Trade), TRADES)
    yield engine
    engine.dispose()


@pytest.fixture
def ask(client):
    """Ask a row model as Workspace does, and want a page."""

    def ask(url="/trades", body=None, **options):
        answer = client.post(url, json={} if body is None else body, **options)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    return ask


def ids(page):
    return [row["id"] for row in page["rowData"]]


# -- What a view returns ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["python", *ENGINES, *WAREHOUSES])
def test_every_engine_answers_the_same_page_over_http(app, openbb, ask, name):
    rows = rows_of(60)

    def declare(source):
        @app.post("/trades")
        @openbb.row_model(source=source, key="id")
        def trades(): ...

    body = {
        "startRow": 0,
        "endRow": 7,
        "sortModel": [{"colId": "desk", "sort": "desc"}],
        "filterModel": {"desk": {"filterType": "text", "type": "notEqual", "filter": "fx"}},
    }
    wanted = sorted((row for row in rows if row["desk"] not in {"fx", "FX"}), key=lambda row: row["id"])
    wanted = sorted(wanted, key=lambda row: row["desk"], reverse=True)
    if name == "python":
        declare([{**row} for row in rows])
        page = ask(body=body)
    else:
        with made(name, rows) as source:
            declare(source)
            page = ask(body=body)
    assert (ids(page), page["rowCount"]) == ([row["id"] for row in wanted[:7]], len(wanted))


def test_a_view_narrows_by_its_parameters_and_says_nothing_where_source_says_it_all(app, openbb, ask, engine):
    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=engine)
    def trades(desk: str = "all"):
        return None if desk == "all" else sa.select(Trade).where(Trade.desk == desk)

    assert ask()["rowCount"] == 12
    assert ids(ask("/trades?desk=fx")) == [0, 3, 6, 9]
    # Workspace's connection test sends the parameters in the body.
    assert ids(ask(body={"startRow": 0, "endRow": 10, "desk": "rates"})) == [1, 4, 7, 10]


def test_a_view_alone_may_say_where_its_rows_are(app, openbb, ask, manifest, engine):
    @app.post("/trades")
    @openbb.row_model(bind=engine, key="n")
    def trades(least: int = 0):
        return sa.select(Trade.id.label("n"), Trade.desk).where(Trade.id >= least)

    assert ask("/trades?least=10")["rowData"] == [{"n": 10, "desk": "rates"}, {"n": 11, "desk": None}]
    assert ask("/trades?least=11")["rowCount"] == 1
    assert "data" not in manifest()["trades"]


def test_a_view_may_choose_between_tables_of_other_keys(app, openbb, ask, engine):
    desks = sa.Table("desks", sa.MetaData(), sa.Column("code", sa.Integer, primary_key=True))
    desks.create(engine)

    @app.post("/either")
    @openbb.row_model(bind=engine)
    def either(what: str = "trades"):
        return sa.select(Trade if what == "trades" else desks)

    assert ask("/either")["rowCount"] == 12
    assert ask("/either?what=desks") == {"rowData": [], "rowCount": 0}
    assert ask("/either")["rowCount"] == 12


def test_a_view_may_take_the_source_it_narrows(app, openbb, ask, manifest, tmp_path):
    path = tmp_path / "trades.parquet"
    pd.DataFrame(TRADES).to_parquet(path)

    @app.post("/trades")
    @openbb.row_model(source=path, key="id")
    def trades(source, desk: str = "fx"):
        return sa.select(source).where(source.c.desk == desk)

    assert ids(ask()) == [0, 3, 6, 9]
    assert ids(ask("/trades?desk=rates&source=x")) == [1, 4, 7, 10]
    assert [param["paramName"] for param in manifest()["trades"]["params"]] == ["desk"]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, list], ids=["pandas", "polars", "rows"])
def test_a_source_in_memory_is_taken_and_returned_as_it_is(app, openbb, ask, make):
    @app.post("/trades")
    @openbb.row_model(source=make(TRADES), key="id")
    def trades(source, half: bool = False):
        return source[:6] if half else source

    assert ask()["rowCount"] == 12
    assert ids(ask("/trades?half=true")) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "returned"])
def test_no_rows_are_an_empty_grid_and_few_rows_have_the_types_of_all(app, openbb, client, ask, declared):
    rows = [{"id": number, "price": number / 2 if number else None, "desk": "fx"} for number in range(4)]

    @app.post("/trades")
    @openbb.row_model(key="id", **({"source": rows} if declared else {}))
    def trades(most: int = 9):
        return [{**row, "twice": row["id"] * 2} for row in rows if row["id"] < most]

    cheap = {"filterModel": {"price": {"filterType": "number", "type": "lessThan", "filter": 1.25}}}
    grouped = {"rowGroupCols": [{"field": "desk"}], "valueCols": [{"field": "price", "aggFunc": "sum"}]}
    assert [row["twice"] for row in ask("/trades", body=cheap)["rowData"]] == [2, 4]
    for body in ({}, cheap, grouped):
        assert ask("/trades?most=0", body=body) == {"rowData": [], "rowCount": 0}
    assert client.get("/openbb/widgets/trades/values/id?most=0").get_json() == []
    heading = client.get("/openbb/widgets/trades/export.csv?most=0").get_data(as_text=True)
    assert heading == ("id,price,desk\r\n" if declared else "id\r\n")
    if declared:
        assert ask("/trades?most=1", body=cheap) == {"rowData": [], "rowCount": 0}


def test_the_table_is_found_by_its_name(app, openbb, ask, manifest, engine):
    @app.post("/trades")
    @openbb.row_model(bind=engine, table="trades")
    def trades(source, least: int = 0):
        return sa.select(source).where(source.c.id >= least)

    fields = [column["field"] for column in manifest()["trades"]["data"]["table"]["columnsDefs"]]
    assert fields == list(TRADES[0])
    assert ids(ask("/trades?least=9")) == [9, 10, 11]


def test_a_duckdb_file_a_function_and_a_connection_are_where_rows_are(app, openbb, ask, tmp_path):
    path = tmp_path / "book.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE trades AS SELECT range AS id, range % 2 AS side FROM range(10)")
    table = sa.table("trades", sa.column("id", sa.BigInteger), sa.column("side", sa.BigInteger))
    opened = duckdb.connect(str(path), read_only=True)

    @app.post("/file")
    @openbb.row_model(source=path, table="trades", key="id")
    def file(): ...

    @app.post("/bound")
    @openbb.row_model(bind=str(path), source=table, key="id")
    def bound():
        return sa.select(table).where(table.c.side == 1)

    @app.post("/function")
    @openbb.row_model(source=lambda: duckdb.connect(str(path), read_only=True), table="trades", key="id")
    def function(): ...

    @app.post("/connection")
    @openbb.row_model(bind=lambda: opened, table="trades", key="id")
    def connection(): ...

    found = {url: ask(url)["rowCount"] for url in ("/file", "/bound", "/function", "/connection")}
    opened.close()
    assert found == {"/file": 10, "/bound": 5, "/function": 10, "/connection": 10}


def test_an_async_view_a_method_view_and_a_blueprint_serve_row_models(app, ask):
    from flask import Blueprint
    from flask.views import MethodView

    openbb = OpenBB()
    blueprint = Blueprint("book", __name__, url_prefix="/book")

    @blueprint.post("/<desk>")
    @openbb.row_model(source=TRADES, key="id")
    async def trades(source, desk: str):
        return [row for row in source if row["desk"] == desk]

    @openbb.row_model(source=TRADES, key="id", id="view")
    class Rows(MethodView):
        def post(self, least: int = 0):
            return [row for row in TRADES if row["id"] >= least]

    app.add_url_rule("/view/", view_func=Rows.as_view("rows"))
    app.register_blueprint(blueprint)
    openbb.init_app(app)
    assert ids(ask("/book/fx")) == [0, 3, 6, 9]
    assert ids(ask("/view?least=11")) == [11]


def test_an_answer_that_is_one_already_is_sent_as_it_is(app, openbb, client):
    @app.post("/trades")
    @openbb.row_model(source=TRADES, key="id")
    def trades(how: str = ""):
        answer = {"rowData": [{"a": 1}], "rowCount": 1}
        return {"dict": answer, "tuple": (answer, 201), "error": {"error": "closed"}}.get(how)

    assert client.post("/trades?how=dict").get_json() == {"rowData": [{"a": 1}], "rowCount": 1}
    assert client.post("/trades?how=tuple").status_code == 201
    assert client.post("/trades?how=error").get_json() == {"error": "closed"}


# -- The wire ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"startRow": 0, "endRow": 500}},
        {"json": {}},
        {"data": b""},
        {"data": b"{}", "headers": {"Content-Type": "text/plain"}},
        {"json": {"startRow": 0, "endRow": 10, "grouping": {"rowGroupCols": []}, "other": [1], "filterModel": None}},
    ],
    ids=["mount", "empty-object", "empty-body", "no-type", "unknown-keys"],
)
def test_every_form_of_the_first_request_is_answered(app, openbb, client, sent):
    @app.post("/trades")
    @openbb.row_model(source=TRADES[:2], key="id")
    def trades(): ...

    answer = client.post("/trades", **sent)
    first = {"id": 0, "desk": "fx", "price": 0.0, "day": "2026-01-01", "big": "9007199254740992", "open": True}
    second = {"id": 1, "desk": "rates", "price": 0.25, "day": "2026-01-02", "big": "9007199254740993", "open": False}
    assert (answer.status_code, answer.get_json()) == (200, {"rowData": [first, second], "rowCount": 2})


def test_groups_open_by_the_keys_they_were_shown_with_and_pivots_name_their_columns(app, openbb, ask, engine):
    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=engine, null_label="none")
    def trades(): ...

    def grouped(column, *keys, **more):
        return ask(body={"rowGroupCols": [{"id": column, "field": column}], "groupKeys": list(keys), **more})

    total = {"valueCols": [{"id": "price", "field": "price", "aggFunc": "sum"}]}
    assert grouped("desk", **total)["rowData"] == [
        {"desk": "none", "price": 6.5},
        {"desk": "fx", "price": 4.5},
        {"desk": "rates", "price": 5.5},
    ]
    assert ids(grouped("desk", "none")) == [2, 5, 8, 11]
    for column in ("big", "day", "price", "open"):
        shown = grouped(column)["rowData"][1][column]
        assert grouped(column, shown)["rowCount"] == (6 if column == "open" else 1)
    pivot = {"pivotMode": True, "pivotCols": [{"id": "open", "field": "open"}], **total}
    assert grouped("desk", **pivot)["pivotResultFields"] == ["false_price", "true_price"]


def test_decimals_and_binary_cells_have_a_form_in_json(app, openbb, ask):
    rows = [
        {
            "id": 1,
            "fee": Decimal("0.1234567890123456789"),
            "raw": b"\x00\xff" * 40,
            "tags": [dt.date(2026, 1, 1), {"a": 1}],
        }
    ]

    @app.post("/trades")
    @openbb.row_model(source=rows, key="id")
    def trades(): ...

    @app.post("/exact")
    @openbb.row_model(source=rows, key="id", decimals="exact")
    def exact(): ...

    assert ask("/exact")["rowData"][0]["fee"] == "0.1234567890123456789"

    raw = "0x" + "00ff" * 16 + "…"
    assert ask()["rowData"] == [{"id": 1, "fee": 0.12345678901234568, "raw": raw, "tags": ["2026-01-01", {"a": 1}]}]


# -- Refusals ---------------------------------------------------------------------------------------------------------

BAD = {"filterModel": {"nope": {**TEXT, "type": "equals", "filter": "x"}}}
COLUMNS = "Columns: 'id', 'desk', 'price', 'day', 'big', 'open'."
SAID = f"filterModel.nope: there is no column 'nope'. Did you mean 'open'? {COLUMNS}"


@pytest.mark.parametrize(
    ("options", "config", "status"),
    [
        ({}, {}, 200),
        ({"errors": "status"}, {}, 422),
        ({}, {"OPENBB_ROW_MODEL_ERRORS": "status"}, 422),
        ({"errors": "toast"}, {"OPENBB_ROW_MODEL_ERRORS": "status"}, 200),
    ],
    ids=["default", "keyword", "setting", "keyword-wins"],
)
def test_what_the_user_can_mend_is_toasted_or_has_a_status(make_app, options, config, status):
    app = make_app(**config)
    openbb = OpenBB(app)

    @app.post("/trades")
    @openbb.row_model(source=TRADES, key="id", **options)
    def trades(): ...

    answer = app.test_client().post("/trades", json=BAD)
    assert answer.status_code == status
    if status == 200:
        assert answer.get_json() == {"error": SAID, "rowData": [], "rowCount": 0}
        assert answer.headers["Cache-Control"] == "no-store"
    else:
        error = {
            "loc": ["body", "filterModel.nope"],
            "msg": SAID.removeprefix("filterModel.nope: "),
            "type": "row_request",
        }
        assert answer.get_json() == {"detail": SAID, "errors": [error]}


@pytest.mark.parametrize(
    ("url", "sent", "said"),
    [
        ("/trades?size=x", {"json": {}}, "size"),
        ("/trades", {"data": b"{", "headers": {"Content-Type": "application/json"}}, "not JSON"),
        ("/trades", {"json": [1]}, "JSON array"),
        ("/trades?size=404", {"json": {}}, "No such size."),
        ("/trades", {"json": {"startRow": 0, "endRow": 60}}, "60 rows are too many: at most 50 a page."),
    ],
    ids=["parameter", "no-json", "no-object", "abort", "row-cap"],
)
def test_every_refusal_is_toasted(app, openbb, ask, url, sent, said):
    @app.post("/trades")
    @openbb.row_model(source=TRADES, key="id", limits=Limits(page=50, default_page=50))
    def trades(size: int = 0):
        if size:
            abort(size, "No such size.")

    client = app.test_client()
    answer = client.post(url, **sent)
    assert (answer.status_code, answer.get_json()["rowCount"]) == (200, 0)
    assert said in answer.get_json()["error"]


@pytest.mark.parametrize("errors", ["toast", "status"])
@pytest.mark.parametrize("where", ["view", "engine"])
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RowRequestError("filterModel.desk", "choose one desk."), "filterModel.desk: choose one desk."),
        (RowTimeoutError("the archive is asleep."), "The archive is asleep."),
    ],
    ids=["request", "timeout"],
)
def test_a_view_and_an_engine_may_refuse_in_words_of_their_own(app, openbb, client, errors, where, error, said):
    class Engine(PythonEngine):
        def rows(self, plan, guard):
            raise error

    columns = RowColumns([RowColumn("id", "integer")])
    source = Source(columns, ("id",), Engine([], columns))

    @app.post("/trades")
    @openbb.row_model(source=source, errors=errors)
    def trades():
        if where == "view":
            raise error

    answer = client.post("/trades", json={})
    if errors == "toast":
        assert (answer.status_code, answer.get_json()) == (200, {"error": said, "rowData": [], "rowCount": 0})
    else:
        assert (answer.status_code, answer.get_json()["detail"]) == (422, said)


def test_a_question_that_takes_too_long_is_the_users_to_mend(app, openbb, ask):
    numbers = sa.text(
        "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 900000000) SELECT id FROM n"
    )
    slow = numbers.columns(sa.column("id", sa.Integer)).subquery("n")

    @app.post("/trades")
    @openbb.row_model(source=sa.select(slow), bind="sqlite://", key="id", timeout=0.05)
    def trades(): ...

    assert ask()["error"].startswith("The question took longer than 0.05 s.")


@pytest.mark.parametrize("errors", ["toast", "status"])
def test_a_failed_database_is_logged_and_answered_without_its_reason(app, openbb, client, caplog, errors):
    secret = "hunter2"
    engine = sa.create_engine(
        f"postgresql+psycopg://user:{secret}@127.0.0.1:1/none", connect_args={"connect_timeout": 2}
    )

    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=engine, errors=errors)
    def trades(): ...

    answer = client.post("/trades", json={})
    said = "The rows could not be read; the server's log says why."
    if errors == "toast":
        assert (answer.status_code, answer.get_json()) == (200, {"error": said, "rowData": [], "rowCount": 0})
    else:
        assert (answer.status_code, answer.get_json()) == (503, {"detail": said})
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "Widget 'trades'" in caplog.text
    assert secret not in caplog.text


def test_an_error_in_the_view_is_the_views(app, openbb, client):
    app.config.update(TESTING=False)

    @app.post("/trades")
    @openbb.row_model(source=TRADES, key="id")
    def trades():
        raise KeyError("x")

    answer = client.post("/trades", json={})
    assert (answer.status_code, answer.get_json()) == (
        500,
        {"detail": "The server failed to answer; its log says why."},
    )


@pytest.mark.parametrize(
    ("options", "value", "said"),
    [
        ({}, None, "the view returned nothing."),
        ({}, sa.select(Trade), "A SQLAlchemy source needs bind="),
        ({}, "no.parquet", "key= is missing"),
        ({"key": "id"}, "no.parquet", "there is no file 'no.parquet'."),
        ({"key": "id", "bind": 7}, sa.select(Trade), "bind= is a int, which runs no SQL."),
        ({"key": "nope"}, TRADES, "key='nope'"),
        ({"key": "id", "source": TRADES}, sa.select(Trade), "cannot be narrowed"),
    ],
    ids=["nothing", "no-bind", "no-key", "no-file", "no-engine", "wrong-key", "rows"],
)
def test_what_a_view_returns_wrongly_is_in_the_log_and_not_in_the_answer(
    app, openbb, ask, caplog, options, value, said
):
    @app.post("/trades")
    @openbb.row_model(**options)
    def trades():
        return value

    assert ask()["error"] == "The rows could not be read; the server's log says why."
    assert said in caplog.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "startRow",
        "endRow",
        "rowGroupCols",
        "groupKeys",
        "valueCols",
        "pivotCols",
        "pivotMode",
        "filterModel",
        "sortModel",
    ]
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=80
)
@given(body=st.dictionaries(KEYS | st.just("grouping") | st.text(max_size=5), JSON, max_size=5) | JSON)
def test_no_json_is_a_500(make_app, body):
    app = make_app(TESTING=False)
    openbb = OpenBB(app)

    @app.post("/trades")
    @openbb.row_model(source=TRADES, key="id", errors="status")
    def trades(desk: str = ""): ...

    client = app.test_client()
    for url in ("/trades", "/openbb/widgets/trades/values/desk", "/openbb/widgets/trades/export.csv"):
        assert client.post(url, data=json.dumps(body), content_type="application/json").status_code in {200, 400, 422}


# -- Who sees which rows ----------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(make_app, engine):
    app = make_app()
    openbb = OpenBB(app, auth=ApiKeyAuth({"ann": "ann-key-of-16-chars", "bob": "bob-key-of-16-chars"}))

    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=engine)
    def trades():
        return sa.select(Trade).where(Trade.desk == {"ann": "fx", "bob": "rates"}[g.openbb_identity.name])

    @app.post("/filled")
    @openbb.row_model(source=Trade, bind=engine)
    def filled(least: int = 0):
        allowed = [0, 1] if g.openbb_identity.name == "ann" else [0, 1, 2]
        return sa.select(Trade).where(Trade.id.in_(allowed), Trade.id >= least)

    return app.test_client()


def key_of(name):
    return {"X-API-KEY": f"{name}-key-of-16-chars"}


def test_two_identities_never_share_rows_or_totals(guarded):
    body = {"startRow": 0, "endRow": 1}

    def seen(name, url, **more):
        answer = guarded.post(url, json=body, headers=key_of(name)).get_json()
        return ids(answer), answer["rowCount"]

    for _ in range(3):
        assert seen("ann", "/trades") == ([0], 4)
        assert seen("bob", "/trades") == ([1], 4)
        assert seen("ann", "/filled") == ([0], 2)
        assert seen("bob", "/filled") == ([0], 3)
        assert seen("bob", "/filled?least=1") == ([1], 2)


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "returned"])
@pytest.mark.parametrize("database", ["sql", "duckdb"])
def test_a_value_that_is_a_function_of_the_caller_is_asked_for_each_request(
    make_app, engine, tmp_path, database, declared
):
    app = make_app()
    openbb = OpenBB(app, auth=ApiKeyAuth({"ann": "ann-key-of-16-chars", "bob": "bob-key-of-16-chars"}))
    bind = engine if database == "sql" else tmp_path / "trades.duckdb"
    if database == "duckdb":
        with duckdb.connect(str(bind)) as connection:
            connection.execute(
                "CREATE TABLE trades AS SELECT i AS id, ['fx', 'rates', ''][i % 3 + 1] AS desk FROM range(12) t(i)"
            )
    table = sa.Table(
        "trades", sa.MetaData(), sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("desk", sa.String)
    )
    desk = sa.bindparam("desk", callable_=lambda: {"ann": "fx", "bob": "rates"}[g.openbb_identity.name])
    own = sa.select(table).where(table.c.desk == desk)

    @app.post("/trades")
    @openbb.row_model(source=own if declared else table, bind=bind, key="id")
    def trades():
        return None if declared else own

    client = app.test_client()
    fields = client.get("/widgets.json", headers=key_of("ann")).get_json()["trades"]["data"]["table"]["columnsDefs"]
    assert [column["field"] for column in fields] == ["id", "desk"]
    for name, desks in (("ann", {"fx"}), ("bob", {"rates"}), ("ann", {"fx"})):
        answer = client.post("/trades", json={"startRow": 0, "endRow": 2}, headers=key_of(name)).get_json()
        assert {row["desk"] for row in answer["rowData"]} == desks
        assert answer["rowCount"] == 4


@pytest.mark.parametrize("end", ["", "/values/desk", "/export.csv", "/export.xlsx"])
def test_everything_of_a_row_model_is_behind_its_door(guarded, end):
    url = f"/openbb/widgets/trades{end}" if end else "/trades"
    for method in ("post", "get") if end else ("post",):
        ask = getattr(guarded, method)
        assert ask(url).status_code == 401
        assert ask(url, headers={"X-API-KEY": "wrong"}).status_code == 403
        assert ask(url, headers=key_of("ann")).status_code == 200


def test_totals_are_counted_once_for_each_caller_and_filter(app, openbb, ask, engine):
    counted = []
    sa.event.listen(
        engine, "before_cursor_execute", lambda *said: counted.append(said[2]) if "count(" in said[2] else None
    )

    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=engine)
    def trades(desk: str = "fx"):
        return sa.select(Trade).where(Trade.desk == desk)

    page = {"startRow": 0, "endRow": 2}
    for _ in range(3):
        assert ask(body=page)["rowCount"] == 4
        assert ask(body={**page, "sortModel": [{"colId": "price", "sort": "desc"}]})["rowCount"] == 4
    assert len(counted) == 1
    ask("/trades?desk=rates", body=page)
    ask(body={**page, "filterModel": {"id": {"filterType": "number", "type": "lessThan", "filter": 9}}})
    assert len(counted) == 3


def test_a_total_that_a_page_belies_is_counted_anew(app, openbb, ask, engine):
    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=engine)
    def trades(): ...

    def page(start, **more):
        found = ask(body={"startRow": start, "endRow": start + 2, **more})
        return len(found["rowData"]), found["rowCount"]

    desks = {"rowGroupCols": [{"field": "desk"}]}
    assert page(0) == (2, 12)
    assert page(0, **desks) == (2, 3)
    with engine.begin() as connection:
        connection.execute(sa.delete(Trade).where(Trade.id == 11))
    assert page(0) == (2, 12)
    assert page(10) == (1, 11)
    assert page(0) == (2, 11)
    with engine.begin() as connection:
        connection.execute(
            sa.insert(Trade), [{**TRADES[0], "id": number, "desk": str(number)} for number in (20, 21, 22)]
        )
    assert page(10) == (2, 14)
    assert page(2, **desks) == (2, 6)
    with engine.begin() as connection:
        connection.execute(sa.delete(Trade))
    assert page(0) == (0, 0)
    assert page(0, **desks) == (0, 0)


def test_a_submission_makes_the_totals_of_its_widgets_old(app, openbb, client, ask, engine):
    @app.post("/trades/new")
    @openbb.form(refreshes=["trades"])
    def new(desk: str):
        with engine.begin() as connection:
            connection.execute(sa.insert(Trade), {**TRADES[0], "id": 100, "desk": desk})
        return {"message": "stored"}

    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=engine)
    def trades(): ...

    page = {"startRow": 0, "endRow": 2}
    assert ask(body=page)["rowCount"] == 12
    assert client.post("/trades/new", json={"desk": "fx"}).status_code == 200
    assert ask(body=page)["rowCount"] == 13


@pytest.mark.parametrize("kind", ["frame", "engine"])
def test_what_a_request_made_is_let_go_after_it(app, openbb, ask, engine, kind):
    made = []

    def bind():
        own = engine.execution_options(logging_token=str(len(made)))
        made.append(weakref.ref(own))
        return own

    @app.post("/trades")
    @openbb.row_model(key="id", bind=bind if kind == "engine" else None)
    def trades():
        if kind == "engine":
            return sa.select(Trade)
        frame = pd.DataFrame(TRADES)
        made.append(weakref.ref(frame))
        return frame

    for _ in range(80):
        assert ask(body={"startRow": 0, "endRow": 2})["rowCount"] == 12
    gc.collect()
    assert len([each for each in made if each() is not None]) <= (64 if kind == "engine" else 1)


def test_totals_may_be_counted_each_time(make_app, engine):
    app = make_app(OPENBB_ROW_MODEL_COUNT_SECONDS=0)
    openbb = OpenBB(app)

    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=engine)
    def trades(): ...

    client = app.test_client()
    page = {"startRow": 0, "endRow": 2}
    assert client.post("/trades", json=page).get_json()["rowCount"] == 12
    with engine.begin() as connection:
        connection.execute(sa.delete(Trade).where(Trade.id == 11))
    assert client.post("/trades", json=page).get_json()["rowCount"] == 11


# -- Flask-SQLAlchemy -------------------------------------------------------------------------------------------------


@pytest.fixture
def db(app, tmp_path):
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path}/main.sqlite"
    app.config["SQLALCHEMY_BINDS"] = {"archive": f"sqlite:///{tmp_path}/archive.sqlite"}
    db = SQLAlchemy(app)
    yield db
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.mark.parametrize("given", [False, True], ids=["found", "given"])
def test_flask_sqlalchemy_is_one_line(app, openbb, ask, db, given):
    class Order(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        side = db.Column(db.String(4))

    class Old(db.Model):
        __bind_key__ = "archive"
        id = db.Column(db.Integer, primary_key=True)

    with app.app_context():
        db.create_all()
        db.session.add_all([Order(id=1, side="buy"), Order(id=2, side="sell"), Old(id=7)])
        db.session.commit()
    options = {"bind": db} if given else {}

    @app.post("/orders")
    @openbb.row_model(source=Order, **options)
    def orders(side: str = "", how: str = ""):
        if how == "query":
            return db.session.query(Order).filter_by(side=side)
        if how == "join":
            return sa.select(Order.id, Order.side).join(Old, Old.id == Order.id, isouter=True)
        return db.select(Order).filter_by(side=side) if side else Order

    @app.post("/old")
    @openbb.row_model(**options)
    def old():
        return db.select(Old)

    assert ask("/orders")["rowCount"] == 2
    assert ask("/orders?side=sell")["rowData"] == [{"id": 2, "side": "sell"}]
    assert ask("/orders?side=buy&how=query")["rowData"] == [{"id": 1, "side": "buy"}]
    assert ask("/old")["rowData"] == [{"id": 7}]


@pytest.mark.parametrize("kind", ["text", "url", "engine", "duckdb", "connection"])
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "returned"])
def test_a_function_gives_each_client_its_own_database(app, openbb, client, tmp_path, kind, declared):
    table = sa.Table(
        "own", sa.MetaData(), sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("who", sa.String)
    )
    binds = {}
    for number, who in enumerate(("ann", "bob")):
        rows = [{"id": each, "who": who} for each in range(number + 3)]
        if kind in {"duckdb", "connection"}:
            path = tmp_path / f"{who}.duckdb"
            with duckdb.connect(str(path)) as connection:
                connection.execute("CREATE TABLE own (id BIGINT, who VARCHAR)")
                connection.executemany("INSERT INTO own VALUES (?, ?)", [list(row.values()) for row in rows])
            binds[who] = path if kind == "duckdb" else duckdb.connect(str(path))
            continue
        engine = sa.create_engine(f"sqlite:///{tmp_path / who}.sqlite")
        table.create(engine)
        with engine.begin() as connection:
            connection.execute(table.insert(), rows)
        binds[who] = {"text": engine.url.render_as_string(), "url": engine.url, "engine": engine}[kind]

    @app.post("/own")
    @openbb.row_model(
        source=table if declared else None, key="id", bind=lambda: binds[request.headers.get("who", "ann")]
    )
    def own():
        return None if declared else sa.select(table)

    for who, total in (("ann", 3), ("bob", 4), ("ann", 3)):
        answer = client.post("/own", json={"endRow": 2}, headers={"who": who}).get_json()
        assert ({row["who"] for row in answer["rowData"]}, answer["rowCount"]) == ({who}, total)


def test_a_bind_key_that_is_none_is_named_in_the_log(app, openbb, ask, db, caplog):
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
    table.metadata.info["bind_key"] = "nope"

    @app.post("/t")
    @openbb.row_model(bind=db)
    def t():
        return table

    assert "error" in ask("/t")
    assert "no engine for the bind key 'nope'. It has: 'archive', None." in caplog.text


@pytest.mark.usefixtures("closed_engines")
def test_a_url_makes_one_engine(app, openbb, ask, tmp_path):
    path = tmp_path / "x.sqlite"
    engine = sa.create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()

    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=f"sqlite:///{path}")
    def trades(): ...

    assert ask() == {"rowData": [], "rowCount": 0}
    assert ask() == {"rowData": [], "rowCount": 0}


# -- The manifest -----------------------------------------------------------------------------------------------------


def test_a_sqlite_file_that_is_replaced_is_read_by_the_next_question(app, openbb, ask, tmp_path):
    @app.post("/trades")
    @openbb.row_model(bind=f"sqlite:///{tmp_path / 'trades.sqlite'}", table="trades")
    def trades(): ...

    for number in (1, 2):
        engine = sa.create_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE trades (id INTEGER PRIMARY KEY)")
            connection.exec_driver_sql(f"INSERT INTO trades VALUES ({number})")
        engine.dispose()
        (tmp_path / "new.sqlite").replace(tmp_path / "trades.sqlite")
        assert ask("/trades")["rowData"] == [{"id": number}]


def test_columns_come_from_the_source_and_declared_ones_win(app, openbb, manifest, engine):
    @app.post("/trades")
    @openbb.row_model(
        source=Trade,
        bind=engine,
        grid=(40, 20),
        columns=[Column("price", header_name="Last", agg_func="sum", prefix="$"), Column("desk", row_group=True)],
    )
    def trades():
        """Every trade."""

    widget = manifest()["trades"]
    assert (widget["type"], widget["endpoint"], widget["description"]) == ("ssrm_table", "trades", "Every trade.")
    assert widget["data"]["table"]["columnsDefs"] == [
        {
            "field": "price",
            "headerName": "Last",
            "chartDataType": "series",
            "cellDataType": "number",
            "prefix": "$",
            "aggFunc": "sum",
        },
        {
            "field": "desk",
            "headerName": "Desk",
            "chartDataType": "category",
            "cellDataType": "text",
            "rowGroup": True,
        },
        {"field": "id", "headerName": "Id", "chartDataType": "series", "cellDataType": "number"},
        {"field": "day", "headerName": "Day", "chartDataType": "time", "cellDataType": "date"},
        {"field": "big", "headerName": "Big", "chartDataType": "series", "cellDataType": "number"},
        {"field": "open", "headerName": "Open", "chartDataType": "category", "cellDataType": "boolean"},
    ]


def test_the_first_page_of_a_grid_that_was_just_placed_is_grouped_as_its_columns_are(app, openbb, engine, client, ask):
    @app.post("/trades")
    @openbb.row_model(
        source=Trade,
        bind=engine,
        columns=[Column("desk", row_group=True), Column("price", agg_func="max"), Column("gone", agg_func="sum")],
    )
    def trades():
        """Every trade."""

    groups = ask(body={"rowGroupCols": [{"field": "desk"}], "valueCols": [{"field": "price", "aggFunc": "max"}]})
    assert [sorted(row) for row in groups["rowData"]] == [["desk", "price"]] * groups["rowCount"]
    # The client has shown no grid yet, asks with nothing, and takes the answer for the grid's first page.
    assert ask(body={}) == groups
    assert client.post("/trades").get_json() == groups
    # What it reads the columns from, and what it tries a connection with, are rows.
    for size in (500, 10):
        assert "id" in ask(body={"startRow": 0, "endRow": size})["rowData"][0]
    assert client.get("/openbb/widgets/trades/export.csv").get_data(as_text=True).startswith("id,")


def test_declared_columns_that_the_source_lacks_are_told(app, openbb, engine):
    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=engine, columns=[Column("Desk"), Column("notional"), Column("price")])
    def trades():
        """Every trade."""

    told = [(fault.severity, fault.message, fault.fix.split("?")[0]) for fault in openbb.validate(app) if fault.widget]
    lacks = "The source has no column {!r}, which stays empty if the view selects none."
    columns = "Columns: 'id', 'desk', 'price', 'day', 'big', 'open'."
    assert told == [
        ("warning", lacks.format("Desk"), "Did you mean 'desk'"),
        ("hint", lacks.format("notional"), columns),
    ]


def test_a_source_that_cannot_be_reached_leaves_a_manifest_without_columns(
    app, openbb, client, caplog, tmp_path, monkeypatch
):
    path = tmp_path / "late.csv"

    @app.post("/late")
    @openbb.row_model(source=path, key="id")
    def late(): ...

    @app.post("/many")
    @openbb.row_model(source=tmp_path / "days" / "*.parquet", key="id")
    def many(): ...

    @app.post("/down")
    @openbb.row_model(bind="postgresql+psycopg://u:hunter2@127.0.0.1:1/none", table="trades", key="id")
    def down(): ...

    @app.post("/driverless")
    @openbb.row_model(bind="mysql+mysqldb://127.0.0.1/none", table="trades", key="id")
    def driverless(): ...

    found = client.get("/widgets.json").get_json()
    assert [name for name in ("late", "many", "down") if "data" in found[name]] == []
    faults = [str(fault) for fault in openbb.validate(app)]
    assert sum("its file is missing" in fault for fault in faults) == 2
    assert any("OperationalError" in fault for fault in faults)
    assert any("The source could not be read (No module named 'MySQLdb')" in fault for fault in faults)
    assert "hunter2" not in caplog.text + "".join(faults)
    path.write_text("id,side\n1,buy\n")
    monkeypatch.setattr("flask_openbb.web.assembly.AGAIN", -1.0)
    assert [
        each["field"] for each in client.get("/widgets.json").get_json()["late"]["data"]["table"]["columnsDefs"]
    ] == [
        "id",
        "side",
    ]


@pytest.mark.usefixtures("closed_engines")
def test_a_table_that_is_not_there_is_told_with_the_nearest(app, openbb, tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'book.sqlite'}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE trade (id INTEGER PRIMARY KEY)"))

    @app.post("/trades")
    @openbb.row_model(bind=engine, table="trades")
    def trades(): ...

    @app.post("/other")
    @openbb.row_model(bind=engine, table="xyz")
    def other(): ...

    @app.post("/dotted")
    @openbb.row_model(bind=engine, table="main.trade")
    def dotted(): ...

    with pytest.raises(ManifestError) as refusal:
        openbb.validate(app)
    told = str(refusal.value)
    assert "the database has no table 'main.trade'. Give schema='main' and table='trade'." in told
    assert "the database has no table 'trades'. Did you mean 'trade'?" in told
    assert "the database has no table 'xyz'. Check its name, and schema=." in told


@pytest.mark.parametrize(
    ("aggregate", "field", "allowed"),
    [
        ("median", "price", "sum, avg, min, max, first, last, count"),
        ("sum", "desk", "min, max, first, last, count"),
        ("sum", "price", None),
        ("count", "desk", None),
    ],
)
def test_an_aggregate_that_groups_would_be_refused_for_is_warned_of(app, openbb, engine, aggregate, field, allowed):
    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=engine, columns=[Column(field, agg_func=aggregate)])
    def trades(): ...

    warnings = [str(fault) for fault in openbb.validate(app) if fault.severity == "warning"]
    assert len(warnings) == (allowed is not None)
    for said in warnings:
        assert f"agg_func={aggregate!r} of column {field!r}, which is " in said
        assert f" is refused in groups. Allowed: {allowed}." in said


@pytest.mark.parametrize("on_invalid", ["raise", "quarantine"])
def test_a_table_that_is_made_later_ends_the_refusal(app, engine, monkeypatch, on_invalid):
    app.config["OPENBB_ON_INVALID"] = on_invalid
    openbb = OpenBB(app)

    @app.post("/fills")
    @openbb.row_model(bind=engine, table="fills")
    def fills(): ...

    def manifest():
        answer = app.test_client().get("/widgets.json")
        return answer.get_json().get("fills") if answer.status_code == 200 else None

    assert manifest() is None
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE fills (id INTEGER PRIMARY KEY)"))
    assert manifest() is None
    monkeypatch.setattr("flask_openbb.web.assembly.AGAIN", -1.0)
    assert manifest()["data"]["table"]["columnsDefs"][0]["field"] == "id"


def test_sources_that_take_long_to_fail_are_not_asked_for_each_manifest(app, openbb, manifest, monkeypatch):
    clock, opened = [0.0], []
    monkeypatch.setattr("flask_openbb.web.assembly.monotonic", lambda: clock[0])

    def down():
        opened.append(clock[0])
        clock[0] += 40
        raise OSError("no route to host")

    @app.post("/slow")
    @openbb.row_model(source=down, table="t", key="id")
    def slow(): ...

    assert "data" not in manifest()["slow"]
    assert manifest() == manifest()
    clock[0] += 31
    manifest()
    assert opened == [0.0, 71.0]


def test_a_manifest_whose_sources_were_read_is_kept_whatever_is_said_of_their_columns(
    app, openbb, engine, client, caplog, monkeypatch
):
    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=engine, columns=[Column("desk", agg_func="sum"), Column("Price")])
    def trades(): ...

    monkeypatch.setattr("flask_openbb.web.assembly.AGAIN", -1.0)
    for _ in range(3):
        assert client.get("/widgets.json").status_code == 200
    assert len(caplog.records) == 2


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresq+psycopg://desk:hunter2@db.example/book", "SQLAlchemy has no 'postgresq+psycopg'"),
        ("desk:hunter2@db.example/book", "bind= is no URL of a database"),
        ("postgresql://desk:hunter2@db.example:port/book", "bind= is no URL of a database"),
    ],
)
def test_a_url_that_is_none_is_a_fault_and_no_outage(app, openbb, url, said):
    @app.post("/trades")
    @openbb.row_model(bind=url, table="trades")
    def trades(): ...

    with pytest.raises(ManifestError) as refusal:
        openbb.validate(app)
    assert said in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("key", "told"),
    [("desk", 1), (["open", "desk"], 1), ("id", 0), (["id", "desk"], 0)],
    ids=["one", "two", "id", "both"],
)
def test_a_key_that_repeats_is_told_once(app, openbb, engine, ask, caplog, key, told):
    @app.post("/trades")
    @openbb.row_model(source=sa.select(Trade).where(Trade.desk.is_not(None)), bind=engine, key=key)
    def trades(): ...

    grouped = {"rowGroupCols": [{"field": "desk"}]}
    assert len([ask(body=body) for body in ({}, {"sortModel": [{"colId": "id", "sort": "desc"}]}, grouped)]) == 3
    warnings = [record.getMessage() for record in caplog.records if "key=" in record.getMessage()]
    assert len(warnings) == told
    assert all(said.startswith("Widget 'trades': key=") and "Name more columns" in said for said in warnings)


def test_a_key_that_is_null_is_told(app, openbb, ask, caplog):
    @app.post("/trades")
    @openbb.row_model(source=[{"id": 1}, {"id": None}], key="id")
    def trades(): ...

    assert ask()["rowCount"] == 2
    assert "Widget 'trades': key=('id',) does not tell its rows apart" in caplog.text


@pytest.mark.parametrize("fetched", ["execute", "scalars"])
def test_rows_that_were_fetched_are_told_to_be_the_select(app, openbb, engine, ask, caplog, fetched):
    @app.post("/trades")
    @openbb.row_model(source=Trade, bind=engine)
    def trades():
        with engine.connect() as connection:
            return getattr(connection, fetched)(sa.select(Trade.id))

    assert ask()["error"] == "The rows could not be read; the server's log says why."
    assert "Widget 'trades': the view returned rows that it fetched" in caplog.text
    assert "Return the select() itself" in caplog.text


def test_a_text_with_columns_is_a_source(app, openbb, engine, ask):
    @app.post("/trades")
    @openbb.row_model(
        source=sa.text("SELECT id, desk FROM trades").columns(id=sa.Integer, desk=sa.String), bind=engine, key="id"
    )
    def trades(): ...

    body = {
        "sortModel": [{"colId": "id", "sort": "desc"}],
        "filterModel": {"desk": {**TEXT, "type": "equals", "filter": "fx"}},
    }
    assert ids(ask(body=body)) == [9, 6, 3, 0]


def test_a_source_that_does_not_answer_does_not_hold_the_manifest_up(app, openbb, manifest, monkeypatch):
    from threading import Event

    monkeypatch.setattr(row_columns, "PATIENCE", 0.01)
    over = Event()

    @app.post("/slow")
    @openbb.row_model(source=lambda: over.wait(20) and duckdb.connect(), table="t", key="id")
    def slow(): ...

    assert "data" not in manifest()["slow"]
    over.set()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"cache": 60}, "cache= is for widgets asked with GET"),
        ({"etag": True}, "etag= is for widgets asked with GET"),
        ({"limit": 5}, "limit= cuts the rows of tables"),
        ({"shape": False}, "shape=False leaves nothing of a row model"),
        ({"data_key": "rows"}, "data_key= does nothing here"),
        ({"separator": "."}, "separator= shapes rows"),
        ({"key": "nope"}, "key='nope'"),
        ({"key": ""}, "key='' is not allowed"),
        ({"key": 3}, "key=3 is not allowed"),
        ({"errors": "loud"}, "errors='loud' is not allowed. Give 'toast' or 'status'."),
        ({"timeout": 0}, "timeout=0 is not allowed"),
        ({"export_rows": 1.5}, "export_rows=1.5 is not allowed"),
        ({"export_timeout": 0}, "export_timeout=0 is not allowed"),
        ({"count_seconds": -1}, "count_seconds=-1 is not allowed"),
        ({"time_zone": "Mars/Phobos"}, "time_zone='Mars/Phobos' is no time zone."),
        ({"first_weekday": 7}, "first_weekday=7 is not allowed"),
        ({"inclusive": "yes"}, "inclusive='yes' is not allowed"),
        ({"null_label": " "}, "null_label=' ' is not allowed"),
        ({"limits": 5}, "limits=5 is not allowed"),
        ({"table": 5}, "table=5 is no table's name"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_cannot_work_is_a_fault_of_the_manifest(app, openbb, options, said):
    @app.post("/trades")
    @openbb.row_model(**{"source": TRADES, "key": "id", **options})
    def trades(): ...

    with pytest.raises(ManifestError) as raised:
        openbb.validate(app)
    assert said in str(raised.value)


def test_a_route_without_post_is_a_fault(app, openbb):
    @app.get("/trades")
    @openbb.row_model(source=TRADES, key="id")
    def trades(): ...

    with pytest.raises(ManifestError, match="Workspace asks 'ssrm_table' with POST"):
        openbb.validate(app)


def test_a_package_that_is_missing_is_a_fault(app, openbb, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "duckdb", None)

    @app.post("/trades")
    @openbb.row_model(source="trades.parquet", key="id")
    def trades(): ...

    with pytest.raises(ManifestError, match=r"pip install 'Flask-OpenBB\[duckdb\]'"):
        openbb.validate(app)
