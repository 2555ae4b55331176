"""Consumer prices and oil."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import plotly.graph_objects as go
from flask import Blueprint
from flask.views import MethodView
from marshmallow import Schema, fields

from flask_openbb import Param

from .. import analytics, charts, store
from ..extensions import openbb

bp = Blueprint("macro", __name__, url_prefix="/widgets/macro")


class InflationSchema(Schema):
    """One month of core consumer prices."""

    month = fields.Date(required=True)
    index = fields.Float(metadata={"decimal_places": 3})
    change = fields.Float(metadata={"header_name": "Change over 12 months", "formatter_fn": "percent"})


class Inflation(MethodView):
    """A class-based view: a widget is declared on its method."""

    @openbb.table(name="Core inflation", category="Macro", grid=(20, 14), columns=InflationSchema, data_key="results")
    def get(self, months: Annotated[int, Param(label="Months", min=1, max=59, step=1)] = 24) -> dict[str, Any]:
        """Core consumer prices and their change over twelve months, newest first.

        The rows are under ``results`` in an envelope; Workspace finds them there by ``data_key``.
        """
        return {
            "results": analytics.inflation(store.core_cpi())[: -months - 1 : -1],
            "meta": {"unit": "1982-1984 = 100", "source": "FRED: CPILFESL"},
        }


bp.add_url_rule("/inflation", view_func=Inflation.as_view("inflation"))


@bp.get("/oil-and-prices")
@openbb.chart(id="oil_and_prices", name="Oil and core inflation", category="Macro", grid=(20, 14))
def oil_and_prices(start: date = store.FIRST_DAY, end: date = store.LAST_DAY, theme: str = "dark") -> go.Figure:
    """The price of oil against core inflation, each on its own scale."""
    oil = {quote.date: quote.close for quote in store.quotes("WTI", start=start, end=end)}
    core = {point.month: point.change for point in analytics.inflation(store.core_cpi()) if start <= point.month <= end}
    return charts.two_scales(("Oil, USD a barrel", oil), ("Core inflation, %", core), theme=theme)
