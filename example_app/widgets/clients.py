"""The clients' mandates and the portfolio's limits: tables with a form beside them, kept in SQLite.

A form posts to a view of its own. What that view stores is the database's business; here is what may be typed, and
what the user is told.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from typing import Annotated, Any, Literal

from flask import Blueprint, current_app
from marshmallow import Schema, ValidationError, fields, validate

from flask_openbb import ColorRule, Column, Form, Param, color_rules, title_case

from .. import book, database, store
from ..extensions import openbb

bp = Blueprint("clients", __name__, url_prefix="/widgets/clients")

STRATEGIES = ["balanced", "equity", "commodities"]
SYMBOLS = [item.symbol for item in store.instruments()]


class MandateSchema(Schema):
    """What is typed for a mandate."""

    name = fields.String(required=True, validate=validate.Length(1, 80), metadata={"label": "Name of the mandate"})
    strategy = fields.String(load_default="balanced", validate=validate.OneOf(STRATEGIES))
    volume = fields.Float(
        required=True,
        validate=validate.Range(0, 100_000, min_inclusive=False),
        metadata={"label": "Volume, million dollars"},
    )
    started = fields.Date(required=True, metadata={"label": "In force since"})
    instruments = fields.List(fields.String(validate=validate.OneOf(SYMBOLS)), load_default=list)
    discretionary = fields.Boolean(load_default=False, metadata={"description": "We decide, and tell the client"})


@bp.post("/mandate")
@openbb.form(MandateSchema)
def save_mandate(button: str, **typed: Any) -> str:
    """Add a mandate, or change the one of this name.

    The same submission may come twice, after a lost connection or a double click: the name is unique, so it is
    stored once, and the second answer is a success as well.
    """
    mandate = database.Mandate(**typed | {"instruments": tuple(typed["instruments"])})
    with _database(writing=True) as connection:
        known = database.mandate(connection, mandate.name)
        if button == "add" and known not in (None, mandate):
            raise ValidationError("Another mandate has this name. Press 'Change' to change it.", "name")
        if button == "change" and known is None:
            raise ValidationError("No mandate has this name.", "name")
        database.save(connection, mandate)
    return f"{mandate.name} was {'added' if button == 'add' else 'changed'}."


@bp.get("/mandates")
@openbb.table(
    name="Mandates",
    category="Clients",
    grid=(40, 12),
    columns=[
        Column("name", chart_data_type="category", pinned="left"),
        Column("strategy", chart_data_type="category", render=title_case()),
        Column("volume", prefix="$", suffix=" m", decimal_places=1),
        Column("started", cell_data_type="dateString"),
        Column("instruments", cell_data_type="text", chart_data_type="category"),
        Column("discretionary", cell_data_type="boolean", chart_data_type="excluded"),
    ],
    params=[Form(save_mandate, label="Mandate", buttons={"add": "Add", "change": "Change"})],
    # No cache=: without OPENBB_CACHE each worker keeps its own answers, and a submission makes old those of one.
)
def mandates() -> list[database.Mandate]:
    """The mandates of all clients, with a form that adds one or changes it."""
    with _database() as connection:
        return database.mandates(connection)


@bp.get("/strategies")
@openbb.table(
    name="Volume by strategy",
    category="Clients",
    grid=(20, 12),
    columns=[
        Column("strategy", chart_data_type="category", render=title_case()),
        Column("volume", prefix="$", suffix=" m", decimal_places=1),
        Column("mandates"),
    ],
    chart_view={"enabled": True, "chartType": "pie", "cellRangeCols": {"pie": ["strategy", "volume"]}},
)
def strategies() -> list[dict[str, Any]]:
    """How much is managed by which strategy, as a pie."""
    with _database() as connection:
        found = database.mandates(connection)
    return [
        {
            "strategy": strategy,
            "volume": sum(each.volume for each in found if each.strategy == strategy),
            "mandates": sum(1 for each in found if each.strategy == strategy),
        }
        for strategy in STRATEGIES
    ]


@bp.put("/limit")
@openbb.form
def set_limit(
    symbol: Annotated[Literal["SP500", "NASDAQ", "WTI"], Param(label="Symbol")],
    percent: Annotated[float, Param(label="Largest share, %", min=0, max=100)],
) -> str:
    """Set how large a share of the portfolio one symbol may have."""
    with _database(writing=True) as connection:
        database.set_limit(connection, symbol, percent)
    return f"{symbol} may have up to {percent:g} % of the portfolio."


@bp.get("/limits")
@openbb.table(
    name="Limits",
    category="Clients",
    grid=(20, 12),
    columns=[
        Column("symbol", chart_data_type="category"),
        Column("share", formatter_fn="percent", decimal_places=1),
        Column("limit", formatter_fn="percent", decimal_places=1),
        Column(
            "room",
            formatter_fn="percent",
            decimal_places=1,
            render=color_rules(ColorRule.lt(0, "red", fill=True), ColorRule.gte(0, "green")),
        ),
    ],
    params=[Form(set_limit, label="Limit", buttons="Set the limit")],
)
def limits() -> list[dict[str, Any]]:
    """What share of the model portfolio each position has, and what it may have, with a form that sets it."""
    with _database() as connection:
        allowed = database.limits(connection)
    total, _ = book.total()
    shares = {each.item.symbol: each.value / total * 100 for each in book.positions()}
    return [
        {"symbol": symbol, "share": share, "limit": allowed[symbol], "room": allowed[symbol] - share}
        for symbol, share in shares.items()
    ]


def _database(*, writing: bool = False) -> AbstractContextManager[sqlite3.Connection]:
    return database.connected(current_app.config["DATABASE"], writing=writing)
