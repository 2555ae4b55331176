"""The rules about one table column that look beyond one key.

Wire JSON of any shape comes in, so a rule looks before it reads. Called by :mod:`.lint_widgets`.

Source: OpenBB docs, widget-configuration/render-functions; CLIENT lib/types/app.ts, ``TableColumnDefsSchema``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .near_misses import closest, did_you_mean
from .render_fields import named_fields
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
        # A manifest of the docs that is pasted in names such parameters, so only what is declared in Python must not.
        tell = report.error if widget.declared else report.warning
        tell(path, "This widget has no parameter of that name to set.", value=name, fix=fix)


def row_fields(column: Placed, widget: WidgetView, report: Report) -> None:
    """A rule reads a field of the row, which has a column or is sent without one.

    Rows may hold more than the columns show, so a name that is no column's cannot be called wrong; one that is
    nearly a column's, most likely is. Where all fields are shown, columns need not be declared and nothing is known.
    """
    table = widget.data.get("table")
    if not isinstance(table, Mapping) or table.get("showAll") is True:
        return
    fields = [field for other in widget.columns if isinstance(field := other.wire.get("field"), str)]
    for keys, name in named_fields(column.wire.get("renderFnParams"), column.wire.get("sparkline")):
        if name in fields:
            continue
        path = (*column.path, *keys)
        if closest(name, fields):
            message = "No column has this field, but one has nearly the same."
            report.warning(path, message, value=name, fix=did_you_mean(name, fields))
        else:
            message = "No column has this field, so every row has to hold it unshown."
            report.hint(path, message, value=name, fix="Check the spelling, or declare it as a column with 'hide'.")


def unescaped_text(column: Placed, widget: WidgetView, report: Report) -> None:
    """``showCellChange`` writes values into the page as HTML.

    Source: the client's ``ShowChangeCell``.
    """
    names = render_fns(column.wire.get("renderFn"))
    if "showCellChange" in names and column.wire.get("cellDataType") in ("text", "object"):
        report.warning(
            (*column.path, "renderFn"),
            "'showCellChange' writes text into Workspace's page as HTML, unescaped.",
            value=column.wire["renderFn"],
            fix="Use it for numbers alone.",
        )


def drawn_over(column: Placed, widget: WidgetView, report: Report) -> None:
    """Workspace draws a cell by one renderer: a sparkline, then hover card and click, then changes.

    Source: the client's ``CellRendererComponent`` and ``getColumnDefs``.
    """
    names = [name for name in render_fns(column.wire.get("renderFn")) if isinstance(name, str) and name]
    path = (*column.path, "renderFn")
    if names and isinstance(column.wire.get("sparkline"), Mapping):
        message = "Workspace draws the sparkline and leaves the render functions out."
        report.warning(path, message, value=column.wire["renderFn"], fix="Remove one of them.")
    elif "showCellChange" in names and {"hoverCard", "cellOnClick"} & set(names):
        message = "Workspace leaves 'showCellChange' out where a cell has a hover card or a click."
        report.warning(path, message, value=column.wire["renderFn"], fix="Remove one of them.")


COLUMN_RULES: Sequence[Callable[[Placed, WidgetView, Report], None]] = (
    text_without_chart_type,
    render_params,
    group_by_param,
    row_fields,
    unescaped_text,
    drawn_over,
)
"""Every rule about one column."""
