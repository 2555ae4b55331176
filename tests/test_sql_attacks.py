"""Statements that must not run do not, on any engine; those that never end are stopped; honest ones are answered."""

import datetime as dt
import time

import pytest
from sql_attacks import BOUNDED, BROADCAST, FILE, HONEST, OWN, REFUSED
from sql_attacks_found import SHOWN_TWICE
from sql_attacks_later import ANALYST
from sql_data import CANARY, ENGINES, TRADES, database, model, secret_file

from flask_openbb.errors import RowRequestError, RowTimeoutError
from flask_openbb.rowmodel import Guard
from flask_openbb.rowmodel.statement import judge

pytest.importorskip("sqlglot")

CASES = [pytest.param(engine, text, id=f"{engine}-{name}") for engine in ENGINES for name, text in REFUSED.items()]
GOOD = [
    pytest.param(engine, text, id=f"{engine}-{name}")
    for engine in ENGINES
    for name, text in {**HONEST, **OWN[engine]}.items()
]


def on(engine, text):
    """A statement as the engine's users write it: MariaDB quotes names by backticks."""
    if isinstance(text, str):
        text = text.replace(FILE, str(secret_file()))
    if engine == "mariadb" and text == HONEST["quoted names"]:
        return text.replace('"we""ird"', '`we"ird`').replace('"order"', "`order`")
    return text


@pytest.fixture(params=ENGINES)
def engine(request):
    database(request.param)
    return request.param


@pytest.mark.parametrize(("engine", "text"), CASES)
def test_what_must_not_run_is_refused_before_any_database_sees_it(engine, text):
    database(engine).catalog()
    with pytest.raises(RowRequestError) as caught:
        model(engine)._open(on(engine, text), Guard(5), fresh=True)
    assert caught.value.place == "query"
    assert CANARY not in str(caught.value)
    assert "\n" not in caught.value.problem
    assert len(caught.value.problem) < 400


def test_there_are_attacks_enough():
    assert len(REFUSED) >= 550
    assert len(HONEST) >= 60


@pytest.mark.parametrize("text", BOUNDED.values(), ids=BOUNDED)
def test_what_never_ends_is_stopped(engine, text):
    began = time.monotonic()
    with pytest.raises((RowTimeoutError, RowRequestError)) as caught:
        model(engine).answer({"query": text}, guard=Guard(0.5))
    assert time.monotonic() - began < 60
    assert (
        "took longer" in str(caught.value)
        or "more than 100,000 rows" in str(caught.value)
        or "memory" in str(caught.value)
    )
    assert model(engine).answer({"query": "SELECT count(*) AS n FROM symbols"})["rowData"] == [{"n": 9}]


@pytest.mark.parametrize("text", BROADCAST.values(), ids=BROADCAST)
def test_nothing_is_made_of_one_long_value_for_many_rows_at_once(text):
    with pytest.raises(RowRequestError, match="may make values that are too long"):
        model("duckdb").answer({"query": text})


def test_the_grid_makes_nothing_of_one_long_value_either():
    condition = {"filterType": "text", "type": "contains", "filter": "x"}
    shared = "SELECT q.t, n FROM (SELECT string_agg(desk, ',') AS t FROM trades) q, big"
    with pytest.raises(RowRequestError, match=r"filterModel\.t"):
        model("duckdb").answer({"query": shared, "filterModel": {"t": condition}})
    grouped = "SELECT desk, string_agg(symbol, ',') AS t FROM trades GROUP BY desk"
    assert model("duckdb").answer({"query": grouped, "filterModel": {"t": condition}})["rowCount"] == 0


def test_one_long_value_is_not_shown_in_many_columns(engine):
    with pytest.raises(RowRequestError, match="more than 20 texts or lists that are made of whole groups"):
        model(engine).answer({"query": SHOWN_TWICE[engine]})


@pytest.mark.parametrize(("engine", "text"), GOOD)
def test_honest_statements_are_answered(engine, text):
    found = model(engine).answer({"query": on(engine, text), "startRow": 0, "endRow": 500})
    assert found["rowCount"] == found["lastRow"] >= len(found["rowData"])
    assert "openbb_row" not in (found["rowData"] or [{}])[0]
    if found["rowData"]:
        assert all(list(row) == list(found["rowData"][0]) for row in found["rowData"])


ANALYSES = [
    pytest.param(engine, text, id=f"{engine}-{name}")
    for name, (text, named) in ANALYST.items()
    for engine in named.split()
]


@pytest.mark.parametrize(("engine", "text"), ANALYSES)
def test_the_grid_works_on_what_analysts_write(engine, text):
    """Each column that has an order is sorted, filtered by a value of it and grouped by."""
    body = {"query": text, "endRow": 500}
    whole = model(engine).answer(body)
    rows = whole["rowData"]
    assert len(rows) == whole["rowCount"] > 0
    for name in rows[0]:
        value = next((row[name] for row in rows if row[name] is not None), None)
        if not isinstance(value, str | int | float | dt.date):
            continue
        found = model(engine).answer({**body, "sortModel": [{"colId": name, "sort": "desc"}]})["rowData"]
        assert sorted(map(repr, found)) == sorted(map(repr, rows))
        groups = model(engine).answer({**body, "rowGroupCols": [{"id": name, "field": name}]})
        assert groups["rowCount"] == len({repr(row[name]) for row in rows})
        given = {"filterType": "set", "values": [value if isinstance(value, str | int | float) else str(value)]}
        assert model(engine).answer({**body, "filterModel": {name: given}})["rowCount"] > 0


def test_what_is_judged_is_what_runs(engine):
    statement = (
        judge('SELECT /* x */ Id AS "n" FROM trades t -- end', database(engine).catalog(), database(engine).name)
        if engine != "mariadb"
        else judge("SELECT /* x */ id AS n FROM trades t -- end", database(engine).catalog(), "mysql")
    )
    text = statement.sql(limit=5)
    assert "/*" not in text
    assert "--" not in text
    assert text.endswith("LIMIT 5")
    assert [table.name for table in statement.tables] == ["trades"]


@pytest.mark.parametrize("page", [7, 25, 500])
@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM trades",
        "SELECT * FROM trades ORDER BY qty DESC",
        "SELECT desk, symbol FROM trades",
        "SELECT id FROM trades ORDER BY price LIMIT 30",
    ],
)
def test_pages_make_the_whole(engine, text, page):
    whole = model(engine).answer({"query": text, "endRow": 500})
    parts = []
    for start in range(0, whole["rowCount"], page):
        parts += model(engine).answer({"query": text, "startRow": start, "endRow": start + page})["rowData"]
    assert parts == whole["rowData"]


def test_the_order_of_a_statement_is_kept_and_the_grid_may_sort_anew(engine):
    text = "SELECT id, qty FROM trades ORDER BY qty DESC, id DESC"
    found = model(engine).answer({"query": text, "endRow": 500})["rowData"]
    assert [row["id"] for row in found] == [
        row["id"] for row in sorted(TRADES, key=lambda row: (-row["qty"], -row["id"]))
    ]
    anew = model(engine).answer({"query": text, "sortModel": [{"colId": "id", "sort": "asc"}], "endRow": 3})["rowData"]
    assert [row["id"] for row in anew] == [0, 1, 2]


def test_the_grid_filters_groups_and_pivots_the_result(engine):
    text = "SELECT desk, symbol, price * qty AS notional FROM trades WHERE id < 30"
    rows = [row for row in TRADES if row["id"] < 30]
    body = {"query": text, "filterModel": {"desk": {"filterType": "text", "type": "contains", "filter": "X"}}}
    assert model(engine).answer(body)["rowCount"] == sum(row["desk"] == "fx" for row in rows)
    grouped = {
        "query": text,
        "rowGroupCols": [{"id": "desk", "field": "desk"}],
        "valueCols": [{"id": "notional", "field": "notional", "aggFunc": "sum"}],
    }
    found = model(engine).answer(grouped)["rowData"]
    assert {row["desk"]: float(row["notional"]) for row in found} == {
        desk: sum(row["price"] * row["qty"] for row in rows if row["desk"] == desk)
        for desk in ("rates", "fx", "credit")
    }
    pivoted = model(engine).answer({**grouped, "pivotMode": True, "pivotCols": [{"id": "symbol", "field": "symbol"}]})
    assert pivoted["pivotResultFields"][0] == "S0_notional"


def test_columns_of_one_name_get_numbers(engine):
    found = model(engine).answer({"query": "SELECT t.*, s.* FROM trades t JOIN symbols s ON t.symbol = s.symbol"})
    assert list(found["rowData"][0])[-3:] == ["symbol_2", "name", "sector"]


def test_an_unknown_column_is_named_with_the_nearest(engine):
    with pytest.raises(RowRequestError, match=r"^query: column 'pricee' does not exist there.*Did you mean 'price'\?"):
        model(engine).answer({"query": "SELECT pricee FROM trades"})


def test_an_unknown_table_is_named_with_the_nearest(engine):
    with pytest.raises(RowRequestError, match=r"there is no table 'trade' here. Did you mean 'trades'\? Tables: '"):
        model(engine).answer({"query": "SELECT * FROM trade"})


def test_a_syntax_error_has_a_place(engine):
    with pytest.raises(RowRequestError, match="syntax error at line 2, column"):
        model(engine).answer({"query": "SELECT id\nFROM trades WHERE"})


def test_too_many_rows_are_refused_not_cut(engine):
    text = "SELECT a.n FROM big a, big b WHERE b.n < 40"
    grouped = {"query": text, "rowGroupCols": [{"id": "n", "field": "n"}]}
    for body in ({"query": text}, grouped):
        with pytest.raises(RowRequestError, match="more than 100,000 rows"):
            model(engine).answer(body)


def test_an_empty_statement_is_the_default_or_says_what_there_is(engine):
    from flask_openbb.rowmodel.sql_answer import SqlModel

    with pytest.raises(RowRequestError, match=r"write a SELECT\. Tables: 'trades', 'symbols', 'big'"):
        model(engine).answer({"query": " \n"})
    found = SqlModel(database(engine), default="SELECT count(*) AS n FROM trades").answer({})
    assert found == {"rowData": [{"n": 60}], "rowCount": 1, "lastRow": 1}
