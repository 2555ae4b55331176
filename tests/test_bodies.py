"""shape/bodies.py: what a view returned becomes the body of its kind, or is refused."""

from __future__ import annotations

import dataclasses
import enum
import json
import logging
import typing
from decimal import Decimal

import marshmallow as ma
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb.errors import EncodeError, ShapeError
from flask_openbb.shape import bodies
from flask_openbb.shape.bodies import Shaping
from flask_openbb.shape.encode import dumps

PLAIN = Shaping("w")
KEYED = Shaping("w", data_key="results")
ROWS = [{"a": {"b": 1}}, {"c": 2}]
FLAT = [{"a_b": 1, "c": None}, {"a_b": None, "c": 2}]
SHAPERS = ["table", "metric", "markdown", "options", "passthrough"]


class Price(ma.Schema):
    symbol = ma.fields.String()
    close = ma.fields.Decimal(data_key="closePrice")
    day = ma.fields.Date()


class Card(typing.NamedTuple):
    label: str
    value: float


@dataclasses.dataclass
class Envelope:
    results: list[dict[str, typing.Any]]
    meta: dict[str, typing.Any]


class Size(enum.IntEnum):
    NONE = 0
    BIG = 2


class Markup(str):
    def __html__(self):
        return "<b>"


def said(body):
    """What the client reads."""
    return json.loads(dumps(body))


# Shaping


def test_shaping_is_checked_when_it_is_built():
    with pytest.raises(ShapeError, match=r"'\.' cannot join"):
        Shaping("w", sep=".")
    with pytest.raises(ShapeError, match=r"Widget 'w': data_key='..' is no path"):
        Shaping("w", data_key="..")
    assert Shaping("w") == Shaping("w")


@pytest.mark.parametrize("name", SHAPERS)
def test_none_is_an_error_of_the_view(name):
    with pytest.raises(
        ShapeError, match=r"^Widget 'w': the view returned None\. Return .*; does a branch lack its 'return'\?$"
    ):
        getattr(bodies, name)(None, PLAIN)


# Tables


@pytest.mark.parametrize(
    ("value", "shaping", "body"),
    [
        (ROWS, PLAIN, FLAT),
        (iter(ROWS), PLAIN, FLAT),
        ([], PLAIN, []),
        ({"a": {"b": 1}}, PLAIN, [{"a_b": 1}]),
        (pd.DataFrame({"a": [1.5, None]}), PLAIN, [{"a": 1.5}, {"a": None}]),
        (pd.DataFrame({("a", "b"): [1]}), Shaping("w", sep="/"), [{"a/b": 1}]),
        (ROWS, Shaping("w", sep="__"), [{"a__b": 1, "c": None}, {"a__b": None, "c": 2}]),
        ([{"a": [1, 2]}], Shaping("w", lists="json"), [{"a": "[1,2]"}]),
        ([{"a": [1, 2]}], Shaping("w", whole=frozenset({"a"})), [{"a": [1, 2]}]),
        ({"results": ROWS, "meta": {"n": [1]}}, KEYED, {"results": FLAT, "meta": {"n": [1]}}),
        (Envelope(ROWS, {"n": 1}), KEYED, {"results": FLAT, "meta": {"n": 1}}),
        ({"results": pd.DataFrame({"a": [1]})}, KEYED, {"results": [{"a": 1}]}),
        ({"results": ROWS[0]}, KEYED, {"results": [{"a_b": 1}]}),
        ({"results": []}, KEYED, {"results": []}),
        (ROWS, KEYED, {"results": FLAT}),
        ([], KEYED, {"results": []}),
        (pd.DataFrame({"a": [1]}), KEYED, {"results": [{"a": 1}]}),
        (ROWS, Shaping("w", data_key="d.rows"), {"d": {"rows": FLAT}}),
        ({"d": {"rows": ROWS, "n": 1}}, Shaping("w", data_key="d.rows"), {"d": {"rows": FLAT, "n": 1}}),
        ({"results": ROWS}, PLAIN, FLAT),
        ({"results": [], "n": 0}, PLAIN, []),
        (Envelope(ROWS, {}), PLAIN, FLAT),
        ({"symbol": "A", "trades": [{"p": 1}]}, PLAIN, [{"symbol": "A", "trades": '[{"p":1}]'}]),
    ],
    ids=[
        "rows", "iterator", "empty", "one row", "frame", "frame of levels", "separator", "lists", "whole", "envelope",
        "envelope object", "frame inside", "one row inside", "no rows inside", "bare rows", "bare empty", "bare frame",
        "bare deep", "deep", "undeclared", "undeclared empty", "undeclared object", "row with a list",
    ],
)  # fmt: skip
def test_table(value, shaping, body):
    assert said(bodies.table(value, shaping)) == body


def test_table_keeps_the_order_of_columns():
    rows = said(bodies.table([{"b": 1, "a": 2}, {"c": 3, "b": 4}], PLAIN))
    assert [list(row) for row in rows] == [["b", "a", "c"]] * 2


@pytest.mark.parametrize(
    ("value", "shaping", "message"),
    [
        ("text", PLAIN, "Widget 'w': a str is not rows"),
        (5, PLAIN, "Widget 'w': an int is not rows"),
        ([1], PLAIN, "Widget 'w': row 0 .* is an int"),
        ([{"a": {"b": 1}, "a_b": 1}], PLAIN, "Widget 'w': two paths give the column 'a_b'"),
        ({"results": None}, KEYED, "Widget 'w': None is not rows"),
        ("text", KEYED, "Widget 'w': a str is not rows"),
        (
            {"data": ROWS, "n": 1},
            KEYED,
            "says that the rows are under data_key='results', but the answer has only the keys 'data', 'n'. Return",
        ),
        ({}, KEYED, "has only the keys none"),
        ({"results": [{"a": [object()]}]}, KEYED, "Widget 'w': the list in column 'a' has no JSON form"),
    ],
    ids=["text", "number", "scalars", "collision", "null inside", "bare text", "other key", "no key", "list"],
)
def test_table_refuses(value, shaping, message):
    with pytest.raises(ShapeError, match=message):
        bodies.table(value, shaping)


def test_errors_of_the_encoder_keep_their_class():
    with pytest.raises(EncodeError, match="Widget 'w'"):
        bodies.table([{"a": [object()]}], PLAIN)


def test_an_undeclared_envelope_warns_once_for_a_widget(caplog):
    shaping = Shaping("prices")
    with caplog.at_level(logging.WARNING, "flask_openbb"):
        for _ in range(3):
            bodies.table({"results": ROWS, "meta": 1}, shaping)
        bodies.table({"results": ROWS}, Shaping("other"))
    assert caplog.messages == [
        "Widget 'prices': only the rows under 'results' were sent. To keep the rest, declare data_key='results'."
    ]


def test_a_row_with_a_list_of_records_warns_once(caplog):
    shaping = Shaping("book")
    with caplog.at_level(logging.WARNING, "flask_openbb"):
        for _ in range(2):
            bodies.table({"bids": [{"p": 1}], "asks": [{"p": 2}]}, shaping)
    assert caplog.messages == [
        "Widget 'book': the answer was taken as one row. If its rows are in a list, declare data_key='bids' or "
        "data_key='asks'."
    ]


SCHEMED = Shaping("w", row_schema=Price())
PRICE = {"symbol": "A", "close": Decimal("1.5"), "day": None, "secret": 1}


@pytest.mark.parametrize(
    ("value", "shaping", "body"),
    [
        ([PRICE], SCHEMED, [{"symbol": "A", "closePrice": 1.5, "day": None}]),
        (iter([PRICE]), SCHEMED, [{"symbol": "A", "closePrice": 1.5, "day": None}]),
        (PRICE, SCHEMED, [{"symbol": "A", "closePrice": 1.5, "day": None}]),
        (pd.DataFrame({"symbol": ["A"], "close": [1.5]}), SCHEMED, [{"symbol": "A", "closePrice": 1.5}]),
        ([{"symbol": "A"}, {"day": None}], SCHEMED, [{"symbol": "A", "day": None}, {"symbol": None, "day": None}]),
        ([], SCHEMED, []),
        (
            {"results": [PRICE], "n": 1},
            Shaping("w", data_key="results", row_schema=Price()),
            {"results": [{"symbol": "A", "closePrice": 1.5, "day": None}], "n": 1},
        ),
    ],
    ids=["rows", "iterator", "one row", "frame", "missing", "none", "envelope"],
)  # fmt: skip
def test_a_schema_dumps_the_rows(value, shaping, body):
    assert said(bodies.table(value, shaping)) == body


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([PRICE, None], r"Widget 'w': row 1 \(counted from 0\) is None, not a record"),
        (["secret"], "row 0 .* is a str, not a record"),
        ([{"close": "secret"}], r"Widget 'w': the schema Price cannot dump the rows \(\w+\)"),
        ("secret", "a str is not rows"),
    ],
    ids=["null", "text", "field", "no rows"],
)
def test_a_schema_that_cannot_dump_is_named(value, message):
    with pytest.raises(ShapeError, match=message) as caught:
        bodies.table(value, SCHEMED)
    assert "secret" not in str(caught.value)


# Metrics

ONE = {"label": "Users", "value": 5}


@pytest.mark.parametrize(
    ("value", "shaping", "body"),
    [
        (ONE, PLAIN, ONE),
        ({**ONE, "delta": "1.5", "extra": 1}, PLAIN, {**ONE, "delta": "1.5", "extra": 1}),
        ([ONE, ("Users", 5)], PLAIN, [ONE, ONE]),
        ([["Users", 5, -1]], PLAIN, [{**ONE, "delta": -1}]),
        (iter([ONE]), PLAIN, [ONE]),
        ((ONE, ONE), PLAIN, [ONE, ONE]),
        (Card("Users", 5), PLAIN, ONE),
        (("Users", 5), PLAIN, ONE),
        (("Users", 5, None), PLAIN, {**ONE, "delta": None}),
        (5, Shaping("w", title="Users"), ONE),
        ("1,234", PLAIN, {"label": "w", "value": "1,234"}),
        (Decimal("1.5"), PLAIN, {"label": "w", "value": Decimal("1.5")}),
        (np.float64(1.5), PLAIN, {"label": "w", "value": 1.5}),
        (np.array(1), PLAIN, {"label": "w", "value": 1}),
        (pd.DataFrame([ONE]), PLAIN, [ONE]),
        ([], PLAIN, []),
        ({"label": "x", "value": None}, PLAIN, {"label": "x", "value": None}),
        (ONE, KEYED, {"results": ONE}),
        ({"results": [ONE], "n": 1}, KEYED, {"results": [ONE], "n": 1}),
        (5, KEYED, {"results": {"label": "w", "value": 5}}),
    ],
    ids=repr,
)
def test_metric(value, shaping, body):
    assert bodies.metric(value, shaping) == body


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"label": "x"}, "the metric has no 'value'. Return {'label': ..., 'value': ...}"),
        ({}, "the metric has no 'label' and no 'value'"),
        ([ONE, {"value": 1}], "the metric has no 'label'"),
        ([1, 2], "an int is not a metric"),
        ({"label": 5, "value": 1}, "the label of a metric is an int. Give it as text"),
        ({"label": "x", "value": [1]}, "the value of a metric is a list"),
        ({"label": "x", "value": 1, "delta": {}}, "the delta of a metric is a dict"),
        (object(), "the view returned an object, not a metric"),
        (b"5", "the view returned bytes, not a metric"),
        ({"results": None}, "the metric has no 'label'"),
    ],
    ids=repr,
)
def test_metric_refuses(value, message):
    with pytest.raises(ShapeError, match=f"Widget 'w': {message}"):
        bodies.metric(value, PLAIN)


# Markdown


@pytest.mark.parametrize(
    ("value", "shaping", "body"),
    [
        ("# Hi", PLAIN, "# Hi"),
        ("", PLAIN, ""),
        (Markup("x"), PLAIN, "x"),
        ("# Hi", KEYED, {"results": "# Hi"}),
        ({"results": "# Hi", "n": 1}, KEYED, {"results": "# Hi", "n": 1}),
    ],
    ids=repr,
)
def test_markdown(value, shaping, body):
    found = bodies.markdown(value, shaping)
    assert found == body
    assert type(found) is type(body)


@pytest.mark.parametrize(
    ("value", "shaping", "message"),
    [
        (b"# Hi", PLAIN, "returned bytes, whose encoding is not known. Return bytes.decode"),
        (5, PLAIN, "returned an int, not text. Return a str"),
        (["x"], PLAIN, "returned a list, not text"),
        ({"content": "x"}, PLAIN, "returned a dict, which needs data_key="),
        ({"content": "x"}, KEYED, "returned a dict, which holds no text under data_key='results'"),
        ({"results": 5}, KEYED, "returned an int, not text"),
    ],
    ids=repr,
)
def test_markdown_refuses(value, shaping, message):
    with pytest.raises(ShapeError, match=message):
        bodies.markdown(value, shaping)


def test_passthrough():
    value = {"any": object()}
    assert bodies.passthrough(value, PLAIN) is value


# Options


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ([], []),
        (["AAPL", 5, 1.5], [("AAPL", "AAPL"), ("5", 5), ("1.5", 1.5)]),
        ([("Apple", "AAPL"), ["Five", 5]], [("Apple", "AAPL"), ("Five", 5)]),
        ({"Apple": "AAPL", 5: 5}, [("Apple", "AAPL"), ("5", 5)]),
        ([{"label": "Apple", "value": "AAPL"}], [("Apple", "AAPL")]),
        ([{"label": "Apple"}, {"value": 5}], [("Apple", "Apple"), ("5", 5)]),
        ([Card("Apple", 5)], [("Apple", 5)]),
        (iter(["a"]), [("a", "a")]),
        ({"b", "a"}, [("a", "a"), ("b", "b")]),
        (pd.Series(["a"]), [("a", "a")]),
        (np.array([1, 2]), [("1", 1), ("2", 2)]),
        (pd.DataFrame({"label": ["A"], "value": [1]}), [("A", 1)]),
        ([Size.BIG, Decimal("1.5"), True], [("2", 2), ("1.5", 1.5), ("true", True)]),
        ([2**60], [(str(2**60), str(2**60))]),
    ],
    ids=repr,
)
def test_options(value, body, caplog):
    assert bodies.options(value, PLAIN) == [{"label": label, "value": item} for label, item in body]
    assert caplog.messages == []


def test_options_keep_their_extra_info():
    choice = {"label": "Apple", "value": "AAPL", "extraInfo": {"description": "d", "rightOfDescription": "r"}}
    assert bodies.options([choice], PLAIN) == [choice]


def test_options_that_workspace_drops_are_kept_and_warned_about_once(caplog):
    shaping = Shaping("symbols")
    for _ in range(2):
        found = bodies.options([0, "", False, Size.NONE, None, float("nan"), "a"], shaping)
    assert found == [
        {"label": "0", "value": 0},
        {"label": "", "value": ""},
        {"label": "false", "value": False},
        {"label": "0", "value": 0},
        {"label": "a", "value": "a"},
    ]
    assert caplog.messages == [
        "Widget 'symbols': Workspace drops options whose value is null, 0, '' or False. Use other values."
    ]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("AAPL", "the view returned a str, not options. Return a list of scalars"),
        (5, "the view returned an int, not options"),
        (b"x", "the view returned bytes, not options"),
        ([{"name": "x"}], r"option 0 \(counted from 0\) has neither 'label' nor 'value'"),
        ([["a", "b", "c"]], r"option 0 \(counted from 0\) holds a list"),
        ([("a", {"b": 1})], r"option 0 .* holds a dict"),
        ([([1], "b")], r"option 0 .* holds a str"),
        ([object()], "The answer holds an object, which has no JSON form"),
    ],
    ids=repr,
)
def test_options_refuse(value, message):
    with pytest.raises(ShapeError, match=f"Widget 'w': {message}"):
        bodies.options(value, PLAIN)


# Anything at all

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=3)
    | st.decimals()
    | st.dates()
    | st.builds(object)
    | st.builds(lambda: pd.DataFrame({"a": [1]}))
    | st.just(ROWS)
    | st.sampled_from([Card("a", 1), Size.BIG, Size, np.array([1]), pd.Series([1.5]), pd.NaT, 1j]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["label", "value", "data", "layout", "results", "a", "a_b", 1, None]), inner, max_size=3
        )
        | st.tuples(inner, inner)
        | st.builds(iter, st.lists(inner, max_size=2))
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("name", SHAPERS)
@settings(max_examples=100, deadline=None)
@given(value=JUNK, data_key=st.sampled_from([None, "results", "a.data[0]"]))
def test_junk_gives_json_or_a_shape_error(name, value, data_key):
    shaping = Shaping("w", data_key=data_key)
    try:
        body = dumps(getattr(bodies, name)(value, shaping))
    except ShapeError:
        return
    json.loads(body, parse_constant=pytest.fail)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select 'Apple' as name, 'AAPL' as id", [{"label": "Apple", "value": "AAPL"}]),
        ("select 'AAPL' as symbol", [{"label": "AAPL", "value": "AAPL"}]),
        ("select 'Apple' as label, 7 as value", [{"label": "Apple", "value": 7}]),
    ],
    ids=["pair", "scalar", "named"],
)
@pytest.mark.parametrize("read", [lambda result: result, lambda result: result.all()], ids=["result", "rows"])
@pytest.mark.usefixtures("closed_engines")
def test_options_from_a_query(query, expected, read):
    sqlalchemy = pytest.importorskip("sqlalchemy")
    with sqlalchemy.create_engine("sqlite://").connect() as connection:
        assert bodies.options(read(connection.execute(sqlalchemy.text(query))), Shaping(widget="w")) == expected


@pytest.mark.usefixtures("closed_engines")
def test_options_from_a_query_of_three_columns_are_refused():
    sqlalchemy = pytest.importorskip("sqlalchemy")
    with sqlalchemy.create_engine("sqlite://").connect() as connection:
        rows = connection.execute(sqlalchemy.text("select 1 as a, 2 as b, 3 as c")).all()
    with pytest.raises(ShapeError, match="neither 'label' nor 'value'"):
        bodies.options(rows, Shaping(widget="w"))
