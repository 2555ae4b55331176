"""The apps.json builder: widgets packed into tabs on Workspace's 40-column grid.

Called by ``web/build.py`` when apps.json is built; no Flask here. Group building and import of exported
apps come with a later release.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import RegistrationError
from .specs import App, Group, Placement, Tab

COLUMNS = 40
"""Width of Workspace's grid in cells. Source: OpenBB docs, apps.json reference, ``layout``."""

Size = tuple[int, int]


def lay_out(items: Sequence[tuple[str, Size]]) -> tuple[Placement, ...]:
    """Pack widgets left to right, then into the next row, so that none overlap.

    :param items: ``(widget id, (width, height))`` in reading order, sizes in grid cells.
    :return: One placement an item, in the order given; a width over 40 is cut to 40.
    """
    placed = []
    x = y = row_height = 0
    for widget, (width, height) in items:
        w = min(width, COLUMNS)
        if x + w > COLUMNS:
            x, y, row_height = 0, y + row_height, 0
        placed.append(Placement(widget, x=x, y=y, w=w, h=height))
        x += w
        row_height = max(row_height, height)
    return tuple(placed)


def build_app(
    name: str,
    *,
    tabs: Mapping[str, Sequence[Any]],
    find: Callable[[Any], tuple[str, Size]],
    groups: Sequence[Group] = (),
    **options: Any,
) -> App:
    """Make one entry of apps.json.

    :param tabs: Tab name to its widgets: views, ids, or :class:`Placement` where the place was chosen.
    :param find: Resolves a view or an id to its widget id and size, in grid cells.
    :param options: Other fields of :class:`App`.
    :raises RegistrationError: If a view is no widget, with the app and tab it stands in.
    """
    built = []
    for title, widgets in tabs.items():
        chosen = [widget for widget in widgets if isinstance(widget, Placement)]
        try:
            found = [find(widget) for widget in widgets if not isinstance(widget, Placement)]
        except RegistrationError as error:
            raise RegistrationError(f"App {name!r}, tab {title!r}: {error}") from None
        below = max((placement.y + placement.h for placement in chosen), default=0)
        packed = [_lowered(placement, below) for placement in lay_out(found)]
        built.append(Tab(id=_slug(title), name=title, layout=(*chosen, *packed)))
    return App(name, tabs=tuple(built), groups=tuple(groups), **options)


def _lowered(placement: Placement, rows: int) -> Placement:
    return Placement(placement.widget, x=placement.x, y=placement.y + rows, w=placement.w, h=placement.h)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
