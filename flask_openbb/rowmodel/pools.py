"""Which process the connections of a SQLAlchemy engine belong to.

Owns :func:`of_this_process`, called by whatever finds or asks an engine: :mod:`.engine_sql`, :mod:`.sql_servers` and
the web half. Imports no SQLAlchemy.
"""

from __future__ import annotations

import os
import threading
from typing import Any
from weakref import WeakKeyDictionary

_opened: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
"""Engines of a parent process that were opened anew, and the process that did."""
_lock = threading.Lock()


def of_this_process(engine: Any, pid: int) -> Any:
    """Give an engine without the connections of a parent: two processes on one connection mix up their answers.

    :param pid: The process the engine was given in.

    Source: SQLAlchemy docs, "Using Connection Pools with Multiprocessing or os.fork()".
    """
    own = os.getpid()
    if _opened.get(engine, pid) != own:
        with _lock:
            if _opened.get(engine, pid) != own:
                engine.dispose(close=False)
                _opened[engine] = own
    return engine
