"""The desk's agent in Workspace's chat: it knows the series on file, and reads the widgets it is shown.

No language model: what it understands is what ``questions.py`` understands, so it makes nothing up and needs no key. A
model would go where ``_answer`` is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint

from flask_openbb import AgentQuery, agents

from .. import analytics, reviews
from ..extensions import openbb
from ..questions import quotes_of, understood

bp = Blueprint("agent", __name__, url_prefix="/agents")


@bp.post("/market-desk")
@openbb.agent(
    id="market_desk",
    name="Market desk",
    description="Answers questions about stocks, volatility and oil from 2014 to 2018, with tables and charts.",
    image="/static/desk.svg",
    features={
        "streaming": True,
        "widget-dashboard-select": True,
        "widget-dashboard-search": True,
        # Controls of its own: what the user chose is in "query.options", where a toggle that is off is not named.
        "charts": {"label": "Charts", "type": "toggle", "default": True, "description": "Draw what is asked for."},
        "series": {"label": "Series", "type": "text", "placeholder": "oil", "description": "If a question names none."},
        "length": {
            "label": "Length",
            "type": "select",
            "default": "full",
            "options": [{"label": "In full", "value": "full"}, {"label": "In a sentence", "value": "short"}],
        },
    },
)
def market_desk(query: AgentQuery) -> Iterator[Any]:
    """Answer one question; ask for the data of a widget that is in the chat, and read it when it comes."""
    if query.results:
        yield from _read(query)
    elif query.widgets.primary:
        widget = query.widgets.primary[0]
        yield agents.reasoning(f"Reading {widget.name}")
        yield agents.get_widget_data(widget)
    else:
        yield from _answer(query)


def _answer(query: AgentQuery) -> Iterator[Any]:
    options = query.options
    symbols, year = understood(query.text, otherwise=options.get("series") or "")
    yield agents.reasoning("Understood the question", details={"Series": ", ".join(symbols), "Year": str(year)})
    yield reviews.year_in_words(year, symbols)
    rows = [
        {"symbol": symbol, "date": quote.date, "close": quote.close}
        for symbol, quotes in quotes_of(symbols, year).items()
        for quote in analytics.by_period(quotes, "month")
    ]
    if options.get("length", "full") == "full":
        yield agents.table(rows, name=f"Month-end closes of {year}")
    if len(symbols) == 1 and options.get("charts"):
        yield agents.chart(rows, type="line", x="date", y="close", name=f"{symbols[0]} in {year}")
    yield agents.suggestions(*(f"And {symbols[0]} in {other}?" for other in (2014, 2016, 2018) if other != year))


def _read(query: AgentQuery) -> Iterator[Any]:
    for result in query.results:
        if result.error:
            yield f"The widget has no data: {result.error}\n\n"
            continue
        rows = result.rows()
        name = result.request.name if result.request else "A widget"
        yield f"**{name}** has {len(rows)} rows"
        yield f" with {', '.join(rows[0])}.\n\n" if rows else ".\n\n"
    yield agents.citations(agents.cite(result) for result in query.results if result.request)
