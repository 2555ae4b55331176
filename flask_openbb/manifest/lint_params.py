"""The rules about a widget's parameters that look beyond one key.

``PARAM_RULES`` take one parameter and its widget, ``PARAMS_RULES`` the widget's parameters together. Wire JSON of any
shape comes in, so a rule looks before it reads. Called by :mod:`.lint_widgets`.

Source: CLIENT lib/types/app.ts, ``newParamDef``, ``ParamDefSchemaArray``; utils/zodForms.ts, ``widgetSchema``;
lib/utils/widgetParams.ts; the Excel add-in (XL) where a hint says Excel.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .near_misses import did_you_mean
from .report import Report
from .schema_params import effective_type
from .urls import is_mistaken
from .widget_view import Placed, WidgetView
from .wire_fields import is_empty, is_number

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?\Z|\d{1,2}/\d{1,2}/\d{4}\Z")
_RELATIVE = re.compile(r"\$currentDate(?:[+-]\d+(?P<unit>[bhdwmyq]))?\Z", re.IGNORECASE)
_EXCEL_UNITS = "bhdwymM"


def _selects_files(param: Placed) -> bool:
    roles = param.wire.get("roles")
    return isinstance(roles, list | tuple) and "fileSelector" in roles


def file_selector(widget: WidgetView, report: Report) -> None:
    """One parameter at most selects files, and a multi_file_viewer needs one."""
    selectors = [param for param in widget.params if _selects_files(param)]
    if len(selectors) > 1:
        names = [param.wire.get("paramName") for param in selectors]
        message = "Only one parameter may have the role 'fileSelector'."
        report.error(("params",), message, value=names, fix="Remove the role from the others.")
    if widget.kind != "multi_file_viewer":
        return
    if not any(effective_type(param.wire) == "endpoint" for param in selectors):
        fix = 'Give one parameter of type \'endpoint\' "roles": ["fileSelector"].'
        report.error(("params",), "A multi_file_viewer needs a parameter that selects the files.", fix=fix)


def duplicate_names(widget: WidgetView, report: Report) -> None:
    """Two parameters of one name send one value."""
    seen: dict[str, Any] = {}
    for param in widget.params:
        name = param.wire.get("paramName")
        if not isinstance(name, str) or not name:
            continue
        if name in seen:
            message = "Another parameter of this widget has the same name, and one overwrites the other."
            report.warning((*param.path, "paramName"), message, value=name, fix="Rename one.")
        seen[name] = param


def never_sent(widget: WidgetView, report: Report) -> None:
    """The client takes ``query`` for its own, that of SQL widgets, and leaves it out of a row model's URL.

    Source: CLIENT components/General/Table/utils.tsx, ``getQueryState`` and ``getSSRRows``.
    """
    for param in widget.params if widget.kind == "ssrm_table" else ():
        if param.wire.get("paramName") == "query":
            message = "Workspace never sends a parameter of this name to a row model."
            report.warning(
                (*param.path, "paramName"), message, value="query", fix="Rename it, to 'search' for example."
            )


def one_form(widget: WidgetView, report: Report) -> None:
    """Workspace draws one form a widget."""
    for param in [param for param in widget.params if param.wire.get("type") == "form"][1:]:
        message = "Workspace shows the first form of a widget only."
        report.error(param.path, message, fix="Give the first one more buttons, or show this one on another widget.")


def shown_in_excel(widget: WidgetView, report: Report) -> None:
    """Excel loses rows of parameters, and leaves those without ``show`` out of a copied formula."""
    if any(len(param.path) == 3 for param in widget.params):
        fix = "Write 'params' as one flat list, if the widget is used in Excel."
        report.hint(("params",), "Excel loses parameters in rows.", fix=fix)
    silent = [name for name, param in widget.param_names.items() if not isinstance(param.get("show"), bool)]
    if silent:
        message = "Excel leaves parameters without 'show' out of the formula it copies."
        report.hint(("params",), message, value=silent, fix="Write 'show' for each.")


def role_for_roles(param: Placed, widget: WidgetView, report: Report) -> None:
    """``role`` for ``roles``: on a file viewer it is what makes the widget work."""
    if "role" not in param.wire:
        return
    value = param.wire["role"]
    fix = 'Use "roles": ["fileSelector"].'
    if widget.kind in ("multi_file_viewer", "file_viewer"):
        report.error(
            (*param.path, "role"), "Workspace accepts this key and does nothing with it.", value=value, fix=fix
        )
    else:
        report.warning((*param.path, "role"), "Workspace drops this key without a word.", value=value, fix=fix)


def options_endpoint(param: Placed, widget: WidgetView, report: Report) -> None:
    """An endpoint parameter asks its options somewhere, and that has to exist."""
    if effective_type(param.wire) != "endpoint":
        return
    path = (*param.path, "optionsEndpoint")
    url = param.wire.get("optionsEndpoint")
    if url is None or url == "":
        report.error(
            path,
            "An endpoint parameter without 'optionsEndpoint' makes Workspace ask '<base>/undefined'.",
            value=url,
            fix="Give the URL of the options, or use type 'text'.",
        )
    elif isinstance(url, str):
        _check_url(url, path, widget, report)
    depends = param.wire.get("optionsParams")
    for key, value in depends.items() if isinstance(depends, Mapping) else ():
        other = value[1:] if isinstance(value, str) and value.startswith("$") else None
        if other is not None and other not in widget.param_names:
            fix = did_you_mean(other, widget.param_names, otherwise="Name a parameter of this widget.")
            message = f"No parameter is named {other!r}, so Workspace sends nothing for it."
            report.warning((*param.path, "optionsParams", key), message, value=value, fix=fix)


def form_endpoint(param: Placed, widget: WidgetView, report: Report) -> None:
    """A form posts somewhere, and that has to exist."""
    if param.wire.get("type") != "form":
        return
    path = (*param.path, "endpoint")
    url = param.wire.get("endpoint")
    if url is None or url == "":
        report.warning(
            path, "A form without an endpoint has nowhere to send its answers.", value=url, fix="Give a URL."
        )
    elif isinstance(url, str):
        _check_url(url, path, widget, report)


def _check_url(url: str, path: tuple[str | int, ...], widget: WidgetView, report: Report) -> None:
    if is_mistaken(url):
        message = "A URL that starts with 'http' is taken as an absolute one."
        report.error(path, message, value=url, fix=f"Write '/{url}', or the whole URL.")
    else:
        widget.check_served(url, path, report)


def dropped_options(param: Placed, widget: WidgetView, report: Report) -> None:
    """Falsy option values are dropped, but for a boolean's own false."""
    for path, wire in _with_inputs(param):
        options = wire.get("options")
        if wire.get("type") == "boolean" or not isinstance(options, list | tuple):
            continue
        for index, option in enumerate(options):
            if isinstance(option, Mapping) and is_empty(option.get("value")):
                message = "Workspace drops options whose value is empty, 0, false or null."
                value = option.get("value")
                fix = "Give the value as other text, e.g. 'all' or '0'."
                report.warning((*path, "options", index, "value"), message, value=value, fix=fix)


def _with_inputs(param: Placed) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    yield param.path, param.wire
    inputs = param.wire.get("inputParams")
    if param.wire.get("type") == "form" and isinstance(inputs, list | tuple):
        for index, entry in enumerate(inputs):
            if isinstance(entry, Mapping):
                yield (*param.path, "inputParams", index), entry


def defaults(param: Placed, widget: WidgetView, report: Report) -> None:
    """Dates that mean today, relative dates that are sent as written, a zero that is not sent."""
    value = param.wire.get("value")
    path = (*param.path, "value")
    kind = effective_type(param.wire)
    relative = _RELATIVE.match(value) if isinstance(value, str) else None
    if relative is not None and kind not in ("date", "endpoint", "form"):
        message = "Only date parameters turn '$currentDate' into a date; this one sends it as written."
        report.hint(path, message, value=value, fix="Use type 'date'.")
    elif kind == "date" and isinstance(value, str) and value:
        unit = relative.group("unit") if relative else None
        if relative is None and not _DATE.match(value):
            fix = "Write YYYY-MM-DD, or $currentDate with an offset such as '$currentDate-1y'."
            report.warning(path, "Workspace cannot read this date and takes today.", value=value, fix=fix)
        elif unit is not None and unit not in _EXCEL_UNITS:
            message = "Excel does not know this unit and takes today."
            report.hint(path, message, value=value, fix="Use b, h, d, w, m or y.")
    elif kind == "number" and is_number(value) and value == 0:
        message = "Workspace sends nothing for this value, so the view's own default has to be the same."
        report.hint(path, message, value=value)


def tabs_need_options(param: Placed, widget: WidgetView, report: Report) -> None:
    """Tabs are their options."""
    if param.wire.get("type") == "tabs" and not param.wire.get("options"):
        report.warning((*param.path, "options"), "Tabs without options show nothing.", fix="Give the tabs as options.")


PARAMS_RULES: Sequence[Callable[[WidgetView, Report], None]] = (
    file_selector,
    duplicate_names,
    never_sent,
    one_form,
    shown_in_excel,
)
"""Rules about all parameters of a widget."""

PARAM_RULES: Sequence[Callable[[Placed, WidgetView, Report], None]] = (
    role_for_roles,
    options_endpoint,
    form_endpoint,
    dropped_options,
    defaults,
    tabs_need_options,
)
"""Rules about one parameter."""
