"""The check of table columns: every key, render functions, colour rules and sparklines."""

from typing import Any

import pytest

from flask_openbb.manifest.lint import lint_widgets

E, W = "error", "warning"


def check(**keys: Any) -> list[tuple[str | int, ...]]:
    """Check one column of these keys; return severities and paths inside it."""
    column = {"field": "a", "headerName": "A", **keys}
    params = [{"paramName": "p", "type": "text", "show": True}]
    widget = {"name": "W", "description": "", "endpoint": "w", "params": params}
    faults = lint_widgets({"w": {**widget, "data": {"table": {"columnsDefs": [column]}}}})
    assert all(fault.path[:4] == ("data", "table", "columnsDefs", 0) for fault in faults)
    return [(fault.severity, *fault.path[4:]) for fault in faults]


NUMBERS_OR_NULL = ([1, 2.5, None], ["1", True, []])
FLAGS_OR_NULL = ([True, False, None], [1, "true"])
KEYS: list[tuple[str, list[Any], list[Any]]] = [
    ("field", [""], [None, 5]),
    ("headerName", [""], [None, 5]),
    ("chartDataType", ["category", "series", "time", "excluded"], [None, "number", 5]),
    ("cellDataType", ["number", "boolean", "date", "dateString", "object"], [None, "string", 5]),
    ("formatterFn", ["int", "none", "percent", "normalized", "normalizedPercent", "dateToYear", None], ["currency", 5]),
    ("decimalPlaces", [0, 6, 2.5], [None, -1, 7, "2", True]),
    ("pinned", ["left", "right", True, False, None], ["top", 1, 0]),
    ("align", ["left", "center", "right"], [None, "middle"]),
    ("prefix", ["$"], [None, 5]),
    ("suffix", ["%"], [None, 5]),
    ("width", *NUMBERS_OR_NULL),
    ("minWidth", *NUMBERS_OR_NULL),
    ("maxWidth", *NUMBERS_OR_NULL),
    ("hide", *FLAGS_OR_NULL),
    ("rowGroup", *FLAGS_OR_NULL),
    ("enableCellChangeWs", *FLAGS_OR_NULL),
    ("headerTooltip", ["x", None], [5]),
    ("aggFunc", ["sum", None], [5]),
    (
        "renderFn",
        ["greenRed", "greenRed , titleCase", ["greenRed", " showCellChange "], [], [None], None],
        ["", "x", 5, {}, [5], [["greenRed"]], ["greenRed", ""]],
    ),
    ("renderFnParams", [None, False, 0, "", {}, {"own": 1}], ["x", 5, [1], True]),
    ("sparkline", [{"type": "line"}, {"type": "area", "dataField": "a"}, {"type": "bar"}], [None, [], "line"]),
]


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, good, _ in KEYS for value in good], ids=repr)
def test_accepted_value(key: str, value: Any) -> None:
    assert check(**{key: value}) == []


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, _, bad in KEYS for value in bad], ids=repr)
def test_refused_value(key: str, value: Any) -> None:
    assert check(**{key: value}) == [(E, key)]


@pytest.mark.parametrize("missing", ["field", "headerName"])
def test_required_keys(missing: str) -> None:
    column = {key: "x" for key in ("field", "headerName") if key != missing}
    widget = {"name": "W", "description": "", "endpoint": "w", "data": {"table": {"columnsDefs": [column]}}}
    (fault,) = lint_widgets({"w": widget})
    assert (fault.severity, fault.path) == (E, ("data", "table", "columnsDefs", 0, missing))


@pytest.mark.parametrize(
    ("key", "fix"),
    [
        ("headername", "Did you mean 'headerName'?"),
        ("header", "Use 'headerName'."),
        ("type", "Use 'cellDataType'."),
        ("sortable", "Remove it, or check the spelling."),
    ],
)
def test_key_that_is_dropped(key: str, fix: str) -> None:
    column = {"field": "a", "headerName": "A", key: "x"}
    widget = {"name": "W", "description": "", "endpoint": "w", "data": {"table": {"columnsDefs": [column]}}}
    (fault,) = lint_widgets({"w": widget})
    assert (fault.severity, fault.path[-1], fault.fix) == (W, key, fix)


def test_text_column_needs_a_chart_type() -> None:
    assert check(cellDataType="text") == [(W, "chartDataType")]
    assert check(cellDataType="text", chartDataType="category") == []


RULE = {"condition": "gt", "value": 5, "color": "green"}
BETWEEN = {"condition": "between", "range": {"min": 1, "max": 2}, "color": "red"}
R = "renderFnParams"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        *[
            ({**RULE, "condition": name}, [])
            for name in ("eq", "ne", "gt", "lt", "gte", "lte", "contains", "notContains")
        ],
        *[({**RULE, "color": color}, []) for color in ("green", "red", "blue", "#fff", "#FFD700")],
        ({**RULE, "value": "x", "fill": True}, []),
        (BETWEEN, []),
        ({**RULE, "color": "yellow"}, [(E, "color")]),
        ({**RULE, "color": "#ffff"}, [(E, "color")]),
        ({**RULE, "color": "#fff\n"}, [(E, "color")]),
        ({**RULE, "color": None}, [(E, "color")]),
        ({"condition": "gt", "value": 5}, [(E, "color")]),
        ({**RULE, "condition": "like"}, [(E, "condition")]),
        ({**RULE, "condition": None}, [(E, "condition")]),
        ({"value": 5, "color": "red"}, [(E, "condition")]),
        ({"condition": "gt", "color": "red"}, [(E, "value")]),
        ({**RULE, "value": None}, [(E, "value")]),
        ({**RULE, "value": True}, [(E, "value")]),
        ({**RULE, "fill": "yes"}, [(E, "fill")]),
        ({"condition": "between", "color": "red"}, [(E, "range")]),
        ({**BETWEEN, "range": {"min": 1}}, [(E, "range", "max")]),
        ({**BETWEEN, "range": [1, 2]}, [(E, "range")]),
        ({**BETWEEN, "value": 5}, [(W, "value")]),
        ({**RULE, "range": {"min": 1, "max": 2}}, [(W, "range")]),
        ({**RULE, "colour": "red"}, [(W, "colour")]),
        ("red", [()]),
    ],
    ids=repr,
)
def test_color_rule(rule: Any, expected: list[Any]) -> None:
    found = check(renderFn="columnColor", renderFnParams={"colorRules": [rule]})
    if expected == [()]:
        expected = [(E,)]
    assert found == [(severity, R, "colorRules", 0, *path) for severity, *path in expected]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"actionType": "groupBy", "groupBy": {"paramName": "p", "valueField": "a", "forceUpdate": True}}, []),
        ({"actionType": "groupBy", "groupByParamName": "p"}, []),
        ({"actionType": "groupBy", "groupByParamName": "p", "groupBy": None}, []),
        ({"actionType": "groupBy"}, [(E, R, "groupBy")]),
        ({"actionType": "groupBy", "groupBy": None}, [(E, R, "groupBy")]),
        ({"actionType": "groupBy", "groupBy": {}}, [(E, R, "groupBy", "paramName")]),
        ({"actionType": "groupBy", "groupBy": {"paramName": ""}}, [(E, R, "groupBy", "paramName")]),
        ({"actionType": "groupBy", "groupBy": {"paramName": 5}}, [(E, R, "groupBy", "paramName")]),
        ({"actionType": "groupBy", "groupBy": "p"}, [(E, R, "groupBy")]),
        ({"actionType": "groupBy", "groupByParamName": ""}, [(E, R, "groupByParamName")]),
        ({"actionType": "groupBy", "groupBy": {"paramName": "q"}}, [(W, R, "groupBy", "paramName")]),
        ({"actionType": "groupBy", "groupByParamName": "q"}, [(W, R, "groupByParamName")]),
        ({"actionType": "groupBy", "groupBy": {"paramName": "p", "valueField": 5}}, [(E, R, "groupBy", "valueField")]),
        (
            {"actionType": "groupBy", "groupBy": {"paramName": "p", "forceUpdate": 5}},
            [(E, R, "groupBy", "forceUpdate")],
        ),
        ({"actionType": "sendToAgent", "sendToAgent": {"markdown": "m", "agentId": None}}, []),
        ({"actionType": "sendToAgent"}, [(E, R, "sendToAgent", "markdown")]),
        ({"actionType": "sendToAgent", "sendToAgent": {}}, [(E, R, "sendToAgent", "markdown")]),
        ({"actionType": "sendToAgent", "sendToAgent": {"markdown": 5}}, [(E, R, "sendToAgent", "markdown")]),
        ({"actionType": "sendToAgent", "sendToAgent": "m"}, [(E, R, "sendToAgent")]),
        (
            {"actionType": "sendToAgent", "sendToAgent": {"markdown": "m", "agentId": 5}},
            [(E, R, "sendToAgent", "agentId")],
        ),
        ({"actionType": "openUrl"}, [(E, R, "actionType")]),
        ({"actionType": None}, [(W, R, "actionType")]),
        ({}, [(W, R, "actionType")]),
    ],
    ids=repr,
)
def test_cell_click(params: Any, expected: list[Any]) -> None:
    assert check(renderFn="cellOnClick", renderFnParams=params) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"hoverCard": {"cellField": "value", "title": "t", "markdown": "m"}, "hoverCardData": ["a"]}, []),
        ({"hoverCard": {"cellField": 5}}, [(E, R, "hoverCard", "cellField")]),
        ({"hoverCard": {"title": 5}}, [(E, R, "hoverCard", "title")]),
        ({"hoverCard": {"markdown": None}}, [(E, R, "hoverCard", "markdown")]),
        ({"hoverCard": []}, [(E, R, "hoverCard")]),
        ({"hoverCard": None}, [(W, R, "hoverCard")]),
        ({"hoverCards": {}}, [(W, R, "hoverCards"), (W, R, "hoverCard")]),
    ],
    ids=repr,
)
def test_hover_card(params: Any, expected: list[Any]) -> None:
    assert check(renderFn=["hoverCard"], renderFnParams=params) == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"renderFn": "columnColor"}, [(W, R, "colorRules")]),
        ({"renderFn": "hoverCard,cellOnClick"}, [(W, R, "hoverCard"), (W, R, "actionType")]),
        ({R: {"colorRules": [RULE]}}, [(W, R, "colorRules")]),
        ({R: {"hoverCard": {"title": "t"}}}, [(W, R, "hoverCard")]),
        ({R: {"colorValueKey": "a", "groupBy": {"paramName": "p"}, "colorRules": None}}, []),
        ({"renderFn": "columnColor", R: {"colorRules": {}}}, [(E, R, "colorRules")]),
        ({R: {"colorValueKey": 5}}, [(E, R, "colorValueKey")]),
        ({R: {"groupByParamName": 5}}, [(E, R, "groupByParamName")]),
        ({R: {"groupBy": {}}}, [(E, R, "groupBy", "paramName")]),
        ({R: {"hoverCardData": "a"}}, [(W, R, "hoverCardData")]),
    ],
    ids=repr,
)
def test_render_function_and_its_params(keys: Any, expected: list[Any]) -> None:
    assert check(**keys) == expected


POINT = {"size": 1, "fill": "f", "stroke": "s", "strokeWidth": 1}
OPTIONS: dict[str, tuple[Any, Any]] = {
    "customFormatter": ("", None),
    "stroke": ("x", 5),
    "strokeWidth": (1, "1"),
    "fill": ("x", 5),
    "fillOpacity": (0.5, "x"),
    "min": (0, None),
    "max": (1, None),
    "direction": ("vertical", "up"),
    "xKey": ("x", 5),
    "yKey": ("y", 5),
    "tooltip": ({"enabled": True, "renderer": "r"}, True),
    "axis": ({"type": "time", "stroke": "s", "strokeWidth": 1, "paddingInner": 0, "paddingOuter": 0}, []),
    "markers": (
        {
            "enabled": True,
            "shape": "circle",
            "size": 3,
            "fill": "f",
            "stroke": "s",
            "strokeWidth": 1,
            "highlightSize": 2,
        },
        None,
    ),
    "highlightStyle": ({"fill": "f", "stroke": "s", "strokeWidth": 1}, "x"),
    "pointsOfInterest": (
        {
            "firstLast": POINT,
            "minimum": POINT,
            "maximum": POINT,
            "highlighted": POINT,
            "positiveNegative": {"positive": POINT, "negative": POINT},
        },
        [],
    ),
    "label": (
        {
            "enabled": True,
            "fontWeight": "bold",
            "fontStyle": "italic",
            "fontSize": 9,
            "fontFamily": "x",
            "color": "x",
            "placement": "inside-end",
        },
        "x",
    ),
    "padding": ({"top": 1, "right": 1, "bottom": 1, "left": 1}, 5),
}


def test_every_sparkline_option() -> None:
    options = {key: good for key, (good, _) in OPTIONS.items()}
    assert check(sparkline={"type": "line", "dataField": "a", "options": options}) == []


@pytest.mark.parametrize("key", OPTIONS)
def test_refused_sparkline_option(key: str) -> None:
    options = {"customFormatter": "", key: OPTIONS[key][1]}
    assert check(sparkline={"type": "line", "options": options}) == [(E, "sparkline", "options", key)]


@pytest.mark.parametrize(
    ("sparkline", "expected"),
    [
        ({}, [(E, "type")]),
        ({"type": "pie"}, [(E, "type")]),
        ({"type": "line", "dataField": 5}, [(E, "dataField")]),
        ({"type": "line", "options": None}, [(E, "options")]),
        ({"type": "line", "options": {}}, [(E, "options", "customFormatter")]),
        (
            {"type": "line", "options": {"customFormatter": "", "markers": {"shape": "dot"}}},
            [(E, "options", "markers", "shape")],
        ),
        (
            {"type": "line", "options": {"customFormatter": "", "axis": {"type": "log"}}},
            [(E, "options", "axis", "type")],
        ),
        (
            {"type": "line", "options": {"customFormatter": "", "label": {"placement": "top"}}},
            [(E, "options", "label", "placement")],
        ),
        ({"type": "line", "options": {"customFormatter": "", "colour": "x"}}, [(W, "options", "colour")]),
        ({"type": "line", "color": "x"}, [(W, "color")]),
    ],
    ids=repr,
)
def test_sparkline(sparkline: Any, expected: list[Any]) -> None:
    assert check(sparkline=sparkline) == [(severity, "sparkline", *path) for severity, *path in expected]


def lint_rows(column: Any, *others: str, show_all: Any = None) -> list[Any]:
    """Check the rules of one column among others: severity, path inside the column, and fix."""
    columns = [{"field": "a", "headerName": "A", **column}, *({"field": name, "headerName": name} for name in others)]
    table = {"columnsDefs": columns} if show_all is None else {"columnsDefs": columns, "showAll": show_all}
    params = [{"paramName": "p", "type": "text", "show": True}]
    widget = {"name": "W", "description": "", "endpoint": "w", "params": params, "data": {"table": table}}
    return [(fault.severity, fault.path[4:], fault.fix) for fault in lint_widgets({"w": widget})]


def click(value_field: Any) -> dict[str, Any]:
    group_by = {"paramName": "p", "valueField": value_field}
    return {"renderFn": "cellOnClick", R: {"actionType": "groupBy", "groupBy": group_by}}


NAMING = {
    "click": (click("company_id"), (R, "groupBy", "valueField")),
    "color": ({"renderFn": "greenRed", R: {"colorValueKey": "company_id"}}, (R, "colorValueKey")),
    "agent": (
        {"renderFn": "cellOnClick", R: {"actionType": "sendToAgent", "sendToAgent": {"markdown": "Why {company_id}?"}}},
        (R, "sendToAgent", "markdown"),
    ),
    "sparkline": ({"sparkline": {"type": "line", "dataField": "company_id"}}, ("sparkline", "dataField")),
}


@pytest.mark.parametrize(("column", "path"), NAMING.values(), ids=NAMING)
def test_field_that_a_rule_names(column: Any, path: Any) -> None:
    hidden = "Check the spelling, or declare it as a column with 'hide'."
    assert lint_rows(column, "company_id") == []
    assert lint_rows(column, "companyId") == [(W, path, "Did you mean 'companyId'?")]
    assert lint_rows(column, "price") == [("hint", path, hidden)]
    assert lint_rows(column, "price", show_all=False) == [("hint", path, hidden)]
    assert lint_rows(column, "companyId", show_all=True) == []


@pytest.mark.parametrize("text", ["{value}", 'As {"json": 1} or {}', "{ company_id }", "{0}", "Why?", 5])
def test_what_is_no_placeholder_of_a_row_is_not_looked_up(text: Any) -> None:
    column = {"renderFn": "cellOnClick", R: {"actionType": "sendToAgent", "sendToAgent": {"markdown": text}}}
    assert [fault for fault in lint_rows(column, "price") if fault[0] == "hint"] == []


def test_key_of_a_hover_cards_cell_is_no_field_of_the_row() -> None:
    card = {"renderFn": "hoverCard", R: {"hoverCard": {"cellField": "pric", "markdown": "{pric}"}}}
    assert lint_rows(card, "price") == []


@pytest.mark.parametrize("declared", [True, False])
def test_click_on_an_unknown_param_is_an_error_where_params_are_declared(declared: bool) -> None:
    column = {"field": "a", "headerName": "A", "renderFn": "cellOnClick"}
    column[R] = {"actionType": "groupBy", "groupBy": {"paramName": "symbl"}}  # type: ignore[assignment]
    params = [{"paramName": "symbol", "type": "text", "show": True}]
    widget = {"name": "W", "description": "", "endpoint": "w", "params": params}
    manifest = {"w": {**widget, "data": {"table": {"columnsDefs": [column]}}}}
    (fault,) = lint_widgets(manifest, declared={"w"} if declared else ())
    assert (fault.severity, fault.path[-2:]) == (E if declared else W, ("groupBy", "paramName"))
    assert fault.fix == "Did you mean 'symbol'?"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"renderFn": "showCellChange", "cellDataType": "text", "chartDataType": "category"}, [(W, "renderFn")]),
        ({"renderFn": ["greenRed", "showCellChange"], "cellDataType": "object"}, [(W, "renderFn")]),
        ({"renderFn": "showCellChange", "cellDataType": "number"}, []),
        ({"renderFn": "greenRed", "sparkline": {"type": "line"}}, [(W, "renderFn")]),
        ({"renderFn": [], "sparkline": {"type": "line"}}, []),
        (
            {"renderFn": ["showCellChange", "hoverCard"], R: {"hoverCard": {}}},
            [(W, "renderFn")],
        ),
        ({"renderFn": ["greenRed", "hoverCard"], R: {"hoverCard": {}}}, []),
    ],
    ids=repr,
)
def test_render_functions_that_are_dangerous_or_never_drawn(keys: Any, expected: list[Any]) -> None:
    assert check(**keys) == expected
