"""The first look: figures, a briefing in words, and the performance table of the JSON API."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Blueprint

from flask_openbb import Column, Param

from .. import analytics, reviews, store
from ..extensions import openbb

bp = Blueprint("overview", __name__, url_prefix="/widgets/overview")

FIRST_YEAR, LAST_YEAR = store.FIRST_DAY.year, store.LAST_DAY.year


@bp.get("/headlines")
@openbb.metric(name="Headlines", category="Overview", grid=(40, 5))
def headlines() -> list[dict[str, Any]]:
    """The last close of every instrument with its change on the day, and core inflation."""
    figures = []
    for item in store.instruments():
        before, last = store.quotes(item.symbol)[-2:]
        delta = analytics.change(last.close, before.close)
        figures.append({"label": item.name, "value": f"{last.close:,.2f}", "delta": str(delta)})
    *_, month_ago, month = analytics.inflation(store.core_cpi())
    delta = round(month.change - month_ago.change, 2)
    figures.append({"label": "Core inflation", "value": f"{month.change:.2f} %", "delta": str(delta)})
    return figures


@bp.get("/briefing")
@openbb.markdown(name="Briefing", category="Overview", grid=(20, 9))
def briefing(
    year: Annotated[int, Param(label="Year", min=FIRST_YEAR, max=LAST_YEAR, step=1)] = LAST_YEAR,
) -> str:
    """One year in a few sentences."""
    return reviews.year_in_words(year)


# The view of the JSON API stays as it is, and so does what it answers to its other callers. For Workspace its
# nested objects become columns: {"change": {"day": 0.85}} is the column change_day.
openbb.expose(
    "api.performance",
    type="table",
    name="Performance",
    description="Where each instrument stands: last close, changes, and the range of the last year.",
    category="Overview",
    grid=(20, 9),
    columns=[
        Column("name", header_name="Instrument", chart_data_type="category", pinned="left"),
        Column("last_close", header_name="Last"),
        Column("change_day", header_name="Day", formatter_fn="percent", render_fn="greenRed"),
        Column("change_month", header_name="Month", formatter_fn="percent", render_fn="greenRed"),
        Column("change_year", header_name="Year", formatter_fn="percent", render_fn="greenRed"),
        Column("range_low", header_name="Lowest in a year"),
        Column("range_high", header_name="Highest in a year"),
        Column("last_date", header_name="Day of the close", cell_data_type="dateString"),
    ],
)
