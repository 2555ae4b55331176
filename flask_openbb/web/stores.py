"""Where cached answers are kept: in this process, or on a cachelib backend that several workers share.

Every store holds bytes alone: what comes out of a cache that others can write to is read, never run. Made by
``init_app`` from ``OPENBB_CACHE``, used by ``caching`` and ``flights``. A backend that fails is an empty one: it is
left alone for some seconds, and its failure is logged once a minute.
"""

from __future__ import annotations

import copy
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Protocol, TypeVar

from ..errors import ConfigError, MissingExtraError

logger = logging.getLogger("flask_openbb")

T = TypeVar("T")

REST = 5
"""Seconds a backend that failed is left alone."""
_LOG_EVERY = 60
_CONNECT_TIMEOUT, _SOCKET_TIMEOUT = 0.5, 1.0
ENTRY_COST = 400
"""Bytes that keeping an answer takes beside its own."""
_METHODS = ("get", "set", "add", "delete")
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


class Store(Protocol):
    """Bytes by key, each for some time."""

    shared: bool
    """Whether other processes see what is kept, so that a lock in it means something."""

    def get(self, key: str) -> bytes | None:
        """What is kept, or None."""
        ...

    def set(self, key: str, value: bytes, seconds: int) -> None:
        """Keep bytes for some seconds."""
        ...

    def add(self, key: str, value: bytes, seconds: int) -> bool | None:
        """Keep bytes unless the key has some; whether they were kept, None if nobody knows."""
        ...

    def release(self, key: str, value: bytes) -> None:
        """Drop a key if it still has these bytes."""
        ...


class MemoryStore:
    """The answers of one process, the latest used of them.

    :param limit: Bytes kept at most.
    :param clock: Gives seconds that never go back.
    """

    shared = False

    def __init__(self, limit: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """What is kept, or None."""
        with self._lock:
            until, value = self._held.get(key, (0.0, b""))
            if not until:
                return None
            if until <= self._clock():
                self._drop(key)
                return None
            self._held.move_to_end(key)
            return value

    def set(self, key: str, value: bytes, seconds: int) -> None:
        """Keep bytes, and drop what was not used for longest."""
        with self._lock:
            if key in self._held:
                self._drop(key)
            if len(value) + ENTRY_COST > self._limit:
                return
            self._held[key] = (self._clock() + seconds, value)
            self._size += len(value) + ENTRY_COST
            while self._size > self._limit:
                self._drop(next(iter(self._held)))

    def add(self, key: str, value: bytes, seconds: int) -> bool | None:
        """Keep bytes unless the key has some."""
        if self.get(key) is not None:
            return False
        self.set(key, value, seconds)
        return True

    def release(self, key: str, value: bytes) -> None:
        """Drop a key if it still has these bytes."""
        with self._lock:
            if self._held.get(key, (0.0, b""))[1] == value:
                self._drop(key)

    def _drop(self, key: str) -> None:
        self._size -= len(self._held.pop(key)[1]) + ENTRY_COST


class CachelibStore:
    """A cachelib backend that may be down.

    :param cache: Anything with cachelib's ``get``, ``set``, ``add`` and ``delete``.
    :param release: Drops a key if it still has some bytes, in one step; by default in two.
    """

    shared = True

    def __init__(self, cache: Any, *, release: Callable[[str, bytes], object] | None = None) -> None:
        self._cache = cache
        self._release = release or self._release_in_two_steps
        # cachelib's SimpleCache is a dict without a lock.
        self._guard: Any = threading.Lock() if type(cache).__name__ == "SimpleCache" else nullcontext()
        self._resumes = 0.0
        self._logged = -float(_LOG_EVERY)

    def get(self, key: str) -> bytes | None:
        """What is kept, or None; what is not bytes is not ours."""
        value = self._ask(lambda: self._cache.get(key))
        return value if isinstance(value, bytes) else None

    def set(self, key: str, value: bytes, seconds: int) -> None:
        """Keep bytes for some seconds."""
        self._ask(lambda: self._cache.set(key, value, timeout=seconds))

    def add(self, key: str, value: bytes, seconds: int) -> bool | None:
        """Keep bytes unless the key has some; None if the backend is down."""
        added = self._ask(lambda: bool(self._cache.add(key, value, timeout=seconds)))
        return added if isinstance(added, bool) else None

    def release(self, key: str, value: bytes) -> None:
        """Drop a key if it still has these bytes."""
        self._ask(lambda: self._release(key, value))

    def _release_in_two_steps(self, key: str, value: bytes) -> None:
        if self._cache.get(key) == value:
            self._cache.delete(key)

    def _ask(self, call: Callable[[], T]) -> T | None:
        now = time.monotonic()
        if now < self._resumes:
            return None
        if self._resumes:
            self._resumes = now + REST  # while this one call finds out, nobody else waits for it
        try:
            with self._guard:
                found = call()
        except Exception as error:  # whatever a backend raises, the view can answer without it
            self._resumes = time.monotonic() + REST
            if now - self._logged >= _LOG_EVERY:
                self._logged = now
                # The type alone: a client's message may hold the URL with its password.
                logger.warning(
                    "The cache backend failed (%s); answers are computed without it until it is back.",
                    type(error).__name__,
                )
            return None
        self._resumes = 0.0
        return found


def make_store(setting: Any, *, memory_bytes: int) -> Store:
    """The store that ``OPENBB_CACHE`` asks for. Connects to nothing yet.

    :param setting: None, a Redis URL, or a cachelib backend.
    :param memory_bytes: Most bytes that are kept in this process where it is None.
    :raises ConfigError: If it is a URL that redis-py cannot read.
    :raises MissingExtraError: If it is a URL and redis or cachelib is not installed.
    """
    if setting is None:
        return MemoryStore(memory_bytes)
    if isinstance(setting, str):
        return _redis_store(setting)
    return CachelibStore(_without_pickle(setting))


def is_backend(value: Any) -> bool:
    """Whether something has the methods of a cachelib backend."""
    return not isinstance(value, type) and all(callable(getattr(value, name, None)) for name in _METHODS)


class BytesOnly:
    """A serializer for cachelib that leaves bytes as they are; cachelib's own unpickles what it reads."""

    def dumps(self, value: bytes) -> bytes:
        """The bytes to keep."""
        return value

    def loads(self, value: bytes | None) -> bytes | None:
        """The bytes that were kept."""
        return value


def _redis_store(url: str) -> Store:
    try:
        import redis  # noqa: PLC0415
        from cachelib import RedisCache  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("redis", feature="OPENBB_CACHE with a Redis URL") from None

    class BytesRedis(RedisCache):
        """cachelib's backend without pickle, and with an ``add`` that cannot leave a key without expiry."""

        serializer: Any = BytesOnly()

        def add(self, key: str, value: Any, timeout: Any = None) -> bool:
            return bool(client.set(key, value, nx=True, ex=timeout))

    try:
        # One more try, since a server that restarted has left dead connections in the pool; none after a timeout.
        client = redis.Redis.from_url(
            url,
            socket_connect_timeout=_CONNECT_TIMEOUT,
            socket_timeout=_SOCKET_TIMEOUT,
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
            decode_responses=False,
        )
    except ValueError as error:
        raise ConfigError(f"OPENBB_CACHE is a URL that Redis' client cannot read: {error}") from None
    return CachelibStore(BytesRedis(client), release=lambda key, value: client.eval(_RELEASE, 1, key, value))


def _without_pickle(cache: Any) -> Any:
    """A copy of a Redis-like backend that reads bytes as bytes, unless its serializer is the user's own."""
    serializer = getattr(cache, "serializer", None)
    if hasattr(cache, "_write_client") and type(serializer).__module__.startswith("cachelib"):
        cache = copy.copy(cache)
        cache.serializer = BytesOnly()
    return cache
