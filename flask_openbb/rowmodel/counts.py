"""The totals of levels, kept for a while: a total does not change with the page or the sort.

Owns :class:`Counts` and :func:`mark_of`, which tells the values apart that sources and totals are kept by. Imports
:mod:`.plan` and :mod:`.kept`; called by :mod:`.pages`, the SQL engines and the web half. One per row model and process.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from time import monotonic
from typing import Any
from uuid import UUID

from .kept import LARGEST, weight_of
from .plan import Groups, Plan

TEXTS = frozenset({str, bytes, type(None)})
SCALARS = frozenset({bool, int, float, Decimal, date, datetime, time, timedelta, UUID})
"""Classes, not their heirs, whose values never change and whose texts differ if they do."""


class Counts:
    """Keeps totals by source, filter and level.

    :param seconds: How long a total is believed.
    :param size: How many are kept; the one longest unused goes first.

    .. versionadded:: 0.1
    """

    def __init__(self, *, seconds: float = 60.0, size: int = 1_000, clock: Callable[[], float] = monotonic) -> None:
        self.seconds = seconds
        self.size = size
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()
        self.cleared = 0
        """How often all totals were forgotten; what was counted before is not kept after."""

    def get(self, identity: Hashable, plan: Plan) -> int | None:
        """Give a total, or None if it is not known any more."""
        key = _key(identity, plan)
        with self._lock:
            found = self._kept.get(key)
            if found is None or found[0] < self._clock():
                self._kept.pop(key, None)
                return None
            self._kept.move_to_end(key)
            return found[1]

    def clear(self) -> None:
        """Forget all totals: the rows changed."""
        with self._lock:
            self._kept.clear()
            self.cleared += 1

    def put(self, identity: Hashable, plan: Plan, total: int, *, cleared: int | None = None) -> None:
        """Keep a total; none of a source without an identity, nor of a filter as large as no statement is kept for.

        :param cleared: What :attr:`cleared` was before the rows were counted.
        """
        if identity is None or weight_of(plan.where, 0) > LARGEST:
            return
        with self._lock:
            if cleared is not None and cleared != self.cleared:
                return
            self._kept[_key(identity, plan)] = (self._clock() + self.seconds, total)
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)


def mark_of(value: Any) -> Hashable:
    """Give what is equal for the same value and for no other.

    Values alone would not do: 1, 1.0 and True are equal, and so are two times an hour apart when clocks are set back.
    Nor would their texts, which a class may write as it likes.

    :raises TypeError: For a value of a class that is not known to tell its values apart, or to keep them.
    """
    kind = type(value)
    if kind in TEXTS:
        return kind, value
    if kind in SCALARS:
        return kind, value, repr(value)
    if kind is list or kind is tuple:
        return kind, tuple(map(mark_of, value))
    if isinstance(value, Enum):
        return kind, value.name
    msg = f"values of {kind.__qualname__} cannot be told apart"
    raise TypeError(msg)


def _key(identity: Hashable, plan: Plan) -> Hashable:
    return identity, plan.column if isinstance(plan, Groups) else None, plan.where
