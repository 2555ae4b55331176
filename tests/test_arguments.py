"""One annotation, default and Param after another: the manifest row and what a request gives."""
# ruff: noqa: B008, UP006, UP007, UP045 - defaults as users write them, and every spelling of a type

from __future__ import annotations

import enum
import sys
import typing
import uuid
from collections.abc import Sequence
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, NewType, Optional, Union

import pytest

from flask_openbb.errors import ParamError
from flask_openbb.manifest.dates import RelativeDate, days_ago, today, years_ago
from flask_openbb.manifest.params import plan_params
from flask_openbb.manifest.specs import Param

if TYPE_CHECKING:
    pass

NOW = datetime(2024, 3, 31, 12)
ID = uuid.UUID("12345678-1234-5678-1234-567812345678")


class Color(enum.Enum):
    RED = "red"
    DARK_BLUE = "blue"


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 5


Symbol = NewType("Symbol", str)
Ticker = Annotated[str, Param(label="Ticker", type="ticker")]


def choices():
    return ["AAPL"]


def plan(view, **options):
    return plan_params(view, clock=lambda: NOW, where="views.py:1", **options)


def row(param):
    """What was given of a Param, without the empty ``extra``."""
    values = {item.name: getattr(param, item.name) for item in dataclass_fields(param)}
    return {name: value for name, value in values.items() if value is not None and value != {}}


def view_of(annotation, default=...):
    """A view with one parameter, ``x``."""

    def view(x): ...

    view.__annotations__ = {"x": annotation} if annotation is not ... else {}
    if default is not ...:
        view.__defaults__ = (default,)
    return view


def options(*texts):
    return tuple({"label": text, "value": text} for text in texts)


CASES = {
    # name: (annotation, default, row beyond name/label/show, {raw: value})
    "str": (str, "a", {"type": "text", "value": "a"}, {"b": "b", None: "a", "": "a"}),
    "str empty": (str, "", {"type": "text", "value": ""}, {None: "", "": "", " ": " "}),
    "int": (int, 5, {"type": "number", "value": 5}, {"7": 7, None: 5, "": 5}),
    "int zero": (int, 0, {"type": "number", "value": 0}, {None: 0}),
    "int from text": (int, "5", {"type": "number", "value": 5}, {None: 5}),
    "float": (float, 1.5, {"type": "number", "value": 1.5}, {"2": 2.0, None: 1.5}),
    "float as written": (float, 2, {"type": "number", "value": 2}, {None: 2}),
    "float infinite": (float, float("inf"), {"type": "number"}, {None: float("inf")}),
    "int or float": (Union[int, float], 1, {"type": "number", "value": 1}, {"2": 2.0}),
    "decimal": (Decimal, Decimal("1.50"), {"type": "number", "value": 1.5}, {"0.1": Decimal("0.1")}),
    "decimal whole": (Decimal, Decimal("2"), {"type": "number", "value": 2}, {None: Decimal("2")}),
    "bool true": (bool, True, {"type": "boolean", "value": True}, {"false": False, None: True}),
    "bool false": (bool, False, {"type": "boolean", "value": False}, {"True": True, None: False}),
    "date": (date, date(2024, 1, 31), {"type": "date", "value": "2024-01-31"}, {"1/5/2024": date(2024, 1, 5)}),
    "date text": (date, "2024-01-31", {"type": "date", "value": "2024-01-31"}, {None: date(2024, 1, 31)}),
    "date relative": (
        date,
        days_ago(365),
        {"type": "date", "value": "$currentDate-365d"},
        {None: date(2023, 4, 1), "$currentDate-1y": date(2023, 3, 31), " ": date(2023, 4, 1)},
    ),
    "date relative text": (
        date,
        "$currentDate-1d",
        {"type": "date", "value": "$currentDate-1d"},
        {None: date(2024, 3, 30)},
    ),
    "datetime": (
        datetime,
        datetime(2024, 1, 31, 9, 30),
        {"type": "date", "value": "2024-01-31T09:30:00"},
        {"2024-01-31": datetime(2024, 1, 31)},
    ),
    "datetime relative": (datetime, today(), {"type": "date", "value": "$currentDate"}, {None: datetime(2024, 3, 31)}),
    "str relative": (str, years_ago(1), {"type": "date", "value": "$currentDate-1y"}, {None: "2023-03-31"}),
    "str relative text": (
        str,
        "$currentDate-1y",
        {"type": "date", "value": "$currentDate-1y"},
        {None: "2023-03-31", "1/5/2024": "2024-01-05"},
    ),
    "uuid": (uuid.UUID, ID, {"type": "text", "value": str(ID)}, {str(ID): ID, None: ID}),
    "literal": (
        Literal["1d", "1w"],
        "1d",
        {"type": "text", "value": "1d", "options": options("1d", "1w")},
        {"1w": "1w"},
    ),
    "literal ints": (
        Literal[0, 5],
        0,
        {"type": "text", "value": "0", "options": options("0", "5")},
        {"5": 5, "5.0": 5, "0": 0, None: 0},
    ),
    "literal bools": (
        Literal[True, False],
        True,
        {"type": "text", "value": "true", "options": options("true", "false")},
        {"false": False},
    ),
    "literal mixed": (
        Literal["a", 1, None],
        None,
        {"type": "text", "options": options("a", "1")},
        {"1": 1, None: None},
    ),
    "enum": (
        Color,
        Color.RED,
        {
            "type": "text",
            "value": "red",
            "options": ({"label": "Red", "value": "red"}, {"label": "Dark Blue", "value": "blue"}),
        },
        {"blue": Color.DARK_BLUE, None: Color.RED},
    ),
    "enum by value": (
        Color,
        "blue",
        {
            "type": "text",
            "value": "blue",
            "options": ({"label": "Red", "value": "red"}, {"label": "Dark Blue", "value": "blue"}),
        },
        {None: Color.DARK_BLUE},
    ),
    "int enum": (
        Size,
        Size.LARGE,
        {"type": "text", "value": "5", "options": ({"label": "Small", "value": "1"}, {"label": "Large", "value": "5"})},
        {"1": Size.SMALL, None: Size.LARGE},
    ),
    "optional": (Optional[int], None, {"type": "number"}, {"7": 7, None: None, "": None}),
    "optional union": (typing.Union[None, date], None, {"type": "date"}, {None: None}),
    "optional without default": (Optional[int], ..., {"type": "number"}, {"7": 7, None: None, "": None}),
    "optional with default": (Optional[int], 5, {"type": "number", "value": 5}, {None: 5}),
    "none for a plain type": (int, None, {"type": "number"}, {None: None}),
    "list": (
        list[str],
        ["a", "b"],
        {"type": "text", "value": "a,b", "multi_select": True, "multiple": True},
        {"c,d": ["c", "d"], None: ["a", "b"]},
    ),
    "list bare": (list, ["a"], {"type": "text", "value": "a", "multi_select": True, "multiple": True}, {"c": ["c"]}),
    "list typing": (
        typing.List[int],
        [1, 2],
        {"type": "text", "value": "1,2", "multi_select": True, "multiple": True},
        {"3,4": [3, 4], None: [1, 2]},
    ),
    "list empty": (list[str], [], {"type": "text", "multi_select": True, "multiple": True}, {None: []}),
    "list tuple default": (
        Sequence[str],
        ("a",),
        {"type": "text", "value": "a", "multi_select": True, "multiple": True},
        {None: ["a"]},
    ),
    "list text default": (
        list[int],
        "1,2",
        {"type": "text", "value": "1,2", "multi_select": True, "multiple": True},
        {None: [1, 2]},
    ),
    "list dates": (
        list[date],
        [days_ago(1), "2024-01-01"],
        {"type": "text", "value": "$currentDate-1d,2024-01-01", "multi_select": True, "multiple": True},
        {None: [date(2024, 3, 30), date(2024, 1, 1)]},
    ),
    "list literal": (
        list[Literal["a", "b,c"]],
        ["b,c"],
        {"type": "text", "value": "b,c", "multi_select": True, "options": options("a", "b,c")},
        {"a,b,c": ["a", "b,c"], None: ["b,c"]},
    ),
    "list enum": (
        list[Size],
        [Size.SMALL],
        {
            "type": "text",
            "value": "1",
            "multi_select": True,
            "options": ({"label": "Small", "value": "1"}, {"label": "Large", "value": "5"}),
        },
        {"5,1": [Size.LARGE, Size.SMALL], None: [Size.SMALL]},
    ),
    "optional list": (
        Optional[list[str]],
        None,
        {"type": "text", "multi_select": True, "multiple": True},
        {None: None},
    ),
    "new type": (Symbol, "a", {"type": "text", "value": "a"}, {"b": "b"}),
    "any": (Any, "a", {"type": "text", "value": "a"}, {"b": "b"}),
    "none only": (type(None), None, {"type": "text"}, {None: None, "b": "b"}),
    "guessed int": (..., 5, {"type": "number", "value": 5}, {"7": 7}),
    "guessed bool": (..., True, {"type": "boolean", "value": True}, {"0": False}),
    "guessed none": (..., None, {"type": "text"}, {"7": "7", None: None}),
    "guessed date": (..., days_ago(1), {"type": "date", "value": "$currentDate-1d"}, {None: date(2024, 3, 30)}),
    "guessed relative text": (
        ...,
        "$currentDate",
        {"type": "date", "value": "$currentDate"},
        {None: "2024-03-31"},
    ),
    "guessed list": (
        ...,
        [1],
        {"type": "text", "value": "1", "multi_select": True, "multiple": True},
        {"2,3": [2, 3]},
    ),
    "guessed empty list": (..., [], {"type": "text", "multi_select": True, "multiple": True}, {"a": ["a"]}),
    "guessed enum": (
        ...,
        Size.SMALL,
        {"type": "text", "value": "1", "options": ({"label": "Small", "value": "1"}, {"label": "Large", "value": "5"})},
        {"5": Size.LARGE},
    ),
    "as text": ("list[int]", [1], {"type": "text", "value": "1", "multi_select": True, "multiple": True}, {"2": [2]}),
    "annotated": (
        Annotated[int, Param(label="Count", description="How many", min=1, max=9, step=2, show=False)],
        5,
        {
            "type": "number",
            "value": 5,
            "label": "Count",
            "description": "How many",
            "min": 1,
            "max": 9,
            "step": 2,
            "show": False,
        },
        {"9": 9},
    ),
    "annotated alias": (Ticker, "AAPL", {"type": "ticker", "value": "AAPL", "label": "Ticker"}, {"MSFT": "MSFT"}),
    "annotated inside": (
        Optional[Annotated[str, Param(placeholder="…")]],
        None,
        {"type": "text", "placeholder": "…"},
        {None: None},
    ),
    "annotated twice": (
        Annotated[str, "note", Param(label="A", description="d"), Param(label="B")],
        "a",
        {"type": "text", "value": "a", "label": "B", "description": "d"},
        {},
    ),
    "options": (
        Annotated[str, Param(options=["a", ("Bee", "b"), {"label": "Sea", "value": "c", "extraInfo": {"x": 1}}])],
        "a",
        {
            "type": "text",
            "value": "a",
            "options": (
                {"label": "a", "value": "a"},
                {"label": "Bee", "value": "b"},
                {"label": "Sea", "value": "c", "extraInfo": {"x": 1}},
            ),
        },
        {"b": "b"},
    ),
    "options mapping": (
        Annotated[int, Param(options={"One": 1, "Five": 5})],
        5,
        {"type": "text", "value": "5", "options": ({"label": "One", "value": "1"}, {"label": "Five", "value": "5"})},
        {"1": 1, None: 5},
    ),
    "options of numbers stay numbers if asked": (
        Annotated[int, Param(type="number", options=[1, 5])],
        5,
        {"type": "number", "value": 5, "options": ({"label": "1", "value": 1}, {"label": "5", "value": 5})},
        {"1": 1},
    ),
    "options with null": (
        Annotated[Optional[str], Param(options=[("All", None), "a", {"label": "b"}])],
        None,
        {"type": "text", "options": ({"label": "All", "value": None}, *options("a", "b"))},
        {None: None, "b": "b"},
    ),
    "options of dates": (
        Annotated[date, Param(options=[("Year", years_ago(1)), "2024-01-01"])],
        years_ago(1),
        {
            "type": "text",
            "value": "$currentDate-1y",
            "options": ({"label": "Year", "value": "$currentDate-1y"}, {"label": "2024-01-01", "value": "2024-01-01"}),
        },
        {None: date(2023, 3, 31), "$currentDate-1y": date(2023, 3, 31), "2024-01-01": date(2024, 1, 1)},
    ),
    "options of a boolean": (
        Annotated[bool, Param(options=[("Yes", True), ("No", False)])],
        True,
        {
            "type": "boolean",
            "value": True,
            "options": ({"label": "Yes", "value": True}, {"label": "No", "value": False}),
        },
        {"false": False},
    ),
    "options narrow a literal": (
        Annotated[Literal["a", "b", "c"], Param(options=[("Ay", "a"), "b"])],
        "a",
        {"type": "text", "value": "a", "options": ({"label": "Ay", "value": "a"}, {"label": "b", "value": "b"})},
        {"b": "b"},
    ),
    "options empty": (Annotated[str, Param(options=[])], "a", {"type": "text", "value": "a"}, {"z": "z"}),
    "options view": (
        Annotated[str, Param(options=choices, options_params={"q": "$other"})],
        "AAPL",
        {"type": "endpoint", "value": "AAPL", "options": choices, "options_params": {"q": "$other"}},
        {"ANY": "ANY"},
    ),
    "options url": (
        Annotated[list[int], Param(options="/numbers")],
        [1, 2],
        {"type": "endpoint", "value": ["1", "2"], "options": "/numbers", "multi_select": True},
        {"3,4": [3, 4]},
    ),
    "options url one number": (
        Annotated[int, Param(options="/numbers")],
        1,
        {"type": "endpoint", "value": 1, "options": "/numbers"},
        {"3": 3},
    ),
    "options url text default": (
        Annotated[list[str], Param(options="/files", roles=["fileSelector"])],
        "Report, final",
        {
            "type": "endpoint",
            "value": ["Report, final"],
            "options": "/files",
            "multi_select": True,
            "roles": ["fileSelector"],
        },
        {},
    ),
    "multiple text": (
        Annotated[str, Param(multiple=True)],
        "a,b",
        {"type": "text", "value": "a,b", "multiple": True},
        {"c, d": "c,d", None: "a,b"},
    ),
    "multi select text": (
        Annotated[str, Param(multi_select=True, options=["a", "b"])],
        "a",
        {"type": "text", "value": "a", "multi_select": True, "options": options("a", "b")},
        {"a,b": "a,b"},
    ),
    "multi select not typed": (
        Annotated[list[str], Param(multiple=False)],
        ["a"],
        {"type": "text", "value": "a", "multi_select": True, "multiple": False},
        {},
    ),
    "type date for text": (
        Annotated[str, Param(type="date")],
        None,
        {"type": "date"},
        {"1/5/2024": "2024-01-05", None: None},
    ),
    "type number without annotation": (Annotated[Any, Param(type="number")], None, {"type": "number"}, {"5": 5.0}),
    "type boolean without annotation": (Annotated[Any, Param(type="boolean")], None, {"type": "boolean"}, {"1": True}),
    "type tabs": (
        Annotated[int, Param(type="tabs", options=[1, 2])],
        1,
        {"type": "tabs", "value": "1", "options": options("1", "2")},
        {"2": 2},
    ),
    "value wins over default": (
        Annotated[int, Param(value=0)],
        5,
        {"type": "number", "value": 0},
        {None: 0, "7": 7},
    ),
    "style and language": (
        Annotated[str, Param(language="sql", style={"popupWidth": 450}, query="select 1", extra={"hidden": True})],
        "",
        {
            "type": "text",
            "value": "",
            "language": "sql",
            "style": {"popupWidth": 450},
            "query": "select 1",
            "extra": {"hidden": True},
        },
        {},
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_annotations(case):
    annotation, default, expected, reads = case
    made = plan(view_of(annotation, default))
    assert [row(param) for param in made.rows] == [{"name": "x", "label": "X", "show": True, **expected}]
    for raw, value in reads.items():
        read = made.load_query({} if raw is None else {"x": [raw]})
        assert read == {"x": value}
        assert type(read["x"]) is type(value)


NEXT = (
    " Annotate it with str, int, float, bool, date, datetime, Decimal, UUID, Literal, an Enum, or a list or Optional "
    "of one of these; or describe the parameters with a marshmallow Schema: params=YourSchema. (views.py:1)"
)
WRONG = {
    "dict": (dict, ..., f"its annotation dict is not supported.{NEXT}"),
    "generic": (dict[str, int], ..., f"its annotation dict[str, int] is not supported.{NEXT}"),
    "class": (Param, ..., f"its annotation Param is not supported.{NEXT}"),
    "union": (Union[int, str], ..., f"its annotation Union[int, str] allows several types.{NEXT}"),
    "nested list": (list[list[str]], ..., f"its annotation list[list[str]] nests lists or None in a list.{NEXT}"),
    "optional items": (
        list[Optional[str]],
        ...,
        f"its annotation list[Optional[str]] nests lists or None in a list.{NEXT}",
    ),
    "default": (..., {1: 2}, f"it has no annotation, and its default is of type dict.{NEXT}"),
    "name": (
        "Missing",
        ...,
        "its annotation 'Missing' cannot be resolved (NameError: name 'Missing' is not defined). Define or import the "
        "name at the top level of the module, outside 'if TYPE_CHECKING'. (views.py:1)",
    ),
    "date default of int": (
        int,
        days_ago(1),
        "the default $currentDate-1d is a date. Annotate it date, datetime or str. (views.py:1)",
    ),
    "default type": (
        int,
        1.5,
        "the default 1.5 does not fit: 1.5 is not a whole number. Change the default. (views.py:1)",
    ),
    "default text": (
        date,
        "soon",
        "the default 'soon' does not fit: 'soon' is not a date; use YYYY-MM-DD or "
        "$currentDate-30d. Change the default. (views.py:1)",
    ),
    "default choice": (
        Literal["a", "b"],
        "c",
        "the default 'c' does not fit: 'c' is not a valid choice, use one of a, b. Change the default. (views.py:1)",
    ),
    "default range": (
        Annotated[int, Param(max=5)],
        9,
        "the default 9 does not fit: 9 is out of range, use at most 5. Change the default. (views.py:1)",
    ),
    "default items": (
        list[int],
        ["x"],
        "the default ['x'] does not fit: 'x' is not a whole number. Change the default. (views.py:1)",
    ),
    "several of one": (
        Annotated[int, Param(multi_select=True)],
        1,
        "it takes several values (multi_select or multiple), but a view gets one int. Annotate it list[int]. "
        "(views.py:1)",
    ),
    "option type": (
        Annotated[int, Param(options=["x"])],
        1,
        "the option 'x' does not fit its type: 'x' is not a whole number. Remove or fix it. (views.py:1)",
    ),
    "option not in literal": (
        Annotated[Literal["a"], Param(options=["b"])],
        "a",
        "the option 'b' is not one of the annotation's values a. Make them agree. (views.py:1)",
    ),
    "option pair": (
        Annotated[str, Param(options=[("a", "b", "c")])],
        "a",
        "the option ('a', 'b', 'c') is not a (label, value) pair. Give scalars, (label, value) pairs or "
        "{'label': …, 'value': …}. (views.py:1)",
    ),
    "option mapping": (
        Annotated[str, Param(options=[{"name": "a"}])],
        "a",
        "the option {'name': 'a'} has neither 'label' nor 'value'. Give scalars, (label, value) pairs or "
        "{'label': …, 'value': …}. (views.py:1)",
    ),
    "option value": (
        Annotated[str, Param(options=[b"a"])],
        "a",
        "the option b'a' is of type bytes, which has no wire form. Give scalars, (label, value) pairs or "
        "{'label': …, 'value': …}. (views.py:1)",
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_wrong_annotations_name_everything(case):
    annotation, default, message = case
    with pytest.raises(ParamError) as caught:
        plan(view_of(annotation, default))
    told = str(caught.value).replace("typing.", "").replace("int | str", "Union[int, str]")
    assert told == f"view_of.<locals>.view() parameter 'x': {message}"


if sys.version_info >= (3, 12):

    def test_type_aliases():
        scope = {}
        exec("type Alias = int", scope)
        assert plan(view_of(scope["Alias"], 1)).load_query({"x": ["2"]}) == {"x": 2}


def test_relative_dates_never_reach_a_view():
    def view(a: date = days_ago(1), b: Optional[datetime] = days_ago(1), c: str = days_ago(1), d=days_ago(1)): ...

    loaded = plan(view).load_query({})
    assert loaded == {"a": date(2024, 3, 30), "b": datetime(2024, 3, 30), "c": "2024-03-30", "d": date(2024, 3, 30)}
    assert not any(isinstance(value, RelativeDate) for value in loaded.values())
