"""The rules about one app that look beyond one key: layouts, groups, prompts; and about all apps together.

Wire JSON of any shape comes in, so a rule looks before it reads. Called by :mod:`.lint`.

Source: CLIENT lib/types/app.ts, ``backendTemplateSchema``; lib/utils/validateBackend.ts, ``validateSource`` and
``slugify``; lib/utils/app.ts, the group functions; OpenBB docs, apps.json reference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .near_misses import did_you_mean
from .report import Report
from .schema_params import effective_type
from .wire_fields import Path, is_number

GRID_COLUMNS = 40
GROUP_TYPES = ("param", "endpointParam", "ticker")
_ASKED_BY_MCP = ("allowCustomization", "groups", "prompts")
_MENTION = re.compile(r"@\[id:([^\]]+)\]")
_GROUP_NAME = re.compile(r"Group [1-9][0-9]*\Z")


class Item(NamedTuple):
    """One placement, and where it stands."""

    path: Path
    wire: Mapping[str, Any]


@dataclass(frozen=True)
class AppView:
    """What the rules look at: one app, read without trusting it."""

    wire: Mapping[str, Any]
    tabs: Mapping[str, Sequence[Item]]
    """The placements of each tab that are objects."""
    groups: Sequence[Item]
    widgets: Mapping[str, Any] | None
    """The widgets.json beside it, where known."""

    @property
    def items(self) -> Iterator[Item]:
        """Every placement of every tab."""
        return (item for items in self.tabs.values() for item in items)

    @property
    def group_names(self) -> list[str]:
        """The names of the groups."""
        return [group.wire["name"] for group in self.groups if isinstance(group.wire.get("name"), str)]

    def knows(self, id: Any) -> bool:
        """Tell whether a widget id is one of the backend's, Workspace's own, or cannot be judged."""
        if not isinstance(id, str) or self.widgets is None or is_core(id):
            return True
        return id in self.widgets

    def params_of(self, id: str) -> list[Mapping[str, Any]] | None:
        """Return a widget's parameters, rows taken apart, or None where they are not known."""
        widget = self.widgets.get(id) if self.widgets is not None else None
        if not isinstance(widget, Mapping):
            return None
        params = widget.get("params")
        rows = params if isinstance(params, list | tuple) else ()
        flat = [item for row in rows for item in (row if isinstance(row, list | tuple) else (row,))]
        return [param for param in flat if isinstance(param, Mapping)]


def is_core(id: str) -> bool:
    """Tell whether a widget id is Workspace's own."""
    return id.startswith("rich_note") or id == "navigation_bar"


def check_app(app: Mapping[str, Any], report: Report, widgets: Mapping[str, Any] | None) -> None:
    """Run every rule on one app.

    :param app: The app as on the wire.
    :param report: Takes the faults.
    :param widgets: The widgets.json beside it, if known.
    """
    tabs = app.get("tabs")
    view = AppView(
        wire=app,
        tabs={str(key): tuple(_layout(key, tab)) for key, tab in tabs.items()} if isinstance(tabs, Mapping) else {},
        groups=tuple(_objects(app.get("groups"), ("groups",))),
        widgets=widgets,
    )
    for rule in RULES:
        rule(view, report)


def _layout(key: Any, tab: Any) -> Iterator[Item]:
    layout = tab.get("layout") if isinstance(tab, Mapping) else None
    return _objects(layout, ("tabs", key, "layout"))


def _objects(entries: Any, path: Path) -> Iterator[Item]:
    for index, entry in enumerate(entries if isinstance(entries, list | tuple) else ()):
        if isinstance(entry, Mapping):
            yield Item((*path, index), entry)


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
        if is_number(x) and is_number(w) and x + w > GRID_COLUMNS:
            message = f"The widget ends at column {x + w}; the grid has {GRID_COLUMNS}."
            report.warning((*path, "w"), message, value=w, fix="Make it narrower, or move it to the left.")
        for key, value in (("x", x), ("y", y)):
            if is_number(value) and value < 0:
                report.warning((*path, key), "The widget starts outside the grid.", value=value, fix="Use 0 or more.")


def overlaps(app: AppView, report: Report) -> None:
    """No two widgets of a tab cover one cell."""
    for items in app.tabs.values():
        boxes = [item for item in items if all(is_number(item.wire.get(side)) for side in "xywh")]
        for index, item in enumerate(boxes):
            other = next((earlier for earlier in boxes[:index] if _overlap(earlier.wire, item.wire)), None)
            if other is not None:
                message = f"The widget covers a part of {other.wire.get('i')!r}; Workspace moves one of them."
                report.warning(item.path, message, value=item.wire.get("i"), fix="Move it, or make one smaller.")


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "w"), ("y", "h"))
    )


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
        for id in _members(app, group):
            mismatch = _mismatch(kind, param, app.params_of(id))
            if mismatch:
                path = (*group.path, "type" if mismatch.startswith("'") else "paramName")
                value = kind if path[-1] == "type" else param
                report.warning(path, f"Widget {id!r}: {mismatch}", value=value, fix=_GROUP_FIX)
        _check_ids(app, group, report)


_GROUP_FIX = "Use 'endpointParam' for endpoint parameters, 'ticker' for tickers, 'param' for all others."


def _members(app: AppView, group: Item) -> list[str]:
    """Name the widgets of a group: those placed with its name, else those in ``widgetIds`` placed without groups."""
    ids = group.wire.get("widgetIds")
    listed = ids if isinstance(ids, list | tuple) else ()
    members: dict[str, None] = {}
    for item in app.items:
        id, named = item.wire.get("i"), item.wire.get("groups")
        if isinstance(id, str) and (
            group.wire.get("name") in named if isinstance(named, list | tuple) else named is None and id in listed
        ):
            members[id] = None
    return list(members)


def _mismatch(kind: str, name: Any, params: list[Mapping[str, Any]] | None) -> str:
    """Say in words why a widget cannot be in a group, or nothing where it can."""
    if params is None:
        return ""
    if kind == "ticker":
        return "" if any(param.get("type") == "ticker" for param in params) else "'ticker' needs a ticker parameter."
    shared = [param for param in params if _is_named(param, name, kind)]
    if not shared:
        return f"it has no parameter {name!r}."
    is_endpoint = effective_type(shared[0]) == "endpoint"
    if kind == "endpointParam" and not is_endpoint:
        return f"'endpointParam' does not match {name!r}, which has type {effective_type(shared[0])!r}."
    if kind == "param" and (is_endpoint or effective_type(shared[0]) == "ticker"):
        return f"'param' does not match {name!r}, which has type {effective_type(shared[0])!r}."
    return ""


def _is_named(param: Mapping[str, Any], name: Any, kind: str) -> bool:
    """Tell whether a group means a parameter: by its name, or by the last part of its options URL."""
    url = param.get("optionsEndpoint")
    by_url = kind == "endpointParam" and isinstance(url, str) and url.rpartition("/")[2] == name
    return param.get("paramName") == name or by_url


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
        for id in _MENTION.findall(prompt) if isinstance(prompt, str) else ():
            if not app.knows(id):
                fix = did_you_mean(id, app.widgets or (), otherwise="Name a widget of widgets.json.")
                report.warning(("prompts", index), f"No widget has the id {id!r}.", value=prompt, fix=fix)


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
