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
from rowmodel_data import sa_engine
from servers import Gunicorn

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


def post(server, path, body=None):
    with contextlib.closing(server.connect()) as connection:
        connection.request("POST", path, json.dumps(body or {}), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


@pytest.mark.parametrize("preload", [(), ("--preload",)], ids=["own", "preload"])
def test_workers_that_forked_answer_from_connections_of_their_own(serve, table, preload):
    server = serve(
        "--workers=3",
        *preload,
        ROWS_URL="postgresql+psycopg://root@127.0.0.1:5432/test",
        ROWS_TABLE=table,
        ROWS_EARLY="1",
    )
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: post(server, "/events"), range(120)))
        sides = list(pool.map(lambda _: post(server, "/trades?desk=fx", {"endRow": 3}), range(60)))
    assert {(status, len(body["rowData"]), body["rowCount"]) for status, body in found} == {(200, 50, 50)}
    assert [[row["id"] for row in body["rowData"]] for _, body in found] == [list(range(50))] * 120
    assert {(status, body["rowCount"]) for status, body in sides} == {(200, ROWS // 2)}
    assert len({body["rowData"][0]["pid"] for _, body in found}) > 1
    log = server.error_log.read_text()
    assert "Traceback" not in log, log


def test_a_question_nobody_waits_for_is_stopped(serve):
    server = serve("--workers=1")
    assert post(server, "/trades", {"endRow": 1})[0] == 200
    connection = server.connect()
    connection.request("POST", "/endless", "{}", {"Content-Type": "application/json"})
    connection.sock.close()
    assert post(server, "/trades", {"endRow": 1})[0] == 200
    # Its timeout is a minute, and gunicorn waits two seconds for it: only a question that was stopped is answered so.
    assert "POST /endless - 422" in server.requests()
