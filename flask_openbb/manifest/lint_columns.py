"""The rules about one table column that look beyond one key.

Wire JSON of any shape comes in, so a rule looks before it reads. Called by :mod:`.lint_widgets`.

Source: OpenBB docs, widget-configuration/render-functions; CLIENT lib/types/app.ts, ``TableColumnDefsSchema``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .near_misses import did_you_mean
from .report import Report
from .schema_columns import render_fns
from .widget_view import Placed, WidgetView
from .wire_fields import is_empty

_NEEDS = {"hoverCard": "hoverCard", "cellOnClick": "actionType", "columnColor": "colorRules"}
"""What each render function does nothing without, in ``renderFnParams``."""


def text_without_chart_type(column: Placed, widget: WidgetView, report: Report) -> None:
    """Workspace reads text that looks like a number as one, unless the column is no series."""
    if column.wire.get("cellDataType") == "text" and column.wire.get("chartDataType") is None:
        report.warning(
            (*column.path, "chartDataType"),
            "Workspace turns text such as '00123' into numbers in this column.",
            fix="Set 'chartDataType' to 'category'.",
        )


def render_params(column: Placed, widget: WidgetView, report: Report) -> None:
    """Render functions and their parameters belong together."""
    names = [name for name in render_fns(column.wire.get("renderFn")) if isinstance(name, str)]
    params = column.wire.get("renderFnParams")
    given = params if isinstance(params, Mapping) else {}
    for name in names:
        need = _NEEDS.get(name)
        if need is not None and given.get(need) is None:
            path = (*column.path, "renderFnParams", need)
            report.warning(path, f"'{name}' does nothing without this key.", fix=f"Give renderFnParams.{need}.")
    for name, need in _NEEDS.items():
        if not is_empty(given.get(need)) and name not in names:
            message = f"Only the render function '{name}' reads this key."
            path = (*column.path, "renderFnParams", need)
            report.warning(path, message, value=given[need], fix=f"Add '{name}' to 'renderFn', or remove the key.")


def group_by_param(column: Placed, widget: WidgetView, report: Report) -> None:
    """A click on a cell sets a parameter of the widget."""
    params = column.wire.get("renderFnParams")
    if not isinstance(params, Mapping) or params.get("actionType") != "groupBy":
        return
    path: tuple[str | int, ...] = (*column.path, "renderFnParams", "groupByParamName")
    name = params.get("groupByParamName")
    group_by = params.get("groupBy")
    if not isinstance(name, str) and isinstance(group_by, Mapping):
        path = (*column.path, "renderFnParams", "groupBy", "paramName")
        name = group_by.get("paramName")
    if isinstance(name, str) and name and name not in widget.param_names:
        fix = did_you_mean(name, widget.param_names, otherwise=f"Add a parameter {name!r} to the widget.")
        report.warning(path, "This widget has no parameter of that name to set.", value=name, fix=fix)


COLUMN_RULES: Sequence[Callable[[Placed, WidgetView, Report], None]] = (
    text_without_chart_type,
    render_params,
    group_by_param,
)
"""Every rule about one column."""
