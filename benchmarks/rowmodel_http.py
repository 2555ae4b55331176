"""What HTTP adds to a row model's question: ``python -m benchmarks.rowmodel_http [--rows N] [--runs N]``.

One gunicorn worker over a DuckDB file, one kept connection; each page is asked over HTTP and of the same file in this
process, as ``rowmodel.py`` asks it, in turns. The target is a median within 5 ms of the question's own. Not a test.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from servers import Gunicorn

from benchmarks.rowmodel import ABC, BY_PRICE, GROUPS, TABLE, timed
from flask_openbb.rowmodel import Counts, answer, open_source, parse_request

PAGES = {"first page": {}, "price desc": BY_PRICE, "contains": ABC, "groups": GROUPS}


def main() -> None:
    """Print a line for each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "trades.duckdb")
        with duckdb.connect(str(path)) as connection:
            connection.execute(TABLE.format(rows=options.rows))
        source, counts = open_source(path, "id", table="trades"), Counts()
        env = {"ROWS_DUCKDB": str(path), "PYTHONPATH": os.pathsep.join([*sys.path])}
        server = Gunicorn("row_model_backend:create_app()", Path(folder), env=env, options=["--workers=1"])
        server.wait()
        connection = server.connect()
        print(f"{'page':<14}{'question':>12}{'HTTP':>12}{'more':>12}   ms, median of {options.runs}")
        for name, body in PAGES.items():
            text = json.dumps({"startRow": 0, "endRow": 500, **body})

            def direct(text: str = text) -> object:
                return answer(source, parse_request(json.loads(text), source.columns), counts=counts)

            def over_http(text: str = text) -> object:
                connection.request("POST", "/trades", text, {"Content-Type": "application/json"})
                return checked(connection.getresponse())

            own, sent = (statistics.median(times[1:]) for times in timed(options.runs + 1, direct, over_http))
            print(f"{name:<14}{own:>12.2f}{sent:>12.2f}{sent - own:>12.2f}")
        connection.close()
        server.stop()


def checked(response: http.client.HTTPResponse) -> bytes:
    """Read an answer that must be a page."""
    body = response.read()
    if response.status != 200 or b'"error"' in body[:10]:
        raise SystemExit(body.decode())
    return body


if __name__ == "__main__":
    main()
