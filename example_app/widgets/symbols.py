"""The lists that the widgets' dropdowns offer."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from flask import Blueprint, abort

from .. import book, store
from ..extensions import openbb

bp = Blueprint("symbols", __name__, url_prefix="/widgets")

Market = Literal["all", "equity", "volatility", "commodity"]
MARKETS = {"All": "all", "Stocks": "equity", "Volatility": "volatility", "Commodities": "commodity"}


@bp.get("/symbols")
@openbb.options
def symbols(market: Market = "all") -> list[tuple[str, str]]:
    """Offer the instruments of one market, or all: what is read, and what is sent."""
    return [(item.name, item.symbol) for item in store.instruments(None if market == "all" else market)]


@bp.route("/by-market", methods=["GET", "POST"])
@openbb.options
def by_market(query: Market = "all") -> list[tuple[str, str]]:
    """Offer the instruments of the market that a parameter names: Workspace posts its ``query=`` here."""
    return symbols(query)


@bp.get("/holdings")
@openbb.options
def holdings() -> dict[str, str]:
    """Offer what the model portfolio holds."""
    return {position.item.name: position.item.symbol for position in book.positions()}


@bp.get("/instruments")
@openbb.options(cache=3600)
def instruments() -> list[dict[str, Any]]:
    """Offer every instrument with what is said of it beside its name, as an advanced dropdown shows it."""
    return [
        {
            "label": item.name,
            "value": item.symbol,
            "extraInfo": {"description": item.unit, "rightOfDescription": item.market},
        }
        for item in store.instruments()
    ]


def quotes_or_404(symbol: str, *, start: date | None = None, end: date | None = None) -> list[store.Quote]:
    """Return the quotes of a symbol that a request named.

    A dropdown offers only what there is, but a URL can be typed by hand.
    """
    try:
        return store.quotes(symbol, start=start, end=end)
    except store.UnknownSymbolError as error:
        abort(404, str(error))
