"""What the tables that start as a chart share: how ``chart_view=`` is written, and a few columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from flask_openbb import Column, Param

from .symbols import symbols

Symbol = Annotated[str, Param(label="Symbol", options=symbols)]
Equity = Annotated[str, Param(label="Index", options=symbols, options_params={"market": "equity"})]

YEAR = Column("year", cell_data_type="text", chart_data_type="category")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def as_chart(chart_type: str, *columns: str, **more: Any) -> Mapping[str, Any]:
    """Say that a table starts as a chart of these columns."""
    return {"enabled": True, "chartType": chart_type, "cellRangeCols": {chart_type: list(columns)}, **more}
