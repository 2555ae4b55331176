"""shape/cursors.py: what a query returned, from SQLAlchemy and from DB-API drivers, in real databases."""

from __future__ import annotations

import datetime as dt
import decimal
import os
import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from flask_openbb.errors import ShapeError
from flask_openbb.shape.rows import is_lazy, is_record, iter_rows, listing, records, to_rows

ONE = [{"symbol": "A", "close": 1.5}]
TWO = [{"n": 1, "t": "x"}, {"n": 2, "t": None}]
SELECT = "select 1 as n, 'x' as t union all select 2, null order by 1"
MANY = 2_500


class Base(orm.DeclarativeBase):
    pass


class Venue(Base):
    __tablename__ = "venue"
    code: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    prices: orm.Mapped[list[Price]] = orm.relationship(back_populates="venue")


class Price(Base):
    __tablename__ = "price"
    symbol: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    close: orm.Mapped[float]
    venue_code: orm.Mapped[str | None] = orm.mapped_column(sa.ForeignKey("venue.code"))
    venue: orm.Mapped[Venue | None] = orm.relationship(back_populates="prices")


class Mapped(orm.MappedAsDataclass, orm.DeclarativeBase):
    pass


class Parent(Mapped):
    __tablename__ = "parent"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    children: orm.Mapped[list[Child]] = orm.relationship(back_populates="parent", default_factory=list)


class Child(Mapped):
    __tablename__ = "child"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    parent_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("parent.id"), init=False)
    parent: orm.Mapped[Parent] = orm.relationship(back_populates="children", default=None)


@pytest.fixture
def session():
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as opened:
        opened.add(Price(symbol="A", close=1.5, venue=Venue(code="XNAS")))
        opened.commit()
        yield opened
    engine.dispose()


FLAT = [{"symbol": "A", "close": 1.5, "venue_code": "XNAS"}]
PAIR = sa.select(Price.symbol, Price.close)
QUERIES = {
    "Result": (lambda s: s.execute(PAIR), ONE),
    "mappings": (lambda s: s.execute(PAIR).mappings(), ONE),
    "rows": (lambda s: s.execute(PAIR).all(), ONE),
    "one row": (lambda s: s.execute(PAIR).one(), ONE),
    "one mapping": (lambda s: s.execute(PAIR).mappings().one(), ONE),
    "ORM objects": (lambda s: s.execute(sa.select(Price)), FLAT),
    "rows of ORM objects": (lambda s: s.execute(sa.select(Price)).all(), FLAT),
    "ScalarResult": (lambda s: s.scalars(sa.select(Price)), FLAT),
    "list of objects": (lambda s: s.scalars(sa.select(Price)).all(), FLAT),
    "one object": (lambda s: s.get(Price, "A"), FLAT),
    "outer join without a partner": (
        lambda s: s.execute(sa.select(Venue).select_from(Price).outerjoin(Venue, sa.false())), [{"Venue": None}],
    ),
    "legacy Query": (lambda s: s.query(Price), FLAT),
    "no rows": (lambda s: s.execute(PAIR.where(sa.false())), []),
    "text": (lambda s: s.execute(sa.text("select symbol, close from price")), ONE),
}  # fmt: skip


@pytest.mark.parametrize(("ask", "rows"), QUERIES.values(), ids=QUERIES)
def test_sqlalchemy(session, ask, rows):
    assert to_rows(ask(session)) == rows
    assert to_rows(records(ask(session))) == rows


def test_two_objects_a_row_are_two_mappings(session):
    (row,) = to_rows(session.execute(sa.select(Price, Venue).join(Venue)))
    assert [is_record(value) for value in row.values()] == [True, True]
    assert list(row) == ["Price", "Venue"]


def test_an_object_that_is_missing_is_a_row_of_nulls(session):
    session.add(Price(symbol="B", close=2.0, venue=None))
    query = sa.select(Venue).select_from(Price).outerjoin(Venue).order_by(Price.symbol.desc())
    assert to_rows(session.execute(query)) == [{}, {"code": "XNAS"}]


def test_mapped_dataclasses_leave_their_relationships_out():
    parent = Parent(id=1)
    child = Child(id=2, parent=parent)
    assert to_rows([parent, child]) == [{"id": 1}, {"id": 2, "parent_id": None}]


def test_a_result_is_read_a_part_at_a_time(session):
    session.execute(sa.insert(Venue), [{"code": f"{number:05}"} for number in range(MANY)])
    result = session.execute(sa.select(Venue.code).order_by(Venue.code))
    rows = iter_rows(result)
    assert next(rows) == {"code": "00000"}
    assert len(result.fetchmany(10)) == 10
    assert sum(1 for _ in rows) == MANY + 1 - 1 - 10


@pytest.mark.parametrize("read", [to_rows, records, lambda result: list(iter_rows(result))])
def test_two_columns_of_one_name_are_refused(session, read):
    with pytest.raises(ShapeError, match=r"several columns named 'a'\. Give them aliases with AS"):
        read(session.execute(sa.text("select 1 as a, 2 as a")))


@pytest.fixture
def sqlite():
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


def _tuples(cursor, row):
    return tuple(row)


def _words(cursor, row):
    return "word"


@pytest.mark.parametrize("factory", [None, sqlite3.Row, _tuples], ids=["plain", "Row", "tuples"])
def test_sqlite(sqlite, factory):
    sqlite.row_factory = factory
    assert to_rows(sqlite.execute(SELECT)) == TWO
    assert listing(sqlite.execute(SELECT)) == TWO
    assert to_rows(sqlite.execute(SELECT).fetchone() if factory is sqlite3.Row else [TWO[0]]) == TWO[:1]


def test_a_cursor_is_lazy(sqlite):
    cursor = sqlite.execute(
        f"with recursive c(n) as (select 1 union all select n + 1 from c limit {MANY}) select n from c"
    )
    assert is_lazy(cursor)
    rows = iter_rows(cursor)
    assert next(rows) == {"n": 1}
    assert cursor.fetchone() == (1_001,)
    assert sum(1 for _ in rows) == MANY - 2


def test_cursors_without_rows(sqlite):
    with pytest.raises(ShapeError, match="no rows to read: its last statement was no query"):
        to_rows(sqlite.execute("create table t (a)"))
    sqlite.row_factory = _words
    with pytest.raises(ShapeError, match="row factory makes str objects, which are no records"):
        to_rows(sqlite.execute(SELECT))
    sqlite.row_factory = None
    assert to_rows(sqlite.execute(SELECT + " limit 0")) == []
    with pytest.raises(ShapeError, match="several columns named 'a'"):
        to_rows(sqlite.execute("select 1 as a, 2 as a"))


def _reachable(connect):
    try:
        return connect()
    except Exception as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"the database is not reachable: {error}")


@pytest.fixture
def postgres():
    psycopg = pytest.importorskip("psycopg")
    connection = _reachable(
        lambda: psycopg.connect("host=127.0.0.1 port=5432 user=root dbname=test", connect_timeout=3)
    )
    yield connection
    connection.close()


@pytest.fixture
def mariadb():
    pymysql = pytest.importorskip("pymysql")
    connection = _reachable(
        lambda: pymysql.connect(host="127.0.0.1", port=3306, user="root", password="", database="test")
    )
    yield connection
    connection.close()


TYPES = "cast(1.50 as decimal(8,2)) as d, date '2024-01-31' as day, {big} as big, null as nothing"
TYPED = [{"d": decimal.Decimal("1.50"), "day": dt.date(2024, 1, 31), "big": 2**53, "nothing": None}]


def test_psycopg(postgres):
    from psycopg import rows

    for factory in (rows.tuple_row, rows.dict_row, rows.namedtuple_row):
        with postgres.cursor(row_factory=factory) as cursor:
            assert to_rows(cursor.execute(SELECT)) == TWO
    assert to_rows(postgres.execute("select " + TYPES.format(big=2**53))) == TYPED
    moment = to_rows(postgres.execute("select timestamptz '2024-01-31 12:00+01' as t"))[0]["t"]
    assert moment == dt.datetime(2024, 1, 31, 11, tzinfo=dt.timezone.utc)
    with pytest.raises(ShapeError, match="several columns named 'a'"):
        to_rows(postgres.execute("select 1 as a, 2 as a"))


def test_psycopg_on_the_server(postgres):
    with postgres.cursor(name="many") as cursor:
        cursor.execute(f"select n from generate_series(1, {MANY}) n")
        rows = iter_rows(cursor)
        assert next(rows) == {"n": 1}
        assert sum(1 for _ in rows) == MANY - 1


def test_pymysql(mariadb):
    from pymysql import cursors

    for kind in (cursors.Cursor, cursors.DictCursor, cursors.SSCursor):
        with mariadb.cursor(kind) as cursor:
            cursor.execute(SELECT)
            assert to_rows(cursor) == TWO
    with mariadb.cursor() as cursor:
        cursor.execute("select " + TYPES.format(big=2**53))
        assert to_rows(cursor) == TYPED


async def _rows():
    yield {"a": 1}


def test_what_is_asynchronous_says_so():
    with pytest.raises(ShapeError, match=r"an async_generator is asynchronous\. Collect it"):
        to_rows(_rows())
