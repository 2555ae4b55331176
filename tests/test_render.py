"""Render helpers: what each writes, which exclude each other, and the entries of OpenBB's docs retyped with them."""

import dataclasses
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, fields, post_dump

from flask_openbb import (
    ColorRule,
    Column,
    ManifestError,
    Param,
    RegistrationError,
    cell_change,
    click_to_group,
    color_rules,
    green_red,
    hover_card,
    send_to_agent,
    sparkline,
    title_case,
)
from flask_openbb.manifest.columns import columns_from
from flask_openbb.manifest.lint import lint_widgets
from flask_openbb.manifest.render import COLORS, CONDITIONS
from flask_openbb.manifest.schemas import dump_widget, load_widget
from flask_openbb.manifest.specs import Widget

RULE = ColorRule.gt(5, "green")


def wire_of(render: Any) -> dict[str, Any]:
    """Write one column ``a`` and return what rendering added to it."""
    widget = Widget(id="w", name="W", description="", endpoint="w", columns=[Column("a", render=render)])
    dumped = dump_widget(widget)
    assert dump_widget(load_widget("w", dumped)) == dumped
    (column,) = dumped["data"]["table"]["columnsDefs"]
    return {key: value for key, value in column.items() if key not in ("field", "headerName")}


def click(**params: Any) -> dict[str, Any]:
    return {"renderFn": "cellOnClick", "renderFnParams": params}


ONE = {
    "green red": (green_red(), {"renderFn": "greenRed"}),
    "rules of every condition": (
        color_rules(
            ColorRule.eq("x", "red"),
            ColorRule.ne(1, "red"),
            ColorRule.gte(2, "red"),
            ColorRule.lte(3, "red"),
        ),
        {
            "renderFn": "columnColor",
            "renderFnParams": {
                "colorRules": [
                    {"condition": "eq", "value": "x", "color": "red"},
                    {"condition": "ne", "value": 1, "color": "red"},
                    {"condition": "gte", "value": 2, "color": "red"},
                    {"condition": "lte", "value": 3, "color": "red"},
                ]
            },
        },
    ),
    "green red by": (green_red(by="x"), {"renderFn": "greenRed", "renderFnParams": {"colorValueKey": "x"}}),
    "title case": (title_case(), {"renderFn": "titleCase"}),
    "hover card": (hover_card(), {"renderFn": "hoverCard", "renderFnParams": {"hoverCard": {}}}),
    "hover card in full": (
        hover_card(title="T", markdown="{m}", cell_field="c"),
        {
            "renderFn": "hoverCard",
            "renderFnParams": {"hoverCard": {"cellField": "c", "title": "T", "markdown": "{m}"}},
        },
    ),
    "click": (click_to_group("p"), click(actionType="groupBy", groupBy={"paramName": "p"})),
    "click in full": (
        click_to_group("p", value_field="v", force_update=False),
        click(actionType="groupBy", groupBy={"paramName": "p", "valueField": "v", "forceUpdate": False}),
    ),
    "agent": (send_to_agent("m"), click(actionType="sendToAgent", sendToAgent={"markdown": "m"})),
    "agent in full": (
        send_to_agent("m", agent="x"),
        click(actionType="sendToAgent", sendToAgent={"markdown": "m", "agentId": "x"}),
    ),
    "color rules": (
        color_rules(RULE, ColorRule.between(1, 2.5, "#abc", fill=False), by="x"),
        {
            "renderFn": "columnColor",
            "renderFnParams": {
                "colorRules": [
                    {"condition": "gt", "value": 5, "color": "green"},
                    {"condition": "between", "range": {"min": 1, "max": 2.5}, "color": "#abc", "fill": False},
                ],
                "colorValueKey": "x",
            },
        },
    ),
    "cell change": (cell_change(), {"renderFn": "showCellChange"}),
    "cell change by": (
        cell_change(by="x"),
        {"renderFn": "showCellChange", "renderFnParams": {"colorValueKey": "x"}},
    ),
    "sparkline": (sparkline(), {"sparkline": {"type": "line"}}),
    "sparkline of a field": (
        sparkline("bar", data_field="d"),
        {"sparkline": {"type": "bar", "dataField": "d"}},
    ),
    "none": ([], {}),
}


@pytest.mark.parametrize(("render", "wire"), ONE.values(), ids=ONE)
def test_what_a_helper_writes(render: Any, wire: Any) -> None:
    assert wire_of(render) == wire
    if render != []:
        assert wire_of([render]) == wire_of((render,)) == wire


def test_several_renders_keep_their_order() -> None:
    renders = [click_to_group("p"), color_rules(RULE, by="x"), hover_card(title="T"), title_case(), green_red(by="x")]
    assert wire_of(renders) == {
        "renderFn": ["cellOnClick", "columnColor", "hoverCard", "titleCase", "greenRed"],
        "renderFnParams": {
            "actionType": "groupBy",
            "groupBy": {"paramName": "p"},
            "colorRules": [{"condition": "gt", "value": 5, "color": "green"}],
            "colorValueKey": "x",
            "hoverCard": {"title": "T"},
        },
    }


CONFLICTS = {
    "two actions": (
        [click_to_group("p"), send_to_agent("m")],
        "click_to_group() and send_to_agent(): a click has one action. "
        "Give one of them, or give the other to another column.",
    ),
    "twice": (
        [green_red(), title_case(), green_red()],
        "green_red() and green_red(): the second would replace the first. Give one of them.",
    ),
    "change and card": (
        [cell_change(), hover_card()],
        "cell_change() and hover_card(): Workspace draws a hover card or a click and leaves the changes out. "
        "Give one of them.",
    ),
    "click and change": (
        [click_to_group("p"), cell_change()],
        "click_to_group() and cell_change(): Workspace draws a hover card or a click and leaves the changes out. "
        "Give one of them.",
    ),
    "sparkline and anything": (
        [sparkline(), green_red()],
        "sparkline() and green_red(): Workspace draws the sparkline and nothing else. Put it in a column of its own.",
    ),
    "two fields": (
        [green_red(by="x"), color_rules(RULE, by="y")],
        "green_red() and color_rules(): by='x' and by='y', but a column is coloured by one field. Give both the same.",
    ),
}


@pytest.mark.parametrize(("renders", "message"), CONFLICTS.values(), ids=CONFLICTS)
def test_renders_that_exclude_each_other(renders: Any, message: str) -> None:
    with pytest.raises(RegistrationError) as caught:
        Column("a", render=renders)
    assert str(caught.value) == f"Column 'a' has {message}"


WRONG = {
    "name": (lambda: Column("a", render="greenRed"), "Column 'a' has render='greenRed'. Give helpers such as"),  # type: ignore[arg-type]
    "function": (lambda: Column("a", render=[green_red]), "Give helpers such as green_red()"),  # type: ignore[list-item]
    "with render_fn": (lambda: Column("a", render=[], render_fn="x"), "has both render= and render_fn=."),
    "with params": (lambda: Column("a", render=[], render_fn_params={}), "has both render= and render_fn_params=."),
    "with sparkline": (lambda: Column("a", render=[], sparkline={}), "has both render= and sparkline=."),
    "as sparkline": (lambda: Column("a", sparkline=sparkline()), "has sparkline=sparkline(). Give it as render=."),  # type: ignore[arg-type]
    "no rule": (lambda: color_rules(), "color_rules() got ()."),
    "rule as dict": (lambda: color_rules({"condition": "gt"}), "color_rules() got ({'condition': 'gt'},)."),  # type: ignore[arg-type]
    "empty param": (lambda: click_to_group(""), "click_to_group() has param=''."),
    "value_field": (lambda: click_to_group("p", value_field=""), "click_to_group() has value_field=''."),
    "markdown": (lambda: send_to_agent(5), "send_to_agent() has markdown=5."),  # type: ignore[arg-type]
    "agent": (lambda: send_to_agent("m", agent=""), "send_to_agent() has agent=''."),
    "title": (lambda: hover_card(title=5), "hover_card() has title=5."),  # type: ignore[arg-type]
    "by": (lambda: green_red(by=""), "green_red() has by=''."),
    "data field": (lambda: sparkline(data_field=""), "sparkline() has data_field=''."),
    "condition": (lambda: ColorRule("like", "red", 1), "has condition='like'. Use one of eq, ne"),  # type: ignore[arg-type]
    "color": (lambda: ColorRule.eq(1, "yellow"), "has color='yellow'. Use 'green', 'red', 'blue' or a hex code, such"),
    "fill": (lambda: ColorRule.eq(1, "red", fill=1), "has fill=1. Use True or False."),  # type: ignore[arg-type]
    "no value": (lambda: ColorRule("eq", "red"), "compares with None."),
    "flag": (lambda: ColorRule.eq(True, "red"), "compares with True."),
    "nan": (lambda: ColorRule.lt(math.nan, "red"), "compares with nan."),
    "text": (lambda: ColorRule.contains(5, "red"), "looks for 5."),  # type: ignore[arg-type]
    "bounds of gt": (lambda: ColorRule("gt", "red", 1, (1, 2)), "has bounds=(1, 2). Only 'between' reads them"),
    "no bounds": (lambda: ColorRule("between", "red"), "has bounds=None. Give two finite numbers."),
    "infinite bound": (lambda: ColorRule.between(0, math.inf, "red"), "has bounds=(0, inf). Give two finite numbers."),
    "bounds reversed": (lambda: ColorRule.between(2, 1, "red"), "has bounds=(2, 1), which hold no number."),
    "value of between": (lambda: ColorRule("between", "red", 5, (1, 2)), "has value=5. 'between' never reads it"),
    "sparkline type": (lambda: sparkline("pie"), "sparkline() has type='pie'. Use one of line, area, bar."),  # type: ignore[arg-type]
    "wire's name": (lambda: sparkline(strokeWidth=1), "an option 'strokeWidth' that Workspace does not know. Did you"),  # type: ignore[call-arg]
    "no such option": (lambda: sparkline(smooth=1), "does not know. There are custom_formatter, stroke,"),  # type: ignore[call-arg]
    "inner option": (lambda: sparkline(axis={"kind": 1}), "sparkline() axis has an option 'kind'"),  # type: ignore[typeddict-unknown-key]
    "inner choice": (lambda: sparkline(axis={"type": "log"}), "axis type is 'log'. Use one of number, category, time."),  # type: ignore[typeddict-item]
    "unhashable choice": (lambda: sparkline(direction=["up"]), "direction is ['up']. Use one of vertical,"),  # type: ignore[arg-type]
    "inner mapping": (lambda: sparkline(padding=5), "padding is 5. Give a mapping with some of top, right, bottom"),  # type: ignore[arg-type]
    "number": (lambda: sparkline(stroke_width="1"), "stroke_width is '1'. Give a finite number."),  # type: ignore[arg-type]
    "flag as number": (lambda: sparkline(min=True), "min is True. Give a finite number."),
    "infinite": (lambda: sparkline(max=math.inf), "max is inf. Give a finite number."),
    "string": (lambda: sparkline(stroke=5), "stroke is 5. Give a string."),  # type: ignore[arg-type]
    "bool": (lambda: sparkline(markers={"enabled": 1}), "markers enabled is 1. Give True or False."),  # type: ignore[typeddict-item]
    "formatter": (lambda: sparkline(custom_formatter=None), "custom_formatter is None. Give a string."),  # type: ignore[arg-type]
    "formatter and points": (
        lambda: sparkline("bar", custom_formatter="f", points_of_interest={}),
        "has custom_formatter and points_of_interest, but Workspace reads the formatter alone.",
    ),
    "points without markers": (
        lambda: sparkline("area", points_of_interest={}, markers={"enabled": False}),
        "sparkline('area') has points_of_interest, which are drawn on markers, and markers that are not enabled.",
    ),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_what_helpers_refuse(make: Any, message: str) -> None:
    with pytest.raises(RegistrationError) as caught:
        make()
    assert message in str(caught.value)


POINT = {"size": 1, "fill": "f", "stroke": "s", "stroke_width": 2}
WIRE_POINT = {"size": 1, "fill": "f", "stroke": "s", "strokeWidth": 2}


def test_every_sparkline_option() -> None:
    render = sparkline(
        "line",
        data_field="d",
        stroke="s",
        stroke_width=1,
        fill="f",
        fill_opacity=0.5,
        min=0,
        max=1,
        direction="vertical",
        x_key="x",
        y_key="y",
        tooltip={"enabled": True, "renderer": "r"},
        axis={"type": "time", "stroke": "s", "stroke_width": 1, "padding_inner": 0, "padding_outer": 0},
        markers={
            "enabled": True,
            "shape": "circle",
            "size": 3,
            "fill": "f",
            "stroke": "s",
            "stroke_width": 1,
            "highlight_size": 2,
        },
        highlight_style={"fill": "f", "stroke": "s", "stroke_width": 1},
        points_of_interest={
            "first_last": POINT,  # type: ignore[typeddict-item]
            "minimum": POINT,  # type: ignore[typeddict-item]
            "maximum": POINT,  # type: ignore[typeddict-item]
            "highlighted": POINT,  # type: ignore[typeddict-item]
            "positive_negative": {"positive": POINT, "negative": POINT},  # type: ignore[typeddict-item]
        },
        label={
            "enabled": True,
            "font_weight": "bold",
            "font_style": "italic",
            "font_size": 9,
            "font_family": "x",
            "color": "x",
            "placement": "inside-end",
        },
        padding={"top": 1, "right": 1, "bottom": 1, "left": 1},
    )
    wire = wire_of(render)
    assert wire["sparkline"]["options"] == {
        "customFormatter": "",
        "stroke": "s",
        "strokeWidth": 1,
        "fill": "f",
        "fillOpacity": 0.5,
        "min": 0,
        "max": 1,
        "direction": "vertical",
        "xKey": "x",
        "yKey": "y",
        "tooltip": {"enabled": True, "renderer": "r"},
        "axis": {"type": "time", "stroke": "s", "strokeWidth": 1, "paddingInner": 0, "paddingOuter": 0},
        "markers": {
            "enabled": True,
            "shape": "circle",
            "size": 3,
            "fill": "f",
            "stroke": "s",
            "strokeWidth": 1,
            "highlightSize": 2,
        },
        "highlightStyle": {"fill": "f", "stroke": "s", "strokeWidth": 1},
        "pointsOfInterest": {
            "firstLast": WIRE_POINT,
            "minimum": WIRE_POINT,
            "maximum": WIRE_POINT,
            "highlighted": WIRE_POINT,
            "positiveNegative": {"positive": WIRE_POINT, "negative": WIRE_POINT},
        },
        "label": {
            "enabled": True,
            "fontWeight": "bold",
            "fontStyle": "italic",
            "fontSize": 9,
            "fontFamily": "x",
            "color": "x",
            "placement": "inside-end",
        },
        "padding": {"top": 1, "right": 1, "bottom": 1, "left": 1},
    }
    assert faults_of({"field": "d", "headerName": "D", **wire}) == []


@pytest.mark.parametrize(
    ("render", "options"),
    [
        (sparkline("bar", custom_formatter="f"), {"customFormatter": "f"}),
        (
            sparkline("line", points_of_interest={"maximum": {"fill": "f"}}),
            {"customFormatter": "", "pointsOfInterest": {"maximum": {"fill": "f"}}, "markers": {"enabled": True}},
        ),
        (
            sparkline("area", points_of_interest={}, markers={"size": 3}),
            {"customFormatter": "", "pointsOfInterest": {}, "markers": {"enabled": True, "size": 3}},
        ),
        (
            sparkline("bar", points_of_interest={}, markers={"enabled": False}),
            {"customFormatter": "", "pointsOfInterest": {}, "markers": {"enabled": False}},
        ),
    ],
    ids=["formatter", "points switch markers on", "markers of an area", "bars need no markers"],
)
def test_what_a_sparkline_needs_is_added(render: Any, options: Any) -> None:
    assert wire_of(render)["sparkline"]["options"] == options


def faults_of(*columns: dict[str, Any]) -> list[Any]:
    params = [{"paramName": "p", "type": "text", "show": True}]
    table = {"columnsDefs": list(columns)}
    widget = {"name": "W", "description": "", "endpoint": "w", "params": params, "data": {"table": table}}
    return lint_widgets({"w": widget}, declared={"w"})


BOUNDS = st.tuples(st.integers(-9, 0), st.floats(0, 9))
NUMBER = st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False)
COLOR = st.sampled_from([*COLORS, "#fff", "#A0B1c2"])
FILL = st.none() | st.booleans()
COLOR_RULE = st.one_of(
    st.builds(ColorRule, st.sampled_from(CONDITIONS[:6]), COLOR, NUMBER | st.text(), fill=FILL),
    st.builds(ColorRule, st.sampled_from(CONDITIONS[6:8]), COLOR, st.text(), fill=FILL),
    st.builds(ColorRule, st.just("between"), COLOR, bounds=BOUNDS, fill=FILL),
)
FIELD = st.none() | st.just("a")
RENDERS = st.one_of(
    st.builds(sparkline, st.sampled_from(["line", "area", "bar"]), data_field=FIELD, stroke=st.text(), min=NUMBER),
    st.tuples(st.builds(cell_change, by=FIELD), st.just(title_case())),
    st.tuples(
        st.builds(hover_card, title=st.none() | st.text(min_size=1), markdown=st.none() | st.text(min_size=1)),
        st.builds(click_to_group, st.just("p"), value_field=FIELD, force_update=FILL)
        | st.builds(send_to_agent, st.text(min_size=1), agent=st.none() | st.text(min_size=1)),
        st.lists(COLOR_RULE, min_size=1, max_size=3).map(lambda rules: color_rules(*rules)),
        st.builds(green_red, by=FIELD),
    ),
)


@given(RENDERS)
@settings(max_examples=60, deadline=None)
def test_whatever_helpers_write_is_accepted_and_comes_back(renders: Any) -> None:
    assert faults_of({"field": "a", "headerName": "A", **wire_of(renders)}) == []


def test_a_column_can_be_replaced_and_hashed() -> None:
    column = Column("a", render=[green_red(), hover_card()])
    wider = dataclasses.replace(column, width=5)
    assert (wider.render_fn, wider.render_fn_params) == (["greenRed", "hoverCard"], {"hoverCard": {}})
    assert hash(wider) == hash(column)
    assert column == Column("a", render_fn=["greenRed", "hoverCard"], render_fn_params={"hoverCard": {}})


# -- In schemas and records -------------------------------------------------------------------------------------------


class Analyst(Schema):
    value = fields.String()
    desk = fields.String()


class Stock(Schema):
    symbol = fields.String(metadata={"render": click_to_group("symbol", value_field="id"), "width": 90})
    id = fields.String(metadata={"column": False})
    change = fields.Float(metadata={"render": [green_red(by="quote_last"), hover_card(markdown="{id}")]})
    analyst = fields.Nested(Analyst, metadata={"render": hover_card(title="Analyst", cell_field="desk")})
    history = fields.List(fields.Float(), metadata={"column": Column("x", render=sparkline(data_field="more_7d"))})
    more = fields.Dict()
    quote = fields.Nested(Schema.from_dict({"last": fields.Float()}))


def test_metadata_of_a_schema() -> None:
    found = {column.field: column for column in columns_from(Stock)}
    assert list(found) == ["symbol", "change", "analyst", "history", "quote_last"]
    assert (found["symbol"].render_fn, found["symbol"].width) == ("cellOnClick", 90)
    assert found["symbol"].render_fn_params == {
        "actionType": "groupBy",
        "groupBy": {"paramName": "symbol", "valueField": "id"},
    }
    assert (found["change"].render_fn, found["change"].cell_data_type) == (["greenRed", "hoverCard"], "number")
    assert (found["analyst"].render_fn, found["analyst"].cell_data_type) == ("hoverCard", "object")
    assert found["history"].sparkline == {"type": "line", "dataField": "more_7d"}


def test_metadata_of_a_dataclass_names_any_field() -> None:
    @dataclasses.dataclass
    class Row:
        price: float = dataclasses.field(metadata={"render": green_red(by="not_declared")})

    (column,) = columns_from(Row)
    assert column.render_fn_params == {"colorValueKey": "not_declared"}


def test_metadata_with_both_spellings_is_refused() -> None:
    source = Schema.from_dict({"a": fields.Float(metadata={"render": green_red(), "render_fn": "titleCase"})})
    with pytest.raises(RegistrationError, match="Column 'a' has both render= and render_fn="):
        columns_from(source)


def schema(**renders: Any) -> type[Schema]:
    made = {name: fields.Float(metadata={"render": render}) for name, render in renders.items()}
    return Schema.from_dict({"price": fields.Float(), **made}, name="Rows")


def test_a_field_that_a_schema_never_dumps_is_an_error() -> None:
    source = schema(a=green_red(by="prise"), b=click_to_group("p", value_field="zzz"))
    with pytest.raises(RegistrationError) as caught:
        columns_from(source)
    assert str(caught.value) == (
        "Column 'a' of columns=Rows names 'prise' in renderFnParams.colorValueKey, no field of a row. "
        "Did you mean 'price'?\n"
        "Column 'b' of columns=Rows names 'zzz' in renderFnParams.groupBy.valueField, no field of a row. "
        "Add the field to the Schema."
    )


def test_a_placeholder_of_an_agents_text_is_a_field_too() -> None:
    source = schema(a=send_to_agent("Why {a} and {price} of {value}, {prise} {prise}?"))
    with pytest.raises(RegistrationError) as caught:
        columns_from(source)
    assert str(caught.value) == (
        "Column 'a' of columns=Rows names 'prise' in renderFnParams.sendToAgent.markdown, no field of a row. "
        "Did you mean 'price'?"
    )


def test_a_schema_that_adds_keys_may_have_any_field() -> None:
    class Open(schema(a=green_red(by="added"))):  # type: ignore[misc]
        @post_dump
        def add(self, row: Any, **kwargs: Any) -> Any:
            return {**row, "added": 1}

    assert [column.field for column in columns_from(Open)] == ["price", "a"]
    reading = fields.Float(metadata={"render": green_red(by="inner_added")})
    outer = Schema.from_dict({"b": reading, "inner": fields.Nested(Open, only=("price",))})
    assert [column.field for column in columns_from(outer)] == ["b", "inner_price"]


class Desk(Schema):
    desk = fields.String()


class Renamed(Desk):
    @post_dump
    def rename(self, row: Any, **kwargs: Any) -> Any:
        return {"value": row["desk"]}


def test_a_card_over_cells_that_get_keys_later() -> None:
    (column,) = columns_from(Schema.from_dict({"who": fields.Nested(Renamed, metadata={"render": hover_card()})}))
    assert column.cell_data_type == "object"


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (hover_card(cell_field="dsk"), "shows the cell's key 'dsk', and there is none. Did you mean 'desk'?"),
        (hover_card(), "shows the cell's key 'value', and there is none. Give hover_card(cell_field=...), one of"),
    ],
    ids=["misspelt", "the default"],
)
def test_a_card_that_shows_a_key_its_cells_lack(card: Any, message: str) -> None:
    with pytest.raises(RegistrationError) as caught:
        columns_from(Schema.from_dict({"who": fields.Nested(Desk, metadata={"render": card})}))
    assert message in str(caught.value)


# -- Over HTTP: the entries of OpenBB's docs, widget-configuration/render-functions and widget-types/live-grid ---------

ANALYST_RULES = [
    {"condition": "between", "range": {"min": 50, "max": 90}, "color": "blue", "fill": True},
    {"condition": "lt", "value": 50, "color": "red", "fill": True},
    {"condition": "gt", "value": 90, "color": "green", "fill": True},
]
STATUS_RULES = [
    {"condition": "contains", "value": "Active", "color": "green", "fill": True},
    # The docs have yellow here, which Workspace refuses.
    {"condition": "contains", "value": "Pending", "color": "#FFD700", "fill": True},
    {"condition": "notContains", "value": "Active", "color": "red", "fill": True},
]
DOCUMENTED: dict[str, tuple[Column, dict[str, Any]]] = {
    "column color": (
        Column(
            "Analyst",
            header_name="Analyst",
            render=color_rules(
                ColorRule.between(50, 90, "blue", fill=True),
                ColorRule.lt(50, "red", fill=True),
                ColorRule.gt(90, "green", fill=True),
            ),
        ),
        {
            "field": "Analyst",
            "headerName": "Analyst",
            "renderFn": "columnColor",
            "renderFnParams": {"colorRules": ANALYST_RULES},
        },
    ),
    "contains": (
        Column(
            "status",
            header_name="Status",
            cell_data_type="text",
            render=color_rules(
                ColorRule.contains("Active", "green", fill=True),
                ColorRule.contains("Pending", "#FFD700", fill=True),
                ColorRule.not_contains("Active", "red", fill=True),
            ),
        ),
        {
            "field": "status",
            "headerName": "Status",
            "cellDataType": "text",
            "renderFn": "columnColor",
            "renderFnParams": {"colorRules": STATUS_RULES},
        },
    ),
    "several": (
        Column(
            "Symbol",
            header_name="Symbol",
            render=[
                click_to_group("symbol"),
                color_rules(ColorRule.eq("Sarah Johnson", "blue", fill=True), by="Analyst"),
            ],
        ),
        {
            "field": "Symbol",
            "headerName": "Symbol",
            "renderFn": ["cellOnClick", "columnColor"],
            "renderFnParams": {
                "actionType": "groupBy",
                "groupBy": {"paramName": "symbol"},
                "colorValueKey": "Analyst",
                "colorRules": [{"condition": "eq", "value": "Sarah Johnson", "color": "blue", "fill": True}],
            },
        },
    ),
    "value field": (
        Column(
            "companyName",
            header_name="Company",
            cell_data_type="text",
            render=click_to_group("companyId", value_field="companyId"),
        ),
        {
            "field": "companyName",
            "headerName": "Company",
            "cellDataType": "text",
            "renderFn": "cellOnClick",
            "renderFnParams": {
                "actionType": "groupBy",
                "groupBy": {"paramName": "companyId", "valueField": "companyId"},
            },
        },
    ),
    "force update": (
        Column("symbol", header_name="Symbol", render=click_to_group("symbol", force_update=True)),
        {
            "field": "symbol",
            "headerName": "Symbol",
            "renderFn": "cellOnClick",
            "renderFnParams": {"actionType": "groupBy", "groupBy": {"paramName": "symbol", "forceUpdate": True}},
        },
    ),
    "hover card": (
        Column(
            "analyst",
            header_name="Analyst",
            render=hover_card(cell_field="value", title="Details", markdown="### {value}\n- {description}"),
        ),
        {
            "field": "analyst",
            "headerName": "Analyst",
            "renderFn": "hoverCard",
            "renderFnParams": {
                "hoverCard": {"cellField": "value", "title": "Details", "markdown": "### {value}\n- {description}"}
            },
        },
    ),
    "send to agent": (
        Column("company", header_name="Company", render=send_to_agent("**{company}**: ${revenue}M")),
        {
            "field": "company",
            "headerName": "Company",
            "renderFn": "cellOnClick",
            "renderFnParams": {
                "actionType": "sendToAgent",
                "sendToAgent": {"markdown": "**{company}**: ${revenue}M"},
            },
        },
    ),
    "send to one agent": (
        Column(
            "revenue",
            header_name="Revenue (M)",
            render=send_to_agent("**${revenue}M**", agent="financial-analyst-agent"),
        ),
        {
            "field": "revenue",
            "headerName": "Revenue (M)",
            "renderFn": "cellOnClick",
            "renderFnParams": {
                "actionType": "sendToAgent",
                "sendToAgent": {"markdown": "**${revenue}M**", "agentId": "financial-analyst-agent"},
            },
        },
    ),
    "live grid": (
        Column("price", header_name="Price", render=cell_change(by="change")),
        {
            "field": "price",
            "headerName": "Price",
            "renderFn": "showCellChange",
            "renderFnParams": {"colorValueKey": "change"},
        },
    ),
    "green and red": (
        Column("change_percent", header_name="Change %", render=green_red()),
        {"field": "change_percent", "headerName": "Change %", "renderFn": "greenRed"},
    ),
    "title case": (
        Column("sector", header_name="Sector", render=title_case()),
        {"field": "sector", "headerName": "Sector", "renderFn": "titleCase"},
    ),
    "sparkline": (
        Column(
            "price_history",
            header_name="Price History",
            width=200,
            render=sparkline(
                "line",
                stroke="#2563eb",
                stroke_width=2,
                markers={"enabled": True, "size": 3},
                points_of_interest={
                    "maximum": {"fill": "#22c55e", "stroke": "#16a34a", "size": 6},
                    "minimum": {"fill": "#ef4444", "stroke": "#dc2626", "size": 6},
                },
            ),
        ),
        {
            "field": "price_history",
            "headerName": "Price History",
            "width": 200,
            "sparkline": {
                "type": "line",
                "options": {
                    # The docs leave this out, and Workspace refuses such a manifest.
                    "customFormatter": "",
                    "stroke": "#2563eb",
                    "strokeWidth": 2,
                    "markers": {"enabled": True, "size": 3},
                    "pointsOfInterest": {
                        "maximum": {"fill": "#22c55e", "stroke": "#16a34a", "size": 6},
                        "minimum": {"fill": "#ef4444", "stroke": "#dc2626", "size": 6},
                    },
                },
            },
        },
    ),
}


@pytest.mark.parametrize(("column", "entry"), DOCUMENTED.values(), ids=DOCUMENTED)
def test_documented_entry_retyped(app, openbb, manifest, column, entry):
    @app.get("/retyped")
    @openbb.table(columns=[column], params=[Param("symbol"), Param("companyId")])
    def retyped(**params):
        return []

    assert manifest()["retyped"]["data"]["table"]["columnsDefs"] == [entry]
    assert [fault for fault in openbb.validate(app) if fault.severity == "error"] == []


def test_rows_keep_the_cells_of_cards_and_sparklines_whole(app, openbb, client, manifest):
    row = {
        "symbol": "A",
        "id": "1",
        "change": 1.5,
        "analyst": {"value": "Ada", "desk": "Rates"},
        "history": [1.0, 2.0],
        "more": {"7d": [3, 4]},
        "quote": {"last": 2.0},
    }

    @app.get("/stocks")
    @openbb.table(columns=Stock)
    def stocks(symbol: str = "A"):
        return [row]

    assert {(fault.severity, fault.value) for fault in openbb.validate(app)} == {("hint", "id"), ("hint", "more_7d")}
    assert client.get("/stocks").get_json() == [
        {
            "symbol": "A",
            "id": "1",
            "change": 1.5,
            "analyst": {"value": "Ada", "desk": "Rates"},
            "history": [1.0, 2.0],
            "more_7d": [3, 4],
            "quote_last": 2.0,
        }
    ]


def test_a_click_on_an_unknown_param_is_an_error(app, openbb):
    @app.get("/companies")
    @openbb.table(columns=[Column("symbol", render=click_to_group("symbl"))])
    def companies(symbol: str = ""):
        return []

    with pytest.raises(ManifestError) as caught:
        openbb.validate(app)
    (fault,) = caught.value.faults
    assert fault.path == ("data", "table", "columnsDefs", 0, "renderFnParams", "groupBy", "paramName")
    assert (fault.value, fault.fix) == ("symbl", "Did you mean 'symbol'?")


def test_the_docs_examples_run():
    page = (Path(__file__).parent.parent / "docs" / "columns.rst").read_text(encoding="utf-8")
    _, _, section = page.partition("Rendering\n---------\n")
    blocks = re.findall(r"\.\. code-block:: python\n\n((?:    .*\n|\n)+)", section)
    assert len(blocks) >= 10
    names: dict[str, Any] = {}
    for block in blocks:
        exec(re.sub(r"^    ", "", block, flags=re.MULTILINE), names)
