"""The rules about one app that look beyond one key: layouts, groups, prompts; and about all apps together.

Wire JSON of any shape comes in, so a rule looks before it reads. Called by :mod:`.lint`.

Source: CLIENT lib/types/app.ts, ``backendTemplateSchema``; lib/utils/validateBackend.ts, ``validateSource`` and
``slugify``; lib/utils/app.ts, the group functions; OpenBB docs, apps.json reference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .app_params import GROUP_TYPES
from .app_view import MENTION, AppView, Item, misfits_of
from .layout import COLUMNS, Box, drawn_size
from .lint_app_params import PARAM_RULES
from .near_misses import did_you_mean
from .report import Report
from .wire_fields import is_number

_ASKED_BY_MCP = ("allowCustomization", "groups", "prompts")
_GROUP_NAME = re.compile(r"Group [1-9][0-9]*\Z")


def check_app(app: Mapping[str, Any], report: Report, widgets: Mapping[str, Any] | None) -> None:
    """Run every rule on one app.

    :param app: The app as on the wire.
    :param report: Takes the faults.
    :param widgets: The widgets.json beside it, if known.
    """
    view = AppView.of(app, widgets)
    for rule in RULES:
        rule(view, report)


def tab_ids(app: AppView, report: Report) -> None:
    """A tab stands under its id."""
    tabs = app.wire.get("tabs")
    for key, tab in tabs.items() if isinstance(tabs, Mapping) else ():
        id = tab.get("id") if isinstance(tab, Mapping) else None
        if isinstance(id, str) and id != key:
            report.warning(("tabs", key, "id"), "The tab's key is not its id.", value=id, fix=f"Use {key!r} for both.")


def placements(app: AppView, report: Report) -> None:
    """A placement names a widget of the backend and lies on the grid."""
    for path, wire in app.items:
        id = wire.get("i")
        if not app.knows(id):
            fix = did_you_mean(id, app.widgets or (), otherwise="Name a widget of widgets.json.")
            report.warning((*path, "i"), "No widget has this id.", value=id, fix=fix)
        x, y, w = wire.get("x"), wire.get("y"), wire.get("w")
        if is_number(x) and is_number(w) and x + w > COLUMNS:
            message = f"The widget ends at column {x + w}; the grid has {COLUMNS}."
            report.warning((*path, "w"), message, value=w, fix="Make it narrower, or move it to the left.")
        for key, value in (("x", x), ("y", y)):
            if is_number(value) and value < 0:
                report.warning((*path, key), "The widget starts outside the grid.", value=value, fix="Use 0 or more.")


def overlaps(app: AppView, report: Report) -> None:
    """No two widgets of a tab cover one cell, at the sizes Workspace draws them."""
    for items in app.tabs.values():
        boxes: list[tuple[Item, Box]] = []
        for item in items:
            box = _drawn(app, item, report)
            if box is None:
                continue
            other = next((earlier for earlier, placed in boxes if placed.covers(box)), None)
            if other is not None:
                message = f"The widget covers a part of {other.wire.get('i')!r}; Workspace moves one of them."
                report.warning(item.path, message, value=item.wire.get("i"), fix="Move it, or make one smaller.")
            boxes.append((item, box))


def _drawn(app: AppView, item: Item, report: Report) -> Box | None:
    wire = item.wire
    if not all(is_number(wire.get(side)) for side in "xywh") or wire.get("i") == "navigation_bar":
        return None
    widget = app.widgets.get(str(wire.get("i"))) if app.widgets is not None else None
    grid = widget.get("gridData") if isinstance(widget, Mapping) else None
    least = {**(grid if isinstance(grid, Mapping) else {}), **wire}
    min_w, min_h = (least.get(key) if is_number(least.get(key)) else None for key in ("minW", "minH"))
    w, h = drawn_size(wire["w"], wire["h"], min_w=min_w, min_h=min_h)
    if (w, h) != (wire["w"], wire["h"]):
        message = f"Workspace draws this widget {w} x {h} cells."
        report.hint(item.path, message, value=wire.get("i"), fix=f"Give it w={w} and h={h}.")
    return Box(wire["x"], wire["y"], w, h)


def group_ids(app: AppView, report: Report) -> None:
    """Group names and types, and ``widgetIds`` in all groups or in none."""
    given = [group for group in app.groups if "widgetIds" in group.wire]
    seen: set[str] = set()
    for group in app.groups:
        name, kind = group.wire.get("name"), group.wire.get("type")
        if given and "widgetIds" not in group.wire:
            message = "Other groups have 'widgetIds' and this one has not, which makes Workspace throw."
            report.error((*group.path, "widgetIds"), message, fix="Give 'widgetIds' to every group, or to none.")
        if isinstance(kind, str) and kind not in GROUP_TYPES:
            fix = did_you_mean(kind, GROUP_TYPES, otherwise=f"Use one of {', '.join(GROUP_TYPES)}.")
            report.warning((*group.path, "type"), "Workspace has no groups of this type.", value=kind, fix=fix)
        if not isinstance(name, str):
            continue
        if name in seen:
            report.warning((*group.path, "name"), "Another group has the same name.", value=name, fix="Rename one.")
        elif not _GROUP_NAME.match(name):
            report.hint((*group.path, "name"), "Workspace names its own groups 'Group 1', 'Group 2' …", value=name)
        seen.add(name)


def group_members(app: AppView, report: Report) -> None:
    """A group's type matches the shape of the parameter it shares, in every widget that is in it."""
    for group in app.groups:
        kind, param = group.wire.get("type"), group.wire.get("paramName")
        if kind not in GROUP_TYPES:
            continue
        if kind != "ticker" and not (isinstance(param, str) and param):
            fix = "Name the parameter its widgets share."
            report.warning((*group.path, "paramName"), "This group shares no parameter.", value=param, fix=fix)
            continue
        for id, mismatch in misfits_of(app, group):
            by_type = mismatch.startswith("'")
            path = (*group.path, "type" if by_type else "paramName")
            fix = _GROUP_FIX if by_type else "Take the widget out of the group, or give it the same parameter."
            report.warning(path, f"Widget {id!r}: {mismatch}", value=kind if by_type else param, fix=fix)
        _check_ids(app, group, report)


_GROUP_FIX = "Use 'endpointParam' for endpoint parameters, 'ticker' for tickers, 'param' for all others."


def _check_ids(app: AppView, group: Item, report: Report) -> None:
    ids = group.wire.get("widgetIds")
    for index, id in enumerate(ids if isinstance(ids, list | tuple) else ()):
        path = (*group.path, "widgetIds", index)
        if not app.knows(id):
            fix = did_you_mean(id, app.widgets or (), otherwise="Name a widget of widgets.json.")
            report.warning(path, "No widget has this id.", value=id, fix=fix)
            continue
        own = [item.wire["groups"] for item in app.items if item.wire.get("i") == id and "groups" in item.wire]
        if own and all(isinstance(names, list | tuple) and group.wire.get("name") not in names for names in own):
            message = "Workspace ignores this id, because the widget is placed with 'groups' of its own."
            report.warning(path, message, value=id, fix="Add the group's name to those 'groups'.")


def layout_groups(app: AppView, report: Report) -> None:
    """A placement names groups of the app."""
    for path, wire in app.items:
        named = wire.get("groups")
        for index, name in enumerate(named if isinstance(named, list | tuple) else ()):
            if isinstance(name, str) and name not in app.group_names:
                fix = did_you_mean(name, app.group_names, otherwise="Add the group to 'groups'.")
                report.warning((*path, "groups", index), "The app has no group of this name.", value=name, fix=fix)


def prompts(app: AppView, report: Report) -> None:
    """A prompt mentions widgets of the backend."""
    entries = app.wire.get("prompts")
    for index, prompt in enumerate(entries if isinstance(entries, list | tuple) else ()):
        for id in MENTION.findall(prompt) if isinstance(prompt, str) else ():
            if not app.knows(id):
                fix = did_you_mean(id, app.widgets or (), otherwise="Name a widget of widgets.json.")
                report.warning(("prompts", index), f"No widget has the id {id!r}.", value=prompt, fix=fix)
            elif app.widgets is not None and id not in app.placed:
                message = f"The prompt mentions {id!r}, which no tab of this app shows."
                report.hint(("prompts", index), message, value=prompt, fix="Place it, or leave the mention out.")


def asked_by_mcp(app: AppView, report: Report) -> None:
    """OpenBB's MCP server asks for three keys that are optional to the client."""
    for key in _ASKED_BY_MCP:
        if key not in app.wire:
            report.hint((key,), "OpenBB's MCP server asks for this key.", fix="Write it, if only its default.")


RULES: Sequence[Callable[[AppView, Report], None]] = (
    tab_ids,
    placements,
    overlaps,
    group_ids,
    group_members,
    layout_groups,
    *PARAM_RULES,
    prompts,
    asked_by_mcp,
)
"""Every rule about one app, in the order their faults are reported."""


def check_app_names(apps: Sequence[Any], report: Report) -> None:
    """No two apps have one name: Workspace makes their ids of it."""
    seen: dict[str, str] = {}
    for app in apps:
        name = app.get("name") if isinstance(app, Mapping) else None
        if not isinstance(name, str) or not name:
            continue
        slug = re.sub(r"[^\w-]+", "", re.sub(r"\s", "-", name.strip().lower()), flags=re.ASCII)
        if slug in seen:
            message = f"Apps {seen[slug]!r} and {name!r} get the same id in Workspace."
            report.warning((), message, value=name, fix="Rename one.")
        seen.setdefault(slug, name)
