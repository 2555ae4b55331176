"""The check of whole manifests: what Workspace refuses, warns about, ignores or could do better.

Takes parsed JSON of any shape, never raises, changes nothing, and reports every fault at once. Types, ranges and
lists of values come from the schemas; what looks beyond one key is in :mod:`.lint_widgets`, :mod:`.lint_params`,
:mod:`.lint_columns` and :mod:`.lint_apps`. No Flask. Called while a manifest is built and by ``flask openbb check``.

**Errors** are what the client refuses or what breaks it, and the keys it accepts and does nothing with though they
carry the meaning (``columns``, a parameter's ``name``); **warnings** what it warns about, strips or drops; the rest
is **hints**.

Source: CLIENT lib/utils/validateBackend.ts, utils/zodForms.ts, lib/types/app.ts, lib/utils/widgetParams.ts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from ..errors import Fault
from .lint_widgets import RULES, check_all
from .report import Report, errors_first
from .schema_agents import AgentSchema
from .schemas import agent_schema, app_schema, widget_schema
from .urls import same_url
from .widget_view import WidgetView
from .wire_fields import Finding

_NO_LOCATIONS: Mapping[str, str] = MappingProxyType({})


def lint_widgets(
    manifest: object,
    *,
    locations: Mapping[str, str] = _NO_LOCATIONS,
    endpoints: Collection[str] | None = None,
    declared: Collection[str] = (),
) -> list[Fault]:
    """Check a whole widgets.json.

    :param manifest: The parsed JSON, of any shape.
    :param locations: ``file:line`` of the view by widget id.
    :param endpoints: The relative URLs this backend serves; where given, a relative ``endpoint``,
        ``optionsEndpoint`` or form endpoint that is not among them is an error. Slashes at the ends do not matter,
        ``{placeholders}`` are compared as written.
    :param declared: Ids of widgets whose parameters and columns are declared in Python, where a click that sets an
        unknown parameter is an error; elsewhere it is a warning, because OpenBB's docs show such manifests.
    :return: Every fault, errors first, then in the order of the manifest.

    Source: CLIENT lib/utils/validateBackend.ts, ``validateObject``.
    """
    whole = Report("widgets.json")
    if not isinstance(manifest, Mapping):
        what = "widgets.json is an object of widgets, keyed by their ids."
        whole.error((), what, value=manifest, fix="Return {'widget_id': {...}}.")
        return whole.faults
    if isinstance(manifest.get("name"), str) and isinstance(manifest.get("endpoint"), str):
        what = "This is one widget; widgets.json is an object of widgets, keyed by their ids."
        whole.error((), what, fix="Return {'widget_id': {...}} with the widget as its value.")
        return whole.faults
    served = None if endpoints is None else frozenset(same_url(url) for url in endpoints)
    views: list[WidgetView] = []
    for id, wire in manifest.items():
        report = Report("widgets.json", str(id), locations.get(id, ""), whole.faults)
        if not isinstance(wire, Mapping):
            report.error((), "A widget is an object; this one breaks the check of all.", value=wire, fix="Remove it.")
            continue
        report.add(widget_schema().findings(wire))
        view = WidgetView.of(str(id), wire, served, declared=id in declared)
        views.append(view)
        for rule in RULES:
            rule(view, report)
    check_all(views, whole)
    return errors_first(whole.faults)


def lint_apps(apps: object, *, widgets: Mapping[str, Any] | None = None) -> list[Fault]:
    """Check a whole apps.json.

    :param apps: The parsed JSON, of any shape: a list of apps, or one app.
    :param widgets: The widgets.json beside it; where given, layouts, groups and prompts have to name its widgets.
    :return: Every fault, errors first, then in the order of the manifest.

    Source: CLIENT lib/utils/validateBackend.ts, ``validateBackendTemplates`` and ``validateSource``.
    """
    from .lint_apps import check_app, check_app_names  # noqa: PLC0415 - loaded when first used

    whole = Report("apps.json")
    if isinstance(apps, Mapping):
        apps = [apps] if apps else []
    if not isinstance(apps, list | tuple):
        whole.error((), "apps.json is a list of apps.", value=apps, fix="Return [{...}], or [] for none.")
        return whole.faults
    for index, app in enumerate(apps):
        report = Report("apps.json", _app_name(app, index), faults=whole.faults)
        if not isinstance(app, Mapping):
            report.error((), "An app is an object; this one breaks the list of all.", value=app, fix="Remove it.")
            continue
        report.add(app_schema().findings(app))
        check_app(app, report, widgets if isinstance(widgets, Mapping) else None)
    check_app_names(apps, whole)
    return errors_first(whole.faults)


def lint_agents(agents: object) -> list[Fault]:
    """Check a whole agents.json.

    :param agents: The parsed JSON, of any shape: the agents page reads an object keyed by id, a data backend
        connection a list of agents with ``id`` and ``name``.
    :return: Every fault, errors first, then in the order of the manifest.

    Source: OpenBB docs, agents.json reference; CLIENT lib/utils/validateBackend.ts, ``validateBackend``.
    """
    whole = Report("agents.json")
    if isinstance(agents, list | tuple):
        for index, agent in enumerate(agents):
            _check_listed_agent(agent, index, whole)
    elif not isinstance(agents, Mapping):
        what = "agents.json is an object of agents, keyed by their ids."
        whole.error((), what, value=agents, fix="Return {'agent-id': {...}}.")
    elif isinstance(agents.get("name"), str):
        what = "This is one agent; agents.json is an object of agents, keyed by their ids."
        whole.error((), what, fix="Return {'agent-id': {...}} with the agent as its value.")
    else:
        for id, agent in agents.items():
            report = Report("agents.json", str(id), faults=whole.faults)
            if isinstance(agent, Mapping):
                report.add(agent_schema().findings(agent))
            else:
                report.error((), "An agent is an object.", value=agent, fix="Remove it.")
    return errors_first(whole.faults)


def _check_listed_agent(agent: object, index: int, whole: Report) -> None:
    """Check one agent of the list form, of which the client skips any without ``id`` and ``name``."""
    id = agent.get("id") if isinstance(agent, Mapping) else None
    report = Report("agents.json", id if isinstance(id, str) else f"#{index}", faults=whole.faults)
    if not isinstance(agent, Mapping):
        report.error((), "An agent is an object; Workspace skips this one.", value=agent, fix="Remove it.")
        return
    for key in ("id", "name"):
        if key not in agent:
            report.error((key,), "A required key is missing; Workspace skips this agent.", fix="Give a string.")
        elif not isinstance(agent[key], str):
            report.error((key,), "This has to be a string.", value=agent[key])
    schema: AgentSchema = agent_schema()
    report.add(found for found in schema.findings(agent) if _of_listed(found, agent))


def _of_listed(found: Finding, agent: Mapping[str, Any]) -> bool:
    """Keep what the list form shares with the object form: it asks for no description, endpoints or features."""
    return found.path[:1] != ("name",) and (len(found.path) != 1 or found.path[0] in agent)


def _app_name(app: object, index: int) -> str:
    name = app.get("name") if isinstance(app, Mapping) else None
    return name if isinstance(name, str) and name else f"#{index}"
