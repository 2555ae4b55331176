"""Which of a view's arguments are parameters, in which order, and what reaches the view."""
# ruff: noqa: B008 - defaults as users write them

from __future__ import annotations

import functools
import uuid
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import pytest
from marshmallow import Schema, ValidationError, fields

from flask_openbb.errors import ParamError
from flask_openbb.manifest.dates import days_ago, today
from flask_openbb.manifest.params import plan_params
from flask_openbb.manifest.specs import Param

if TYPE_CHECKING:
    from nowhere import Missing

NOW = datetime(2024, 3, 31, 12)
ID = uuid.UUID("12345678-1234-5678-1234-567812345678")


def plan(view, **options):
    return plan_params(view, clock=lambda: NOW, where="views.py:1", **options)


def row(param):
    """What was given of a Param, without the empty ``extra``."""
    values = {item.name: getattr(param, item.name) for item in dataclass_fields(param)}
    return {name: value for name, value in values.items() if value is not None and value != {}}


def refusal(call, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        call(*args, **kwargs)
    return caught.value.messages


def test_rows_follow_the_signature_and_labels_are_words():
    def view(symbol: str, start_date: date = days_ago(1), *, includePreMarket: bool = False): ...

    made = plan(view)
    assert [(param.name, param.label) for param in made.rows] == [
        ("symbol", "Symbol"),
        ("start_date", "Start Date"),
        ("includePreMarket", "Include Pre Market"),
    ]
    assert made.names == made.passed == {"symbol", "start_date", "includePreMarket"}
    assert (made.path_names, made.wants, made.takes_kwargs) == (frozenset(), frozenset(), False)


def test_a_parameter_without_default_is_required():
    def view(symbol: str, n: int): ...

    made = plan(view)
    assert refusal(made.load_query, {"symbol": [""]}) == {
        "symbol": ["Required, but missing."],
        "n": ["Required, but missing."],
    }
    assert made.load_query({"symbol": ["A"], "n": ["1"]}) == {"symbol": "A", "n": 1}


def test_the_declared_value_fills_in_for_a_missing_default():
    def view(symbol: Annotated[str, Param(value="AAPL")]): ...

    assert plan(view).load_query({}) == {"symbol": "AAPL"}


def test_list_defaults_are_copies():
    def view(tags: list[str] = ["a"], counts: list[int] = [1], one: list[int] = "1"): ...

    made = plan(view)
    first = made.load_query({})
    for value in first.values():
        value.append("mine")
    assert made.load_query({}) == {"tags": ["a"], "counts": [1], "one": [1]}


def test_relative_defaults_are_worked_out_for_each_request():
    def view(day: date = days_ago(1), days: list[date] = [today()]): ...

    now = NOW
    made = plan_params(view, clock=lambda: now)
    assert made.load_query({}) == {"day": date(2024, 3, 30), "days": [date(2024, 3, 31)]}
    now = datetime(2024, 5, 2)
    assert made.load_query({}) == {"day": date(2024, 5, 1), "days": [date(2024, 5, 2)]}


def test_another_wire_name():
    def view(from_: Annotated[date, Param("from", label="From")]): ...

    made = plan(view)
    assert [row(param) for param in made.rows] == [{"name": "from", "type": "date", "label": "From", "show": True}]
    assert made.names == {"from"}
    assert made.load_query({"from": ["2024-01-01"]}) == {"from_": date(2024, 1, 1)}
    assert refusal(made.load_query, {"from_": ["2024-01-01"]}) == {"from": ["Required, but missing."]}


def test_theme_and_raw_are_not_parameters():
    def view(symbol: str = "A", theme: str = "dark", raw: bool = False): ...

    made = plan(view)
    assert [param.name for param in made.rows] == ["symbol"]
    assert made.wants == {"theme", "raw"}
    assert made.load_query({"theme": ["light"], "raw": ["true"]}) == {"symbol": "A"}


def test_theme_is_a_parameter_where_it_is_declared_or_in_the_url():
    def view(theme: str = "dark", raw: str = ""): ...

    declared = plan(view, params=[Param("theme", options=["dark", "light"])])
    assert ([param.name for param in declared.rows], declared.wants) == (["theme"], {"raw"})
    routed = plan(view, path_types={"theme": str})
    assert ([param.name for param in routed.rows], routed.wants) == (["theme"], {"raw"})


def test_unknown_keys_are_ignored():
    def view(n: int = 1): ...

    assert plan(view).load_query({"theme": ["dark"], "token": ["x", "y"], "n": ["2"]}) == {"n": 2}


def test_url_arguments():
    def view(symbol: Literal["AAPL", "MSFT"], n: int, page: int = 1): ...

    made = plan(view, path_types={"symbol": str, "n": int})
    assert [(param.name, param.type) for param in made.rows] == [
        ("symbol", "text"),
        ("n", "number"),
        ("page", "number"),
    ]
    assert made.path_names == {"symbol", "n"}
    assert made.load_query({"symbol": ["AAPL"], "n": ["3"]}) == {"symbol": "AAPL", "n": 3, "page": 1}
    assert refusal(made.load_query, {"symbol": ["{symbol}"]}) == {
        "symbol": ["'{symbol}' is not a valid choice, use one of AAPL, MSFT."],
        "n": ["Required, but missing."],
    }


def test_url_arguments_known_already_are_skipped():
    def view(id, n: int = 1): ...

    made = plan(view, path_types={"id": uuid.UUID})
    assert made.load_query({}, skip={"id"}) == {"n": 1}
    assert made.load_body({"n": 2}, skip={"id"}) == {"n": 2}
    assert made.load_query({"id": [str(ID)]}) == {"id": ID, "n": 1}


def test_url_arguments_without_annotation_get_the_converters_type():
    def view(n, name): ...

    made = plan(view, path_types={"n": int, "name": str})
    assert [(param.name, param.type) for param in made.rows] == [("n", "number"), ("name", "text")]
    assert made.load_query({"n": ["3"], "name": ["x"]}) == {"n": 3, "name": "x"}


def test_url_arguments_that_the_view_does_not_name():
    def view(**arguments): ...

    made = plan(view, path_types={"n": int})
    assert [(param.name, param.type) for param in made.rows] == [("n", "number")]
    assert made.takes_kwargs
    assert made.load_query({"n": ["3"]}) == {"n": 3}


def test_params_are_merged_with_annotations_and_set_the_order():
    def view(
        symbol: Annotated[str, Param(label="From annotation", description="kept")] = "AAPL",
        n: int = 1,
        other: bool = True,
    ): ...

    made = plan(view, params=[[Param("n", max=5), Param("extra", type="date")], Param("symbol", label="Listed")])
    assert [tuple(map(row, item)) if isinstance(item, tuple) else row(item) for item in made.rows] == [
        (
            {"name": "n", "type": "number", "value": 1, "label": "N", "show": True, "max": 5},
            {"name": "extra", "type": "date", "label": "Extra", "show": True},
        ),
        {"name": "symbol", "type": "text", "value": "AAPL", "label": "Listed", "description": "kept", "show": True},
        {"name": "other", "type": "boolean", "value": True, "label": "Other", "show": True},
    ]
    assert made.names == {"n", "extra", "symbol", "other"}
    assert made.passed == {"n", "symbol", "other"}


def test_params_that_name_no_argument_are_checked_and_not_passed():
    def view(): ...

    made = plan(view, params=[Param("day", type="date", value="$currentDate-1d"), Param("n", options=[1, 2])])
    assert made.passed == frozenset()
    assert made.load_query({"day": ["$currentDate"], "n": ["1"]}) == {}
    assert refusal(made.load_query, {"day": ["soon"], "n": ["3"]}) == {
        "day": ["'soon' is not a date; use YYYY-MM-DD or $currentDate-30d."],
        "n": ["'3' is not a valid choice, use one of 1, 2."],
    }


def test_params_reach_kwargs():
    def view(n: int = 1, **rest): ...

    made = plan(view, params=[Param("day", type="date", value="$currentDate-1d"), Param("q")])
    assert made.takes_kwargs
    assert made.load_query({}) == {"n": 1, "day": "2024-03-30", "q": None}


def test_params_find_an_argument_by_its_wire_name():
    def view(from_: Annotated[date, Param("from")]): ...

    made = plan(view, params=[Param("from", label="Since")])
    assert [(param.name, param.label) for param in made.rows] == [("from", "Since")]
    assert made.load_query({"from": ["2024-01-01"]}) == {"from_": date(2024, 1, 1)}


def test_forms_are_shown_and_never_read():
    def view(n: int = 1): ...

    form = Param(type="form", endpoint="submit", input_params=[Param("who")])
    made = plan(view, params=[form, Param("go", type="button", value="run")])
    assert made.rows[0] is form
    assert [row(param) for param in made.rows[1:]] == [
        {"name": "go", "type": "button", "value": "run", "label": "Go", "show": True},
        {"name": "n", "type": "number", "value": 1, "label": "N", "show": True},
    ]
    assert made.names == {"go", "n"}


def test_methods_partials_objects_and_wrappers():
    class Api:
        def get(self, n: int = 1): ...

        def __call__(self, n: int = 1): ...

        def wild(self, *args, **kwargs): ...

    @functools.wraps(Api.get)
    def wrapped(*args, **kwargs): ...

    def two(n: int = 1, m: str = ""): ...

    for view, options_ in [
        (Api.get, {"skip_first": True}),
        (Api().get, {}),
        (Api(), {}),
        (wrapped, {"skip_first": True}),
        (functools.partial(two, m="x"), {"params": []}),
    ]:
        assert plan(view, **options_).load_query({"n": ["2"]})["n"] == 2
    assert plan(Api.wild, skip_first=True).passed == frozenset()


def test_a_view_whose_signature_cannot_be_known_gets_url_arguments_only():
    class Builtin:
        @property
        def __signature__(self):
            raise ValueError("no signature found")

        def __call__(self): ...

    def wrapper(*args, **kwargs): ...

    for view in (wrapper, Builtin()):
        made = plan(view, params=[Param("n", type="number")], path_types={"symbol": str})
        assert made.takes_kwargs
        assert made.passed == {"symbol"}
        assert made.load_query({"symbol": ["A"], "n": ["1"]}) == {"symbol": "A"}


def test_a_view_without_parameters():
    def view(): ...

    made = plan(view)
    assert (made.rows, made.names, made.load_query({"a": ["b"]})) == ((), frozenset(), {})


def test_unresolvable_return_annotations_do_no_harm():
    def view(n: int = 1) -> Missing: ...

    assert plan(view).load_query({}) == {"n": 1}


def test_wrong_signatures():
    def positional(x, /): ...

    def starred(*names: str): ...

    for view, problem in [(positional, "'x': it is positional-only"), (starred, "'names': it is a '*' argument")]:
        with pytest.raises(ParamError) as caught:
            plan(view)
        assert str(caught.value) == (
            f"test_wrong_signatures.<locals>.{view.__name__}() parameter {problem}, and Workspace sends parameters by "
            "name. Make it an ordinary parameter. (views.py:1)"
        )


def test_a_signature_that_cannot_be_resolved():
    class Odd:
        @property
        def __signature__(self):
            raise NameError("name 'Missing' is not defined")

        def __call__(self): ...

    with pytest.raises(ParamError, match=r"an annotation cannot be resolved \(name 'Missing' is not defined\)"):
        plan(Odd())


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (Param("n"), "Param(name='n'"),
        ("n", "'n' is not a list. Give a list of Param, or a marshmallow Schema."),
        (["n"], "'n' is not a Param. Write Param('name', …)."),
        ([Param()], "a Param has no name. Write Param('name', …)."),
        ([Param("n"), [Param("n")]], "'n' is there twice. Remove one."),
    ],
    ids=["one param", "text", "names", "nameless", "twice"],
)
def test_wrong_params(params, message):
    def view(n: int = 1): ...

    with pytest.raises(ParamError) as caught:
        plan(view, params=params)
    assert str(caught.value).startswith(f"test_wrong_params.<locals>.view() params=: {message}")
    assert str(caught.value).endswith("(views.py:1)")


def test_the_place_is_found_where_not_given():
    def view(x: dict): ...

    with pytest.raises(ParamError, match=r"test_params\.py:\d+\)$"):
        plan_params(view)
    with pytest.raises(ParamError, match=r"YourSchema\.$"):
        plan_params(functools.partial(view))


def test_every_wrong_parameter_is_reported_at_once():
    def view(a: dict, b: int = "x", c: str = "fine", d: set = ()): ...

    with pytest.raises(ParamError) as raised:
        plan_params(view, where="")
    assert len(raised.value.problems) == 3
    assert [problem.split("'")[1] for problem in raised.value.problems] == ["a", "b", "d"]


def test_an_argument_nothing_would_fill_is_refused_beside_a_schema():
    class Query(Schema):
        symbol = fields.String()

    def view(args, symbol): ...

    with pytest.raises(ParamError, match=r"'args': it is no field of Query.*as_kwargs=True"):
        plan_params(view, params=Query)


def test_an_empty_row_moves_the_next_one_down():
    def view(symbol="A"): ...

    made = plan_params(view, params=[[], [Param("symbol")]])
    assert [tuple(param.name for param in line) for line in made.rows] == [(), ("symbol",)]
