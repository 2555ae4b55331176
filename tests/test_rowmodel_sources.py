"""What a row model may be made of, and what is said of what it may not."""

import dataclasses
import datetime as dt
import decimal
import enum
import os
import signal
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import duckdb
import numpy
import pandas
import polars
import pyarrow
import pytest
import sqlalchemy as sa
from rowmodel_data import sa_engine

from flask_openbb.errors import ConfigError, MissingExtraError, RowRequestError
from flask_openbb.rowmodel import Counts, Guard, answer, export, narrow, open_source, parse_request, rows_source
from flask_openbb.rowmodel.counts import mark_of
from flask_openbb.rowmodel.sql_answer import SqlModel
from flask_openbb.rowmodel.sql_caps import SqlCaps
from flask_openbb.rowmodel.sql_sources import open_sql

ROWS = [{"id": number, "symbol": "AB"[number % 2], "price": number / 2} for number in range(10)]
EXPECTED = [ROWS[9], ROWS[7]]


def ask(source, body, **options):
    return answer(source, parse_request(body, source.columns), **options)


def assert_answers(source):
    model = {"symbol": {"type": "equals", "filter": "b"}}
    body = {"endRow": 2, "filterModel": model, "sortModel": [{"colId": "price", "sort": "desc"}]}
    page = ask(source, body)
    assert (page.rows, page.row_count) == (EXPECTED, 5)
    assert [column.type for column in source.columns.values()] == ["integer", "text", "number"]
    assert [row["id"] for row in export(source, parse_request(body, source.columns))] == [9, 7, 5, 3, 1]


@dataclasses.dataclass
class Trade:
    id: int
    symbol: str
    price: float


def frames():
    return {
        "dicts": ROWS,
        "dataclasses": [Trade(**row) for row in ROWS],
        "pandas": pandas.DataFrame(ROWS),
        "polars": polars.DataFrame(ROWS),
        "lazy": polars.DataFrame(ROWS).lazy(),
        "arrow": pyarrow.Table.from_pylist(ROWS),
    }


@pytest.mark.parametrize("kind", ["dicts", "dataclasses", "pandas", "polars", "lazy", "arrow"])
def test_rows_and_frames(kind):
    assert_answers(open_source(frames()[kind], "id"))


@pytest.mark.parametrize(
    ("levels", "key"),
    [("id", "id"), (["symbol", "id"], "id"), ("price", ["symbol", "price"])],
    ids=["one", "two", "float"],
)
def test_a_frames_index_is_columns_as_in_a_table(levels, key):
    frame = pandas.DataFrame(ROWS).set_index(levels)
    source = open_source(frame, key)
    assert set(source.columns) == set(ROWS[0])
    assert len(ask(source, {}).rows) == len(ROWS)
    database = open_sql({"trades": frame}, caps=SqlCaps())
    assert SqlModel(database).answer({"query": "SELECT max(id) AS id FROM trades"})["rowData"] == [{"id": 9}]


def test_a_frames_index_that_has_a_columns_name_is_refused():
    frame = pandas.DataFrame(ROWS).set_index("id", drop=False)
    with pytest.raises(
        ConfigError, match=r"index has the name of a column, 'id'\. Drop it with reset_index\(drop=True\)"
    ):
        open_source(frame, "id")


@pytest.mark.parametrize("name", ["trades.parquet", "trades.csv", "*.parquet", "trades.csv.gz"])
def test_files_and_globs(tmp_path, name):
    polars.DataFrame(ROWS).write_parquet(tmp_path / "trades.parquet")
    polars.DataFrame(ROWS).write_csv(tmp_path / "trades.csv")
    if name.endswith(".gz"):
        import gzip

        (tmp_path / name).write_bytes(gzip.compress((tmp_path / "trades.csv").read_bytes()))
    assert_answers(open_source(str(tmp_path / name), "id"))
    assert_answers(open_source(tmp_path / name, ("symbol", "id")))


@pytest.mark.parametrize("kind", ["parquet", "csv", "duckdb", "pandas", "polars", "arrow"])
def test_threads_that_ask_one_source_at_once_are_all_answered(tmp_path, database, kind):
    path = tmp_path / f"tra'des%.{kind}"
    if kind in {"parquet", "csv"}:
        getattr(polars.DataFrame(ROWS), f"write_{kind}")(path)
    given = path if kind in {"parquet", "csv"} else frames().get(kind, database)
    source = open_source(given, "id", table="trades" if kind == "duckdb" else None)
    together = threading.Barrier(8)

    def asked(number):
        together.wait(20)
        return [ask(source, {"endRow": 1 + each}, guard=Guard(None)).row_count for each in range(20)]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(asked, range(8))) == [[len(ROWS)] * 20] * 8


def test_files_and_frames_share_one_database_and_nothing_in_it(tmp_path):
    sources = []
    for number in range(8):
        frame = polars.DataFrame([{**row, "price": float(number)} for row in ROWS])
        frame.write_parquet(tmp_path / f"{number}.parquet")
        sources.append(open_source(frame if number % 2 else tmp_path / f"{number}.parquet", "id"))
    together = threading.Barrier(8)

    def asked(number):
        together.wait(20)
        return {row["price"] for _ in range(20) for row in ask(sources[number], {}).rows}

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(asked, range(8))) == [{float(number)} for number in range(8)]
    first, second = (source.engine.database for source in sources[:2])
    with first.cursor() as one, second.cursor() as other:
        one.execute("CREATE TABLE seen (id INT)")
        assert other.execute("SELECT count(*) FROM seen").fetchone() == (0,)
        one.execute("DROP TABLE seen")


@pytest.mark.parametrize("error", [duckdb.FatalException, duckdb.InternalException])
def test_a_database_that_duckdb_gave_up_is_opened_anew_for_all_who_share_it(database, error):
    sources = [open_source(frames()["pandas"], "id"), open_source(frames()["arrow"], "id")]
    sources.append(open_source(database, "id", table="trades"))
    for source in sources:
        assert_answers(source)
    databases = [source.engine.database for source in sources]
    before = [each._connection for each in databases]

    def fail(asked):
        with asked.asking(Guard(None)):
            raise error("database has been invalidated because of a previous fatal error")

    with pytest.raises(error):
        fail(databases[0])
    for source in sources:
        assert_answers(source)
    assert [each._connection is old for each, old in zip(databases, before, strict=True)] == [False, False, True]


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "trades.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE trades (id BIGINT, symbol VARCHAR, price DOUBLE)")
        connection.executemany("INSERT INTO trades VALUES (?, ?, ?)", [list(row.values()) for row in ROWS])
        connection.execute("CREATE SCHEMA desk")
        connection.execute("CREATE VIEW desk.own AS SELECT * FROM trades")
    return path


def test_a_database_file_is_opened_to_read(database):
    source = open_source(database, "id", table="trades")
    assert_answers(source)
    assert_answers(open_source(database, "id", table="own", schema="desk"))
    with source.engine.database.cursor() as cursor, pytest.raises(duckdb.Error, match="read-only"):
        cursor.execute("DELETE FROM trades")


def test_a_connection_and_a_function_that_opens_one(database):
    with duckdb.connect(str(database), read_only=True) as connection:
        source = open_source(connection, "id", table="trades")
        assert_answers(source)
        source.engine.database.close()
        assert connection.execute("SELECT count(*) FROM trades").fetchone() == (10,)
    assert_answers(open_source(lambda: duckdb.connect(str(database), read_only=True), "id", table="trades"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes fork on POSIX only")
def test_a_worker_that_forks_opens_the_database_anew(database):
    source = open_source(database, "id", table="trades")
    with duckdb.connect(str(database), read_only=True) as connection:
        lent = open_source(connection, "id", table="trades")
        code = in_child(lambda: (assert_answers(source), refuses(lent)))
    assert code == 0
    assert_answers(source)


def refuses(source):
    with pytest.raises(ConfigError, match="forked after it was opened"):
        ask(source, {})


def in_child(run):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(60)  # one that hangs ends too
        try:
            run()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes fork on POSIX only")
def test_a_connection_of_the_users_own_is_open_still_after_a_fork(database):
    with duckdb.connect(str(database), read_only=True) as connection:
        typed = SqlModel(open_sql(connection, caps=SqlCaps()))
        lent = open_source(connection, "id", table="trades")
        ask_both = lambda: (typed.answer({"query": "SELECT id FROM trades"})["rowCount"], ask(lent, {}).row_count)  # noqa: E731
        assert ask_both() == (10, 10)
        assert in_child(lambda: None) == 0
        assert ask_both() == (10, 10)
        assert connection.execute("SELECT count(*) FROM trades").fetchone() == (10,)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes fork on POSIX only")
def test_a_worker_that_forks_opens_a_pool_of_its_own(tmp_path):
    bind, table = sqlite(tmp_path)
    source = open_source(table, "id", bind=bind)
    assert_answers(source)
    pool = bind.pool

    def of_its_own(asked):
        assert_answers(asked())
        assert bind.pool is not pool

    assert in_child(lambda: of_its_own(lambda: source)) == 0
    assert in_child(lambda: of_its_own(lambda: narrow(source, sa.select(table)))) == 0
    assert bind.pool is pool
    bind.dispose()


def sqlite(tmp_path):
    bind = sa.create_engine(f"sqlite:///{tmp_path / 'trades.sqlite'}")
    metadata = sa.MetaData()
    columns = (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("symbol", sa.String),
        sa.Column("price", sa.Float),
    )
    table = sa.Table("trades", metadata, *columns)
    metadata.create_all(bind)
    with bind.begin() as connection:
        connection.execute(table.insert(), ROWS)
    return bind, table


def test_tables_mapped_classes_and_selects(tmp_path):
    from sqlalchemy.orm import DeclarativeBase

    bind, table = sqlite(tmp_path)
    base = type("Base", (DeclarativeBase,), {"metadata": table.metadata})
    mapped = type("Mapped", (base,), {"__table__": table})
    joined = sa.select(table).join_from(table, table.alias("o"), table.c.id == sa.literal_column("o.id"))
    for source in (table, mapped, sa.select(table), sa.select(mapped), joined, table.alias("t")):
        assert_answers(open_source(source, "id", bind=bind))
    bind.dispose()


@pytest.mark.parametrize("name", ["p0", "p1", "p2", "param_1", "limit"])
@pytest.mark.parametrize("kind", ["sql", "duckdb"])
def test_a_bound_value_of_the_users_own_is_never_the_requests(tmp_path, database, kind, name):
    bind, table = sqlite(tmp_path)
    source = open_source(table, "id", bind=bind) if kind == "sql" else open_source(database, "id", table="trades")
    relation = source.engine.relation.selectable
    written = sa.text(f"SELECT id, symbol FROM trades WHERE symbol = :{name}").bindparams(**{name: "A"})
    for own in (
        sa.select(relation).where(relation.c.symbol == sa.bindparam(name, "A")),
        written.columns(sa.column("id", sa.BigInteger), sa.column("symbol", sa.String)),
    ):
        narrowed = narrow(source, own)
        assert [row["id"] for row in ask(narrowed, {"startRow": 1}).rows] == [2, 4, 6, 8]
        for values in (["B"], ["B", "A"], ["B", "B", "B", "A"]):
            body = {"filterModel": {"symbol": {"filterType": "set", "values": values}}}
            assert {row["symbol"] for row in ask(narrowed, body).rows} <= {"A"}
        first = {"rowGroupCols": [{"field": "symbol"}], "valueCols": [{"field": "id", "aggFunc": "first"}]}
        assert ask(narrowed, first).rows == [{"symbol": "A", "id": 0}]
    bind.dispose()


def test_what_only_a_session_follows_is_refused(tmp_path):
    from sqlalchemy import orm

    bind, table = sqlite(tmp_path)
    base = type("Base", (orm.DeclarativeBase,), {"metadata": table.metadata})
    mapped = type("Mapped", (base,), {"__table__": table})
    source = open_source(mapped, "id", bind=bind)
    for option in (
        orm.with_loader_criteria(mapped, mapped.symbol == "A"),
        orm.load_only(mapped.id),
        orm.defer(mapped.price),
    ):
        with pytest.raises(ConfigError, match=r"has options\(\)"):
            narrow(source, sa.select(mapped).options(option))
    with pytest.raises(ConfigError, match="schema_translate_map"):
        narrow(source, sa.select(mapped).execution_options(schema_translate_map={None: "other"}))
    bind.dispose()


def test_a_class_that_shares_its_table_has_its_own_rows_only(tmp_path):
    from sqlalchemy import orm

    bind, table = sqlite(tmp_path)
    base = type("Base", (orm.DeclarativeBase,), {"metadata": table.metadata})
    by = {"polymorphic_on": table.c.symbol, "polymorphic_identity": "A"}
    parent = type("Parent", (base,), {"__table__": table, "__mapper_args__": by})
    child = type("Child", (parent,), {"__mapper_args__": {"polymorphic_identity": "B"}})
    for given in (child, orm.aliased(child), sa.select(child)):
        source = open_source(given, "id", bind=bind)
        assert [row["id"] for row in ask(source, {}).rows] == [1, 3, 5, 7, 9]
    assert ask(open_source(parent, "id", bind=bind), {}).row_count == 10
    bind.dispose()


def test_a_select_narrows_a_source(tmp_path):
    bind, table = sqlite(tmp_path)
    source = open_source(table, "id", bind=bind)
    high = narrow(source, sa.select(table).where(table.c.price > 2))
    assert [row["id"] for row in ask(high, {}).rows] == [5, 6, 7, 8, 9]
    assert narrow(source, sa.select(table).where(table.c.price > 2)) is high
    other = narrow(source, sa.select(table).where(table.c.price > 4))
    assert [row["id"] for row in ask(other, {}).rows] == [9]
    counts = Counts()
    for each, total in ((source, 10), (high, 5), (other, 1), (high, 5)):
        assert ask(each, {"endRow": 1}, counts=counts).row_count == total
    for number in range(200):
        narrow(source, sa.select(table).where(table.c.price > number))
    assert narrow(source, sa.select(table).where(table.c.price > 2)) is not high
    # Fewer columns are fine, the key must stay.
    assert narrow(source, sa.select(table.c.id)).columns.names == ("id",)
    with pytest.raises(ConfigError, match="key="):
        narrow(source, sa.select(table.c.price))
    bind.dispose()


def test_a_total_counted_while_the_rows_changed_is_not_kept(tmp_path, monkeypatch):
    bind, table = sqlite(tmp_path)
    source, counts = open_source(table, "id", bind=bind), Counts()
    count = source.engine.count

    def counted(*given):
        found = count(*given)
        with bind.begin() as connection:
            connection.execute(table.delete().where(table.c.id == 9))
        counts.clear()  # as a form does that wrote
        return found

    monkeypatch.setattr(source.engine, "count", counted)
    assert ask(source, {"endRow": 5}, counts=counts).row_count == 10
    monkeypatch.undo()
    assert ask(source, {"endRow": 5}, counts=counts).row_count == 9
    bind.dispose()


class Tenant:
    """A value of the user's own, all of which look alike and some of which are equal."""

    def __init__(self, symbol):
        self.symbol = symbol

    def __repr__(self):
        return "<Tenant>"

    def __eq__(self, other):
        return isinstance(other, Tenant)

    def __hash__(self):
        return 1


class TenantSymbol(sa.TypeDecorator):
    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value.symbol


@pytest.mark.parametrize("cacheable", [True, None], ids=["structure", "text"])
def test_values_that_look_alike_share_neither_rows_nor_totals(tmp_path, cacheable, recwarn):
    bind, table = sqlite(tmp_path)
    source = open_source(table, "id", bind=bind)
    kind = type("Kind", (TenantSymbol,), {"cache_ok": cacheable})
    column = sa.type_coerce(table.c.symbol, kind)
    counts = Counts()
    with bind.begin() as connection:
        connection.execute(table.delete().where(table.c.id == 9))
    for symbol, ids, total in (("A", [0], 5), ("B", [1], 4), ("A", [0], 5)):
        narrowed = narrow(source, sa.select(table).where(column == Tenant(symbol)))
        assert narrowed.identity is None
        page = ask(narrowed, {"endRow": 1}, counts=counts)
        assert ([row["id"] for row in page.rows], page.row_count) == (ids, total)
    bind.dispose()


CLOCK = dt.timezone(dt.timedelta(hours=1))


class Zone(dt.tzinfo):
    def utcoffset(self, moment):
        return dt.timedelta(hours=2 - moment.fold)

    def dst(self, moment):
        return dt.timedelta(0)


ZONE = Zone()


@pytest.mark.parametrize(
    "values",
    [
        (1, True, 1.0, decimal.Decimal(1), decimal.Decimal("1.0"), "1", b"1"),
        (0, False, 0.0, -0.0, None, ""),
        (dt.datetime(2026, 10, 25, 2, tzinfo=ZONE), dt.datetime(2026, 10, 25, 2, tzinfo=ZONE, fold=1)),
        (dt.datetime(2026, 1, 1, 1, tzinfo=CLOCK), dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)),
        ([1, "a"], [True, "a"], (1, "a"), ["1", "a"]),
        (uuid.UUID(int=1), str(uuid.UUID(int=1))),
    ],
    ids=["one", "nothing", "clock set back", "zones", "lists", "uuid"],
)
def test_values_that_are_equal_to_python_are_told_apart(values):
    assert len({mark_of(value) for value in values}) == len(values)
    assert [mark_of(value) for value in values] == [mark_of(value) for value in values]


class Level(enum.IntEnum):
    LOW = 1


@pytest.mark.parametrize("value", [Tenant("A"), {"a": 1}, [Tenant("A")], {1}, type("Text", (str,), {})("a")])
def test_values_nobody_knows_are_not_told_apart(value):
    with pytest.raises(TypeError, match="cannot be told apart"):
        mark_of(value)
    assert mark_of(Level.LOW) != mark_of(1)


@pytest.mark.parametrize(
    "statements",
    [
        lambda table: [sa.select(table).limit(each) for each in (1, 2)],
        lambda table: [sa.select(table).where(table.c.symbol.in_(each)) for each in (["A"], ["B"], ["A", "B"])],
        lambda table: [
            sa.text("SELECT id, symbol FROM trades WHERE id = :id").bindparams(id=each).columns(table.c.id)
            for each in (1, 2)
        ],
        lambda table: [sa.select(table).where(table.c.id == each) for each in (1, 1.0, True)],
        lambda table: [
            sa.select(table).where(table.c.id == sa.bindparam("who", callable_=lambda each=each: each))
            for each in (1, 2)
        ],
    ],
    ids=["limit", "in", "text", "types", "functions"],
)
def test_statements_that_differ_in_a_value_are_sources_of_their_own(tmp_path, statements):
    bind, table = sqlite(tmp_path)
    source = open_source(table, "id", bind=bind)
    found = [narrow(source, each) for each in statements(table)]
    assert len({id(each) for each in found}) == len({each.identity for each in found}) == len(found)
    assert [narrow(source, each) for each in statements(table)] == found
    bind.dispose()


def test_what_the_server_is_like_is_asked_once_for_all_that_narrow_it():
    bind = sa_engine("postgresql")
    asked = []
    sa.event.listen(bind, "before_cursor_execute", lambda *said: asked.append(said[2]))
    numbers = sa.select(sa.func.generate_series(1, 9, type_=sa.Integer).label("id"))
    source = open_source(numbers, "id", bind=bind)
    inner = numbers.subquery()
    for least in range(3):
        assert ask(narrow(source, sa.select(inner).where(inner.c.id > least)), {}).row_count == 9 - least
    assert len([text for text in asked if "pg_collation" in text]) == 1
    bind.dispose()


def test_a_select_narrows_duckdb_too(database):
    source = open_source(database, "id", table="trades")
    table = source.engine.source
    for low, expected in ((2, [5, 6, 7, 8, 9]), (4, [9])):
        narrowed = narrow(source, sa.select(table).where(table.c.price > low, table.c.symbol.in_(["A", "B"])))
        assert [row["id"] for row in ask(narrowed, {"filterModel": {"price": {"type": "notBlank"}}}).rows] == expected


def test_rows_in_memory_are_not_narrowed_by_statements():
    with pytest.raises(ConfigError, match="Filter its rows instead"):
        narrow(rows_source(ROWS, "id"), "select")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: open_source(path / "trades.xlsx", "id"), "no file a row model reads. Endings: .parquet"),
        (lambda path: open_source(path / "none.parquet", "id"), "there is no file"),
        (
            lambda path: open_source("none.parquet", "id"),
            "there is no file 'none.parquet'. The working directory is '/",
        ),
        (lambda path: open_source(path, "id"), r"is a folder. Give a glob of its files, such as '.*\*\.parquet'"),
        (
            lambda path: open_source("postgresql://desk:hunter2@db/book", "id"),
            r"^source= is a postgresql:// URL\. .*bind=",
        ),
        (lambda path: open_source("https://lake.example/t.csv", "id"), r"^source= is a https:// URL\. .*"),
        (lambda path: open_source(path / "none.duckdb", "id", table="t"), "there is no file"),
        (lambda path: open_source(path / "none.duckdb", "id"), "which of its tables with table="),
        (lambda path: open_source(duckdb.connect(), "id"), "needs table="),
        (lambda path: open_source(duckdb.sql("SELECT 1 AS id"), "id"), "belongs to its connection"),
        (lambda path: open_source(duckdb.connect(), "id", table="nope"), "no table 'nope'. Tables: none"),
        (lambda path: open_source(sa.table("t", sa.column("id")), "id"), "needs bind="),
        (lambda path: open_source(sa.literal(1), "id", bind=sa.create_engine("sqlite://")), "is no source of rows"),
        (
            lambda path: open_source(
                sa.select(sa.literal(1).label("a"), sa.literal(2).label("a")), "a", bind=sa.create_engine("sqlite://")
            ),
            "several columns named 'a'",
        ),
        (
            lambda path: open_source(
                sa.select(sa.literal(1).label("id"), sa.func.count()), "id", bind=sa.create_engine("sqlite://")
            ),
            r"column 2 of the select\(\) has no name of its own. Give it one with .label\(\)",
        ),
        (lambda path: open_source(ROWS, "ids"), "Did you mean 'id'"),
    ],
)
def test_what_is_no_source(tmp_path, make, says):
    with pytest.raises(ConfigError, match=says):
        make(tmp_path)


@pytest.mark.parametrize(
    ("name", "make", "extra"),
    [
        ("duckdb", lambda path: open_source(path / "a.parquet", "id"), "duckdb"),
        (
            "sqlalchemy",
            lambda path: open_source(sa.select(sa.literal(1).label("id")), "id", bind=sa.create_engine("sqlite://")),
            "sql",
        ),
    ],
)
def test_a_missing_package_is_the_line_that_installs_it(tmp_path, monkeypatch, name, make, extra):
    monkeypatch.setitem(sys.modules, name, None)
    for module in list(sys.modules):
        if module.startswith("flask_openbb.rowmodel.engine_"):
            monkeypatch.delitem(sys.modules, module)
    with pytest.raises(MissingExtraError, match=rf"pip install 'Flask-OpenBB\[{extra}\]'"):
        make(tmp_path)


class Side(enum.Enum):
    BUY = "b"
    SELL = "s"


class Upper(sa.TypeDecorator):
    impl = sa.String
    cache_ok = True


def test_columns_of_every_type(tmp_path):
    bind = sa.create_engine(f"sqlite:///{tmp_path / 'types.sqlite'}")
    metadata = sa.MetaData()
    table = sa.Table(
        "types",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("side", sa.Enum(Side)),
        sa.Column("upper", Upper),
        sa.Column("exact", sa.Numeric(10, 2)),
        sa.Column("small", sa.SmallInteger),
        sa.Column("flag", sa.Boolean),
        sa.Column("day", sa.Date),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.Column("doc", sa.JSON),
        sa.Column("blob", sa.LargeBinary),
    )
    metadata.create_all(bind)
    row = {
        "id": uuid.UUID(int=5),
        "side": Side.BUY,
        "upper": "X",
        "small": 3,
        "flag": True,
        "day": dt.date(2026, 1, 2),
        "at": dt.datetime(2026, 1, 2, 3),
        "doc": {"a": 1},
        "blob": b"x",
    }
    with bind.begin() as connection:
        connection.execute(table.insert(), row)
        connection.execute(sa.text("UPDATE types SET exact = 1.25"))
    source = open_source(table, "id", bind=bind)
    kinds = [column.type for column in source.columns.values()]
    assert kinds == ["text", "text", "text", "number", "integer", "boolean", "date", "datetime", "other", "other"]
    found = ask(source, {"filterModel": {"side": {"type": "equals", "filter": "buy"}}}).rows[0]
    assert found == {**row, "id": row["id"].hex, "side": "BUY", "exact": 1.25}
    grouped = ask(source, {"rowGroupCols": [{"field": "side"}], "valueCols": [{"field": "exact", "aggFunc": "sum"}]})
    assert grouped.rows == [{"side": "BUY", "exact": 1.25}]
    with pytest.raises(RowRequestError, match="has no order"):
        ask(source, {"sortModel": [{"colId": "doc", "sort": "asc"}]})
    bind.dispose()


def test_columns_of_every_type_of_duckdb():
    connection = duckdb.connect()
    connection.execute("CREATE TYPE side AS ENUM ('b', 's')")
    connection.execute(
        "CREATE TABLE types AS SELECT 1::UTINYINT AS id, 's'::side AS side, 1.50::DECIMAL(18, 3) AS exact, "
        "2::HUGEINT AS huge, 1.5::FLOAT AS single, true AS flag, DATE '2026-01-02' AS day, "
        "TIMESTAMP '2026-01-02 03:04:05' AS at, "
        "[1, 2] AS list, {'a': 1} AS struct, '00000000-0000-0000-0000-000000000005'::UUID AS uuid, "
        "TIMESTAMPTZ '2026-01-02 03:04:05+00' AS seen"
    )
    source = open_source(connection, "id", table="types")
    assert [(column.type, column.aware) for column in source.columns.values()] == [
        ("integer", False),
        ("text", False),
        ("decimal", False),
        ("decimal", False),
        ("number", False),
        ("boolean", False),
        ("date", False),
        ("datetime", False),
        ("other", False),
        ("other", False),
        ("text", False),
        ("datetime", True),
    ]
    model = {
        "side": {"type": "equals", "filter": "S"},
        "exact": {"type": "equals", "filter": 1.5},
        "huge": {"filterType": "set", "values": ["2"]},
        "seen": {"filterType": "date", "type": "equals", "dateFrom": "2026-01-02 03:04:05"},
        "uuid": {"type": "endsWith", "filter": "5"},
    }
    body = {
        "filterModel": model,
        "rowGroupCols": [{"field": "side"}],
        "valueCols": [{"field": "exact", "aggFunc": "sum"}],
    }
    assert ask(source, body).rows == [{"side": "s", "exact": decimal.Decimal("1.500")}]
    connection.close()


def test_wide_decimals_of_duckdb_are_compared_with_narrow_values():
    connection = duckdb.connect()
    wide = "12345678901234567890123456.1234567890"
    connection.execute(f"CREATE TABLE wide AS SELECT 1::BIGINT AS id, {wide}::DECIMAL(38, 10) AS d")
    source = open_source(connection, "id", table="wide")
    for kind, found in (("greaterThan", 1), ("lessThan", 0), ("notEqual", 1)):
        for value in (1e-18, -9.9e19, 5):
            assert ask(source, {"filterModel": {"d": {"type": kind, "filter": value}}}).row_count == found
    connection.close()


@pytest.mark.parametrize("name", ["postgresql", "mariadb"])
def test_single_floats_are_found_as_they_are_shown(name):
    bind = sa_engine(name)
    metadata = sa.MetaData()
    kind = sa.REAL().with_variant(sa.FLOAT(), "mysql", "mariadb")
    table = sa.Table("openbb_single", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("f", kind))
    metadata.drop_all(bind)
    metadata.create_all(bind)
    with bind.begin() as connection:
        connection.execute(table.insert(), [{"id": 1, "f": 0.1}])
    source = open_source(table, "id", bind=bind)
    shown = ask(source, {}).rows[0]["f"]
    assert ask(source, {"rowGroupCols": [{"field": "f"}], "groupKeys": [shown]}).rows == [{"id": 1, "f": shown}]
    metadata.drop_all(bind)
    bind.dispose()


@pytest.mark.parametrize(
    ("name", "kinds", "row", "expected"),
    [
        (
            "mariadb",
            "small DOUBLE, large DOUBLE, flags SET('a', 'b')",
            "1.5e-13, 1e300, 'b,a'",
            {"small": ("number", 1.5e-13), "large": ("number", 1e300), "flags": ("text", "a,b")},
        ),
        (
            "postgresql",
            "small DOUBLE PRECISION, mail openbb_mail, price openbb_price",
            "1.5e-13, 'a@b.example', 2.50",
            {
                "small": ("number", 1.5e-13),
                "mail": ("text", "a@b.example"),
                "price": ("decimal", decimal.Decimal("2.50")),
            },
        ),
    ],
)
def test_reflected_columns_hold_what_the_database_holds(name, kinds, row, expected):
    bind = sa_engine(name)
    domains = {"openbb_mail": "TEXT", "openbb_price": "NUMERIC(10, 2)"} if name == "postgresql" else {}
    with bind.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS openbb_reflected")
        for domain, base in domains.items():
            connection.exec_driver_sql(f"DROP DOMAIN IF EXISTS {domain}")
            connection.exec_driver_sql(f"CREATE DOMAIN {domain} AS {base}")
        connection.exec_driver_sql(f"CREATE TABLE openbb_reflected (id INT PRIMARY KEY, {kinds})")
        connection.exec_driver_sql(f"INSERT INTO openbb_reflected VALUES (1, {row})")
    source = open_source(sa.Table("openbb_reflected", sa.MetaData(), autoload_with=bind), "id", bind=bind)
    found = ask(source, {}).rows[0]
    assert {column: (source.columns[column].type, found[column]) for column in expected} == expected
    for column, (_, value) in expected.items():
        open_group = {"rowGroupCols": [{"field": column}], "groupKeys": [str(value)]}
        assert ask(source, open_group).rows == [found]
        assert ask(source, {"filterModel": {column: {"filterType": "set", "values": [str(value)]}}}).row_count == 1
    with bind.begin() as connection:
        connection.exec_driver_sql("DROP TABLE openbb_reflected")
        for domain in domains:
            connection.exec_driver_sql(f"DROP DOMAIN {domain}")
    bind.dispose()


def test_rows_in_memory_may_hold_values_of_numpy_and_pandas():
    rows = [
        {
            "id": uuid.UUID(int=number),
            "n": numpy.int64(number),
            "f": numpy.float64("nan") if number == 1 else numpy.float32(0.5),
            "on": numpy.bool_(number == 2),
            "at": pandas.NaT if number == 1 else pandas.Timestamp("2026-01-02"),
            "seen": numpy.datetime64("NaT" if number == 1 else "2026-01-02T03:04:05.123456789", "ns"),
            "d": decimal.Decimal("NaN") if number == 1 else decimal.Decimal(number),
            "list": numpy.array([number]),
        }
        for number in (1, 2, 3)
    ]
    source = rows_source(rows, "id")
    kinds = [column.type for column in source.columns.values()]
    assert kinds == ["text", "integer", "number", "boolean", "datetime", "datetime", "decimal", "other"]
    for name in ("id", "n", "f", "on", "at", "seen", "d"):
        found = ask(source, {"sortModel": [{"colId": name, "sort": "asc"}]}).rows
        assert [row["n"] for row in found] == ([1, 3, 2] if name == "on" else [1, 2, 3])
        pivot = {"pivotMode": True, "pivotCols": [{"field": name}], "valueCols": [{"field": "n", "aggFunc": "count"}]}
        assert sum(ask(source, pivot).rows[0].values()) == 3
    blank = {name: {"type": "blank"} for name in ("f", "at", "seen", "d")}
    assert [row["n"] for row in ask(source, {"filterModel": blank}).rows] == [1]
    assert ask(source, {"sortModel": [{"colId": "n", "sort": "desc"}]}).rows[0]["seen"] == dt.datetime(
        2026, 1, 2, 3, 4, 5, 123456
    )


def test_keys_of_several_columns(tmp_path):
    bind = sa.create_engine(f"sqlite:///{tmp_path / 'keys.sqlite'}")
    metadata = sa.MetaData()
    table = sa.Table(
        "pairs",
        metadata,
        sa.Column("a", sa.String, primary_key=True),
        sa.Column("b", sa.Integer, primary_key=True),
        sa.Column("v", sa.Integer),
    )
    metadata.create_all(bind)
    rows = [{"a": a, "b": b, "v": (b * 7) % 3} for a in "yx" for b in (2, 1, 3)]
    with bind.begin() as connection:
        connection.execute(table.insert(), rows)
    body = {
        "rowGroupCols": [{"field": "v"}],
        "valueCols": [{"field": "b", "aggFunc": "first"}, {"field": "a", "aggFunc": "last"}],
    }
    for bodies in (body, {"sortModel": [{"colId": "v", "sort": "desc"}]}):
        plain = ask(rows_source(rows, ("a", "b")), bodies).rows
        assert ask(open_source(table, ("a", "b"), bind=bind), bodies).rows == plain
    bind.dispose()


def test_a_sum_past_64_bits_is_said_where_it_cannot_be_held(tmp_path):
    bind = sa.create_engine(f"sqlite:///{tmp_path / 'sums.sqlite'}")
    metadata = sa.MetaData()
    table = sa.Table("sums", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.BigInteger))
    metadata.create_all(bind)
    rows = [{"id": 1, "n": 2**63 - 1}, {"id": 2, "n": 2**63 - 1}]
    with bind.begin() as connection:
        connection.execute(table.insert(), rows)
    body = {"rowGroupCols": [{"field": "n"}], "valueCols": [{"field": "n", "aggFunc": "sum"}]}
    with pytest.raises(RowRequestError, match="past 64 bits, which sqlite cannot hold"):
        ask(open_source(table, "id", bind=bind), body)
    assert ask(open_source(rows, "id"), body).rows == [{"n": 2**64 - 2}]
    bind.dispose()


def test_guards_bound_rows_in_memory_too():
    guard = Guard(60)
    assert 0 < guard.remaining() <= 60
    assert ask(rows_source(ROWS, "id"), {"startRow": 9}, guard=guard).rows == [ROWS[9]]


@pytest.mark.parametrize("table", ["at", "qualify", "pivot", "trades"])
def test_tables_and_columns_of_duckdb_are_named_by_any_of_its_words(table):
    connection = duckdb.connect()
    words = [word for (word,) in connection.execute("SELECT DISTINCT keyword_name FROM duckdb_keywords()").fetchall()]
    listed = ", ".join(f'{number} AS "{word}"' for number, word in enumerate(words))
    connection.execute(f'CREATE TABLE "{table}" AS SELECT 7 AS id, {listed}')
    source = open_source(connection, "id", table=table)
    body = {"filterModel": {"at": {"type": "equals", "filter": words.index("at")}}, "sortModel": [{"colId": "qualify"}]}
    row = {"id": 7, **{word: number for number, word in enumerate(words)}}
    assert answer(source, parse_request(body, source.columns)).rows == [row]
    connection.close()


def test_the_keys_of_rows_are_plain_text():
    # orjson refuses any other kind of key, and rows would be written ten times as slowly.
    table = sa.Table(
        "t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("Mixed Case", sa.Text)
    )
    bind = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    table.metadata.create_all(bind)
    with bind.begin() as connection:
        connection.execute(table.insert(), [{"id": 1, "Mixed Case": "x"}])
    source = open_source(table, "id", bind=bind)
    (row,) = answer(source, parse_request({}, source.columns)).rows
    assert [type(key) for key in row] == [str, str]
    bind.dispose()


TIMES = ["2026-01-04 23:59:59", "2026-01-05 00:00:00", "2026-01-05 00:00:00.000000", "2026-01-05 12:00:00.250000", None]
NOON, MIDNIGHT = {"filterType": "set", "values": ["2026-01-05 12:00:00.250"]}, "2026-01-05 00:00:00"


@pytest.mark.parametrize(
    ("model", "ids"),
    [
        ({"filterType": "date", "type": "equals", "dateFrom": MIDNIGHT}, [1, 2, 3]),
        ({"filterType": "date", "type": "notEqual", "dateFrom": MIDNIGHT}, [0]),
        ({"filterType": "date", "type": "lessThan", "dateFrom": MIDNIGHT}, [0]),
        ({"filterType": "date", "type": "lessThanOrEqual", "dateFrom": MIDNIGHT}, [0, 1, 2, 3]),
        ({"filterType": "date", "type": "greaterThan", "dateFrom": "2026-01-04 00:00:00"}, [1, 2, 3]),
        (
            {"filterType": "date", "type": "inRange", "dateFrom": "2026-01-04 00:00:00", "dateTo": MIDNIGHT},
            [0, 1, 2, 3],
        ),
        ({"filterType": "set", "values": [MIDNIGHT]}, [1, 2]),
        ({"filterType": "set", "values": [MIDNIGHT, None]}, [1, 2, 4]),
        (NOON, [3]),
    ],
)
def test_sqlite_times_with_and_without_a_fraction(model, ids):
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("at", sa.DateTime))
    bind = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    table.metadata.create_all(bind)
    with bind.begin() as connection:
        for number, text in enumerate(TIMES):
            connection.exec_driver_sql("INSERT INTO t VALUES (?, ?)", (number, text))
    source = open_source(table, "id", bind=bind)
    found = answer(source, parse_request({"filterModel": {"at": model}}, source.columns)).rows
    assert [row["id"] for row in found] == ids
    groups = {"rowGroupCols": [{"field": "at"}], "groupKeys": [MIDNIGHT]}
    assert [row["id"] for row in answer(source, parse_request(groups, source.columns)).rows] == [1, 2]
    bind.dispose()


@pytest.mark.parametrize(
    ("op", "ids"), [("eq", [1, 2]), ("ne", [0, 3]), ("lt", [0]), ("le", [0, 1, 2]), ("gt", [3]), ("ge", [1, 2, 3])]
)
def test_sqlite_compares_times_as_times(op, ids):
    from flask_openbb.rowmodel.dialects import SQLite, TimeText

    bind = sa.create_engine("sqlite://")
    with bind.connect() as connection:
        for number, text in enumerate(TIMES):
            value = sa.bindparam("p", dt.datetime(2026, 1, 5), TimeText())
            column = sa.literal(text, sa.String()) if text is not None else sa.null()
            passed = connection.execute(sa.select(SQLite().compared(op, column, value))).scalar()
            assert bool(passed) is (number in ids)
    bind.dispose()


def test_a_url_is_read_as_it_is_written(monkeypatch, tmp_path):
    """The library that knows object stores is not there in tests: what is asked of them is asked of a folder."""
    duckdb.sql(f"COPY (SELECT range AS id FROM range(3)) TO '{tmp_path / 'one.parquet'}'")
    said, connect = [], duckdb.connect

    class Store:
        def __init__(self, connection):
            self.connection = connection

        def cursor(self):
            return Store(self.connection.cursor())

        def execute(self, text, *values):
            said.append(text)
            return self.connection.execute(text.replace("s3://lake/", f"{tmp_path}/"), *values)

        def __getattr__(self, name):
            return getattr(self.connection, name)

    monkeypatch.setattr(duckdb, "connect", lambda *given, **options: Store(connect(*given, **options)))
    source = open_source("s3://lake/one.parquet", "id")
    assert ask(source, {}).row_count == 3
    assert "'s3://lake/one.parquet'" in said[0]


def test_without_httpfs_a_url_says_what_is_missing(monkeypatch, tmp_path):
    connect = duckdb.connect
    config = {"extension_directory": str(tmp_path), "autoinstall_known_extensions": "false"}
    monkeypatch.setattr(duckdb, "connect", lambda _name: connect(config=config))
    with pytest.raises(ConfigError, match=r"^'s3://lake/one\.parquet' cannot be read: .* run INSTALL httpfs once"):
        open_source("s3://lake/one.parquet", "id")


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path):
    for number, name in enumerate(["a1.parquet", "a[1].parquet"]):
        duckdb.sql(f"COPY (SELECT {number} AS id) TO '{tmp_path / name}'")
    source = open_source(tmp_path / "a[1].parquet", "id")
    assert ask(source, {}).rows == [{"id": 1}]


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    with pytest.raises(ConfigError, match=r"bad\.parquet' cannot be read: .*too small"):
        open_source(tmp_path / "bad.parquet", "id")


@pytest.mark.parametrize(
    "opened",
    [
        lambda: open_source("desk:hunter2@db.example/book", "id"),
        lambda: open_sql("desk:hunter2@db.example/book", caps=SqlCaps()).catalog(),
        lambda: open_sql({"book": "postgresql://desk:hunter2@db.example/book"}, caps=SqlCaps()).catalog(),
    ],
    ids=["source", "sql", "mapping"],
)
def test_a_url_given_for_a_file_is_refused_without_its_password(opened):
    with pytest.raises(ConfigError) as error:
        opened()
    assert str(error.value).startswith("'db.example/book' is no file ")
    assert "hunter2" not in str(error.value)
