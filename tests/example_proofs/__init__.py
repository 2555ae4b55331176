"""What each widget of the example must answer, worked out from the shipped files without any code of the example.

One function a widget, registered by ``@proves``; ``tests/test_example_widgets.py`` runs them, and the coverage table
of the documentation names them. ``pandas`` reads the files and does the arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable

from example_workspace import Workspace

Proof = Callable[[Workspace], None]

PROOFS: dict[str, Proof] = {}
"""The proof of each widget, by its id."""


def proves(widget_id: str) -> Callable[[Proof], Proof]:
    """Register a function that asserts what one widget answers."""

    def register(proof: Proof) -> Proof:
        assert widget_id not in PROOFS, f"{widget_id} has two proofs"
        PROOFS[widget_id] = proof
        return proof

    return register
