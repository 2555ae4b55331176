"""The rows that the measured apps answer with, flat and nested.

Both, and frames made of them, become the same bytes of JSON, so that only the work on the way is compared.
Imported by ``bare``, ``ours`` and ``peer``.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

ROWS = 10_000

Row = dict[str, Any]


def nested_rows(count: int = ROWS) -> list[Row]:
    """Rows of eight values, six of them one level down."""
    first = date(1990, 1, 1)
    return [
        {
            "symbol": f"S{number % 500:03d}",
            "day": (first + timedelta(days=number // 500)).isoformat(),
            "price": {
                "open": 100 + number % 97 + 0.25,
                "high": 100 + number % 97 + 1.5,
                "low": 99 + number % 97 + 0.125,
                "close": 100 + number % 97 + 0.75,
            },
            "trade": {"volume": 1_000 + 13 * number, "adjusted": number % 2 == 0},
        }
        for number in range(count)
    ]


def flat_rows(count: int = ROWS) -> list[Row]:
    """The same rows as a table shows them: ``price_open``, ``trade_volume`` and so on."""
    return [
        {
            "symbol": row["symbol"],
            "day": row["day"],
            **{f"price_{key}": value for key, value in row["price"].items()},
            **{f"trade_{key}": value for key, value in row["trade"].items()},
        }
        for row in nested_rows(count)
    ]
