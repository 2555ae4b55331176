"""The extension object: what a user creates, and ``init_app``.

One object may serve several apps; the state of each lives in ``app.extensions["openbb"]``, never here.
"""

from __future__ import annotations

import os
import weakref
from typing import Any

from flask import Flask

from ..door.auth import ApiKeyAuth, Policy, resolve
from ..door.cors import CorsPolicy
from ..errors import ConfigError, Fault, RegistrationError
from .build import Built, build, compose
from .caching import AnswerCache
from .cli import openbb_commands
from .declare import Declarations, Route
from .hooks import install
from .routes import find_routes
from .settings import Settings, read_settings
from .state import EXTENSION, State, state_of
from .stores import make_store
from .views import make_blueprint


class OpenBB(Declarations):
    """Makes a Flask service an OpenBB Workspace custom backend.

    :param app: The app to serve; or call :meth:`init_app` later, in a factory.
    :param auth: Who may ask: ``ApiKeyAuth``, ``BearerAuth``, ``any_of`` of several, or any function
        ``(Credentials) -> Identity | None``. Without it ``OPENBB_API_KEYS`` decides; without that too, everybody.
    :raises ConfigError: See :meth:`init_app`.

    .. versionadded:: 0.1
    """

    def __init__(self, app: Flask | None = None, *, auth: Policy | None = None) -> None:
        super().__init__()
        self._auth = auth
        self._feeds: dict[object, Route] = {}
        self._apps: weakref.WeakSet[Flask] = weakref.WeakSet()
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Serve the declared widgets from an app.

        Reads every ``OPENBB_*`` setting, registers the manifests' blueprint, two request hooks and the
        ``flask openbb`` commands. The app's other URLs answer as before.

        :param app: An app that has not handled a request yet; each app takes one ``init_app``.
        :raises ConfigError: For a wrong setting, a policy that could let nobody in, or a second call.

        .. versionadded:: 0.1
        """
        if not isinstance(app, Flask):
            raise ConfigError(f"OpenBB() takes a Flask app, not {app!r}. Policies go into auth=.")
        if EXTENSION in app.extensions:
            raise ConfigError(
                f"App {app.name!r} already has Flask-OpenBB. Call init_app once per app, and declare every widget "
                "on that one extension object."
            )
        settings = read_settings(app.config, os.environ)
        state = State(
            registry=self.registry,
            settings=settings,
            policy=_policy(self._auth, settings),
            cors=CorsPolicy.build(
                origins=settings.cors_origins,
                credentials=settings.cors_credentials,
                private_network=settings.cors_private_network,
                allow_headers=settings.cors_allow_headers,
                expose_headers=settings.cors_expose_headers,
                max_age=settings.cors_max_age,
            ),
            answers=AnswerCache(
                make_store(settings.cache, memory_bytes=settings.cache_memory_bytes),
                wait=settings.cache_wait,
                max_bytes=settings.cache_max_bytes,
                prefix=settings.cache_prefix,
            ),
        )
        try:
            app.register_blueprint(make_blueprint(settings.url_prefix))
        except AssertionError:
            raise ConfigError(
                f"OpenBB(app) came after the first request to app {app.name!r}. Call it where the app is made, before "
                "the server starts."
            ) from None
        install(app)
        app.extensions[EXTENSION] = state
        for route in self._feeds.values():
            _add(app, state, route)
        self._apps.add(app)
        app.cli.add_command(openbb_commands)

    def _serve(self, route: Route) -> None:
        self._feeds[route.source] = route
        try:
            for app in self._apps:
                _add(app, state_of(app), route)
        except RegistrationError:
            del self._feeds[route.source]
            raise

    def validate(self, app: Flask) -> tuple[Fault, ...]:
        """Build and check the app's manifests now, e.g. at the end of a factory or in a test.

        :param app: An app whose routes are all registered.
        :return: Warnings and hints, and with ``OPENBB_ON_INVALID = "quarantine"`` the errors too.
        :raises ManifestError: With every error, unless they are quarantined.

        .. versionadded:: 0.1
        """
        return _now(app, build).faults

    def manifests(self, app: Flask) -> dict[str, Any]:
        """The manifests as Workspace would get them now: ``widgets`` (mapping), ``apps`` (list), ``agents``.

        Invalid widgets are left out; nothing is raised for them.

        .. versionadded:: 0.1
        """
        built = _now(app, compose)
        return {"widgets": dict(built.widgets), "apps": built.apps, "agents": built.agents}


def _add(app: Flask, state: State, route: Route) -> None:
    """Add the URLs of a feed or a SQL widget, unless the same code did so before: of a factory that runs again."""
    if route.source not in state.feeds:
        route.add(app, state.settings.url_prefix)
        state.feeds.add(route.source)


def _now(app: Flask, make: Any) -> Built:
    """Build afresh without keeping it: more routes may follow."""
    state = state_of(app)
    with app.app_context():
        built: Built = make(app, state, find_routes(app, state))
    return built


def _policy(auth: Policy | None, settings: Settings) -> Policy | None:
    header, query = settings.api_key_header, settings.api_key_query
    if auth is not None:
        return resolve(auth, os.environ)
    if settings.api_keys is not None:
        try:
            return ApiKeyAuth(settings.api_keys, header=header, query=query)
        except ConfigError as error:
            raise ConfigError(f"OPENBB_API_KEYS, in app.config or the environment: {error}") from None
    if "VALID_API_KEYS" in os.environ:
        return ApiKeyAuth(keys_from_env="OPENBB_API_KEYS", header=header, query=query).resolve(os.environ)
    return None
