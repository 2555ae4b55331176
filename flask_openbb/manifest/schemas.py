"""widgets.json, apps.json and agents.json as marshmallow schemas: the way in and the way out.

``dump_*`` writes a frozen spec as a wire object, ``load_*`` reads one back; the camelCase of the wire lives in the
``data_key=`` of :mod:`.schema_widgets`, :mod:`.schema_params`, :mod:`.schema_columns` and :mod:`.schema_apps`.
No Flask. Called while a manifest is built, by ``register_widget`` and by :mod:`.lint`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, cast

from ..errors import Fault, ManifestError
from .schema_agents import AgentSchema
from .schema_apps import AppSchema, with_camel_servers
from .schema_columns import title
from .schema_params import to_options
from .schema_widgets import WidgetSchema
from .specs import Agent, App, Widget
from .wire_schema import WireSchema


@cache
def widget_schema() -> WidgetSchema:
    """Return the schema of one widget; made once."""
    return WidgetSchema()


@cache
def app_schema() -> AppSchema:
    """Return the schema of one app; made once."""
    return AppSchema()


@cache
def agent_schema() -> AgentSchema:
    """Return the schema of one agent; made once."""
    return AgentSchema()


def dump_widget(widget: Widget) -> dict[str, Any]:
    """Write a widget as an entry of widgets.json.

    :param widget: Parameters whose options are views have to be resolved to URLs first.
    :return: The wire object without the id: fields not given are left out, falsy ones kept.
    :raises ParamError: If a parameter's options are still a view.

    Source: OpenBB docs, widgets.json reference.
    """
    return cast("dict[str, Any]", widget_schema().dump(widget))


def dump_app(app: App) -> dict[str, Any]:
    """Write an app as an entry of apps.json.

    :return: The wire object; ``allowCustomization``, ``groups`` and ``prompts`` are always there, because the MCP
        server asks for them.

    Source: OpenBB docs, apps.json reference.
    """
    return cast("dict[str, Any]", app_schema().dump(app))


def dump_agent(agent: Agent) -> dict[str, Any]:
    """Write an agent as an entry of agents.json.

    :return: The wire object without the id, which is its key.

    Source: OpenBB docs, agents.json reference.
    """
    return cast("dict[str, Any]", agent_schema().dump(agent))


def load_widget(id: str, wire: Mapping[str, Any]) -> Widget:
    """Read an entry of widgets.json.

    :param id: Its key in the manifest.
    :param wire: The entry; it is not changed. Keys we do not know go to ``extra``, nested as they were.
    :return: The widget; values are kept as written, ``null`` is "not given".
    :raises ManifestError: With every wrong type, value and missing key at once.
    """
    loaded = _load(widget_schema(), wire, "widgets.json", id, {"id": id})
    return cast("Widget", loaded)


def load_app(wire: Mapping[str, Any]) -> App:
    """Read an entry of apps.json.

    :param wire: The entry; ``mcp_servers`` is read as ``mcpServers``.
    :return: The app; what a dump adds is its default here.
    :raises ManifestError: With every wrong type, value and missing key at once.
    """
    name = wire.get("name") if isinstance(wire, Mapping) else None
    return cast("App", _load(app_schema(), wire, "apps.json", name if isinstance(name, str) else None, {}))


def load_agent(id: str, wire: Mapping[str, Any]) -> Agent:
    """Read an entry of agents.json in its object form.

    :param id: Its key.
    :raises ManifestError: With every wrong type, value and missing key at once.
    """
    return cast("Agent", _load(agent_schema(), wire, "agents.json", id, {"id": id}))


def _load(schema: WireSchema, wire: Any, document: str, name: str | None, known: dict[str, Any]) -> Any:
    if not isinstance(wire, Mapping):
        fault = Fault("error", "This has to be an object.", document, name, value=wire)
        raise ManifestError([fault])
    faults = [
        Fault(found.severity, found.message, document, name, found.path, found.value, found.allowed, found.fix)
        for found in schema.findings(wire)
        if found.severity == "error"
    ]
    if faults:
        raise ManifestError(faults)
    return schema.load(with_camel_servers(wire)) if not known else replace(schema.load(wire), **known)


__all__ = [
    "agent_schema",
    "app_schema",
    "dump_agent",
    "dump_app",
    "dump_widget",
    "load_agent",
    "load_app",
    "load_widget",
    "title",
    "to_options",
    "widget_schema",
]
