"""The rules about what an app sets: parameters of placed widgets, what groups start with, clicks that set a group.

Wire JSON of any shape comes in. Called by :mod:`.lint_apps`.

Source: CLIENT lib/utils/createTemplates.ts, which stores ``state.params`` as they are and takes a group's
``defaultValue``; lib/utils/app.ts, ``isValidParamOption`` and ``getCellOnClickParams``; OpenBB docs,
widget-parameters/cell-click-grouping.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .app_params import GROUP_TYPES, params_by_name, wrong_with
from .app_view import AppView, Item, members_of, shared_param
from .near_misses import did_you_mean
from .report import Report


def placed_params(app: AppView, report: Report) -> None:
    """What a placement sets is a parameter of its widget, and a value it takes."""
    for path, wire in app.items:
        params = app.params_of(wire.get("i"))
        if params is None:
            continue
        known = params_by_name(params)
        for name, value in _set_by(wire).items():
            where = (*path, "state", "params", str(name))
            if name not in known:
                message = f"Widget {wire['i']!r} has no parameter {name!r}."
                fix = did_you_mean(name, known, otherwise=f"It has {', '.join(map(repr, known)) or 'none'}.")
                report.warning(where, message, value=value, fix=fix)
            elif (wrong := wrong_with(value, known[name])) is not None:
                message = f"Parameter {name!r} of widget {wire['i']!r}: {wrong.message}"
                report.warning(where, message, value=value, fix=wrong.fix)


def group_starts(app: AppView, report: Report) -> None:
    """A group starts with a value that each of its widgets takes, and that no placement contradicts."""
    for group in app.groups:
        start = group.wire.get("defaultValue")
        if start is None or group.wire.get("type") not in GROUP_TYPES:
            continue
        for id in members_of(app, group):
            param = shared_param(group, app.params_of(id) or [])
            wrong = wrong_with(start, param) if param is not None and not isinstance(start, Mapping) else None
            if wrong is not None:
                message = f"Widget {id!r} does not take this value: {wrong.message}"
                report.warning((*group.path, "defaultValue"), message, value=start, fix=wrong.fix)
                break
        _contradictions(app, group, report)


def _contradictions(app: AppView, group: Item, report: Report) -> None:
    name, start = group.wire.get("paramName"), group.wire["defaultValue"]
    for path, wire in app.items:
        named = wire.get("groups")
        if not isinstance(named, list | tuple) or group.wire.get("name") not in named:
            continue
        own = _set_by(wire).get(str(name))
        if own is not None and str(own) != str(start):
            message = f"The placement sets {name!r} to {own!r}, and its group starts with {start!r}."
            fix = "Give both the same value, or take the widget out of the group."
            report.hint((*path, "state", "params", str(name)), message, value=own, fix=fix)


def clicks(app: AppView, report: Report) -> None:
    """A click on a cell sets a parameter that a group of the app shares; otherwise it moves no other widget."""
    for path, wire in app.items:
        for param in _clicked(app, wire.get("i")):
            mine = [group for group in app.groups if _is_in(wire, group)]
            params = app.params_of(wire.get("i")) or []
            moved = {(shared_param(group, params) or {}).get("paramName") for group in mine}
            if param not in moved:
                message = f"A click in this widget sets {param!r}, which no group here shares with another widget."
                fix = f"Add a group for {param!r}, or give another widget a parameter like it."
                report.hint(path, message, value=wire["i"], fix=fix)


def _is_in(wire: Mapping[str, object], group: Item) -> bool:
    """Tell whether a placement is in a group: by its own names, else by the group's ids."""
    named, ids = wire.get("groups"), group.wire.get("widgetIds")
    if isinstance(named, list | tuple):
        return group.wire.get("name") in named
    return isinstance(ids, list | tuple) and wire.get("i") in ids


def _clicked(app: AppView, id: object) -> Iterator[str]:
    widget = app.widgets.get(id) if app.widgets is not None and isinstance(id, str) else None
    for key in ("data", "table", "columnsDefs"):
        widget = widget.get(key) if isinstance(widget, Mapping) else None
    names: set[str] = set()
    for column in widget if isinstance(widget, list | tuple) else ():
        rule = column.get("renderFnParams") if isinstance(column, Mapping) else None
        if not isinstance(rule, Mapping) or rule.get("actionType") != "groupBy":
            continue
        group_by = rule.get("groupBy")
        name = rule.get("groupByParamName", group_by.get("paramName") if isinstance(group_by, Mapping) else None)
        if isinstance(name, str) and name not in names:
            names.add(name)
            yield name


def _set_by(wire: Mapping[str, object]) -> Mapping[str, object]:
    state = wire.get("state")
    params = state.get("params") if isinstance(state, Mapping) else None
    return params if isinstance(params, Mapping) else {}


PARAM_RULES = (placed_params, group_starts, clicks)
"""The rules of this module, in the order their faults are reported."""
