"""The groups of an app: which placed widgets share a parameter, what kind of group that is, and who is in it.

Membership is written twice, because each has its readers: into ``layout[].groups``, which Workspace prefers, and into
``widgetIds``, which OpenBB's docs show. No Flask. Called by :mod:`.apps`.

Source: CLIENT lib/types/app.ts, ``backendTemplateSchema``; lib/utils/createTemplates.ts and lib/utils/app.ts, the
group functions; OpenBB docs, apps.json reference, ``groups``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import RegistrationError
from .app_params import GROUP_TYPES, flat_params, group_type, params_by_name, placed_value, shape_of, start_of
from .near_misses import did_you_mean
from .report import Report
from .specs import Group
from .wire_fields import Path

AUTO = "auto"


@dataclass
class Member:
    """One placed widget while the groups of its app are found."""

    id: str
    path: Path
    """Where its placement stands."""
    widget: Mapping[str, Any] | None
    """Its entry in widgets.json, where known."""
    values: Mapping[str, Any]
    """The parameters its placement sets."""
    chosen: Sequence[str] | None
    """The groups its placement names."""
    names: list[str] = field(default_factory=list)
    """The groups it is in."""

    @property
    def params(self) -> list[Mapping[str, Any]]:
        """Its parameters; none where the widget is not known."""
        return flat_params(self.widget) or []

    def shared(self, group: Group) -> Mapping[str, Any] | None:
        """Find the parameter a group moves in this widget."""
        if group.type == "ticker" and group.param_name is None:
            return next((param for param in self.params if group_type(param) == "ticker"), None)
        return params_by_name(self.params).get(group.param_name or "")


def make_groups(
    groups: str | Sequence[Any],
    members: Sequence[Member],
    *,
    resolve: Callable[[Any], str],
    report: Report,
) -> list[Group]:
    """Find the groups of an app, and note in each member which it is in.

    :param groups: ``"auto"``; or groups, with ``"auto"`` among them for the parameters they leave.
    :param resolve: Gives the id of a view; raises RegistrationError if it is no widget.
    :param report: Takes the faults.
    :return: Groups with type, parameter, members and default.
    """
    listed = [groups] if isinstance(groups, str | Group) else list(groups)
    made: list[Group] = []
    for index, group in enumerate(entry for entry in listed if entry != AUTO):
        if not isinstance(group, Group):
            fix = "Write groups='auto', or a list of Group(...)."
            report.error(("groups", index), "This is not a group.", value=repr(group), fix=fix)
            continue
        found = _Explicit(group, ("groups", index), members, report).made(resolve)
        if found is not None:
            made.append(found)
    declared = {group.name for group in listed if isinstance(group, Group)}
    _check_chosen(members, declared, report)
    if AUTO in listed:
        made += _found_groups(members, made)
    return [replace(group, widget_ids=_ids(group, members)) for group in made]


def _ids(group: Group, members: Sequence[Member]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(member.id for member in members if group.name in member.names))


def _check_chosen(members: Sequence[Member], declared: set[str], report: Report) -> None:
    for member in members:
        for index, name in enumerate(member.chosen or ()):
            if name not in declared:
                fix = did_you_mean(name, declared, otherwise=f"Add Group({name!r}, param_name=...) to groups=.")
                report.error((*member.path, "groups", index), "The app has no group of this name.", value=name, fix=fix)


def _found_groups(members: Sequence[Member], made: Sequence[Group]) -> list[Group]:
    """Group what starts with the same value, so that grouping changes nothing a user sees at first."""
    taken = {group.name for group in made}
    together: dict[tuple[object, ...], list[tuple[Member, Mapping[str, Any]]]] = {}
    for member in members:
        moved = {id(member.shared(group)) for group in made if group.name in member.names}
        for param in member.params if member.chosen is None else ():
            shape = shape_of(param, member.params)
            if shape is not None and id(param) not in moved:
                key = (*shape, repr(start_of(param, member.values)))
                together.setdefault(key, []).append((member, param))
    found = []
    for shape, shared in together.items():
        if len(shared) < 2:
            continue
        name = next(name for number in range(1, 10_000) if (name := f"Group {number}") not in taken)
        taken.add(name)
        first, param = shared[0]
        found.append(
            Group(
                name,
                type=str(shape[0]),
                param_name=str(param["paramName"]),
                default_value=start_of(param, first.values),
            )
        )
        for member, _ in shared:
            member.names.append(name)
    return found


@dataclass(frozen=True)
class _Explicit:
    """One group that was declared, and where."""

    group: Group
    path: Path
    members: Sequence[Member]
    report: Report

    def made(self, resolve: Callable[[Any], str]) -> Group | None:
        """Complete the group, note its members, and report what does not fit."""
        group = self.group
        if group.type is not None and group.type not in GROUP_TYPES:
            fix = did_you_mean(group.type, GROUP_TYPES, otherwise=f"Use one of {', '.join(GROUP_TYPES)}.")
            self.report.error((*self.path, "type"), "Workspace has no groups of this type.", value=group.type, fix=fix)
            return None
        if group.param_name is None and group.type != "ticker":
            fix = f"Write Group({group.name!r}, param_name='symbol')."
            self.report.error((*self.path, "paramName"), "This group shares no parameter.", fix=fix)
            return None
        members = self._members(resolve)
        if members is None:
            return None
        shared = [(member, param) for member in members if (param := self._param(member)) is not None]
        for member in members:
            member.names.append(group.name)
        if not shared:
            return replace(group, type=group.type or "param", widgets=None)
        kind = group.type or group_type(shared[0][1]) or "param"
        self._check_types(shared, kind)
        name = group.param_name or str(shared[0][1]["paramName"])
        return replace(group, type=kind, param_name=name, widgets=None, default_value=self._default(shared))

    def _members(self, resolve: Callable[[Any], str]) -> list[Member] | None:
        group = self.group
        named: set[str] = set()
        wanted = [*(group.widgets or ()), *(group.widget_ids or ())]
        placed = {member.id for member in self.members}
        for index, widget in enumerate(wanted):
            path = (*self.path, "widgetIds", index)
            try:
                id = resolve(widget)
            except RegistrationError as error:
                self.report.error(path, str(error))
                continue
            named.add(id)
            if id not in placed:
                fix = did_you_mean(id, placed, otherwise="Place it on a tab, or leave it out.")
                self.report.error(path, "This app shows no widget of this id.", value=id, fix=fix)
        found = [m for m in self.members if m.id in named or group.name in (m.chosen or ())]
        if wanted or found:
            return found
        found = [m for m in self.members if m.chosen is None and m.shared(group) is not None]
        if found:
            return found
        known = {name for member in self.members for name in params_by_name(member.params)}
        fix = did_you_mean(group.param_name, known, otherwise="Name the parameter its widgets share.")
        message = "No widget of this app has the parameter." if group.param_name else "No widget here has a ticker."
        self.report.error((*self.path, "paramName"), message, value=group.param_name, fix=fix)
        return None

    def _param(self, member: Member) -> Mapping[str, Any] | None:
        param = member.shared(self.group)
        if param is None and member.widget is not None:
            names = params_by_name(member.params)
            fix = did_you_mean(self.group.param_name, names, otherwise="Take it out of the group.")
            message = f"Widget {member.id!r} has no such parameter."
            self.report.error((*self.path, "paramName"), message, value=self.group.param_name, fix=fix)
        return param

    def _check_types(self, shared: Sequence[tuple[Member, Mapping[str, Any]]], kind: str) -> None:
        for member, param in shared:
            own = group_type(param)
            if own != kind:
                needs = f"needs a group of type {own!r}" if own else "is moved by no group"
                message = f"{param.get('paramName')!r} of widget {member.id!r} {needs}."
                fix = f"Leave type out, or give each type a group of its own; this one is {kind!r}."
                self.report.error((*self.path, "type"), message, value=self.group.type, fix=fix)

    def _default(self, shared: Sequence[tuple[Member, Mapping[str, Any]]]) -> Any:
        member, param = shared[0]
        if self.group.default_value is None:
            return start_of(param, member.values)
        try:
            return placed_value(self.group.default_value, param)
        except TypeError as error:
            fix = "Give text, a number, a date or a list of them."
            self.report.error((*self.path, "defaultValue"), f"A value of type {error} has no wire form.", fix=fix)
            return None
