"""A backend with row models over a DuckDB file, an SQL database and Parquet, as gunicorn serves it in the tests."""

from __future__ import annotations

import os
import time

import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy import select

from flask_openbb import Column, OpenBB

DUCKDB = os.environ.get("ROWS_DUCKDB", "")
URL = os.environ.get("ROWS_URL", "sqlite://")
TABLE = os.environ.get("ROWS_TABLE", "trades")

engine = sa.create_engine(URL)
events = sa.Table(TABLE, sa.MetaData(), sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("pid", sa.Text))


def create_app() -> Flask:
    app = Flask(__name__)
    openbb = OpenBB(app)
    columns = [Column("symbol", header_name="Symbol"), Column("price", agg_func="avg", decimal_places=2)]

    @app.post("/trades")
    @openbb.row_model(source=DUCKDB, table="trades", key="id", columns=columns)
    def trades(source, desk: str = ""):
        """Trades in a DuckDB file."""
        return select(source).where(source.c.desk == desk) if desk else None

    @app.post("/events")
    @openbb.row_model(key="id", bind=URL if os.environ.get("ROWS_BIND") == "url" else engine, errors="status")
    def events_of_all():
        """Rows of a database; the worker that answered is the second column."""
        return select(events.c.id, sa.literal(str(os.getpid())).label("pid"))

    @app.post("/endless")
    @openbb.row_model(source=DUCKDB, table="trades", key="id", errors="status", timeout=600, export_timeout=600)
    def endless(source):
        """A question that takes minutes."""
        other = source.alias()
        return (
            select(source.c.id, sa.func.count().label("n"))
            .join(other, other.c.price != source.c.price)
            .group_by(source.c.id)
        )

    @app.get("/pid")
    def pid():
        return {"pid": os.getpid(), "parent": os.getppid()}

    @app.before_request
    def started():
        g.started = time.monotonic()

    @app.after_request
    def lasted(response):
        response.headers["X-Lasted"] = f"{time.monotonic() - g.started:.3f}"
        return response

    if os.environ.get("ROWS_EARLY"):
        # What a service may do before it forks: use its pool, and build the manifest.
        with engine.connect() as connection:
            connection.execute(select(events)).all()
        openbb.validate(app)
        with app.test_request_context():
            assert app.test_client().post("/trades", json={}).status_code == 200
            assert app.test_client().post("/events", json={}).status_code == 200
    return app
