"""The rules about one widget as a whole, and about all widgets together.

A rule is a function of a :class:`WidgetView` and a report; what one key may hold is the schemas' business. Wire JSON of
any shape comes in, so a rule looks before it reads. Called by :mod:`.lint`.

Source: CLIENT utils/zodForms.ts, lib/utils/{app,widgetParams}.ts; the Excel add-in (XL) where a hint says Excel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from .kinds import KINDS
from .lint_columns import COLUMN_RULES
from .lint_params import PARAM_RULES, PARAMS_RULES
from .near_misses import did_you_mean
from .report import Report
from .schema_params import effective_type
from .urls import is_mistaken, placeholders, same_url, taken_as_absolute
from .widget_view import WidgetView
from .wire_fields import is_empty, is_number

_NOT_IN_EXCEL = frozenset({"html", "pdf", *(kind.wire for kind in KINDS.values() if kind.method == "POST")})
_DOCUMENTED_SIZE = {"w": (10, 40), "h": (4, 100)}


def endpoint_url(widget: WidgetView, report: Report) -> None:
    """The endpoint has to be asked at the URL that is meant."""
    url = widget.endpoint
    path = ("endpoint",)
    if is_mistaken(url):
        report.error(
            path,
            "An endpoint that starts with 'http' is taken as an absolute URL.",
            value=url,
            fix=f"Write '/{url}', or the whole URL.",
        )
        return
    if not url:
        if widget.fetched and "endpoint" in widget.wire and widget.wire["endpoint"] == "":
            report.warning(path, "Workspace asks the backend's own address for this widget.", value=url)
        return
    if not taken_as_absolute(url) and url.partition("?")[0].endswith("/") and url.strip("/"):
        report.warning(
            path,
            "Workspace removes the slash at the end, and a redirect to it breaks the request.",
            value=url,
            fix=f"Serve and write {url.rstrip('/')!r}.",
        )
    if "?" in url and widget.params:
        report.warning(
            path,
            "Workspace adds no parameters to a URL that has a query.",
            value=url,
            fix="Make the query's items parameters.",
        )
    _endpoint_is_served(widget, report)


def _endpoint_is_served(widget: WidgetView, report: Report) -> None:
    asked_by_get = widget.fetched and (widget.kind not in KINDS or KINDS[widget.kind].method == "GET")
    if not asked_by_get or widget.served is None:
        return
    base = same_url(widget.endpoint) + "/"
    if widget.kind == "advanced_charting" and (below := {url for url in widget.served if url.startswith(base)}):
        _feed_is_served(widget, {url.removeprefix(base) for url in below}, report)
        return
    widget.check_served(widget.endpoint, ("endpoint",), report)


def _feed_is_served(widget: WidgetView, below: set[str], report: Report) -> None:
    """A chart asks for these four whatever it is told; the others it asks for if its config says so."""
    missing = [name for name in ("config", "search", "symbols", "history") if name not in below]
    if missing and not any("{" in url for url in below):
        report.warning(
            ("endpoint",),
            "The chart's feed is not whole: Workspace asks below this URL.",
            value=widget.endpoint,
            fix=f"Add routes for {', '.join(f'{widget.endpoint}/{name}' for name in missing)}, or use openbb.udf().",
        )


def endpoint_placeholders(widget: WidgetView, report: Report) -> None:
    """Every ``{name}`` in the endpoint needs a parameter with a value; Excel replaces none."""
    named = placeholders(widget.endpoint)
    known = widget.param_names
    for name in named:
        param = known.get(name)
        if param is None:
            report.error(
                ("endpoint",),
                f"No parameter is named {name!r}, so Workspace asks the URL without it.",
                value=widget.endpoint,
                fix=did_you_mean(name, known, otherwise=f"Add a parameter {name!r}."),
            )
        elif is_empty(param.get("value")) and effective_type(param) != "ticker":
            report.warning(
                ("endpoint",),
                f"Parameter {name!r} has no value, so Workspace first asks the URL without it.",
                value=widget.endpoint,
                fix=f"Give parameter {name!r} a value.",
            )
    if named:
        report.hint(
            ("endpoint",),
            "Excel does not replace placeholders.",
            value=widget.endpoint,
            fix="Serve a form that takes them from the query too, if the widget is used in Excel.",
        )


def needs_of_kind(widget: WidgetView, report: Report) -> None:
    """Some types need a key that the schema cannot ask for."""
    if widget.kind == "advanced_charting" and not isinstance(widget.data.get("defaultSymbol"), str):
        report.error(
            ("data", "defaultSymbol"),
            "Workspace cannot place an advanced chart without its first symbol.",
            value=widget.data.get("defaultSymbol"),
            fix="Give data.defaultSymbol, e.g. 'AAPL'.",
        )
    if widget.kind == "live_grid" and not widget.wire.get("wsEndpoint"):
        report.warning(
            ("wsEndpoint",),
            "A live grid without a WebSocket never updates.",
            fix="Give 'wsEndpoint', or use type 'table'.",
        )


def widget_id(widget: WidgetView, report: Report) -> None:
    """The key in the manifest is the id."""
    written = widget.wire.get("widgetId")
    if written == widget.id:
        report.hint(("widgetId",), "The key in the manifest is the id already.", value=written, fix="Remove it.")
    elif isinstance(written, str):
        message = "Workspace uses the key in the manifest instead."
        report.warning(("widgetId",), message, value=written, fix="Remove it, or rename the key.")


def search_category(widget: WidgetView, report: Report) -> None:
    """An undocumented key that the client tolerates."""
    if "searchCategory" in widget.wire:
        value = widget.wire["searchCategory"]
        report.hint(("searchCategory",), "The docs do not describe this key.", value=value, fix="Use 'category'.")


def grid_size(widget: WidgetView, report: Report) -> None:
    """The docs promise sizes from 10 x 4 to 40 x 100; the client draws nothing below 8 x 4.

    Source: OpenBB docs, widget-configuration/grid-size; CLIENT lib/utils/app.ts, ``getGridData``.
    """
    grid = widget.wire.get("gridData")
    for key, (low, high) in _DOCUMENTED_SIZE.items():
        size = grid.get(key) if isinstance(grid, Mapping) else None
        if is_number(size) and not low <= size <= high:
            message = "The size is outside the documented range."
            report.hint(("gridData", key), message, value=size, fix=f"Use {low} to {high}.")


def data_key(widget: WidgetView, report: Report) -> None:
    """Excel takes ``dataKey`` for one key."""
    key = widget.data.get("dataKey")
    if isinstance(key, str) and ("." in key or "[" in key):
        fix = "Put the rows under one top-level key, if the widget is used in Excel."
        report.hint(("data", "dataKey"), "Excel reads one top-level key, not a path.", value=key, fix=fix)


def params_and_columns(widget: WidgetView, report: Report) -> None:
    """Run the rules of parameters and columns."""
    for params_rule in PARAMS_RULES:
        params_rule(widget, report)
    for param in widget.params:
        for param_rule in PARAM_RULES:
            param_rule(param, widget, report)
    for column in widget.columns:
        for column_rule in COLUMN_RULES:
            column_rule(column, widget, report)


Rule = Callable[[WidgetView, Report], None]
RULES: Sequence[Rule] = (
    endpoint_url,
    endpoint_placeholders,
    needs_of_kind,
    widget_id,
    search_category,
    grid_size,
    data_key,
    params_and_columns,
)
"""Every rule about one widget, in the order their faults are reported."""


def check_all(widgets: Sequence[WidgetView], report: Report) -> None:
    """Check what only all widgets together show: names, and what Excel cannot use."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for widget in widgets:
        name = widget.wire.get("name")
        if isinstance(name, str):
            by_name[name].append(widget.id)
    for name, ids in by_name.items():
        if len(ids) > 1:
            message = f"Widgets {', '.join(map(repr, ids))} have one name; Excel and people take one for the other."
            report.hint((), message, value=name, fix="Give each its own name.")
    unusable = [widget.id for widget in widgets if widget.kind in _NOT_IN_EXCEL]
    if unusable:
        message = (
            f"Excel shows no widgets of these types: {', '.join(sorted({w.kind for w in widgets} & _NOT_IN_EXCEL))}."
        )
        report.hint((), message, value=unusable, fix="Nothing to do unless they are wanted in Excel.")
