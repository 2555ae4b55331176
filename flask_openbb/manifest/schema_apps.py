"""The schemas of apps.json.

No Flask, nothing that looks beyond one app. Called by :mod:`.schemas` and :mod:`.lint_apps`.

Source: CLIENT lib/types/app.ts, ``backendTemplateSchema``, ``TemplateLayoutItemSchema``, ``WidgetStateSchema``;
OpenBB docs, apps.json reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError

from .schema_widgets import CHART_TYPES, ChartViewSchema
from .specs import App, Group, McpServer, Placement, Tab
from .wire_fields import Anything, Choice, Finding, Flag, ListOf, Number, OpenObject, Problem, Text, WireField, plain
from .wire_schema import Keys, Object, ObjectsByKey, WireSchema, held_by

_WITH_HOST = frozenset({"http", "https", "ws", "wss", "ftp"})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


class AbsoluteUrl(WireField):
    """A URL with a scheme, and with a host where its scheme has one."""

    noun = "an absolute URL"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.wrong_type(value)
        if not _is_absolute(value.strip()):
            raise ValidationError(
                Problem("This is not an absolute URL.", fix="Write it in full, e.g. 'https://example.com/mcp'.")
            )
        return value


def _is_absolute(url: str) -> bool:
    if not _SCHEME.match(url):
        return False
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme not in _WITH_HOST or bool(host and not re.search(r"[\s<>^|%]", host))


class _CellRangeSchema(WireSchema):
    keys = Keys(unknown="kept")

    columns = ListOf(Text())


class _ChartModelSchema(WireSchema):
    keys = Keys(unknown="kept")

    model_type = Choice(("range", "pivot"), data_key="modelType")
    chart_type = Choice(CHART_TYPES, data_key="chartType")
    chart_options = OpenObject(data_key="chartOptions")
    cell_range = Object(_CellRangeSchema, data_key="cellRange")
    suppress_chart_ranges = Flag(data_key="suppressChartRanges")


class _TextStorageSchema(WireSchema):
    keys = Keys(unknown="kept")

    text = Text()
    html = Text()


class StateSchema(WireSchema):
    """The state a placed widget starts with; the client keeps every key."""

    keys = Keys(unknown="kept")

    param_order = ListOf(Text(), data_key="paramOrder")
    params = OpenObject()
    chart_view = Object(ChartViewSchema, data_key="chartView")
    chart_model = Object(_ChartModelSchema, data_key="chartModel")
    column_state = OpenObject(data_key="columnState")
    filter_model = OpenObject(data_key="filterModel")
    storage = Object(_TextStorageSchema)


class PlacementSchema(WireSchema):
    """One widget on a tab, in cells."""

    spec = Placement
    held = held_by(Placement)
    keys = Keys(unknown="kept")

    widget = Text(data_key="i", required=True)
    x = Number(required=True)
    y = Number(required=True)
    w = Number(required=True)
    h = Number(required=True)
    min_w = Number(data_key="minW")
    min_h = Number(data_key="minH")
    max_w = Number(data_key="maxW")
    max_h = Number(data_key="maxH")
    moved = Flag()
    static = Flag()
    is_draggable = Flag(data_key="isDraggable")
    state = Object(StateSchema, keep=True)
    groups = ListOf(Text())


class TabSchema(WireSchema):
    """One tab."""

    spec = Tab
    held = held_by(Tab)

    id = Text(required=True)
    name = Text(required=True)
    layout = ListOf(Object(PlacementSchema), required=True)


class GroupSchema(WireSchema):
    """Parameters that move together."""

    spec = Group
    held = held_by(Group)

    name = Text(required=True)
    type = Text(required=True)
    param_name = Text(data_key="paramName")
    widget_ids = ListOf(Text(), data_key="widgetIds")
    default_value = Anything(data_key="defaultValue", allow_none=True)


class McpServerSchema(WireSchema):
    """An MCP server that an app offers to connect."""

    spec = McpServer
    held = held_by(McpServer)

    name = Text(required=True)
    description = Text()
    url = AbsoluteUrl(required=True)
    auth_type = Choice(("oauth", "token"), data_key="authType")

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """Write a server; one that was given as on the wire stays as it is."""
        return plain(obj) if isinstance(obj, Mapping) else super().dump(obj, many=many)


class TabList(ObjectsByKey):
    """Tabs under their ids; a sequence of tabs in :class:`~.specs.App`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Object(TabSchema), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs).values())

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return super()._serialize({tab.id: tab for tab in value}, attr, obj, **kwargs)


class AppSchema(WireSchema):
    """One entry of apps.json."""

    spec = App
    held = held_by(App)
    keys = Keys(unknown="warned")

    template_id = Text(data_key="templateId")
    id = Text(pattern=r"custom-[^\n]", says="'custom-' and a name")
    name = Text(required=True)
    description = Text()
    img = Text()
    img_dark = Text()
    img_light = Text()
    allow_customization = Flag(data_key="allowCustomization")
    selected_agent = Text()
    authentication = Text()
    tabs = TabList(required=True)
    groups = ListOf(Object(GroupSchema))
    prompts = ListOf(Text())
    mcp_servers = ListOf(Object(McpServerSchema), data_key="mcpServers")

    def findings(self, wire: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the findings; ``mcp_servers`` stands for ``mcpServers`` where that is missing."""
        alias = "mcp_servers" in wire and "mcpServers" not in wire
        for finding in super().findings(with_camel_servers(wire)):
            if alias and finding.path[:1] == ("mcpServers",):
                yield finding._replace(path=("mcp_servers", *finding.path[1:]))
            else:
                yield finding


def with_camel_servers(app: Mapping[str, Any]) -> Mapping[str, Any]:
    """Rename an app's ``mcp_servers`` as the client does: only where ``mcpServers`` is missing."""
    if "mcp_servers" not in app or "mcpServers" in app:
        return app
    return {"mcpServers" if key == "mcp_servers" else key: value for key, value in app.items()}
