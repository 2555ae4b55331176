"""When routes and manifests are built: at the first request that needs them, under a lock, then kept.

A widget declared later makes both old; they are built again for the next request. Request time only: commands
build afresh and keep nothing, because more routes may follow.
"""

from __future__ import annotations

from time import monotonic

from flask import Flask

from ..errors import Fault, ManifestError
from .build import Built, build
from .dispatch import wrap_views
from .routes import Routes, find_routes
from .state import State

AGAIN = 30.0
"""Seconds after which a manifest is built again that lacks a source, which was down or had no such table yet."""


def routes_of(app: Flask, state: State) -> Routes:
    """The app's widgets and where they are served."""
    routes = state.routes
    if routes is not None and state.version == state.registry.version:
        return routes
    with state.lock:
        if state.routes is None or state.version != state.registry.version:
            version = state.registry.version
            routes = find_routes(app, state)
            wrap_views(app, state, routes)
            state.routes, state.built, state.refused, state.version = routes, None, (), version
        return state.routes


def manifests_of(app: Flask, state: State) -> Built:
    """The app's manifests.

    :raises ManifestError: If a widget is invalid and ``OPENBB_ON_INVALID`` is ``raise``.
    """
    with state.lock:
        routes = routes_of(app, state)
        if app.debug and (files := _files(app, state)) != state.files:
            state.built, state.refused, state.files = None, (), files
        old = monotonic() - state.built_at > AGAIN
        if state.refused and not (old and _of_sources(routes, state.refused)):
            raise ManifestError(state.refused)
        if state.built is not None and state.built.again and old:
            state.built = None
        if state.built is None:
            state.refused = ()
            try:
                state.built = build(app, state, routes)
            except ManifestError as error:
                state.refused = error.faults
                raise
            finally:  # at its end, since waiting for sources that are down takes its time
                state.built_at = monotonic()
        return state.built


def _of_sources(routes: Routes, faults: tuple[Fault, ...]) -> bool:
    """Whether a fault is of a row model, whose table or column may be there when it is looked for again."""
    found = (routes.widgets.get(str(fault.widget)) for fault in faults)
    return any(binding is not None and binding.rows is not None for binding in found)


def _files(app: Flask, state: State) -> tuple[object, ...]:
    from .app_entries import file_stamps  # noqa: PLC0415 - loaded when first used

    return file_stamps(app, state.registry)
