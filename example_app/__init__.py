"""A small market data service that is also an OpenBB Workspace backend.

Without OpenBB it is an ordinary Flask service: HTML pages (``pages.py``), a JSON API (``api.py``), data from
five CSV files (``store.py``). What OpenBB Workspace adds is in ``extensions.py``, ``widgets/`` and the marked
lines of ``create_app``. Serve it with::

    gunicorn -c example_app/gunicorn.conf.py 'example_app:create_app()'

and connect ``http://127.0.0.1:7779`` in Workspace with the header ``X-API-KEY`` and the key of ``config.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask

from . import config


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Build the service.

    :param settings: Settings that replace those of ``config.py``, as tests give them.
    """
    # Imported here, so that "example_app.hello", in the same package, starts without any of it.
    from . import api, apps, pages, rates, widgets  # noqa: F401, PLC0415
    from .extensions import openbb  # noqa: PLC0415

    app = Flask(__name__)
    app.config.from_object(config)
    app.config.update(settings or {})
    app.config["DATABASE"] = app.config["DATABASE"] or str(Path(app.instance_path) / "clients.sqlite")
    app.extensions["rates"] = rates.Source(app.config["RATES_URL"], timeout=app.config["RATES_TIMEOUT"])
    app.register_blueprint(pages.bp)
    app.register_blueprint(api.bp)

    # All that OpenBB Workspace needs: a secret for endpoints that it asks without the key, the blueprints of the
    # widgets, and the extension.
    if not app.config["SECRET_KEY"]:
        app.config["SECRET_KEY"] = sha256(f"signed endpoints {app.config['OPENBB_API_KEYS']}".encode()).hexdigest()
    for bp in widgets.blueprints:
        app.register_blueprint(bp)
    openbb.init_app(app)

    if app.config["OPENBB_API_KEYS"] == config.DEMONSTRATION_KEY:
        app.logger.warning("Serving with the demonstration key. Set OPENBB_API_KEYS before others can connect.")
    return app
