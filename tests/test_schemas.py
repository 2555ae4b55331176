"""Specs to wire objects and back: widgets, apps and agents."""

import copy
from typing import Any

import pytest

from flask_openbb.errors import ManifestError, ParamError
from flask_openbb.manifest.lint import lint_widgets
from flask_openbb.manifest.schema_columns import title
from flask_openbb.manifest.schemas import (
    dump_widget,
    load_agent,
    load_app,
    load_widget,
    widget_schema,
)
from flask_openbb.manifest.specs import Column, Grid, Param, Widget

FULL_WIDGET = Widget(
    id="prices",
    type="live_grid",
    name="Prices",
    description="Daily prices.",
    endpoint="prices",
    category="Equity",
    sub_category="Prices",
    source=["Exchange", "Vendor"],
    params=(
        Param("symbol", type="text", options=["AAPL", ("Microsoft", "MSFT")], show=True, multiple=False, value=""),
        (Param("start", type="date", value="$currentDate-1y"), Param("limit", type="number", value=0, min=0, max=9)),
    ),
    grid=Grid(20, 12, min_w=10, max_h=40),
    stale_time=5_000,
    refetch_interval=False,
    data_update_display="0 10 * * *",
    run_button=False,
    raw=True,
    exportable=False,
    show_title=False,
    disable_retrieval_for_copilot=True,
    copilot_parse_as="structured",
    input_type="text",
    storage={"mcpUrl": "http://localhost/mcp"},
    mcp_tool={"mcp_server": "s", "tool_id": "t"},
    schema_name="public",
    search_category="x",
    group_by_id="g",
    ws_endpoint="ws",
    file_endpoint="file",
    data_key="results",
    ws_row_id_column=("symbol", "venue"),
    default_symbol="AAPL",
    update_frequency=1000,
    columns=[Column("net_income", chart_data_type="series", render_fn=["greenRed"], pinned=False, decimal_places=0)],
    show_all=False,
    transpose=False,
    enable_advanced=True,
    enable_formulas=True,
    formatter_fn="int",
    chart_view={"enabled": True, "cellRangeCols": {"line": ("a", "b")}},
    extra={"newKey": 1, "data": {"other": 2, "table": {"later": 3}}, "gridData": {"static": True}},
)
FULL_WIRE = {
    "name": "Prices",
    "description": "Daily prices.",
    "type": "live_grid",
    "endpoint": "prices",
    "category": "Equity",
    "subCategory": "Prices",
    "source": ["Exchange", "Vendor"],
    "params": [
        {
            "paramName": "symbol",
            "type": "text",
            "options": [{"label": "AAPL", "value": "AAPL"}, {"label": "Microsoft", "value": "MSFT"}],
            "show": True,
            "multiple": False,
            "value": "",
        },
        [
            {"paramName": "start", "type": "date", "value": "$currentDate-1y"},
            {"paramName": "limit", "type": "number", "value": 0, "min": 0, "max": 9},
        ],
    ],
    "gridData": {"w": 20, "h": 12, "minW": 10, "maxH": 40, "static": True},
    "staleTime": 5_000,
    "refetchInterval": False,
    "dataUpdateDisplay": "0 10 * * *",
    "runButton": False,
    "raw": True,
    "exportable": False,
    "showTitle": False,
    "disableRetrievalForCopilot": True,
    "copilotParseAs": "structured",
    "inputType": "text",
    "storage": {"mcpUrl": "http://localhost/mcp"},
    "mcp_tool": {"mcp_server": "s", "tool_id": "t"},
    "schemaName": "public",
    "searchCategory": "x",
    "groupById": "g",
    "wsEndpoint": "ws",
    "fileEndpoint": "file",
    "data": {
        "dataKey": "results",
        "wsRowIdColumn": ["symbol", "venue"],
        "defaultSymbol": "AAPL",
        "updateFrequency": 1000,
        "other": 2,
        "table": {
            "showAll": False,
            "transpose": False,
            "enableAdvanced": True,
            "enableFormulas": True,
            "formatterFn": "int",
            "chartView": {"enabled": True, "cellRangeCols": {"line": ["a", "b"]}},
            "columnsDefs": [
                {
                    "field": "net_income",
                    "headerName": "Net Income",
                    "chartDataType": "series",
                    "decimalPlaces": 0,
                    "renderFn": ["greenRed"],
                    "pinned": False,
                }
            ],
            "later": 3,
        },
    },
    "newKey": 1,
}


def test_dump_every_widget_field() -> None:
    assert dump_widget(FULL_WIDGET) == FULL_WIRE


def test_what_is_dumped_is_accepted() -> None:
    assert [fault for fault in lint_widgets({"prices": FULL_WIRE}) if fault.severity == "error"] == []


def test_load_reverses_dump_and_changes_nothing() -> None:
    wire = copy.deepcopy(FULL_WIRE)
    loaded = load_widget("prices", wire)
    assert wire == FULL_WIRE
    assert dump_widget(loaded) == FULL_WIRE
    assert loaded.grid == Grid(20, 12, min_w=10, max_h=40)
    assert loaded.ws_row_id_column == ("symbol", "venue")
    assert loaded.extra == {"newKey": 1, "data": {"other": 2, "table": {"later": 3}}, "gridData": {"static": True}}
    assert loaded.params is not None
    assert isinstance(loaded.params[1], tuple)
    assert [param.name for param in loaded.params[1]] == ["start", "limit"]


def test_dump_minimal_widget() -> None:
    widget = Widget(id="w", name="W", description="", endpoint="w")
    assert dump_widget(widget) == {"name": "W", "description": "", "type": "table", "endpoint": "w"}


def test_dump_several() -> None:
    widget = Widget(id="w", name="W", description="", endpoint="w")
    assert widget_schema().dump([widget, widget], many=True) == [dump_widget(widget)] * 2


def test_dump_shares_nothing_with_the_spec() -> None:
    dumped = dump_widget(FULL_WIDGET)
    dumped["data"]["table"]["chartView"]["enabled"] = "changed"
    dumped["storage"]["mcpUrl"] = "changed"
    dumped["data"]["other"] = "changed"
    assert dump_widget(FULL_WIDGET) == FULL_WIRE


@pytest.mark.parametrize(
    ("options", "wire"),
    [
        (["a", 1, True], [{"label": "a", "value": "a"}, {"label": "1", "value": 1}, {"label": "True", "value": True}]),
        ([("One", 1), ["Two", 2]], [{"label": "One", "value": 1}, {"label": "Two", "value": 2}]),
        ({"One": 1, "Two": "2"}, [{"label": "One", "value": 1}, {"label": "Two", "value": "2"}]),
        ([{"label": "L", "value": "v", "extraInfo": {}}], [{"label": "L", "value": "v", "extraInfo": {}}]),
        ([], []),
    ],
    ids=["scalars", "pairs", "mapping", "wire", "none"],
)
def test_options_become_wire_options(options: Any, wire: list[Any]) -> None:
    widget = Widget(id="w", params=(Param("p", type="text", options=options),))
    assert dump_widget(widget)["params"] == [{"paramName": "p", "type": "text", "options": wire}]


def test_options_url_makes_an_endpoint_param() -> None:
    url = {"paramName": "p", "type": "endpoint", "optionsEndpoint": "symbols", "optionsParams": {"x": "$y"}}
    param = Param("p", options="symbols", options_params={"x": "$y"})
    dumped = dump_widget(Widget(id="w", name="", description="", endpoint="w", params=(param,)))
    assert dumped["params"] == [url]
    assert load_widget("w", dumped).params == (
        Param("p", type="endpoint", options="symbols", options_params={"x": "$y"}),
    )


def test_static_options_beside_an_options_url_both_survive() -> None:
    param = {"paramName": "p", "type": "endpoint", "optionsEndpoint": "u", "options": [{"label": "a", "value": "a"}]}
    loaded = load_widget("w", {"name": "", "description": "", "endpoint": "w", "params": [param]})
    assert loaded.params == (
        Param("p", type="endpoint", options=({"label": "a", "value": "a"},), extra={"optionsEndpoint": "u"}),
    )
    assert dump_widget(loaded)["params"] == [param]


def test_options_view_has_to_be_resolved_first() -> None:
    def symbols() -> list[str]:
        return []

    with pytest.raises(ParamError, match="The options of parameter 'p' are still the view"):
        dump_widget(Widget(id="w", params=(Param("p", options=symbols),)))


def test_form_and_its_inputs() -> None:
    form = Param(type="form", endpoint="save", method="PUT", input_params=[Param("note", type="text", options=["a"])])
    wire = {
        "type": "form",
        "endpoint": "save",
        "method": "PUT",
        "inputParams": [{"paramName": "note", "type": "text", "options": [{"label": "a", "value": "a"}]}],
    }
    dumped = dump_widget(Widget(id="w", name="", description="", endpoint="w", params=(form,)))
    assert dumped["params"] == [wire]
    assert dump_widget(load_widget("w", dumped)) == dumped


@pytest.mark.parametrize(
    ("field", "heading"),
    [
        ("net_income", "Net Income"),
        ("netIncome", "Net Income"),
        ("EPS", "EPS"),
        ("a.b-c", "A B C"),
        ("", ""),
        ("_x", "X"),
        ("change_1d", "Change 1d"),
    ],
)
def test_heading_from_field(field: str, heading: str) -> None:
    assert title(field) == heading
    (column,) = dump_widget(Widget(id="w", columns=[Column(field)]))["data"]["table"]["columnsDefs"]
    assert column == {"field": field, "headerName": heading}


@pytest.mark.parametrize(
    ("sparkline", "wire"),
    [
        ({"type": "line"}, {"type": "line"}),
        ({"type": "line", "options": {}}, {"type": "line", "options": {"customFormatter": ""}}),
        ({"type": "bar", "options": {"customFormatter": "f"}}, {"type": "bar", "options": {"customFormatter": "f"}}),
    ],
    ids=["no options", "without", "with"],
)
def test_sparkline_gets_the_formatter_the_client_insists_on(sparkline: Any, wire: Any) -> None:
    columns = dump_widget(Widget(id="w", columns=[Column("x", sparkline=sparkline)]))["data"]["table"]["columnsDefs"]
    assert columns == [{"field": "x", "headerName": "X", "sparkline": wire}]


@pytest.mark.parametrize("render_fn", ["greenRed,columnColor", ["greenRed", "columnColor"]], ids=["string", "list"])
def test_render_fn_stays_as_written(render_fn: Any) -> None:
    dumped = dump_widget(
        Widget(id="w", name="", description="", endpoint="", columns=[Column("x", render_fn=render_fn)])
    )
    assert dumped["data"]["table"]["columnsDefs"][0]["renderFn"] == render_fn
    assert dump_widget(load_widget("w", dumped)) == dumped


def test_extra_has_the_last_word() -> None:
    widget = Widget(id="w", name="W", data_key="a", extra={"name": "V", "data": {"dataKey": "b"}})
    assert dump_widget(widget) == {"name": "V", "type": "table", "data": {"dataKey": "b"}}


def test_load_keeps_an_old_type_name() -> None:
    wire = {"name": "", "description": "", "endpoint": "w", "defaultViz": "chart", "gridData": {"w": 1, "h": 2}}
    loaded = load_widget("w", wire)
    assert (loaded.type, loaded.extra, loaded.grid) == ("chart", {"defaultViz": "chart"}, Grid(1, 2))


def test_load_takes_null_for_not_given_and_ignores_params_that_are_no_list() -> None:
    wire = {"name": "", "description": "", "endpoint": "w", "refetchInterval": None, "params": {"a": 1}}
    assert load_widget("w", wire) == Widget(id="w", name="", description="", endpoint="w", params=())


@pytest.mark.parametrize("data", [{}, {"table": {}}, {"own": {}}, {"table": {"own": 1}}], ids=repr)
def test_load_keeps_what_is_empty_or_unknown_in_data(data: Any) -> None:
    wire = {"name": "", "description": "", "type": "table", "endpoint": "w", "data": data}
    assert dump_widget(load_widget("w", wire)) == wire


def test_load_keeps_values_as_written() -> None:
    params = [
        {"paramName": "a", "type": "text", "value": 5},
        {"paramName": "b", "type": "number", "value": "5", "label": None, "show": "yes", "options": None},
        {"paramName": "c", "type": "boolean", "value": False, "options": "", "language": "cobol"},
        [{"paramName": "d", "value": 5}],
    ]
    loaded = load_widget("w", {"name": "", "description": "", "endpoint": "", "params": params}).params
    assert loaded is not None
    assert loaded[0] == Param("a", type="text", value=5)
    assert loaded[1] == Param("b", type="number", value="5", show="yes")  # type: ignore[arg-type]
    assert loaded[2] == Param("c", type="boolean", value=False, options="", language="cobol")
    assert loaded[3] == (Param("d", value=5),)


def test_load_falsy_render_params_and_color_rules() -> None:
    rules = [{"condition": "between", "range": {"min": 1, "max": 2}, "color": "red"}]
    columns = [
        {"field": "a", "headerName": "A", "renderFnParams": False},
        {"field": "b", "headerName": "B", "renderFnParams": {"colorRules": rules, "own": 1}},
    ]
    wire = {"name": "", "description": "", "endpoint": "", "data": {"table": {"columnsDefs": columns}}}
    loaded = load_widget("w", wire).columns
    assert loaded == (
        Column("a", header_name="A"),
        Column("b", header_name="B", render_fn_params={"colorRules": rules, "own": 1}),
    )


def test_load_widget_reports_every_fault() -> None:
    with pytest.raises(ManifestError) as caught:
        load_widget("w", {"name": 5, "endpoint": None, "params": [{"type": "text"}], "stale": 1})
    assert [(fault.widget, fault.path, fault.document) for fault in caught.value.faults] == [
        ("w", ("description",), "widgets.json"),
        ("w", ("name",), "widgets.json"),
        ("w", ("endpoint",), "widgets.json"),
        ("w", ("params", 0, "paramName"), "widgets.json"),
    ]


@pytest.mark.parametrize(
    ("load", "document"),
    [
        (lambda wire: load_widget("w", wire), "widgets.json"),
        (load_app, "apps.json"),
        (lambda wire: load_agent("a", wire), "agents.json"),
    ],
    ids=["widget", "app", "agent"],
)
def test_load_refuses_what_is_no_object(load: Any, document: str) -> None:
    with pytest.raises(ManifestError, match="This has to be an object") as caught:
        load([])
    assert caught.value.faults[0].document == document
