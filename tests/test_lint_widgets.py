"""The check of one widget: every key outside params and columns, and near misses of them."""

from typing import Any

import pytest

from flask_openbb.errors import Fault
from flask_openbb.manifest.lint import lint_widgets

E, W, H = "error", "warning", "hint"
BARE = {"name": "W", "description": "A widget.", "endpoint": "w"}


def said(faults: list[Fault]) -> list[tuple[str, tuple[str | int, ...]]]:
    """What was said and where, in the order reported."""
    return [(fault.severity, fault.path) for fault in faults]


def check(**keys: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    """Check one widget of these keys and the required ones."""
    return said(lint_widgets({"w": {**BARE, **keys}}))


# -- Every key of a widget -----------------------------------------------------------------------


@pytest.mark.parametrize("key", ["name", "description", "endpoint"])
def test_required_keys(key: str) -> None:
    assert said(lint_widgets({"w": {name: value for name, value in BARE.items() if name != key}})) == [(E, (key,))]
    assert check(**{key: None}) == [(E, (key,))]
    assert check(**{key: 5}) == [(E, (key,))]


NO_TEXT = [None, 5, True, [], {}]
NO_FLAG = [None, 0, "true", [], {}]
NO_OBJECT = [None, 0, "x", [], True]
VALUES: list[tuple[str, list[Any], list[Any]]] = [
    ("category", ["", "x"], NO_TEXT),
    ("subCategory", ["x"], NO_TEXT),
    ("schemaName", ["x"], NO_TEXT),
    ("inputType", ["x"], NO_TEXT),
    ("wsEndpoint", ["x"], NO_TEXT),
    ("fileEndpoint", ["x"], NO_TEXT),
    ("groupById", ["x", None], [5, True, [], {}]),
    ("source", ["x", ["x", "y"], []], [None, 5, [5], ["x", None], {}]),
    ("runButton", [True, False], NO_FLAG),
    ("raw", [True, False], NO_FLAG),
    ("exportable", [True, False], NO_FLAG),
    ("disableRetrievalForCopilot", [True, False], NO_FLAG),
    ("showTitle", [True, False, None], [0, "true", [], {}]),
    ("copilotParseAs", ["structured", "unstructured"], [None, "json", 1]),
    ("dataUpdateDisplay", ["0 10 * * *"], [None, "", "  ", 5, True]),
    ("staleTime", [1000, 1e9], [None, 0, 999, False, True, "1000", float("inf"), float("nan")]),
    ("refetchInterval", [1000, 60_000.5, False, None, "0 10 * * *"], [0, 999, True, "", "  ", [], {}, float("inf")]),
    ("storage", [{}, {"mcpUrl": "http://localhost:7769/mcp", "own": 1}], NO_OBJECT),
    ("gridData", [{"w": 12, "h": 4}, {"w": 12.5, "h": 4, "x": 1, "minW": 8, "maxH": 9}], NO_OBJECT),
    ("data", [{}, {"own": 1}], NO_OBJECT),
    ("mcp_tool", [{"mcp_server": "s", "tool_id": "t"}, None], []),
    ("params", [[], None, [[]]], []),
]
"""Key, accepted values, refused values."""
GOOD = [(key, value) for key, accepted, _ in VALUES for value in accepted]
BAD = [(key, value) for key, _, refused in VALUES for value in refused]


@pytest.mark.parametrize(("key", "value"), GOOD, ids=lambda part: repr(part))
def test_accepted_value(key: str, value: Any) -> None:
    assert check(**{key: value}) == []


@pytest.mark.parametrize(("key", "value"), BAD, ids=lambda part: repr(part))
def test_refused_value(key: str, value: Any) -> None:
    assert check(**{key: value}) == [(E, (key,))]


TYPES = [
    "chart",
    "chart-highcharts",
    "chart-vegalite",
    "file_viewer",
    "iframe",
    "markdown",
    "metric",
    "newsfeed",
    "note",
    "rich_note",
    "table",
    "youtube",
    "@scope/package/name",
    "@a-b/c-d/e-1",
]


@pytest.mark.parametrize("kind", [*TYPES, None])
def test_known_type(kind: str | None) -> None:
    assert check(type=kind) == []


@pytest.mark.parametrize(
    ("kind", "fix"),
    [
        ("table_ssrm", "Did you mean 'ssrm_table'?"),
        ("advanced-chart", "Did you mean 'advanced_charting'?"),
        ("live_feed", "Did you mean 'live_grid'?"),
        ("Markdown", "Did you mean 'markdown'?"),
        ("custom", ""),
        ("@Scope/package/name", ""),
        ("@scope/name", ""),
        (5, ""),
        ([], ""),
    ],
    ids=repr,
)
def test_unknown_type(kind: Any, fix: str) -> None:
    (fault,) = lint_widgets({"w": {**BARE, "type": kind}})
    assert (fault.severity, fault.path, fault.fix) == (E, ("type",), fix)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        # The client puts its own staleTime where nothing is refetched, so null passes; a small one breaks it later.
        ({"refetchInterval": False, "staleTime": None}, []),
        ({"runButton": True, "staleTime": None}, []),
        ({"runButton": True, "refetchInterval": 1000, "staleTime": None}, [(E, ("staleTime",))]),
        ({"refetchInterval": False, "staleTime": 5}, [(E, ("staleTime",))]),
        ({"refetchInterval": False, "staleTime": False}, [(E, ("staleTime",))]),
        ({"runButton": True, "refetchInterval": 0}, [(E, ("refetchInterval",))]),
        ({"gridData": {"w": 12}}, [(E, ("gridData", "h"))]),
        ({"gridData": {"w": "12", "h": None}}, [(E, ("gridData", "w")), (E, ("gridData", "h"))]),
        ({"gridData": {"w": 12, "h": 9, "minW": "8"}}, [(W, ("gridData", "minW"))]),
        ({"gridData": {"w": 12, "h": 9, "width": 8}}, [(W, ("gridData", "width"))]),
        ({"mcp_tool": {"mcp_server": 5}}, [(W, ("mcp_tool", "tool_id")), (W, ("mcp_tool", "mcp_server"))]),
        ({"mcp_tool": "x"}, [(W, ("mcp_tool",))]),
        ({"storage": {"mcpUrl": 5}}, [(W, ("storage", "mcpUrl"))]),
        ({"params": {"a": 1}}, [(W, ("params",))]),
        ({"params": ["x", None, {}]}, [(E, ("params", 0)), (E, ("params", 1)), (E, ("params", 2, "paramName"))]),
        ({"params": [["x", {"paramName": "a", "show": True}]]}, [(E, ("params", 0, 0)), (H, ("params",))]),
    ],
    ids=repr,
)
def test_widget_keys_that_depend(keys: dict[str, Any], expected: list[Any]) -> None:
    assert check(**keys) == expected


@pytest.mark.parametrize(
    ("key", "severity", "fix"),
    [
        ("refecthInterval", W, "Did you mean 'refetchInterval'?"),
        ("refetch_interval", W, "Did you mean 'refetchInterval'?"),
        ("subcategory", W, "Did you mean 'subCategory'?"),
        ("sub_category", W, "Use 'subCategory'."),
        ("defaultViz", W, "Use 'type'."),
        ("widgetType", W, "Use 'type'."),
        ("griddata", W, "Did you mean 'gridData'?"),
        ("unheard_of", W, "Remove it, or check the spelling."),
        ("searchCategory", H, "Use 'category'."),
        ("columns", E, "Put the columns at data.table.columnsDefs."),
        ("columnDefs", E, "Put the columns at data.table.columnsDefs."),
        ("columnsDefs", E, "Put the columns at data.table.columnsDefs."),
    ],
)
def test_top_level_key_nobody_reads(key: str, severity: str, fix: str) -> None:
    (fault,) = lint_widgets({"w": {**BARE, key: "chart"}})
    assert (fault.severity, fault.path, fault.value, fault.fix) == (severity, (key,), "chart", fix)


@pytest.mark.parametrize("key", ["widgetType", "defaultViz", "widgetId"])
def test_old_keys_are_checked_too(key: str) -> None:
    assert (E, (key,)) in check(**{key: 5})


def test_missing_key_that_was_misspelt() -> None:
    faults = lint_widgets({"w": {"name": "W", "descripton": "x", "endpoint": "w"}})
    assert [(fault.path, fault.fix) for fault in faults] == [
        (("description",), "Is it meant by 'descripton'?"),
        (("descripton",), "Did you mean 'description'?"),
    ]


@pytest.mark.parametrize(("written", "severity"), [("w", H), ("other", W)])
def test_widget_id_in_the_widget(written: str, severity: str) -> None:
    assert check(widgetId=written) == [(severity, ("widgetId",))]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((10, 4), []),
        ((40, 100), []),
        ((9, 4), ["w"]),
        ((41, 4), ["w"]),
        ((10, 3), ["h"]),
        ((50, 101), ["w", "h"]),
    ],
)
def test_size_outside_the_documented_range(size: tuple[int, int], expected: list[str]) -> None:
    assert check(gridData={"w": size[0], "h": size[1]}) == [(H, ("gridData", key)) for key in expected]


# -- data, data.table and chartView -----------------------------------------------------------------------------------

DATA: list[tuple[Any, list[Any]]] = [
    ({"dataKey": "results", "wsRowIdColumn": "a", "wsRowIdColumns": ["a"], "updateFrequency": 5}, []),
    ({"wsRowIdColumn": ["a", "b"]}, []),
    ({"dataKey": None}, [(E, "dataKey")]),
    ({"dataKey": "a.b"}, [(H, "dataKey")]),
    ({"dataKey": "a[0]"}, [(H, "dataKey")]),
    ({"wsRowIdColumn": [5]}, [(E, "wsRowIdColumn")]),
    ({"wsRowIdColumns": "a"}, [(E, "wsRowIdColumns")]),
    ({"wsRowIdColumns": [5]}, [(E, "wsRowIdColumns", 0)]),
    ({"defaultSymbol": 5, "updateFrequency": "x"}, [(W, "defaultSymbol"), (W, "updateFrequency")]),
    ({"datakey": "x"}, [(W, "datakey")]),
    ({"columnsDefs": []}, [(E, "columnsDefs")]),
    ({"columnDefs": []}, [(E, "columnDefs")]),
    ({"columns": []}, [(E, "columns")]),
    ({"table": None}, [(E, "table")]),
    ({"table": []}, [(E, "table")]),
    ({"table": {"showAll": True, "transpose": True, "enableAdvanced": False, "enableFormulas": True}}, []),
    ({"table": {"formatterFn": None, "columnState": {}, "filterModel": {"a": 1}}}, []),
    ({"table": {"showAll": None}}, [(E, "table", "showAll")]),
    ({"table": {"transpose": None}}, [(E, "table", "transpose")]),
    ({"table": {"enableAdvanced": 1}}, [(E, "table", "enableAdvanced")]),
    ({"table": {"enableFormulas": "yes"}}, [(E, "table", "enableFormulas")]),
    ({"table": {"formatterFn": "currency"}}, [(E, "table", "formatterFn")]),
    ({"table": {"columnState": []}}, [(E, "table", "columnState")]),
    ({"table": {"filterModel": "x"}}, [(E, "table", "filterModel")]),
    ({"table": {"period": ["annual"]}}, [(W, "table", "period")]),
    ({"table": {"period": 5}}, [(E, "table", "period"), (W, "table", "period")]),
    ({"table": {"enableCharts": True}}, [(W, "table", "enableCharts")]),
    ({"table": {"index": "x"}}, [(W, "table", "index")]),
    ({"table": {"columns": []}}, [(E, "table", "columns")]),
    ({"table": {"columnDefs": []}}, [(E, "table", "columnDefs")]),
    ({"table": {"columnsDefs": {}}}, [(E, "table", "columnsDefs")]),
    ({"table": {"columnsDefs": [None]}}, [(E, "table", "columnsDefs", 0)]),
    ({"table": {"chartView": None}}, [(E, "table", "chartView")]),
    ({"table": {"chartView": {"enabled": 1}}}, [(E, "table", "chartView", "enabled")]),
    ({"table": {"chartView": {"chartType": "columns"}}}, [(E, "table", "chartView", "chartType")]),
    ({"table": {"chartView": {"chartType": None}}}, [(E, "table", "chartView", "chartType")]),
    ({"table": {"chartView": {"ignoreCellRange": 1}}}, [(E, "table", "chartView", "ignoreCellRange")]),
    ({"table": {"chartView": {"chartSettingsOpen": 1}}}, [(E, "table", "chartView", "chartSettingsOpen")]),
    ({"table": {"chartView": {"xLabel": 1}}}, [(E, "table", "chartView", "xLabel")]),
    ({"table": {"chartView": {"yLabel": 1}}}, [(E, "table", "chartView", "yLabel")]),
    ({"table": {"chartView": {"cellRangeCols": {"line": ["a"], "bar": None}}}}, []),
    ({"table": {"chartView": {"cellRangeCols": []}}}, [(E, "table", "chartView", "cellRangeCols")]),
    (
        {"table": {"chartView": {"cellRangeCols": {"lines": ["a"]}}}},
        [(E, "table", "chartView", "cellRangeCols", "lines")],
    ),
    ({"table": {"chartView": {"cellRangeCols": {"line": "a"}}}}, [(E, "table", "chartView", "cellRangeCols", "line")]),
    (
        {"table": {"chartView": {"cellRangeCols": {"line": [5]}}}},
        [(E, "table", "chartView", "cellRangeCols", "line", 0)],
    ),
    ({"table": {"chartView": {"chartNavigatorEnabled": True, "chartMiniChartEnabled": True}}}, []),
    ({"table": {"chartView": {"chartNavigatorEnabled": 1}}}, [(W, "table", "chartView", "chartNavigatorEnabled")]),
    ({"table": {"chartView": {"legend": True}}}, [(W, "table", "chartView", "legend")]),
]


@pytest.mark.parametrize(("data", "expected"), DATA, ids=[repr(data) for data, _ in DATA])
def test_data(data: Any, expected: list[Any]) -> None:
    assert check(data=data) == [(severity, ("data", *path)) for severity, *path in expected]


CHART_TYPES = [
    "column",
    "groupedColumn",
    "stackedColumn",
    "normalizedColumn",
    "bar",
    "groupedBar",
    "stackedBar",
    "normalizedBar",
    "line",
    "scatter",
    "bubble",
    "pie",
    "donut",
    "doughnut",
    "area",
    "stackedArea",
    "normalizedArea",
    "histogram",
    "radarLine",
    "radarArea",
    "nightingale",
    "radialColumn",
    "radialBar",
    "sunburst",
    "rangeBar",
    "rangeArea",
    "boxPlot",
    "treemap",
    "heatmap",
    "waterfall",
    "columnLineCombo",
    "areaColumnCombo",
    "customCombo",
    "stackedLine",
    "normalizedLine",
    "funnel",
    "coneFunnel",
    "pyramid",
]


@pytest.mark.parametrize("chart", CHART_TYPES)
def test_chart_type(chart: str) -> None:
    assert check(data={"table": {"chartView": {"chartType": chart, "cellRangeCols": {chart: []}}}}) == []
