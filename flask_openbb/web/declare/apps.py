"""Dashboards: the apps of apps.json."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import RegistrationError
from ...manifest.registry import caller_location
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
        groups: Sequence[Group] = (),
        **options: Any,
    ) -> None:
        """Declare one app of apps.json: a dashboard with its widgets in place.

        :param tabs: Tab name to its widgets in reading order: views, widget ids, or
            :class:`~flask_openbb.Placement` where the place is chosen; the others are packed on the 40 columns.
        :param prompts: Questions offered to the user of OpenBB's agent.
        :param groups: Parameters that move together.
        :param options: Other fields of :class:`~flask_openbb.manifest.specs.App`.
        :raises RegistrationError: For an unknown keyword.

        Source: OpenBB docs, apps.json reference.

        .. versionadded:: 0.1
        """
        check_options("app", options, _APP_FIELDS)
        if not isinstance(tabs, Mapping) or any(isinstance(widgets, str) for widgets in tabs.values()):
            raise RegistrationError(
                f"app({name!r}): tabs= maps each tab's name to a list of widgets, as in {{'Main': [prices]}}, "
                f"not {tabs!r}."
            )
        self.registry.add_app(
            {
                "name": name,
                "tabs": dict(tabs),
                "prompts": tuple(prompts),
                "groups": tuple(groups),
                "location": caller_location(1),
                **options,
            }
        )
