"""Exchange rates: the one source of this service that is somebody else's, over HTTP.

When it fails, each widget shows one sentence that says so, and the rest of the service knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

import plotly.graph_objects as go
from flask import Blueprint, abort, current_app

from flask_openbb import Cache, Column, Param, days_ago, today

from .. import charts
from ..extensions import openbb
from ..rates import CURRENCIES, RatesError, Source

bp = Blueprint("fx", __name__, url_prefix="/widgets/fx")

T = TypeVar("T")
Currency = Annotated[str, Param(label="Currency", options=CURRENCIES)]

# Rates change once a day. An answer is kept for an hour and the same for everybody; for a day after that it is still
# shown at once, and renewed behind the scenes: an outage of the source is then seen by nobody.
KEPT = Cache(3600, stale=86_400, shared=True)


def ask(question: Callable[[Source], T]) -> T:
    """Ask the source of rates; where it fails, answer 503 with its sentence."""
    try:
        return question(current_app.extensions["rates"])
    except RatesError as error:
        abort(503, str(error))


@bp.get("/rates")
@openbb.table(
    name="Exchange rates",
    category="Exchange rates",
    source="European Central Bank",
    grid=(20, 14),
    columns=[
        Column("currency", chart_data_type="category", pinned="left"),
        Column("rate", decimal_places=4),
        Column("inverse", decimal_places=4, header_tooltip="Units of the base currency for one of this"),
        Column("day", cell_data_type="dateString"),
    ],
    cache=KEPT,
    stale_time=3_600_000,
    refetch_interval=3_600_000,
)
def rates(base: Currency = "EUR") -> list[dict[str, Any]]:
    """The latest reference rates of the European Central Bank."""
    day, found = ask(lambda source: source.latest(base))
    return [{"currency": name, "rate": rate, "inverse": 1 / rate, "day": day} for name, rate in found.items()]


@bp.get("/history")
@openbb.chart(
    name="Exchange rate",
    category="Exchange rates",
    source="European Central Bank",
    grid=(20, 14),
    template=True,
    raw=True,
    cache=KEPT,
)
def history(
    base: Currency = "EUR", quote: Currency = "USD", start: date = days_ago(365), end: date = today()
) -> go.Figure:
    """One currency in units of another, day by day; the year up to today if nothing else is chosen."""
    if start > end or base == quote:
        abort(400, "Choose two currencies, and a first day before the last.")
    days = ask(lambda source: source.history(base, quote, start=start, end=end))
    if not days:
        abort(404, f"Rates between {start} and {end} are missing.")
    points = go.Scatter(x=list(days), y=list(days.values()), name=f"{base} in {quote}")
    chart = go.Figure(points, layout=charts.COMPACT)
    return chart.update_yaxes(title_text=quote)


@bp.get("/converter")
@openbb.metric(
    name="Converter",
    category="Exchange rates",
    source="European Central Bank",
    grid=(20, 5),
    # The answer depends on what was typed: nothing is fetched again until somebody asks.
    refetch_interval=False,
    run_button=True,
    cache=KEPT,
)
def converter(
    amount: Annotated[float, Param(label="Amount", min=0, max=1e12, step=0.01)] = 1000,
    base: Currency = "EUR",
    quote: Literal["USD", "GBP", "CHF", "JPY"] = "USD",
) -> dict[str, Any]:
    """An amount in another currency, at the latest rate."""
    day, found = ask(lambda source: source.latest(base))
    rate = 1.0 if base == quote else found.get(quote)
    if rate is None:
        abort(404, f"The rate of {quote} is missing.")
    return {"label": f"{amount:,.2f} {base} on {day}", "value": f"{amount * rate:,.2f} {quote}"}
