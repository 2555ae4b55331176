"""The desk's assistant: a question in words, answered with a text, a table or a chart.

It understands few words and makes nothing up: a symbol, a year, and whether a table or a chart is wanted.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from flask import Blueprint

from flask_openbb import OmniAnswer, Param

from .. import charts, reviews, store
from ..extensions import openbb

bp = Blueprint("desk", __name__, url_prefix="/widgets/desk")

WORDS = {"SP500": r"s&p|sp500|stocks?", "NASDAQ": r"nasdaq", "VIX": r"vix|volatility|fear", "WTI": r"wti|oil|crude"}


def understood(question: str) -> tuple[list[str], int]:
    """Read which symbols and which year a question names; all symbols and the last year where it names none."""
    text = question.lower()
    symbols = [symbol for symbol, words in WORDS.items() if re.search(rf"\b(?:{words})\b", text)]
    named = re.search(r"\b(201[4-8])\b", text)
    return symbols or list(WORDS), int(named.group()) if named else store.LAST_DAY.year


@bp.post("/ask")
@openbb.omni(name="Ask the desk", category="Research", grid=(20, 14), run_button=True)
def ask(
    prompt: Annotated[str, Param(label="Question", placeholder="A chart of oil in 2016")],
    answer: Annotated[Literal["as asked", "text", "table", "chart"], Param(label="Answer with")] = "as asked",
    theme: str = "dark",
) -> Any:
    """A question about the series on file, such as "a table of oil in 2016"."""
    symbols, year = understood(prompt)
    wanted = answer if answer != "as asked" else next((word for word in ("table", "chart") if word in prompt), "text")
    series = {symbol: store.quotes(symbol, start=date(year, 1, 1), end=date(year, 12, 31)) for symbol in symbols}
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
        reviews.year_in_words(year),
        citable=True,
        extra_citations=[
            {"source_info": {"type": "web", "name": f"Closes of {year}", "uri": "https://fred.stlouisfed.org"}}
        ],
    )
