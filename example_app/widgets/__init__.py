"""What OpenBB Workspace shows: one module and one blueprint a subject."""

from __future__ import annotations

from . import (
    agent,
    clients,
    desk,
    fx,
    macro,
    overview,
    portfolio,
    prices,
    research,
    risk,
    screens,
    shares,
    symbols,
    trading,
    trends,
)

_SUBJECTS = (
    *(symbols, overview, prices, trading, risk, macro, portfolio, trends, shares),
    *(research, desk, agent, clients, fx, screens),
)
blueprints = [subject.bp for subject in _SUBJECTS]
