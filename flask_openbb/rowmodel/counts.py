"""The totals of levels, kept for a while: a total does not change with the page or the sort.

Owns :class:`Counts`. Imports :mod:`.plan`; called by :mod:`.pages`. One per row model and process.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic

from .plan import Groups, Plan


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

    def put(self, identity: Hashable, plan: Plan, total: int) -> None:
        """Keep a total; one of a source without an identity is not kept."""
        if identity is None:
            return
        with self._lock:
            self._kept[_key(identity, plan)] = (self._clock() + self.seconds, total)
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)


def _key(identity: Hashable, plan: Plan) -> Hashable:
    return identity, plan.column if isinstance(plan, Groups) else None, plan.where
