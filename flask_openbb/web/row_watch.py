"""Stops the question of a client that went away.

WSGI does not say so. Two servers give the socket in the environ, gunicorn and Werkzeug's; one thread a process looks at
the sockets of requests under way, every quarter of a second, and cancels the guard of one whose other side is closed,
until its question has ended: a statement that had not begun would take no notice of the first time. On the client of an
export that is not sent in its time the server hangs up itself.
Behind a proxy that is the proxy's side, which nginx closes when its client does. Elsewhere a question runs until its
timeout.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import request

from ..rowmodel import Guard

logger = logging.getLogger("flask_openbb")

INTERVAL = 0.25
"""Seconds between two looks."""
SOCKETS = ("gunicorn.socket", "werkzeug.socket")
_GONE = getattr(select, "POLLRDHUP", 0) | getattr(select, "POLLHUP", 0) | getattr(select, "POLLERR", 0)


class Watch:
    """Looks at the sockets of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._watched: dict[int, Guard] = {}
        self._thread: threading.Thread | None = None

    def add(self, number: int, guard: Guard) -> None:
        """Watch a socket by its number."""
        with self._lock:
            self._watched[number] = guard
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="openbb-row-watch", daemon=True)
                self._thread.start()
        self._some.set()

    def remove(self, number: int) -> None:
        """Watch it no more; after this its guard is not cancelled."""
        with self._lock:
            self._watched.pop(number, None)
            if not self._watched:
                self._some.clear()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._some.wait()
            pause.wait(INTERVAL)
            self.look()

    def look(self) -> None:
        """Cancel the guards of the sockets that are closed."""
        with self._lock:
            if not self._watched:
                return
            poll = select.poll()
            for number in self._watched:
                poll.register(number, _GONE)
            gone = [self._watched[number] for number, event in poll.poll(0) if event & (_GONE | select.POLLNVAL)]
        for guard in gone:
            known = guard.cancelled
            try:
                guard.cancel()
            except Exception:
                if known:
                    continue
                logger.warning("A question nobody waits for could not be stopped; its timeout will.", exc_info=True)


_watches: dict[int, Watch] = {}
"""One a process, by its number: threads do not survive a fork."""


def watch_of_process() -> Watch:
    """Give the watch of this process."""
    pid = os.getpid()
    found = _watches.get(pid)
    return _watches.setdefault(pid, Watch()) if found is None else found


@contextmanager
def watched(guard: Guard) -> Iterator[None]:
    """Cancel a guard if the client of the current request goes away while the block runs."""
    number = _socket_number(request.environ) if hasattr(select, "poll") and _GONE else None
    if number is None:
        yield
        return
    watch = watch_of_process()
    watch.add(number, guard)
    try:
        yield
    finally:
        watch.remove(number)


@contextmanager
def sent_in_time(guard: Guard) -> Iterator[None]:
    """Hang up on the client of the current request if the block still runs when a guard's time is over.

    One that reads no more keeps the server at sending, and with it what the rows are read from.
    """
    found, left = _socket(request.environ), guard.remaining()
    if found is None or left is None:
        yield
        return
    timer = threading.Timer(left, _hang_up, [found])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(found: Any) -> None:
    with suppress(OSError, AttributeError):
        found.shutdown(socket.SHUT_RDWR)
        logger.warning("An export was not sent when its time was over; its connection was closed.")


def _socket(environ: dict[str, Any]) -> Any:
    return next((environ[name] for name in SOCKETS if environ.get(name) is not None), None)


def _socket_number(environ: dict[str, Any]) -> int | None:
    found = _socket(environ)
    try:
        number = found.fileno() if found is not None else -1
    except (AttributeError, OSError):
        return None
    return number if number >= 0 else None
