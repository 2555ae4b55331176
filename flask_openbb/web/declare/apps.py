"""Dashboards: the apps of apps.json."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from ...errors import RegistrationError
from ...manifest.app_parts import MISFITS, Misfits, mention_of
from ...manifest.registry import MARK, caller_location, source_of
from ...manifest.specs import App, Group
from .base import Declaring, check_options

_APP_FIELDS = {field.name for field in dataclasses.fields(App)} - {"name", "tabs", "groups"}


class AppDeclarations(Declaring):
    """Apps with their widgets in place."""

    def app(
        self,
        name: str,
        *,
        tabs: Mapping[str, Sequence[Any]],
        prompts: Sequence[str] = (),
        groups: Literal["auto"] | Sequence[Group | Literal["auto"]] = "auto",
        **options: Any,
    ) -> None:
        """Declare one app of apps.json: a dashboard with its widgets in place.

        :param tabs: Tab name to its widgets in reading order: views, widget ids, or
            :func:`~flask_openbb.place` where more is said; what has no place of its own is packed on the 40 columns.
        :param prompts: Questions offered to the user of OpenBB's agent; :meth:`mention` names a widget in one.
        :param groups: Parameters that move together. ``"auto"`` makes a group of every parameter that two or more
            placed widgets have with the same name, type, choices and first value; a list of
            :class:`~flask_openbb.Group` says which, with ``"auto"`` in it for the rest; ``()`` is none.
        :param options: Other fields of :class:`~flask_openbb.manifest.specs.App`.
        :raises RegistrationError: For an unknown keyword.

        Source: OpenBB docs, apps.json reference.

        .. versionadded:: 0.1
        """
        check_options("app", options, _APP_FIELDS)
        if not isinstance(tabs, Mapping) or not all(
            isinstance(name, str) and isinstance(widgets, Iterable) and not isinstance(widgets, str | Mapping)
            for name, widgets in tabs.items()
        ):
            raise RegistrationError(
                f"app({name!r}): tabs= maps each tab's name to a list of widgets, as in {{'Main': [prices]}}, "
                f"not {tabs!r}."
            )
        if isinstance(prompts, str):
            raise RegistrationError(f"app({name!r}): prompts= is a list of questions, not {prompts!r}.")
        if isinstance(groups, str) and groups != "auto":
            raise RegistrationError(f"app({name!r}): groups= is 'auto' or a list of Group(...), not {groups!r}.")
        self.registry.add_app(
            {
                "name": name,
                "tabs": {tab: tuple(widgets) for tab, widgets in tabs.items()},
                "prompts": tuple(prompts),
                "groups": groups if isinstance(groups, str | Group) else tuple(groups),
                "location": caller_location(1),
                **options,
            }
        )

    def apps_from(
        self,
        source: str | Path | Mapping[str, Any] | list[Any] | tuple[Any, ...],
        *,
        misfits: Misfits = "warn",
        rename: Mapping[str, Any] | None = None,
    ) -> None:
        """Serve apps that were exported from Workspace with "Export apps.json".

        They are read when the manifests are built, and checked against the widgets: ids, parameters, choices and
        groups that are gone are told with their place in the file. In debug a changed file is read again.

        :param source: A file, its path relative to the app's ``root_path``, or its parsed JSON: a list of apps or one.
        :param misfits: What becomes of parts that no longer fit the widgets. ``"warn"`` serves them as they are, and
            Workspace leaves them out; ``"drop"`` takes them out here; ``"error"`` refuses the app, which
            ``OPENBB_ON_INVALID`` then acts upon.
        :param rename: Views or ids by the widget id in the file, where widgets have new ids.
        :raises RegistrationError: For another ``misfits``, or a source of another type.

        Source: OpenBB docs, developers/apps.

        .. versionadded:: 0.1
        """
        if misfits not in MISFITS:
            raise RegistrationError(f"apps_from(): misfits= is one of {', '.join(MISFITS)}, not {misfits!r}.")
        if not isinstance(source, str | Path | Mapping | list | tuple):
            raise RegistrationError(f"apps_from() takes a file or the apps in it, not {source!r}.")
        location = caller_location(1)
        self.registry.add_app(
            {
                "name": str(source) if isinstance(source, str | Path) else location,
                "tabs": {},
                "source": source,
                "misfits": misfits,
                "rename": dict(rename or {}),
                "location": location,
            }
        )

    def mention(self, widget: Any) -> str:
        """Write a mention of a widget for a prompt: ``f"What moved in {openbb.mention(prices)}?"``.

        :param widget: A view, whose id is put in when apps.json is built, or an id.

        Source: OpenBB docs, apps.json reference, "Tagging widgets and tabs in prompts".

        .. versionadded:: 0.1
        """
        if isinstance(widget, str):
            return mention_of(widget)
        if not callable(widget):
            raise RegistrationError(f"mention() takes a view or a widget's id, not {widget!r}.")
        told = _told(widget)
        for token, known in self.registry.mentions.items():
            if known is widget or _told(known) == told:  # a factory that runs again
                self.registry.mentions[token] = widget
                return token
        token = mention_of(f"view {len(self.registry.mentions) + 1} {getattr(widget, '__name__', 'view')}")
        self.registry.mentions[token] = widget
        return token


def _told(view: Any) -> tuple[object, ...]:
    """What tells views of the same code apart, as a loop makes them."""
    ids = [(mark.id, mark.fields.get("name"), mark.fields.get("endpoint")) for mark in getattr(view, MARK, ())]
    return id(source_of(view)), getattr(view, "__name__", None), repr(ids)
