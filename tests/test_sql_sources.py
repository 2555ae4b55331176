"""What ``openbb.sql`` opens: folders, files that change, object stores, several widgets, and what is left of a fork."""

import json
import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Semaphore

import duckdb
import pytest
import sqlalchemy as sa
from flask import Flask
from sql_data import CANARY, SCHEMA, TRADES, duckdb_files, server, sqlite_file

from flask_openbb import OpenBB
from flask_openbb.rowmodel.sql_answer import SqlModel
from flask_openbb.rowmodel.sql_caps import SqlCaps
from flask_openbb.rowmodel.sql_catalog import SqlCatalog, SqlTable
from flask_openbb.rowmodel.sql_memory import resident, watch
from flask_openbb.rowmodel.sql_sources import open_sql


def make(*declarations):
    openbb = OpenBB()
    for rule, over, options in declarations:
        openbb.sql(rule, over, **options)
    app = Flask(__name__)
    openbb.init_app(app)
    return app.test_client()


def ask(client, text, path="/query"):
    return client.post(path, json={"query": text}).json


def test_a_folder_has_a_table_for_each_file_and_each_folder_of_files(tmp_path):
    (tmp_path / "a b.csv").write_text("x\n1\n", encoding="utf-8")
    (tmp_path / "a-b.json").write_text('[{"x": 2}]', encoding="utf-8")
    (tmp_path / ".hidden.csv").write_text("x\n9\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for year in (2024, 2025):
        folder = tmp_path / "years" / f"year={year}"
        folder.mkdir(parents=True)
        duckdb.sql(f"COPY (SELECT {year} AS y) TO '{folder / 'part.parquet'}'")
    client = make(("/query", str(tmp_path), {}))
    names = [name for name in client.get("/table-schemas").json if "." not in name]
    assert sorted(names) == ["a_b", "a_b_2", "years"]
    assert ask(client, "SELECT y FROM years ORDER BY y")["rowData"] == [{"y": 2024}, {"y": 2025}]
    both = ask(client, "SELECT a.x, b.x AS other FROM a_b a, a_b_2 b")["rowData"]
    assert sorted(both[0].values()) == [1, 2]


def test_a_folder_without_files_says_what_is_read(tmp_path, caplog):
    ask(make(("/query", str(tmp_path), {})), "SELECT 1")
    assert "holds no files that are read: .parquet" in caplog.text


def test_the_types_of_rows_are_those_of_their_values(tmp_path):
    rows = [{"n": 1, "d": 0.5, "mixed": 1, "nothing": None, "both": 1}, {"n": 2, "d": 2.5, "mixed": "x", "both": 1.5}]
    client = make(("/query", {"t": rows}, {}))
    columns = client.get("/table-schemas").json["t"]["columns"]
    assert [column["type"] for column in columns] == ["BIGINT", "DOUBLE", "VARCHAR", "VARCHAR", "DOUBLE"]


class Store:
    """DuckDB's connection where an object store is: what is asked of ``s3://lake/`` is a folder."""

    def __init__(self, connection, folder, said):
        self.connection, self.folder, self.said = connection, folder, said

    def execute(self, text, *values):
        self.said.append(text)
        if text == "LOAD httpfs":
            return None
        if text.startswith("CREATE SECRET"):
            if "bogus" in text:
                msg = f"Unknown parameter in {text}"
                raise duckdb.BinderException(msg)
            return None
        return self.connection.execute(text.replace("s3://lake/", f"{self.folder}/"), *values)

    def __getattr__(self, name):
        return getattr(self.connection, name)


@pytest.fixture
def store(monkeypatch, tmp_path):
    """What was said to a connection whose object store is a folder with one file in it."""
    duckdb.sql(f"COPY (SELECT range AS id FROM range(3)) TO '{tmp_path / 'one.parquet'}'")
    said, connect = [], duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda *args, **options: Store(connect(*args, **options), tmp_path, said))
    return said


SECRET = {"type": "s3", "key_id": "k", "secret": f"it's {CANARY}"}


def test_a_secret_is_made_once_httpfs_is_there_and_before_the_database_is_locked(store):
    client = make(("/query", {"one": "s3://lake/one.parquet"}, {"secrets": {"lake": SECRET}}))
    assert ask(client, "SELECT count(*) AS n FROM one")["rowData"] == [{"n": 3}]
    first = [text.split(" (")[0] for text in store][:4]
    assert first[:3] == ["SET allow_persistent_secrets = false", "LOAD httpfs", 'CREATE SECRET "lake"']
    assert store[2] == f"""CREATE SECRET "lake" (type 's3', key_id 'k', secret 'it''s {CANARY}')"""
    assert store[-4:] == [
        "SET allowed_paths = ['s3://lake/one.parquet']",
        "SET allowed_directories = []",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ]
    assert "error" in ask(client, "SELECT * FROM duckdb_secrets()")


def test_many_files_of_a_store_are_the_folder_they_are_in(store):
    client = make(("/query", {"many": "s3://lake/*.parquet"}, {}))
    assert ask(client, "SELECT count(*) AS n FROM many")["rowData"] == [{"n": 3}]
    assert "SET allowed_directories = ['s3://lake/']" in store


@pytest.mark.parametrize(
    ("path", "secret", "message"),
    [
        ("s3://lake/none.parquet", SECRET, "'s3://lake/none.parquet' cannot be read: IO Error"),
        ("s3://lake/one.parquet", {**SECRET, "bogus": CANARY}, "does not take the secret 'lake' of options ['bogus'"),
        ("s3://lake/one.parquet", {"key id": CANARY}, "the secret 'lake' has an option 'key id', which is no name"),
        ("s3://lake/one.bin", SECRET, "'s3://lake/one.bin' is no file that is read"),
    ],
)
def test_a_store_that_cannot_be_read_says_why_in_the_log_without_the_secret(store, caplog, path, secret, message):
    answer = ask(make(("/query", {"one": path}, {"secrets": {"lake": secret}})), "SELECT * FROM one")
    assert answer["error"] == "The database could not be asked; the server's log says why."
    assert message in caplog.text
    assert CANARY not in caplog.text + json.dumps(answer)


def test_without_httpfs_the_log_says_how_it_is_installed(monkeypatch, caplog, tmp_path):
    connect = duckdb.connect
    # An empty folder of extensions, whatever this machine has installed.
    monkeypatch.setattr(
        duckdb,
        "connect",
        lambda path, config: connect(path, config={**config, "extension_directory": str(tmp_path)}),
    )
    ask(make(("/query", {"one": "s3://lake/one.parquet"}, {})), "SELECT * FROM one")
    assert "need DuckDB's httpfs: run INSTALL httpfs once" in caplog.text


def test_a_database_without_tables_and_the_schemas_of_a_server_itself_are_refused(tmp_path, caplog):
    sqlite3.connect(tmp_path / "empty.sqlite").close()
    (tmp_path / "empty.sqlite").touch()
    ask(make(("/query", str(tmp_path / "empty.sqlite"), {})), "SELECT 1")
    assert "the source has no tables. Name at least one that statements may read." in caplog.text
    ask(make(("/query", server("postgresql"), {"schemas": ["pg_catalog"]})), "SELECT 1")
    assert "the schema 'pg_catalog' is the database's own, and is not for statements." in caplog.text


def widget_of(client):
    return client.application.view_functions["flask_openbb_sql_query"].openbb_sql


def test_in_a_process_that_forked_connections_are_made_anew():
    engine = sa.create_engine(f"sqlite:///{sqlite_file()}")
    with engine.connect():
        pool = engine.pool
    client = make(("/query", engine, {"tables": ["trades"]}))
    widget_of(client).pid = -1
    assert ask(client, "SELECT count(*) AS n FROM trades")["rowData"] == [{"n": len(TRADES)}]
    assert engine.pool is not pool


def test_files_are_opened_by_each_process_and_a_connection_that_forked_is_refused(caplog):
    client = make(("/query", str(duckdb_files()), {"tables": ["trades"]}))
    widget_of(client).pid = -1
    assert ask(client, "SELECT count(*) AS n FROM trades")["rowData"] == [{"n": len(TRADES)}]
    client = make(("/query", duckdb.connect(), {}))
    widget_of(client).pid = -1
    assert "error" in ask(client, "SELECT 1")
    assert "a DuckDB connection does not survive a fork. Give its file" in caplog.text


def test_a_table_of_two_widgets_is_listed_as_the_first_has_it(tmp_path):
    for name in ("one", "two"):
        with sqlite3.connect(tmp_path / f"{name}.sqlite") as connection:
            connection.execute(f"CREATE TABLE trades ({name} INTEGER)")
        connection.close()
    client = make(*((f"/{name}", str(tmp_path / f"{name}.sqlite"), {}) for name in ("one", "two")))
    assert client.get("/table-schemas").json["trades"]["columns"] == [{"name": "one", "type": "INTEGER"}]


def test_an_answer_that_is_too_large_is_refused():
    client = make(
        ("/query", str(duckdb_files()), {"max_bytes": "1KB"}),
        ("/lite", str(sqlite_file()), {"max_bytes": 1_024}),
        ("/large", str(sqlite_file()), {"max_bytes": "2MB"}),
    )
    for path in ("/query", "/lite"):
        assert (
            "The answer is larger than 1 KB."
            in ask(client, "SELECT desk, note, symbol FROM trades, big", path)["error"]
        )
    assert "error" not in ask(client, "SELECT desk, note, symbol FROM trades, big", "/large")


def test_where_the_memory_of_a_process_cannot_be_read_nothing_is_stopped(monkeypatch):
    def missing(*_):
        raise FileNotFoundError

    monkeypatch.setattr("flask_openbb.rowmodel.sql_memory.open", missing, raising=False)
    assert resident() is None
    stopped = []
    with watch(1, lambda: stopped.append(1)) as grown:
        held = bytearray(2**22)
    assert (grown.value, stopped, len(held)) == (False, [], 2**22)


def test_postgresql_sends_no_text_that_is_longer_than_an_answer():
    options = {"tables": ["trades", "big"], "schemas": [SCHEMA], "max_bytes": "8KB"}
    client = make(("/query", server("postgresql"), options))
    long = "string_agg(n || 'xxxxxxxxxx', ',')"
    assert ask(client, f"SELECT {long} AS t FROM big")["error"].startswith("The answer is larger than 8 KB.")
    both = ask(client, f"SELECT {long} AS t, {long} AS u FROM big WHERE n < 400")
    assert both["error"].startswith("The answer is larger than 8 KB.")
    one = ask(client, f"SELECT {long} AS t, {long} AS t FROM big WHERE n < 200 ORDER BY 1")["rowData"][0]
    assert list(one) == ["t", "t_2"]
    assert one["t"] == one["t_2"] == ",".join(f"{n}xxxxxxxxxx" for n in range(200))


@pytest.mark.parametrize("depth", [300, 900, 9_000])
def test_a_value_that_is_nested_too_deeply_is_told_apart_from_a_failure(depth, caplog):
    client = make(("/query", server("postgresql"), {"tables": ["trades"], "schemas": [SCHEMA]}))
    answer = ask(client, f"SELECT '{'[' * depth}{']' * depth}'::jsonb AS x")
    assert answer["error"].startswith("A value of the answer cannot be shown: it is nested too deeply")
    assert not caplog.records
    assert ask(client, f"SELECT '{'[' * depth}{']' * depth}'::jsonb::text AS x")["rowCount"] == 1


def test_a_process_that_forked_after_the_tables_were_read_has_connections_of_its_own(monkeypatch, tmp_path):
    with sqlite3.connect(tmp_path / "book.sqlite") as connection:
        connection.execute("CREATE TABLE t (id INTEGER)")
    database = open_sql(f"sqlite:///{tmp_path}/book.sqlite", caps=SqlCaps())
    database.catalog()
    pools = [database.bind.pool]
    child = os.getpid() + 1
    monkeypatch.setattr("os.getpid", lambda: child)
    pools += [database.bind.pool, database.bind.pool]
    assert pools[0] is not pools[1]
    assert pools[1] is pools[2]


def test_the_tables_of_a_database_are_read_once_for_all_who_wait_for_them(monkeypatch):
    database = open_sql(sa.create_engine("sqlite://"), caps=SqlCaps())
    reads, together = [], Barrier(4)

    def read():
        reads.append(1)
        time.sleep(0.2)
        return SqlCatalog([SqlTable("t")])

    def ask(_):
        together.wait()
        return database.catalog()

    monkeypatch.setattr(database, "read_catalog", read)
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(4)))) == 1
    assert reads == [1]


def test_a_database_that_is_down_is_tried_once_for_all_who_wait_for_it(monkeypatch):
    database = open_sql(sa.create_engine("sqlite://"), caps=SqlCaps())
    reads, asked = [], Semaphore(0)

    def clock():
        asked.release()
        return time.monotonic()

    def read():
        reads.append(1)
        assert all(asked.acquire(timeout=60) for _ in range(4))
        raise OSError("no route to host")

    def ask(_):
        with pytest.raises(OSError, match="no route to host"):
            database.catalog()

    monkeypatch.setattr("flask_openbb.rowmodel.sql_database.monotonic", clock)
    monkeypatch.setattr(database, "read_catalog", read)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))
    assert reads == [1]
    monkeypatch.setattr(database, "read_catalog", lambda: SqlCatalog([SqlTable("t")]))
    assert [table.name for table in database.catalog()] == ["t"]


def test_a_statement_on_sqlite_needs_one_connection_though_the_tables_are_old(monkeypatch, tmp_path):
    monkeypatch.setattr("flask_openbb.rowmodel.sql_database.CATALOG_SECONDS", 0)
    engine = sa.create_engine(f"sqlite:///{tmp_path}/book.sqlite", pool_size=1, max_overflow=0, pool_timeout=0.5)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER)")
    model = SqlModel(open_sql(engine, caps=SqlCaps()))
    assert model.answer({"query": "SELECT count(*) AS n FROM t"})["rowData"] == [{"n": 0}]
    engine.dispose()
