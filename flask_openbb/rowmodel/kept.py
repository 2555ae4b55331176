"""Statements and samples kept for the next request of the same shape, as many as weigh no more than a bound.

Owns :class:`Kept`, one for a source and all that narrow it. A statement weighs what it holds: a set filter of
thousands of values, or a pivot of hundreds of columns, takes megabytes. Imports nothing of the room but :mod:`.plan`
and :mod:`.request`; called by :mod:`.translate`, :mod:`.engine_duckdb`, and by :mod:`.counts` for what a filter weighs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

from .plan import Groups, Plan
from .request import And, Filter, OneOf, Or

MOST = 8_000
"""What may be kept weighs, in columns and values. One takes 1 to 3 KB with what SQLAlchemy makes of it."""
LARGEST = 1_000
"""What a statement that is kept weighs at most; a larger one is made anew for each request."""
MEASURE = 4
"""The weight of a group's value, or of one of a pivot's columns."""
STATEMENT = 10
"""The weight of a statement beside its columns and values."""

T = TypeVar("T")


class Kept:
    """Keeps what was made, by shape; the one longest unused goes first.

    :param most: What all that is kept may weigh.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.weight = 0
        """What it weighs now."""
        self._lock = threading.Lock()
        self._held: OrderedDict[Hashable, tuple[int, object]] = OrderedDict()

    def get(self, shape: Hashable, make: Callable[[], T], weigh: Callable[[], int]) -> T:
        """Give what is kept for a shape, or make it."""
        with self._lock:
            found = self._held.get(shape)
            if found is not None:
                self._held.move_to_end(shape)
                return found[1]  # type: ignore[return-value]  # a shape says what is made of it
        made, weight = make(), weigh()
        if weight > LARGEST:
            return made
        with self._lock:
            self.weight += weight - self._held.pop(shape, (0, None))[0]
            self._held[shape] = weight, made
            while self.weight > self.most:
                _, (freed, _) = self._held.popitem(last=False)
                self.weight -= freed
        return made

    def forget(self, shape: Hashable) -> None:
        """Make it anew the next time."""
        with self._lock:
            self.weight -= self._held.pop(shape, (0, None))[0]


def weight_of(where: Filter, columns: int, plan: Plan | None = None) -> int:
    """Give the weight of a statement: of so many columns, with a filter, for a plan."""
    measures = len(plan.measures) if isinstance(plan, Groups) else 0
    return STATEMENT + columns + MEASURE * measures + _values(where)


def _values(where: Filter) -> int:
    if isinstance(where, And | Or):
        return sum(map(_values, where.parts))
    return len(where.values) if isinstance(where, OneOf) else 1
