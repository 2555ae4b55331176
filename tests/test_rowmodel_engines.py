"""What every engine answers: the meaning of each filter, whole levels from pages, no statement with a user's text."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from rowmodel_data import (
    COLUMNS,
    ENGINES,
    EVIL,
    NOW,
    ODD,
    RULES,
    WAREHOUSES,
    Requests,
    made,
    python_source,
    rows_of,
    sa_engine,
)

from flask_openbb.errors import RowRequestError
from flask_openbb.rowmodel import (
    Counts,
    Guard,
    Limits,
    RowColumn,
    RowColumns,
    Rules,
    answer,
    distinct_values,
    export,
    open_source,
    parse_request,
    rows_source,
)

ROWS = rows_of(120)
TEXTS = [None, "", " \t", "Ab", "aB%", "a_b", "É", "é", "x"]
MEANING = [
    {
        **dict.fromkeys(COLUMNS.names),
        "id": number,
        "desk": "fx",
        EVIL: text,
        ODD: None if number == 0 else number - 4,
        "price": None if number == 8 else number / 2,
        "day": None if number == 0 else dt.date(2026, 3, 25) + dt.timedelta(number),
        "at": None if number == 0 else dt.datetime(2026, 3, 25, 23, 59, 59) + dt.timedelta(number),
        "active": (None, True, False)[number % 3],
    }
    for number, text in enumerate(TEXTS)
]


@pytest.fixture(scope="module", params=["python", *ENGINES, *WAREHOUSES])
def source(request):
    if request.param == "python":
        yield python_source(ROWS)
        return
    with made(request.param, ROWS) as found:
        yield found


@pytest.fixture(scope="module", params=["python", *ENGINES, *WAREHOUSES])
def small(request):
    if request.param == "python":
        yield python_source(MEANING)
        return
    with made(request.param, MEANING) as found:
        yield found


def ask(source, body, **options):
    return answer(source, parse_request(body, source.columns, rules=RULES, now=NOW), rules=RULES, **options)


def ids(source, model, **body):
    return [row["id"] for row in ask(source, {"filterModel": model, **body}).rows]


T = "filterType"


@pytest.mark.parametrize(
    ("column", "model", "expected"),
    [
        (EVIL, {"type": "equals", "filter": "AB"}, [3]),
        (EVIL, {"type": "equals", "filter": "É"}, [6, 7]),
        (EVIL, {"type": "notEqual", "filter": "ab"}, [0, 1, 2, 4, 5, 6, 7, 8]),
        (EVIL, {"type": "contains", "filter": "B%"}, [4]),
        (EVIL, {"type": "contains", "filter": "_"}, [5]),
        (EVIL, {"type": "contains", "filter": ""}, [1, 2, 3, 4, 5, 6, 7, 8]),
        (EVIL, {"type": "notContains", "filter": "b"}, [0, 1, 2, 6, 7, 8]),
        (EVIL, {"type": "startsWith", "filter": "A"}, [3, 4, 5]),
        (EVIL, {"type": "endsWith", "filter": "B"}, [3, 5]),
        (EVIL, {"type": "endsWith", "filter": ""}, [1, 2, 3, 4, 5, 6, 7, 8]),
        (EVIL, {"type": "blank"}, [0, 1, 2]),
        (EVIL, {"type": "notBlank"}, [3, 4, 5, 6, 7, 8]),
        (EVIL, {T: "set", "values": ["ab", "Ab", None]}, [0, 3]),
        (EVIL, {T: "set", "values": []}, []),
        (EVIL, {T: "set", "type": "isNoneOf", "values": ["Ab"]}, [0, 1, 2, 4, 5, 6, 7, 8]),
        (EVIL, {T: "set", "type": "isNoneOf", "values": ["Ab", None]}, [1, 2, 4, 5, 6, 7, 8]),
        (EVIL, {T: "set", "type": "isNoneOf", "values": [None]}, [1, 2, 3, 4, 5, 6, 7, 8]),
        (ODD, {"type": "equals", "filter": 2}, [6]),
        (ODD, {"type": "notEqual", "filter": 2}, [1, 2, 3, 4, 5, 7, 8]),
        (ODD, {"type": "lessThan", "filter": -1.5}, [1, 2]),
        (ODD, {"type": "inRange", "filter": 1, "filterTo": 3}, [5, 6, 7]),
        (ODD, {"type": "blank"}, [0]),
        (ODD, {T: "set", "values": ["1", 2, None]}, [0, 5, 6]),
        ("price", {"type": "greaterThanOrEqual", "filter": 2.5}, [5, 6, 7]),
        ("price", {T: "set", "values": [0, 2.5]}, [0, 5]),
        ("active", {T: "boolean", "type": "true"}, [1, 4, 7]),
        ("active", {T: "boolean", "type": "blank"}, [0, 3, 6]),
        ("day", {"type": "equals", "dateFrom": "2026-03-27 00:00:00"}, [2]),
        ("day", {"type": "notEqual", "dateFrom": "2026-03-27 00:00:00"}, [1, 3, 4, 5, 6, 7, 8]),
        ("at", {"type": "equals", "dateFrom": "2026-03-27 00:00:00"}, [2]),
        ("at", {"type": "greaterThan", "dateFrom": "2026-03-31 00:00:00"}, [7, 8]),
        ("at", {"type": "inRange", "dateFrom": "2026-03-27 00:00:00", "dateTo": "2026-03-28 00:00:00"}, [2, 3]),
        # The client's SQL widget filters times by text.
        ("day", {T: "text", "type": "contains", "filter": " 2026-03 "}, [1, 2, 3, 4, 5, 6]),
        ("day", {T: "text", "type": "notContains", "filter": "2026-03"}, [0, 7, 8]),
        ("day", {T: "text", "type": "equals", "filter": "2026-03-27"}, [2]),
        ("at", {T: "text", "type": "startsWith", "filter": "2026"}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ("at", {T: "text", "type": "notEqual", "filter": "2026-03-27"}, [0, 1, 3, 4, 5, 6, 7, 8]),
        ("at", {T: "text", "type": "notBlank"}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ("at", {"type": "today"}, [6]),
        ("day", {"type": "lastWeek"}, [1, 2, 3, 4]),
        ("day", {"type": "yearToDate"}, [1, 2, 3, 4, 5, 6]),
        ("day", {"operator": "OR", "conditions": [{"type": "today"}, {"type": "blank"}]}, [0, 6]),
    ],
)
def test_the_meaning_of_each_filter(small, column, model, expected):
    assert ids(small, {column: model}) == expected


def test_null_is_smallest_and_text_is_ordered_by_code_point(small):
    ascending = ids(small, None, sortModel=[{"colId": EVIL, "sort": "asc"}])
    assert [MEANING[number][EVIL] for number in ascending] == [None, "", " \t", "Ab", "aB%", "a_b", "x", "É", "é"]
    assert ids(small, None, sortModel=[{"colId": EVIL, "sort": "desc"}]) == ascending[::-1]


def test_groups_with_values_of_every_type(small):
    names = ("min", "max", "first", "last", "count")
    for aggregate in names:
        values = [{"field": name, "aggFunc": aggregate} for name in COLUMNS.names if name != "desk"]
        page = ask(small, {"rowGroupCols": [{"field": "desk"}], "valueCols": values})
        assert page.row_count == 1
        row = page.rows[0]
        assert list(row) == ["desk", *(name for name in COLUMNS.names if name != "desk")]
        expected = {
            "min": ("", 0, False, dt.date(2026, 3, 26)),
            "max": ("é", 8, True, dt.date(2026, 4, 2)),
            "first": (None, 0, None, None),
            "last": ("x", 8, False, dt.date(2026, 4, 2)),
            "count": (9, 9, 9, 9),
        }[aggregate]
        assert (row[EVIL], row["id"], row["active"], row["day"]) == expected
        assert type(row["active"]) is (type(expected[2]))
    page = ask(
        small,
        {
            "rowGroupCols": [{"field": "desk"}],
            "valueCols": [
                {"field": ODD, "aggFunc": "sum"},
                {"id": "mean", "field": ODD, "aggFunc": "avg"},
                {"field": "price", "aggFunc": "sum"},
                {"field": "big", "aggFunc": "sum"},
            ],
        },
    )
    assert page.rows == [{"desk": "fx", ODD: 4, "mean": 0.5, "price": 14.0, "big": None}]
    assert type(page.rows[0][ODD]) is int


def test_the_group_of_nulls_has_a_label_and_opens(small):
    body = {"rowGroupCols": [{"field": EVIL}, {"field": "active"}], "valueCols": [{"field": "id", "aggFunc": "count"}]}
    first = ask(small, body).rows[0]
    assert first == {EVIL: "(Blanks)", "id": 1}
    assert ask(small, {**body, "groupKeys": ["(Blanks)"]}).rows == [{EVIL: "(Blanks)", "active": "(Blanks)", "id": 1}]
    assert [row["id"] for row in ask(small, {**body, "groupKeys": ["(Blanks)", "(Blanks)"]}).rows] == [0]


def test_a_pivot_makes_columns_of_values(small):
    body = {
        "pivotMode": True,
        "pivotCols": [{"field": "active"}],
        "valueCols": [{"field": ODD, "aggFunc": "sum"}, {"field": "id", "aggFunc": "count"}],
        "filterModel": {"price": {"type": "notBlank"}},
    }
    page = ask(small, body)
    fields = [f"(Blanks)_{ODD}", "(Blanks)_id", f"false_{ODD}", "false_id", f"true_{ODD}", "true_id"]
    assert page.pivot_fields == fields
    assert page.row_count == 1
    assert page.rows == [dict(zip(fields, (1, 3, -1, 2, 0, 3), strict=True))]
    groups = {**body, "rowGroupCols": [{"field": EVIL}], "sortModel": [{"colId": "true_id", "sort": "desc"}]}
    sorted_groups = ask(small, groups)
    assert [row["true_id"] for row in sorted_groups.rows] == [1, 1, 1, 0, 0, 0, 0, 0]
    opened = ask(small, {**groups, "rowGroupCols": [{"field": EVIL}, {"field": "day"}], "groupKeys": ["x"]})
    assert opened.pivot_fields == fields
    few = Rules(limits=Limits(pivot_columns=5))
    request = parse_request(body, small.columns, rules=few)
    with pytest.raises(RowRequestError, match="more than 5 columns") as caught:
        answer(small, request, rules=few)
    assert caught.value.place == "pivotCols"


def test_values_of_no_rows_are_null_and_their_count_is_zero(source):
    values = [
        {"id": f"{name} {each}", "field": name, "aggFunc": each}
        for name in ("id", "desk", EVIL, "price", "day")
        for each in ("min", "max", "first", "last", "count", *(("sum", "avg") if name in {"id", "price"} else ()))
    ]
    nothing = {"desk": {"type": "equals", "filter": "nowhere"}}
    page = ask(source, {"pivotMode": True, "valueCols": values, "filterModel": nothing})
    assert list(page.rows[0].values()) == [0 if each["aggFunc"] == "count" else None for each in values]


def test_pivot_fields_are_never_the_same(source):
    values = [{"field": "id", "aggFunc": "count"}]
    pivots = [{"field": EVIL}, {"field": "active"}]
    page = ask(source, {"pivotMode": True, "pivotCols": pivots, "valueCols": values})
    assert len(set(page.pivot_fields)) == len(page.pivot_fields)
    assert sum(page.rows[0].values()) == len(ROWS)


@pytest.mark.parametrize("seed", range(10))
def test_pages_concatenate_to_the_whole(source, seed):
    body = Requests(seed, ROWS).make()
    whole = ask(source, {**body, "startRow": 0, "endRow": 5_000})
    assert whole.row_count == len(whole.rows)
    for size in (7, 50):
        pages = []
        for start in range(0, whole.row_count, size):
            page = ask(source, {**body, "startRow": start, "endRow": start + size})
            assert (page.row_count, page.pivot_fields) == (whole.row_count, whole.pivot_fields)
            pages += page.rows
        assert pages == whole.rows


@pytest.mark.parametrize("seed", range(8))
def test_groups_count_to_the_total(source, seed):
    body = Requests(seed, ROWS).make()
    asked = {"filterModel": body.get("filterModel"), "endRow": 5_000}
    total = ask(source, asked).row_count
    for name in ("desk", EVIL, ODD, "active", "at"):
        grouped = {**asked, "rowGroupCols": [{"field": name}], "valueCols": [{"field": "id", "aggFunc": "count"}]}
        groups = ask(source, grouped).rows
        assert sum(row["id"] for row in groups) == total
        row = groups[0] if groups else None
        if row is not None:
            key = row[name].isoformat() if isinstance(row[name], dt.date) else row[name]
            assert ask(source, {**grouped, "groupKeys": [key]}).row_count == row["id"]


@pytest.mark.parametrize(
    ("column", "positive", "negative", "nulls"),
    [
        (EVIL, {"type": "equals", "filter": "a"}, {"type": "notEqual", "filter": "a"}, False),
        (EVIL, {"type": "contains", "filter": "b"}, {"type": "notContains", "filter": "b"}, False),
        (EVIL, {"type": "blank"}, {"type": "notBlank"}, False),
        (EVIL, {T: "set", "values": ["a", None]}, {T: "set", "type": "isNoneOf", "values": ["a", None]}, False),
        (EVIL, {T: "set", "values": ["a"]}, {T: "set", "type": "isNoneOf", "values": ["a"]}, False),
        (ODD, {"type": "equals", "filter": 2}, {"type": "notEqual", "filter": 2}, True),
        (ODD, {"type": "equals", "filter": 2.5}, {"type": "notEqual", "filter": 2.5}, True),
        ("price", {"type": "lessThan", "filter": 1}, {"type": "greaterThanOrEqual", "filter": 1}, True),
        ("amount", {"type": "greaterThan", "filter": 0.25}, {"type": "lessThanOrEqual", "filter": 0.25}, True),
        ("big", {"type": "equals", "filter": 2**53}, {"type": "notEqual", "filter": 2**53}, True),
        ("active", {"type": "true"}, {"type": "false"}, True),
        ("at", {"type": "equals", "dateFrom": "2026-03-20"}, {"type": "notEqual", "dateFrom": "2026-03-20"}, True),
        (
            "day",
            {"type": "lessThan", "dateFrom": "2026-01-01"},
            {"type": "greaterThanOrEqual", "dateFrom": "2026-01-01"},
            True,
        ),
    ],
)
def test_a_filter_its_negation_and_the_nulls_make_all(source, column, positive, negative, nulls):
    parts = [positive, negative, *([{"type": "blank"}] if nulls else [])]
    found = [
        {row["id"] for row in ask(source, {"filterModel": {column: part}, "endRow": 5_000}).rows} for part in parts
    ]
    assert sum(map(len, found)) == len(ROWS)
    assert len(set().union(*found)) == len(ROWS)


def test_deep_and_last_pages_are_the_pages_of_a_shallow_question(source):
    body = {"sortModel": [{"colId": EVIL, "sort": "desc"}, {"colId": ODD, "sort": "asc"}]}
    whole = ask(source, {**body, "endRow": 5_000}).rows
    deep = Rules(limits=Limits(deep=5))
    for start in (0, 4, 5, 20, 59, 60, 61, 90, 115, 119, 120, 121, 400):
        request = parse_request({**body, "startRow": start, "endRow": start + 10}, source.columns)
        page = answer(source, request, rules=deep)
        assert page.row_count == len(ROWS)
        assert page.rows == whole[start : start + 10]


def test_pages_from_either_end_belong_together_where_rows_came_after_the_total_was_counted():
    bind = sa_engine("sqlite")
    table = sa.Table("trades", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
    table.create(bind)
    source, counts, deep = open_source(table, "id", bind=bind), Counts(), Rules(limits=Limits(deep=5))

    def add(ids):
        with bind.begin() as connection:
            connection.execute(table.insert(), [{"id": number} for number in ids])

    def page(start):
        request = parse_request({"startRow": start, "endRow": start + 3}, source.columns)
        found = answer(source, request, rules=deep, counts=counts)
        return [row["id"] for row in found.rows]

    add(range(20))
    assert page(0) == [0, 1, 2]
    add(range(20, 25))
    assert [page(start) for start in range(0, 24, 3)] == [[at, at + 1, at + 2] for at in range(0, 24, 3)]
    bind.dispose()


def test_totals_are_counted_once(source):
    asked = []
    engine = source.engine
    counted = type("Counted", (), {"__getattr__": lambda _, name: getattr(engine, name)})()
    counted.count = lambda plan, guard: asked.append(plan) or engine.count(plan, guard)
    watched = type(source)(source.columns, source.key, counted, source.identity)
    counts = Counts()
    for start in (0, 10, 20):
        body = {"startRow": start, "endRow": start + 10, "sortModel": [{"colId": "price", "sort": "asc"}]}
        assert ask(watched, body, counts=counts).row_count == len(ROWS)
    assert len(asked) == 1
    assert ask(watched, {"startRow": 110, "endRow": 130}).row_count == len(ROWS)
    assert len(asked) == 1, "a page that is not full tells the total itself"


def test_values_for_set_filters(source):
    request = parse_request({"filterModel": {ODD: {"type": "notBlank"}}}, source.columns)
    expected = {row["desk"] for row in ROWS if row[ODD] is not None}
    assert distinct_values(source, "desk", request) == sorted(expected)
    assert distinct_values(source, "desk", request, search="F") == ["FX", "fx"]
    assert distinct_values(source, "active", request) == [None, False, True]
    assert len(distinct_values(source, EVIL, request, limit=3)) == 3
    with pytest.raises(RowRequestError, match="Columns: 'id'"):
        distinct_values(source, "nope", request)


def test_an_export_is_every_filtered_row_in_order(source):
    body = {
        "filterModel": {"desk": {"type": "equals", "filter": "fx"}},
        "rowGroupCols": [{"field": "active"}, {"field": ODD}],
        "groupKeys": ["true"],
        "sortModel": [{"colId": "price", "sort": "desc"}],
    }
    request = parse_request(body, source.columns)
    found = list(export(source, request))
    flat = {name: value for name, value in body.items() if name not in {"rowGroupCols", "groupKeys"}}
    flat["filterModel"] = {**flat["filterModel"], "active": {"type": "true"}}
    assert found == ask(source, {**flat, "endRow": 5_000}).rows
    assert list(export(source, request, limit=2)) == found[:2]


HOSTILE = (
    "'; DROP TABLE trades; --",
    '"; DROP TABLE trades; --',
    "` OR 1=1 #",
    "\\'; SELECT pg_sleep(10); --",
    "%' OR '1'='1",
    "1) UNION SELECT * FROM information_schema.tables --",
    "${jndi:ldap://x}",
    ":x9y",
    "%(x9)s",
    "$1",
    "?",
    "{{7*7}}",
    "read_csv('/etc/passwd')",
    "/* */ --",
    "\u2019 OR 1=1",
    "\\",
    "'" * 50,
)


def hostile_bodies(text):
    yield {"filterModel": {EVIL: {"type": kind, "filter": text}}} if (kind := "contains") else {}
    for kind in ("equals", "notEqual", "notContains", "startsWith", "endsWith"):
        yield {"filterModel": {EVIL: {"type": kind, "filter": text}}}
    yield {"filterModel": {EVIL: {T: "set", "values": [text, None]}}}
    yield {"rowGroupCols": [{"field": EVIL}, {"field": "desk"}], "groupKeys": [text]}
    yield {"pivotMode": True, "pivotCols": [{"field": "desk"}], "sortModel": [{"colId": text, "sort": "asc"}]}
    # And where they are refused before any engine:
    yield {"filterModel": {text: {"type": "blank"}}}
    yield {"filterModel": {EVIL: {"type": text, "filter": "x"}}}
    yield {"filterModel": {EVIL: {T: text}}}
    yield {"filterModel": {EVIL: {"operator": text, "conditions": []}}}
    yield {"filterModel": {ODD: {"type": "equals", "filter": text}}}
    yield {"filterModel": {ODD: {T: "bigint", "type": "equals", "filter": text}}}
    yield {"filterModel": {"day": {"type": "equals", "dateFrom": text}}}
    yield {"filterModel": {"filterType": "join", "type": text, "conditions": []}}
    yield {"rowGroupCols": [{"field": text}]}
    yield {"rowGroupCols": [{"field": ODD}], "groupKeys": [text]}
    yield {"valueCols": [{"field": text, "aggFunc": "sum"}]}
    yield {"valueCols": [{"field": ODD, "aggFunc": text}]}
    yield {"sortModel": [{"colId": text, "sort": "asc"}]}
    yield {"sortModel": [{"colId": ODD, "sort": text}]}
    yield {"startRow": text}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_statement_holds_what_a_user_wrote(source, text):
    with statements(source) as seen:
        refused = 0
        for body in hostile_bodies(text):
            try:
                ask(source, body)
            except RowRequestError:
                refused += 1
    # A column of numbers of SQLite may hold any text.
    assert refused == (14 if source.engine.name == "sqlite" else 15)
    marked = f"x{text}x"
    assert not any(text in statement for statement in seen if len(text) > 2)
    with statements(source) as seen:
        ask(source, {"filterModel": {EVIL: {"type": "contains", "filter": marked}}})
    assert source.engine.name == "python" or seen
    assert not any(marked in statement for statement in seen)
    assert ask(source, {}).row_count == len(ROWS)


class statements:
    """Every statement a source's engine sends while the block runs."""

    def __init__(self, source):
        self.engine = source.engine
        self.seen = []

    def _see(self, connection, cursor, statement, *_):
        self.seen.append(statement)

    def __enter__(self):
        if hasattr(self.engine, "bind"):
            import sqlalchemy as sa

            sa.event.listen(self.engine.bind, "before_cursor_execute", self._see)
        elif hasattr(self.engine, "_bound"):
            self.bound = self.engine._bound
            self.engine._bound = self._bound
        return self.seen

    def _bound(self, statement, values):
        found = self.bound(statement, values)
        self.seen.append(found[0])
        return found

    def __exit__(self, *_):
        if hasattr(self.engine, "bind"):
            import sqlalchemy as sa

            sa.event.remove(self.engine.bind, "before_cursor_execute", self._see)
        elif hasattr(self.engine, "_bound"):
            del self.engine._bound


def test_a_cancelled_guard_asks_nothing(source):
    guard = Guard()
    guard.cancel()
    with pytest.raises(TimeoutError, match="cancelled"):
        ask(source, {}, guard=guard)
    with pytest.raises(TimeoutError, match="longer than 0 s"):
        ask(source, {}, guard=Guard(0))
    assert ask(source, {}, guard=Guard(None)).row_count == len(ROWS)


PIVOTS = [{"field": "a"}, {"field": "b"}]


def test_pivot_fields_hold_the_separator_between_their_parts_alone():
    # AG Grid splits a field at each "_", and shows no column for one that another begins with: price beside price_usd.
    columns = RowColumns([RowColumn("id", "integer"), RowColumn("id_usd", "integer"), RowColumn("a"), RowColumn("b")])
    rows = [{"id": 1, "id_usd": 5, "a": "x_y", "b": "z"}, {"id": 2, "id_usd": 6, "a": "x", "b": "y_z"}]
    source = rows_source(rows, "id", columns=columns)
    values = [{"field": "id", "aggFunc": "sum"}, {"field": "id_usd", "aggFunc": "sum"}]
    body = {"pivotMode": True, "pivotCols": PIVOTS, "valueCols": values}
    page = answer(source, parse_request(body, columns))
    fields = ["x_yˍz_id", "x_yˍz_idˍusd", "xˍy_z_id", "xˍy_z_idˍusd"]
    assert page.pivot_fields == fields
    assert page.rows == [dict(zip(fields, (2, 6, 1, 5), strict=True))]


def test_pivot_fields_that_would_be_the_same_get_numbers():
    columns = RowColumns([RowColumn("id", "integer"), RowColumn("a"), RowColumn("b")])
    rows = [{"id": 1, "a": "x_y", "b": "z"}, {"id": 2, "a": "xˍy", "b": "z"}]
    source = rows_source(rows, "id", columns=columns)
    body = {"pivotMode": True, "pivotCols": PIVOTS, "valueCols": [{"field": "id"}]}
    page = answer(source, parse_request(body, columns))
    assert page.pivot_fields == ["xˍy_z_id", "xˍy_z (2)_id"]
    assert page.rows == [{"xˍy_z_id": 1, "xˍy_z (2)_id": 1}]


SEEN = dt.datetime(2026, 3, 31, 21, 30, tzinfo=dt.timezone.utc)
AWARE = [{"id": number, "seen": SEEN + dt.timedelta(hours=number) if number else None} for number in range(5)]


def aware_source(name):
    if name == "python":
        return rows_source(AWARE, "id"), lambda: None
    if name == "duckdb":
        import duckdb
        import pyarrow as pa

        connection = duckdb.connect()
        types = pa.schema([("id", pa.int64()), ("seen", pa.timestamp("us", "America/New_York"))])
        connection.register("seen", pa.Table.from_pylist(AWARE, types))
        connection.execute("CREATE TABLE seen_at AS SELECT * FROM seen")
        return open_source(connection, "id", table="seen_at"), connection.close
    import sqlalchemy as sa

    engine, metadata = sa_engine(name), sa.MetaData()
    if name == "clickhouse":
        return clickhouse_aware_source(engine)
    columns = (sa.Column("id", sa.Integer, primary_key=True), sa.Column("seen", sa.DateTime(timezone=True)))
    table = sa.Table(f"openbb_{uuid.uuid4().hex[:12]}", metadata, *columns)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), AWARE)
    return open_source(table, "id", bind=engine), lambda: (metadata.drop_all(engine), engine.dispose())


def clickhouse_aware_source(engine):
    import sqlalchemy as sa

    name, metadata = f"openbb_{uuid.uuid4().hex[:12]}", sa.MetaData()
    with engine.connect() as connection:
        client = connection.connection.driver_connection.client
        seen = "Nullable(DateTime64(6, 'America/New_York'))"
        client.command(f"CREATE TABLE {name} (id Int32, seen {seen}) ENGINE = MergeTree ORDER BY id")
        client.insert(name, [list(row.values()) for row in AWARE], column_names=["id", "seen"])
    table = sa.Table(name, metadata, autoload_with=engine)
    return open_source(table, "id", bind=engine), lambda: (metadata.drop_all(engine), engine.dispose())


@pytest.mark.parametrize("name", ["python", "duckdb", "postgresql", "clickhouse"])
def test_times_with_a_time_zone_are_asked_in_the_configured_one_and_given_in_utc(name):
    source, close = aware_source(name)
    rules = Rules(zone=ZoneInfo("Europe/Berlin"))

    def rows(body):
        now = dt.datetime(2026, 3, 31, 22, 30, tzinfo=dt.timezone.utc)
        return answer(source, parse_request(body, source.columns, rules=rules, now=now), rules=rules).rows

    assert source.columns["seen"].aware
    assert rows({"filterModel": {"seen": {T: "date", "type": "today"}}}) == AWARE[1:]
    body = {"rowGroupCols": [{"field": "seen"}, {"field": "id"}], "valueCols": [{"field": "seen", "aggFunc": "max"}]}
    groups = rows({**body, "valueCols": [{"field": "id", "aggFunc": "count"}]})
    assert groups == [{"seen": row["seen"] or "(Blanks)", "id": 1} for row in AWARE]
    opened = rows({**body, "groupKeys": [AWARE[2]["seen"].isoformat()]})
    assert opened == [{"seen": AWARE[2]["seen"], "id": 2}]
    request = parse_request({}, source.columns, rules=rules)
    assert distinct_values(source, "seen", request) == [row["seen"] for row in AWARE]
    assert all(
        moment is None or moment.utcoffset() == dt.timedelta(0) for moment in distinct_values(source, "seen", request)
    )
    assert list(export(source, request)) == AWARE
    close()
