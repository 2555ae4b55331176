"""``openbb.sql`` over HTTP: the manifest, the editor's lists, statements, refusals and who may ask."""

import sqlite3
from functools import partial

import duckdb
import pytest
import sqlalchemy as sa
from flask import Flask
from sql_data import CANARY, ENGINES, SYMBOLS, TRADES, duckdb_files, model, secret_file, sqlite_file

from flask_openbb import ApiKeyAuth, OpenBB, Param
from flask_openbb.errors import RegistrationError, RowRequestError
from flask_openbb.rowmodel.sql_servers import explained

ORIGIN = {"Origin": "https://pro.openbb.co"}
TABLES = ["trades", "symbols"]


def make(*declarations, auth=None, **config):
    openbb = OpenBB(auth=auth)
    for rule, over, options in declarations:
        openbb.sql(rule, over, **options)
    app = Flask(__name__)
    app.config.update(config)
    openbb.init_app(app)
    return app.test_client()


@pytest.fixture
def client():
    return make(("/query", str(duckdb_files()), {"tables": TABLES, "name": "Ask", "grid": (40, 15)}))


def test_the_manifest_has_the_statement_as_a_parameter_of_sql(client):
    assert client.get("/widgets.json").json == {
        "query": {
            "name": "Ask",
            "description": "Ask the tables in SQL.",
            "type": "ssrm_advanced",
            "endpoint": "query",
            "gridData": {"w": 40, "h": 15},
            "schemaName": "ALL_DATABASES_ALL_SCHEMAS_ALL_TABLES",
            "params": [
                {
                    "paramName": "query",
                    "type": "text",
                    "label": "SQL",
                    "description": "One SELECT",
                    "value": "SELECT * FROM trades LIMIT 100",
                    "show": False,
                    "language": "sql",
                }
            ],
        }
    }


@pytest.mark.parametrize(
    ("over", "options", "said"),
    [
        (
            str(sqlite_file()),
            {"tables": ["trade"]},
            "error: widgets.json 'query': tables= names 'trade', which is no table",
        ),
        ("nowhere/*.parquet", {}, "error: widgets.json 'query': there is no file 'nowhere/*.parquet'."),
        (
            "postgresql+psycopg://u:hunter2@127.0.0.1:1/none",
            {},
            "warning: widgets.json 'query': Its database could not be opened (OperationalError). The log says why; "
            "it is tried again at each request.",
        ),
        (
            "mysql+mysqldb://127.0.0.1/book",
            {},
            "error: widgets.json 'query': No module named 'MySQLdb'. Install the driver, or name yours in the URL, "
            "as in mysql+pymysql://",
        ),
        (
            f"sqlite:///{sqlite_file()}",
            {"schemas": ["temp"]},
            "error: widgets.json 'query': there are no tables in schemas=['temp']. Check the names.",
        ),
        (
            str(sqlite_file()),
            {"default_query": "SELECT symbl FROM trades"},
            "error: widgets.json 'query': default_query= would be refused: Column 'symbl'",
        ),
        (
            str(sqlite_file()),
            {"default_query": "DROP TABLE trades"},
            "error: widgets.json 'query': default_query= would be refused: DROP cannot be used here",
        ),
    ],
    ids=["table", "file", "server", "driver", "schema", "default", "no select"],
)
@pytest.mark.usefixtures("closed_engines")
def test_the_check_opens_the_database(over, options, said):
    app = make(("/query", over, options)).application
    result = app.test_cli_runner().invoke(args=["openbb", "check"])
    assert said in result.output
    assert "hunter2" not in result.output
    assert result.exit_code == (1 if said.startswith("error") else 0)


def test_a_default_that_the_client_fills_in_is_not_judged():
    app = make(
        ("/query", str(sqlite_file()), {"default_query": "SELECT * FROM trades WHERE desk = {{desk}}"})
    ).application
    assert app.test_cli_runner().invoke(args=["openbb", "check"]).exit_code == 0


def test_the_log_names_the_widget_whose_database_failed(caplog):
    client = make(("/query", "nowhere/*.parquet", {}), ("/ask", "mysql+mysqldb://127.0.0.1/book", {}))
    for url in ("/query", "/ask"):
        assert "error" in client.post(url, json={"query": "SELECT 1"}).get_json()
    client.get("/table-schemas")
    told = [record.getMessage() for record in caplog.records if record.name == "flask_openbb"]
    assert told == ["sql('/query'): there is no file 'nowhere/*.parquet'.", "sql('/ask'): its database failed."] * 2


def test_a_server_that_went_down_is_no_refusal_of_the_statement(caplog):
    down = []

    def connect():
        if down:
            raise sqlite3.OperationalError("no route to db.example")
        return sqlite3.connect(sqlite_file(), check_same_thread=False)

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.NullPool)
    client = make(("/query", engine, {"tables": TABLES}))
    body = {"query": "SELECT symbol FROM symbols"}
    assert client.post("/query", json=body).get_json()["rowCount"] == 9
    down.append(True)
    for query in (body, {"query": "SELECT name FROM symbols"}):
        answer = client.post("/query", json={**query, "disableCache": True}).get_json()
        assert answer["error"] == "The database could not be asked; the server's log says why."
    assert "sql('/query'): its database failed." in caplog.text


def test_a_connection_that_broke_is_no_refusal_of_the_statement():
    broken = sa.exc.OperationalError("SELECT 1", {}, sqlite3.OperationalError("gone"), connection_invalidated=True)
    with pytest.raises(sa.exc.OperationalError), explained(None):
        raise broken


def test_a_statement_is_answered_with_rows(client):
    body = {"query": "SELECT symbol, name FROM symbols ORDER BY symbol", "startRow": 0, "endRow": 2}
    response = client.post("/query", json=body, headers=ORIGIN)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    rows = [{"symbol": row["symbol"], "name": row["name"]} for row in SYMBOLS[:2]]
    assert response.json == {"rowData": rows, "rowCount": 9, "lastRow": 9}


@pytest.mark.parametrize("body", [None, {}, {"query": ""}, {"query": None, "startRow": 0, "endRow": 500}])
def test_a_request_without_a_statement_asks_the_default(client, body):
    found = client.post("/query", json=body) if body is not None else client.post("/query")
    assert found.json["rowCount"] == len(TRADES)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"query": "DROP TABLE trades"}, "DROP cannot be used here: only a SELECT, which may begin by WITH."),
        ({"query": "SELECT * FROM secret"}, "There is no table 'secret' here. Tables: 'trades', 'symbols'."),
        ({"query": 5}, "Expected the text of a SELECT."),
        (
            {"query": "SELECT * FROM trades WHERE qty > {{ least }} AND desk = '{{desk}}'"},
            "The parameter {{least}} has no value. Define it among the widget's SQL parameters, or write the value.",
        ),
        ({"query": "SELECT 1", "startRow": "x"}, "startRow: expected an integer, not 'x'."),
    ],
)
def test_what_the_user_can_mend_is_toasted(client, body, error):
    response = client.post("/query", json=body)
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert response.json == {"error": error, "rowData": [], "rowCount": 0, "lastRow": 0}


def test_every_kind_of_cell_has_a_form_in_json(client):
    query = (
        "SELECT [1, 2] AS l, {'a': DATE '2024-01-02'} AS s, 1.50::DECIMAL(4, 2) AS d, TIME '10:00:00' AS t, "
        "INTERVAL 1 DAY AS i, 'NaN'::DOUBLE AS n, uuid_ "
        "FROM (SELECT '5b5c1c1a-0000-4000-8000-000000000000'::UUID AS uuid_) u"
    )
    (row,) = client.post("/query", json={"query": query}).json["rowData"]
    assert row["l"] == [1, 2]
    assert row["s"] == {"a": "2024-01-02"}
    assert row["n"] is None
    assert row["uuid_"] == "5b5c1c1a-0000-4000-8000-000000000000"


def test_the_editor_gets_the_tables_by_short_and_full_names(client):
    found = client.get("/table-schemas", headers=ORIGIN)
    assert found.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    assert sorted(found.json) == ["memory.main.symbols", "memory.main.trades", "symbols", "trades"]
    assert found.json["symbols"] == {
        "database": "symbols",
        "schema": "",
        "tableName": "symbols",
        "columns": [{"name": name, "type": "VARCHAR"} for name in ("symbol", "name", "sector")],
    }
    assert client.get("/semantic-views").json == {}
    full = client.post("/query", json={"query": "SELECT count(*) AS n FROM memory.main.symbols"})
    assert full.json["rowData"] == [{"n": 9}]


@pytest.mark.usefixtures("closed_engines")
def test_several_widgets_have_their_tables_in_one_list():
    view = {"fqn": "a.b.c", "viewName": "c", "database": "a", "schema": "b", "baseTable": "trades"}
    client = make(
        ("/query", str(duckdb_files()), {"tables": ["symbols"], "semantic_views": [view]}),
        ("/lite", str(sqlite_file()), {"tables": ["trades"]}),
    )
    assert sorted(client.get("/table-schemas").json) == ["main.trades", "memory.main.symbols", "symbols", "trades"] or (
        sorted(client.get("/table-schemas").json) == ["memory.main.symbols", "symbols", "trades"]
    )
    assert client.get("/semantic-views").json == {"a.b.c": view}


def test_without_a_sql_widget_there_are_no_lists():
    assert make().get("/table-schemas").status_code == 404


def test_everything_is_behind_the_door():
    key = {"X-API-Key": "k" * 20}
    client = make(("/query", str(duckdb_files()), {"tables": TABLES}), auth=ApiKeyAuth(["k" * 20]))
    for path in ("/table-schemas", "/semantic-views"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers={"X-API-Key": "wrong"}).status_code == 403
        assert client.get(path, headers=key).status_code == 200
        preflight = {**ORIGIN, "Access-Control-Request-Method": "GET"}
        assert client.options(path, headers=preflight).headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    assert client.post("/query", json={}).status_code == 401
    assert client.post("/query", json={}, headers=key).json["rowCount"] == len(TRADES)


def test_a_list_shows_only_the_tables_of_widgets_the_caller_may_ask():
    first, second = ApiKeyAuth(["a" * 20]), ApiKeyAuth(["a" * 20, "b" * 20])
    client = make(
        ("/query", str(duckdb_files()), {"tables": ["trades"], "auth": first}),
        ("/other", str(duckdb_files()), {"tables": ["symbols"]}),
        auth=second,
    )
    assert "trades" in client.get("/table-schemas", headers={"X-API-Key": "a" * 20}).json
    assert "trades" not in client.get("/table-schemas", headers={"X-API-Key": "b" * 20}).json


def test_a_prefix_holds_for_all_of_it():
    client = make(("/query", str(duckdb_files()), {"tables": TABLES}), OPENBB_URL_PREFIX="/api")
    assert client.post("/api/query", json={}).json["rowCount"] == len(TRADES)
    assert "trades" in client.get("/api/table-schemas").json
    assert client.get("/table-schemas").status_code == 404


def test_a_database_that_fails_is_logged_and_named_to_nobody(tmp_path, caplog):
    path = tmp_path / f"{CANARY}.duckdb"
    duckdb.connect(str(path)).close()
    client = make(("/query", str(path), {}))
    path.unlink()
    body = client.post("/query", json={"query": "SELECT 1"})
    assert body.json["error"] == "The database could not be asked; the server's log says why."
    assert "there is no file" in caplog.text
    assert client.get("/table-schemas").json == {}


def test_frames_rows_files_and_databases_are_sources_by_name(tmp_path):
    import pandas as pd

    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a; CREATE SCHEMA s; CREATE TABLE s.u AS SELECT 2 AS b")
    (tmp_path / "c.csv").write_text("x,y\n1,a\n2,b\n", encoding="utf-8")
    sources = {
        "frame": pd.DataFrame({"k": [1, 2]}),
        "records": [{"z": 1.5, "w": None}, {"z": 2, "w": "x"}],
        "files": str(tmp_path / "*.csv"),
        "w": path,
        "lite": sqlite_file(),
    }
    client = make(("/query", sources, {}))

    def ask(text):
        return client.post("/query", json={"query": text}).json

    assert ask("SELECT sum(k) AS k FROM frame")["rowData"] == [{"k": 3}]
    assert ask("SELECT z, w FROM records ORDER BY z")["rowData"] == [{"z": 1.5, "w": None}, {"z": 2.0, "w": "x"}]
    assert ask("SELECT * FROM files")["rowCount"] == 2
    assert ask("SELECT t.a, u.b FROM w.main.t, w.s.u")["rowData"] == [{"a": 1, "b": 2}]
    assert ask("SELECT count(*) AS n FROM lite.trades")["rowData"] == [{"n": len(TRADES)}]
    assert "error" in ask(f"SELECT * FROM read_csv('{secret_file()}')")


def test_new_files_of_a_folder_are_seen(tmp_path, monkeypatch):
    monkeypatch.setattr("flask_openbb.rowmodel.sql_duckdb.REFRESH_SECONDS", 0)
    (tmp_path / "a.csv").write_text("x\n1\n", encoding="utf-8")
    client = make(("/query", {"a": str(tmp_path / "*.csv")}, {}))
    assert client.post("/query", json={"query": "SELECT * FROM a"}).json["rowCount"] == 1
    (tmp_path / "b.csv").write_text("x\n2\n", encoding="utf-8")
    assert client.post("/query", json={"query": "SELECT * FROM a", "disableCache": True}).json["rowCount"] == 2


def test_a_duckdb_connection_stays_as_it_is():
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    client = make(("/query", connection, {}))
    assert client.post("/query", json={"query": "SELECT * FROM t"}).json["rowData"] == [{"a": 1}]
    connection.execute("SET memory_limit = '1GB'")


@pytest.mark.usefixtures("closed_engines")
def test_an_engine_a_url_and_a_flask_sqlalchemy_are_sources():
    engine = sa.create_engine(f"sqlite:///{sqlite_file()}")

    class Database:
        session, Model = None, None

        @property
        def engine(self):
            from flask import current_app

            assert current_app
            return engine

    for over in (engine, f"sqlite:///{sqlite_file()}", engine.url, Database()):
        client = make(("/query", over, {"tables": TABLES}))
        assert client.post("/query", json={}).json["rowCount"] == len(TRADES)


@pytest.mark.parametrize(
    ("rule", "over", "options", "message"),
    [
        ("query", ".", {}, "is not a URL to take SQL at"),
        ("/<x>", ".", {}, "is not a URL to take SQL at"),
        ("/q", 5, {}, "a int is no source of SQL"),
        ("/q", {}, {}, "needs names"),
        ("/q", "oracle://x", {}, "statements are not judged for 'oracle'"),
        ("/q", ".", {"timeout": 0}, "timeout=0 is not allowed"),
        ("/q", ".", {"max_rows": True}, "max_rows=True is not allowed"),
        ("/q", ".", {"memory_limit": "lots"}, "'lots' is no size"),
        ("/q", ".", {"tables": "trades"}, "tables='trades' is not allowed. Give a list of names."),
        ("/q", ".", {"tabels": ["x"]}, "Did you mean 'tables'"),
        ("/q", ".", {"semantic_views": [{"fqn": "x"}]}, "a semantic view has fqn"),
    ],
)
def test_a_wrong_declaration_is_refused_where_it_is_made(rule, over, options, message):
    with pytest.raises(RegistrationError, match=message.replace("(", r"\(")):
        OpenBB().sql(rule, over, **options)


@pytest.mark.parametrize(
    ("over", "options", "message"),
    [
        ("nowhere.parquet", {}, "there is no file 'nowhere.parquet'"),
        ("x.txt", {}, "is no file that is read"),
        (str(secret_file().parent), {"tables": ["nothing"]}, "tables= names 'nothing', which is no table"),
        ({"x": []}, {}, "'x' has no rows"),
        (
            {"x": "s3://bucket/x.parquet"},
            {"secrets": {"lake": {"type": "s3", "key_id": "k", "secret": CANARY}}},
            "",
        ),
    ],
    ids=["file", "ending", "tables", "rows", "store"],
)
def test_a_source_that_cannot_be_opened_says_why_in_the_log(over, options, message, caplog):
    client = make(("/query", over, options))
    body = client.post("/query", json={"query": "SELECT 1"}).get_data(as_text=True)
    assert "The database could not be asked" in body
    assert message in caplog.text
    assert CANARY not in body
    assert CANARY not in caplog.text


def test_one_url_takes_one_widget_and_none_come_late(client):
    client.get("/widgets.json")
    openbb = OpenBB()
    openbb.sql("/query", ".")
    app = Flask(__name__)
    openbb.init_app(app)
    with pytest.raises(RegistrationError, match="takes SQL at '/query' already"):
        openbb.sql("/query", ".")
    app.test_client().get("/")
    with pytest.raises(RegistrationError, match="came after the first request"):
        openbb.sql("/late", ".")


def test_parameters_of_the_users_own_follow_the_statement():
    client = make(
        ("/query", str(duckdb_files()), {"tables": TABLES, "params": [Param("desk", value="fx", type="text")]})
    )
    assert [param["paramName"] for param in client.get("/widgets.json").json["query"]["params"]] == ["query", "desk"]
    assert client.post("/query?desk=rates", json={"query": "SELECT 1 AS a"}).json["rowData"] == [{"a": 1}]


def test_a_column_as_the_editor_completes_it_is_a_column_or_refused_where_it_would_be_a_text():
    """Workspace's editor puts a column it completes into double quotes, unless its name is in capitals."""
    for engine in ENGINES:
        ask = partial(model(engine).answer, {"query": 'SELECT "desk" FROM trades LIMIT 1'})
        if engine == "mariadb":
            with pytest.raises(RowRequestError, match="the column 'desk' is in double quotes"):
                ask()
        else:
            assert ask()["rowData"] in [[{"desk": "rates"}], [{"desk": "credit"}]]
    assert model("mariadb").answer({"query": """SELECT "a text" AS t, 'desk' AS u"""})["rowData"] == [
        {"t": "a text", "u": "desk"}
    ]
