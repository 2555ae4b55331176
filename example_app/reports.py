"""The yearly report of one instrument as a PDF, made from the data when somebody asks for it.

Takes figures from ``store`` and ``analytics`` and returns bytes; drawn with reportlab.
"""

from __future__ import annotations

import io
from datetime import date
from itertools import pairwise

from . import analytics, store

PAGE = (595, 842)
"""A4 in points; the origin is at the bottom left."""
LEFT, RIGHT = 60, 535


def names() -> list[str]:
    """Return the file names of all reports there are, newest first."""
    years = range(store.LAST_DAY.year, store.FIRST_DAY.year - 1, -1)
    return [f"{item.symbol} {year}.pdf" for year in years for item in store.instruments()]


def by_name(name: str) -> bytes:
    """Make the report of a file name.

    :raises LookupError: If there is no such report.
    """
    if name not in names():
        raise LookupError(name)
    symbol, year = name.removesuffix(".pdf").split()
    return yearly(symbol, int(year))


def yearly(symbol: str, year: int) -> bytes:
    """Draw one year of one instrument on a page: its figures and its closes.

    :raises store.UnknownSymbolError: If the symbol is not on file.
    """
    # A large library for one kind of widget: it is loaded when the first report is asked for.
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    item = store.instrument(symbol)
    quotes = store.quotes(symbol, start=date(year, 1, 1), end=date(year, 12, 31))
    closes = [quote.close for quote in quotes]
    file = io.BytesIO()
    # The same report is the same bytes, whenever it was made.
    page = Canvas(file, pagesize=PAGE, invariant=True)
    page.setTitle(f"{item.name} in {year}")
    page.setFont("Helvetica-Bold", 20)
    page.drawString(LEFT, 770, f"{item.name} in {year}")
    page.setFont("Helvetica", 11)
    for number, (label, figure) in enumerate(_figures(item, quotes)):
        page.drawString(LEFT, 735 - 18 * number, label)
        page.drawRightString(RIGHT, 735 - 18 * number, figure)
    low, high = min(closes), max(closes)
    points = [
        (LEFT + (RIGHT - LEFT) * place / (len(closes) - 1), 380 + 180 * (close - low) / (high - low))
        for place, close in enumerate(closes)
    ]
    page.setLineWidth(0.8)
    page.lines([(*start, *end) for start, end in pairwise(points)])
    page.save()
    return file.getvalue()


def _figures(item: store.Instrument, quotes: list[store.Quote]) -> list[tuple[str, str]]:
    closes = [quote.close for quote in quotes]
    worst = min(analytics.drawdowns(closes))
    return [
        ("Unit", item.unit),
        ("Days on file", str(len(quotes))),
        ("First close", f"{closes[0]:,.2f} on {quotes[0].date}"),
        ("Last close", f"{closes[-1]:,.2f} on {quotes[-1].date}"),
        ("Change", f"{analytics.change(closes[-1], closes[0]):+.2f} %"),
        ("Lowest and highest", f"{min(closes):,.2f} to {max(closes):,.2f}"),
        ("Volatility", f"{analytics.volatility(closes):.2f} % a year"),
        ("Deepest fall from a high", f"{worst:.2f} %"),
    ]
