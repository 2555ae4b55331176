"""The backend of everything that the browser tests draw; gunicorn calls :func:`create_app`."""

from __future__ import annotations

from drawn_cells import add_cells
from drawn_charts import add_charts
from drawn_files import add_files
from drawn_texts import add_texts
from flask import Flask

from flask_openbb import OpenBB


def create_app() -> Flask:
    app = Flask(__name__)
    openbb = OpenBB(app)
    add_cells(app, openbb)
    add_charts(app, openbb)
    add_files(app, openbb)
    add_texts(app, openbb)
    return app
