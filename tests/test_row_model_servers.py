"""Row models between processes: real gunicorn, workers that forked from a used parent, and clients that go away."""

from __future__ import annotations

import contextlib
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
from rowmodel_data import URLS, sa_engine
from servers import Gunicorn, wait_until

ROWS = 20_000


@pytest.fixture(scope="module")
def trades(tmp_path_factory) -> Path:
    """A DuckDB file of trades."""
    path = tmp_path_factory.mktemp("trades") / "trades.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE trades AS SELECT range AS id, ['fx', 'rates'][1 + range % 2] AS desk, "
            f"'S' || range % 50 AS symbol, (range * 7919 % 10007) / 100.0 AS price FROM range({ROWS})"
        )
    return path


@pytest.fixture
def table():
    """A table of PostgreSQL, which notices two processes on one connection."""
    engine = sa_engine("postgresql")
    made = sa.Table(f"openbb_{uuid.uuid4().hex[:12]}", sa.MetaData(), sa.Column("id", sa.BigInteger, primary_key=True))
    made.append_column(sa.Column("pid", sa.Text))
    made.create(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(made), [{"id": number, "pid": ""} for number in range(50)])
    yield made.name
    made.drop(engine)
    engine.dispose()


@pytest.fixture
def serve(tmp_path, trades):
    servers = []

    def start(*options, **env):
        server = Gunicorn(
            "row_model_backend:create_app()",
            tmp_path,
            env={"ROWS_DUCKDB": str(trades), **env},
            options=options,
        )
        servers.append(server)
        server.wait()
        return server

    yield start
    for server in servers:
        server.stop()


def post(server, path, body=None, *, method="POST"):
    with contextlib.closing(server.connect()) as connection:
        connection.request(method, path, json.dumps(body or {}), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


@pytest.mark.parametrize("bind", ["engine", "url"])
@pytest.mark.parametrize("preload", [(), ("--preload",)], ids=["own", "preload"])
def test_workers_that_forked_answer_from_connections_of_their_own(serve, table, preload, bind):
    server = serve(
        "--workers=3",
        *preload,
        ROWS_URL="postgresql+psycopg://root@127.0.0.1:5432/test",
        ROWS_TABLE=table,
        ROWS_EARLY="1",
        ROWS_BIND=bind,
    )
    with ThreadPoolExecutor(16) as pool:
        # The first worker may answer a while before the others are there.
        asked = lambda _: post(server, "/pid", method="GET")[1]["pid"]  # noqa: E731
        assert wait_until(lambda: len(set(pool.map(asked, range(32)))) == 3)
        found = list(pool.map(lambda _: post(server, "/events"), range(120)))
        sides = list(pool.map(lambda _: post(server, "/trades?desk=fx", {"endRow": 3}), range(60)))
    assert [body for status, body in found + sides if status != 200] == []
    assert {(status, len(body["rowData"]), body["rowCount"]) for status, body in found} == {(200, 50, 50)}
    assert [[row["id"] for row in body["rowData"]] for _, body in found] == [list(range(50))] * 120
    assert {(status, body["rowCount"]) for status, body in sides} == {(200, ROWS // 2)}
    log = server.error_log.read_text()
    assert "Traceback" not in log, log


KINDS = ["postgresql", "sqlite", "path", "bound", "opener", "parquet", "csv", "pandas", "polars", "arrow", "rows"]
SUMS = [{"desk": "fx", "id": 249_500}, {"desk": "rates", "id": 250_000}]


@pytest.fixture
def serve_kinds(tmp_path):
    select = "SELECT range AS id, ['fx', 'rates'][1 + range % 2] AS desk FROM range(1000)"
    with duckdb.connect(str(tmp_path / "trades.duckdb")) as connection:
        connection.execute(f"CREATE TABLE trades AS {select}")
        for ending in ("parquet", "csv"):
            connection.execute(f"COPY trades TO '{tmp_path}/trades.{ending}'")
    name, urls = f"openbb_{uuid.uuid4().hex[:12]}", (URLS["postgresql"], f"sqlite:///{tmp_path}/trades.sqlite")
    made = []
    for url, label in zip(urls, (name, "trades"), strict=True):
        engine, metadata = sa.create_engine(url), sa.MetaData()
        columns = sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("desk", sa.Text)
        rows = [{"id": number, "desk": ("fx", "rates")[number % 2]} for number in range(1_000)]
        table = sa.Table(label, metadata, *columns)
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(table.insert(), rows)
        made.append((engine, metadata))
    servers = []

    def start(early):
        env = {"ROWS_FOLDER": str(tmp_path), "ROWS_TABLE": name, "ROWS_URL": urls[0], "ROWS_EARLY": early}
        options = ["--workers=2", "--preload"]
        servers.append(Gunicorn("row_kinds_backend:create_app()", tmp_path, env=env, options=options))
        servers[-1].wait()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
    for engine, metadata in made:
        metadata.drop_all(engine)
        engine.dispose()


@pytest.mark.parametrize("early", ["", "manifest", "used"])
def test_every_kind_of_source_is_answered_by_workers_that_forked(serve_kinds, early):
    # A database whose threads stayed with the parent answers, hangs or crashes: each kind is asked often enough.
    server = serve_kinds(early)
    body = {"rowGroupCols": [{"field": "desk"}], "valueCols": [{"field": "id", "aggFunc": "sum"}]}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda kind: (kind, *post(server, f"/{kind}", body)), KINDS * 8))
    assert [each for each in found if each[1:] != (200, {"rowData": SUMS, "rowCount": 2})] == []
    server.stop()
    log = server.error_log.read_text()
    assert "SIG" not in log.replace("SIGTERM", ""), log
    assert "Traceback" not in log, log


def test_what_has_threads_in_another_process_is_refused_and_says_what_to_give(serve_kinds):
    server = serve_kinds("lent")
    for kind in ("source", "bind", "lazy"):
        assert post(server, f"/{kind}", {})[0] == 503
    log = server.error_log.read_text()
    assert "Widget 'source': a DuckDB connection" in log
    assert "Widget 'bind': a DuckDB connection" in log
    assert "Widget 'lazy': a polars LazyFrame does not survive a fork" in log
    assert "Traceback" not in log, log


@pytest.mark.parametrize("path", ["/endless", "/openbb/widgets/endless/export.csv"], ids=["page", "export"])
def test_a_question_nobody_waits_for_is_stopped(serve, path):
    server = serve("--workers=1")
    assert post(server, "/trades", {"endRow": 1})[0] == 200
    connection = server.connect()
    connection.request("POST", path, "{}", {"Content-Type": "application/json"})
    connection.sock.close()
    assert post(server, "/trades", {"endRow": 1})[0] == 200
    # Its timeout is longer than this waits: only a question that was stopped is answered so soon.
    assert wait_until(lambda: server.logged(f"POST {path} - 422"))
