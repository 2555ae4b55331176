"""Ten thousand nested trades, the backend that serves them, and what a table must show of them.

gunicorn calls :func:`create_app`; ``test_grid.py`` compares what AG Grid shows with :func:`expected_cells`, which is
written column by column and uses nothing of the package.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from flask import Flask
from marshmallow import Schema, fields

from flask_openbb import OpenBB

ROWS = 10_000
FIRST_ORDER = 2**53 - ROWS // 2
"""So that half of the orders' numbers are beyond what JavaScript counts exactly."""
NAMES = (
    "Société Générale",
    "トヨタ自動車",
    "🦊 Fox & Sons",
    "בנק הפועלים",
    "<b>bold</b><script>alert(1)</script>",
    'quotes " and \\ and \u2028',
    "tab\tand\nline",
    "",
    "null",
    "  spaces  ",
    "[1, 2]",
    "12,345.50%",
)
NEW_YORK = dt.timezone(dt.timedelta(hours=-5))

Row = dict[str, Any]


class CompanySchema(Schema):
    name = fields.String()
    country = fields.String()
    listed = fields.Boolean()


class PriceSchema(Schema):
    open = fields.Float()
    close = fields.Float(allow_nan=True)
    volume = fields.Integer()


class FillSchema(Schema):
    price = fields.Float()
    size = fields.Integer()


class TradeSchema(Schema):
    id = fields.String(metadata={"pinned": "left", "width": 90})
    cusip = fields.String()
    order = fields.Integer(metadata={"cell_data_type": "text", "chart_data_type": "category", "width": 170})
    day = fields.Date()
    executed = fields.DateTime()
    company = fields.Nested(CompanySchema, allow_none=True)
    price = fields.Nested(PriceSchema)
    fee = fields.Decimal()
    tags = fields.List(fields.String())
    # The one list of records in a Schema is taken for an envelope's rows, unless its metadata makes it a column.
    fills = fields.List(fields.Nested(FillSchema), metadata={"header_name": "Fills"})
    quote = fields.Dict(
        metadata={
            "render_fn": "hoverCard",
            "render_fn_params": {"hoverCard": {"cellField": "mid", "title": "Quote", "markdown": "{bid} / {ask}"}},
        }
    )
    trend = fields.List(fields.Float(), metadata={"sparkline": {"type": "line", "dataField": "trend"}})
    desk = fields.String(metadata={"hide": True})


def source_row(number: int) -> Row:
    """One trade as a service might hold it; the first has no company, where all others have a mapping."""
    price = 100 + number % 97 + 0.25
    return {
        "id": f"{number:05d}",
        "cusip": f"{number:03d}E{number % 90:02d}" if number % 2 else f"{number:09d}",
        "order": FIRST_ORDER + number,
        "day": None if number % 11 == 5 else dt.date(1999, 12, 31) + dt.timedelta(days=number),
        "executed": dt.datetime(2024, 2, 29, 9, 30, tzinfo=NEW_YORK) + dt.timedelta(seconds=number),
        "company": None
        if number % 13 == 0
        else {
            "name": NAMES[number % len(NAMES)],
            "country": None if number % 3 == 1 else f"C{number % 7}",
            "listed": (True, False, None)[number % 3],
        },
        "price": {"open": price, "close": float("nan") if number % 17 == 0 else price - 1.5, "volume": number * 1_013},
        "fee": None if number % 19 == 3 else Decimal(number) / 8,
        "tags": [None, [], ["001"], ["new", "été"]][number % 4],
        "fills": [{"price": price, "size": size} for size in range(number % 3)],
        "quote": None if number % 23 == 7 else {"mid": price, "bid": price - 0.5, "ask": price + 0.5},
        "trend": None if number % 29 == 9 else [price + step * (number % 5 - 2) for step in range(number % 6)],
        "desk": f"desk-{number % 4}",
    }


def expected_cells(row: Row) -> Row:
    """What the table must hold for a trade: each leaf of it, as JavaScript can hold it, under its flat name."""
    company = row["company"] or {"name": None, "country": None, "listed": None}
    price, close = row["price"], row["price"]["close"]
    return {
        "id": row["id"],
        "cusip": row["cusip"],
        "order": row["order"] if row["order"] < 2**53 else str(row["order"]),
        "day": row["day"] and row["day"].isoformat(),
        "executed": row["executed"].isoformat(),
        "company_name": company["name"],
        "company_country": company["country"],
        "company_listed": company["listed"],
        "price_open": price["open"],
        "price_close": None if close != close else close,  # noqa: PLR0124 - NaN
        "price_volume": price["volume"],
        "fee": None if row["fee"] is None else float(row["fee"]),
        "tags": ", ".join(row["tags"]) if row["tags"] else None,
        "fills": json.dumps(row["fills"], separators=(",", ":")) if row["fills"] else None,
        "quote": row["quote"],
        "trend": row["trend"],
        "desk": row["desk"],
    }


def source_rows() -> list[Row]:
    """All trades, in order."""
    return [source_row(number) for number in range(ROWS)]


def create_app() -> Flask:
    app = Flask(__name__)
    openbb = OpenBB(app)

    @app.get("/trades")
    @openbb.table(name="Trades", columns=TradeSchema, data_key="results")
    def trades() -> Row:
        """Show trades."""
        return {"count": ROWS, "results": source_rows()}

    return app
