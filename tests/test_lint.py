"""The check of whole manifests: documents, every widget key, what crosses widgets, agents, and junk."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb.errors import Fault
from flask_openbb.manifest.lint import lint_agents, lint_apps, lint_widgets

E, W, H = "error", "warning", "hint"
BARE = {"name": "W", "description": "A widget.", "endpoint": "w"}


def said(faults: list[Fault]) -> list[tuple[str, tuple[str | int, ...]]]:
    """What was said and where, in the order reported."""
    return [(fault.severity, fault.path) for fault in faults]


def check(**keys: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    """Check one widget of these keys and the required ones."""
    return said(lint_widgets({"w": {**BARE, **keys}}))


def test_nothing_to_say() -> None:
    assert lint_widgets({}) == []
    assert lint_widgets({"w": BARE, "v": {**BARE, "name": "V"}}) == []
    assert lint_apps([]) == lint_apps({}) == lint_agents({}) == lint_agents([]) == []


# -- The document --------------------------------------------------------------------------------


@pytest.mark.parametrize("manifest", [[], [BARE], None, 5, "x", True], ids=repr)
def test_manifest_is_no_object(manifest: Any) -> None:
    (fault,) = lint_widgets(manifest)
    assert (fault.severity, fault.widget, fault.path, fault.document) == (E, None, (), "widgets.json")


def test_manifest_is_one_bare_widget() -> None:
    (fault,) = lint_widgets(BARE)
    assert (fault.severity, fault.message) == (
        E,
        "This is one widget; widgets.json is an object of widgets, keyed by their ids.",
    )


@pytest.mark.parametrize("widget", [None, [], "x", 5, True], ids=repr)
def test_widget_is_no_object(widget: Any) -> None:
    (fault,) = lint_widgets({"w": widget, "v": BARE})
    assert (fault.severity, fault.widget, fault.path, fault.value) == (E, "w", (), widget)


def test_a_fault_tells_everything() -> None:
    faults = lint_widgets({"w": {**BARE, "type": "tabel"}}, locations={"w": "app.py:7"})
    (fault,) = faults
    assert (fault.document, fault.widget, fault.path, fault.value) == ("widgets.json", "w", ("type",), "tabel")
    assert fault.allowed[:2] == ("table", "chart")
    assert fault.fix == "Did you mean 'table'?"
    assert str(fault).startswith("error: widgets.json 'w' type: Workspace has no such widget type. Found 'tabel'. Allo")
    assert str(fault).endswith("Did you mean 'table'? (app.py:7)")


def test_errors_come_first_then_the_order_of_the_manifest() -> None:
    faults = lint_widgets({"a": {**BARE, "foo": 1, "raw": 1}, "b": {**BARE, "name": "B", "bar": 1, "raw": 1}})
    assert [(fault.severity, fault.widget, fault.path) for fault in faults] == [
        (E, "a", ("raw",)),
        (E, "b", ("raw",)),
        (W, "a", ("foo",)),
        (W, "b", ("bar",)),
    ]


# -- agents.json ------------------------------------------------------------------------------------------------------

AGENT = {"name": "A", "description": "d", "endpoints": {"query": "/query"}, "features": {"streaming": True}}
OWN = ("features", "own")
SELECT = {"label": "Model", "type": "select", "options": [{"label": "A", "value": "a"}]}


@pytest.mark.parametrize(
    ("agents", "expected"),
    [
        ({"a": AGENT}, []),
        ({"a": {**AGENT, "image": "i.png", "id": "a"}}, []),
        ({"a": {**AGENT, "image": None}}, [(E, "a", ("image",))]),
        ({"a": {**AGENT, "features": {"own": {"label": "Own", "type": "toggle"}}}}, []),
        ({"a": {**AGENT, "features": {"own": {"type": "toggle"}}}}, [(E, "a", (*OWN, "label"))]),
        ({"a": {**AGENT, "features": {"own": {"label": "O", "type": "t"}}}}, [(E, "a", (*OWN, "type"))]),
        (
            {"a": {**AGENT, "features": {"own": {"label": "O", "default": 1}}}},
            [(E, "a", (*OWN, "default"))],
        ),
        ({"a": {**AGENT, "features": {"own": True}}}, [(W, "a", ("features", "own"))]),
        ({"a": {**AGENT, "features": {"m": {**SELECT, "default": "a"}}}}, []),
        ({"a": {**AGENT, "features": {"m": {**SELECT, "default": "b"}}}}, [(W, "a", ("features", "m", "default"))]),
        ({"a": {**AGENT, "features": {"m": {**SELECT, "options": []}}}}, [(W, "a", ("features", "m", "options"))]),
        (
            {"a": {**AGENT, "features": {"m": {**SELECT, "options": [{"label": "A"}, 5]}}}},
            [(E, "a", ("features", "m", "options", 0, "value")), (E, "a", ("features", "m", "options", 1))],
        ),
        ({"a": {**AGENT, "models": [{"id": "m", "name": "M"}], "link": "https://example.com"}}, []),
        ({"a": {**AGENT, "models": [{"id": "m"}]}}, [(E, "a", ("models", 0, "name"))]),
        ({"a": {**AGENT, "hasStreaming": True}}, [(W, "a", ("hasStreaming",))]),
        (None, [(E, None, ())]),
        ("x", [(E, None, ())]),
        (AGENT, [(E, None, ())]),
        ({"a": None}, [(E, "a", ())]),
        (
            {"a": {}},
            [(E, "a", ("name",)), (E, "a", ("description",)), (E, "a", ("endpoints",)), (E, "a", ("features",))],
        ),
        ({"a": {**AGENT, "name": ""}}, [(E, "a", ("name",))]),
        ({"a": {**AGENT, "endpoints": {}}}, [(E, "a", ("endpoints", "query"))]),
        ({"a": {**AGENT, "endpoints": "/query"}}, [(E, "a", ("endpoints",))]),
        ({"a": {**AGENT, "features": []}}, [(E, "a", ("features",))]),
        ({"a": {**AGENT, "features": {"streaming": "yes"}}}, [(E, "a", ("features", "streaming"))]),
        ({"a": {**AGENT, "features": {"streming": True}}}, [(W, "a", ("features", "streming"))]),
        ({"a": {**AGENT, "query": "/q"}}, [(W, "a", ("query",))]),
        ([{"id": "a", "name": "A"}], []),
        ([{**AGENT, "id": "a"}], []),
        ([None], [(E, "#0", ())]),
        ([{"name": "A"}], [(E, "#0", ("id",))]),
        ([{"id": "a", "name": 5}], [(E, "a", ("name",))]),
        ([{"id": 5, "name": "A"}], [(E, "#0", ("id",))]),
        ([{"id": "a", "name": "A", "endpoints": {}}], [(E, "a", ("endpoints", "query"))]),
    ],
    ids=repr,
)
def test_agents(agents: Any, expected: list[Any]) -> None:
    faults = lint_agents(agents)
    assert [(fault.severity, fault.widget, fault.path) for fault in faults] == expected
    assert all(fault.document == "agents.json" for fault in faults)


# -- Everything at once, and anything at all --------------------------------------------------------------------------


def test_forty_faults_of_different_kinds_in_one_manifest() -> None:
    column = {"field": "a", "headerName": "A"}
    columns = [
        {"headerName": "A"},
        {"field": "a"},
        {**column, "chartDataType": "serie"},
        {**column, "cellDataType": "string"},
        {**column, "formatterFn": "currency"},
        {**column, "decimalPlaces": 7},
        {**column, "renderFn": "greenred"},
        {**column, "renderFnParams": {"actionType": "openUrl"}},
        {
            **column,
            "renderFn": "columnColor",
            "renderFnParams": {"colorRules": [{"condition": "eq", "value": 1, "color": "yellow"}]},
        },
        {**column, "sparkline": {"type": "line", "options": {}}},
        {**column, "sparkline": {"type": "pie"}},
        {**column, "pinned": "top"},
        {**column, "align": "middle"},
        {**column, "width": "100"},
        {**column, "cellDataType": "text"},
        {**column, "filter": True},
    ]
    params: list[Any] = [
        {"name": "x", "show": True},
        {"paramName": "a", "type": "string", "show": True},
        {"paramName": "b", "type": "number", "value": "ten", "show": True},
        {"paramName": "c", "type": "date", "multiple": True, "show": True},
        {"paramName": "d", "type": "endpoint", "show": True},
        {"paramName": "e", "type": "text", "language": "cobol", "show": True},
        {"paramName": "f", "type": "text", "style": {"popupWidth": 50}, "show": True},
        {"paramName": "g", "type": "text", "options": [{"value": "x"}], "show": True},
        {"paramName": "g", "type": "text", "options": [{"label": "x", "value": ""}], "show": True},
        {"paramName": "h", "type": "date", "value": "yesterday", "show": True},
        {"type": "form", "method": "GET", "endpoint": "w", "show": True},
    ]
    manifest = {
        "a": {"name": 1, "endpoint": "http_stats", "type": "tabel", "columns": [], "refecthInterval": 5},
        "b": {**BARE, "staleTime": False, "refetchInterval": 10, "runButton": "yes", "gridData": {"w": 5}, "source": 5},
        "c": {**BARE, "data": {"table": {"columnsDefs": columns, "index": 1, "chartView": {"chartType": "pies"}}}},
        "d": {**BARE, "endpoint": "x/{y}/", "params": params, "widgetId": "d"},
        "e": None,
        "f": {**BARE, "type": "advanced_charting"},
    }
    faults = lint_widgets(manifest)
    assert len({(fault.widget, fault.path, fault.message) for fault in faults}) == len(faults)
    kinds = {(fault.message, fault.path[-1:]) for fault in faults}
    assert len(kinds) >= 40
    assert {fault.widget for fault in faults} == {"a", "b", "c", "d", "e", "f", None}
    assert [fault.severity for fault in faults] == sorted(
        (fault.severity for fault in faults), key=("error", "warning", "hint").index
    )


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2000, 2000), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=10,
)
WIDGET_KEYS = st.sampled_from(
    [
        "name",
        "description",
        "endpoint",
        "type",
        "defaultViz",
        "gridData",
        "params",
        "data",
        "storage",
        "mcp_tool",
        "staleTime",
        "refetchInterval",
        "runButton",
        "widgetId",
        "searchCategory",
        "columns",
        "source",
        "wsEndpoint",
    ]
)
NESTED_KEYS = st.sampled_from(
    [
        "paramName",
        "type",
        "value",
        "options",
        "optionsEndpoint",
        "optionsParams",
        "roles",
        "role",
        "inputParams",
        "show",
        "label",
        "table",
        "columnsDefs",
        "field",
        "renderFn",
        "renderFnParams",
        "actionType",
        "groupBy",
        "groupByParamName",
        "colorRules",
        "condition",
        "hoverCard",
        "sparkline",
        "chartView",
        "cellRangeCols",
        "dataKey",
        "w",
        "h",
        "tabs",
        "groups",
        "layout",
        "widgetIds",
        "prompts",
        "i",
        "x",
        "y",
        "id",
        "name",
    ]
)
VALUES_LIKE = JSON | st.sampled_from(
    [
        "endpoint",
        "form",
        "text",
        "date",
        "number",
        "boolean",
        "tabs",
        "groupBy",
        "between",
        "fileSelector",
        "param",
        "note",
    ]
)
NESTED = st.recursive(
    VALUES_LIKE,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NESTED_KEYS, inner, max_size=5)),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        JSON,
        NESTED,
        st.dictionaries(st.text(max_size=3), st.dictionaries(WIDGET_KEYS, NESTED, max_size=6), max_size=2),
        st.lists(st.dictionaries(NESTED_KEYS, NESTED, max_size=6), max_size=2),
    )
)
def test_junk_never_raises_and_is_never_changed(junk: Any) -> None:
    before = copy.deepcopy(junk)
    lint_widgets(junk, endpoints=["a"])
    lint_apps(junk, widgets=junk if isinstance(junk, dict) else None)
    lint_agents(junk)
    assert repr(junk) == repr(before)


def test_deep_json_is_no_trouble() -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    assert check(storage={"x": deep}) == []
    assert check(unheard=deep) == [(W, ("unheard",))]
