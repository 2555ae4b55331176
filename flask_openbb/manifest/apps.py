"""The apps.json builder: an app as declared, completed from its widgets, with every fault at once.

Owns what a placement may leave out: its place, its size, its groups. Imports this room's packer, groups and schemas,
no Flask. Called by ``web.app_entries`` when apps.json is built.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import Fault, RegistrationError
from .app_params import flat_params, params_by_name, placed_value, wrong_with
from .groups import AUTO, Member, make_groups
from .layout import COLUMNS, NAVIGATION_ROWS, Piece, drawn_size, pack
from .near_misses import did_you_mean
from .report import Report
from .specs import App, Group, Placement, Tab
from .wire_fields import Path, is_number, plain

_UNKNOWN_SIZE = (20, 12)


@dataclass(frozen=True)
class Found:
    """A widget as an app needs it."""

    id: str
    widget: Mapping[str, Any] | None
    """Its entry in widgets.json; None if it is not of this backend, or was refused."""
    size: tuple[int, int] = _UNKNOWN_SIZE
    """What it gets without a size of its own, in cells."""


def build_app(
    name: str,
    *,
    tabs: Mapping[str, Sequence[Any]],
    find: Callable[[Any], Found],
    groups: str | Sequence[Any] = AUTO,
    location: str = "",
    **options: Any,
) -> tuple[App | None, list[Fault]]:
    """Make one entry of apps.json.

    :param tabs: Tab name to its widgets: views, ids, or :class:`Placement` with more said.
    :param find: Resolves a view or an id; raises RegistrationError for what is no widget.
    :param groups: ``"auto"``, or groups; see :func:`.groups.make_groups`.
    :param location: ``file:line`` of the declaration.
    :param options: Other fields of :class:`App`.
    :return: The app, None if there is an error, and every fault.
    """
    report = Report("apps.json", name, location)
    built = _Builder(find, report).tabs(tabs)
    members = [member for tab in built for _, member in tab.items]
    made = make_groups(groups, members, resolve=lambda widget: find(widget).id, report=report)
    app = App(
        name,
        tabs=tuple(Tab(id=tab.id, name=tab.name, layout=_layout(tab, made)) for tab in built),
        groups=tuple(made),
        **options,
    )
    failed = any(fault.severity == "error" for fault in report.faults)
    return None if failed else app, report.faults


def _layout(tab: _Tab, groups: Sequence[Group]) -> tuple[Placement, ...]:
    # Where an app has groups every placement says which: without it Workspace would ask widgetIds, which cannot
    # tell two placements of one widget apart.
    return tuple(replace(placed, groups=tuple(member.names) if groups else None) for placed, member in tab.items)


@dataclass(frozen=True)
class _Tab:
    id: str
    name: str
    items: Sequence[tuple[Placement, Member]]


@dataclass(frozen=True)
class _Builder:
    find: Callable[[Any], Found]
    report: Report

    def tabs(self, tabs: Mapping[str, Sequence[Any]]) -> list[_Tab]:
        """Find, check and place the widgets of each tab."""
        top = NAVIGATION_ROWS if len(tabs) > 1 else 0
        built: list[_Tab] = []
        for title, widgets in tabs.items():
            id = self._id(title, {tab.id for tab in built})
            if not id and len(tabs) > 1:
                id = "tab"  # Workspace hides a tab without id as soon as there are others
            built.append(_Tab(id, title, self._items(("tabs", id, "layout"), widgets, top)))
        return built

    def _id(self, title: str, taken: set[str]) -> str:
        slug = re.sub(r"[^\w]+", "-", title.casefold()).strip("-_")
        if title and not slug:
            slug = "tab"
        return next(
            id for number in range(1, 10_000) if (id := f"{slug}-{number}" if number > 1 else slug) not in taken
        )

    def _items(self, path: Path, widgets: Sequence[Any], top: int) -> list[tuple[Placement, Member]]:
        found: list[tuple[Placement, Found]] = []
        for index, widget in enumerate(widgets):
            placed = widget if isinstance(widget, Placement) else Placement(widget)
            given: tuple[Any, ...] = (placed.state, placed.params)
            if not all(isinstance(mapping, Mapping | None) for mapping in given):
                what = "state= and params= of a placement map names to values."
                self.report.error((*path, index), what, value=placed.params or placed.state)
                placed = replace(placed, state=None, params=None)
            try:
                found.append((placed, self.find(placed.widget)))
            except RegistrationError as error:
                self.report.error((*path, index), str(error))
        pieces = [self._piece((*path, index), *item) for index, item in enumerate(found)]
        items = []
        for index, ((placed, widget), box) in enumerate(zip(found, pack(pieces, top=top), strict=True)):
            where = (*path, index)
            params = self._params(where, placed, widget)
            state = {**plain(placed.state or {}), **({"params": params} if params else {})}
            member = Member(widget.id, where, widget.widget, params, placed.groups)
            made = replace(placed, widget=widget.id, params=None, state=state or None)
            made = replace(made, x=int(box.x), y=int(box.y), w=int(box.w), h=int(box.h))
            items.append((made, member))
        return items

    def _piece(self, path: Path, placed: Placement, found: Found) -> Piece:
        sides = {side: getattr(placed, side) for side in "xywh"}
        for side, value in sides.items():
            least = 1 if side in "wh" else 0
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
                fix = f"Give a whole number of cells, {least} or more, or leave it out."
                self.report.error((*path, side), "This is no place on the grid.", value=value, fix=fix)
                sides[side] = None
        x, y, w, h = sides.values()
        width, height = self._drawn(found, w or found.size[0], h or found.size[1])
        if (w or width, h or height) != (width, height):
            self.report.hint(path, f"Workspace draws this widget {width} x {height} cells.", value=found.id)
        if width > COLUMNS:
            tell = self.report.hint if w is None else self.report.warning
            tell((*path, "w"), f"The widget is wider than the grid and is cut to {COLUMNS}.", value=width)
            width = COLUMNS
        if x is not None and x + width > COLUMNS:
            message = f"The widget ends at column {x + width}; the grid has {COLUMNS}."
            self.report.error((*path, "x"), message, value=x, fix="Make it narrower, or move it to the left.")
            x = None
        return Piece(width, height, x, y)

    def _drawn(self, found: Found, w: int, h: int) -> tuple[int, int]:
        grid = (found.widget or {}).get("gridData")
        least = grid if isinstance(grid, Mapping) else {}
        min_w, min_h = (least.get(key) if is_number(least.get(key)) else None for key in ("minW", "minH"))
        width, height = drawn_size(w, h, min_w=min_w, min_h=min_h)
        return int(width), int(height)

    def _params(self, path: Path, placed: Placement, found: Found) -> dict[str, Any]:
        """Check what a placement sets, and write it as ``state.params``."""
        kept = (placed.state or {}).get("params")
        values: dict[str, Any] = dict(kept) if isinstance(kept, Mapping) else {}
        flat = flat_params(found.widget)
        known = params_by_name(flat or [])
        for name, value in (placed.params or {}).items():
            where = (*path, "state", "params", name)
            if flat is not None and name not in known:
                fix = did_you_mean(name, known, otherwise=_names(known))
                self.report.error(where, f"Widget {found.id!r} has no parameter {name!r}.", value=value, fix=fix)
                continue
            param = known.get(name, {})
            try:
                values[name] = placed_value(value, param)
            except TypeError as error:
                fix = "Give text, a number, a date or a list of them."
                self.report.error(where, f"A value of type {error} has no wire form.", fix=fix)
                continue
            wrong = wrong_with(values[name], param) if flat is not None else None
            if wrong is not None:
                message = f"Parameter {name!r} of widget {found.id!r}: {wrong.message}"
                self.report.error(where, message, value=value, fix=wrong.fix)
        return values


def _names(known: Mapping[str, Any]) -> str:
    return f"It has {', '.join(map(repr, known))}." if known else "It has none."
