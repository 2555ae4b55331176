# ruff: noqa: UP007, UP045 - the older spellings are part of what is tested
"""Columns from Schemas, dataclasses and TypedDicts, and which cells stay nested."""

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NewType, Optional, TypedDict, Union

import pytest
import typing_extensions
from marshmallow import Schema, fields

from flask_openbb.errors import RegistrationError
from flask_openbb.manifest.columns import columns_from, row_schema, whole_columns
from flask_openbb.manifest.specs import Column

if TYPE_CHECKING:
    from nowhere import Missing

TEXT = {"cell_data_type": "text", "chart_data_type": "category"}
NUMBER = {"cell_data_type": "number", "chart_data_type": "series"}
FLAG = {"cell_data_type": "boolean", "chart_data_type": "category"}
DAY = {"cell_data_type": "dateString", "chart_data_type": "time"}
WHOLE = {"cell_data_type": "object", "chart_data_type": "excluded"}
LINE = {"type": "line"}


class Color(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


def told(columns):
    """What each column says, without what it leaves open."""
    return [
        {name: value for name, value in vars(column).items() if value is not None and value != {}} for column in columns
    ]


def column(name, header, types, **more):
    return {"field": name, "header_name": header, **types, **more}


FIELDS = {
    "string": (fields.String(), TEXT),
    "email": (fields.Email(), TEXT),
    "url": (fields.URL(), TEXT),
    "uuid": (fields.UUID(), TEXT),
    "integer": (fields.Integer(), NUMBER),
    "float": (fields.Float(), NUMBER),
    "decimal": (fields.Decimal(as_string=True), NUMBER),
    "boolean": (fields.Boolean(), FLAG),
    "date": (fields.Date(), DAY),
    "date formatted": (fields.Date(format="%d.%m.%Y"), TEXT),
    "datetime": (fields.DateTime(), TEXT),
    "timestamp": (fields.DateTime(format="timestamp"), NUMBER),
    "time": (fields.Time(), TEXT),
    "timedelta": (fields.TimeDelta(), NUMBER),
    "enum": (fields.Enum(Color), TEXT),
    "list": (fields.List(fields.Float()), TEXT),
    "list of mappings": (fields.List(fields.Dict()), TEXT),
    "tuple": (fields.Tuple((fields.Float(),)), TEXT),
    "function": (fields.Function(str), {}),
    "ip": (fields.IP(), TEXT),
    "raw": (fields.Raw(), {}),
}


@pytest.mark.parametrize("case", FIELDS.values(), ids=FIELDS)
def test_field_types(case):
    made, types = case
    assert told(columns_from(Schema.from_dict({"close_price": made}))) == [column("close_price", "Close Price", types)]


class Quote(Schema):
    open = fields.Float()
    close = fields.Float(data_key="last", metadata={"formatter_fn": "percent", "decimal_places": 2})


class Instrument(Schema):
    symbol = fields.String(
        metadata={"column": Column("ignored", header_name="Ticker", pinned="left"), "pinned": "right"}
    )
    password = fields.String(load_only=True)
    internal = fields.String(metadata={"column": False})
    quote = fields.Nested(Quote)
    quotes = fields.Nested(Quote, many=True)
    history = fields.List(fields.Nested(Quote))
    venue = fields.Pluck(Quote, "open")
    venues = fields.Pluck(Quote, "open", many=True)
    extra = fields.Dict()
    trend = fields.List(fields.Float(), metadata={"sparkline": LINE})
    card = fields.Nested(Quote, metadata={"render_fn": "greenRed, hoverCard", "label": "ignored"})


INSTRUMENT = [
    column("symbol", "Ticker", TEXT, pinned="right"),
    column("quote_open", "Quote Open", NUMBER),
    column("quote_last", "Quote Last", NUMBER, formatter_fn="percent", decimal_places=2),
    column("quotes", "Quotes", TEXT),
    column("history", "History", TEXT),
    column("venue", "Venue", NUMBER),
    column("venues", "Venues", TEXT),
    column("trend", "Trend", WHOLE, sparkline=LINE),
    column("card", "Card", WHOLE, render_fn="greenRed, hoverCard"),
]


@pytest.mark.parametrize("source", [Instrument, Instrument(), Instrument(many=True)], ids=["class", "instance", "many"])
def test_schema(source):
    assert told(columns_from(source)) == INSTRUMENT


def test_schema_respects_only():
    assert [item.field for item in columns_from(Instrument(only=("symbol", "quote.close")))] == ["symbol", "quote_last"]


VALUES = {
    "str": (str, TEXT),
    "int": (int, NUMBER),
    "float": (float, NUMBER),
    "decimal": (Decimal, NUMBER),
    "bool": (bool, FLAG),
    "date": (date, DAY),
    "datetime": (datetime, TEXT),
    "time": (time, TEXT),
    "timedelta": (timedelta, NUMBER),
    "uuid": (uuid.UUID, TEXT),
    "enum": (Color, TEXT),
    "int enum": (Level, TEXT),
    "optional": (Optional[float], NUMBER),
    "union": (Union[int, str], {}),
    "literal": (Literal["a", "b", None], TEXT),
    "literal ints": (Literal[1, 2], NUMBER),
    "literal mixed": (Literal[1, "a"], TEXT),
    "list": (list[float], TEXT),
    "tuple": (tuple[float, ...], TEXT),
    "new type": (NewType("Price", float), NUMBER),
    "any": (Any, {}),
    "object": (object, {}),
    "annotated": (
        Annotated[Optional[float], "note", Column("x", formatter_fn="int")],
        {**NUMBER, "formatter_fn": "int"},
    ),
    "annotated inside": (Optional[Annotated[float, Column("x", align="left")]], {**NUMBER, "align": "left"}),
    "sparkline": (Annotated[list[float], Column("x", sparkline=LINE)], {**WHOLE, "sparkline": LINE}),
}


@pytest.mark.parametrize("case", VALUES.values(), ids=VALUES)
def test_value_types(case):
    hint, types = case
    typed = TypedDict("Row", {"close": hint})  # noqa: UP013 - the hint is a parameter
    made = dataclass(type("Row", (), {"__annotations__": {"close": hint}}))
    assert told(columns_from(typed)) == told(columns_from(made)) == [column("close", "Close", types)]


@dataclass
class Leg:
    price: float
    currency: str = "USD"


@dataclass
class Trade:
    kind: ClassVar[str] = "trade"
    leg: Leg
    maybe: Optional[Leg]
    legs: list[Leg]
    tags: dict[str, str]
    labels: Mapping[str, str]
    day: date = field(metadata={"header_name": "Trade Day", "width": 90})
    secret: str = field(default="", metadata={"column": False})
    whole: Leg = field(default=None, metadata={"render_fn": ["hoverCard"]})
    noted: Annotated[float, Column("x", prefix="$", align="left")] = field(default=0, metadata={"align": "right"})


def test_dataclass():
    assert told(columns_from(Trade)) == [
        column("leg_price", "Leg Price", NUMBER),
        column("leg_currency", "Leg Currency", TEXT),
        column("maybe_price", "Maybe Price", NUMBER),
        column("maybe_currency", "Maybe Currency", TEXT),
        column("legs", "Legs", TEXT),
        column("day", "Trade Day", DAY, width=90),
        column("whole", "Whole", WHOLE, render_fn=["hoverCard"]),
        column("noted", "Noted", NUMBER, prefix="$", align="right"),
    ]


class Inner(TypedDict):
    low: float


class Row(typing_extensions.TypedDict, total=False):
    symbol: typing_extensions.Required[str]
    range: typing_extensions.NotRequired[Inner]
    leg: Leg


def test_typed_dict():
    assert told(columns_from(Row)) == [
        column("symbol", "Symbol", TEXT),
        column("range_low", "Range Low", NUMBER),
        column("leg_price", "Leg Price", NUMBER),
        column("leg_currency", "Leg Currency", TEXT),
    ]


def test_overrides():
    found = columns_from(
        Quote,
        overrides=[Column("last", decimal_places=4, header_name="Last"), Column("change_pct", render_fn="greenRed")],
    )
    assert told(found) == [
        column("open", "Open", NUMBER),
        column("last", "Last", NUMBER, formatter_fn="percent", decimal_places=4),
        column("change_pct", "Change Pct", {}, render_fn="greenRed"),
    ]


def test_columns_already_made():
    made = (Column("a"), Column("b", hide=True))
    assert columns_from(made) == made
    assert told(columns_from(list(made), overrides=[Column("b", width=5)])) == [
        {"field": "a"},
        {"field": "b", "header_name": "B", "hide": True, "width": 5},
    ]


class Person(Schema):
    name = fields.String()
    boss = fields.Nested(lambda: Person(only=("name",)))


def test_a_schema_may_nest_itself_with_an_end():
    assert [item.field for item in columns_from(Person)] == ["name", "boss_name"]


class Endless(Schema):
    name = fields.String()
    child = fields.Nested(lambda: Endless())


@dataclass
class Loop:
    inner: "Optional[Loop]"


@dataclass
class Unresolved:
    x: "Missing"


class Needy(Schema):
    def __init__(self, dependency):
        super().__init__()


class Clash(Schema):
    quote = fields.Nested(Quote)
    quote_open = fields.Float()


WRONG = {
    "endless schema": (
        Endless,
        "columns=Endless nests itself at 'child_child', so its columns never end. "
        "Leave the inner field out with 'only', 'exclude' or metadata={'column': False}.",
    ),
    "endless dataclass": (
        Loop,
        "columns=Loop nests itself at 'inner_inner', so its columns never end. "
        "Leave the inner field out with 'only', 'exclude' or metadata={'column': False}.",
    ),
    "unresolved": (
        Unresolved,
        "columns=Unresolved has an annotation that cannot be resolved (name 'Missing' is not defined). "
        "Define or import the name at the top level of its module.",
    ),
    "needy": (
        Needy,
        "columns=Needy cannot be made without arguments (Needy.__init__() missing 1 required positional argument: "
        "'dependency'). Pass an instance of it.",
    ),
    "clash": (
        Clash,
        "columns=Clash has two columns 'quote_open': nested names join with '_'. Rename one of the fields.",
    ),
    "class": (
        Color,
        f"columns={Color!r} is nothing columns can be read from. Give a marshmallow Schema, a dataclass, "
        "a TypedDict, an example frame or a list of Column.",
    ),
    "value": (
        5,
        "columns=5 is nothing columns can be read from. Give a marshmallow Schema, a dataclass, "
        "a TypedDict, an example frame or a list of Column.",
    ),
    "metadata": (
        Schema.from_dict({"x": fields.String(metadata={"column": "wide"})}),
        "metadata['column'] of 'x' is 'wide'. Give a Column, False, or Column's fields by their names.",
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_wrong_sources(case):
    source, message = case
    with pytest.raises(RegistrationError) as caught:
        columns_from(source)
    assert str(caught.value) == message


def test_whole_columns():
    columns = [
        Column("plain", render_fn="greenRed"),
        Column("card", render_fn=["titleCase", "hoverCard"]),
        Column("card_text", render_fn="titleCase, hoverCard"),
        Column("trend", sparkline=LINE),
        Column("shown", sparkline={"type": "bar", "dataField": "prices"}),
    ]
    assert whole_columns(columns) == {"card", "card_text", "trend", "shown", "prices"}
    assert whole_columns(()) == frozenset()


def test_row_schema():
    instance = Quote(many=True)
    assert row_schema(instance) is instance
    assert isinstance(row_schema(Quote), Quote)
    assert row_schema(Leg) is None
    assert row_schema([Column("a")]) is None


def test_columns_in_annotations_can_be_hashed():
    assert len({Column("a", render_fn_params={"x": 1}), Column("a", render_fn_params={"x": 1})}) == 1
