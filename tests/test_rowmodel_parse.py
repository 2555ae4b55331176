"""The parser of row-model requests: liberal in shape, strict in content, and never anything but its own error."""

import datetime as dt
import json
import math
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb.errors import ConfigError, OpenBBError, RowRequestError
from flask_openbb.rowmodel import Labels, Limits, Page, RowColumn, RowColumns, RowRequest, Rules, parse_request
from flask_openbb.rowmodel.columns import columns_of_rows, key_text
from flask_openbb.rowmodel.presets import PRESETS, add_months
from flask_openbb.rowmodel.request import And, Blank, Compare, Constant, OneOf, Or, Sort, TextMatch, Value, fold

COLUMNS = RowColumns(
    [
        RowColumn("id", "integer", nullable=False),
        RowColumn("symbol", "text"),
        RowColumn("price", "number"),
        RowColumn("amount", "decimal"),
        RowColumn("qty", "integer"),
        RowColumn("live", "boolean"),
        RowColumn("day", "date"),
        RowColumn("at", "datetime"),
        RowColumn("seen", "datetime", aware=True),
        RowColumn("blob", "other"),
        RowColumn('we"ird', "text"),
    ]
)
NOW = dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.timezone.utc)
NOTHING = Constant(False)


def parse(body, **rules):
    return parse_request(body, COLUMNS, rules=Rules(**rules), now=NOW)


def parse_filter(model, **rules):
    return parse({"filterModel": model}, **rules).filter


def refusal(body, **rules):
    with pytest.raises(RowRequestError) as caught:
        parse(body, **rules)
    error = caught.value
    assert isinstance(error, OpenBBError)
    assert error.status == 422
    assert error.detail.isprintable()
    assert error.errors[0]["loc"] == ["body", error.place]
    json.dumps(error.detail).encode()
    return error


ASKED = {
    "rowGroupCols": [{"id": "symbol", "field": "symbol", "displayName": "Symbol"}],
    "groupKeys": ["AAPL"],
    "valueCols": [{"id": "qty", "field": "qty", "aggFunc": "sum"}],
    "sortModel": [{"colId": "price", "sort": "desc"}],
}
ANSWER = RowRequest(
    0, 500, ("symbol",), ("AAPL",), (Value("qty", "sum", "qty"),), (), False, Constant(True), (Sort("price", True),)
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, RowRequest()),
        ({}, RowRequest()),
        ({"startRow": 0, "endRow": 10, "desk": "fx", "theme": "dark"}, RowRequest(0, 10)),
        ({"startRow": None, "endRow": None, "filterModel": None, "sortModel": None}, RowRequest()),
        ({"startRow": 500.0, "endRow": 1000}, RowRequest(500, 1000)),
        ({"startRow": 7}, RowRequest(7, 507)),
        (ASKED, ANSWER),
        ({"grouping": ASKED}, ANSWER),
        ({**ASKED, "grouping": None}, ANSWER),
        ({**ASKED, "grouping": "any", "unknown": [[[]]]}, ANSWER),
        ({"pivotCols": [{"field": "nowhere"}]}, RowRequest()),
        ({"rowGroupCols": [{"id": "symbol"}]}, RowRequest(groups=("symbol",))),
        ({"valueCols": [{"field": "qty"}]}, RowRequest(values=(Value("qty", "count", "qty"),))),
        ({"sortModel": [{"colId": "ag-Grid-AutoColumn", "sort": "asc"}]}, RowRequest()),
        ({"sortModel": [{"colId": "ag-Grid-AutoColumn-x", "sort": "asc"}]}, RowRequest()),
        ({"sortModel": [{"colId": "price", "sort": None}]}, RowRequest()),
        (
            {"sortModel": [{"colId": "qty", "sort": "ASC"}, {"colId": "qty", "sort": "desc"}]},
            RowRequest(sort=(Sort("qty"),)),
        ),
    ],
)
def test_shapes_that_are_accepted(body, expected):
    assert parse(body) == expected


def test_the_group_column_of_the_grid_sorts_the_groups():
    body = {"rowGroupCols": [{"field": "symbol"}, {"field": "qty"}]}
    every = parse({**body, "sortModel": [{"colId": "ag-Grid-AutoColumn", "sort": "desc"}]})
    assert every.sort == (Sort("symbol", True), Sort("qty", True))
    one = parse({**body, "sortModel": [{"colId": "ag-Grid-AutoColumn-qty", "sort": "desc"}]})
    assert one.sort == (Sort("qty", True),)


def test_pivots_may_be_sorted_by_what_they_make():
    body = {"pivotMode": True, "pivotCols": [{"field": "symbol"}], "sortModel": [{"colId": "AAPL_qty", "sort": "asc"}]}
    request = parse(body)
    assert (request.pivots, request.grouping, request.sort) == (("symbol",), True, (Sort("AAPL_qty"),))


def test_a_second_aggregate_of_a_column_goes_under_its_id():
    columns = [{"field": "qty", "aggFunc": "sum"}, {"id": "qty_1", "field": "qty", "aggFunc": "avg"}]
    values = parse({"valueCols": columns, "sortModel": [{"colId": "qty_1", "sort": "asc"}]}).values
    assert values == (Value("qty", "sum", "qty"), Value("qty", "avg", "qty_1"))
    assert refusal({"valueCols": [columns[0], {**columns[0], "id": "price"}]}).place == "valueCols[1]"


@pytest.mark.parametrize(
    ("column", "key", "value"),
    [
        ("symbol", "AAPL", "AAPL"),
        ("symbol", "", ""),
        ("symbol", None, None),
        ("symbol", "(Blanks)", None),
        ("symbol", "(Blanks)\u200b", "(Blanks)"),
        ("symbol", "(Blanks)\u200b\u200b", "(Blanks)\u200b"),
        ("qty", "5", 5),
        ("qty", 5.0, 5),
        ("qty", str(2**63 - 1), 2**63 - 1),
        ("price", "1e3", 1000.0),
        ("price", 0.1, 0.1),
        ("amount", "0.10", Decimal("0.10")),
        ("amount", 0.1, Decimal("0.1")),
        ("live", "True", True),
        ("live", False, False),
        ("day", "2026-01-31", dt.date(2026, 1, 31)),
        ("day", "2026-01-31T00:00:00", dt.date(2026, 1, 31)),
        ("at", "2026-01-31T10:00:00.000001", dt.datetime(2026, 1, 31, 10, 0, 0, 1)),
        ("at", "2026-01-31T10:00:00Z", dt.datetime(2026, 1, 31, 11)),
        ("seen", "2026-01-31T10:00:00", dt.datetime(2026, 1, 31, 9, tzinfo=dt.timezone.utc)),
    ],
)
def test_group_keys_are_read_by_their_columns_type(column, key, value):
    body = {"rowGroupCols": [{"field": column}], "groupKeys": [key]}
    found = parse(body, zone=ZoneInfo("Europe/Berlin")).group_keys
    assert found == (value,)
    assert type(found[0]) is type(value)


def test_labels_lose_no_value():
    labels = Labels("(none)")
    for value in (None, "", "(none)", "(none)\u200b", "(none)x", 5):
        assert labels.meant(labels.shown(value)) == value
    assert labels.shown(None) == "(none)"


T = "filterType"


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ({}, Constant(True)),
        ({"symbol": None}, Constant(True)),
        ({"symbol": {T: "text", "type": "contains", "filter": "Éa"}}, TextMatch("symbol", "contains", "éa")),
        ({"symbol": {"type": "notEqual", "filter": "x"}}, TextMatch("symbol", "equals", "x", True)),
        ({"symbol": {T: "text", "type": "empty"}}, Constant(True)),
        ({"symbol": {T: "object", "type": "endsWith", "filter": ""}}, TextMatch("symbol", "endsWith", "")),
        ({"blob": {T: "text", "type": "blank"}}, Blank("blob")),
        ({"blob": {"type": "notBlank"}}, Blank("blob", True)),
        ({"qty": {T: "number", "type": "equals", "filter": 5.0}}, Compare("qty", "eq", 5)),
        ({"qty": {T: "number", "type": "equals", "filter": 2.5}}, NOTHING),
        ({"qty": {T: "number", "type": "notEqual", "filter": 2.5}}, Blank("qty", True)),
        ({"qty": {T: "number", "type": "lessThan", "filter": -2.5}}, Compare("qty", "le", -3)),
        ({"qty": {T: "number", "type": "lessThanOrEqual", "filter": 2.5}}, Compare("qty", "le", 2)),
        ({"qty": {T: "number", "type": "greaterThan", "filter": 2.5}}, Compare("qty", "ge", 3)),
        ({"qty": {T: "number", "type": "greaterThanOrEqual", "filter": -2.5}}, Compare("qty", "ge", -2)),
        ({"qty": {T: "bigint", "type": "equals", "filter": str(2**53 + 1)}}, Compare("qty", "eq", 2**53 + 1)),
        ({"price": {T: "number", "type": "lessThan", "filter": 3}}, Compare("price", "lt", 3.0)),
        ({"amount": {T: "number", "type": "equals", "filter": 0.1}}, Compare("amount", "eq", Decimal("0.1"))),
        (
            {"price": {T: "number", "type": "inRange", "filter": 1, "filterTo": 2}},
            And((Compare("price", "ge", 1.0), Compare("price", "le", 2.0))),
        ),
        ({"symbol": {T: "set", "values": ["a", None, "a"]}}, OneOf("symbol", ("a",), null=True)),
        ({"symbol": {"values": [None]}}, OneOf("symbol", (), null=True)),
        ({"symbol": {T: "set", "values": []}}, NOTHING),
        ({"symbol": {T: "set", "type": "isNoneOf", "values": []}}, Constant(True)),
        ({"symbol": {T: "set", "type": "isNoneOf", "values": ["a"]}}, OneOf("symbol", ("a",), negated=True)),
        ({"symbol": {T: "set", "type": "blank"}}, Blank("symbol")),
        ({"qty": {T: "set", "values": ["1", 2]}}, OneOf("qty", (1, 2))),
        ({"live": {T: "boolean", "type": "true"}}, Compare("live", "eq", True)),
        ({"live": {T: "text", "type": "false"}}, Compare("live", "eq", False)),
        ({"live": {"type": "blank"}}, Blank("live")),
        ({"symbol": {T: "multi"}}, Constant(True)),
        (
            {"symbol": {T: "multi", "filterModels": [None, {T: "set", "values": ["a"]}]}},
            And((OneOf("symbol", ("a",)),)),
        ),
        (
            {"qty": {T: "number", "operator": "or", "condition1": {"type": "equals", "filter": 1}, "condition2": None}},
            Or((Compare("qty", "eq", 1),)),
        ),
        ({"qty": {T: "number", "operator": "AND", "conditions": []}}, Constant(True)),
        (
            {"qty": {"type": "blank"}, "live": {"type": "true"}},
            And((Blank("qty"), Compare("live", "eq", True))),
        ),
        ({T: "join", "type": "OR", "conditions": []}, Constant(True)),
        (
            {T: "join", "type": "OR", "conditions": [{T: "number", "colId": "qty", "type": "equals", "filter": 1}]},
            Or((Compare("qty", "eq", 1),)),
        ),
        ({T: "boolean", "colId": "live", "type": "true"}, Compare("live", "eq", True)),
    ],
)
def test_filter_models(model, expected):
    assert parse_filter(model) == expected


def between(column, low, high):
    return And((Compare(column, "ge", low), Compare(column, "lt", high)))


DAY, NEXT = dt.date(2026, 1, 31), dt.date(2026, 2, 1)
MIDNIGHT, MORROW = dt.datetime(2026, 1, 31), dt.datetime(2026, 2, 1)
NOON = dt.datetime(2026, 1, 31, 12)
SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("column", "model", "expected"),
    [
        ("day", {"type": "equals", "dateFrom": "2026-01-31 00:00:00"}, between("day", DAY, NEXT)),
        ("day", {"type": "equals", "dateFrom": "2026-01-31 12:00:00"}, between("day", DAY, NEXT)),
        ("at", {"type": "equals", "dateFrom": "2026-01-31 00:00:00"}, between("at", MIDNIGHT, MORROW)),
        ("at", {"type": "equals", "dateFrom": "2026-01-31T12:00:00"}, between("at", NOON, NOON + SECOND)),
        (
            "at",
            {"type": "notEqual", "dateFrom": "2026-01-31"},
            Or((Compare("at", "lt", MIDNIGHT), Compare("at", "ge", MORROW))),
        ),
        ("at", {T: "text", "type": "contains", "filter": "2026-01-31T12:00:00"}, between("at", NOON, NOON + SECOND)),
        ("at", {T: "text", "type": "contains", "filter": "2026-01-31 12"}, between("at", NOON, NOON + 3_600 * SECOND)),
        ("day", {T: "text", "type": "equals", "filter": "2026-01-31"}, between("day", DAY, NEXT)),
        ("day", {T: "text", "type": "equals", "filter": "2026-01-31T12:00"}, between("day", DAY, DAY)),
        (
            "day",
            {T: "text", "type": "notContains", "filter": "2026-01-31"},
            Or((Or((Compare("day", "lt", DAY), Compare("day", "ge", NEXT))), Blank("day"))),
        ),
        (
            "day",
            {T: "text", "type": "equals", "filter": "9999"},
            And((Compare("day", "ge", dt.date(9999, 1, 1)), Compare("day", "le", dt.date.max))),
        ),
        ("at", {"type": "lessThan", "dateFrom": "2026-01-31"}, Compare("at", "lt", MIDNIGHT)),
        ("at", {"type": "lessThanOrEqual", "dateFrom": "2026-01-31"}, Compare("at", "lt", MORROW)),
        ("at", {"type": "greaterThan", "dateFrom": "2026-01-31"}, Compare("at", "ge", MORROW)),
        ("at", {"type": "greaterThanOrEqual", "dateFrom": "2026-01-31"}, Compare("at", "ge", MIDNIGHT)),
        ("at", {"type": "inRange", "dateFrom": "2026-01-31", "dateTo": "2026-01-31"}, between("at", MIDNIGHT, MORROW)),
        (
            "at",
            {T: "dateTime", "type": "equals", "filter": "2026-01-31T00:00:00"},
            between("at", MIDNIGHT, MIDNIGHT + SECOND),
        ),
        ("day", {T: "dateString", "type": "lessThan", "filter": "2026-01-31"}, Compare("day", "lt", DAY)),
        ("at", {"type": "lessThan", "dateFrom": "2026-01-31T11:00:00Z"}, Compare("at", "lt", NOON)),
        (
            "seen",
            {"type": "lessThan", "dateFrom": "2026-01-31"},
            Compare("seen", "lt", dt.datetime(2026, 1, 30, 23, tzinfo=dt.timezone.utc)),
        ),
        ("day", {"type": "today"}, between("day", dt.date(2026, 4, 1), dt.date(2026, 4, 2))),
        (
            "seen",
            {"type": "today"},
            between(
                "seen",
                dt.datetime(2026, 3, 31, 22, tzinfo=dt.timezone.utc),
                dt.datetime(2026, 4, 1, 22, tzinfo=dt.timezone.utc),
            ),
        ),
    ],
)
def test_dates_are_days_of_the_configured_zone(column, model, expected):
    found = parse_filter({column: {T: "date", **model}}, zone=ZoneInfo("Europe/Berlin"))
    assert found == expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("equals", 1.25, Compare("fee", "eq", Decimal("1.25"))),
        ("equals", 1.255, NOTHING),
        ("notEqual", 1.255, Blank("fee", True)),
        ("lessThan", 1.255, Compare("fee", "le", Decimal("1.25"))),
        ("greaterThan", -1.255, Compare("fee", "ge", Decimal("-1.25"))),
        ("greaterThanOrEqual", 1e-18, Compare("fee", "ge", Decimal("0.01"))),
    ],
)
def test_decimals_of_a_scale_are_compared_by_their_steps(kind, value, expected):
    columns = RowColumns([RowColumn("fee", "decimal", scale=2)])
    model = {"fee": {T: "number", "type": kind, "filter": value}}
    assert parse_request({"filterModel": model}, columns).filter == expected
    both = {"fee": {T: "set", "values": ["1.25", 1.255]}}
    assert parse_request({"filterModel": both}, columns).filter == OneOf("fee", (Decimal("1.25"),))


def test_ranges_may_leave_out_their_ends():
    number = {"price": {T: "number", "type": "inRange", "filter": 1, "filterTo": 2}}
    assert parse_filter(number, inclusive=False) == And((Compare("price", "gt", 1.0), Compare("price", "lt", 2.0)))
    days = {"day": {T: "date", "type": "inRange", "dateFrom": "2026-01-30", "dateTo": "2026-02-01"}}
    assert parse_filter(days, inclusive=False) == between("day", DAY, NEXT)


@pytest.mark.parametrize(
    ("preset", "first", "after"),
    [
        ("today", "2026-03-31", "2026-04-01"),
        ("yesterday", "2026-03-30", "2026-03-31"),
        ("tomorrow", "2026-04-01", "2026-04-02"),
        ("thisWeek", "2026-03-30", "2026-04-06"),
        ("lastWeek", "2026-03-23", "2026-03-30"),
        ("nextWeek", "2026-04-06", "2026-04-13"),
        ("thisMonth", "2026-03-01", "2026-04-01"),
        ("lastMonth", "2026-02-01", "2026-03-01"),
        ("nextMonth", "2026-04-01", "2026-05-01"),
        ("thisQuarter", "2026-01-01", "2026-04-01"),
        ("lastQuarter", "2025-10-01", "2026-01-01"),
        ("nextQuarter", "2026-04-01", "2026-07-01"),
        ("thisYear", "2026-01-01", "2027-01-01"),
        ("lastYear", "2025-01-01", "2026-01-01"),
        ("nextYear", "2027-01-01", "2028-01-01"),
        ("yearToDate", "2026-01-01", "2026-04-01"),
        ("last7Days", "2026-03-24", "2026-04-01"),
        ("last30Days", "2026-03-01", "2026-04-01"),
        ("last90Days", "2025-12-31", "2026-04-01"),
        ("last6Months", "2025-10-01", "2026-04-01"),
        ("last12Months", "2025-03-31", "2026-04-01"),
        ("last24Months", "2024-03-31", "2026-04-01"),
    ],
)
def test_presets_are_half_open_ranges(preset, first, after):
    found = parse_filter({"day": {T: "date", "type": preset}})
    assert found == between("day", dt.date.fromisoformat(first), dt.date.fromisoformat(after))


def test_every_preset_is_tested_and_works_on_every_day():
    day = dt.date(2023, 12, 25)
    while day < dt.date(2025, 3, 5):
        for preset in PRESETS.values():
            for first_weekday in (0, 6):
                start, end = preset(day, first_weekday)
                assert start < end
        day += dt.timedelta(1)
    assert PRESETS["thisWeek"](dt.date(2026, 3, 29), 6)[0] == dt.date(2026, 3, 29)
    assert add_months(dt.date(2026, 8, 31), -6) == dt.date(2026, 3, 3)  # as JavaScript has it


DEEP: dict = {"colId": "qty", T: "number", "type": "blank"}
for _ in range(300):
    DEEP = {T: "join", "type": "AND", "conditions": [DEEP]}
WIDE = {T: "join", "type": "AND", "conditions": [{"colId": "qty", T: "number", "type": "blank"}] * 300}
MULTI: dict = {T: "set", "values": []}
for _ in range(300):
    MULTI = {T: "multi", "filterModels": [MULTI]}


@pytest.mark.parametrize(
    ("body", "place", "says"),
    [
        ([], "", "expected an object, not a list"),
        ("x", "", "expected an object, not 'x'"),
        (5, "", "not 5"),
        (True, "", "not true"),
        ({"startRow": "0"}, "startRow", "expected an integer, not '0'"),
        ({"startRow": True}, "startRow", "not true"),
        ({"startRow": -1}, "startRow", "expected 0 to"),
        ({"startRow": 1.5}, "startRow", "not 1.5"),
        ({"startRow": math.nan}, "startRow", "not nan"),
        ({"startRow": 10**5000}, "startRow", "an integer of 16610 bits"),
        ({"startRow": 5, "endRow": 4}, "endRow", "before startRow"),
        ({"endRow": 10_001}, "endRow", "at most 10,000 a page"),
        ({"pivotMode": "yes"}, "pivotMode", "true or false"),
        ({"rowGroupCols": {}}, "rowGroupCols", "expected a list"),
        ({"rowGroupCols": ["symbol"]}, "rowGroupCols[0]", "expected an object"),
        ({"rowGroupCols": [{}]}, "rowGroupCols[0].id", "expected text, not null"),
        ({"rowGroupCols": [{"field": "Symbl"}]}, "rowGroupCols[0].field", "Did you mean 'symbol'?"),
        ({"rowGroupCols": [{"field": "blob"}]}, "rowGroupCols[0].field", "cannot be grouped by"),
        ({"rowGroupCols": [{"field": "qty"}] * 2}, "rowGroupCols[1]", "twice"),
        ({"rowGroupCols": [{"field": "qty"}] * 65}, "rowGroupCols", "at most 64"),
        ({"groupKeys": ["x"]}, "groupKeys", "1 keys for 0 groups"),
        ({"grouping": {"groupKeys": "x"}}, "grouping.groupKeys", "expected a list"),
        ({"rowGroupCols": [{"field": "qty"}], "groupKeys": ["x"]}, "groupKeys[0]", "'x' is no value of column 'qty'"),
        ({"rowGroupCols": [{"field": "qty"}], "groupKeys": [True]}, "groupKeys[0]", "a boolean is no integer"),
        ({"rowGroupCols": [{"field": "qty"}], "groupKeys": ["1.5"]}, "groupKeys[0]", "64 bits"),
        ({"rowGroupCols": [{"field": "qty"}], "groupKeys": [2**63]}, "groupKeys[0]", "64 bits"),
        ({"rowGroupCols": [{"field": "qty"}], "groupKeys": ["1" * 9_999]}, "groupKeys[0]", "finite"),
        ({"rowGroupCols": [{"field": "qty"}], "groupKeys": [[]]}, "groupKeys[0]", "expected one value"),
        ({"rowGroupCols": [{"field": "price"}], "groupKeys": ["nan"]}, "groupKeys[0]", "finite"),
        ({"rowGroupCols": [{"field": "price"}], "groupKeys": ["1e309"]}, "groupKeys[0]", "a double can hold"),
        ({"rowGroupCols": [{"field": "amount"}], "groupKeys": ["1e-401"]}, "groupKeys[0]", "finite"),
        ({"rowGroupCols": [{"field": "symbol"}], "groupKeys": [5]}, "groupKeys[0]", "expected text"),
        ({"rowGroupCols": [{"field": "symbol"}], "groupKeys": ["a\0"]}, "groupKeys[0]", "NUL"),
        ({"rowGroupCols": [{"field": "symbol"}], "groupKeys": ["\ud800"]}, "groupKeys[0]", "surrogate"),
        ({"rowGroupCols": [{"field": "live"}], "groupKeys": ["yes"]}, "groupKeys[0]", "true or false"),
        ({"rowGroupCols": [{"field": "day"}], "groupKeys": ["soon"]}, "groupKeys[0]", "ISO 8601"),
        ({"rowGroupCols": [{"field": "at"}], "groupKeys": [5]}, "groupKeys[0]", "date and time"),
        (
            {"valueCols": [{"field": "symbol", "aggFunc": "sum"}]},
            "valueCols[0].aggFunc",
            "has no sum. Allowed: min, max",
        ),
        ({"valueCols": [{"field": "qty", "aggFunc": "sum); --"}]}, "valueCols[0].aggFunc", "is no aggregate"),
        ({"valueCols": [{"field": "qty", "aggFunc": {}}]}, "valueCols[0].aggFunc", "an object is no aggregate"),
        ({"sortModel": [{"colId": "qty", "sort": "asc; drop"}]}, "sortModel[0].sort", "Allowed: asc, desc"),
        ({"sortModel": [{"colId": "nope", "sort": "asc"}]}, "sortModel[0].colId", "no column 'nope'"),
        (
            {"valueCols": [{"id": "formula_1", "field": "formula_1", "aggFunc": "sum"}]},
            "valueCols[0].field",
            "a formula is worked out by Workspace for the rows it has: it cannot be sorted, filtered or summed here.",
        ),
        ({"sortModel": [{"colId": "blob", "sort": "asc"}]}, "sortModel[0].colId", "cannot be sorted by"),
        ({"sortModel": [{"colId": "x" * 10_001, "sort": "asc"}]}, "sortModel[0].colId", "10,001 characters"),
        ({"filterModel": []}, "filterModel", "expected an object"),
        ({"filterModel": {"nope": {}}}, "filterModel.nope", "no column 'nope'"),
        ({"filterModel": {'we"ird': 5}}, "filterModel['we\"ird']", "expected an object, not 5"),
        ({"filterModel": {"qty": {T: "magic"}}}, "filterModel.qty.filterType", "is no filter. Allowed: text,"),
        (
            {"filterModel": {"qty": {T: "text", "type": "contains", "filter": "1"}}},
            "filterModel.qty.filterType",
            "Allowed: number,",
        ),
        ({"filterModel": {"blob": {"type": "equals"}}}, "filterModel.blob.filterType", "Allowed: blank, notBlank."),
        ({"filterModel": {"symbol": {"type": "like", "filter": "1"}}}, "filterModel.symbol.type", "no text filter"),
        ({"filterModel": {"symbol": {"type": "equals"}}}, "filterModel.symbol.filter", "expected text, not null"),
        (
            {"filterModel": {"symbol": {"type": "equals", "filter": 1}}},
            "filterModel.symbol.filter",
            "expected text, not 1",
        ),
        (
            {
                "sortModel": [
                    {"colId": "qty", "sort": "asc", "type": "default"},
                    {"colId": "id", "sort": "asc", "type": "absolute"},
                ]
            },
            "sortModel[1].type",
            "'absolute' is no sort of a row model. Allowed: default.",
        ),
        ({"filterModel": {"live": {"type": "maybe"}}}, "filterModel.live.type", "Allowed: true, false"),
        (
            {"filterModel": {"qty": {"type": "equals", "filter": "1"}}},
            "filterModel.qty.filter",
            "expected a number, not '1'",
        ),
        ({"filterModel": {"qty": {"type": "equals", "filter": True}}}, "filterModel.qty.filter", "not true"),
        ({"filterModel": {"qty": {"type": "equals", "filter": 2**63}}}, "filterModel.qty.filter", "64 bits"),
        ({"filterModel": {"qty": {"type": "equals", "filter": 1e19}}}, "filterModel.qty.filter", "64 bits"),
        (
            {"filterModel": {"qty": {T: "bigint", "type": "equals", "filter": "9" * 19}}},
            "filterModel.qty.filter",
            "64 bits",
        ),
        ({"filterModel": {"qty": {T: "bigint", "type": "equals", "filter": "1x"}}}, "filterModel.qty.filter", "finite"),
        ({"filterModel": {"price": {"type": "equals", "filter": math.inf}}}, "filterModel.price.filter", "finite"),
        ({"filterModel": {"price": {"type": "inRange", "filter": 1}}}, "filterModel.price.filterTo", "not null"),
        (
            {"filterModel": {"price": {"operator": "OR", "conditions": [{"type": "blank"}, {"type": "equals"}]}}},
            "filterModel.price.conditions[1].filter",
            "expected a number, not null",
        ),
        ({"filterModel": {"price": {"operator": "XOR"}}}, "filterModel.price.operator", "Allowed: AND, OR"),
        ({"filterModel": {"price": {"operator": 5}}}, "filterModel.price.operator", "Allowed: AND, OR"),
        ({"filterModel": {"price": {"operator": "OR", "condition1": 5}}}, "filterModel.price.condition1", "not 5"),
        ({"filterModel": {"day": {"type": "equals", "dateFrom": "soon"}}}, "filterModel.day.dateFrom", "is no date"),
        ({"filterModel": {"day": {"type": "equals"}}}, "filterModel.day.dateFrom", "expected text, not null"),
        ({"filterModel": {"day": {"type": "someday"}}}, "filterModel.day.type", "no date filter"),
        (
            {"filterModel": {"day": {T: "text", "type": "contains", "filter": "01-31"}}},
            "filterModel.day.filter",
            "'01-31' begins no date. Expected a year, YYYY-MM, YYYY-MM-DD or YYYY-MM-DD hh:mm",
        ),
        (
            {"filterModel": {"at": {T: "text", "type": "equals", "filter": "2026-02-30"}}},
            "filterModel.at.filter",
            "no date",
        ),
        (
            {"filterModel": {"at": {T: "text", "type": "endsWith", "filter": "30"}}},
            "filterModel.at.type",
            "Allowed: equals, notEqual, contains, notContains, startsWith, blank, notBlank.",
        ),
        ({"filterModel": {"symbol": {T: "set"}}}, "filterModel.symbol.values", "expected a list, not null"),
        ({"filterModel": {"symbol": {T: "set", "values": ["a", 5]}}}, "filterModel.symbol.values[1]", "expected text"),
        ({"filterModel": {"symbol": {T: "set", "values": ["é\ud800"]}}}, "filterModel.symbol.values[0]", "surrogate"),
        ({"filterModel": {"symbol": {T: "set", "values": ["a" * 10_001]}}}, "filterModel.symbol.values[0]", "too long"),
        ({"filterModel": {"symbol": {T: "set", "type": "in", "values": []}}}, "filterModel.symbol.type", "isAnyOf"),
        (
            {"filterModel": {"symbol": {T: "set", "values": ["a"] * 10_001}}},
            "filterModel.symbol.values",
            "10,000 values",
        ),
        ({"filterModel": {"symbol": {T: "multi", "filterModels": {}}}}, "filterModel.symbol.filterModels", "a list"),
        ({"filterModel": {T: "join", "type": "NOT"}}, "filterModel.type", "AND, OR"),
        ({"filterModel": {T: "join", "type": "AND", "conditions": [5]}}, "filterModel.conditions[0]", "not 5"),
        ({"filterModel": {T: "text", "type": "equals"}}, "filterModel.colId", "expected text, not null"),
        ({"filterModel": WIDE}, "filterModel.conditions[255]", "more than 256 conditions"),
    ],
)
def test_what_is_refused_and_where(body, place, says):
    error = refusal(body)
    assert error.place == place
    assert says in error.problem
    assert error.detail == (f"{place}: {error.problem}" if place else error.problem)


@pytest.mark.parametrize("model", [DEEP, {"qty": MULTI}], ids=["joins", "multi"])
def test_filters_within_filters_end(model):
    assert "deeper than 16" in refusal({"filterModel": model}).problem


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"rowGroupCols": [{"field": "seen"}], "groupKeys": ["0001-01-01T00:00:00"]}, "groupKeys[0]"),
        ({"filterModel": {"seen": {"type": "equals", "dateFrom": "0001-01-01"}}}, "filterModel.seen"),
        ({"filterModel": {"seen": {T: "text", "type": "equals", "filter": "0001-01-01"}}}, "filterModel.seen"),
    ],
)
def test_dates_before_the_beginning_of_time(body, place):
    error = refusal(body, zone=ZoneInfo("Asia/Tokyo"))
    assert (error.place, "years 1 and 9999" in error.problem) == (place, True)


def test_dates_at_the_end_of_time():
    found = parse_filter({"day": {T: "date", "type": "greaterThan", "dateFrom": "9999-12-31"}})
    assert isinstance(found, Compare)
    for preset in PRESETS:
        for when in (dt.datetime(1, 1, 1, tzinfo=dt.timezone.utc), dt.datetime(9999, 12, 31, tzinfo=dt.timezone.utc)):
            try:
                parse_request({"filterModel": {"day": {T: "date", "type": preset}}}, COLUMNS, now=when)
            except RowRequestError as error:
                assert "years 1 and 9999" in error.problem


def test_limits_are_the_row_models_own():
    limits = Limits(page=10, default_page=5, text=3)
    assert parse({}, limits=limits).end_row == 5
    assert "at most 10 a page" in refusal({"endRow": 11}, limits=limits).problem
    assert "at most 3" in refusal({"sortModel": [{"colId": "price", "sort": "asc"}]}, limits=limits).problem


NAMES = st.sampled_from(
    [*COLUMNS.names, "nope", "filterType", "colId", "values", "type", "filter", "conditions", "\ud800"]
)
WORDS = st.sampled_from(
    ["text", "number", "date", "set", "multi", "join", "equals", "inRange", "AND", "today", "\0", "1"]
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters()), WORDS, NAMES)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)
KEYS = (
    "startRow",
    "endRow",
    "rowGroupCols",
    "groupKeys",
    "valueCols",
    "pivotCols",
    "pivotMode",
    "filterModel",
    "sortModel",
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={"field": NAMES, "id": SCALARS, "aggFunc": WORDS, "colId": NAMES, "sort": st.sampled_from(["asc", "x"])},
)
MODELS = st.dictionaries(
    NAMES,
    st.fixed_dictionaries(
        {},
        optional={
            "filterType": WORDS,
            "type": WORDS,
            "filter": SCALARS,
            "filterTo": SCALARS,
            "dateFrom": SCALARS,
            "values": st.lists(SCALARS, max_size=3),
            "conditions": JSON,
            "operator": WORDS,
        },
    ),
    max_size=3,
)
HOSTILE = st.fixed_dictionaries(
    {},
    optional={
        key: st.one_of(JSON, st.lists(FIELDS, max_size=3), MODELS, st.lists(SCALARS, max_size=3)) for key in KEYS
    },
)


@settings(max_examples=600, deadline=None)
@given(st.one_of(JSON, HOSTILE))
def test_any_json_is_a_request_or_refused(body):
    try:
        assert isinstance(parse(body), RowRequest)
    except RowRequestError as error:
        assert error.detail.isprintable()
        error.detail.encode()


def test_text_is_folded_by_code_point():
    assert fold("ABCäÉ") == "abcäé"
    assert fold("İẞΣ") == "ißσ"
    assert all(len(fold(chr(code))) == 1 for code in range(0x110000))


def test_columns_of_rows_by_their_values():
    rows = [
        {"a": 1, "b": "x", "c": None, "d": 1, "e": dt.date(2026, 1, 1), "f": object(), "g": 2**70, "h": NOW, "i": True},
        {"a": 2.5, "b": 1, "j": Decimal(1), "h": NOW, "k": dt.datetime(2026, 1, 1)},
        {"h": None, "k": NOW},
    ]
    found = columns_of_rows(rows)
    kinds = [(column.name, column.type, column.aware) for column in found.values()]
    types = [
        "number",
        "other",
        "text",
        "integer",
        "date",
        "other",
        "decimal",
        "datetime",
        "boolean",
        "decimal",
        "other",
    ]
    assert kinds == [(name, kind, name == "h") for name, kind in zip("abcdefghijk", types, strict=True)]
    assert len(found) == 11


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (2.0, "2"),
        (2.5, "2.5"),
        (Decimal("1.50"), "1.5"),
        (Decimal(10), "10"),
        (dt.date(2026, 1, 1), "2026-01-01"),
        (dt.datetime(2026, 1, 1), "2026-01-01"),
        (dt.datetime(2026, 1, 1, 5), "2026-01-01T05:00:00"),
        ("x", "x"),
    ],
)
def test_values_as_parts_of_pivot_columns(value, text):
    assert key_text(value) == text


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: RowColumns([]), "no columns"),
        (lambda: RowColumns([RowColumn("a"), RowColumn("a")]), "several columns named 'a'"),
        (lambda: COLUMNS.check_key("ids"), "Did you mean 'id'"),
        (lambda: COLUMNS.check_key("blob"), "can be ordered by"),
        (lambda: COLUMNS.check_key(()), "key= is empty"),
    ],
)
def test_columns_that_cannot_be(make, says):
    with pytest.raises(ConfigError, match=says.replace("(", r"\(")):
        make()


def test_a_page_is_what_the_grid_expects():
    assert Page([{"a": 1}], 7).body() == {"rowData": [{"a": 1}], "rowCount": 7}
    assert Page([], 0, ["x_a"]).body() == {"rowData": [], "rowCount": 0, "pivotResultFields": ["x_a"]}
