"""A user's own marshmallow Schema: its fields in the manifest, its validation in the request, Workspace's habits."""

import enum
from dataclasses import fields as dataclass_fields
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema
from webargs.fields import DelimitedList

from flask_openbb.errors import ParamError
from flask_openbb.manifest.dates import days_ago, today
from flask_openbb.manifest.params import describe, plan_params, request_errors
from flask_openbb.manifest.specs import Param

NOW = datetime(2024, 3, 31, 12)


class Color(enum.Enum):
    RED = "red"
    DARK_BLUE = "blue"


def choices():
    return ["AAPL"]


def host(**arguments): ...


def plan(schema, view=host, **options):
    return plan_params(view, params=schema, clock=lambda: NOW, where="views.py:1", **options)


def one(field):
    """A plan whose schema has one field, ``x``."""
    return plan(Schema.from_dict({"x": field}))


def row(param):
    values = {item.name: getattr(param, item.name) for item in dataclass_fields(param)}
    return {name: value for name, value in values.items() if value is not None and value != {}}


def refusal(call, *args):
    with pytest.raises(ValidationError) as caught:
        call(*args)
    return caught.value.messages


def options(*texts):
    return tuple({"label": text, "value": text} for text in texts)


MULTI = {"multi_select": True, "multiple": True}
CASES = {
    # name: (field, row beyond name/label/show, {raw: value})
    "string": (fields.String(load_default="a"), {"type": "text", "value": "a"}, {"b": "b", "": "a", " ": " "}),
    "integer": (
        fields.Integer(load_default=3, validate=validate.Range(1, 9)),
        {"type": "number", "value": 3, "min": 1, "max": 9}, {"5": 5, "": 3},
    ),
    "float": (fields.Float(load_default=1.5), {"type": "number", "value": 1.5}, {"2": 2.0}),
    "decimal": (fields.Decimal(load_default=Decimal("1.5")), {"type": "number", "value": 1.5}, {"2.5": Decimal("2.5")}),
    "boolean": (fields.Boolean(load_default=False), {"type": "boolean", "value": False}, {"true": True, "on": True}),
    "email": (fields.Email(load_default="a@b.co"), {"type": "text", "value": "a@b.co"}, {"c@d.co": "c@d.co"}),
    "url": (fields.URL(load_default=None), {"type": "text"}, {"": None}),
    "raw": (fields.Raw(load_default=None), {"type": "text"}, {"a": "a", " ": None}),
    "date": (
        fields.Date(load_default=days_ago(3)), {"type": "date", "value": "$currentDate-3d"},
        {None: date(2024, 3, 28), "": date(2024, 3, 28), "$currentDate-1M": date(2024, 2, 29),
         "2024-01-31T05:00:00Z": date(2024, 1, 31), "1/31/2024": date(2024, 1, 31)},
    ),
    "date fixed": (
        fields.Date(load_default=date(2024, 1, 1)), {"type": "date", "value": "2024-01-01"}, {None: date(2024, 1, 1)},
    ),
    "date formatted": (
        fields.Date(format="%d/%m/%Y", load_default=None), {"type": "date"},
        {"03/04/2024": date(2024, 4, 3), "2024-04-03": date(2024, 4, 3), "$currentDate": date(2024, 3, 31)},
    ),
    "date renamed": (
        fields.Date(attribute="y", load_default=None), {"type": "date"}, {"$currentDate": date(2024, 3, 31)},
    ),
    "datetime": (
        fields.DateTime(load_default=today()), {"type": "date", "value": "$currentDate"},
        {None: datetime(2024, 3, 31), "2024-01-31": datetime(2024, 1, 31),
         "2024-01-31T05:00:00+00:00": datetime(2024, 1, 31, 5, tzinfo=timezone.utc)},
    ),
    "time": (fields.Time(load_default=None), {"type": "text"}, {"": None}),
    "enum": (
        fields.Enum(Color, load_default=Color.RED),
        {"type": "text", "value": "RED",
         "options": ({"label": "Red", "value": "RED"}, {"label": "Dark Blue", "value": "DARK_BLUE"})},
        {"DARK_BLUE": Color.DARK_BLUE},
    ),
    "enum by value": (
        fields.Enum(Color, by_value=True, load_default=Color.RED),
        {"type": "text", "value": "red",
         "options": ({"label": "Red", "value": "red"}, {"label": "Dark Blue", "value": "blue"})},
        {"blue": Color.DARK_BLUE},
    ),
    "one of": (
        fields.Integer(load_default=1, validate=validate.OneOf([1, 5], labels=["One"])),
        {"type": "text", "value": "1", "options": ({"label": "One", "value": "1"}, {"label": "5", "value": "5"})},
        {"5": 5},
    ),
    "list": (
        fields.List(fields.String(), load_default=["a"]), {"type": "text", "value": "a", **MULTI},
        {"b,c": ["b", "c"], ",": ["a"], None: ["a"]},
    ),
    "list of choices": (
        fields.List(fields.String(validate=validate.OneOf(["a", "b,c"])), load_default=None),
        {"type": "text", "multi_select": True, "options": options("a", "b,c")}, {"a,b,c": ["a", "b,c"]},
    ),
    "list contains only": (
        fields.List(fields.Integer(), load_default=[1], validate=validate.ContainsOnly([1, 2])),
        {"type": "text", "value": "1", "multi_select": True, "options": options("1", "2")}, {"2,1": [2, 1]},
    ),
    "list of dates": (
        fields.List(fields.Date(), load_default=None), {"type": "text", **MULTI},
        {"2024-01-01,$currentDate": [date(2024, 1, 1), date(2024, 3, 31)]},
    ),
    "tuple": (
        fields.Tuple((fields.Integer(), fields.String()), load_default=None), {"type": "text", **MULTI},
        {"1,a": (1, "a")},
    ),
    "delimited list": (
        DelimitedList(fields.Integer(), load_default=[1], delimiter="|"), {"type": "text", "value": "1", **MULTI},
        {"2,3": [2, 3], "": [1]},
    ),
    "callable default": (fields.Integer(load_default=lambda: 7), {"type": "number"}, {None: 7}),
    "metadata": (
        fields.Integer(
            load_default=3, validate=validate.Range(min=0),
            metadata={"label": "Count", "description": "How many", "min": 2, "show": False, "example": 5, "name": "z"},
        ),
        {"type": "number", "value": 3, "label": "Count", "description": "How many", "min": 2, "show": False}, {},
    ),
    "metadata param": (
        fields.String(load_default="a", metadata={"param": Param(label="A", type="ticker"), "label": "B"}),
        {"type": "ticker", "value": "a", "label": "B"}, {},
    ),
    "metadata value": (fields.Integer(load_default=3, metadata={"value": 4}), {"type": "number", "value": 4}, {}),
    "metadata options": (
        fields.String(load_default="a", metadata={"options": [("Ay", "a")]}),
        {"type": "text", "value": "a", "options": ({"label": "Ay", "value": "a"},)}, {"z": "z"},
    ),
    "metadata options view": (
        fields.List(fields.String(), load_default=["a"], metadata={"options": choices}),
        {"type": "endpoint", "value": ["a"], "options": choices, "multi_select": True}, {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_fields(case):
    field, expected, reads = case
    made = one(field)
    assert [row(param) for param in made.rows] == [{"name": "x", "label": "X", "show": True, **expected}]
    keyword = field.attribute or "x"
    for raw, value in reads.items():
        read = made.load_query({} if raw is None else {"x": [raw]})
        assert read == {keyword: value}
        assert type(read[keyword]) is type(value)


def test_wire_names_and_keywords():
    class Query(Schema):
        sym = fields.String(required=True, data_key="symbol")
        day = fields.Date(attribute="on", load_default=None)

    def view(sym, on): ...

    made = plan(Query, view)
    assert [(param.name, param.label) for param in made.rows] == [("symbol", "Symbol"), ("day", "Day")]
    assert (made.names, made.passed) == ({"symbol", "day"}, {"sym", "on"})
    assert made.load_query({"symbol": ["A"], "day": ["2024-01-01"]}) == {"sym": "A", "on": date(2024, 1, 1)}
    assert refusal(made.load_query, {}) == {"symbol": ["Missing data for required field."]}


def test_the_schemas_own_hooks_and_validators_run():
    class Query(Schema):
        low = fields.Integer(load_default=1)
        high = fields.Integer(load_default=9)

        @pre_load
        def swap(self, data, **kwargs):
            return {**data, "low": data.get("low", "0")}

        @validates_schema
        def order(self, data, **kwargs):
            if data["low"] > data["high"]:
                raise ValidationError("low is above high.")

        @post_load
        def add(self, data, **kwargs):
            return {**data, "span": data["high"] - data["low"]}

    def view(low, high): ...

    made = plan(Query, view)
    assert made.load_query({}) == {"low": 0, "high": 9}
    messages = refusal(made.load_query, {"low": ["10"]})
    assert describe(request_errors(messages, "query")) == "Invalid request: low is above high."


def test_an_object_from_post_load_is_refused():
    class Query(Schema):
        n = fields.Integer(load_default=1)

        @post_load
        def build(self, data, **kwargs):
            return [data]

    with pytest.raises(ParamError) as caught:
        plan(Query).load_query({})
    assert str(caught.value) == (
        "Query loads a list, not keywords for the view. Return a mapping from its post_load, or make the object in the "
        "view."
    )


class Page(Schema):
    n = fields.Integer(load_default=1)
    secret = fields.String(dump_only=True)
    fixed = fields.Constant("x")
    hidden = fields.Dict(load_default=None, metadata={"param": False})


def test_the_given_schema_is_not_changed_and_ignores_unknown_keys():
    given = Page(unknown=RAISE, many=True)
    made = plan(given)
    assert made.load_query({"n": ["2"], "theme": ["dark"]}) == {"n": 2, "fixed": "x", "hidden": None}
    assert (given.unknown, given.many) == (RAISE, True)
    assert made.load_body({"hidden": {"a": 1}})["hidden"] == {"a": 1}


def test_what_is_not_a_parameter_is_not_shown():
    assert [param.name for param in plan(Page).rows] == ["n"]


def test_arguments_that_the_schema_leaves_out_follow():
    def view(n, other: list[str] = ["a"], theme: str = "dark"): ...

    made = plan(Schema.from_dict({"n": fields.Integer(load_default=1)}), view)
    assert [param.name for param in made.rows] == ["n", "other"]
    assert made.wants == {"theme"}
    assert made.load_query({"n": ["2"], "other": ["b,c"]}) == {"n": 2, "other": ["b", "c"]}
    assert made.load_body({"other": ["b,c"]}) == {"n": 1, "other": ["b,c"]}
    assert refusal(made.load_query, {"n": ["x"], "other": ["\0"]}) == {
        "n": ["Not a valid integer."],
        "other": ["Holds a NUL character."],
    }


def test_url_arguments_may_be_fields_or_not():
    class Query(Schema):
        symbol = fields.String(required=True, validate=validate.Length(max=4))

    def view(symbol, n): ...

    made = plan(Query, view, path_types={"symbol": str, "n": int})
    assert [param.name for param in made.rows] == ["symbol", "n"]
    assert made.load_query({"symbol": ["AAPL"], "n": ["3"]}) == {"symbol": "AAPL", "n": 3}
    assert made.load_query({"n": ["3"]}, skip={"symbol"}) == {"n": 3}
    assert refusal(made.load_query, {"symbol": ["AAPLX"], "n": ["3"]}) == {"symbol": ["Longer than maximum length 4."]}


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ({"x": ["1", "2"]}, ["Given 2 times, but takes one value."]),
        ({"x": ["9" * 100_001]}, ["Too long: 100,001 characters, at most 100,000 are accepted."]),
        ({"x": ["\ufffd"]}, ["Not valid UTF-8 text."]),
        ({"x": ["five"]}, ["Not a valid integer."]),
    ],
    ids=["repeated", "long", "not UTF-8", "own message"],
)
def test_bad_queries(lists, expected):
    assert refusal(one(fields.Integer()).load_query, lists) == {"x": expected}


def test_a_bad_relative_date_is_explained():
    assert refusal(one(fields.Date()).load_query, {"x": ["$currentDate-1D"]}) == {
        "x": ["'$currentDate-1D' has an unknown unit; use one of h d w M y b q. Did you mean 'd'?"]
    }
    assert refusal(one(fields.Date()).load_query, {"x": ["soon"]}) == {"x": ["Not a valid date."]}


@pytest.mark.parametrize(
    ("field", "raw", "expected"),
    [
        (fields.List(fields.String()), ["a,b", "", None, "c"], ["a,b", "c"]),
        (fields.List(fields.String()), "a,b", ["a", "b"]),
        (fields.List(fields.String()), [], []),
        (fields.List(fields.String(), load_default=None), None, None),
        (fields.List(fields.String(), load_default=None), [None], None),
        (fields.Integer(load_default=3), None, 3),
        (fields.Integer(), 5, 5),
        (fields.Boolean(), True, True),
        (fields.Date(), "$currentDate", date(2024, 3, 31)),
        (fields.List(fields.Integer()), 5, [5]),
    ],
    ids=["list", "joined", "empty list", "null list", "nulls", "null", "number", "bool", "date", "one"],
)
def test_bodies(field, raw, expected):
    assert one(field).load_body({"x": raw}) == {"x": expected}


def test_a_list_for_one_value_is_for_the_field_to_refuse():
    assert refusal(one(fields.String()).load_body, {"x": ["a"]}) == {"x": ["Not a valid string."]}


class Needy(Schema):
    def __init__(self, dependency):
        super().__init__()


NESTED = Schema.from_dict({"x": fields.Nested(Page)}, name="NestedQuery")
PAGES = Schema.from_dict({"x": fields.List(fields.Nested(Page))}, name="ListQuery")
BYTES = Schema.from_dict({"x": fields.String(metadata={"options": [b"a"]})}, name="BytesQuery")
MORE = (
    " is more than a parameter can hold. Use plain fields, or metadata={'param': False} to keep it out of the manifest."
)


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (NESTED, f"field 'x' of NestedQuery: a Nested{MORE}"),
        (PAGES, f"field 'x' of ListQuery: a List{MORE}"),
        (
            BYTES,
            "field 'x' of BytesQuery: the option b'a' is of type bytes, which has no wire form. Give scalars, "
            "(label, value) pairs or {'label': …, 'value': …}.",
        ),
    ],
    ids=["nested", "list of nested", "option"],
)
def test_wrong_schemas(schema, message):
    with pytest.raises(ParamError) as caught:
        plan(schema)
    assert str(caught.value) == f"host() params=: {message} (views.py:1)"


def test_a_schema_that_needs_arguments_is_given_as_an_instance():
    with pytest.raises(ParamError, match=r"Needy.* cannot be made without arguments .* Pass an instance of it\."):
        plan(Needy)
    assert plan(Needy(1)).rows == ()


EVERY = Schema.from_dict({
    "a": fields.String(), "b": fields.Integer(), "c": fields.Float(), "d": fields.Decimal(), "e": fields.Boolean(),
    "f": fields.Date(), "g": fields.DateTime(), "h": fields.List(fields.Integer()), "i": fields.Enum(Color),
    "j": fields.Time(), "k": fields.UUID(), "l": DelimitedList(fields.String()), "m": fields.Date(format="%d/%m/%Y"),
})  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.text("abcdefghijklm", min_size=1, max_size=3),
    st.one_of(st.text(max_size=20), st.text("0123456789-/$currentDate+.T:,", max_size=24)),
)
def test_no_query_raises_anything_but_validation_error(names, text):
    try:
        plan(EVERY).load_query({name: [text] for name in names})
    except ValidationError as error:
        assert describe(request_errors(error.messages, "query")).isprintable()
