"""A watch over the process's memory while a statement runs in it.

DuckDB's own limit does not count long texts and lists, so a second bound is kept from outside: a thread looks at the
memory of the process and stops the statement when it has grown by more than its share. Owns :func:`watch`. Imports
nothing; called by :mod:`.sql_duckdb`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

INTERVAL = 0.01
"""Seconds between two looks."""


class Grown:
    """Whether the memory grew too much."""

    value = False


@contextmanager
def watch(limit: int, stop: Callable[[], None]) -> Iterator[Grown]:
    """Call ``stop`` once the process has grown by more than ``limit`` bytes since the block began.

    Other requests of the same process count too. Where the memory of a process cannot be read, nothing is watched.
    """
    grown, done, before = Grown(), threading.Event(), resident()
    if before is None:
        yield grown
        return

    def look() -> None:
        while not done.wait(INTERVAL):
            now = resident()
            if now is not None and now - before > limit:
                grown.value = True
                with suppress(Exception):
                    stop()

    thread = threading.Thread(target=look, name="flask_openbb-memory", daemon=True)
    thread.start()
    try:
        yield grown
    finally:
        done.set()
        thread.join()


def resident() -> int | None:
    """Give the bytes of memory the process has, or None where that cannot be read (all but Linux)."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
