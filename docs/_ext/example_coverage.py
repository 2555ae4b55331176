"""What of Workspace's format the example shows: every key and every choice, and the widgets that have it.

The names come from the package's own schemas and kinds, the widgets from the manifests that the example serves, so
neither can be forgotten or made up. ``tables.py`` prints it, ``tests/test_coverage_table.py`` finds gaps in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from marshmallow import Schema

import example_app
from flask_openbb.manifest import (
    app_params,
    render,
    schema_agents,
    schema_apps,
    schema_columns,
    schema_params,
    schema_widgets,
)
from flask_openbb.manifest.kinds import KINDS

Json = Mapping[str, Any]
Held = tuple[str, Any]
"""The id of a widget, or the name of an app or agent, and something that its entry holds."""

CHART_FAMILIES = {
    "columns": ("column", "groupedColumn", "stackedColumn", "normalizedColumn"),
    "bars": ("bar", "groupedBar", "stackedBar", "normalizedBar"),
    "lines": ("line", "stackedLine", "normalizedLine"),
    "areas": ("area", "stackedArea", "normalizedArea"),
    "points": ("scatter", "bubble"),
    "rings": ("pie", "donut", "doughnut"),
    "distributions": ("histogram", "boxPlot"),
    "polar": ("radarLine", "radarArea", "nightingale"),
    "radial": ("radialColumn", "radialBar"),
    "hierarchies": ("treemap", "sunburst"),
    "ranges": ("rangeBar", "rangeArea"),
    "heat map": ("heatmap",),
    "steps": ("waterfall",),
    "funnels": ("funnel", "coneFunnel", "pyramid"),
    "combinations": ("columnLineCombo", "areaColumnCombo", "customCombo"),
}
"""Chart types that draw one sort of data in several ways; the example has one of each family."""

WIDGET_TYPES = "Widget types"
SETTINGS = {"OPENBB_API_KEYS": "key", "DATABASE": "unused.sqlite"}
"""What the example is built with here; nothing of it is asked for data."""


@dataclass(frozen=True)
class Manifests:
    """What the example serves."""

    widgets: Mapping[str, Json]
    apps: Mapping[str, Json]
    agents: Mapping[str, Json]

    @classmethod
    def of_the_example(cls) -> Manifests:
        """Ask the example for them."""
        client = example_app.create_app(SETTINGS).test_client()
        widgets, apps, agents = (
            client.get(f"/{name}.json", headers={"X-API-KEY": "key"}).get_json()
            for name in ("widgets", "apps", "agents")
        )
        return cls(widgets, {app["name"]: app for app in apps}, agents)


@dataclass(frozen=True)
class Row:
    """One key or choice, and who in the example has it."""

    name: str
    shown_by: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One object of the format, or one key of it that has choices."""

    title: str
    names: tuple[str, ...]
    found: Callable[[Manifests], Iterable[Held]]
    """The owner of each name that an entry holds, as ``(owner, name)``."""

    def rows(self, manifests: Manifests) -> list[Row]:
        """Say who has each name, in the order of the manifest."""
        owners: dict[str, dict[str, None]] = {name: {} for name in self.names}
        for owner, name in self.found(manifests):
            owners.setdefault(name, {})[owner] = None
        return [Row(name, tuple(shown_by)) for name, shown_by in owners.items()]


def sections() -> list[Section]:
    """Return every section, in the order of the page."""
    return [*_widgets(), *_tables(), *_cells(), *_params(), *_apps(), *_agents()]


def _widgets() -> Iterator[Section]:
    yield Section(WIDGET_TYPES, tuple(KINDS), _values(_entries, "type"))
    yield _keys("Widgets", schema_widgets.WidgetSchema, _entries)
    yield _keys("``gridData``", schema_widgets.GridSchema, _inside(_entries, "gridData"))
    yield _keys("``storage``", schema_widgets.StorageSchema, _inside(_entries, "storage"))
    yield _keys("``mcp_tool``", schema_widgets.McpToolSchema, _inside(_entries, "mcp_tool"))
    yield _keys("``data``", schema_widgets.DataSchema, _inside(_entries, "data"))


def _tables() -> Iterator[Section]:
    table = _inside(_inside(_entries, "data"), "table")
    view = _inside(table, "chartView")
    yield _keys("``data.table``", schema_widgets.TableSchema, table)
    yield _keys("``chartView``", schema_widgets.ChartViewSchema, view)
    yield Section("``chartView.chartType``, by family", tuple(CHART_FAMILIES), lambda all: _families(view(all)))
    yield _keys("``columnsDefs``", schema_columns.ColumnSchema, _columns)
    for key, names in (
        ("chartDataType", schema_columns.CHART_DATA_TYPES),
        ("cellDataType", schema_columns.CELL_DATA_TYPES),
        ("formatterFn", schema_columns.FORMATTERS),
    ):
        yield Section(f"``{key}``", names, _values(_columns, key))


def _cells() -> Iterator[Section]:
    params, sparkline = _inside(_columns, "renderFnParams"), _inside(_columns, "sparkline")
    rules = _each(params, "colorRules")
    yield Section("``renderFn``", schema_columns.RENDER_FNS, _render_fns)
    yield _keys("``renderFnParams``", schema_columns.RenderFnParamsSchema, params)
    yield Section("``actionType``", ("groupBy", "sendToAgent"), _values(params, "actionType"))
    yield _keys("``groupBy``", schema_columns.GroupBySchema, _inside(params, "groupBy"))
    yield _keys("``sendToAgent``", schema_columns.SendToAgentSchema, _inside(params, "sendToAgent"))
    yield _keys("``hoverCard``", schema_columns.HoverCardSchema, _inside(params, "hoverCard"))
    yield _keys("``colorRules``", schema_columns.BetweenRuleSchema, rules)
    yield Section("``condition``", render.CONDITIONS, _values(rules, "condition"))
    yield _keys("``sparkline``", schema_columns.SparklineSchema, sparkline)
    yield Section("``sparkline.type``", ("line", "area", "bar"), _values(sparkline, "type"))
    yield _keys("``sparkline.options``", schema_columns.SparklineOptionsSchema, _inside(sparkline, "options"))


def _params() -> Iterator[Section]:
    inputs = _each(_all_params, "inputParams")
    # A button is a parameter of a form.
    both: Holder = lambda all: chain(_all_params(all), inputs(all))  # noqa: E731
    yield Section("Parameter types", schema_params.PARAM_TYPES, _values(both, "type"))
    yield _keys("Parameters", schema_params.ParamSchema, both)
    yield _keys("``style``", schema_params.StyleSchema, _inside(_all_params, "style"))
    yield Section("``language``", schema_params.LANGUAGES, _values(_all_params, "language"))
    yield Section("Types of a form's inputs", schema_params.INPUT_TYPES, _values(inputs, "type"))


def _apps() -> Iterator[Section]:
    tabs = _each(_app_entries, "tabs")
    placed = _each(tabs, "layout")
    yield _keys("Apps", schema_apps.AppSchema, _app_entries)
    yield _keys("``tabs``", schema_apps.TabSchema, tabs)
    yield _keys("``layout``", schema_apps.PlacementSchema, placed)
    yield _keys("``state``", schema_apps.StateSchema, _inside(placed, "state"))
    groups = _each(_app_entries, "groups")
    yield _keys("``groups``", schema_apps.GroupSchema, groups)
    yield Section("Types of groups", app_params.GROUP_TYPES, _values(groups, "type"))
    yield _keys("``mcpServers``", schema_apps.McpServerSchema, _each(_app_entries, "mcpServers"))


def _agents() -> Iterator[Section]:
    features = _inside(_agent_entries, "features")
    controls = _each(_agent_entries, "features", only=Mapping)
    yield _keys("Agents", schema_agents.AgentSchema, _agent_entries)
    yield _keys("``endpoints``", schema_agents.EndpointsSchema, _inside(_agent_entries, "endpoints"))
    yield Section("``features``", schema_agents.FEATURES, _named(features, schema_agents.FEATURES))
    yield _keys("``features``, of the agent's own", schema_agents.ControlSchema, controls)
    yield _keys("``models``", schema_agents.ModelSchema, _each(_agent_entries, "models"))


Holder = Callable[[Manifests], Iterator[Held]]


def _keys(title: str, schema: type[Schema], holder: Holder) -> Section:
    names = tuple(field.data_key or name for name, field in schema().fields.items())
    return Section(title, names, _named(holder, names))


def _named(holder: Holder, names: Collection[str]) -> Holder:
    """Find the keys of these names; others are the user's own, such as a parameter in an app's state."""
    return lambda all: ((who, key) for who, item in holder(all) for key in item if key in names)


def _values(holder: Holder, key: str) -> Holder:
    return lambda all: ((who, item[key]) for who, item in holder(all) if item.get(key) is not None)


def _inside(holder: Holder, key: str) -> Holder:
    return lambda all: ((who, item[key]) for who, item in holder(all) if item.get(key))


def _each(holder: Holder, key: str, *, only: type = object) -> Holder:
    def found(manifests: Manifests) -> Iterator[Held]:
        for who, item in holder(manifests):
            inner = item.get(key) or ()
            each = inner.values() if isinstance(inner, Mapping) else inner
            yield from ((who, one) for one in each if isinstance(one, only))

    return found


def _entries(manifests: Manifests) -> Iterator[Held]:
    yield from manifests.widgets.items()


def _app_entries(manifests: Manifests) -> Iterator[Held]:
    yield from manifests.apps.items()


def _agent_entries(manifests: Manifests) -> Iterator[Held]:
    yield from manifests.agents.items()


def _columns(manifests: Manifests) -> Iterator[Held]:
    yield from _each(_inside(_inside(_entries, "data"), "table"), "columnsDefs")(manifests)


def _all_params(manifests: Manifests) -> Iterator[Held]:
    for who, widget in manifests.widgets.items():
        for row in widget.get("params", ()):
            yield from ((who, param) for param in (row if isinstance(row, list) else [row]))


def _families(views: Iterable[Held]) -> Iterator[Held]:
    by_type = {chart_type: family for family, types in CHART_FAMILIES.items() for chart_type in types}
    return ((who, by_type[view["chartType"]]) for who, view in views)


def _render_fns(manifests: Manifests) -> Iterator[Held]:
    for who, column in _columns(manifests):
        yield from ((who, name) for name in schema_columns.render_fns(column.get("renderFn")))


def proof_of(owner: str, manifests: Manifests) -> str:
    """Name the test that proves what a widget answers, or what an app or agent is."""
    if owner in manifests.widgets:
        return f"tests/test_example_widgets.py::test_body[{owner}]"
    if owner in manifests.apps:
        return "tests/test_example_app.py::test_four_apps_place_every_widget_once"
    return "tests/test_example_agent.py::test_the_agent_answers"
