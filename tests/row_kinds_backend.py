"""A backend with a row model over every kind of source, as gunicorn preloads it in the tests."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow
import sqlalchemy as sa
from flask import Flask

from flask_openbb import OpenBB

FOLDER = Path(os.environ["ROWS_FOLDER"])
DUCKDB = FOLDER / "trades.duckdb"
ROWS = [{"id": number, "desk": ("fx", "rates")[number % 2]} for number in range(1_000)]


def create_app() -> Flask:
    app = Flask(__name__)
    openbb = OpenBB(app)
    table = sa.Table(os.environ["ROWS_TABLE"], sa.MetaData(), sa.Column("id", sa.BigInteger, primary_key=True))
    table.append_column(sa.Column("desk", sa.Text))
    sources = {
        "postgresql": {"source": table, "bind": sa.create_engine(os.environ["ROWS_URL"])},
        "sqlite": {"table": "trades", "bind": f"sqlite:///{FOLDER / 'trades.sqlite'}"},
        "path": {"source": DUCKDB, "table": "trades"},
        "bound": {"bind": DUCKDB, "table": "trades"},
        "opener": {"source": lambda: duckdb.connect(str(DUCKDB), read_only=True), "table": "trades"},
        "parquet": {"source": FOLDER / "trades.parquet"},
        "csv": {"source": FOLDER / "trades.csv"},
        "pandas": {"source": pandas.DataFrame(ROWS)},
        "polars": {"source": polars.DataFrame(ROWS)},
        "arrow": {"source": pyarrow.Table.from_pylist(ROWS)},
        "rows": {"source": ROWS},
    }
    early = os.environ["ROWS_EARLY"]
    if early == "lent":
        lent = duckdb.connect(str(DUCKDB), read_only=True)
        sources = {
            "source": {"source": lent, "table": "trades"},
            "bind": {"bind": lent, "table": "trades"},
            "lazy": {"source": polars.DataFrame(ROWS).lazy()},
        }
    for name, options in sources.items():
        view = openbb.row_model(key="id", errors="status", timeout=20, **options)(_view(name))
        app.add_url_rule(f"/{name}", view_func=view, methods=["POST"])

    if early:
        openbb.validate(app)
    if early in {"used", "lent"}:
        client = app.test_client()
        for name in sources:
            answer = client.post(f"/{name}", json={"endRow": 1})
            assert answer.status_code == 200, (name, answer.get_data(as_text=True))
    return app


def _view(name):
    def view(): ...

    view.__name__ = view.__qualname__ = name
    view.__doc__ = f"Rows of {name}."
    return view
