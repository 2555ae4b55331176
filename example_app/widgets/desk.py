"""The desk's assistant: a question in words, answered with a text, a table or a chart.

It understands few words and makes nothing up: a symbol, a year, and whether a table or a chart is wanted.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Blueprint

from flask_openbb import OmniAnswer, Param

from .. import charts, reviews
from ..extensions import openbb
from ..questions import quotes_of, understood

bp = Blueprint("desk", __name__, url_prefix="/widgets/desk")


@bp.post("/ask")
@openbb.omni(name="Ask the desk", category="Research", grid=(20, 14), run_button=True)
def ask(
    prompt: Annotated[str, Param(label="Question", placeholder="A chart of oil in 2016")],
    answer: Annotated[Literal["as asked", "text", "table", "chart"], Param(label="Answer with")] = "as asked",
    theme: str = "dark",
) -> Any:
    """A question about the series on file, such as "a table of oil in 2016"."""
    symbols, year = understood(prompt)
    named = next((word for word in ("table", "chart") if word in prompt.lower()), "text")
    wanted = named if answer == "as asked" else answer
    series = quotes_of(symbols, year)
    if wanted == "table":
        return [
            {"symbol": symbol, "date": quote.date, "close": quote.close}
            for symbol in series
            for quote in series[symbol]
        ]
    if wanted == "chart":
        points = {symbol: {quote.date: quote.close for quote in quotes} for symbol, quotes in series.items()}
        return charts.lines(points, unit="Close", theme=theme)
    return OmniAnswer(
        reviews.year_in_words(year, symbols),
        citable=True,
        extra_citations=[
            {"source_info": {"type": "web", "name": f"Closes of {year}", "uri": "https://fred.stlouisfed.org"}}
        ],
    )
