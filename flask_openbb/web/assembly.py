"""When routes and manifests are built: at the first request that needs them, under a lock, then kept.

A widget declared later makes both old; they are built again for the next request. Request time only: commands
build afresh and keep nothing, because more routes may follow.
"""

from __future__ import annotations

from time import monotonic

from flask import Flask

from ..errors import ManifestError
from .build import Built, build
from .dispatch import wrap_views
from .routes import Routes, find_routes
from .state import State

AGAIN = 30.0
"""Seconds after which a manifest is built again that lacks the columns of a source that could not be reached."""


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
        if state.refused:
            raise ManifestError(state.refused)
        if state.built is not None and state.built.again and monotonic() - state.built_at > AGAIN:
            state.built = None
        if state.built is None:
            try:
                state.built = build(app, state, routes)
            except ManifestError as error:
                state.refused = error.faults
                raise
            state.built_at = monotonic()
        return state.built


def _files(app: Flask, state: State) -> tuple[object, ...]:
    from .app_entries import file_stamps  # noqa: PLC0415 - loaded when first used

    return file_stamps(app, state.registry)
