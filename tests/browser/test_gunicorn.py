"""What must hold between processes: every worker, and every start, serves the same manifest."""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Callable

from servers import Gunicorn

KEY = "key-of-the-gunicorn-tests"
BACKEND = "backend:create_app()"

Answer = tuple[int, str | None, str | None, bytes]


def read(response: http.client.HTTPResponse) -> Answer:
    """Return status, ETag, worker and body."""
    return response.status, response.getheader("ETag"), response.getheader("X-Worker"), response.read()


def ask(server: Gunicorn, **headers: str) -> Answer:
    with contextlib.closing(server.connect()) as connection:
        connection.request("GET", "/widgets.json", headers={"X-API-KEY": KEY, **headers})
        return read(connection.getresponse())


def test_two_workers_serve_the_same_manifest(gunicorn: Callable[..., Gunicorn]) -> None:
    options = ["--workers=2", "--threads=1"]
    server = gunicorn(BACKEND, env={"OPENBB_API_KEYS": KEY}, options=options)
    # A worker without threads has one connection at a time: while a request that is not sent to its end holds
    # one worker, all others are answered by the second.
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as held:
        held.sendall(f"GET /widgets.json HTTP/1.1\r\nHost: localhost\r\nX-API-KEY: {KEY}\r\n".encode())
        status, tag, worker, manifest = ask(server)
        assert (status, bool(tag), bool(manifest)) == (200, True, True)
        assert ask(server, **{"If-None-Match": str(tag)}) == (304, tag, worker, b"")
        held.sendall(b"\r\n")
        response = http.client.HTTPResponse(held, method="GET")
        response.begin()
        assert (other := read(response)) == (200, tag, other[2], manifest)
        assert other[2] != worker


def test_a_restart_keeps_the_manifest(gunicorn: Callable[..., Gunicorn]) -> None:
    # Another hash seed is another order of every set: none may reach the manifest.
    answers = [ask(gunicorn(BACKEND, env={"OPENBB_API_KEYS": KEY, "PYTHONHASHSEED": seed})) for seed in ("1", "2")]
    assert answers[0][:2] == answers[1][:2]
    assert answers[0][3] == answers[1][3]


def test_a_backend_that_cannot_start_says_why(gunicorn: Callable[..., Gunicorn]) -> None:
    message = ""
    try:
        gunicorn(BACKEND, env={"OPENBB_API_KEYS": ""})
    except RuntimeError as error:
        message = str(error)
    assert "OPENBB_API_KEYS" in message
