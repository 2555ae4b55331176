"""What the research desk publishes: news, reports, documents, a fact sheet, a video, a page and a note."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from flask import Blueprint, abort, render_template

from flask_openbb import File, Param

from .. import analytics, pages, reports, reviews, store
from ..extensions import openbb
from .overview import FIRST_YEAR, LAST_YEAR
from .symbols import quotes_or_404, symbols

bp = Blueprint("research", __name__, url_prefix="/widgets/research")

Symbol = Annotated[str, Param(label="Symbol", options=symbols)]
Year = Annotated[int, Param(label="Year", min=FIRST_YEAR, max=LAST_YEAR, step=1)]

LATEST_REPORTS = [f"SP500 {LAST_YEAR}.pdf", f"WTI {LAST_YEAR}.pdf"]
DOCUMENTS = {f"{year}.md": f"{year} in the markets" for year in range(LAST_YEAR, FIRST_YEAR - 1, -1)} | {
    "data.md": "The data on file"
}
DOCUMENT_TITLES = {title: link for link, title in DOCUMENTS.items()}
PICTURES = Path(__file__).parents[1] / "static"
DOCS_MCP = "https://openbb-docs-mcp.external.openbb.app/mcp"
"""OpenBB's documentation, for the agent."""
VIDEOS = {
    "OpenBB Workspace": "https://www.youtube.com/watch?v=uYyhswnZkSw",
    "Open Data Platform": "https://www.youtube.com/watch?v=MSlhOFxEdxg",
}


@bp.get("/news")
@openbb.newsfeed(name="Days that made news", category="Research", sub_category="News", grid=(20, 14))
def news(
    symbol: Symbol = "SP500",
    count: Annotated[int, Param(label="Days", min=1, max=50, step=1)] = 10,
) -> list[dict[str, Any]]:
    """The days on which an instrument moved most, newest first."""
    try:
        days = reviews.largest_moves(symbol, count)
    except store.UnknownSymbolError as error:
        abort(404, str(error))
    return [
        {
            "title": f"{day.item.name} {'rose' if day.move > 0 else 'fell'} by {abs(day.move):.2f} %",
            "date": day.date,
            "author": ["Markets desk"],
            "excerpt": f"From {day.before:,.2f} to {day.close:,.2f} {day.item.unit}.",
            "body": f"On {day.date:%d %B %Y} the **{day.item.name}** closed at {day.close:,.2f} {day.item.unit}, "
            f"after {day.before:,.2f} the day before: **{day.move:+.2f} %**.",
        }
        for day in days
    ]


@bp.get("/report")
@openbb.pdf(name="Yearly report", category="Research", sub_category="Reports", grid=(20, 20), cache=3600)
def report(symbol: Symbol = "SP500", year: Year = LAST_YEAR) -> File:
    """One year of one instrument on a page, made when it is asked for and kept for an hour."""
    try:
        return File(reports.yearly(symbol, year), name=f"{symbol} {year}.pdf")
    except store.UnknownSymbolError as error:
        abort(404, str(error))


@bp.get("/report-names")
@openbb.options
def report_names() -> list[str]:
    """Offer every report there is."""
    return reports.names()


@bp.post("/reports")
@openbb.files(name="Yearly reports", category="Research", sub_category="Reports", grid=(20, 20))
def selected_reports(
    names: Annotated[list[str], Param(label="Reports", options=report_names)] = LATEST_REPORTS,
) -> dict[str, bytes | Exception]:
    """Several reports side by side. A name without a report is an error in its place; the others are shown."""
    return {name: _report_or_error(name) for name in names}


@bp.get("/documents")
@openbb.widget(
    type="file_viewer",
    name="Reviews",
    category="Research",
    sub_category="Reports",
    grid=(20, 12),
    # A click on a document asks this URL, the widget below, for "?path=" and the document's link.
    file_endpoint="/widgets/research/document",
)
def documents() -> list[dict[str, Any]]:
    """Reviews of the years in words, and what data they rest on."""
    return [{"title": title, "link": link, "kind": "Markdown"} for link, title in DOCUMENTS.items()]


@bp.get("/document")
@openbb.markdown(
    name="Document",
    category="Research",
    sub_category="Reports",
    grid=(20, 12),
    stale_time=3_600_000,
    folder=PICTURES,  # of the images that a text names; they are sent in it
)
def document(
    path: Annotated[str, Param(label="Document", options=DOCUMENT_TITLES)] = "data.md",
) -> str:
    """One document in Markdown."""
    if path == "data.md":
        return f"{reviews.files_in_words()}\n\n![The market desk](desk.svg)"
    return reviews.year_in_words(int(path.removesuffix(".md")))


@bp.get("/fact-sheet")
@openbb.html(name="Fact sheet", category="Research", grid=(20, 12), raw=True)
def fact_sheet(symbol: Symbol = "SP500", theme: str = "dark", raw: bool = False) -> Any:
    """One instrument on one page of HTML; the figures in it as rows, where Workspace asks for the raw data."""
    quotes = quotes_or_404(symbol)
    rows = [
        {"year": str(year), "change": change, "close": _last_close(quotes, year)}
        for year, change in analytics.yearly_returns(quotes).items()
    ]
    if raw:
        return rows
    return render_template("fact_sheet.html", item=store.instrument(symbol), rows=rows, theme=theme)


@bp.get("/video")
@openbb.youtube(name="Video", category="Research", sub_category="Media", grid=(20, 12))
def video(title: Annotated[str, Param(label="Video", options=list(VIDEOS))] = "OpenBB Workspace") -> str:
    """A video about the platform this service plugs into."""
    return VIDEOS[title]


@bp.get("/page")
@openbb.iframe(
    name="Instrument page",
    category="Research",
    sub_category="Media",
    grid=(20, 14),
    # Workspace connects it when the widget is placed. A page with tools of its own would name its own server.
    storage={"mcpUrl": DOCS_MCP},
)
def page(symbol: Symbol = "SP500") -> str:
    """The page that this service has always had for each instrument, inside of a dashboard."""
    try:
        return pages.instrument_page(symbol)
    except store.UnknownSymbolError as error:
        abort(404, str(error))


@bp.get("/checklist")
@openbb.note(
    name="Checklist",
    category="Research",
    grid=(20, 10),
    storage={
        "html": "<h2>Before the morning call</h2><ul><li>Largest moves</li><li>Correlations</li><li>Oil</li></ul>"
    },
)
def checklist() -> str:
    """Notes of one's own; they start with what to look at before the morning call."""
    return "Largest moves, correlations, oil."


def _report_or_error(name: str) -> bytes | Exception:
    try:
        return reports.by_name(name)
    except LookupError as error:
        return error


def _last_close(quotes: list[store.Quote], year: int) -> float:
    return [quote.close for quote in quotes if quote.date.year == year][-1]
