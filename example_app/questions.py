"""What a question in words is about: which symbols, which year. No more than that, and nothing made up.

Knows nothing of Flask or OpenBB; the omni widget and the agent both ask it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from . import store

LAST_YEAR = store.LAST_DAY.year
WORDS = {"SP500": r"s&p|sp500|stocks?", "NASDAQ": r"nasdaq", "VIX": r"vix|volatility|fear", "WTI": r"wti|oil|crude"}


def understood(question: str, *, otherwise: str = "") -> tuple[list[str], int]:
    """Read which symbols and which year a question names.

    :param otherwise: Names the symbols where the question names none; if it names none either, it is all of them.
    :return: Symbols and year; the last year on file where none is named.
    """
    named = re.search(r"\b(201[4-8])\b", question)
    return _symbols(question) or _symbols(otherwise) or list(WORDS), int(named.group()) if named else LAST_YEAR


def quotes_of(symbols: Iterable[str], year: int) -> dict[str, list[store.Quote]]:
    """Return the quotes of one year, by symbol."""
    return {symbol: store.quotes(symbol, start=date(year, 1, 1), end=date(year, 12, 31)) for symbol in symbols}


def _symbols(text: str) -> list[str]:
    return [symbol for symbol, words in WORDS.items() if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE)]
