"""What a row model does about other processes and sockets, in this one: the rest is tried under gunicorn."""

import os
import socket
from threading import Event

import duckdb
import pytest
import sqlalchemy as sa

from flask_openbb.errors import ConfigError
from flask_openbb.rowmodel import Guard
from flask_openbb.web.row_binds import Binds
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
        assert stopped.wait(10)
    assert guard.cancelled


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
