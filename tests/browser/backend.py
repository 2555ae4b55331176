"""A backend whose widgets go wrong in every way that a status can tell, served by gunicorn in the tests.

Its key comes from ``OPENBB_API_KEYS``. Every answer names the process that gave it, in ``X-Worker``.
"""

from __future__ import annotations

import os

from flask import Flask, Response, abort

from flask_openbb import ApiKeyAuth, OpenBB


def create_app() -> Flask:
    app = Flask(__name__)
    openbb = OpenBB(app, auth=ApiKeyAuth(keys_from_env="OPENBB_API_KEYS"))

    @app.get("/working")
    @openbb.markdown(name="Working")
    def working() -> str:
        """Answer."""
        return "It works."

    @app.get("/missing")
    @openbb.markdown(name="Missing")
    def missing() -> str:
        """Find nothing."""
        abort(404, "There is no such report.")

    @app.get("/numbered")
    @openbb.markdown(name="Numbered")
    def numbered(number: int = 1) -> str:
        """Take a number."""
        return f"Number {number}."

    @app.get("/broken")
    @openbb.markdown(name="Broken")
    def broken() -> str:
        """Raise."""
        raise LookupError("a secret of the view")

    @app.after_request
    def name_worker(response: Response) -> Response:
        response.headers["X-Worker"] = str(os.getpid())
        return response

    return app
