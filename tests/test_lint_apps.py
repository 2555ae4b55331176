"""The check of apps.json: every key, layouts, groups, prompts, and what needs widgets.json beside it."""

from typing import Any

import pytest

from flask_openbb.errors import Fault
from flask_openbb.manifest.lint import lint_apps

E, W, H = "error", "warning", "hint"
PLACED = {"i": "prices", "x": 0, "y": 0, "w": 20, "h": 9}
WIDGETS: dict[str, Any] = {
    "prices": {
        "params": [
            {"paramName": "symbol", "type": "endpoint", "optionsEndpoint": "/v1/symbols"},
            [{"paramName": "period", "type": "text"}, {"paramName": "day", "type": "date"}],
        ]
    },
    "quote": {"params": [{"paramName": "ticker", "type": "ticker"}, {"paramName": "period"}]},
    "news": {},
    "broken": None,
}


def app(**keys: Any) -> dict[str, Any]:
    """Write an app with everything the check asks for, and these keys."""
    return {"name": "A", "tabs": {}, "groups": [], "prompts": [], "allowCustomization": True, **keys}


def tab(*layout: Any, **keys: Any) -> dict[str, Any]:
    """Write the ``tabs`` of an app with one tab."""
    return {"t": {"id": "t", "name": "T", "layout": list(layout), **keys}}


def said(faults: list[Fault]) -> list[tuple[str, tuple[str | int, ...]]]:
    """What was said and where."""
    assert all(fault.document == "apps.json" for fault in faults)
    return [(fault.severity, fault.path) for fault in faults]


def check(widgets: Any = None, **keys: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    """Check one app of these keys."""
    return said(lint_apps([app(**keys)], widgets=widgets))


# -- The document -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("apps", [None, "x", 5, True], ids=repr)
def test_apps_is_no_list(apps: Any) -> None:
    assert said(lint_apps(apps)) == [(E, ())]


def test_one_app_is_accepted() -> None:
    assert lint_apps(app()) == []
    assert said(lint_apps(app(name=5))) == [(E, ("name",))]


@pytest.mark.parametrize("entry", [None, "x", [], 5], ids=repr)
def test_app_is_no_object(entry: Any) -> None:
    (fault,) = lint_apps([app(), entry])
    assert (fault.severity, fault.widget, fault.path, fault.value) == (E, "#1", (), entry)


def test_fault_names_the_app() -> None:
    (fault,) = lint_apps([app(name="Hello", prompts=[5])])
    assert (fault.widget, fault.path, fault.value) == ("Hello", ("prompts", 0), 5)


def test_two_apps_of_one_id() -> None:
    (fault,) = lint_apps([app(name="My App"), app(name="my app!"), app(name="Other")])
    assert (fault.severity, fault.widget, fault.value) == (W, None, "my app!")


# -- Keys -------------------------------------------------------------------------------------------------------------

LAYOUT = ("tabs", "t", "layout", 0)
STATE = (*LAYOUT, "state")
FULL_STATE = {
    "paramOrder": ["a"],
    "params": {"a": 1},
    "chartView": {"enabled": True, "chartType": "bar"},
    "chartModel": {
        "modelType": "range",
        "chartType": "bar",
        "chartOptions": {},
        "cellRange": {"columns": ["a"], "own": 1},
        "suppressChartRanges": True,
    },
    "columnState": {"default": {}},
    "filterModel": {},
    "storage": {"text": "t", "html": "h", "own": 1},
    "own": 1,
}
SERVER = {"name": "m", "url": "https://example.com/mcp"}
CASES: list[tuple[dict[str, Any], list[Any]]] = [
    ({"description": "d", "templateId": "t", "id": "custom-a", "selected_agent": "s", "authentication": "a"}, []),
    ({"img": "i", "img_dark": "d", "img_light": "l", "prompts": ["a"]}, []),
    ({"name": None}, [(E, ("name",))]),
    ({"description": None}, [(E, ("description",))]),
    ({"templateId": 5}, [(E, ("templateId",))]),
    ({"id": "mine"}, [(E, ("id",))]),
    ({"id": "custom-"}, [(E, ("id",))]),
    ({"id": None}, [(E, ("id",))]),
    ({"selected_agent": 5}, [(E, ("selected_agent",))]),
    ({"img": 5}, [(E, ("img",))]),
    ({"img_dark": 5}, [(E, ("img_dark",))]),
    ({"img_light": 5}, [(E, ("img_light",))]),
    ({"authentication": True}, [(E, ("authentication",))]),
    ({"allowCustomization": None}, [(E, ("allowCustomization",))]),
    ({"prompts": None}, [(E, ("prompts",))]),
    ({"prompts": [5]}, [(E, ("prompts", 0))]),
    ({"groups": None}, [(E, ("groups",))]),
    ({"groups": ["x"]}, [(E, ("groups", 0))]),
    ({"tabs": None}, [(E, ("tabs",))]),
    ({"tabs": []}, [(E, ("tabs",))]),
    ({"tabs": {"t": None}}, [(E, ("tabs", "t"))]),
    ({"tabs": {"t": {}}}, [(E, ("tabs", "t", key)) for key in ("id", "name", "layout")]),
    ({"tabs": tab(id="u")}, [(W, ("tabs", "t", "id"))]),
    ({"tabs": tab(colour=1)}, [(W, ("tabs", "t", "colour"))]),
    ({"tabs": tab("x")}, [(E, LAYOUT)]),
    ({"tabs": tab({})}, [(E, (*LAYOUT, key)) for key in ("i", "x", "y", "w", "h")]),
    ({"tabs": tab({**PLACED, "i": 5})}, [(E, (*LAYOUT, "i"))]),
    ({"tabs": tab({**PLACED, "x": "0"})}, [(E, (*LAYOUT, "x"))]),
    ({"tabs": tab({**PLACED, "minW": 1, "minH": 1, "maxW": 1, "maxH": 1, "moved": True, "own": 1})}, []),
    ({"tabs": tab({**PLACED, "minW": None})}, [(E, (*LAYOUT, "minW"))]),
    (
        {"tabs": tab({**PLACED, "static": 1, "moved": 1, "isDraggable": 1})},
        [(E, (*LAYOUT, key)) for key in ("static", "moved", "isDraggable")],
    ),
    ({"tabs": tab({**PLACED, "groups": None})}, [(E, (*LAYOUT, "groups"))]),
    ({"tabs": tab({**PLACED, "groups": [5]})}, [(E, (*LAYOUT, "groups", 0))]),
    ({"tabs": tab({**PLACED, "group": []})}, [(W, (*LAYOUT, "group"))]),
    ({"tabs": tab({**PLACED, "state": FULL_STATE})}, []),
    ({"tabs": tab({**PLACED, "state": None})}, [(E, STATE)]),
    ({"tabs": tab({**PLACED, "state": {"params": []}})}, [(E, (*STATE, "params"))]),
    ({"tabs": tab({**PLACED, "state": {"paramOrder": [5]}})}, [(E, (*STATE, "paramOrder", 0))]),
    ({"tabs": tab({**PLACED, "state": {"chartView": {"chartType": "x"}}})}, [(E, (*STATE, "chartView", "chartType"))]),
    (
        {"tabs": tab({**PLACED, "state": {"chartModel": {"modelType": "x"}}})},
        [(E, (*STATE, "chartModel", "modelType"))],
    ),
    ({"tabs": tab({**PLACED, "state": {"columnState": None}})}, [(E, (*STATE, "columnState"))]),
    ({"tabs": tab({**PLACED, "state": {"storage": {"html": 5}}})}, [(E, (*STATE, "storage", "html"))]),
    ({"mcpServers": [{**SERVER, "description": "d", "authType": "oauth"}]}, []),
    ({"mcp_servers": [{**SERVER, "authType": "token"}]}, []),
    ({"mcpServers": None}, [(E, ("mcpServers",))]),
    ({"mcpServers": [{}]}, [(E, ("mcpServers", 0, "name")), (E, ("mcpServers", 0, "url"))]),
    ({"mcp_servers": [{**SERVER, "authType": "basic"}]}, [(E, ("mcp_servers", 0, "authType"))]),
    ({"mcpServers": [], "mcp_servers": 5}, [(W, ("mcp_servers",))]),
    ({"mcpServers": [{**SERVER, "auth": "token"}]}, [(W, ("mcpServers", 0, "auth"))]),
    ({"colour": 1}, [(W, ("colour",))]),
    ({"allow_customization": True}, [(W, ("allow_customization",))]),
]


@pytest.mark.parametrize(("keys", "expected"), CASES, ids=[repr(keys) for keys, _ in CASES])
def test_keys(keys: dict[str, Any], expected: list[Any]) -> None:
    assert check(**keys) == expected


@pytest.mark.parametrize("key", ["name", "tabs"])
def test_required_keys(key: str) -> None:
    wire = app()
    del wire[key]
    assert said(lint_apps([wire])) == [(E, (key,))]


@pytest.mark.parametrize("key", ["allowCustomization", "groups", "prompts"])
def test_keys_that_mcp_asks_for(key: str) -> None:
    wire = app()
    del wire[key]
    assert said(lint_apps([wire])) == [(H, (key,))]


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("https://example.com", True),
        ("http://localhost:8000/mcp?x=1", True),
        (" https://example.com ", True),
        ("custom:thing", True),
        ("/mcp", False),
        ("example.com/mcp", False),
        ("https://", False),
        ("https://a b/c", False),
        ("http://host:port/", False),
        ("http://[::1", False),
        ("", False),
        (5, False),
    ],
)
def test_mcp_server_url(url: Any, accepted: bool) -> None:
    expected = [] if accepted else [(E, ("mcpServers", 0, "url"))]
    assert check(mcpServers=[{"name": "m", "url": url}]) == expected


# -- Layouts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("prices", []),
        ("rich_note", []),
        ("rich_note_2", []),
        ("navigation_bar", []),
        ("price", [(W, (*LAYOUT, "i"), "Did you mean 'prices'?")]),
        ("zzz", [(W, (*LAYOUT, "i"), "Name a widget of widgets.json.")]),
    ],
)
def test_layout_names_a_widget(id: str, expected: list[Any]) -> None:
    faults = lint_apps([app(tabs=tab({**PLACED, "i": id}))], widgets=WIDGETS)
    assert [(fault.severity, fault.path, fault.fix) for fault in faults] == expected
    assert lint_apps([app(tabs=tab({**PLACED, "i": id}))]) == []


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((20, 0, 20, 9), []),
        ((21, 0, 20, 9), [(W, (*LAYOUT, "w"))]),
        ((-1, 0, 20, 9), [(W, (*LAYOUT, "x"))]),
        ((0, -1, 20, 9), [(W, (*LAYOUT, "y"))]),
    ],
)
def test_placement_on_the_grid(box: tuple[int, int, int, int], expected: list[Any]) -> None:
    assert check(tabs=tab({"i": "a", **dict(zip("xywh", box, strict=True))})) == expected


@pytest.mark.parametrize(
    ("box", "overlap"),
    [
        ((20, 0, 20, 9), False),
        ((0, 9, 20, 9), False),
        ((19, 8, 20, 9), True),
        ((5, 2, 8, 4), True),
        ((0, 0, 20, 9), True),
    ],
)
def test_overlapping_placements(box: tuple[int, int, int, int], overlap: bool) -> None:
    other = {"i": "b", **dict(zip("xywh", box, strict=True))}
    assert check(tabs=tab(PLACED, other)) == ([(W, ("tabs", "t", "layout", 1))] if overlap else [])
    other_tab = {"u": {"id": "u", "name": "U", "layout": [other]}}
    assert check(tabs={**tab(PLACED), **other_tab}) == []


# -- Groups -----------------------------------------------------------------------------------------------------------

GROUP = {"name": "Group 1", "type": "param", "paramName": "period"}


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([GROUP], []),
        ([{**GROUP, "defaultValue": None}, {**GROUP, "name": "Group 12", "type": "ticker"}], []),
        ([{**GROUP, "name": "Period"}], [(H, "name")]),
        ([{**GROUP, "name": "Group 0"}], [(H, "name")]),
        ([{**GROUP, "name": None}], [(E, "name")]),
        ([{**GROUP, "type": 5}], [(E, "type")]),
        ([{**GROUP, "type": "params"}], [(W, "type")]),
        ([{**GROUP, "type": "zzz"}], [(W, "type")]),
        ([{**GROUP, "paramName": 5}], [(E, "paramName"), (W, "paramName")]),
        ([{"name": "Group 1", "type": "param"}], [(W, "paramName")]),
        ([{"name": "Group 1", "type": "endpointParam"}], [(W, "paramName")]),
        ([{"name": "Group 1", "type": "ticker"}], []),
        ([{**GROUP, "widgetIds": None}], [(E, "widgetIds")]),
        ([{**GROUP, "widgetIds": [5]}], [(E, "widgetIds", 0)]),
        ([{**GROUP, "colour": 5}], [(W, "colour")]),
    ],
    ids=repr,
)
def test_group(groups: list[Any], expected: list[Any]) -> None:
    assert check(groups=groups) == [(severity, ("groups", 0, *path)) for severity, *path in expected]


def test_groups_of_one_name() -> None:
    assert check(groups=[GROUP, GROUP]) == [(W, ("groups", 1, "name"))]


def test_widget_ids_in_some_groups_only() -> None:
    groups = [GROUP, {**GROUP, "name": "Group 2", "widgetIds": ["prices"]}]
    assert check(groups=groups) == [(E, ("groups", 0, "widgetIds"))]


@pytest.mark.parametrize(
    ("keys", "widget", "expected"),
    [
        ({"type": "param", "paramName": "period"}, "prices", []),
        ({"type": "param", "paramName": "day"}, "prices", []),
        ({"type": "param", "paramName": "period"}, "quote", []),
        ({"type": "param", "paramName": "period"}, "news", ["paramName"]),
        ({"type": "param", "paramName": "period"}, "rich_note", []),
        ({"type": "param", "paramName": "symbol"}, "prices", ["type"]),
        ({"type": "param", "paramName": "ticker"}, "quote", ["type"]),
        ({"type": "endpointParam", "paramName": "symbol"}, "prices", []),
        ({"type": "endpointParam", "paramName": "symbols"}, "prices", []),
        ({"type": "endpointParam", "paramName": "period"}, "prices", ["type"]),
        ({"type": "endpointParam", "paramName": "symbol"}, "quote", ["paramName"]),
        ({"type": "ticker"}, "quote", []),
        ({"type": "ticker"}, "prices", ["type"]),
        ({"type": "param", "paramName": "period"}, "broken", []),
    ],
    ids=repr,
)
@pytest.mark.parametrize("by_ids", [True, False], ids=["widgetIds", "layout groups"])
def test_group_matches_its_param(keys: Any, widget: str, expected: list[str], by_ids: bool) -> None:
    group = {"name": "Group 1", **keys, **({"widgetIds": [widget]} if by_ids else {})}
    placed = {**PLACED, "i": widget, **({} if by_ids else {"groups": ["Group 1"]})}
    found = check(WIDGETS, tabs=tab(placed), groups=[group])
    assert found == [(W, ("groups", 0, key)) for key in expected]
    assert check(tabs=tab(placed), groups=[group]) == []


def test_widget_ids_name_widgets() -> None:
    groups = [{**GROUP, "widgetIds": ["prices", "quotes"]}]
    faults = lint_apps([app(groups=groups)], widgets=WIDGETS)
    assert [(fault.severity, fault.path, fault.fix) for fault in faults] == [
        (W, ("groups", 0, "widgetIds", 1), "Did you mean 'quote'?")
    ]


def test_widget_ids_are_ignored_where_the_layout_has_groups() -> None:
    groups = [{**GROUP, "widgetIds": ["prices"]}, {**GROUP, "name": "Group 2", "widgetIds": []}]
    tabs = tab({**PLACED, "groups": ["Group 2"]})
    assert check(WIDGETS, tabs=tabs, groups=groups) == [(W, ("groups", 0, "widgetIds", 0))]


def test_layout_names_a_group() -> None:
    tabs = tab({**PLACED, "groups": ["Group 1", "group1", "zzz"]})
    faults = lint_apps([app(tabs=tabs, groups=[GROUP])])
    assert [(fault.severity, fault.path, fault.fix) for fault in faults] == [
        (W, (*LAYOUT, "groups", 1), "Did you mean 'Group 1'?"),
        (W, (*LAYOUT, "groups", 2), "Add the group to 'groups'."),
    ]


def test_prompts_mention_widgets() -> None:
    prompts = ["Plain @prices", "See @[id:prices] and @[id:price]", 5]
    faults = lint_apps([app(prompts=prompts)], widgets=WIDGETS)
    assert [(fault.severity, fault.path, fault.fix) for fault in faults] == [
        (E, ("prompts", 2), ""),
        (W, ("prompts", 1), "Did you mean 'prices'?"),
        (H, ("prompts", 1), "Place it, or leave the mention out."),
    ]
    assert check(WIDGETS, prompts=["See @[id:prices]"], tabs=tab(PLACED)) == []


# -- What placements and groups set -----------------------------------------------------------------------------------

SETTABLE = {
    "stock": {
        "gridData": {"w": 20, "h": 9, "minW": 12},
        "params": [
            {"paramName": "symbol", "type": "text", "options": [{"label": "A", "value": "AAPL"}, {"value": "MSFT"}]},
            {"paramName": "many", "type": "text", "multiSelect": True, "options": [{"value": "a"}, {"value": "b"}]},
            {"paramName": "level", "type": "number", "options": [{"label": "5", "value": 5}]},
            {"paramName": "limit", "type": "number"},
            {"paramName": "start", "type": "date"},
            {"paramName": "flag", "type": "boolean"},
            {"paramName": "note"},
            {"paramName": "list", "type": "endpoint", "optionsEndpoint": "/lists", "multiSelect": True},
            {"paramName": "go", "type": "button"},
        ],
    }
}


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("symbol", "MSFT", ""),
        ("symbol", "", ""),
        ("symbol", None, ""),
        ("symbol", "TSLA", "offers no 'TSLA'"),
        ("symbol", ["AAPL"], "takes one value"),
        ("many", ["a", "b"], ""),
        ("many", "b, a", ""),
        ("many", ["a", "c"], "offers no 'c'"),
        ("level", 5, ""),
        ("level", "5", ""),
        ("level", 6, "offers no 6"),
        ("limit", 10, ""),
        ("limit", "1.5", ""),
        ("limit", "ten", "is a number"),
        ("start", "2024-01-31", ""),
        ("start", "$currentDate-1M", ""),
        ("start", "$currentDate-1x", "takes this date for today"),
        ("start", "soon", "takes this date for today"),
        ("start", 5, "is a date"),
        ("flag", True, ""),
        ("flag", "false", ""),
        ("flag", "yes", "true or false"),
        ("note", "x", ""),
        ("note", {"a": 1}, "is text"),
        ("list", ["x", "y"], ""),
        ("list", "x", ""),
        ("go", True, "has no value"),
        ("symbl", "AAPL", "has no parameter 'symbl'"),
    ],
)
def test_values_that_a_placement_sets(name: str, value: Any, problem: str) -> None:
    placed = {**PLACED, "i": "stock", "state": {"params": {name: value}}}
    found = lint_apps([app(tabs=tab(placed))], widgets=SETTABLE)
    assert [(fault.severity, fault.path) for fault in found] == [(W, (*STATE, "params", name))] * bool(problem)
    assert all(problem in fault.message for fault in found)
    assert lint_apps([app(tabs=tab(placed))]) == []


@pytest.mark.parametrize(
    ("start", "expected"),
    [("MSFT", []), (None, []), ("TSLA", [(W, ("groups", 0, "defaultValue"))]), ({"symbol": "A"}, [])],
)
def test_value_that_a_group_starts_with(start: Any, expected: list[Any]) -> None:
    group = {"name": "Group 1", "type": "param", "paramName": "symbol", "defaultValue": start}
    placed = {**PLACED, "i": "stock", "groups": ["Group 1"]}
    assert check(SETTABLE, tabs=tab(placed), groups=[group]) == expected


def test_placement_and_group_that_start_differently() -> None:
    group = {"name": "Group 1", "type": "param", "paramName": "symbol", "defaultValue": "MSFT"}
    placed = {**PLACED, "i": "stock", "groups": ["Group 1"], "state": {"params": {"symbol": "AAPL"}}}
    assert check(SETTABLE, tabs=tab(placed), groups=[group]) == [(H, (*STATE, "params", "symbol"))]
    placed["state"]["params"]["symbol"] = "MSFT"
    assert check(SETTABLE, tabs=tab(placed), groups=[group]) == []


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((12, 4), []),
        ((12, 1), []),
        ((10, 4), ["Give it w=12 and h=4."]),
        ((12, 3), ["Give it w=12 and h=4."]),
    ],
)
def test_sizes_that_workspace_widens(box: tuple[int, int], expected: list[str]) -> None:
    placed = {"i": "stock", "x": 0, "y": 0, "w": box[0], "h": box[1]}
    found = lint_apps([app(tabs=tab(placed))], widgets=SETTABLE)
    assert [fault.fix for fault in found] == expected
    assert {fault.severity for fault in found} <= {H}


def test_overlap_at_the_size_workspace_draws() -> None:
    narrow = {"i": "stock", "x": 0, "y": 0, "w": 8, "h": 9}
    beside = {"i": "stock", "x": 8, "y": 0, "w": 12, "h": 9}
    found = check(SETTABLE, tabs=tab(narrow, beside))
    assert (W, ("tabs", "t", "layout", 1)) in found


def test_endpoint_groups_need_one_source_of_options() -> None:
    def widget(url: str, *more: str) -> dict[str, Any]:
        params = [{"paramName": name, "type": "endpoint", "optionsEndpoint": url} for name in ("symbol", *more)]
        return {"params": params}

    widgets = {
        "a": widget("/v1/symbols"),
        "b": widget("/v2/symbols"),
        "c": widget("/tickers"),
        "d": widget("/symbols", "other"),
        "e": {"params": [{"paramName": "symbol", "type": ["endpoint"]}, {"paramName": 5, "type": "ticker"}]},
    }
    group = {"name": "Group 1", "type": "endpointParam", "paramName": "symbol"}
    for ids, unfit in ((["a", "b"], 0), (["a", "c"], 1), (["a", "d"], 1), (["a", "e"], 0)):
        layout = [{**PLACED, "i": id, "y": 9 * row, "groups": ["Group 1"]} for row, id in enumerate(ids)]
        assert check(widgets, tabs=tab(*layout), groups=[group]) == [(W, ("groups", 0, "paramName"))] * unfit


@pytest.mark.parametrize(
    ("rule", "groups", "expected"),
    [
        ({"actionType": "groupBy", "groupBy": {"paramName": "symbol"}}, ["Group 1"], 0),
        ({"actionType": "groupBy", "groupBy": {"paramName": "symbol"}}, [], 1),
        ({"actionType": "groupBy", "groupByParamName": "symbol"}, [], 1),
        ({"actionType": "groupBy", "groupBy": None}, [], 0),
        ({"actionType": "sendToAgent"}, [], 0),
        (None, [], 0),
    ],
    ids=repr,
)
def test_clicks_that_move_nothing(rule: Any, groups: list[str], expected: int) -> None:
    columns = [{"field": "a", "renderFnParams": rule}, {"field": "b", "renderFnParams": rule}, None]
    stock = {**SETTABLE["stock"], "data": {"table": {"columnsDefs": columns}}}
    group = {"name": "Group 1", "type": "param", "paramName": "symbol"}
    placed = {**PLACED, "i": "stock", "groups": groups}
    assert check({"stock": stock}, tabs=tab(placed), groups=[group]) == [(H, LAYOUT)] * expected
