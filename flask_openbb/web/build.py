"""The manifests of one app: built once, checked before Workspace sees them, kept as bytes with an ETag.

Called by ``state`` for the first manifest request and by the commands. Nothing here looks at the request except
:func:`for_caller`, which signs endpoints for the identity that asks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson
from flask import Flask

from ..door.auth import takes_headers
from ..errors import ConfigError, Fault, ManifestError
from ..manifest.lint import lint_agents, lint_widgets
from ..manifest.registry import Marked
from .bindings import Binding, Home, told
from .conditional import digest_of
from .entries import agent_entry, entry_of
from .param_views import resolve_options
from .routes import PLACES, Routes
from .rules import relative_url

if TYPE_CHECKING:
    from ..manifest.specs import Column
    from .state import State

logger = logging.getLogger("flask_openbb")


@dataclass(frozen=True)
class Document:
    """One manifest as it is sent."""

    body: bytes
    etag: str
    """A strong entity tag, without quotes."""


@dataclass(frozen=True, eq=False)
class Built:
    """All manifests of one app, and what the checker said of them."""

    widgets: Mapping[str, Any]
    apps: list[Any]
    agents: Any
    """A mapping by id, or a list, as ``OPENBB_AGENTS_FORM`` says."""
    faults: tuple[Fault, ...]
    """Errors (of widgets left out), warnings and hints."""
    signed: tuple[Binding, ...]
    """Bindings whose URL is signed for each caller."""
    documents: Mapping[str, Document]
    again: bool = False
    """Whether a source of rows could not be read, so that it is worth asking again."""

    @property
    def agents_listed(self) -> list[Any]:
        """The agents, in whatever form the manifest has them."""
        return list(self.agents.values()) if isinstance(self.agents, Mapping) else list(self.agents)


def compose(app: Flask, state: State, routes: Routes) -> Built:
    """Build and check the manifests, raising nothing: every fault is in the result.

    :return: Manifests without the invalid widgets and apps.
    """
    faults = list(routes.faults)
    wire: dict[str, Any] = {}
    unread = False
    for binding in routes.widgets.values():
        try:
            rows = resolve_options(routes, binding.plan.rows, near=binding.endpoint)
            columns, said, read = _columns(binding)
            faults += said
            unread = unread or not read
            entry = entry_of(
                binding.declaration,
                binding.function,
                binding,
                rows=rows,
                columns=columns,
                data_key=binding.shaping.data_key,
                told=binding.documented,
            )
            orjson.dumps(entry)
        except Exception as error:  # whatever it is, the other widgets must be served
            faults += _as_faults(binding, error)
            unread = unread or binding.rows is not None
        else:
            wire[binding.id] = entry
    for mark, home in routes.faulty:
        faults += _faults_beside(mark, home)
    locations = {id: routes.widgets[id].declaration.location for id in wire}
    declared = {id for id in wire if routes.widgets[id].declaration.wire is None}
    faults += lint_widgets(wire, locations=locations, endpoints=_endpoints(app, state, routes, wire), declared=declared)
    refused = {fault.widget for fault in faults if fault.severity == "error"}
    wire = {id: widget for id, widget in wire.items() if id not in refused}
    from .app_entries import app_entries  # noqa: PLC0415 - loaded when first used

    apps, app_faults = app_entries(app, state.registry, routes, wire)
    agents, agent_faults = _agents(routes, state.settings.agents_form)
    faults += [*app_faults, *agent_faults]
    signed = tuple(binding for binding in routes.everything() if binding.signed)
    signed = tuple(binding for binding in signed if binding.id in wire or binding.declaration.role != "widget")
    if signed and (unsigned := _unsigned(app, state, signed)):
        faults += unsigned
        wire = {id: widget for id, widget in wire.items() if id not in {fault.widget for fault in unsigned}}
        signed = ()
    documents = {"widgets": document(wire), "apps": document(apps), "agents": document(agents)}
    return Built(wire, apps, agents, tuple(faults), signed, documents, again=unread)


def _columns(binding: Binding) -> tuple[tuple[Column, ...], tuple[Fault, ...], bool]:
    if binding.rows is None:
        return binding.columns, (), True
    from .row_columns import row_columns  # noqa: PLC0415 - loaded when first used

    return row_columns(binding)


def build(app: Flask, state: State, routes: Routes) -> Built:
    """Build the manifests and act on their faults as ``OPENBB_ON_INVALID`` says.

    :raises ManifestError: With every error at once, if it says ``raise``.
    """
    built = compose(app, state, routes)
    errors = [fault for fault in built.faults if fault.severity == "error"]
    if errors and state.settings.on_invalid == "raise":
        raise ManifestError(errors)
    for fault in built.faults:
        if fault.severity != "hint":
            logger.log(logging.ERROR if fault.severity == "error" else logging.WARNING, "%s", fault)
    return built


def document(manifest: Any) -> Document:
    """Encode a manifest; the ETag is a digest of the bytes."""
    body = orjson.dumps(manifest)
    return Document(body, digest_of(body))


def for_caller(built: Built, *, sign: Callable[[Binding], str | None]) -> Document:
    """The widgets manifest of one caller, with signed endpoints in place of those Workspace asks bare.

    :param sign: Gives the URL signed for the caller, or None if the caller may not use it.
    """
    urls = {binding.url: url for binding in built.signed if (url := sign(binding)) is not None}
    manifest: dict[str, Any] = deepcopy(dict(built.widgets))
    for widget in manifest.values():
        for key in ("endpoint", "wsEndpoint"):
            if widget.get(key) in urls:
                widget[key] = urls[widget[key]]
        for param in _all_params(widget.get("params")):
            for key in ("optionsEndpoint", "endpoint"):
                if isinstance(param.get(key), str) and param[key].strip("/") in urls:
                    param[key] = urls[param[key].strip("/")]
    return document(manifest)


def signed_url(binding: Binding, token: str) -> str:
    """``openbb/signed/<token>/<widgets|options|forms>/<id>``.

    The token stands in the path because Workspace adds no parameters to an endpoint that has a query, and before
    the id because it groups options by the last part of their URL.

    Source: CLIENT lib/utils/widgetParams.ts, ``cleanSearchParams`` and ``handleEndpointParam``.
    """
    return f"openbb/signed/{token}/{PLACES[binding.declaration.role]}/{binding.id}"


def _unsigned(app: Flask, state: State, signed: tuple[Binding, ...]) -> list[Fault]:
    """One fault for each endpoint that must be signed, if nothing can be."""
    try:
        state.signer(app)
    except ConfigError as error:
        return [Fault("error", str(error), widget=one.id, location=one.declaration.location) for one in signed]
    return []


def _as_faults(binding: Binding, error: Exception) -> list[Fault]:
    location = binding.declaration.location
    if isinstance(error, ManifestError):
        return [replace(fault, widget=binding.id, location=location) for fault in error.faults]
    return [Fault("error", problem, widget=binding.id, location=location) for problem in told(error)]


def _faults_beside(mark: Marked, home: Home) -> list[Fault]:
    """What else is wrong with a widget whose parameters or columns could not be read: all faults are told at once."""
    declaration = mark.declaration
    if declaration.role != "widget":
        return []
    try:
        entry = entry_of(declaration, mark.function, home)
        found = lint_widgets({home.id: entry}, locations={home.id: declaration.location})
    except Exception:  # the fault that is known already
        return []
    # Without its parameters it may lack what other keys refer to.
    return [fault for fault in found if fault.path[:1] not in ((), ("params",), ("endpoint",))]


def _endpoints(app: Flask, state: State, routes: Routes, wire: Mapping[str, Any]) -> set[str]:
    prefix = state.settings.url_prefix
    urls = {binding.url for binding in routes.everything()}
    # The values of a row model's column have a URL for each column, and are known by those that are asked for.
    below = f"openbb/{PLACES['widget']}/"
    for param in (param for widget in wire.values() for param in _all_params(widget.get("params"))):
        asked = str(param.get("optionsEndpoint", "")).strip("/")
        if asked.startswith(below) and routes.asked("widget", asked.removeprefix(below), "GET") is not None:
            urls.add(asked)
    for rule in app.url_map.iter_rules():
        if {"GET", "POST", "PUT"} & (rule.methods or set()) and (url := relative_url(rule.rule, prefix)) is not None:
            urls.add(url)
    return urls


def _agents(routes: Routes, form: str) -> tuple[Any, list[Fault]]:
    agents: dict[str, Any] = {}
    faults: list[Fault] = []
    for binding in routes.agents.values():
        try:
            agents[binding.id] = agent_entry(binding.declaration, binding.function, binding)
            orjson.dumps(agents[binding.id])
        except Exception as error:  # whatever it is, the other agents must be served
            agents.pop(binding.id, None)
            faults += [replace(fault, document="agents.json") for fault in _as_faults(binding, error)]
        if not takes_headers(binding.policy):
            faults.append(_never_asked(binding))
    found = lint_agents(agents)
    faults += [replace(fault, location=routes.agents[str(fault.widget)].declaration.location) for fault in found]
    refused = {fault.widget for fault in faults if fault.severity == "error"}
    agents = {id: agent for id, agent in agents.items() if id not in refused}
    return ([{"id": id, **agent} for id, agent in agents.items()] if form == "array" else agents), faults


def _never_asked(binding: Binding) -> Fault:
    """Source: the client sends query items to widgets and their manifest, and none to agents or agents.json."""
    return Fault(
        "warning",
        "Workspace sends agents no query items, and the policy takes its key nowhere else: nobody can ask this one.",
        "agents.json",
        binding.id,
        location=binding.declaration.location,
        fix="Let the policy take a header too, as in ApiKeyAuth(header='X-API-KEY', query='key'), or give auth=.",
    )


def _all_params(params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in params if isinstance(params, list) else ():
        for param in item if isinstance(item, list) else (item,):
            if isinstance(param, dict):
                found.append(param)
                found += _all_params(param.get("inputParams"))
    return found
