"""A backend with SQL widgets, for a real gunicorn: the paths of its data come from the environment."""

import os

from flask import Flask, jsonify

from flask_openbb import OpenBB

BOUNDS = {"timeout": 1.5, "max_rows": 100_000, "memory_limit": "256MB", "max_bytes": "8MB"}
TABLES = ["trades", "symbols", "big"]


def create_app():
    openbb = OpenBB()
    openbb.sql("/duckdb", os.environ["SQL_FILES"], tables=TABLES, **BOUNDS)
    openbb.sql("/sqlite", f"sqlite:///{os.environ['SQL_SQLITE']}", tables=TABLES, **BOUNDS)
    app = Flask(__name__)
    openbb.init_app(app)

    @app.get("/process")
    def process():
        with open("/proc/self/statm", "rb") as file:
            resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return jsonify(pid=os.getpid(), resident=resident)

    return app
