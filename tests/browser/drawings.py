"""The backend of everything that the browser tests draw; gunicorn calls :func:`create_app`."""

from __future__ import annotations

from drawn_charts import add_charts
from flask import Flask

from flask_openbb import OpenBB


def create_app() -> Flask:
    app = Flask(__name__)
    openbb = OpenBB(app)
    add_charts(app, openbb)
    return app
