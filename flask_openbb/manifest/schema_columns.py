"""The schema of one table column, ``data.table.columnsDefs[]``, and of what nests in it.

Only wire formats here: no Flask, no rules that look beyond one column. Called by :mod:`.schema_widgets`.

Source of every type, range and list: CLIENT lib/types/app.ts, ``TableColumnDefsSchema``; OpenBB docs, widgets.json
reference, ``columnsDefs``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError

from .near_misses import did_you_mean
from .render import COLORS, CONDITIONS, is_color
from .specs import Column
from .wire_fields import (
    AnyOf,
    Anything,
    Choice,
    Finding,
    Flag,
    ListOf,
    Number,
    Problem,
    Soft,
    Text,
    WireField,
    is_empty,
)
from .wire_schema import Keys, Object, WireSchema, WrongKey, held_by

CHART_DATA_TYPES = ("category", "series", "time", "excluded")
CELL_DATA_TYPES = ("text", "number", "boolean", "date", "dateString", "object")
FORMATTERS = ("int", "none", "percent", "normalized", "normalizedPercent", "dateToYear")
RENDER_FNS = ("greenRed", "titleCase", "hoverCard", "cellOnClick", "columnColor", "showCellChange")
_WORD_EDGE = re.compile(r"[\s_.\-/]+|(?<=[a-z0-9])(?=[A-Z])")


def title(field: str) -> str:
    """Make a heading of a field name: ``net_income`` and ``netIncome`` become ``Net Income``."""
    return " ".join(word[:1].upper() + word[1:] for word in _WORD_EDGE.split(field) if word)


def render_fns(value: Any) -> list[Any]:
    """Split a ``renderFn`` as the client does: a comma string or a list, blanks stripped."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if isinstance(value, list | tuple):
        return [part.strip() if isinstance(part, str) else part for part in value]
    return []


class Color(WireField):
    """Green, red, blue or a hex code."""

    noun = "a colour"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str) and is_color(value):
            return value
        raise ValidationError(
            Problem(
                "Workspace does not know this colour.",
                allowed=(*COLORS, "#RGB", "#RRGGBB"),
                fix="Write any other colour as a hex code, e.g. '#FFD700' for yellow.",
            )
        )


class RenderFn(WireField):
    """A list or a comma-separated string of render functions."""

    noun = "a list or a comma-separated string of render functions"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str | list | tuple):
            raise self.wrong_type(value, allowed=RENDER_FNS)
        for name in render_fns(value):
            if name is not None and name not in RENDER_FNS:
                fix = did_you_mean(name, RENDER_FNS)
                raise ValidationError(Problem(f"{name!r} is not a render function.", allowed=RENDER_FNS, fix=fix))
        return value if isinstance(value, str) else tuple(value)


class RangeSchema(WireSchema):
    """The bounds of a ``between`` rule."""

    min = Number(required=True)
    max = Number(required=True)


class ColorRuleSchema(WireSchema):
    """A colour for the cells of which a condition holds."""

    condition = Choice(CONDITIONS, required=True)
    color = Color(required=True)
    fill = Flag()
    value: WireField = AnyOf(Text(), Number(), noun="a string or a number", required=True)


class BetweenRuleSchema(ColorRuleSchema):
    """A colour for the cells between two bounds."""

    range = Object(RangeSchema, required=True)
    value = Anything(allow_none=True, idle="A 'between' rule never reads this key.", idle_fix="Use 'range'.")


class ColorRule(WireField):
    """One rule; ``condition`` decides which keys it needs."""

    noun = "an object"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plain_rule = Object(ColorRuleSchema, keep=True)
        self.between_rule = Object(BetweenRuleSchema, keep=True)

    def findings(self, value: Any, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the findings of the schema that ``condition`` chooses."""
        return self._rule(value).findings(value, data)

    def _rule(self, value: Any) -> Object:
        between = isinstance(value, Mapping) and value.get("condition") == "between"
        return self.between_rule if between else self.plain_rule


class GroupBySchema(WireSchema):
    """Which parameter a click on a cell sets."""

    param_name = Text(data_key="paramName", required=True, min_length=1)
    value_field = Text(data_key="valueField")
    force_update = Flag(data_key="forceUpdate")


class HoverCardSchema(WireSchema):
    """What a hover card shows."""

    cell_field = Text(data_key="cellField")
    title = Text()
    markdown = Text()


class SendToAgentSchema(WireSchema):
    """What a click on a cell sends to an agent."""

    markdown = Text()
    agent_id = Text(data_key="agentId", allow_none=True)


class RenderFnParamsSchema(WireSchema):
    """What the render functions of a column need."""

    keys = Keys(unknown="kept")

    action_type = Choice(
        ("groupBy", "sendToAgent"),
        data_key="actionType",
        allow_none=True,
        fix="Workspace has no other action yet; a cell whose value is a URL becomes a link by itself.",
    )
    group_by_param_name = Text(data_key="groupByParamName", allow_none=True)
    group_by = Object(GroupBySchema, data_key="groupBy")
    hover_card = Object(HoverCardSchema, data_key="hoverCard", allow_none=True)
    send_to_agent = Object(SendToAgentSchema, data_key="sendToAgent", allow_none=True)
    color_rules = ListOf(ColorRule(), data_key="colorRules", allow_none=True)
    color_value_key = Text(data_key="colorValueKey", allow_none=True)
    hover_card_data = Soft(ListOf(Text()), data_key="hoverCardData")

    def findings(self, wire: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the findings, with what ``actionType`` asks for.

        Source: CLIENT lib/types/app.ts, the preprocessing of ``RenderFnParamsSchema``.
        """
        action = wire.get("actionType")
        if action == "groupBy" and isinstance(wire.get("groupByParamName"), str):
            yield from self._old_group_by(wire)
            return
        if action == "groupBy" and wire.get("groupBy") is None:
            yield Finding(
                "error",
                ("groupBy",),
                "'groupBy' needs to know which parameter a click sets.",
                fix="Give {'paramName': ...}.",
            )
            wire = {key: value for key, value in wire.items() if key != "groupBy"}
        if action == "sendToAgent":
            agent = wire.get("sendToAgent")
            if agent is None or (isinstance(agent, Mapping) and "markdown" not in agent):
                yield Finding(
                    "error",
                    ("sendToAgent", "markdown"),
                    "'sendToAgent' needs the text to send.",
                    fix="Give a string; {column} in it becomes the row's value.",
                )
        yield from super().findings(wire)

    def _old_group_by(self, wire: Mapping[str, Any]) -> Iterator[Finding]:
        old = wire["groupByParamName"]
        group_by = wire.get("groupBy")
        base = dict(group_by) if isinstance(group_by, Mapping) else {}
        if not old:
            yield Finding("error", ("groupByParamName",), "The string is empty.", fix="Give it a value.")
        now = {key: value for key, value in wire.items() if key != "groupByParamName"}
        yield from super().findings({**now, "groupBy": {**base, "paramName": old or "-"}})


class RenderFnParams(Object):
    """The parameters of the render functions; the client takes any falsy value for none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(RenderFnParamsSchema, keep=True, allow_none=True, **kwargs)

    def findings(self, value: Any, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the findings of anything but a falsy value."""
        if not is_empty(value):
            yield from super().findings(value, data)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return None if is_empty(value) else super()._deserialize(value, attr, data, **kwargs)


class _PointSchema(WireSchema):
    size = Number()
    fill = Text()
    stroke = Text()
    stroke_width = Number(data_key="strokeWidth")


class _HighlightSchema(WireSchema):
    fill = Text()
    stroke = Text()
    stroke_width = Number(data_key="strokeWidth")


class _SignSchema(WireSchema):
    positive = Object(_PointSchema)
    negative = Object(_PointSchema)


class _PointsSchema(WireSchema):
    first_last = Object(_PointSchema, data_key="firstLast")
    minimum = Object(_PointSchema)
    maximum = Object(_PointSchema)
    positive_negative = Object(_SignSchema, data_key="positiveNegative")
    highlighted = Object(_PointSchema)


class _TooltipSchema(WireSchema):
    enabled = Flag()
    renderer = Text()


class _AxisSchema(WireSchema):
    type = Choice(("number", "category", "time"))
    stroke = Text()
    stroke_width = Number(data_key="strokeWidth")
    padding_inner = Number(data_key="paddingInner")
    padding_outer = Number(data_key="paddingOuter")


class _MarkersSchema(WireSchema):
    enabled = Flag()
    shape = Choice(("circle", "diamond", "square", "plus", "cross", "triangle"))
    size = Number()
    fill = Text()
    stroke = Text()
    stroke_width = Number(data_key="strokeWidth")
    highlight_size = Number(data_key="highlightSize")


class _LabelSchema(WireSchema):
    enabled = Flag()
    font_weight = Text(data_key="fontWeight")
    font_style = Text(data_key="fontStyle")
    font_size = Number(data_key="fontSize")
    font_family = Text(data_key="fontFamily")
    color = Text()
    placement = Choice(
        ("inside", "outside", "inside-center", "inside-end", "outside-center", "outside-end"),
    )


class _PaddingSchema(WireSchema):
    top = Number()
    right = Number()
    bottom = Number()
    left = Number()


class SparklineOptionsSchema(WireSchema):
    """How a sparkline looks."""

    custom_formatter = Text(data_key="customFormatter", required=True)
    stroke = Text()
    stroke_width = Number(data_key="strokeWidth")
    fill = Text()
    fill_opacity = Number(data_key="fillOpacity")
    min = Number()
    max = Number()
    direction = Choice(("vertical", "horizontal"))
    x_key = Text(data_key="xKey")
    y_key = Text(data_key="yKey")
    tooltip = Object(_TooltipSchema)
    axis = Object(_AxisSchema)
    markers = Object(_MarkersSchema)
    highlight_style = Object(_HighlightSchema, data_key="highlightStyle")
    points_of_interest = Object(_PointsSchema, data_key="pointsOfInterest")
    label = Object(_LabelSchema)
    padding = Object(_PaddingSchema)

    def _missing_fix(self, key: str, wire: Mapping[str, Any]) -> str:
        return "Give an empty string: the client insists on this key once there are options."


class SparklineSchema(WireSchema):
    """A small chart in a cell."""

    type = Choice(("line", "area", "bar"), required=True)
    data_field = Text(data_key="dataField")
    options = Object(SparklineOptionsSchema)


class ColumnSchema(WireSchema):
    """One column."""

    spec = Column
    held = held_by(Column)
    keys = Keys(
        wrong={
            "header": WrongKey("warning", "Use 'headerName'.", "Workspace drops this key without a word."),
            "type": WrongKey("warning", "Use 'cellDataType'.", "Workspace drops this key without a word."),
        }
    )

    field = Text(required=True)
    header_name = Text(data_key="headerName", required=True)
    chart_data_type = Choice(CHART_DATA_TYPES, data_key="chartDataType")
    cell_data_type = Choice(CELL_DATA_TYPES, data_key="cellDataType")
    formatter_fn = Choice(FORMATTERS, data_key="formatterFn", allow_none=True)
    decimal_places = Number(data_key="decimalPlaces", low=0, high=6)
    render_fn = RenderFn(data_key="renderFn", allow_none=True)
    render_fn_params = RenderFnParams(data_key="renderFnParams")
    sparkline = Object(SparklineSchema, keep=True)
    pinned = Choice(("left", "right", True, False), allow_none=True)
    align = Choice(("left", "center", "right"))
    prefix = Text()
    suffix = Text()
    width = Number(allow_none=True)
    min_width = Number(data_key="minWidth", allow_none=True)
    max_width = Number(data_key="maxWidth", allow_none=True)
    hide = Flag(allow_none=True)
    header_tooltip = Text(data_key="headerTooltip", allow_none=True)
    row_group = Flag(data_key="rowGroup", allow_none=True)
    agg_func = Text(data_key="aggFunc", allow_none=True)
    enable_cell_change_ws = Flag(data_key="enableCellChangeWs", allow_none=True)

    def unpack(self, obj: Any) -> Mapping[str, Any]:
        """Add the heading, and the ``customFormatter`` that the client insists on."""
        attrs = {"header_name": title(obj.field), **super().unpack(obj)}
        sparkline = attrs.get("sparkline")
        if isinstance(sparkline, Mapping) and isinstance(sparkline.get("options"), Mapping):
            attrs["sparkline"] = {**sparkline, "options": {"customFormatter": "", **sparkline["options"]}}
        return attrs
