"""Requests as they come: limits, repeated keys, JSON bodies, and the words of a 422."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict

from flask_openbb.manifest.params import describe, plan_params, request_errors

NOW = datetime(2024, 3, 31, 12)


def plan(view, **options):
    return plan_params(view, clock=lambda: NOW, where="views.py:1", **options)


def refusal(call, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        call(*args, **kwargs)
    return caught.value.messages


def many(
    symbol: str = "AAPL",
    n: int = 1,
    tags: list[str] = ["a"],
    day: date | None = None,
): ...


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ({"n": ["2", "3"]}, {"n": ["Given 2 times, but takes one value."]}),
        ({"symbol": ["A", "A"]}, {"symbol": ["Given 2 times, but takes one value."]}),
        ({"symbol": ["x" * 1_000_000]}, {"symbol": ["Too long: 1,000,000 characters, at most 100,000 are accepted."]}),
        ({"tags": ["a", "x" * 100_001]}, {"tags": ["Too long: 100,001 characters, at most 100,000 are accepted."]}),
        ({"symbol": ["a\0b"]}, {"symbol": ["Holds a NUL character."]}),
        ({"symbol": ["é\0b"]}, {"symbol": ["Holds a NUL character."]}),
        ({"symbol": ["a\ufffd"]}, {"symbol": ["Not valid UTF-8 text."]}),
        ({"symbol": ["\udcff"]}, {"symbol": ["Not valid UTF-8 text."]}),
        (
            {"n": ["x"], "day": ["soon"], "symbol": ["\0"]},
            {
                "symbol": ["Holds a NUL character."],
                "n": ["'x' is not a whole number."],
                "day": ["'soon' is not a date; use YYYY-MM-DD or $currentDate-30d."],
            },
        ),
    ],
    ids=["repeated", "repeated alike", "long", "long item", "nul", "nul in text", "replaced", "surrogate", "several"],
)
def test_bad_queries(lists, expected):
    assert refusal(plan(many).load_query, lists) == expected


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ({"n": ["", "2"]}, {"n": 2}),
        ({"n": ["", ""]}, {"n": 1}),
        ({"n": []}, {"n": 1}),
        ({"symbol": ["né 🙂\n"]}, {"symbol": "né 🙂\n"}),
        ({"tags": ["a,b", "c", ""]}, {"tags": ["a", "b", "c"]}),
        ({"tags": [""]}, {"tags": ["a"]}),
        ({"day": ["$currentDate-1y"]}, {"day": date(2023, 3, 31)}),
        ({"day": [""]}, {"day": None}),
    ],
    ids=["blank and one", "blanks", "no value", "unicode", "list", "blank list", "relative", "blank date"],
)
def test_good_queries(lists, expected):
    assert plan(many).load_query(lists) == {"symbol": "AAPL", "n": 1, "tags": ["a"], "day": None, **expected}


def test_the_longest_value_is_a_setting():
    assert refusal(plan(many).load_query, {"symbol": ["abcd"]}, max_length=3) == {
        "symbol": ["Too long: 4 characters, at most 3 are accepted."]
    }
    assert refusal(plan(many).load_body, {"symbol": "abcd"}, max_length=3) == {
        "symbol": ["Too long: 4 characters, at most 3 are accepted."]
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"n": 2}, {"n": 2}),
        ({"n": "2", "symbol": 5}, {"n": 2, "symbol": "5"}),
        ({"n": None, "symbol": None, "tags": None}, {}),
        ({"symbol": ""}, {}),
        ({"tags": ["a,b", "c"]}, {"tags": ["a,b", "c"]}),
        ({"tags": "a,b"}, {"tags": ["a", "b"]}),
        ({"tags": []}, {"tags": []}),
        ({"day": "$currentDate", "startRow": 0, "prompt": {"a": [1]}}, {"day": date(2024, 3, 31)}),
    ],
    ids=["number", "texts", "null", "empty", "list", "joined", "empty list", "others ignored"],
)
def test_good_bodies(body, expected):
    assert plan(many).load_body(body) == {"symbol": "AAPL", "n": 1, "tags": ["a"], "day": None, **expected}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([1], {"_schema": ["The body is not a JSON object."]}),
        ({"n": [1, 2]}, {"n": ["Given a list of 2 values, but takes one value."]}),
        ({"n": {"a": 1}}, {"n": ["an object is not a whole number."]}),
        ({"n": True}, {"n": ["True is not a whole number."]}),
        ({"symbol": {"a": ["\0"]}}, {"symbol": ["Holds a NUL character."]}),
        ({"tags": ["ok", "\ud800"]}, {"tags": ["Not valid UTF-8 text."]}),
        ({"tags": [["nested"]]}, {"tags": ["Not text but a list."]}),
    ],
    ids=["list", "list for one", "object", "bool", "nul inside", "surrogate", "nested list"],
)
def test_bad_bodies(body, expected):
    assert refusal(plan(many).load_body, body) == expected


def test_the_schema_reads_what_webargs_gives_it():
    schema = plan(many).schema
    query = MultiDict([("n", "2"), ("tags", "a,b"), ("tags", "c"), ("theme", "dark")])
    assert schema.load(MultiDictProxy(query, schema)) == {
        "symbol": "AAPL",
        "n": 2,
        "tags": ["a", "b", "c"],
        "day": None,
    }


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["symbol", "n", "tags", "day"]), st.lists(st.text(max_size=20), max_size=3)))
def test_no_query_raises_anything_but_validation_error(lists):
    try:
        loaded = plan(many).load_query(lists)
    except ValidationError as error:
        detail = describe(request_errors(error.messages, "query"))
        assert detail.isprintable()
        assert detail.startswith("Invalid request: ")
    else:
        assert set(loaded) == {"symbol", "n", "tags", "day"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["symbol", "n", "tags", "day"]), JSON))
def test_no_body_raises_anything_but_validation_error(body):
    try:
        plan(many).load_body(body)
    except ValidationError as error:
        assert describe(request_errors(error.messages, "body")).isprintable()


def test_request_errors():
    messages = refusal(plan(many).load_query, {"n": ["x"], "symbol": ["a", "b"], "day": ["\0"]})
    assert request_errors(messages, "query") == [
        {"loc": ["query", "symbol"], "msg": "Given 2 times, but takes one value.", "type": "repeated"},
        {"loc": ["query", "day"], "msg": "Holds a NUL character.", "type": "encoding"},
        {"loc": ["query", "n"], "msg": "'x' is not a whole number.", "type": "invalid"},
    ]


@pytest.mark.parametrize(
    ("messages", "errors"),
    [
        ("Wrong.", [("request", "Wrong.", "invalid")]),
        (["Wrong.", "Bad."], [("request", "Wrong.", "invalid"), ("request", "Bad.", "invalid")]),
        ({"_schema": ["Odd."]}, [("request", "Odd.", "invalid")]),
        ({"n": ["Missing data for required field."]}, [("n", "Missing data for required field.", "missing")]),
        (
            {"n": {0: ["Bad."], 2: {"a": ["Odd."]}}},
            [("n", "item 1: Bad.", "invalid"), ("n", "item 3: a: Odd.", "invalid")],
        ),
        ({"n": {"_schema": ["Bad."]}}, [("n", "Bad.", "invalid")]),
        ({"n": [{"odd": "x"}, 5]}, [("n", "odd: x", "invalid"), ("n", "5", "invalid")]),
        ({"a\nb": ["two\nlines\x00"]}, [("a b", "two lines", "invalid")]),
        ({"n": ["x" * 1000]}, [("n", "x" * 299 + "…", "invalid")]),
    ],
    ids=["text", "list", "schema", "required", "nested", "nested schema", "odd", "controls", "long"],
)
def test_request_errors_of_any_messages(messages, errors):
    assert request_errors(messages, "body") == [
        {"loc": ["body", name], "msg": message, "type": kind} for name, message, kind in errors
    ]


def test_describe():
    errors = request_errors({"a": ["One."], "_schema": ["Two."], "b": ["Three. Did you mean C?"]}, "query")
    assert describe(errors) == "Invalid request: a: One; Two; b: Three. Did you mean C?"
    errors = request_errors({str(number): ["Bad."] for number in range(7)}, "query")
    assert describe(errors) == "Invalid request: 0: Bad; 1: Bad; 2: Bad; 3: Bad; 4: Bad; and 2 more."
