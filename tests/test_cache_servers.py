"""The cache between processes: real gunicorn, two workers, real Redis on its standard port."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from servers import Gunicorn

URL = "redis://127.0.0.1:6379/0"
KEYS = {"alice": "key-of-alice", "bob": "key-of-bob"}

Answer = tuple[int, bytes, str]
Ask = Callable[[Sequence[tuple[str, str]]], list[Answer]]


@pytest.fixture
def prefix() -> Iterator[str]:
    """A prefix for the keys of one test, which are removed afterwards."""
    name = f"test-{secrets.token_hex(6)}"
    with redis.Redis.from_url(URL, socket_connect_timeout=1) as client:
        try:
            client.ping()
        except redis.RedisError as error:
            message = f"no Redis answers at {URL} ({type(error).__name__})"
            pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
        yield name
        for key in client.scan_iter(f"*{name}*"):
            client.delete(key)


@pytest.fixture
def computed(tmp_path: Path) -> Callable[[], list[str]]:
    """The lines that views wrote: what was computed, and by which process."""
    return lambda: (tmp_path / "count").read_text().splitlines()


@pytest.fixture
def ask(prefix: str, tmp_path: Path) -> Iterator[Ask]:
    """Ask two workers for many ``(path, key)`` at once; return status, body and ``Age``."""
    settings = {
        "OPENBB_API_KEYS": ",".join(KEYS.values()),
        "OPENBB_CACHE": URL,
        "OPENBB_CACHE_PREFIX": prefix,
        "COUNT_FILE": str(tmp_path / "count"),
        "SECRET_KEY": "of all workers",
    }
    directory = tmp_path / "gunicorn"
    directory.mkdir()
    server = Gunicorn("cached_backend:create_app()", directory, env=settings, options=["--workers=2", "--threads=50"])

    def one(asked: tuple[str, str]) -> Answer:
        path, key = asked
        with contextlib.closing(server.connect()) as connection:
            connection.request("GET", path, headers={"X-API-KEY": key})
            response = connection.getresponse()
            return response.status, response.read(), response.getheader("Age", "")

    def all_at_once(asked: Sequence[tuple[str, str]]) -> list[Answer]:
        with ThreadPoolExecutor(len(asked)) as pool:
            return list(pool.map(one, asked))

    try:
        server.wait()
        yield all_at_once
    finally:
        server.stop()


def test_fifty_at_once_on_two_workers_compute_once_a_key(ask: Ask, computed: Callable[[], list[str]]) -> None:
    path, alice = "/rows?symbol=", KEYS["alice"]
    answers = ask([(f"{path}A", alice)] * 50)
    assert {(status, body) for status, body, _ in answers} == {(200, answers[0][1])}
    assert all(0 <= int(age or 0) < 60 for _, _, age in answers)
    assert [line.split()[0] for line in computed()] == ["A"]
    mixed = ask([(f"{path}{symbol}", alice) for symbol in "BC"] * 25)
    assert {(status, body) for status, body, _ in mixed[::2]} == {mixed[0][:2]}
    assert {json.loads(body)[0]["symbol"] for _, body, _ in mixed[1::2]} == {"C"}
    assert sorted(line.split()[0] for line in computed()) == ["A", "B", "C"]
    # By now both workers have answered; what one computed, the other serves.
    assert ask([(f"{path}A", alice)] * 10)[0][1] == answers[0][1]
    assert len(computed()) == 3


def test_an_exception_is_not_kept_and_frees_the_others(ask: Ask, computed: Callable[[], list[str]]) -> None:
    answers = ask([("/fails?times=2", KEYS["alice"])] * 50)
    assert Counter(status for status, _, _ in answers) == {500: 2, 200: 48}
    assert len(computed()) == 3
    assert len({body for status, body, _ in answers if status == 200}) == 1


def test_two_identities_never_share_an_answer(ask: Ask, computed: Callable[[], list[str]]) -> None:
    asked = [("/mine", key) for key in KEYS.values()] * 25
    answers = ask(asked)
    of_alice, of_bob = ({body for _, body, _ in answers[start::2]} for start in (0, 1))
    assert len(of_alice) == len(of_bob) == 1
    assert of_alice != of_bob
    assert len(computed()) == 2
    assert [status for status, _, _ in ask([("/mine", "wrong"), ("/mine", KEYS["bob"])])] == [403, 200]
    assert len(computed()) == 2


def test_redis_holds_no_values_and_no_pickles(ask: Ask, prefix: str) -> None:
    ask([("/rows?symbol=A-VERY-SECRET-SYMBOL", KEYS["alice"])])
    with redis.Redis.from_url(URL) as client:
        keys = list(client.scan_iter(f"*{prefix}*"))
        assert len(keys) == 1, "the lock was released"
        assert keys[0].startswith(f"openbb:{prefix}:".encode())
        assert b"SECRET" not in keys[0]
        assert client.get(keys[0]).startswith(b"openbb1")
        assert 0 < client.ttl(keys[0]) <= 60
