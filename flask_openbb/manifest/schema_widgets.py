"""The schema of one widget of widgets.json, and of the ``data`` and ``gridData`` objects in it.

:class:`~.specs.Widget` is flat where the wire nests; loading and dumping here move the fields between the two.
No Flask. Called by :mod:`.schemas` and :mod:`.lint_widgets`.

Source: CLIENT utils/zodForms.ts, ``widgetSchema``, for what the manifest may hold, and lib/types/app.ts,
``ExternalWidgetSchema``, for what a dashboard then refuses; OpenBB docs, widgets.json reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from .kinds import KINDS
from .near_misses import did_you_mean
from .schema_columns import FORMATTERS, ColumnSchema
from .schema_params import ParamList
from .specs import Grid, Widget
from .wire_fields import (
    AnyOf,
    Choice,
    CronText,
    Flag,
    ListOf,
    Number,
    OpenObject,
    Problem,
    Soft,
    Text,
    WireField,
    is_empty,
    is_number,
)
from .wire_schema import Keys, Object, ObjectsByKey, Parts, WireSchema, WrongKey, held_by

WIDGET_TYPES = (*KINDS, "rich_note")
CHART_TYPES = (
    *("column", "groupedColumn", "stackedColumn", "normalizedColumn", "bar", "groupedBar", "stackedBar"),
    *("normalizedBar", "line", "stackedLine", "normalizedLine", "scatter", "bubble", "pie", "donut", "doughnut"),
    *("area", "stackedArea", "normalizedArea", "histogram", "radarLine", "radarArea", "nightingale"),
    *("radialColumn", "radialBar", "sunburst", "rangeBar", "rangeArea", "boxPlot", "treemap", "heatmap"),
    *("waterfall", "funnel", "coneFunnel", "pyramid", "columnLineCombo", "areaColumnCombo", "customCombo"),
)
KEYS_IN_TABLE = ["show_all", "transpose", "enable_advanced", "enable_formulas", "formatter_fn", "chart_view", "columns"]
KEYS_IN_DATA = ["data_key", "ws_row_id_column", "default_symbol", "update_frequency"]

_RENAMED = {alias: kind.wire for kind in KINDS.values() for alias in kind.aliases if alias not in WIDGET_TYPES}
_NAME = "[a-z0-9]+(?:-[a-z0-9]+)*"
_RENDERER = re.compile(rf"@{_NAME}/{_NAME}/{_NAME}\Z")
_COLUMNS = WrongKey("error", "Put the columns at data.table.columnsDefs.")
_LEAST_MS = 1000


class WidgetType(WireField):
    """A widget type of the client's, or a plugin renderer ``@scope/package/name``."""

    noun = "a widget type"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and (value in WIDGET_TYPES or _RENDERER.match(value)):
            return value
        renamed = _RENAMED.get(value) if isinstance(value, str) else None
        fix = f"Did you mean {renamed!r}?" if renamed else did_you_mean(value, WIDGET_TYPES)
        raise ValidationError(Problem("Workspace has no such widget type.", allowed=WIDGET_TYPES, fix=fix))


class StaleTime(WireField):
    """Milliseconds, at least 1000. ``false`` passes the client's manifest check and then breaks the widget."""

    noun = "a number of milliseconds"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=True, **kwargs)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Refuse null unless the client puts its own value in place of it."""
        if value is None and not _never_refetched(data or {}):
            raise self.make_error("null")
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value is False:
            raise ValidationError(
                Problem(
                    "Workspace accepts false in the manifest and then cannot place the widget.",
                    fix="Leave 'staleTime' out; 'refetchInterval': false alone stops refreshing.",
                )
            )
        if not is_number(value):
            raise self.wrong_type(value)
        if value < _LEAST_MS:
            raise ValidationError(Problem("The number is too small.", fix="Use at least 1000 (milliseconds)."))
        return value


class RefetchInterval(WireField):
    """Milliseconds, at least 1000; ``false`` for never; or a cron expression."""

    noun = "a number of milliseconds, false or a cron expression"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value is False or (is_number(value) and value >= _LEAST_MS):
            return value
        if isinstance(value, str) and value.strip():
            return value
        if is_number(value):
            raise ValidationError(
                Problem("The number is too small.", fix="Use at least 1000 (milliseconds), or false for never.")
            )
        raise self.wrong_type(value, fix="Use at least 1000 (milliseconds), false, or a cron expression.")


def _never_refetched(widget: Mapping[str, Any]) -> bool:
    interval = widget.get("refetchInterval")
    return interval is False or (widget.get("runButton") is True and is_empty(interval))


class GridSchema(WireSchema):
    """A widget's size in cells."""

    spec = Grid
    held = held_by(Grid)
    keys = Keys(
        unknown="kept",
        wrong={
            "width": WrongKey("warning", "Use 'w'.", "Workspace never reads this key."),
            "height": WrongKey("warning", "Use 'h'.", "Workspace never reads this key."),
        },
    )

    w = Number(required=True)
    h = Number(required=True)
    min_w = Soft(Number(), data_key="minW")
    min_h = Soft(Number(), data_key="minH")
    max_w = Soft(Number(), data_key="maxW")
    max_h = Soft(Number(), data_key="maxH")

    def build(self, attrs: dict[str, Any], extra: dict[str, Any]) -> Any:
        """Keep what a :class:`Grid` has no field for beside it."""
        return Parts({"grid": Grid(**attrs)}, extra)


class ChartViewSchema(WireSchema):
    """How a table starts as a chart. Two keys are read before the client strips them."""

    enabled = Flag()
    chart_type = Choice(CHART_TYPES, data_key="chartType")
    cell_range_cols = ObjectsByKey(ListOf(Text(), allow_none=True), names=CHART_TYPES, data_key="cellRangeCols")
    ignore_cell_range = Flag(data_key="ignoreCellRange")
    chart_settings_open = Flag(data_key="chartSettingsOpen")
    x_label = Text(data_key="xLabel")
    y_label = Text(data_key="yLabel")
    chart_navigator_enabled = Soft(Flag(), data_key="chartNavigatorEnabled")
    chart_mini_chart_enabled = Soft(Flag(), data_key="chartMiniChartEnabled")


class TableSchema(WireSchema):
    """``data.table``."""

    held = frozenset(KEYS_IN_TABLE)
    keys = Keys(
        wrong={
            "columns": WrongKey("error", "Use 'columnsDefs'."),
            "columnDefs": WrongKey("error", "Use 'columnsDefs'."),
            "columnsDef": WrongKey("error", "Use 'columnsDefs'."),
            "enableCharts": WrongKey(
                "warning", "Remove it: tables have charts.", "Workspace drops this key without a word."
            ),
        }
    )

    show_all = Flag(data_key="showAll")
    transpose = Flag()
    enable_advanced = Flag(data_key="enableAdvanced")
    enable_formulas = Flag(data_key="enableFormulas")
    formatter_fn = Choice(FORMATTERS, data_key="formatterFn", allow_none=True)
    chart_view = Object(ChartViewSchema, keep=True, data_key="chartView")
    columns = ListOf(Object(ColumnSchema), data_key="columnsDefs")
    period = AnyOf(
        Flag(),
        ListOf(Text()),
        noun="a boolean or a list of strings",
        idle="Workspace checks this key and then drops it.",
    )
    column_state = OpenObject(data_key="columnState")
    filter_model = OpenObject(data_key="filterModel")


class DataSchema(WireSchema):
    """``data``: what only some widget types need."""

    held = frozenset((*KEYS_IN_DATA, "table"))
    keys = Keys(
        unknown="kept",
        wrong=dict.fromkeys(("columnsDefs", "columnDefs", "columns", "columnsDef"), _COLUMNS),
    )

    data_key = Text(data_key="dataKey")
    ws_row_id_column = AnyOf(Text(), ListOf(Text()), noun="a string or a list of strings", data_key="wsRowIdColumn")
    ws_row_id_columns = ListOf(Text(), data_key="wsRowIdColumns")
    default_symbol = Soft(Text(), data_key="defaultSymbol")
    update_frequency = Soft(Number(), data_key="updateFrequency")
    table = Object(TableSchema)


class McpToolSchema(WireSchema):
    """The MCP tool that answers for a widget."""

    keys = Keys(unknown="kept")

    mcp_server = Text(required=True)
    tool_id = Text(required=True)


class StorageSchema(WireSchema):
    """What a widget stores; the client keeps every key."""

    keys = Keys(unknown="kept")

    mcp_url = Soft(Text(), data_key="mcpUrl")


class WidgetSchema(WireSchema):
    """One entry of widgets.json."""

    spec = Widget
    held = held_by(Widget) | {"grid_data", "data"}
    keys = Keys(
        unknown="warned",
        wrong={
            **dict.fromkeys(("columns", "columnsDefs", "columnDefs", "columnsDef"), _COLUMNS),
            "sub_category": WrongKey("warning", "Use 'subCategory'.", "Workspace reads this key and warns about it."),
        },
    )

    name = Text(required=True)
    description = Text(required=True)
    category = Text()
    sub_category = Text(data_key="subCategory")
    type = WidgetType(allow_none=True)
    endpoint = Text(required=True)
    source = AnyOf(Text(), ListOf(Text()), noun="a string or a list of strings")
    grid_data = Object(GridSchema, data_key="gridData")
    params = ParamList()
    data = Object(DataSchema)
    stale_time = StaleTime(data_key="staleTime")
    refetch_interval = RefetchInterval(data_key="refetchInterval", allow_none=True)
    data_update_display = CronText(data_key="dataUpdateDisplay")
    run_button = Flag(data_key="runButton")
    raw = Flag()
    exportable = Flag()
    show_title = Flag(data_key="showTitle", allow_none=True)
    disable_retrieval_for_copilot = Flag(data_key="disableRetrievalForCopilot")
    copilot_parse_as = Choice(("structured", "unstructured"), data_key="copilotParseAs")
    input_type = Text(data_key="inputType")
    storage = Object(StorageSchema, keep=True)
    mcp_tool = Soft(Object(McpToolSchema, keep=True))
    schema_name = Text(data_key="schemaName")
    search_category = Soft(Text(), data_key="searchCategory")
    group_by_id = Text(data_key="groupById", allow_none=True)
    ws_endpoint = Text(data_key="wsEndpoint")
    file_endpoint = Text(data_key="fileEndpoint")
    widget_id = Text(data_key="widgetId")
    widget_type = Text(data_key="widgetType", idle="Workspace does nothing with this key.", idle_fix="Use 'type'.")
    default_viz = WidgetType(
        data_key="defaultViz",
        allow_none=True,
        idle="This is an old name, read only where 'type' is missing.",
        idle_fix="Use 'type'.",
    )

    def unpack(self, obj: Any) -> Mapping[str, Any]:
        """Nest the flat fields: ``data``, ``data.table`` and ``gridData``."""
        attrs = dict(super().unpack(obj))
        table = {name: attrs.pop(name) for name in KEYS_IN_TABLE if name in attrs}
        data = {name: attrs.pop(name) for name in KEYS_IN_DATA if name in attrs}
        if table:
            data["table"] = table
        if data:
            attrs["data"] = data
        if "grid" in attrs:
            attrs["grid_data"] = attrs.pop("grid")
        return attrs

    def build(self, attrs: dict[str, Any], extra: dict[str, Any]) -> Any:
        """Flatten ``data``, ``data.table`` and ``gridData``; keys unknown inside them stay nested in ``extra``."""
        grid = attrs.pop("grid_data", None)
        data = attrs.pop("data", None)
        if data is not None:
            self._lift(data, "table", data.attrs.pop("table", None))
        whole = Parts(attrs, extra)
        self._lift(whole, "gridData", grid)
        self._lift(whole, "data", data)
        attrs.setdefault("type", extra.get("defaultViz") or "table")
        return super().build({"id": "", **attrs}, extra)

    @staticmethod
    def _lift(outer: Parts, key: str, inner: Parts | None) -> None:
        """Move what was loaded from a nested object out of it; an empty object is kept as it is."""
        if inner is None:
            return
        outer.attrs.update(inner.attrs)
        if inner.extra or not inner.attrs:
            outer.extra[key] = inner.extra
