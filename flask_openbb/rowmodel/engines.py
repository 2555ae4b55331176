"""What every engine can be asked, and how one question is bounded and stopped.

Owns the :class:`Engine` protocol, which a user may implement for an engine of their own, and :class:`Guard`. Imports
:mod:`.plan` and :mod:`.request`; no Flask, no SQLAlchemy.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, Protocol

from ..errors import RowTimeoutError
from .plan import Plan
from .request import Filter

Row = tuple[Any, ...]


class Guard:
    """Bounds one request: a timeout for each of its statements, and a way to stop it from another thread.

    :param timeout: Seconds for all statements of the request together, or None for no bound.

    .. versionadded:: 0.1
    """

    def __init__(self, timeout: float | None = 30.0) -> None:
        self.timeout = timeout
        self._deadline = None if timeout is None else monotonic() + timeout
        self._lock = threading.Lock()
        self._stop: Callable[[], None] | None = None
        self.cancelled = False
        """Whether :meth:`cancel` was called."""

    def remaining(self) -> float | None:
        """Give the seconds left, or None without a bound.

        :raises RowTimeoutError: If there are none, or the request was cancelled.
        """
        if self.cancelled:
            raise self.error()
        if self._deadline is None:
            return None
        left = self._deadline - monotonic()
        if left <= 0:
            raise self.error()
        return left

    def error(self) -> RowTimeoutError:
        """Make the error of a question that was stopped."""
        if self.cancelled:
            return RowTimeoutError("the question was cancelled, since nobody waits for its answer.")
        bound = f"{self.timeout:g} s" if self.timeout is not None else "its bound"
        return RowTimeoutError(f"the question took longer than {bound}. Filter more narrowly, or ask for fewer rows.")

    def cancel(self) -> None:
        """Stop what runs, from any thread; what has not begun raises when it does."""
        with self._lock:
            self.cancelled = True
        self.stop()

    def stop(self) -> None:
        """Stop the statement that runs now; databases forget this where none does, so it is asked again."""
        with self._lock:
            if self._stop is not None:
                self._stop()

    @contextmanager
    def running(self, stop: Callable[[], None]) -> Iterator[None]:
        """Let :meth:`stop` call ``stop`` while the block runs."""
        with self._lock:
            if self.cancelled:
                raise self.error()
            self._stop = stop
        try:
            yield
        finally:
            with self._lock:
                self._stop = None


class Engine(Protocol):
    """Answers plans over one source. Values are of the columns' types, NULL is None; a plan is never changed.

    .. versionadded:: 0.1
    """

    name: str
    """What the engine is, for messages: ``duckdb``, ``postgresql``, ``python``."""

    def rows(self, plan: Plan, guard: Guard) -> list[Row]:
        """Give a page.

        Of :class:`.plan.Leaves` the columns in order, of :class:`.plan.Groups` the value of the group column, if there
        is one, and the measures.

        :raises RowTimeoutError: If the guard's time is over, or it was cancelled.
        """

    def count(self, plan: Plan, guard: Guard) -> int:
        """Count the rows of the level, whatever the page."""

    def points(self, names: Sequence[str], where: Filter, limit: int, guard: Guard) -> list[Row]:
        """Give the combinations of values of some columns that occur, in ascending order, at most ``limit``."""

    def stream(self, plan: Plan, guard: Guard) -> Iterator[Row]:
        """Give rows as :meth:`rows` does, without holding all of them."""
