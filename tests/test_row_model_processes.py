"""What a row model does about other processes and sockets, in this one: the rest is tried under gunicorn."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore

import duckdb
import pytest
import sqlalchemy as sa
from rowmodel_data import URLS, sa_engine
from servers import wait_until

from flask_openbb.errors import ConfigError
from flask_openbb.rowmodel import Guard, open_source
from flask_openbb.web.row_binds import Binds
from flask_openbb.web.row_options import OpenedSource
from flask_openbb.web.row_watch import watch_of_process, watched

PARENT = os.getpid() + 1


def test_a_pool_of_the_parents_is_opened_anew_once():
    engine = sa.create_engine("sqlite://")
    pools = [engine.pool]
    for _ in range(2):
        assert Binds(engine, pid=PARENT).find(None) is engine
        pools.append(engine.pool)
    assert pools[0] is not pools[1]
    assert pools[1] is pools[2]


def test_a_duckdb_connection_of_the_parents_is_refused():
    with duckdb.connect() as connection:
        assert Binds(connection, pid=os.getpid()).find(None) is connection
        assert Binds(lambda: connection, pid=PARENT).find(None) is connection
        with pytest.raises(ConfigError, match="does not survive a fork"):
            Binds(connection, pid=PARENT).find(None)


def test_an_engine_of_ours_is_opened_anew_too(tmp_path):
    binds = Binds(f"sqlite:///{tmp_path / 'trades.sqlite'}", pid=PARENT)
    engine = binds.find(None)
    pool = engine.pool
    assert binds.find(None) is engine
    assert engine.pool is pool
    binds = Binds(f"sqlite:///{tmp_path / 'trades.sqlite'}", pid=os.getpid())
    engine = binds.find(None)
    pool, binds._pid = engine.pool, PARENT
    assert binds.find(None) is engine
    assert engine.pool is not pool


def test_a_url_without_its_package_names_it(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(ImportError, match=r"Flask-OpenBB\[sql\]"):
        Binds("sqlite://", pid=os.getpid()).find(None)


@pytest.mark.parametrize("name", ["gunicorn.socket", "werkzeug.socket"])
def test_a_guard_is_cancelled_when_its_socket_is_closed_by_the_other_side(app, name):
    stopped = Event()
    here, there = socket.socketpair()
    guard = Guard(60)
    with here, app.test_request_context(environ_overrides={name: here}), watched(guard), guard.running(stopped.set):
        watch_of_process().look()
        assert not guard.cancelled
        there.close()
        assert stopped.wait(60)
    assert guard.cancelled


def test_a_question_that_cannot_be_stopped_leaves_the_others_watched(app, caplog):
    def fail():
        raise OSError("the server is away")

    stopped = Event()
    pairs = [socket.socketpair(), socket.socketpair()]
    for (here, there), stop in zip(pairs, (fail, stopped.set), strict=True):
        guard = Guard(60)
        context = app.test_request_context(environ_overrides={"gunicorn.socket": here})
        with here, context, watched(guard), guard.running(stop):
            there.close()
            assert wait_until(lambda guard=guard: guard.cancelled)
    assert stopped.wait(60)
    assert "could not be stopped" in caplog.text


def test_a_question_nobody_waits_for_is_stopped_until_it_ends(app):
    stops = Semaphore(0)
    here, there = socket.socketpair()
    guard = Guard(60)
    context = app.test_request_context(environ_overrides={"gunicorn.socket": here})
    with here, context, watched(guard), guard.running(stops.release):
        there.close()
        # A statement that begins between the two is stopped by the second.
        assert stops.acquire(timeout=30)
        assert stops.acquire(timeout=30)


def test_a_guard_that_is_watched_no_more_is_not_cancelled(app):
    here, there = socket.socketpair()
    guard = Guard(60)
    with here, app.test_request_context(environ_overrides={"gunicorn.socket": here}), watched(guard):
        pass
    there.close()
    watch_of_process().look()
    assert not guard.cancelled


def test_a_socket_that_has_no_number_is_not_watched(app):
    with app.test_request_context(environ_overrides={"gunicorn.socket": object()}), watched(Guard(60)) as watching:
        assert watching is None


def test_engines_of_urls_no_longer_given_are_closed(monkeypatch):
    sa_engine("postgresql").dispose()
    monkeypatch.setattr("flask_openbb.web.row_binds.KEPT", 2)
    given = {"url": ""}
    binds = Binds(lambda: given["url"], pid=os.getpid())

    def find(name):
        given["url"] = f"{URLS['postgresql']}?application_name={name}"
        return binds.find(None)

    engines = {name: find(name) for name in "ab"}
    pools = {name: engine.pool for name, engine in engines.items()}
    with engines["b"].connect():
        pass
    assert find("a") is engines["a"]
    find("c")  # and b goes
    assert find("a") is engines["a"]
    assert engines["a"].pool is pools["a"]
    assert engines["b"].pool is not pools["b"]
    assert pools["b"].checkedin() == 0
    assert find("b") is not engines["b"]
    for name in "abc":
        find(name).dispose()


def test_who_opens_a_slow_database_keeps_nobody_else_waiting(app, openbb, monkeypatch, tmp_path):
    for name in ("slow", "quick"):
        duckdb.sql(f"COPY (SELECT 1 AS id) TO '{tmp_path}/{name}.parquet'")
    begun, go, opened = Event(), Event(), []

    def opening(source, *given, **options):
        opened.append(source.stem)
        if source.stem == "slow":
            begun.set()
            go.wait(60)
        return open_source(source, *given, **options)

    monkeypatch.setattr("flask_openbb.web.row_sources.open_source", opening)

    @app.post("/trades")
    @openbb.row_model(key="id")
    def trades(name: str = "quick"):
        return tmp_path / f"{name}.parquet"

    def ask(name):
        return app.test_client().post(f"/trades?name={name}", json={}).get_json()["rowCount"]

    with ThreadPoolExecutor(3) as pool:
        slow = [pool.submit(ask, "slow") for _ in range(2)]
        assert begun.wait(30)
        try:
            assert pool.submit(ask, "quick").result(timeout=30) == 1
        finally:
            go.set()
        assert [each.result() for each in slow] == [1, 1]
    assert sorted(opened) == ["quick", "slow"]


def test_who_waited_for_a_database_that_is_down_does_not_try_it_too(app, openbb, tmp_path):
    path, tries = tmp_path / "late.parquet", []
    waited = OpenedSource(None)

    def make():
        tries.append(path)
        return open_source(path, "id")

    for _ in range(3):
        with pytest.raises(ConfigError, match="there is no file"):
            waited.get(make)
    assert len(tries) == 1

    @app.post("/late")
    @openbb.row_model(source=path, key="id")
    def late(): ...

    def ask():
        return app.test_client().post("/late", json={}).get_json()

    assert "error" in ask()
    duckdb.sql(f"COPY (SELECT 1 AS id) TO '{path}'")
    assert ask()["rowCount"] == 1  # who comes later tries again
