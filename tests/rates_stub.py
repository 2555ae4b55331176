"""A server of exchange rates on loopback that is as good or as bad as a test says. Knows nothing of pytest."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

RATES = {"USD": 1.145, "GBP": 0.8945, "CHF": 1.1269, "JPY": 125.85}
"""The European Central Bank's rates of the euro on 2018-12-31."""
DAY = "2018-12-31"
HELD = 10
"""Seconds after which a slow answer ends by itself, whoever forgot to end it."""


class RatesStub(ThreadingHTTPServer):
    """Answers as ``moods`` say, one a request, and well when there are none left.

    A mood is a status, ``"garbage"`` (no JSON), ``"wrong"`` (JSON without rates), ``"slow"`` (no answer at all),
    ``"cut"`` (a connection that is closed) or ``"good"``.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.moods: list[str | int] = []
        self.asked: list[str] = []
        """The paths and queries asked for, in order."""
        self.let_go = threading.Event()

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    @contextmanager
    def running(self) -> Iterator[RatesStub]:
        """Serve until the block is left."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.let_go.set()
            self.shutdown()
            self.server_close()
            thread.join(HELD)


class _Handler(BaseHTTPRequestHandler):
    server: RatesStub

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        mood = self.server.moods.pop(0) if self.server.moods else "good"
        if mood == "slow":
            self.server.let_go.wait(HELD)
        elif mood == "cut":
            self.close_connection = True
        elif isinstance(mood, int):
            self._send(mood, b"{}")
        elif mood == "garbage":
            self._send(200, b"<html>Maintenance</html>")
        elif mood == "wrong":
            self._send(200, b'{"rates": [1, 2]}')
        else:
            self._send(200, json.dumps(self._rates()).encode())

    def _rates(self) -> dict[str, Any]:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        base = query.get("base", "EUR")
        if parts.path.endswith("/latest"):
            return {"amount": 1.0, "base": base, "date": DAY, "rates": RATES}
        start, _, end = parts.path.rpartition("/")[2].partition("..")
        quote = query["symbols"]
        days = {end: {quote: RATES[quote]}, start: {quote: 1.2}}
        return {"amount": 1.0, "base": base, "start_date": start, "end_date": end, "rates": days}

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""
