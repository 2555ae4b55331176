"""How each database is kept to reading, to a time, and to stopping when asked.

Owns :class:`Protection` and one subclass per database: what is set around a question and put back after it, so that
the user's pool gets its connections back as they were. Imports :mod:`.dialects`, :mod:`.warehouses`, :mod:`.engines`
and SQLAlchemy; called by :mod:`.engine_sql`.

============  ====================================  ===============================  ==============================
database      reads only by                         timeout by                       stops by
============  ====================================  ===============================  ==============================
SQLite        ``PRAGMA query_only``                 progress handler                 the same
PostgreSQL    read-only transaction                 ``statement_timeout``, local     ``cancel()`` of psycopg
MariaDB       read-only session                     ``max_statement_time``           ``KILL QUERY``
others        statements are SELECTs only           none: set it in the engine       none
============  ====================================  ===============================  ==============================

SQLite has these only where a connection is one thread's at a time, see :func:`_turn`. PostgreSQL's two last for a
transaction, which an engine in ``AUTOCOMMIT`` gets for the time of a question.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from decimal import Decimal
from functools import cache
from time import monotonic
from typing import Any

import sqlalchemy as sa

from .dialects import Dialect, MariaDB, PostgreSQL
from .engines import Guard
from .request import fold
from .warehouses import dialect_of

PROGRESS_STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock, about a tenth of a millisecond."""

LOWER_COLLATIONS = ("pg_c_utf8", "C.utf8", "C.UTF-8", "en_US.utf8", "en_US.UTF-8")
"""PostgreSQL's collations whose lower case is by code point, the best first; one of them is nearly always there."""

POSTGRESQL_TIMES = (1082, 1083, 1114, 1184, 1186, 1266)
"""``date``, ``time``, ``timestamp``, ``timestamptz``, ``interval`` and ``timetz``.

Source: PostgreSQL, ``pg_type.dat``.
"""


class Protection:
    """What can be done for any database."""

    def __init__(self, name: str) -> None:
        self.name = name

    def dialect(self, connection: sa.Connection) -> Dialect:
        """Give the hooks that fit the server."""
        return dialect_of(self.name)

    def values(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give bound values as the driver takes them."""
        return values

    @contextmanager
    def around(self, connection: sa.Connection, guard: Guard) -> Iterator[None]:
        """Set what bounds the statements of the block, and put it back."""
        yield

    def stopper(self, connection: sa.Connection) -> Callable[[], None]:
        """Give what stops a statement from another thread."""
        return lambda: None

    def abandon(self, connection: sa.Connection, cursor: Any) -> None:
        """Give up rows that nobody reads any more."""

    def stopped(self, error: sa.exc.DBAPIError) -> bool:
        """Whether an error says that a statement was stopped."""
        return False

    def overflowed(self, error: sa.exc.DBAPIError) -> bool:
        """Whether an error says that a sum was too large."""
        return False


class SQLiteProtection(Protection):
    """SQLite, through the connection of :mod:`sqlite3`."""

    def values(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: float(value) if isinstance(value, Decimal) else value for name, value in values.items()}

    @contextmanager
    def around(self, connection: sa.Connection, guard: Guard) -> Iterator[None]:
        raw: Any = connection.connection.driver_connection
        with _turn(connection, guard):
            if not connection.info.get("openbb_fold"):
                raw.create_function("openbb_fold", 1, _fold, deterministic=True)
                connection.info["openbb_fold"] = True
            if self.is_lent_alone(connection):
                with _bounded(raw, guard):
                    yield
            else:
                yield

    def is_lent_alone(self, connection: sa.Connection) -> bool:
        """Whether no other thread has the same connection; what is set on it would be set for that one too."""
        return not isinstance(connection.engine.pool, sa.StaticPool)

    def stopped(self, error: sa.exc.DBAPIError) -> bool:
        return str(error.orig) == "interrupted"

    def overflowed(self, error: sa.exc.DBAPIError) -> bool:
        return str(error.orig) == "integer overflow"


@contextmanager
def _turn(connection: sa.Connection, guard: Guard) -> Iterator[None]:
    """Let threads that share a connection, as those of a StaticPool do, ask one after the other.

    Where Python runs within a statement, as :func:`_fold` does, two at once wait for each other for ever: one has
    SQLite's lock and wants the interpreter's, the other has that one and wants SQLite's.
    """
    turn = connection.info.setdefault("openbb_turn", threading.RLock())
    left = guard.remaining()
    if not turn.acquire(timeout=-1 if left is None else left):
        raise guard.error()
    try:
        yield
    finally:
        try:
            turn.release()
        except RuntimeError:
            # An export that nobody read to its end is closed by any thread, which cannot give back another's turn.
            connection.info["openbb_turn"] = threading.RLock()


@contextmanager
def _bounded(raw: Any, guard: Guard) -> Iterator[None]:
    """Let a connection only read, until the time is over or the question is cancelled."""
    left = guard.remaining()
    deadline = None if left is None else monotonic() + left
    before = raw.execute("PRAGMA query_only").fetchone()[0]
    raw.execute("PRAGMA query_only = 1")
    texts = raw.text_factory
    raw.text_factory = _text if texts is str else texts
    # A cancel is seen here too: interrupt() is lost between two statements.
    raw.set_progress_handler(
        lambda: guard.cancelled or (deadline is not None and monotonic() > deadline), PROGRESS_STEPS
    )
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)
        raw.text_factory = texts
        if not before:
            raw.execute("PRAGMA query_only = 0")


def _text(data: bytes) -> str:
    """Read a text; one that is no UTF-8 would end the question."""
    return data.decode("utf-8", "replace")


def _fold(text: Any) -> Any:
    return fold(text) if isinstance(text, str) else text


class PostgreSQLProtection(Protection):
    """PostgreSQL; the transaction ends with the question, and its settings with it."""

    def dialect(self, connection: sa.Connection) -> Dialect:
        known = sa.text("SELECT collname FROM pg_collation WHERE collname = ANY(:names)")
        found = set(connection.execute(known, {"names": list(LOWER_COLLATIONS)}).scalars())
        return PostgreSQL(next((name for name in LOWER_COLLATIONS if name in found), None))

    @contextmanager
    def around(self, connection: sa.Connection, guard: Guard) -> Iterator[None]:
        left = guard.remaining()
        if getattr(connection.connection.driver_connection, "autocommit", False):
            # Settings and cursors last for a transaction; the pool puts the level back.
            connection.execution_options(isolation_level=connection.default_isolation_level)
        # One statement for both; 0 is no timeout.
        bound = "0" if left is None else str(max(1, int(left * 1000)))
        settings = (
            "SELECT set_config('statement_timeout', :bound, true), set_config('transaction_read_only', 'on', true)"
        )
        connection.execute(sa.text(settings), {"bound": bound})
        adapters: Any = getattr(connection.connection.driver_connection, "adapters", None)
        before = {} if adapters is None else {oid: adapters.get_loader(oid, 0) for oid in POSTGRESQL_TIMES}
        for oid, loader in before.items():
            adapters.register_loader(oid, _odd_as_text(loader))
        try:
            yield
        finally:
            for oid, loader in before.items():
                adapters.register_loader(oid, loader)
            # Here, since it is bounded as well: one that comes too late must not look like a broken database.
            connection.rollback()

    def stopper(self, connection: sa.Connection) -> Callable[[], None]:
        raw: Any = connection.connection.driver_connection
        stop: Callable[[], None] = getattr(raw, "cancel", lambda: None)
        return stop

    def stopped(self, error: sa.exc.DBAPIError) -> bool:
        code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
        return code == "57014"


@cache
def _odd_as_text(loader: Any) -> Any:
    """Give a loader of psycopg that reads as another does, and gives a time that Python has none for as its text."""

    class OddAsText:
        format = loader.format

        def __init__(self, oid: int, context: Any = None) -> None:
            self._read = loader(oid, context).load

        def load(self, data: Any) -> Any:
            try:
                return self._read(data)
            except Exception:
                return bytes(data).decode()

    return OddAsText


class MariaDBProtection(Protection):
    """MariaDB, and MySQL with its own names."""

    def dialect(self, connection: sa.Connection) -> Dialect:
        if not getattr(connection.dialect, "is_mariadb", False):
            return MariaDB("utf8mb4_0900_bin", "utf8mb4_0900_as_cs")
        version = connection.dialect.server_version_info or (0,)
        return MariaDB() if version >= (10, 10) else MariaDB(lower="utf8mb4_nopad_bin")

    @contextmanager
    def around(self, connection: sa.Connection, guard: Guard) -> Iterator[None]:
        mariadb = getattr(connection.dialect, "is_mariadb", False)
        old = mariadb and (connection.dialect.server_version_info or (0,)) < (11, 1)
        reading = "tx_read_only" if old else "transaction_read_only"
        bound, unit = ("max_statement_time", 1.0) if mariadb else ("max_execution_time", 1000.0)
        left = guard.remaining()
        before = connection.execute(sa.text(f"SELECT @@{reading}, @@{bound}")).one()
        # 0 is no bound, and so would be what is nearly over.
        seconds = before[1] if left is None else max(left, 0.001) * unit
        seconds = seconds if mariadb else int(seconds)
        # Of the session, for a definition would end a transaction that only reads, and run. The next one only reads.
        settings = sa.text(f"SET SESSION {reading} = :reading, SESSION {bound} = :bound")
        connection.rollback()
        try:
            connection.execute(settings, {"reading": 1, "bound": seconds})
            yield
        finally:
            if not connection.invalidated:
                try:
                    connection.execute(settings, {"reading": before[0], "bound": before[1]})
                except sa.exc.SQLAlchemyError:
                    connection.invalidate()

    def stopper(self, connection: sa.Connection) -> Callable[[], None]:
        raw: Any = connection.connection.driver_connection
        number = raw.thread_id() if hasattr(raw, "thread_id") else None
        engine = connection.engine

        def stop() -> None:
            # By a pool of its own: the user's may have no other connection than the one that is busy.
            pool = engine.pool.recreate()
            try:
                with closing(pool.connect()) as other:
                    other.cursor().execute(f"KILL QUERY {number}")
            finally:
                pool.dispose()

        return stop if number is not None else lambda: None

    def abandon(self, connection: sa.Connection, cursor: Any) -> None:
        # A cursor that closes reads its rows to their end; here that is the error of a statement that was stopped.
        with suppress(Exception):
            self.stopper(connection)()
            cursor.close()

    def stopped(self, error: sa.exc.DBAPIError) -> bool:
        code = error.orig.args[0] if error.orig is not None and error.orig.args else None
        return code in {1317, 1969, 3024}


PROTECTIONS: Mapping[str, type[Protection]] = {
    "sqlite": SQLiteProtection,
    "postgresql": PostgreSQLProtection,
    "mysql": MariaDBProtection,
    "mariadb": MariaDBProtection,
}


def protection_of(name: str) -> Protection:
    """Give the protection of a database by the name of its dialect."""
    return PROTECTIONS.get(name, Protection)(name)
