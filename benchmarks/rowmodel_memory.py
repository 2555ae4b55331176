"""A worker's memory over many row-model requests: ``python -m benchmarks.rowmodel_memory [--rows N] [--requests N]``.

Owns requests as a user makes who scrolls, sorts, filters, groups and pivots, no two alike, and the resident memory of
the one gunicorn worker that answers them over a DuckDB file. DuckDB keeps the parts of the file that it read, so memory
grows at first, by the size of the file at most. Linux only. Not a test: the exit code is 0 whether or not it grows.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from servers import Gunicorn

from benchmarks.rowmodel import TABLE
from benchmarks.rowmodel_http import checked

COLUMNS = ("id", "symbol", "desk", "price", "qty", "buy", "day", "trader")
STEPS = 10


def asked(chance: random.Random, rows: int) -> dict[str, Any]:
    """Make up a request."""
    start = chance.choice((0, 0, 500, chance.randrange(rows)))
    body: dict[str, Any] = {"startRow": start, "endRow": start + 500}
    if chance.random() < 0.7:
        body["sortModel"] = [{"colId": chance.choice(COLUMNS), "sort": chance.choice(("asc", "desc"))}]
    low = chance.randrange(9_000)
    filters = [
        {"trader": {"filterType": "text", "type": "contains", "filter": f"{chance.randrange(4096):03x}"}},
        {"price": {"filterType": "number", "type": "inRange", "filter": low, "filterTo": low + 900}},
        {"symbol": {"filterType": "set", "values": [f"S{chance.randrange(500):03d}" for _ in range(50)]}},
        {"day": {"filterType": "date", "type": "yearToDate"}},
    ]
    if chance.random() < 0.6:
        body["filterModel"] = chance.choice(filters)
    if chance.random() < 0.4:
        body["startRow"], body["endRow"] = 0, 500
        body["rowGroupCols"] = [{"field": name} for name in chance.sample(("symbol", "desk", "day"), 2)]
        body["valueCols"] = [{"field": "qty", "aggFunc": "sum"}, {"field": "price", "aggFunc": "avg"}]
        if chance.random() < 0.3:
            body.update(pivotMode=True, pivotCols=[{"field": "buy"}])
    return body


def resident(pid: str) -> float:
    """Give the resident memory of a process in megabytes."""
    status = Path("/proc", pid, "status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def main() -> None:
    """Print a line for each tenth of the requests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--requests", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "trades.duckdb")
        with duckdb.connect(str(path)) as connection:
            connection.execute(TABLE.format(rows=options.rows))
        print(f"{options.rows:,} rows in a file of {path.stat().st_size / 2**20:.0f} MB")
        env = {"ROWS_DUCKDB": str(path), "PYTHONPATH": os.pathsep.join([*sys.path])}
        server = Gunicorn("row_model_backend:create_app()", Path(folder), env=env, options=["--workers=1"])
        server.wait()
        try:
            asking = server.connect()
            asking.request("GET", "/pid")
            pid = str(json.loads(checked(asking.getresponse()))["pid"])
            print(f"{'requests':>9}{'megabytes':>11}\n{0:>9}{resident(pid):>11.0f}")
            for number in range(1, options.requests + 1):
                send(asking, asked(chance, options.rows))
                if number % max(1, options.requests // STEPS) == 0:
                    print(f"{number:>9}{resident(pid):>11.0f}", flush=True)
            asking.close()
        finally:
            server.stop()


def send(asking: http.client.HTTPConnection, body: dict[str, Any]) -> None:
    """Ask for a page, which must come."""
    asking.request("POST", "/trades", json.dumps(body), {"Content-Type": "application/json"})
    checked(asking.getresponse())


if __name__ == "__main__":
    main()
