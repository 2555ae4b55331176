"""Questions end: in time, when cancelled, and without having written anything."""

import contextlib
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest
import sqlalchemy as sa
from rowmodel_data import ENGINES, URLS, sa_engine

from flask_openbb.errors import ConfigError, OpenBBError, RowTimeoutError
from flask_openbb.rowmodel import Guard, answer, export, open_source, parse_request
from flask_openbb.rowmodel.engine_duckdb import Database
from flask_openbb.rowmodel.protect import protection_of

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT max(id) AS id FROM n",
    "postgresql": "SELECT count(*) AS id FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b",
    "mariadb": "SELECT count(*) AS id FROM seq_1_to_1000000 a, seq_1_to_1000000 b",
}


def endless(name):
    if name == "duckdb":
        connection = duckdb.connect()
        connection.execute(
            "CREATE VIEW endless AS SELECT sum(a.range + b.range) AS id FROM range(10000000) a, range(1000000) b"
        )
        return open_source(connection, "id", table="endless"), connection.close
    bind = sa_engine(name)
    return open_source(sa.text(ENDLESS[name]).columns(sa.column("id", sa.BigInteger)), "id", bind=bind), bind.dispose


@pytest.fixture(params=ENGINES)
def slow(request):
    source, close = endless(request.param)
    yield source
    close()


def test_a_question_ends_in_time(slow):
    with pytest.raises(RowTimeoutError, match=r"longer than 0\.4 s") as caught:
        answer(slow, parse_request({}, slow.columns), guard=Guard(0.4))
    assert isinstance(caught.value, OpenBBError | TimeoutError)


@contextlib.contextmanager
def cancelled_soon(guard):
    """Cancel it again and again, as what watches the sockets does; give the seconds that each time took."""
    ended, lasted = threading.Event(), []

    def cancel():
        # Not sooner than the statement runs: a statement that has not begun would be refused, not stopped.
        while not ended.wait(0.6):
            began = time.monotonic()
            guard.cancel()
            lasted.append(time.monotonic() - began)

    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        yield lasted
    finally:
        ended.set()
        thread.join()


def test_a_question_ends_when_it_is_cancelled(slow):
    guard = Guard(120)
    with cancelled_soon(guard), pytest.raises(RowTimeoutError, match="cancelled"):
        answer(slow, parse_request({}, slow.columns), guard=guard)


def test_a_statement_of_duckdb_that_begins_late_is_stopped_too(monkeypatch):
    guard, interrupted = Guard(0.05), threading.Event()
    stop = guard.stop
    monkeypatch.setattr(guard, "stop", lambda: (stop(), interrupted.set()))
    lasting = "SELECT sum(a.range + b.range) FROM range(10000000) a, range(5000) b"
    with pytest.raises(RowTimeoutError, match="longer than"), Database(duckdb.connect).asking(guard) as cursor:  # noqa: PT012
        assert interrupted.wait(30)
        cursor.execute(lasting)


def test_a_statement_of_sqlite_that_has_not_begun_is_stopped():
    def ask(connection, guard):
        with protection_of("sqlite").around(connection, guard):
            guard.cancel()
            connection.execute(sa.text(ENDLESS["sqlite"])).all()

    bind, begun = sa_engine("sqlite"), time.monotonic()
    with bind.connect() as connection, pytest.raises(sa.exc.OperationalError, match="interrupted"):
        ask(connection, Guard(20))
    assert time.monotonic() - begun < 15
    bind.dispose()


@pytest.fixture
def shared():
    """A database in memory whose connection all threads share, as Flask-SQLAlchemy's is."""
    bind = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False})
    table = sa.Table("numbers", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
    table.create(bind)
    with bind.begin() as connection:
        connection.execute(table.insert(), [{"id": number} for number in range(5_000)])
    yield open_source(table, "id", bind=bind), bind
    bind.dispose()


def test_threads_that_share_a_connection_of_sqlite_ask_one_after_the_other(shared):
    # Both at once would wait for each other for ever, with the interpreter's lock.
    source, _ = shared
    rows = export(source, parse_request({}, source.columns))
    next(rows)
    with ThreadPoolExecutor(1) as pool:
        early = pool.submit(answer, source, parse_request({}, source.columns), guard=Guard(0.2))
        assert isinstance(early.exception(), RowTimeoutError)
        late = pool.submit(answer, source, parse_request({}, source.columns), guard=Guard(60))
        assert len(list(rows)) == 4_999
        assert late.result().row_count == 5_000


def test_a_write_of_the_users_passes_beside_a_question_on_the_same_connection(shared):
    source, bind = shared
    rows = export(source, parse_request({}, source.columns))
    next(rows)
    with bind.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE others (id INTEGER)")
    assert sa.inspect(bind).has_table("others")
    rows.close()


@pytest.mark.parametrize("name", ["postgresql", "mariadb"])
def test_a_question_is_stopped_where_the_pool_has_no_other_connection(name):
    bind = sa.create_engine(URLS[name], pool_size=1, max_overflow=0, pool_timeout=60)
    source = open_source(sa.text(ENDLESS[name]).columns(sa.column("id", sa.BigInteger)), "id", bind=bind)
    guard = Guard(120)
    with cancelled_soon(guard) as lasted, pytest.raises(RowTimeoutError, match="cancelled"):
        answer(source, parse_request({}, source.columns), guard=guard)
    assert max(lasted) < 30
    with bind.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    assert bind.pool.checkedout() == 0
    bind.dispose()


@pytest.mark.parametrize("name", ["sqlite", "postgresql", "mariadb"])
def test_connections_go_back_as_they_were_and_could_not_write(name):
    bind = sa_engine(name)
    source = open_source(sa.select(sa.literal(1).label("id")), "id", bind=bind)
    metadata = sa.MetaData()
    table = sa.Table(f"openbb_{uuid.uuid4().hex[:12]}", metadata, sa.Column("id", sa.Integer))
    metadata.create_all(bind)
    try:
        engine = source.engine
        with engine._connected(Guard(20)) as connection, pytest.raises(sa.exc.DBAPIError):
            connection.execute(table.insert(), {"id": 1})
        assert answer(source, parse_request({}, source.columns), guard=Guard(20)).rows == [{"id": 1}]
        with bind.begin() as connection:
            connection.execute(table.insert(), {"id": 1})
            if name == "postgresql":
                assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "0"
            if name == "mariadb":
                assert connection.exec_driver_sql("SELECT @@max_statement_time").scalar() == 0
        with bind.connect() as connection:
            assert connection.execute(sa.select(table)).all() == [(1,)]
    finally:
        metadata.drop_all(bind)
        bind.dispose()


@pytest.mark.parametrize("name", ["sqlite", "postgresql", "mariadb"])
@pytest.mark.parametrize("level", [None, "AUTOCOMMIT"])
def test_definitions_are_refused_and_possible_again_afterwards(name, level):
    # A definition ends MariaDB's transaction by itself, so that one that only reads would not refuse it.
    engine = sa_engine(name)
    bind = engine if level is None else engine.execution_options(isolation_level=level)
    source = open_source(sa.select(sa.literal(1).label("id")), "id", bind=bind)
    table = f"openbb_{uuid.uuid4().hex[:12]}"
    define = f"CREATE TABLE {table} (id INT)"
    try:
        for guard in (Guard(20), Guard(None)):
            with (
                source.engine._connected(guard) as connection,
                pytest.raises(sa.exc.DBAPIError, match=r"(?i)read.?only"),
            ):
                connection.exec_driver_sql(define)
            with pytest.raises(ZeroDivisionError), source.engine._connected(guard):
                raise ZeroDivisionError
        with bind.connect() as connection:
            connection.exec_driver_sql(define)
            connection.exec_driver_sql(f"DROP TABLE {table}")
            connection.commit()
    finally:
        engine.dispose()


def test_what_the_user_set_in_a_session_of_mariadb_is_put_back():
    bind = sa_engine("mariadb")
    sa.event.listen(bind, "connect", lambda raw, _: raw.query("SET SESSION max_statement_time = 77, tx_read_only = 1"))
    bind.dispose()
    source = open_source(sa.select(sa.literal(1).label("id")), "id", bind=bind)
    assert answer(source, parse_request({}, source.columns), guard=Guard(5)).rows == [{"id": 1}]
    with bind.connect() as connection:
        found = connection.exec_driver_sql("SELECT @@max_statement_time, @@tx_read_only").one()
        assert tuple(found) == (77, 1)
    bind.dispose()


def test_an_engine_that_commits_by_itself_is_bounded_and_read_in_parts():
    bind = sa.create_engine(URLS["postgresql"], isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=0)
    many = sa.text("SELECT i AS id FROM generate_series(1, 3000) i").columns(sa.column("id", sa.Integer))
    source = open_source(many, "id", bind=bind)
    assert [row["id"] for row in export(source, parse_request({}, source.columns))] == list(range(1, 3001))
    slow = open_source(sa.text(ENDLESS["postgresql"]).columns(sa.column("id", sa.BigInteger)), "id", bind=bind)
    with pytest.raises(RowTimeoutError):
        answer(slow, parse_request({}, slow.columns), guard=Guard(0.2))
    with bind.connect() as connection:
        assert connection.connection.driver_connection.autocommit
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "0"
    bind.dispose()


@pytest.mark.parametrize("failure", [None, ZeroDivisionError])
def test_a_rollback_of_postgresql_that_is_out_of_time_is_a_question_that_was(monkeypatch, failure):
    psycopg = pytest.importorskip("psycopg")
    bind = sa.create_engine(URLS["postgresql"], pool_size=1, max_overflow=0)
    source = open_source(sa.select(sa.literal(1).label("id")), "id", bind=bind)
    assert answer(source, parse_request({}, source.columns)).rows == [{"id": 1}]
    rollback, late = bind.dialect.do_rollback, iter([psycopg.errors.QueryCanceled("statement timeout")])

    def roll_back(raw):
        if error := next(late, None):
            raise error
        rollback(raw)

    monkeypatch.setattr(bind.dialect, "do_rollback", roll_back)
    with pytest.raises(RowTimeoutError, match="longer than 5 s"), source.engine._connected(Guard(5)) as connection:  # noqa: PT012
        connection.exec_driver_sql("SELECT 1")
        if failure:
            raise failure
    assert bind.pool.checkedout() == 0
    assert answer(source, parse_request({}, source.columns)).rows == [{"id": 1}]
    bind.dispose()


@pytest.mark.parametrize("name", ENGINES)
def test_errors_of_the_database_stay_what_they_are(name):
    if name == "duckdb":
        connection = duckdb.connect()
        connection.execute("CREATE VIEW broken AS SELECT error('broken')::BIGINT AS id")
        source, error = open_source(connection, "id", table="broken"), duckdb.Error
    else:
        bind = sa_engine(name)
        source, error = (
            open_source(sa.table("openbb_nowhere", sa.column("id", sa.Integer)), "id", bind=bind),
            sa.exc.DBAPIError,
        )
    with pytest.raises(error):
        answer(source, parse_request({}, source.columns))
    (connection.close if name == "duckdb" else bind.dispose)()


def test_a_process_that_forked_has_a_pool_of_its_own(monkeypatch):
    bind = sa_engine("sqlite")
    source = open_source(sa.select(sa.literal(1).label("id")), "id", bind=bind)
    ask = lambda: answer(source, parse_request({}, source.columns)).rows  # noqa: E731
    assert ask() == [{"id": 1}]
    pool = bind.pool
    monkeypatch.setattr("os.getpid", lambda: -5)
    assert ask() == [{"id": 1}]
    assert bind.pool is not pool
    pool.dispose()
    bind.dispose()


def test_a_lent_connection_of_duckdb_does_not_outlive_a_fork(monkeypatch):
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT 1::BIGINT AS id")
    source = open_source(connection, "id", table="t")
    monkeypatch.setattr("os.getpid", lambda: -5)
    with pytest.raises(ConfigError, match="source=lambda"):
        answer(source, parse_request({}, source.columns))
    connection.close()


def test_a_connection_that_cannot_be_put_back_is_thrown_away():
    bind = sa_engine("mariadb")
    source = open_source(sa.select(sa.literal(1).label("id")), "id", bind=bind)
    with pytest.raises(sa.exc.DBAPIError), source.engine._connected(Guard(20)) as connection:  # noqa: PT012
        number = connection.exec_driver_sql("SELECT connection_id()").scalar()
        with bind.connect() as other:
            other.exec_driver_sql(f"KILL {number}")
        connection.exec_driver_sql("SELECT 1")
    assert answer(source, parse_request({}, source.columns)).rows == [{"id": 1}]
    bind.dispose()


def test_an_export_of_mariadb_that_is_given_up_is_not_read_to_its_end(caplog):
    bind = sa.create_engine(URLS["mariadb"], pool_size=1, max_overflow=0)
    rows = "SELECT seq AS id, repeat('x', 200) AS name FROM seq_1_to_1000000"
    source = open_source(sa.text(rows).columns(id=sa.BigInteger, name=sa.String), "id", bind=bind)
    session = "SELECT connection_id(), (SELECT variable_value FROM information_schema.session_status "
    session += "WHERE variable_name = 'BYTES_SENT'), @@max_statement_time, @@tx_read_only"
    with bind.connect() as connection:
        number, _, *settings = connection.exec_driver_sql(session).one()
    exported = export(source, parse_request({}, source.columns), guard=Guard(120))
    next(exported)
    exported.close()
    with bind.connect() as connection:
        same, sent, *after = connection.exec_driver_sql(session).one()
    assert int(sent) < 50_000_000  # of 200 million and more
    assert (same, after) == (number, settings)
    assert not caplog.records
    bind.dispose()


def test_an_export_that_another_thread_closes_gives_its_turn_back():
    bind = sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
    table.metadata.create_all(bind)
    with bind.begin() as connection:
        connection.execute(table.insert(), [{"id": number} for number in range(3_000)])
    source = open_source(table, "id", bind=bind)
    asked = parse_request({}, source.columns)
    rows = export(source, asked)
    assert next(rows) == {"id": 0}
    with ThreadPoolExecutor(1) as pool:
        pool.submit(rows.close).result(timeout=60)
        assert pool.submit(answer, source, asked, guard=Guard(5)).result(timeout=60).row_count == 3_000
    bind.dispose()
