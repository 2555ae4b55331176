"""A worker of a real gunicorn outlives statements that never end, and those that want all memory."""

import json
import os
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from servers import HERE, Gunicorn, wait_until
from sql_attacks import BOUNDED, REFUSED
from sql_data import CANARY, duckdb_files, sqlite_file

HUNGRY = {
    "all texts": "SELECT string_agg(a.n || '-' || b.n || '-----------------------------', ',') AS t FROM big a, big b",
    "all texts, doubled": "SELECT t || t || t || t AS t FROM (SELECT group_concat(a.n || '-' || b.n, ',') AS t FROM big a, big b) q",
    "a list of all": "SELECT list(a.n || '-----------------------------------' || b.n) AS l FROM big a, big b, big c",
    "a sort of all": "SELECT a.n || '-' || b.n || '-' || c.n AS t FROM big a, big b, big c ORDER BY t DESC LIMIT 50000",
    "distinct of all": "SELECT count(DISTINCT a.n || '-' || b.n || '-' || c.n) AS n FROM big a, big b, big c",
    "a group for each": "SELECT a.n || '-' || b.n AS k, string_agg(a.n || 'x', ',') AS t FROM big a, big b GROUP BY a.n || '-' || b.n",
    "wide page": "SELECT "
    + ", ".join(f"note || desk || '{at}' || symbol || desk AS c{at}" for at in range(300))
    + " FROM trades, big",
}


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read().decode()
    except urllib.error.HTTPError as error:
        assert error.code in {400, 422}
        return json.dumps({"error": json.load(error)["detail"]})


def process(server):
    with urllib.request.urlopen(f"{server.url}/process", timeout=60) as response:
        return json.load(response)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    directory = tmp_path_factory.mktemp("sql")
    env = {
        "SQL_FILES": str(duckdb_files()),
        "SQL_SQLITE": str(sqlite_file()),
        "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]),
    }
    started = Gunicorn(
        "sql_backend:create_app()", directory, env=env, options=["--workers=1", "--preload", "--timeout=60"]
    )
    try:
        started.wait()
        yield started
    finally:
        started.stop()


@pytest.mark.parametrize("path", ["duckdb", "sqlite"])
def test_a_worker_outlives_statements_without_end(server, path):
    before = process(server)
    with ThreadPoolExecutor(3) as pool:
        answers = list(
            pool.map(lambda text: post(f"{server.url}/{path}", {"query": text}), [*BOUNDED.values(), *HUNGRY.values()])
        )
    assert all(CANARY not in answer for answer in answers)
    assert all("error" in json.loads(answer) for answer in answers[: len(BOUNDED)])
    after = process(server)
    assert after["pid"] == before["pid"]
    honest = []

    def answered_in_time():
        honest.append(post(f"{server.url}/{path}", {"query": "SELECT count(*) AS n FROM symbols"}))
        return "took longer than" not in honest[-1]  # a second and a half, on a machine that may be busy

    assert wait_until(answered_in_time)
    assert json.loads(honest[-1]) == {"rowData": [{"n": 9}], "rowCount": 1, "lastRow": 1}
    assert after["resident"] - before["resident"] < 1 << 30


@pytest.mark.parametrize("path", ["duckdb", "sqlite"])
def test_every_attack_is_refused_by_a_worker(server, path):
    for text in REFUSED.values():
        answer = post(f"{server.url}/{path}", {"query": text})
        assert "error" in json.loads(answer), text
        assert CANARY not in answer
