"""The JSON API the service always had; nothing in this file knows that OpenBB Workspace exists.

Its answers nest, as answers of a JSON API do. ``widgets/overview.py`` shows one of them in Workspace without
a change here.
"""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import BadRequest

from . import analytics, store

bp = Blueprint("api", __name__, url_prefix="/api")


@bp.errorhandler(store.UnknownSymbolError)
def unknown_symbol(error: store.UnknownSymbolError) -> tuple[Response, int]:
    """Answer 404 for a symbol that is not on file."""
    return jsonify(error=str(error)), 404


@bp.errorhandler(400)
def bad_request(error: BadRequest) -> tuple[Response, int]:
    """Answer in JSON what Flask would answer in HTML."""
    return jsonify(error=error.description), 400


@bp.get("/instruments")
def instruments() -> Response:
    """List what is on file."""
    return jsonify(
        [
            {"symbol": item.symbol, "name": item.name, "market": item.market, "unit": item.unit}
            for item in store.instruments()
        ]
    )


@bp.get("/prices/<symbol>")
def prices(symbol: str) -> Response:
    """List the daily closes of one instrument, from ``?start=`` to ``?end=``."""
    quotes = store.quotes(symbol, start=_day("start"), end=_day("end"))
    return jsonify(
        symbol=store.instrument(symbol).symbol,
        results=[{"date": quote.date.isoformat(), "close": quote.close} for quote in quotes],
    )


@bp.get("/performance")
def performance() -> Response:
    """Say where each instrument stands: last close, changes in per cent, and the range of the last year."""
    return jsonify([_performance(item) for item in store.instruments()])


def _performance(item: store.Instrument) -> dict[str, object]:
    year = store.quotes(item.symbol, start=store.LAST_DAY - timedelta(days=365))
    last, closes = year[-1], [quote.close for quote in year]
    return {
        "symbol": item.symbol,
        "name": item.name,
        "last": {"date": last.date.isoformat(), "close": last.close},
        "change": {
            "day": analytics.change(last.close, closes[-2]),
            "month": analytics.change(last.close, _close_before(item.symbol, days=30)),
            "year": analytics.change(last.close, _close_before(item.symbol, days=365)),
        },
        "range": {"low": min(closes), "high": max(closes)},
    }


def _close_before(symbol: str, *, days: int) -> float:
    return store.quotes(symbol, end=store.LAST_DAY - timedelta(days=days))[-1].close


def _day(name: str) -> date | None:
    text = request.args.get(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        abort(400, f"{name} must be a date such as 2018-12-31.")
