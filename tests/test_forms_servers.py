"""Forms under real gunicorn, two workers on one SQLite file: nothing is lost, and nothing stale is served."""

from __future__ import annotations

import contextlib
import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis
from servers import Gunicorn, wait_until
from test_cache_servers import URL, prefix

__all__ = ["prefix"]

ORIGIN = "https://pro.openbb.co"
KEY = "key-of-the-desk"

Answer = tuple[int, Any, str]


class Backend:
    """Two workers, asked as Workspace asks."""

    def __init__(self, server: Gunicorn, database: Path) -> None:
        self.server = server
        self.database = database

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """Status, JSON and the CORS header of one answer."""
        headers = {"X-API-KEY": KEY, "Origin": ORIGIN, "Content-Type": "application/json"}
        with contextlib.closing(self.server.connect()) as connection:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return (
                response.status,
                json.loads(response.read()),
                response.getheader("Access-Control-Allow-Origin", ""),
            )

    def submit(self, number: int, **changes: Any) -> Answer:
        """Submit the form of one client."""
        body = {"email": f"c{number}@example.com", "name": f"Client {number}", "investments": ["stocks", "bonds"]}
        return self.ask("POST", "/save_client", {**body, "add": True, **changes})

    def rows(self) -> list[dict[str, Any]]:
        """What the refreshed table shows."""
        status, rows, _ = self.ask("GET", "/clients")
        assert status == 200
        return rows

    def stored(self, what: str = "*") -> int:
        """Rows in the file, or different values of a column."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=30)) as database:
            return int(database.execute(f"SELECT count({what}) FROM clients").fetchone()[0])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Backend]]:
    servers: list[Gunicorn] = []

    def start_one(*, workers: int = 2, **settings: str) -> Backend:
        database = tmp_path / "clients.sqlite"
        directory = tmp_path / "gunicorn"
        directory.mkdir()
        env = {"OPENBB_API_KEYS": KEY, "FORM_DB": str(database), "SECRET_KEY": secrets.token_hex(8), **settings}
        # Without threads a worker takes one connection at a time, and the other worker the next.
        options = [f"--workers={workers}", "--threads=1"]
        servers.append(Gunicorn("form_backend:create_app()", directory, env=env, options=options))
        servers[-1].wait()
        return Backend(servers[-1], database)

    yield start_one
    for server in servers:
        server.stop()


@pytest.fixture
def backend(start: Callable[..., Backend], prefix: str) -> Backend:
    """Two workers with one Redis."""
    return start(OPENBB_CACHE=URL, OPENBB_CACHE_PREFIX=prefix)


def test_twenty_at_once_are_twenty_rows(backend: Backend) -> None:
    assert backend.rows() == []  # kept for ten minutes by now
    answers: list[Answer] = []

    def both_took_some_of_twenty() -> bool:
        with ThreadPoolExecutor(20) as pool:
            answers.extend(pool.map(backend.submit, range(len(answers), len(answers) + 20)))
        return backend.stored("DISTINCT worker") == 2

    # One round, unless one worker has taken all of it while the other was still starting.
    assert wait_until(both_took_some_of_twenty)
    count = len(answers)
    assert [(status, cors) for status, _, cors in answers] == [(200, ORIGIN)] * count
    assert [body["message"] for _, body, _ in answers] == [f"Client {number} was added." for number in range(count)]
    assert backend.stored() == count
    with ThreadPoolExecutor(20) as pool:
        tables = list(pool.map(lambda _: backend.rows(), range(20)))
    assert {row["email"] for row in tables[0]} == {f"c{number}@example.com" for number in range(count)}
    assert all(table == tables[0] for table in tables), "both workers show what both took"
    assert len({row["worker"] for row in tables[0]}) == 2, "both workers took submissions"


def test_the_same_submission_twenty_times_is_one_row(backend: Backend) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(backend.submit, [7] * 20))
    told = sorted(body["message"] for _, body, _ in answers)
    assert told == ["Client 7 was added."] + ["Client 7 was there already."] * 19
    assert backend.stored() == 1


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"email": "nobody"}, 400, "email: Not a valid email address."),
        ({"email": None, "name": "A"}, 400, "email: Missing data for required field; name: Shorter than minimum"),
        ({"name": "Another"}, 400, "email: Taken by another client."),
        ({"remove": True}, 400, "add and remove were pressed within a second."),
        ({"email": "new@example.com", "name": "Crash"}, 500, "Internal Server Error"),
    ],
    ids=["wrong", "several", "by the view", "two buttons", "crash"],
)
def test_a_refusal_leaves_nothing(backend: Backend, changes: dict[str, Any], status: int, error: str) -> None:
    assert backend.submit(1)[0] == 200
    before = backend.rows()
    told = backend.submit(1, **changes)
    assert (told[0], told[2]) == (status, ORIGIN)
    assert told[1]["error"].startswith(error)
    assert all(len(told[1][key].splitlines()) == 1 for key in ("detail", "message", "error"))
    assert backend.rows() == before
    assert backend.stored() == 1
    assert "secrets" not in json.dumps(told[1])


def test_each_submission_is_seen_at_once_by_both_workers(backend: Backend) -> None:
    for number in range(8):
        assert backend.submit(number)[0] == 200
        with ThreadPoolExecutor(6) as pool:
            assert {len(rows) for rows in pool.map(lambda _: backend.rows(), range(6))} == {number + 1}
    assert backend.submit(0, add=None, remove=True)[1] == {"message": "Client 0 was removed."}
    assert len(backend.rows()) == 7


def test_redis_keeps_tokens_for_a_time_only(backend: Backend, prefix: str) -> None:
    backend.submit(1)
    backend.rows()
    with redis.Redis.from_url(URL) as client:
        keys = sorted(client.scan_iter(f"*{prefix}*"))
        assert len(keys) == 2
        assert all(0 < client.ttl(key) <= 86_400 + 600 for key in keys)
        assert not any(b"clients" in key or b"example" in key for key in keys)


def test_one_worker_needs_no_redis(start: Callable[..., Backend]) -> None:
    backend = start(workers=1)
    for number in range(3):
        assert len(backend.rows()) == number
        assert backend.submit(number)[0] == 200
    assert len(backend.rows()) == 3
