"""One app as the rules see it: wire JSON of any shape, read without trusting it; and who is in a group.

Called by :mod:`.lint_apps`, :mod:`.lint_app_params` and :mod:`.app_files`.

Source: CLIENT lib/types/app.ts, ``backendTemplateSchema``; lib/utils/app.ts, the group functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .app_params import flat_params, group_type, sync_key
from .schema_params import effective_type
from .wire_fields import Path

MENTION = re.compile(r"@\[id:([^\]]+)\]")
"""A widget in a prompt. Source: OpenBB docs, apps.json reference."""


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

    @classmethod
    def of(cls, app: Mapping[str, Any], widgets: Mapping[str, Any] | None) -> AppView:
        """Look at one app."""
        tabs = app.get("tabs")
        return cls(
            wire=app,
            tabs={str(key): tuple(_layout(key, tab)) for key, tab in tabs.items()} if isinstance(tabs, Mapping) else {},
            groups=tuple(_objects(app.get("groups"), ("groups",))),
            widgets=widgets,
        )

    @property
    def items(self) -> Iterator[Item]:
        """Every placement of every tab."""
        return (item for items in self.tabs.values() for item in items)

    @property
    def placed(self) -> set[str]:
        """The ids of the widgets on its tabs."""
        return {id for item in self.items if isinstance(id := item.wire.get("i"), str)}

    @property
    def group_names(self) -> list[str]:
        """The names of the groups."""
        return [group.wire["name"] for group in self.groups if isinstance(group.wire.get("name"), str)]

    def knows(self, id: Any) -> bool:
        """Tell whether a widget id is one of the backend's, Workspace's own, or cannot be judged."""
        if not isinstance(id, str) or self.widgets is None or is_core(id):
            return True
        return id in self.widgets

    def params_of(self, id: Any) -> list[Mapping[str, Any]] | None:
        """Return a widget's parameters, rows taken apart, or None where they are not known."""
        return flat_params(self.widgets.get(id)) if self.widgets is not None and isinstance(id, str) else None


def is_core(id: str) -> bool:
    """Tell whether a widget id is Workspace's own."""
    return id.startswith("rich_note") or id == "navigation_bar"


def _layout(key: Any, tab: Any) -> Iterator[Item]:
    layout = tab.get("layout") if isinstance(tab, Mapping) else None
    return _objects(layout, ("tabs", key, "layout"))


def _objects(entries: Any, path: Path) -> Iterator[Item]:
    for index, entry in enumerate(entries if isinstance(entries, list | tuple) else ()):
        if isinstance(entry, Mapping):
            yield Item((*path, index), entry)


def members_of(app: AppView, group: Item) -> list[str]:
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


def shared_param(group: Item, params: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Find the parameter of a widget that a group moves."""
    kind, name = group.wire.get("type"), group.wire.get("paramName")
    if kind == "ticker":
        return next((param for param in params if param.get("type") == "ticker"), None)
    return next((param for param in params if _is_named(param, name, kind)), None)


def misfits_of(app: AppView, group: Item) -> Iterator[tuple[str, str]]:
    """Name the members of a group that cannot be in it, and say in words why."""
    kind, synced = group.wire.get("type"), None
    for id in members_of(app, group):
        params = app.params_of(id)
        if params is None:
            continue
        param = shared_param(group, params)
        if param is None:
            told = "'ticker' needs a ticker parameter." if kind == "ticker" else "it has no parameter "
            yield id, told if kind == "ticker" else f"{told}{group.wire.get('paramName')!r}."
        elif group_type(param) not in (kind, None):
            yield id, f"{kind!r} does not match {param.get('paramName')!r}, which has type {effective_type(param)!r}."
        elif kind == "endpointParam" and group_type(param) == kind:
            key = sync_key(param, params)
            synced = synced or key
            if key != synced:
                yield id, f"its options come from {key!r} and those of the group's first widget from {synced!r}."


def _is_named(param: Mapping[str, Any], name: Any, kind: Any) -> bool:
    """Tell whether a group means a parameter: by its name, or by the last part of its options URL."""
    url = param.get("optionsEndpoint")
    by_url = kind == "endpointParam" and isinstance(url, str) and url.rpartition("/")[2] == name
    return param.get("paramName") == name or by_url
