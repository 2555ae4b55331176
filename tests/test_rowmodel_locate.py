"""rowmodel/locate.py over DuckDB: a deep page found in a range of values is the page that sorting everything finds."""

import datetime as dt
from dataclasses import replace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rowmodel_data import COLUMNS, EVIL, NOW, difference, made, python_source, rows_of
from sqlalchemy import select

from flask_openbb.rowmodel import Counts, Limits, Rules, answer, locate, open_source, parse_request
from flask_openbb.rowmodel import engine_duckdb as engine
from flask_openbb.rowmodel.kept import Kept
from flask_openbb.rowmodel.plan import Leaves, Order
from flask_openbb.rowmodel.request import EVERYTHING, And, Compare, OneOf, Or
from flask_openbb.rowmodel.sources import narrow

ROWS = rows_of(3_000)
RULES = Rules(limits=Limits(deep=20))
SORTED = [name for name, column in COLUMNS.items() if column.type not in {"boolean", "other"}]


@pytest.fixture(scope="module")
def source():
    with made("duckdb", ROWS) as found:
        yield found


@pytest.fixture
def located(monkeypatch):
    """The pages that were found in a range, or None for each that was not."""
    found = []
    plain = engine.DuckDBEngine._located

    def noted(self, cursor, plan):
        found.append(plain(self, cursor, plan))
        return found[-1]

    monkeypatch.setattr(engine.DuckDBEngine, "_located", noted)
    monkeypatch.setattr(locate, "FEWEST_ROWS", 20)
    return found


def ask(source, **body):
    return answer(source, parse_request(body, source.columns, rules=RULES, now=NOW), rules=RULES, counts=Counts())


def sorts(name, direction):
    return [{"colId": name, "sort": direction}]


@pytest.mark.parametrize(
    "filters", [{}, {"active": {"filterType": "boolean", "type": "true"}}], ids=["all", "filtered"]
)
@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("name", SORTED)
def test_a_page_in_a_range_is_the_page(source, located, name, direction, filters):
    oracle = python_source(ROWS)
    for start in (20, 200, 400, 480, 700, 1_000, 1_490, 2_000, 2_700, 2_980):
        body = {"startRow": start, "endRow": start + 40, "sortModel": sorts(name, direction), "filterModel": filters}
        assert difference(ask(oracle, **body), ask(source, **body)) is None
    assert any(located)


def test_marks_are_kept_and_a_poor_sample_is_not(source, located, monkeypatch):
    asked, samples = [], []
    plain = engine.DuckDBEngine._sampled
    monkeypatch.setattr(
        engine.DuckDBEngine, "_sampled", lambda *given: asked.append(1) or (samples.pop() if samples else plain(*given))
    )
    monkeypatch.setattr(source.engine, "_kept", Kept())
    body = {"startRow": 1_500, "endRow": 1_540, "sortModel": sorts("id", "desc")}
    first = ask(source, **body)
    assert ask(source, **body).rows == first.rows
    assert len(asked) == 1
    assert all(located)

    wrong = locate.Marks(tuple(range(10_000, 10_000 + locate.PARTS - 1)), 1.0)
    monkeypatch.setattr(source.engine, "_kept", Kept())
    samples.append(wrong)
    assert ask(source, **body).rows == first.rows
    assert located[-1] is None
    assert ask(source, **body).rows == first.rows
    assert located[-1] is not None
    assert ask(source, **body).rows == first.rows
    assert located[-1] is not None
    assert len(asked) == 3


def test_samples_are_not_kept_for_ever(source, located, monkeypatch):
    monkeypatch.setattr(source.engine, "_kept", Kept(most=500))
    for name in ("id", "price", "big", "day"):
        ask(source, startRow=1_500, endRow=1_540, sortModel=sorts(name, "desc"))
    assert all(located)
    assert len(located) == 4
    assert 0 < source.engine._kept.weight <= 500


def test_what_is_not_worth_locating(source, located):
    middle = {"startRow": 1_500, "endRow": 1_540}
    ask(source, **middle, sortModel=sorts("active", "asc"))
    ask(source, **middle, sortModel=sorts("id", "asc"), filterModel={EVIL: {"filterType": "text", "type": "notBlank"}})
    ask(source, startRow=10, endRow=50, sortModel=sorts("id", "asc"))
    ask(source, startRow=2_970, endRow=3_010, sortModel=sorts("id", "asc"))
    assert located == []


def test_a_sample_without_rows_or_values_says_nothing(source, located):
    assert locate.marks_of(None, 0, 10) is None
    assert locate.marks_of([1], 1, 10) is None
    assert locate.marks_of([], 0, 0) is None
    nobody = {"desk": {"filterType": "set", "values": ["nobody"]}}
    assert ask(source, startRow=1_500, endRow=1_540, filterModel=nobody).rows == []


PLAN = Leaves(EVERYTHING, (Order("price"), Order("id")), 5_000_000, 5_000_500, total=10_000_000, deep=10_000)
MARKS = locate.Marks(tuple(range(1, locate.PARTS)), 1.0)


def test_the_range_has_a_part_to_spare_on_either_side():
    found = locate.range_of(PLAN, MARKS, COLUMNS)
    between = And((Compare("price", "ge", 99), Compare("price", "le", 102), EVERYTHING))
    assert found == locate.Range(
        And((Or((Compare("price", "lt", 99), OneOf("price", (), null=True))), EVERYTHING)), between
    )
    assert found.page(PLAN, 4_950_000, 150_000) == replace(
        PLAN, where=between, start=50_000, end=50_500, total=None, deep=None
    )
    assert found.page(PLAN, 5_000_001, 150_000) is None
    assert found.page(PLAN, 4_950_000, 50_499) is None

    backwards = replace(PLAN, order=(Order("price", True), Order("id", True)), start=2_500_000, end=2_500_500)
    found = locate.range_of(backwards, MARKS, COLUMNS)
    assert found.before == And((Compare("price", "gt", 151), EVERYTHING))
    assert found.inside.parts[0] == Compare("price", "ge", 148)


def test_nulls_are_at_one_end_and_have_no_range():
    half_null = locate.Marks(MARKS.values, 0.5)
    assert locate.range_of(replace(PLAN, start=4_000_000, end=4_000_500), half_null, COLUMNS) is None
    assert (
        locate.range_of(replace(PLAN, start=7_500_000, end=7_500_500), half_null, COLUMNS).inside.parts[0].value == 99
    )
    assert locate.range_of(PLAN, locate.Marks(MARKS.values, 0.0), COLUMNS) is None


def test_only_tables_are_read_three_times(tmp_path, located):
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT range AS id, range % 7 AS n FROM range(3000)")
    connection.execute("CREATE VIEW v AS SELECT * FROM t")
    connection.execute("CREATE SCHEMA other; CREATE VIEW other.t AS SELECT * FROM main.t")
    middle = {"startRow": 1_500, "endRow": 1_540}
    ask(open_source(connection, "id", table="v"), **middle)
    ask(open_source(connection, "id", table="t", schema="other"), **middle)
    assert located == []

    source = open_source(connection, "id", table="t")
    ask(source, **middle)
    table = source.engine.source
    ask(narrow(source, select(table).where(table.c.n < 6)), **middle)
    ask(narrow(source, select(table.c.id)), **middle)
    assert len(located) == 3
    assert all(located)

    other = table.alias()
    for statement in (
        select(table.c.id, (table.c.n + 1).label("m")),
        select(table).join(other, other.c.id == table.c.id),
        select(table).distinct(),
        select(table.alias()),
        select(table).limit(2_900),
    ):
        ask(narrow(source, statement), **middle)
    assert len(located) == 3

    connection.execute(f"COPY t TO '{tmp_path}/t.parquet'")
    assert len(ask(open_source(str(tmp_path / "t.parquet"), "id"), **middle).rows) == 40
    assert len(located) == 4


def test_times_of_a_zone_are_located(located):
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE t AS SELECT range AS id, TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_hours(range::INT) AS at"
        " FROM range(3000)"
    )
    rows = ask(
        open_source(connection, "id", table="t"), startRow=1_500, endRow=1_501, sortModel=sorts("at", "asc")
    ).rows
    assert rows == [{"id": 1_500, "at": dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc) + dt.timedelta(hours=1_500)}]
    assert all(located)


def test_times_of_nanoseconds_in_a_zone(tmp_path, located):
    """DuckDB reads them from Arrow and Parquet as a type of its own, and compares it with no other."""
    start = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
    times = pa.array([start + dt.timedelta(hours=number) for number in range(3_000)], pa.timestamp("ns", "Asia/Tokyo"))
    table = pa.table({"id": range(3_000), "at": times})
    pq.write_table(table, tmp_path / "times.parquet")
    for given in (table, str(tmp_path / "times.parquet")):
        source = open_source(given, "id")
        for direction, expected in (("asc", 1_500), ("desc", 1_499)):
            (row,) = ask(source, startRow=1_500, endRow=1_501, sortModel=sorts("at", direction)).rows
            assert row == {"id": expected, "at": start + dt.timedelta(hours=expected)}
        after = {"at": {"filterType": "date", "type": "greaterThanOrEqual", "dateFrom": "2026-01-02 00:00:00"}}
        assert ask(source, startRow=0, endRow=10, filterModel=after).row_count == 3_000 - 24
    assert len(located) == 4
    assert all(located)


def test_values_that_python_cannot_hold_or_give_back_do_not_matter(located):
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE t AS SELECT range AS id, TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_years(range::INT * 4) AS at,"
        " 340282366920938463463374607431768211455::UHUGEINT - range::UHUGEINT AS huge FROM range(3000)"
    )
    source = open_source(connection, "id", table="t")
    row = ask(source, startRow=1_500, endRow=1_501, sortModel=sorts("at", "asc")).rows[0]
    assert row["at"] == dt.datetime(8026, 1, 1, tzinfo=dt.timezone.utc)
    assert located[-1] is not None
    row = ask(source, startRow=2_500, endRow=2_501, sortModel=sorts("at", "asc")).rows[0]
    assert (row["id"], row["at"]) == (2_500, "12026-01-01 00:00:00")
    row = ask(source, startRow=1_500, endRow=1_501, sortModel=sorts("huge", "desc")).rows[0]
    assert (row["id"], row["huge"]) == (1_500, 2**128 - 1 - 1_500)
