"""The state of one app, kept in ``app.extensions["openbb"]``.

Made by ``init_app``; read at request time through :func:`current_state`. What depends on the app's routes is
filled in by ``assembly`` at the first request.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

from ..door.auth import Policy
from ..door.cors import CorsPolicy
from ..door.signing import Signer
from ..errors import ConfigError, Fault
from ..manifest.registry import Registry, View
from .compression import Kept
from .settings import Settings

if TYPE_CHECKING:
    from .build import Built
    from .caching import AnswerCache
    from .routes import Routes

EXTENSION = "openbb"
"""The key in ``app.extensions``."""

BLUEPRINT = "flask_openbb"
"""The name of our blueprint; not ``openbb``, which hosts like for their own."""


@dataclass(eq=False)
class State:
    """Everything Flask-OpenBB knows about one app."""

    registry: Registry
    settings: Settings
    policy: Policy | None
    cors: CorsPolicy
    answers: AnswerCache
    """The kept answers of widgets with ``cache=``."""
    originals: dict[str, View] = field(default_factory=dict)
    """The host's own views of the Flask endpoints whose entry in ``view_functions`` we wrapped."""
    feeds: set[object] = field(default_factory=set)
    """What identifies the code of each feed whose URLs were added."""
    cors_options: dict[frozenset[str], Any] = field(default_factory=dict)
    """Flask-CORS options by the set of methods, computed once each."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    packed: Kept = field(default_factory=Kept)
    """Manifests and kept answers, compressed."""
    warned: set[str] = field(default_factory=set)
    routes: Routes | None = None
    """Built at the first request, by ``assembly``."""
    built: Built | None = None
    """Built with the first manifest, by ``assembly``."""
    built_at: float = 0.0
    """When, by the monotonic clock."""
    refused: tuple[Fault, ...] = ()
    """The errors that kept the manifests from being built; found once, told to everybody who asks."""
    files: tuple[object, ...] = ()
    """What the files behind apps.json were when it was built; in debug a change builds it again."""
    version: int = -1
    """The registry's version that both were built from."""

    def signer(self, app: Flask) -> Signer:
        """The signer of endpoints that Workspace asks without credentials.

        :raises ConfigError: If the app has no ``SECRET_KEY``.
        """
        secret = app.secret_key
        if not secret:
            raise ConfigError(
                "A protected widget that Workspace asks without credentials needs a signed endpoint, and signing "
                "needs a secret. Set app.config['SECRET_KEY'] to the same random value in every worker."
            )
        fallbacks = app.config.get("SECRET_KEY_FALLBACKS") or []
        return Signer([*fallbacks, secret], max_age=self.settings.signed_url_max_age)


def state_of(app: Flask) -> State:
    """The state of an app.

    :raises ConfigError: If the extension was not initialised on it.
    """
    state = app.extensions.get(EXTENSION)
    if not isinstance(state, State):
        raise ConfigError(
            f"Flask-OpenBB is not initialised on app {app.name!r}. Call OpenBB(app) or openbb.init_app(app)."
        )
    return state


def current_state() -> State:
    """The state of the app that handles the current request."""
    state: State = current_app.extensions[EXTENSION]
    return state
