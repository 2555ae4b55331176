"""Single flight: of many who want the same answer at the same time, one computes it and the others get it.

Owns the waiting, in one process and, through a lock in a shared store, between workers. Knows nothing of requests or
Flask: it is given functions that look and compute. Called by ``caching``.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from .stores import Store

T = TypeVar("T")
R = TypeVar("R")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.25


class _Flight(Generic[T]):
    """One computation that others may wait for."""

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.kept: T | None = None
        self.own = False
        """Whether the answer turned out to be for its caller alone."""


class Flights(Generic[T]):
    """The computations of one app that are under way in this process.

    :param store: Where other workers' locks are seen, if it is shared.
    :param wait: Seconds a caller waits at most; then it computes for itself. A lock lives twice as long, so that a
        worker that died holds nobody up for ever.
    """

    def __init__(self, store: Store, *, wait: int) -> None:
        self._store = store
        self._wait = wait
        self._under_way: dict[str, _Flight[T]] = {}
        self._lock = threading.Lock()

    def once(self, key: str, *, look: Callable[[], T | None], compute: Callable[[], tuple[T | None, R]]) -> T | R:
        """Get what others keep, or compute it.

        A computation that raises frees the others, each of whom may try, one at a time.

        :param look: Finds what was kept meanwhile.
        :param compute: Gives what may be kept, with what its own caller gets; None with it if nobody else can
            have it, so that everybody computes at once.
        :return: What was kept, or what the caller's own computation gave.
        """
        deadline = time.monotonic() + self._wait
        while True:
            flight, leads = self._board(key)
            if leads:
                with self._leading(key, flight):
                    return self._lead(key, flight, deadline, look, compute)
            flight.landed.wait(max(0.0, deadline - time.monotonic()))
            if flight.kept is not None:
                return flight.kept
            if flight.own or time.monotonic() >= deadline:
                return compute()[1]

    def alone(self, key: str, *, look: Callable[[], T | None], compute: Callable[[], tuple[T | None, object]]) -> None:
        """Compute, unless somebody here or in another worker does already, or has done it meanwhile."""
        flight, leads = self._board(key)
        if not leads:
            return
        with self._leading(key, flight), self._locked(key) as locked:
            if locked:
                flight.kept = look() or compute()[0]

    def _lead(
        self,
        key: str,
        flight: _Flight[T],
        deadline: float,
        look: Callable[[], T | None],
        compute: Callable[[], tuple[T | None, R]],
    ) -> T | R:
        pause = _FIRST_PAUSE
        while True:
            with self._locked(key) as locked:
                # Looked at under the lock: who held it before may have just kept it.
                flight.kept = look()
                if flight.kept is not None:
                    return flight.kept
                if locked or time.monotonic() >= deadline:
                    flight.kept, answer = compute()
                    flight.own = flight.kept is None
                    return answer
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _board(self, key: str) -> tuple[_Flight[T], bool]:
        with self._lock:
            flight = self._under_way.get(key)
            if flight is not None:
                return flight, False
            flight = self._under_way[key] = _Flight()
            return flight, True

    @contextmanager
    def _leading(self, key: str, flight: _Flight[T]) -> Iterator[None]:
        try:
            yield
        finally:
            with self._lock:
                del self._under_way[key]
            flight.landed.set()

    @contextmanager
    def _locked(self, key: str) -> Iterator[bool]:
        """Hold the lock between workers; False if another has it, True too where there is none to be had."""
        if not self._store.shared:
            yield True
            return
        name, token = f"{key}:lock", secrets.token_bytes(16)
        added = self._store.add(name, token, 2 * self._wait)
        try:
            yield added is not False
        finally:
            if added:
                self._store.release(name, token)
