"""The measure of all: plain Flask views, no extension, no hook.

gunicorn calls :func:`create_app` in a process of its own. Each view has its counterpart in ``ours``, of the same
name and URL.
"""

from __future__ import annotations

import orjson
from flask import Flask, Response, jsonify, request

from .data import flat_rows


def create_app() -> Flask:
    """The bare app."""
    app = Flask("bare")
    rows = flat_rows()

    @app.get("/hello")
    def hello():
        return "# Hello World"

    @app.get("/greet")
    def greet():
        return f"# Hello {request.args.get('name', '')} {request.args.get('times', 1, type=int)}"

    @app.get("/rows")
    def flat():
        return Response(orjson.dumps(rows), mimetype="application/json")

    @app.get("/jsonify")
    def jsonified():
        return jsonify(rows)

    return app
