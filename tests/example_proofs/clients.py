"""The clients' mandates and limits, as a new database has them."""

from __future__ import annotations

import pytest
from example_workspace import Workspace

from . import proves
from .figures import UNITS, held


@proves("clients_mandates")
def mandates(workspace: Workspace) -> None:
    assert workspace.body("clients_mandates") == [
        {
            "name": "Balanced model",
            "strategy": "balanced",
            "volume": 120.0,
            "started": "2014-01-02",
            "instruments": "SP500, NASDAQ, WTI",
            "discretionary": True,
        },
        {
            "name": "Commodity model",
            "strategy": "commodities",
            "volume": 15.5,
            "started": "2016-01-04",
            "instruments": "WTI",
            "discretionary": False,
        },
        {
            "name": "Equity model",
            "strategy": "equity",
            "volume": 80.0,
            "started": "2015-01-02",
            "instruments": "SP500, NASDAQ",
            "discretionary": True,
        },
    ]


@proves("clients_strategies")
def strategies(workspace: Workspace) -> None:
    assert workspace.body("clients_strategies") == [
        {"strategy": "balanced", "volume": 120.0, "mandates": 1},
        {"strategy": "equity", "volume": 80.0, "mandates": 1},
        {"strategy": "commodities", "volume": 15.5, "mandates": 1},
    ]


@proves("clients_limits")
def limits(workspace: Workspace) -> None:
    total = sum(held(symbol)[0] for symbol in UNITS)
    shares = {symbol: held(symbol)[0] / total * 100 for symbol in UNITS}
    assert workspace.body("clients_limits") == [
        {
            "symbol": symbol,
            "share": pytest.approx(shares[symbol]),
            "limit": limit,
            "room": pytest.approx(limit - shares[symbol]),
        }
        for symbol, limit in (("SP500", 50.0), ("NASDAQ", 30.0), ("WTI", 20.0))
    ]
