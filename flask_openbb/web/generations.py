"""Making kept answers old: a token a widget, which is part of its answers' keys and changes with a submission.

What was kept under the old token is never found again, and expires. A computation that began before the change keeps
its answer under the old token too. Called by ``caching``.
"""

from __future__ import annotations

import secrets

from .stores import Store

_LONGER = 86_400
"""Seconds that a token outlives the answers it replaces, computations under way included."""


class Generations:
    """The current token of each widget.

    :param store: Where other workers see the tokens, if it is shared; else they are this process' own.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._own: dict[str, tuple[bytes, int]] = {}
        """All tokens of a process by itself; of a shared store those that it did not take."""

    def current(self, name: str) -> str:
        """The token of a widget; empty before its first change."""
        own = self._own.get(name)
        if not self._store.shared:
            return own[0].hex() if own else ""
        if own is not None:
            self._tell(name, *own)
            return own[0].hex()
        return (self._store.get(name) or b"").hex()

    def change(self, name: str, seconds: int) -> None:
        """Make everything old that was kept so far.

        :param seconds: How long answers are kept at most.
        """
        token = secrets.token_bytes(8)
        self._own[name] = (token, seconds + _LONGER)
        if self._store.shared:
            self._tell(name, token, seconds + _LONGER)

    def _tell(self, name: str, token: bytes, seconds: int) -> None:
        self._store.set(name, token, seconds)
        if self._store.get(name) == token:  # a backend that is down takes nothing, and says nothing
            self._own.pop(name, None)
