"""The widgets of a request: what the user chose, what the dashboard shows, what there is besides.

Imports its own room's reading of JSON only. Made by :mod:`.query`.

Source: PyPI openbb-ai 2.2, ``Widget`` and ``WidgetCollection``; CLIENT components/AI/hooks/useGetCopilotWidgets.tsx,
``createCopilotWidget``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .reading import mapping, mappings, text


@dataclass(frozen=True)
class WidgetRequest:
    """A widget and the parameters to fetch it with; :meth:`AgentWidget.request` makes it.

    .. versionadded:: 0.1
    """

    widget_id: str
    origin: str
    """The backend's name in Workspace."""
    uuid: str = ""
    """Of the widget on the dashboard."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""

    def request(self, **arguments: Any) -> WidgetRequest:
        """The same request, with these parameters in place of its own."""
        return replace(self, arguments={**self.arguments, **arguments})


@dataclass(frozen=True)
class WidgetParam:
    """A parameter of a widget, with the value it has on the dashboard.

    .. versionadded:: 0.1
    """

    name: str
    type: str = "text"
    description: str = ""
    default_value: Any = None
    current_value: Any = None
    """None for a widget that is on no dashboard."""
    options: tuple[Any, ...] = ()
    get_options: bool = False
    """Whether :func:`get_options` tells more of them."""
    multi_select: bool = False

    @property
    def value(self) -> Any:
        """The current value, or else the default."""
        return self.default_value if self.current_value is None else self.current_value


@dataclass(frozen=True)
class AgentWidget:
    """A widget that Workspace tells an agent of.

    .. versionadded:: 0.1
    """

    widget_id: str
    """Its id in widgets.json."""
    origin: str
    """The backend's name in Workspace."""
    uuid: str = ""
    """Of the widget on the dashboard; empty for one that is on none."""
    name: str = ""
    description: str = ""
    params: tuple[WidgetParam, ...] = ()
    source: str | None = None
    category: str | None = None
    columns: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def arguments(self, **given: Any) -> dict[str, Any]:
        """The parameters with the values they have, and these in their place; those without a value are left out."""
        current = {param.name: param.value for param in self.params if param.value is not None}
        return {**current, **given}

    def request(self, **arguments: Any) -> WidgetRequest:
        """Ask for it with its current parameters, and these in their place.

        .. versionadded:: 0.1
        """
        return WidgetRequest(
            widget_id=self.widget_id,
            origin=self.origin,
            uuid=self.uuid,
            arguments=self.arguments(**arguments),
            name=self.name,
        )


@dataclass(frozen=True)
class Widgets:
    """The widgets of a request, by how near they are to the question.

    .. versionadded:: 0.1
    """

    primary: tuple[AgentWidget, ...] = ()
    """Those the user chose; sent to agents with the feature ``widget-dashboard-select``."""
    secondary: tuple[AgentWidget, ...] = ()
    """The others on the dashboard; ``widget-dashboard-search``."""
    extra: tuple[AgentWidget, ...] = ()
    """All that the user has; ``widget-global-search``."""

    def __iter__(self) -> Iterator[AgentWidget]:
        return iter((*self.primary, *self.secondary, *self.extra))

    def find(self, widget: str) -> AgentWidget | None:
        """The first widget with this uuid, id or name, the nearest to the question first."""
        for attribute in ("uuid", "widget_id", "name"):
            for one in self:
                if widget and getattr(one, attribute) == widget:
                    return one
        return None


def read_widgets(value: Any) -> Widgets:
    """Read the ``widgets`` of a request; what is no widget is left out."""
    given = mapping(value)
    return Widgets(*(tuple(map(_widget, mappings(given.get(key)))) for key in ("primary", "secondary", "extra")))


def _widget(given: Mapping[str, Any]) -> AgentWidget:
    columns = given.get("columns")
    return AgentWidget(
        widget_id=text(given.get("widget_id")),
        origin=text(given.get("origin")),
        uuid=text(given.get("uuid")),
        name=text(given.get("name")),
        description=text(given.get("description")),
        params=tuple(_param(param) for param in mappings(given.get("params")) if text(param.get("name"))),
        source=text(given.get("source")) or None,
        category=text(given.get("category")) or None,
        columns=tuple(map(str, columns)) if isinstance(columns, list) else (),
        metadata=mapping(given.get("metadata")),
    )


def _param(given: Mapping[str, Any]) -> WidgetParam:
    options = given.get("options")
    return WidgetParam(
        name=text(given.get("name")),
        type=text(given.get("type")) or "text",
        description=text(given.get("description")),
        default_value=given.get("default_value"),
        current_value=given.get("current_value"),
        options=tuple(options) if isinstance(options, list) else (),
        get_options=given.get("get_options") is True,
        multi_select=given.get("multi_select") is True,
    )
