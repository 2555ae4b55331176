"""What ``test_cache_servers.py`` serves: views that write a line to ``COUNT_FILE`` each time they run."""

from __future__ import annotations

import os
import time
from pathlib import Path

from flask import Flask, g

from flask_openbb import OpenBB

COMPUTE_SECONDS = 0.5
"""Long enough that all of the concurrent requests arrive while the first is computed."""


def create_app() -> Flask:
    """A service whose settings are ``OPENBB_*`` variables."""
    app = Flask("cached_backend")
    openbb = OpenBB(app)
    count = Path(os.environ["COUNT_FILE"])

    def computed(what: str) -> int:
        """Note that a view ran, in one write that no other worker's can come between; say how often any did."""
        with count.open("ab", buffering=0) as file:
            file.write(f"{what} {os.getpid()}\n".encode())
        number = len(count.read_bytes().splitlines())
        time.sleep(COMPUTE_SECONDS)
        return number

    @app.get("/rows")
    @openbb.table(cache=60)
    def rows(symbol: str = "A"):
        computed(symbol)
        return [{"symbol": symbol, "nested": {"pid": os.getpid()}}]

    @app.get("/fails")
    @openbb.table(cache=60)
    def fails(times: int = 2):
        if computed("fails") <= times:
            raise RuntimeError("not yet")
        return [{"pid": os.getpid()}]

    @app.get("/mine")
    @openbb.markdown(cache=60)
    def mine():
        computed("mine")
        return g.openbb_identity.id

    return app
